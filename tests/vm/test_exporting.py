"""Exports of machines through the manager: what the wire's tests do not reach."""

from __future__ import annotations

import asyncio
import errno
import tarfile
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from app.errors import EngineError, PathError, PathRefusedError, StateError
from app.vm import exporting
from app.vm.exporting import Export, check_export
from app.vm.images.exporting import plan_export
from app.vm.machine import Machine
from app.vm.manager import VmManager
from app.vm.model import Disk, VmConfig
from app.vm.qemu.engine import QemuRunning
from app.vm.qemu.images import create_disk
from app.vm.records import MigrationOptions, TaskInfo, TaskKind, TaskPhase
from app.vm.state import VmState
from app.vm.store import Library
from app.vm.tasks import Task
from tests.helpers.waiting import eventually
from tests.vm.disks import files_in, same, write_pattern
from tests.vm.gating import Sensor
from tests.vm.makers import VM_ID, a_config
from tests.vm.managing import managing, running_machine, small

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The person's folder."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def options(target: Path, **more: Any) -> MigrationOptions:
    return MigrationOptions(guest_os_image_path=str(target), **more)


async def test_the_next_manager_exports_a_machine_that_it_found_running(
    tmp_path: Path, out: Path
) -> None:
    root = tmp_path / "library"
    async with VmManager.open(Library(root), sensor=Sensor()) as manager:
        await manager.create_vm("demo", small())
        image = await manager.get_vm_disk_image_path("demo")
        write_pattern(image, 0x55)
        await manager.start_vm("demo")
    async with managing(root) as manager:
        await manager.export_vm_disk_image("demo", options(out / "a.qcow2"))
        await manager.force_stop_vm("demo")
        assert same(image, out / "a.qcow2")


async def test_a_machine_off_whose_export_is_cancelled_is_off_again_and_nothing_stays(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()
    real = exporting.write_image

    async def held(*args: Any, **more: Any) -> None:
        await real(*args, **more)
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(exporting, "write_image", held)
    async with managing(tmp_path / "library") as manager:
        await manager.create_vm("demo", small())
        for name in ("a.qcow2", "a.ova"):
            begun.clear()
            task = await manager.export_vm_disk_image("demo", options(out / name), background=True)
            await begun.wait()
            assert files_in(out), "it is written beside its place"
            assert name not in files_in(out)
            ended = await manager.cancel_task(task.task_id)
            assert ended.phase is TaskPhase.CANCELLED
            assert files_in(out) == set()
            assert (await manager.get_vm_status("demo")).state is VmState.STOPPED


async def test_an_export_that_is_cancelled_while_it_takes_its_place_is_taken_back(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed, may_end = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()
    real = exporting.place_new

    def place(part: Path, target: Path) -> None:
        real(part, target)
        loop.call_soon_threadsafe(placed.set)
        assert may_end.wait(10)

    monkeypatch.setattr(exporting, "place_new", place)
    async with managing(tmp_path / "library") as manager:
        await manager.create_vm("demo", small())
        task = await manager.export_vm_disk_image("demo", options(out / "a.qcow2"), background=True)
        await placed.wait()
        assert files_in(out) == {"a.qcow2"}
        cancelling = asyncio.create_task(manager.cancel_task(task.task_id))
        await asyncio.sleep(0)
        may_end.set()
        assert (await cancelling).phase is TaskPhase.CANCELLED
    assert files_in(out) == set()


async def test_a_plain_copy_of_a_running_machine_is_written_once(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Path] = []
    real = exporting.write_image

    async def counted(source: Any, part: Path, *args: Any, **more: Any) -> None:
        written.append(part)
        await real(source, part, *args, **more)

    monkeypatch.setattr(exporting, "write_image", counted)
    async with managing(tmp_path / "library") as manager:
        await manager.create_vm("demo", small())
        image = await manager.get_vm_disk_image_path("demo")
        write_pattern(image, 0x55)
        await manager.start_vm("demo")
        await manager.export_vm_disk_image("demo", options(out / "a.qcow2"))
        assert written == [], "the engine's copy is moved"
        with monkeypatch.context() as elsewhere:
            elsewhere.setattr(exporting, "_together", lambda *_: False)
            await manager.export_vm_disk_image("demo", options(out / "b.qcow2"))
        assert len(written) == 1, "from another file system it is copied"
        with monkeypatch.context() as elsewhere:
            elsewhere.setattr(exporting, "_moved", lambda *_: False)
            await manager.export_vm_disk_image("demo", options(out / "c.qcow2"))
        assert len(written) == 2, "and from another mount"
        await manager.force_stop_vm("demo")
        assert same(image, out / "a.qcow2")
        assert same(image, out / "b.qcow2")
        assert same(image, out / "c.qcow2")
    assert files_in(out) == {"a.qcow2", "b.qcow2", "c.qcow2"}


def test_a_file_is_not_moved_to_another_mount_but_other_refusals_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, moved = tmp_path / "a", tmp_path / "b"
    file.touch()
    for number, outcome in ((errno.EXDEV, False), (errno.EIO, None)):

        def refuse(*_: Path, number: int = number) -> None:
            raise OSError(number, "refused")

        with monkeypatch.context() as broken:
            broken.setattr(Path, "rename", refuse)
            if outcome is None:
                with pytest.raises(OSError, match="refused"):
                    exporting._moved(file, moved)
            else:
                assert exporting._moved(file, moved) is outcome
    assert exporting._moved(file, moved)
    assert files_in(tmp_path) == {"b"}


async def test_a_tool_that_fails_leaves_nothing(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise EngineError("The disk could not be exported.")

    async with managing(tmp_path / "library") as manager:
        await running_machine(manager)
        image = await manager.get_vm_disk_image_path("demo")
        before = files_in(image.parent)
        monkeypatch.setattr(exporting, "write_image", fail)
        with pytest.raises(EngineError):
            await manager.export_vm_disk_image("demo", options(out / "a.vdi"))
        assert files_in(out) == set()
        assert files_in(image.parent) == before
        assert (await manager.get_vm_status("demo")).state is VmState.RUNNING


async def test_two_exports_of_a_running_machine_at_once_are_both_whole(
    tmp_path: Path, out: Path
) -> None:
    async with managing(tmp_path / "library") as manager:
        await manager.create_vm("demo", small())
        image = await manager.get_vm_disk_image_path("demo")
        write_pattern(image, 0x55)
        await manager.start_vm("demo")
        await asyncio.gather(
            *(
                manager.export_vm_disk_image("demo", options(out / name))
                for name in ("a.qcow2", "b.qcow2")
            )
        )
        await manager.force_stop_vm("demo")
        assert same(image, out / "a.qcow2")
        assert same(image, out / "b.qcow2")


async def test_two_exports_to_the_same_place_give_one_file(tmp_path: Path, out: Path) -> None:
    async with managing(tmp_path / "library") as manager:
        await running_machine(manager)
        answers = await asyncio.gather(
            *(manager.export_vm_disk_image("demo", options(out / "a.raw")) for _ in range(2)),
            return_exceptions=True,
        )
        assert [type(answer) for answer in answers].count(PathError) == 1
    assert files_in(out) == {"a.raw"}


async def test_the_library_and_folders_that_are_not_there_are_no_target(
    tmp_path: Path, out: Path
) -> None:
    async with managing(tmp_path / "library") as manager:
        info = await manager.create_vm("demo", small())
        with pytest.raises(PathRefusedError):
            await manager.export_vm_disk_image("demo", options(info.folder / "a.raw"))
        with pytest.raises(PathError):
            await manager.export_vm_disk_image("demo", options(out / "none" / "a.raw"))
        assert await manager.list_tasks() == ()


async def test_a_manager_that_leaves_during_an_export_leaves_nothing_to_the_next(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, real = tmp_path / "library", QemuRunning.execute

    async def slowed(self: QemuRunning, command: str, arguments: Any = None, **more: Any) -> Any:
        if command == "blockdev-backup":
            arguments = {**arguments, "speed": 64 * 1024}
        return await real(self, command, arguments, **more)

    monkeypatch.setattr(QemuRunning, "execute", slowed)
    async with VmManager.open(Library(root), sensor=Sensor()) as manager:
        await manager.create_vm("demo", small())
        image = await manager.get_vm_disk_image_path("demo")
        write_pattern(image, 0x55)
        await manager.start_vm("demo")
        await manager.export_vm_disk_image("demo", options(out / "a.raw"), background=True)
        running = manager._registry.find("demo").live()

        async def has_a_job() -> bool:
            return bool(await running.execute("query-jobs"))  # type: ignore[attr-defined]

        await eventually(has_a_job)

    async with managing(root) as manager:
        info = await manager.get_vm_status("demo")
        assert info.state is VmState.RUNNING
        found = manager._registry.find("demo").live()
        assert await found.execute("query-jobs") == []  # type: ignore[attr-defined]
        assert not [name for name in files_in(info.folder) if name.endswith(".part")]
        assert files_in(out) == set()


def two_disks() -> VmConfig:
    config = a_config()
    devices = config.hardware.devices
    system = config.hardware.device("disk0")
    second = replace(system, id="disk1", addr="0xa")
    return replace(
        config,
        disks=(*config.disks, Disk(id="disk1", file="disk1.qcow2", size_mib=16)),
        hardware=replace(config.hardware, devices=(*devices, second)),
    )


def test_several_disks_leave_together_from_a_machine_that_is_off_only(tmp_path: Path) -> None:
    plan = plan_export(options(tmp_path / "a.ova"), tmp_path / "a.ova")
    machine = Machine(two_disks(), tmp_path, lambda _: None)
    check_export(machine, plan)
    machine.state = VmState.RUNNING
    with pytest.raises(StateError, match="several disks"):
        check_export(machine, plan)
    check_export(machine, plan_export(options(tmp_path / "a.vdi"), tmp_path / "a.vdi"))


async def test_all_disks_of_a_machine_that_is_off_leave_in_one_archive(
    tmp_path: Path, out: Path
) -> None:
    images = [tmp_path / disk.file for disk in two_disks().disks]
    for number, image in enumerate(images):
        await create_disk(image, 16)
        write_pattern(image, 0x60 + number)
    machine = Machine(two_disks(), tmp_path, lambda _: None)
    told: list[object] = []
    info = TaskInfo(task_id=uuid4(), kind=TaskKind.EXPORT, vm_name="demo", vm_id=VM_ID)
    plan = plan_export(options(out / "a.ova"), out / "a.ova")

    await Export(machine, plan, lambda _: False, told.append).run(Task(info, lambda _: None))

    with tarfile.open(plan.target) as archive:
        assert archive.getnames() == ["a.ovf", "a.mf", "a-disk1.vmdk", "a-disk2.vmdk"]
        archive.extractall(tmp_path / "x", filter="data")
    for number, image in enumerate(images, 1):
        assert same(image, tmp_path / "x" / f"a-disk{number}.vmdk", "vmdk")
    assert files_in(out) == {"a.ova"}
    assert len(told) == 1
