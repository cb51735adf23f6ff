"""An image becomes a machine with the same content, or there is nothing."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path

import pytest

from app.errors import (
    AppError,
    Code,
    MediaError,
    NotPcModeError,
    ParamError,
    StateError,
    StoreError,
)
from app.vm import importing, machine
from app.vm.events import StateChanged, VmCreated
from app.vm.manager import VmManager
from app.vm.model import Firmware
from app.vm.records import MigrationOptions, TaskKind, TaskPhase
from app.vm.state import VmState
from app.vm.store import VARIABLES_FILE, load_config
from tests.vm.disks import MIB, about, files_in, holds, run, same, write_pattern
from tests.vm.images.test_boot_firmware import a_head
from tests.vm.managing import managing, outcomes, small, told

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


def an_image(folder: Path, name: str = "old.qcow2", form: str = "qcow2") -> Path:
    """A disk of 16 MiB with content."""
    plain = folder / "pattern.qcow2"
    run("qemu-img", "create", "-q", "-f", "qcow2", plain, "16M")
    write_pattern(plain, 0x5A)
    image = folder / name
    run("qemu-img", "convert", "-f", "qcow2", "-O", form, plain, image)
    plain.unlink()
    return image


def of(path: Path, **more: int) -> MigrationOptions:
    """Options that name an image."""
    return MigrationOptions(guest_os_image_path=str(path), **more)


def machines(root: Path) -> set[str]:
    """What lies in the machines folder."""
    return files_in(root / "machines") if (root / "machines").exists() else set()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The person's folder."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The library."""
    return tmp_path / "library"


@pytest.mark.parametrize("form", ["qcow2", "raw", "vmdk", "vdi", "vhdx"])
async def test_a_new_machine_has_the_content_and_starts(root: Path, out: Path, form: str) -> None:
    image = an_image(out, f"old.{form}", form)
    before = image.read_bytes()
    async with managing(root) as manager:
        with manager.subscribe() as events:
            done = await manager.import_vm_disk_image("demo", of(image))
            seen = told(events)
        assert (done.kind, done.phase, done.progress) == (TaskKind.IMPORT, TaskPhase.DONE, 100)
        info = await manager.get_vm_status("demo")
        assert (info.state, info.id, info.disk_mib) == (VmState.AVAILABLE, done.vm_id, 16)
        assert info.firmware is Firmware.BIOS
        assert any(isinstance(event, VmCreated) and event.vm_id == info.id for event in seen)
        changes = [e for e in seen if isinstance(e, StateChanged)]
        assert [(e.previous, e.state) for e in changes] == [(VmState.UPDATE, VmState.AVAILABLE)]
        disk = await manager.get_vm_disk_image_path("demo")
        assert same(disk, image, form)
        assert not [name for name in files_in(disk.parent) if name.endswith(".part")]
        await manager.start_vm("demo")
    assert image.read_bytes() == before


async def test_a_packed_image_is_unpacked(root: Path, out: Path) -> None:
    image = an_image(out, "old.img", "raw")
    packed = out / "old.img.gz"
    packed.write_bytes(gzip.compress(image.read_bytes()))
    async with managing(root) as manager:
        await manager.import_vm_disk_image("demo", of(packed))
        disk = await manager.get_vm_disk_image_path("demo")
        assert same(disk, image, "raw")
        assert files_in(disk.parent) == {"disk0.qcow2", "machine.json"}


async def test_a_disk_grows_but_never_shrinks(root: Path, out: Path) -> None:
    image = an_image(out)
    async with managing(root) as manager:
        with pytest.raises(ParamError, match="only grow"):
            await manager.import_vm_disk_image("demo", of(image, disk_size=15))
        assert manager.snapshot() == ()
        await manager.import_vm_disk_image("demo", of(image, disk_size=32))
        disk = await manager.get_vm_disk_image_path("demo")
        assert about(disk)["virtual-size"] == 32 * MIB
        assert load_config(disk.parent).disks[0].size_mib == 32


async def test_an_image_that_leads_elsewhere_makes_no_machine(root: Path, out: Path) -> None:
    image = an_image(out)
    run("qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", image, out / "bad.qcow2")
    async with managing(root) as manager:
        with pytest.raises(MediaError):
            await manager.import_vm_disk_image("demo", of(out / "bad.qcow2"))
        assert manager.snapshot() == ()
    assert machines(root) == set()


async def test_of_two_imports_with_one_name_one_wins(root: Path, out: Path) -> None:
    image = an_image(out)
    async with managing(root) as manager:
        results = await outcomes(
            manager.import_vm_disk_image("demo", of(image)),
            manager.import_vm_disk_image("DEMO", of(image)),
        )
        failed = [result for result in results if isinstance(result, AppError)]
        assert [error.code for error in failed] == [Code.NAME_TAKEN]
        assert len(manager.snapshot()) == len(machines(root)) == 1


async def test_cancelled_nothing_is_left(
    root: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = an_image(out)
    copied, real = asyncio.Event(), importing.grow_image

    async def waits(path: Path, size_mib: int) -> None:
        await real(path, size_mib)
        copied.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(importing, "grow_image", waits)
    async with managing(root) as manager:
        task = await manager.import_vm_disk_image("demo", of(image), background=True)
        await copied.wait()
        assert [info.state for info in manager.snapshot()] == [VmState.UPDATE]
        ended = await manager.cancel_task(task.task_id)
        assert ended.phase is TaskPhase.CANCELLED
        assert manager.snapshot() == ()
    assert machines(root) == set()


async def a_machine(manager: VmManager) -> Path:
    """A machine with content on its disk, which is returned."""
    await manager.create_vm("demo", small())
    disk = await manager.get_vm_disk_image_path("demo")
    write_pattern(disk, 0x11)
    return disk


async def test_a_machine_gets_the_disk_and_its_old_file_is_kept(root: Path, out: Path) -> None:
    image = an_image(out)
    async with managing(root) as manager:
        old = await a_machine(manager)
        with manager.subscribe() as events:
            await manager.import_vm_disk_image("demo", of(image))
            states = [e.state for e in told(events) if isinstance(e, StateChanged)]
        assert states == [VmState.UPDATE, VmState.STOPPED]
        disk = await manager.get_vm_disk_image_path("demo")
        assert disk != old
        assert load_config(disk.parent).disks[0].file == disk.name
        assert same(disk, image)
        assert holds(old, "qcow2", 0x11)
        await manager.start_vm("demo")
        with pytest.raises(StateError):
            await manager.import_vm_disk_image("demo", of(image))


async def test_a_machine_keeps_its_disk_when_the_new_one_cannot_be_noted(
    root: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = an_image(out)

    def refuses(*_: object) -> None:
        raise OSError(5, "it broke")

    async with managing(root) as manager:
        old = await a_machine(manager)
        before = files_in(old.parent)
        monkeypatch.setattr(machine, "save_config", refuses)
        with pytest.raises(StoreError):
            await manager.import_vm_disk_image("demo", of(image))
        assert files_in(old.parent) == before
        assert await manager.get_vm_disk_image_path("demo") == old
        assert (await manager.get_vm_status("demo")).state is VmState.STOPPED


async def test_outside_of_pc_mode_no_machine_is_made(
    root: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = an_image(out)

    def refuse() -> None:
        raise NotPcModeError("not PC mode")

    async with managing(root) as manager:
        monkeypatch.setattr(manager.gate, "check", refuse)
        with pytest.raises(NotPcModeError):
            await manager.import_vm_disk_image("demo", of(image))
        assert manager.snapshot() == ()


async def test_a_disk_for_uefi_makes_a_machine_with_uefi(root: Path, out: Path) -> None:
    image = out / "old.img"
    image.write_bytes(a_head().ljust(16 * MIB, b"\0"))
    async with managing(root) as manager:
        await manager.import_vm_disk_image("demo", of(image))
        info = await manager.get_vm_status("demo")
        assert info.firmware is Firmware.UEFI
        assert (info.folder / VARIABLES_FILE).is_file()
