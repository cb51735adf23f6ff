"""A machine goes back as a whole: all disks and the memory that belongs to them, or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import (
    AppError,
    Code,
    DiskLessError,
    NotPcModeError,
    ParamError,
    StateError,
)
from app.vm.engine import RunStatus
from app.vm.manager import VmManager
from app.vm.posture import Posture
from app.vm.recovery.marker import is_marked, mark_unclean
from app.vm.snapshots import taking
from app.vm.snapshots.journal import Journal, begin, is_pending
from app.vm.snapshots.manifest import Entry
from app.vm.state import VmState
from app.vm.store import RESTORE_FILE, SNAPSHOTS_FOLDER, VARIABLES_FILE
from tests.vm.disks import run
from tests.vm.gating import Sensor
from tests.vm.managing import managing, outcomes, reaches, runs, small
from tests.vm.snapshots.moments import (
    NAME,
    NEW,
    OLD,
    OTHERS,
    assert_consistent,
    images,
    kept_live,
    kept_off,
    live,
    machine_of,
    mark,
    mark_live,
    memory_moment,
    moment,
    names,
    other_entry,
    two_disks,
)

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


async def is_untouched(manager: VmManager, state: VmState, listed: list[str]) -> None:
    """A machine that runs, and is as new as it was."""
    assert machine_of(manager).state is state
    assert await names(manager) == listed
    assert not is_pending(machine_of(manager).folder)
    assert moment(images(manager)) == NEW
    assert await memory_moment(live(manager)) == NEW


async def test_all_disks_and_the_firmwares_settings_of_one_that_is_off_go_back(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path) as manager:
        await two_disks(manager)
        variables = machine_of(manager).folder / VARIABLES_FILE
        variables.write_bytes(b"old")
        mark(images(manager), OLD)
        made = await manager.create_snapshot(NAME, "old")
        variables.write_bytes(b"new")
        mark(images(manager), NEW)

        await manager.restore_snapshot(NAME, made.snapshot_id)

        assert moment(images(manager)) == OLD
        assert variables.read_bytes() == b"old"
        old, safety = await manager.get_snapshot_list(NAME)
        assert (old.current, safety.current) == (True, False)
        assert safety.automatic
        assert "old" in safety.name

        await manager.restore_snapshot(NAME, safety.snapshot_id, safety=False)

        assert moment(images(manager)) == NEW, "the way back has a way back"
        assert variables.read_bytes() == b"new"
        assert machine_of(manager).state is VmState.STOPPED
        await assert_consistent(manager)


async def test_a_machine_that_runs_goes_back_with_memory_and_all_disks_and_keeps_its_view(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path) as manager:
        tag = await kept_live(manager)
        machine_of(manager).set_window(7)
        await manager.restore_snapshot(NAME, tag)
        assert machine_of(manager).state is VmState.VIEWING
        assert await live(manager).query_status() is RunStatus.RUNNING
        assert await memory_moment(live(manager)) == OLD
        assert moment(images(manager)) == OLD
        old, safety = await manager.get_snapshot_list(NAME)
        assert old.current
        await manager.restore_snapshot(NAME, safety.snapshot_id, safety=False)
        assert await memory_moment(live(manager)) == NEW
        assert moment(images(manager)) == NEW
        await manager.force_stop_vm(NAME)
        await assert_consistent(manager)


async def test_one_that_stood_still_stands_still_again(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        await two_disks(manager)
        await manager.start_vm(NAME)
        await mark_live(live(manager), OLD)
        await manager.pause_vm(NAME)
        made = await manager.create_snapshot(NAME, "stands")
        await manager.resume_vm(NAME)

        await manager.restore_snapshot(NAME, made.snapshot_id)

        info = await manager.get_vm_status(NAME)
        assert (info.state, info.reason) == (VmState.PAUSED, "paused")
        await manager.force_stop_vm(NAME)
        await manager.restore_snapshot(NAME, made.snapshot_id, safety=False)
        info = await manager.get_vm_status(NAME)
        assert (info.state, info.reason) == (VmState.PAUSED, "paused"), "from off too"
        await manager.resume_vm(NAME)
        assert await memory_moment(live(manager)) == OLD


async def test_a_disk_that_has_grown_since_is_as_small_as_it_was(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        tag = await kept_live(manager)
        await manager.set_vm_disk_size(NAME, 32)
        await manager.restore_snapshot(NAME, tag, safety=False)
        assert machine_of(manager).config.disks[0].size_mib == 16
        assert (await manager.get_vm_status(NAME)).disk_mib == 16
        assert await live(manager).disk_bytes("disk0") == 16 << 20


async def test_a_uefi_machine_goes_back_with_the_settings_of_its_firmware(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        await manager.create_vm(NAME, small(bios_path="uefi", memory_size=128))
        await manager.start_vm(NAME)
        made = await manager.create_snapshot(NAME, "old")
        folder = machine_of(manager).folder
        kept = (folder / SNAPSHOTS_FOLDER / f"{made.snapshot_id}.fd").read_bytes()
        await manager.restore_snapshot(NAME, made.snapshot_id, safety=False)
        await manager.restore_snapshot(NAME, made.snapshot_id, safety=False)
        assert machine_of(manager).state is VmState.RUNNING
        await manager.force_stop_vm(NAME)
        variables = folder / VARIABLES_FILE
        assert len(kept) == variables.stat().st_size
        variables.write_bytes(bytes(len(kept)))
        await manager.restore_snapshot(NAME, made.snapshot_id, safety=False, disks_only=True)
        assert variables.read_bytes() == kept
        await manager.restore_snapshot(NAME, made.snapshot_id, safety=False)
        assert machine_of(manager).state is VmState.RUNNING


@pytest.mark.parametrize("change", OTHERS.values(), ids=OTHERS)
async def test_memory_of_other_hardware_is_refused_before_anything_happens(
    tmp_path: Path, change: Callable[[Entry], Entry]
) -> None:
    async with managing(tmp_path) as manager:
        tag = await kept_live(manager)
        await other_entry(manager, change)
        with pytest.raises(StateError) as caught:
            await manager.restore_snapshot(NAME, tag)
        assert caught.value.remedy
        await is_untouched(manager, VmState.RUNNING, ["old"])


async def test_memory_that_this_computer_cannot_run_is_refused_before_the_disks_go_back(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path) as manager:
        tag = await kept_live(manager)
        await manager.force_stop_vm(NAME)
        for change in (
            OTHERS["accelerator"],
            lambda e: replace(e, accelerator="tcg", config=replace(e.config, cpus=512)),
        ):
            await other_entry(manager, change)
            with pytest.raises(AppError):
                await manager.restore_snapshot(NAME, tag)
            assert moment(images(manager)) == NEW
            assert await names(manager) == ["old"]
        await manager.restore_snapshot(NAME, tag, disks_only=True)
        assert moment(images(manager)) == OLD
        assert not runs(await manager.get_vm_status(NAME))


async def test_a_disk_that_was_added_since_has_no_such_moment(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        tag = await kept_off(manager)
        added = await manager.add_vm_disk(NAME, 16)
        with pytest.raises(StateError, match="take that out first"):
            await manager.restore_snapshot(NAME, tag)
        assert await names(manager) == ["old"]
        await manager.remove_vm_disk(NAME, added)
        assert moment(images(manager)) == NEW
        await manager.restore_snapshot(NAME, tag)
        assert moment(images(manager)) == OLD


async def test_a_closed_gate_lets_no_machine_go_back(tmp_path: Path) -> None:
    sensor = Sensor(Posture.KEYBOARD_ATTACHED)
    async with managing(tmp_path, sensor=sensor) as manager:
        tag = await kept_off(manager)
        sensor.turn(Posture.TABLET)
        with pytest.raises(NotPcModeError):
            await manager.restore_snapshot(NAME, tag)
        assert moment(images(manager)) == NEW
        assert await names(manager) == ["old"]


@pytest.mark.parametrize("running", [False, True], ids=["off", "running"])
async def test_without_room_for_the_safety_snapshot_nothing_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, running: bool
) -> None:
    async with managing(tmp_path) as manager:
        tag = await (kept_live if running else kept_off)(manager)
        less = replace(manager.host_size(), free_disk_mib=taking._SPARE_MIB - 1)
        monkeypatch.setattr(manager, "host_size", lambda: less)
        with pytest.raises(DiskLessError) as caught:
            await manager.restore_snapshot(NAME, tag)
        assert caught.value.code is Code.DISK_LESS
        if running:
            await is_untouched(manager, VmState.RUNNING, ["old"])
            return
        assert moment(images(manager)) == NEW
        assert await names(manager) == ["old"]
        await manager.restore_snapshot(NAME, tag, safety=False)
        assert moment(images(manager)) == OLD


async def test_the_safety_snapshot_never_takes_the_place_of_the_one_that_is_gone_back_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "MOST_AUTOMATIC", 2)
    async with managing(tmp_path) as manager:
        disks = await two_disks(manager)
        keeping = manager._keeping(machine_of(manager))
        mark(disks, OLD)
        oldest = await keeping.take("oldest", automatic=True)
        mark(disks, NEW)
        await keeping.take("newer", automatic=True)
        await manager.restore_snapshot(NAME, oldest.snapshot_id)
        assert moment(disks) == OLD
        left = [one.name for one in await manager.get_snapshot_list(NAME) if one.automatic]
        assert left == ["oldest", "Before going back to “oldest”"]


async def test_one_of_a_foreign_tool_gives_back_its_disks_while_the_machine_is_off(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path) as manager:
        disks = await two_disks(manager)
        mark(disks, OLD)
        for disk in disks:
            run("qemu-img", "snapshot", "-c", "by hand", disk)
        mark(disks, NEW)
        await manager.start_vm(NAME)
        with pytest.raises(StateError, match="off only"):
            await manager.restore_snapshot(NAME, "by hand")
        await manager.force_stop_vm(NAME)
        await manager.restore_snapshot(NAME, "by hand", disks_only=True, safety=False)
        assert moment(disks) == OLD
        assert machine_of(manager).state is VmState.STOPPED


async def test_what_nobody_has_kept_cannot_be_gone_back_to(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        tag = await kept_off(manager)
        with pytest.raises(ParamError, match="no such snapshot"):
            await manager.restore_snapshot(NAME, "0" * 32)
        run("qemu-img", "snapshot", "-d", tag, images(manager)[0])
        with pytest.raises(StateError, match="Only some"):
            await manager.restore_snapshot(NAME, tag)
        assert moment(images(manager)) == NEW
        assert await names(manager) == ["old"]


async def test_nobody_takes_a_machine_away_or_back_a_second_time_meanwhile(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path) as manager:
        tag = await kept_live(manager)
        await manager.force_stop_vm(NAME)
        for state in (VmState.UPDATE, VmState.SNAPSHOTTING):
            async with asyncio.TaskGroup() as tasks:
                going = tasks.create_task(manager.restore_snapshot(NAME, tag, safety=False))
                await reaches(manager, NAME, state)
                refused = await outcomes(
                    manager.destroy_vm(NAME),
                    manager.restore_snapshot(NAME, tag),
                    manager.create_snapshot(NAME, "more"),
                    manager.destroy_snapshot(NAME, tag),
                )
                assert not going.done()
                assert [type(one) for one in refused] == [StateError] * 4
                assert await names(manager) == ["old"]
            assert await memory_moment(live(manager)) == OLD


async def test_the_trash_keeps_a_way_back_and_can_be_emptied_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with managing(tmp_path) as manager:
        tag = await kept_off(manager)
        begin(machine_of(manager).folder, Journal(tag=tag))
        await manager.destroy_vm(NAME)
        await manager.undo_destroy_vm(NAME)
        await manager.start_vm(NAME)
        await manager.force_stop_vm(NAME)
        assert moment(images(manager)) == OLD

        folder = machine_of(manager).folder
        begin(folder, Journal(tag=tag))
        for left in (
            f".{RESTORE_FILE}.abcd_123",
            f"{RESTORE_FILE}.damaged",
            f"{SNAPSHOTS_FOLDER}/.{tag}.fd.abcd_123",
            f"{SNAPSHOTS_FOLDER}/{tag}.png",
            f".{VARIABLES_FILE}.abcd_123",
        ):
            (folder / left).touch()
        await manager.destroy_vm(NAME)
        await manager.empty_trash()
        assert list((tmp_path / "trash").iterdir()) == []


async def test_a_machine_with_an_unclean_end_is_looked_through_before_it_goes_back(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path) as manager:
        tag = await kept_live(manager)
        await manager.force_stop_vm(NAME)
        folder = machine_of(manager).folder
        mark_unclean(folder)
        await manager.restore_snapshot(NAME, tag)
        assert not is_marked(folder)
        assert await memory_moment(live(manager)) == OLD
