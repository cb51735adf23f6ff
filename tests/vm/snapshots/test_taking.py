"""A machine is kept as it is, whole or not at all, and goes on as it was."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import (
    Code,
    DiskLessError,
    NotSupportedError,
    ParamError,
    StateError,
    StoreError,
)
from app.vm.engine import RunStatus
from app.vm.limits import MIB
from app.vm.qemu import offline_snapshots
from app.vm.snapshots import taking
from app.vm.snapshots.manifest import change_manifest, load_manifest
from app.vm.state import VmState
from app.vm.store import SNAPSHOTS_FOLDER
from tests.vm.disks import files_in, run
from tests.vm.managing import managing, outcomes, reaches, running_machine
from tests.vm.snapshots.moments import (
    NAME,
    live,
    machine_of,
    names,
    nothing_is_left,
    tags_in,
    two_disks,
)

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


async def test_a_snapshot_is_in_every_disk_and_deleted_from_every_disk(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        disks = await two_disks(manager)
        made = await manager.create_snapshot(NAME, "clean", note="a\nb")
        assert [tags_in(disk) for disk in disks] == [[made.snapshot_id]] * 2
        assert (made.name, made.note, made.problem) == ("clean", "a\nb", "")
        assert made.current
        assert await manager.get_snapshot_list(NAME) == (made,)

        await manager.destroy_snapshot(NAME, made.snapshot_id)

        assert [tags_in(disk) for disk in disks] == [[], []]
        await nothing_is_left(manager)


async def test_a_running_machine_with_two_disks_is_kept_and_runs_on(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        await two_disks(manager)
        await manager.start_vm(NAME)
        machine_of(manager).set_window(7)
        assert machine_of(manager).state is VmState.VIEWING
        made = await manager.create_snapshot(NAME, "clean")
        assert made.with_memory
        assert made.size_bytes <= (live(manager).resident_mib + taking._SPARE_MIB) * MIB
        assert machine_of(manager).state is VmState.VIEWING, "the view stays bound"
        assert await live(manager).query_status() is RunStatus.RUNNING
        await manager.destroy_snapshot(NAME, made.snapshot_id)
        assert machine_of(manager).state is VmState.VIEWING
        await nothing_is_left(manager)


async def test_a_paused_machine_stays_paused_for_its_reason(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        await running_machine(manager)
        await manager._power.pause(machine_of(manager), by="gate")
        await manager.create_snapshot(NAME, "clean")
        info = await manager.get_vm_status(NAME)
        assert (info.state, info.reason) == (VmState.PAUSED, "gate")
        assert await live(manager).query_status() is RunStatus.PAUSED
        (entry,) = load_manifest(info.folder).entries
        assert entry.was_running, "only the gate lets it stand still"


async def test_too_little_room_is_said_before_anything_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with managing(tmp_path) as manager:
        info = await running_machine(manager)
        before = files_in(info.folder)
        room = taking._SPARE_MIB + live(manager).resident_mib - 1
        less = replace(manager.host_size(), free_disk_mib=room)
        monkeypatch.setattr(manager, "host_size", lambda: less)
        with pytest.raises(DiskLessError, match="may take") as caught:
            await manager.create_snapshot(NAME, "clean")
        assert caught.value.code is Code.DISK_LESS
        assert caught.value.remedy
        assert files_in(info.folder) == before
        assert (await manager.get_vm_status(NAME)).state is VmState.RUNNING
        assert await manager.get_snapshot_list(NAME) == ()


async def test_what_cannot_be_kept_with_memory_is_named_and_can_be_kept_without(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path) as manager:
        info = await running_machine(manager)
        running = live(manager)
        hardware = machine_of(manager).config.hardware
        ports = [device.id for device in hardware.devices if device.kind == "root_port"]
        null = {"driver": "null-co", "node-name": "n0", "size": 1 << 20, "read-zeroes": True}
        await running.execute("blockdev-add", null)
        nvme = {"driver": "nvme", "id": "nv", "drive": "n0", "serial": "1", "bus": ports[-1]}
        await running.execute("device_add", nvme)
        before = files_in(info.folder)

        with pytest.raises(NotSupportedError, match="NVMe") as caught:
            await manager.create_snapshot(NAME, "clean")

        assert caught.value.remedy
        assert files_in(info.folder) == before
        assert (await manager.get_vm_status(NAME)).state is VmState.RUNNING
        await manager.force_stop_vm(NAME)
        assert not (await manager.create_snapshot(NAME, "clean")).with_memory


async def test_no_link_leads_what_is_kept_elsewhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    async with managing(tmp_path / "library") as manager:
        await two_disks(manager)
        (machine_of(manager).folder / SNAPSHOTS_FOLDER).symlink_to(elsewhere)
        with pytest.raises(StoreError, match="not a folder"):
            await manager.create_snapshot(NAME, "clean")
        assert files_in(elsewhere) == set()
        assert await manager.get_snapshot_list(NAME) == ()


async def test_of_calls_at_once_one_is_done_and_the_others_are_told_to_wait(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path) as manager:
        await two_disks(manager)
        for state in (VmState.STOPPED, VmState.RUNNING):
            before = len(await names(manager))
            if state is VmState.RUNNING:
                await manager.start_vm(NAME)
            found = await outcomes(
                manager.create_snapshot(NAME, "one"),
                manager.create_snapshot(NAME, "two"),
                manager.get_snapshot_list(NAME),
            )
            (refused,) = [one for one in found if isinstance(one, BaseException)]
            assert isinstance(refused, StateError)
            assert "Shut" not in refused.remedy, "that would not help"
            assert len(await names(manager)) == before + 1


async def test_a_list_and_a_new_name_are_possible_while_another_is_made(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        await running_machine(manager)
        first = await manager.create_snapshot(NAME, "first")
        async with asyncio.TaskGroup() as tasks:
            making = tasks.create_task(manager.create_snapshot(NAME, "second"))
            await reaches(manager, NAME, VmState.SNAPSHOTTING)
            (known,) = await manager.get_snapshot_list(NAME)
            assert known == first
            renamed = await manager.rename_snapshot(NAME, first.snapshot_id, "début")
            assert renamed.name == "début"
            assert not making.done(), "it was as early as can be"
        assert await names(manager) == ["début", "second"]


async def test_automatic_ones_make_room_for_the_newest_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "MOST_AUTOMATIC", 2)
    async with managing(tmp_path) as manager:
        (disk, _) = await two_disks(manager)
        keeping = manager._keeping(machine_of(manager))
        await manager.create_snapshot(NAME, "mine")
        for number in range(4):
            await keeping.take(f"rule {number}", automatic=True)
        assert await names(manager) == ["mine", "rule 2", "rule 3"]
        await manager.create_snapshot(NAME, "also mine")
        assert await names(manager) == ["mine", "rule 2", "rule 3", "also mine"]
        assert len(tags_in(disk)) == 4


async def test_one_of_a_foreign_tool_is_listed_and_can_be_deleted_wherever_it_is(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path) as manager:
        first, second = await two_disks(manager)
        for tag in ("by hand", "by hand", "7", "-x"):
            run("qemu-img", "snapshot", "-c", tag, first)
        run("qemu-img", "snapshot", "-c", "-x", second)
        found = {one.snapshot_id: one for one in await manager.get_snapshot_list(NAME)}
        assert set(found) == {"by hand", "7", "-x"}
        assert found["by hand"].problem
        assert found["7"].problem
        assert found["-x"].problem == ""
        with pytest.raises(ParamError, match="made here"):
            await manager.rename_snapshot(NAME, "-x", "mine")
        for tag in found:
            await manager.destroy_snapshot(NAME, tag)
            assert tag not in tags_in(first) + tags_in(second)
        with pytest.raises(ParamError, match="no such snapshot"):
            await manager.destroy_snapshot(NAME, "-x")


async def test_an_entry_whose_tag_is_gone_has_a_problem_and_can_be_deleted(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path) as manager:
        disks = await two_disks(manager)
        made = await manager.create_snapshot(NAME, "clean")
        run("qemu-img", "snapshot", "-d", made.snapshot_id, disks[1])
        (found,) = await manager.get_snapshot_list(NAME)
        assert "Only some" in found.problem
        run("qemu-img", "snapshot", "-d", made.snapshot_id, disks[0])
        (found,) = await manager.get_snapshot_list(NAME)
        assert "gone" in found.problem
        assert (await manager.rename_snapshot(NAME, made.snapshot_id, "was here")).problem
        await manager.destroy_snapshot(NAME, made.snapshot_id)
        await nothing_is_left(manager)


async def test_one_that_is_being_deleted_cannot_be_renamed(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        await two_disks(manager)
        made = await manager.create_snapshot(NAME, "clean")
        machine = machine_of(manager)
        (entry,) = load_manifest(machine.folder).entries
        await change_manifest(machine, lambda present: taking._marked(present, entry))
        with pytest.raises(ParamError, match="no such snapshot"):
            await manager.rename_snapshot(NAME, made.snapshot_id, "mine")
        await manager.destroy_snapshot(NAME, made.snapshot_id)
        await nothing_is_left(manager)


async def test_the_list_never_hinders_a_start(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        disks = await two_disks(manager)
        made = await manager.create_snapshot(NAME, "clean")
        await manager.start_vm(NAME)
        for disk in disks:  # The engine has them locked: a look that wants a lock would fail.
            (found,) = await offline_snapshots.list_in(disk)
            assert found.tag == made.snapshot_id


async def test_trash_keeps_snapshots_and_a_copy_has_none(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        await two_disks(manager)
        made = await manager.create_snapshot(NAME, "clean")
        await manager.duplicate_vm(NAME, "copy")
        assert await manager.get_snapshot_list("copy") == ()
        await manager.destroy_vm(NAME)
        await manager.undo_destroy_vm(NAME)
        assert await manager.get_snapshot_list(NAME) == (made,)


async def test_a_deletion_is_refused_while_a_snapshot_is_made(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        await two_disks(manager)
        async with asyncio.TaskGroup() as tasks:
            making = tasks.create_task(manager.create_snapshot(NAME, "clean"))
            await reaches(manager, NAME, VmState.UPDATE)
            with pytest.raises(StateError):
                await manager.destroy_vm(NAME)
        assert (await manager.get_snapshot_list(NAME))[0] == making.result()
