"""Disks grow, never shrink, and their size is told as it is, whatever was cut off."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import DiskLessError, ParamError, StoreError
from app.vm.api.disks import LARGEST_DISK_MIB
from app.vm.events import DiskMigration, VmChanged
from app.vm.limits import HostSize
from app.vm.manager import VmManager
from app.vm.records import TaskKind, TaskPhase
from app.vm.state import VmState
from app.vm.store import Library, load_config, save_config
from tests.vm.disks import MIB, about, holds, run, write_pattern
from tests.vm.managing import managing, running_machine, small, told

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


def free(manager: VmManager, mib: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the host have so much free space."""
    host = HostSize(cpus=1, memory_mib=1024, memory_total_mib=1024, free_disk_mib=mib)
    monkeypatch.setattr(manager, "host_size", lambda: host)


async def test_a_disk_grows_while_the_machine_is_off_and_keeps_its_content(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        info = await manager.create_vm("demo", small())
        image = await manager.get_vm_disk_image_path("demo")
        write_pattern(image, 0x5A)
        with manager.subscribe() as events:
            assert await manager.set_vm_disk_size("demo", 48) == 48
            seen = told(events)

        assert about(image)["virtual-size"] == 48 * MIB
        assert holds(image, "qcow2", 0x5A)
        assert await manager.get_vm_disk_size("demo") == 48
        assert (await manager.get_vm_status("demo")).disk_mib == 48
        assert load_config(info.folder).disks[0].size_mib == 48
        assert (await manager.get_vm_status("demo")).state is VmState.STOPPED
        assert any(isinstance(event, VmChanged) for event in seen)
        assert any(
            isinstance(event, DiskMigration)
            and (event.task.kind, event.task.phase) == (TaskKind.GROW, TaskPhase.DONE)
            for event in seen
        )


async def test_a_disk_grows_under_a_running_guest_and_again_when_it_is_off(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        info = await running_machine(manager)
        assert await manager.set_vm_disk_size("demo", 32) == 32
        assert await manager.get_vm_disk_size("demo") == 32
        running = manager._registry.find("demo").live()
        assert await running.disk_bytes("disk0") == 32 * MIB
        assert (await manager.get_vm_status("demo")).disk_mib == 32
        assert load_config(info.folder).disks[0].size_mib == 32

        await manager.pause_vm("demo")
        assert await manager.expand_capacity("demo", 40) == 40
        await manager.force_stop_vm("demo")
        assert await manager.get_vm_disk_size("demo") == 40
        assert await manager.set_vm_disk_size("demo", 64) == 64
        assert about(await manager.get_vm_disk_image_path("demo"))["virtual-size"] == 64 * MIB


async def test_a_disk_never_shrinks_off_or_running(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        await manager.create_vm("demo", small(disk_size=32))
        image = await manager.get_vm_disk_image_path("demo")
        for _ in ("off", "running"):
            with pytest.raises(ParamError, match="only grow"):
                await manager.set_vm_disk_size("demo", 31)
            assert about(image)["virtual-size"] == 32 * MIB
            assert await manager.set_vm_disk_size("demo", 32) == 32
            await manager.start_vm("demo")
        assert await manager.list_tasks() == (), "what is refused at once was never a task"


async def test_growth_that_could_fill_this_computer_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with managing(tmp_path) as manager:
        await manager.create_vm("demo", small())
        free(manager, 20, monkeypatch)
        assert await manager.set_vm_disk_size("demo", 36) == 36, "only the growth counts"
        with pytest.raises(DiskLessError, match="may grow by 21 MiB, 20 MiB are free"):
            await manager.set_vm_disk_size("demo", 57)
        with pytest.raises(ParamError, match="at most"):
            await manager.set_vm_disk_size("demo", LARGEST_DISK_MIB + 1)
        assert await manager.get_vm_disk_size("demo") == 36


async def test_a_growth_that_was_cut_off_before_it_was_written_down_is_found_again(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path) as manager:
        info = await manager.create_vm("demo", small())
    image = info.folder / "disk0.qcow2"
    run("qemu-img", "resize", "-q", "-f", "qcow2", image, str(24 * MIB))

    async with managing(tmp_path) as manager:
        assert await manager.get_vm_disk_size("demo") == 24
        (shown,) = await manager.list_vms()
        assert shown.disk_mib == 24
        await manager.start_vm("demo", small(disk_size=24))
        assert load_config(info.folder).disks[0].size_mib == 24


async def test_a_size_that_cannot_be_written_down_is_told_all_the_same_and_mended_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(5, "broken")

    async with managing(tmp_path) as manager:
        info = await manager.create_vm("demo", small())
        with monkeypatch.context() as broken:
            broken.setattr("app.vm.machine.save_config", refuse)
            with pytest.raises(StoreError):
                await manager.set_vm_disk_size("demo", 24)
        assert (await manager.get_vm_status("demo")).disk_mib == 24
        assert await manager.get_vm_disk_size("demo") == 24
        assert (await manager.get_vm_status("demo")).state is VmState.STOPPED
        assert load_config(info.folder).disks[0].size_mib == 16
        await manager.set_vm_disk_size("demo", 25)
        assert load_config(info.folder).disks[0].size_mib == 25


async def test_what_was_not_written_down_is_written_when_the_same_is_asked_again(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path) as manager:
        info = await manager.create_vm("demo", small())
        run("qemu-img", "resize", "-q", "-f", "qcow2", info.folder / "disk0.qcow2", "24M")
        assert await manager.set_vm_disk_size("demo", 24) == 24
        assert load_config(info.folder).disks[0].size_mib == 24


async def test_the_description_follows_a_smaller_image_too(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        info = await manager.create_vm("demo", small())
    config = load_config(info.folder)
    save_config(info.folder, replace(config, disks=(replace(config.disks[0], size_mib=99),)))
    async with managing(tmp_path) as manager:
        (shown,) = await manager.list_vms()
        assert shown.disk_mib == 16
    assert Library(tmp_path).scan()[0].config.disks[0].size_mib == 99, "nothing is written for it"
