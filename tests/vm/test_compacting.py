"""A disk's image becomes smaller or stays as it was; what is in it never changes."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest

from app.errors import DiskLessError, EngineError, ParamError, StateError, StoreError
from app.vm import compacting
from app.vm.events import DiskMigration, StateChanged, VmChanged
from app.vm.images import exporting
from app.vm.manager import VmManager
from app.vm.model import DiskBus, Profile, VmInfo
from app.vm.records import TaskKind, TaskPhase
from app.vm.state import VmState
from app.vm.store import CONFIG_FILE, VARIABLES_FILE
from tests.conformance.serving import engine_of
from tests.vm.disks import MIB, about, files_in, holds, run, same, write_pattern
from tests.vm.managing import managing, running_machine, small, told

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

# What QEMU may write of its tables meanwhile.
TABLES = 1 << 16


def taken_up(image: Path) -> int:
    """Bytes that a file takes up on its disk."""
    return image.stat().st_blocks * 512


async def used(manager: VmManager, **changes: Any) -> tuple[VmInfo, Path]:
    """A machine whose guest wrote 10 MiB and overwrote 6 of them with zeros."""
    info = await manager.create_vm("demo", small(**changes))
    image = await manager.get_vm_disk_image_path("demo")
    write_pattern(image, 0x5A, at_mib=1, mib=10)
    write_pattern(image, 0, at_mib=3, mib=6)
    return info, image


async def test_what_holds_only_zeros_is_given_back_and_nothing_else_changes(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path / "library") as manager:
        info, image = await used(manager, bios_path="uefi")
        original = Path(shutil.copy(image, tmp_path / "original.qcow2"))
        kept = {name: (info.folder / name).read_bytes() for name in (CONFIG_FILE, VARIABLES_FILE)}
        names = files_in(info.folder)
        before = taken_up(image)
        with manager.subscribe() as events:
            done = await manager.compact_vm_disk("demo")
            seen = told(events)

        assert (done.kind, done.phase, done.progress) == (TaskKind.COMPACT, TaskPhase.DONE, 100)
        assert (done.before_bytes, done.after_bytes) == (before, taken_up(image))
        assert done.after_bytes <= before - 6 * MIB
        assert same(original, image)
        assert about(image)["virtual-size"] == 16 * MIB
        assert image.stat().st_mode & 0o777 == 0o600
        assert files_in(info.folder) == names
        assert kept == {name: (info.folder / name).read_bytes() for name in kept}
        states = [event.state for event in seen if isinstance(event, StateChanged)]
        assert states == [VmState.UPDATE, VmState.STOPPED]
        assert any(isinstance(event, VmChanged) for event in seen)
        assert any(
            isinstance(event, DiskMigration) and event.task.after_bytes == done.after_bytes
            for event in seen
        )
        await manager.start_vm("demo")


async def test_an_image_that_would_not_become_smaller_stays_the_file_it_is(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        _, image = await used(manager)
        await manager.compact_vm_disk("demo")
        inode = image.stat().st_ino
        again = await manager.compact_vm_disk("demo")
        assert again.before_bytes == again.after_bytes == taken_up(image)
        assert image.stat().st_ino == inode

        # Written anew, a compressed image would take up more.
        text = run("seq", "2000000").encode()[: 12 * MIB]
        (tmp_path / "text").write_bytes(text)
        image.unlink()
        run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", "-c", tmp_path / "text", image)
        inode, before = image.stat().st_ino, taken_up(image)
        assert before < len(text) // 2
        done = await manager.compact_vm_disk("demo")
        assert done.before_bytes == done.after_bytes == before
        assert image.stat().st_ino == inode


async def test_a_disk_with_snapshots_is_left_alone(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        _, image = await used(manager)
        run("qemu-img", "snapshot", "-c", "one", image)
        before = image.read_bytes()
        with pytest.raises(StateError, match="snapshots, which compacting would lose"):
            await manager.compact_vm_disk("demo")
        assert image.read_bytes() == before
        assert about(image)["snapshots"][0]["name"] == "one"
        assert (await manager.get_vm_status("demo")).state is VmState.STOPPED


async def test_a_machine_that_is_not_off_and_a_disk_it_does_not_have_are_refused_at_once(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path) as manager:
        await running_machine(manager)
        with pytest.raises(StateError, match="running"):
            await manager.compact_vm_disk("demo")
        with pytest.raises(ParamError, match="no disk called “disk7”"):
            await manager.compact_vm_disk("demo", disk_id="disk7")
        assert await manager.list_tasks() == ()


async def test_a_new_image_that_would_not_fit_beside_the_old_one_is_not_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with managing(tmp_path) as manager:
        info, image = await used(manager)
        names, before = files_in(info.folder), image.read_bytes()
        monkeypatch.setattr(exporting, "free_bytes", lambda _: 1)
        with pytest.raises(DiskLessError, match="more than are free"):
            await manager.compact_vm_disk("demo")
        assert files_in(info.folder) == names
        assert image.read_bytes() == before


async def test_a_disk_that_leads_to_another_file_is_not_read(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        _, image = await used(manager)
        other = Path(shutil.copy(image, tmp_path / "other.qcow2"))
        run("qemu-img", "rebase", "-u", "-f", "qcow2", "-F", "qcow2", "-b", other, image)
        with pytest.raises(StoreError, match="does not stand alone"):
            await manager.compact_vm_disk("demo")


@pytest.mark.parametrize("step", ["writing", "comparing"])
async def test_cancelled_at_any_step_the_disk_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    begun = asyncio.Event()

    async def stuck(*_: object, **__: object) -> None:
        begun.set()
        await asyncio.Event().wait()

    async with managing(tmp_path) as manager:
        info, image = await used(manager)
        names, before = files_in(info.folder), image.read_bytes()
        if step == "writing":
            real = exporting.write_image

            async def written(*args: Any, **more: Any) -> None:
                await real(*args, **more)
                await stuck()

            monkeypatch.setattr(compacting, "write_image", written)
        else:
            monkeypatch.setattr(compacting, "qemu_img", stuck)
        task = await manager.compact_vm_disk("demo", background=True)
        await begun.wait()
        assert len(files_in(info.folder)) == len(names) + 1, "the new image stands beside it"
        assert (await manager.get_vm_status("demo")).state is VmState.UPDATE
        with pytest.raises(StateError):
            await manager.start_vm("demo")

        assert (await manager.cancel_task(task.task_id)).phase is TaskPhase.CANCELLED

        assert files_in(info.folder) == names
        assert image.read_bytes() == before
        assert (await manager.get_vm_status("demo")).state is VmState.STOPPED


async def test_a_new_image_that_is_not_the_same_never_takes_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = exporting.write_image

    async def spoiled(source: Any, part: Path, *args: Any, **more: Any) -> None:
        await real(source, part, *args, **more)
        write_pattern(part, 0x5B, at_mib=1, mib=1)

    async with managing(tmp_path) as manager:
        info, image = await used(manager)
        names, before = files_in(info.folder), image.read_bytes()
        monkeypatch.setattr(compacting, "write_image", spoiled)
        with pytest.raises(EngineError, match="it is as it was"):
            await manager.compact_vm_disk("demo")
        assert files_in(info.folder) == names
        assert image.read_bytes() == before
        (task,) = await manager.list_tasks()
        assert (task.phase, task.error) == (TaskPhase.FAILED, compacting.FAILURE)


async def test_what_somebody_else_wrote_meanwhile_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with managing(tmp_path) as manager:
        _, image = await used(manager)
        real = compacting._write_same

        async def late(*args: Any) -> None:
            await real(*args)
            write_pattern(image, 0x77, at_mib=12, mib=1)

        monkeypatch.setattr(compacting, "_write_same", late)
        with pytest.raises(StateError, match="changed by somebody else"):
            await manager.compact_vm_disk("demo")
        assert holds(image, "qcow2", 0x77, at_mib=12, mib=1)


async def test_what_a_kill_leaves_beside_the_disk_is_known_and_goes_with_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: object) -> int:
        raise StoreError("cut off")

    async with managing(tmp_path) as manager:
        info, image = await used(manager)
        before, names = image.read_bytes(), files_in(info.folder)
        monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)  # as if it had no time to
        monkeypatch.setattr(compacting, "_exchange", cut_off)
        with pytest.raises(StoreError, match="cut off"):
            await manager.compact_vm_disk("demo")
        monkeypatch.undo()
        (left,) = files_in(info.folder) - names
    async with managing(tmp_path) as manager:
        assert image.read_bytes() == before
        await manager.start_vm("demo")
        await manager.force_stop_vm("demo")
        assert left in files_in(info.folder)
        await manager.destroy_vm("demo")
        await manager.empty_trash()
        assert list((tmp_path / "trash").iterdir()) == []


async def test_what_a_running_guest_trims_or_fills_with_zeros_is_given_back_at_once(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path) as manager:
        info, image = await used(manager)
        write_pattern(image, 0x5A, at_mib=1, mib=14)
        await manager.start_vm("demo")
        async with engine_of(tmp_path, info) as engine:

            async def as_device(command: str) -> None:
                # Through the device itself: nobody else may write to its disk.
                line = f'qemu-io -d disk0 "{command}"'
                answer = await engine.execute("human-monitor-command", {"command-line": line})
                assert not answer, answer

            full = taken_up(image)
            await as_device("discard 1M 4M")
            trimmed = taken_up(image)
            assert trimmed <= full - 4 * MIB + TABLES
            await as_device("write -P 0 8M 4M")
            assert taken_up(image) <= trimmed - 4 * MIB + TABLES


@pytest.mark.parametrize("bus", [DiskBus.VIRTIO, DiskBus.SATA])
async def test_the_guest_is_told_that_its_disk_can_be_trimmed(tmp_path: Path, bus: DiskBus) -> None:
    async with managing(tmp_path) as manager:
        info = await running_machine(manager, profile=Profile(disk_bus=bus))
        async with engine_of(tmp_path, info) as engine:

            async def property_of_disk(name: str) -> object:
                place = {"path": "/machine/peripheral/disk0", "property": name}
                return await engine.execute("qom-get", place)

            # The one offers its own command, the other that of ATA whenever this is not 0.
            name = "discard" if bus is DiskBus.VIRTIO else "discard_granularity"
            assert await property_of_disk(name)
