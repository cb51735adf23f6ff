"""A second machine like the first: the same content, another identity, nothing half made."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from app.errors import Code, DiskLessError, NotPcModeError, ParamError, StateError, UnknownVmError
from app.vm import duplicating
from app.vm.duplicating import duplicate_config
from app.vm.events import StateChanged, VmCreated
from app.vm.images import exporting
from app.vm.images.file_copy import can_clone
from app.vm.manager import VmManager
from app.vm.model import DeviceKind, VmConfig
from app.vm.records import TaskKind, TaskPhase
from app.vm.state import VmState
from app.vm.store import FIRMWARE_FILE, VARIABLES_FILE, load_config
from tests.vm.disks import about, files_in, holds, run, same, write_pattern
from tests.vm.makers import VM_ID, a_config, a_firmware_image
from tests.vm.managing import managing, small, told

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


def macs(config: VmConfig) -> list[str]:
    """Addresses of the machine's network cards."""
    return [d.mac for d in config.hardware.devices if d.kind is DeviceKind.NETWORK]


async def test_the_copy_has_the_same_disk_and_an_identity_of_its_own(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        original = await manager.create_vm("demo", small(bios_path="uefi"))
        image = await manager.get_vm_disk_image_path("demo")
        write_pattern(image, 0x42)
        store = original.folder / VARIABLES_FILE
        store.write_bytes(store.read_bytes()[:-1] + b"\x01")
        with manager.subscribe() as events:
            done = await manager.duplicate_vm("demo", "twin")
            seen = told(events)

        assert (done.kind, done.phase, done.vm_id) == (
            TaskKind.DUPLICATE,
            TaskPhase.DONE,
            original.id,
        )
        twin = await manager.get_vm_status("TWIN")
        assert twin.state is VmState.STOPPED
        assert twin.id != original.id
        copy = await manager.get_vm_disk_image_path("twin")
        assert copy != image
        assert same(image, copy)
        assert holds(copy, "qcow2", 0x42)
        assert (twin.folder / VARIABLES_FILE).read_bytes() == store.read_bytes()
        one, two = load_config(original.folder), load_config(twin.folder)
        assert set(macs(one)).isdisjoint(macs(two))
        assert len(macs(two)) == 1
        assert any(isinstance(event, VmCreated) and event.vm_id == twin.id for event in seen)
        states = [
            event.state
            for event in seen
            if isinstance(event, StateChanged) and event.vm_id == original.id
        ]
        assert states == [VmState.UPDATE, VmState.STOPPED]
        await manager.start_vm("twin")
        await manager.start_vm("demo")


async def test_a_firmware_of_its_own_comes_along(tmp_path: Path) -> None:
    async with managing(tmp_path / "library") as manager:
        firmware = tmp_path / "bios.bin"
        firmware.write_bytes(a_firmware_image().read_bytes())
        await manager.create_vm("demo", small(bios_path=str(firmware)))
        await manager.duplicate_vm("demo", "twin")
        twin = await manager.get_vm_status("twin")
        assert (twin.folder / FIRMWARE_FILE).read_bytes() == firmware.read_bytes()


async def test_snapshots_stay_with_the_original(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        await manager.create_vm("demo", small())
        image = await manager.get_vm_disk_image_path("demo")
        write_pattern(image, 0x42)
        run("qemu-img", "snapshot", "-c", "one", image)
        await manager.duplicate_vm("demo", "twin")
        copy = await manager.get_vm_disk_image_path("twin")
        assert "snapshots" in about(image)
        assert "snapshots" not in about(copy)
        assert holds(copy, "qcow2", 0x42)
        assert copy.stat().st_mode & 0o777 == 0o600


async def test_a_machine_that_runs_is_not_copied(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        await manager.create_vm("demo", small())
        await manager.start_vm("demo")
        with pytest.raises(StateError, match="running"):
            await manager.duplicate_vm("demo", "twin")
        assert [info.name for info in await manager.list_vms()] == ["demo"]
        assert await manager.list_tasks() == ()


async def test_names_and_the_gate_are_looked_at_first(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        await manager.create_vm("demo", small())
        with pytest.raises(ParamError) as taken:
            await manager.duplicate_vm("demo", "DEMO")
        assert taken.value.code is Code.NAME_TAKEN
        with pytest.raises(ParamError):
            await manager.duplicate_vm("demo", "")
        with pytest.raises(UnknownVmError):
            await manager.duplicate_vm("other", "twin")
        with pytest.MonkeyPatch.context() as closed:

            def refuse() -> None:
                raise NotPcModeError("not PC mode")

            closed.setattr(manager.gate, "check", refuse)
            with pytest.raises(NotPcModeError):
                await manager.duplicate_vm("demo", "twin")
        assert await manager.list_tasks() == ()


async def test_a_copy_that_does_not_fit_is_refused_and_nothing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with managing(tmp_path) as manager:
        await manager.create_vm("demo", small())
        before = files_in(tmp_path / "machines")
        monkeypatch.setattr(exporting, "free_bytes", lambda _: 1)
        monkeypatch.setattr(duplicating, "can_clone", lambda *_: False)
        with pytest.raises(DiskLessError, match="MiB more than are free"):
            await manager.duplicate_vm("demo", "twin")
        run("qemu-img", "snapshot", "-c", "one", await manager.get_vm_disk_image_path("demo"))
        with pytest.raises(DiskLessError, match="MiB more than are free"):
            await manager.duplicate_vm("demo", "twin")
        assert files_in(tmp_path / "machines") == before
        assert [info.name for info in await manager.list_vms()] == ["demo"]
        assert (await manager.get_vm_status("demo")).state is VmState.STOPPED


async def half_way(manager: VmManager, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Let the copying of disks begin and never end; set when it has begun."""
    begun = asyncio.Event()
    real = duplicating._copy_disk

    async def stuck(*args: object) -> None:
        await real(*args)  # type: ignore[arg-type]
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(duplicating, "_copy_disk", stuck)
    await manager.create_vm("demo", small())
    return begun


async def test_a_copy_that_is_cancelled_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with managing(tmp_path) as manager:
        begun = await half_way(manager, monkeypatch)
        before = files_in(tmp_path / "machines")
        info = await manager.duplicate_vm("demo", "twin", background=True)
        await begun.wait()
        assert {vm.name: vm.state for vm in await manager.list_vms()} == {
            "demo": VmState.UPDATE,
            "twin": VmState.CREATE,
        }
        with pytest.raises(ParamError):
            await manager.create_vm("twin", small())

        assert (await manager.cancel_task(info.task_id)).phase is TaskPhase.CANCELLED

        assert files_in(tmp_path / "machines") == before
        assert [vm.state for vm in await manager.list_vms()] == [VmState.STOPPED]


def test_the_description_of_the_copy_keeps_what_the_guest_sees() -> None:
    config = a_config()
    copy = duplicate_config(config, VM_ID, "twin")
    assert copy.disks == config.disks
    assert [d.id for d in copy.hardware.devices] == [d.id for d in config.hardware.devices]
    assert macs(copy) != macs(config)
    assert copy.created_ms > config.created_ms


def test_whether_a_file_system_shares_data_is_tried_without_leaving_anything(
    tmp_path: Path,
) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"x" * 8192)
    assert can_clone(file, tmp_path) in {True, False}
    assert files_in(tmp_path) == {"a"}
