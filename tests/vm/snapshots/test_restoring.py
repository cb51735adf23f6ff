"""A machine goes back as a whole: all disks and the memory that belongs to them, or nothing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.errors import (
    AppError,
    Code,
    DiskLessError,
    EngineError,
    NotPcModeError,
    ParamError,
    StateError,
    StoreError,
)
from app.vm.engine import RunStatus
from app.vm.manager import VmManager
from app.vm.posture import Posture
from app.vm.qemu import offline_snapshots, snapshot_jobs
from app.vm.qemu.engine import QemuRunning
from app.vm.qemu.tool import qemu_img
from app.vm.recovery.marker import is_marked, mark_unclean
from app.vm.snapshots import journal, restoring, taking
from app.vm.snapshots.journal import Journal, begin, is_pending
from app.vm.snapshots.manifest import Entry, Manifest, change_manifest, load_manifest
from app.vm.snapshots.restoring import Restoring
from app.vm.state import VmState
from app.vm.store import RESTORE_FILE, SNAPSHOTS_FOLDER, VARIABLES_FILE
from tests.vm.disks import run
from tests.vm.gating import Sensor
from tests.vm.managing import kill_engine, managing, outcomes, reaches, runs, small
from tests.vm.snapshots.moments import (
    NAME,
    CutError,
    Cuts,
    assert_consistent,
    images,
    live,
    machine_of,
    manager_of,
    mark,
    mark_live,
    memory_moment,
    moment,
    tags_in,
    two_disks,
)

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

OLD, NEW = 0x11, 0x22


async def names(manager: VmManager) -> list[str]:
    return [one.name for one in await manager.get_snapshot_list(NAME)]


async def kept_off(manager: VmManager) -> str:
    """A machine that is off and new; the tag under which it is old."""
    disks = await two_disks(manager)
    mark(disks, OLD)
    made = await manager.create_snapshot(NAME, "old")
    mark(disks, NEW)
    return made.snapshot_id


async def kept_live(manager: VmManager) -> str:
    """The same for one that runs."""
    await two_disks(manager)
    await manager.start_vm(NAME)
    await mark_live(live(manager), OLD)
    made = await manager.create_snapshot(NAME, "old")
    await mark_live(live(manager), NEW)
    return made.snapshot_id


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


async def other_entry(manager: VmManager, change: Callable[[Entry], Entry]) -> None:
    """Let the first snapshot be of another machine."""

    def step(manifest: Manifest) -> Manifest:
        return manifest.with_entry(change(manifest.entries[0]))

    await change_manifest(machine_of(manager), step)


OTHERS: dict[str, Callable[[Entry], Entry]] = {
    "memory": lambda entry: replace(entry, config=replace(entry.config, memory_mib=96)),
    "processors": lambda entry: replace(entry, config=replace(entry.config, cpus=2)),
    "accelerator": lambda entry: replace(entry, accelerator="kvm"),
    "clock": lambda entry: replace(
        entry,
        config=replace(
            entry.config,
            hardware=replace(entry.config.hardware, clock="localtime"),
        ),
    ),
}


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
        with pytest.raises(StateError, match="Only some"):
            await manager.restore_snapshot(NAME, tag)
        assert await names(manager) == ["old"]
        await manager.remove_vm_disk(NAME, added)
        assert moment(images(manager)) == NEW
        await manager.restore_snapshot(NAME, tag)
        assert moment(images(manager)) == OLD


def blind(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let memory that does not fit be found out by the engine only; the resumes from now on."""
    monkeypatch.setattr(Restoring, "_check_fits", lambda *_: None)
    resumed: list[str] = []
    real = QemuRunning.resume

    async def resume(running: QemuRunning) -> None:
        resumed.append("resume")
        await real(running)

    monkeypatch.setattr(QemuRunning, "resume", resume)
    return resumed


@pytest.mark.parametrize("bound", [False, True], ids=["hidden", "viewed"])
async def test_a_load_that_fails_ends_off_with_the_disks_and_never_runs_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, bound: bool
) -> None:
    async with managing(tmp_path) as manager:
        tag = await kept_live(manager)
        await manager.force_stop_vm(NAME)
        await manager.start_vm(NAME, small(memory_size=96))
        if bound:
            machine_of(manager).set_window(7)
        resumed = blind(monkeypatch)

        with pytest.raises(EngineError, match="is off, with its disks") as caught:
            await manager.restore_snapshot(NAME, tag, safety=False)

        assert caught.value.remedy
        assert resumed == [], "disks of one moment never run with the memory of another"
        info = await manager.get_vm_status(NAME)
        assert info.state is VmState.STOPPED
        assert not runs(info)
        assert not is_pending(info.folder)
        assert moment(images(manager)) == OLD
        assert (await manager.get_snapshot_list(NAME))[0].current
        assert "only its disks went back" in caplog.text
        await manager.start_vm(NAME)
        await manager.force_stop_vm(NAME)
        await assert_consistent(manager)


async def test_a_load_into_a_fresh_engine_that_fails_ends_off_with_the_disks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with managing(tmp_path) as manager:
        tag = await kept_live(manager)
        await manager.force_stop_vm(NAME)
        await other_entry(manager, OTHERS["memory"])
        resumed = blind(monkeypatch)
        with pytest.raises(EngineError, match="is off, with its disks"):
            await manager.restore_snapshot(NAME, tag)
        assert resumed == []
        info = await manager.get_vm_status(NAME)
        assert not info.state.has_process
        assert not runs(info)
        assert moment(images(manager)) == OLD
        await manager.start_vm(NAME)
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("step", ["begin", "outcome", "dismiss"])
async def test_an_engine_that_is_killed_meanwhile_has_its_disks_brought_to_one_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, step: str
) -> None:
    real = getattr(snapshot_jobs, step)

    async def killing(*arguments: Any, **named: Any) -> Any:
        kill_engine(await manager.get_vm_status(NAME))
        return await real(*arguments, **named)

    async with managing(tmp_path) as manager:
        tag = await kept_live(manager)
        monkeypatch.setattr(snapshot_jobs, step, killing)
        with pytest.raises(EngineError, match="is off, with its disks"):
            await manager.restore_snapshot(NAME, tag, safety=False)
        monkeypatch.undo()
        assert machine_of(manager).state is VmState.STOPPED
        assert moment(images(manager)) == OLD
        assert not is_pending(machine_of(manager).folder)
        await manager.start_vm(NAME)
    assert "only its disks went back" in caplog.text


async def test_a_forced_end_meanwhile_leaves_the_disks_of_one_moment(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with managing(tmp_path) as manager:
        tag = await kept_live(manager)
        async with asyncio.TaskGroup() as tasks:
            going = tasks.create_task(outcomes(manager.restore_snapshot(NAME, tag, safety=False)))
            await reaches(manager, NAME, VmState.SNAPSHOTTING)
            info = await manager.force_stop_vm(NAME)
        assert info.reason == "forced"
        assert isinstance(going.result()[0], AppError | None)
        assert not runs(info)
        await manager.start_vm(NAME)
        await manager.force_stop_vm(NAME)
        assert moment(images(manager)) in {OLD, NEW}
        assert not is_pending(info.folder)
    assert "Traceback" not in caplog.text


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


async def test_a_caller_that_leaves_does_not_leave_a_way_back_that_begins_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes, may_write = threading.Event(), threading.Event()

    def slow(folder: Path, written: Journal) -> None:
        writes.set()
        assert may_write.wait(20)
        begin(folder, written)

    monkeypatch.setattr(restoring, "begin", slow)
    async with managing(tmp_path) as manager:
        tag = await kept_off(manager)
        async with asyncio.TaskGroup() as tasks:
            going = tasks.create_task(manager.restore_snapshot(NAME, tag, safety=False))
            await asyncio.to_thread(writes.wait, 20)
            going.cancel()
            await asyncio.sleep(0)
            may_write.set()
        assert machine_of(manager).state is VmState.STOPPED
        assert not is_pending(machine_of(manager).folder)
        assert moment(images(manager)) == OLD


async def test_a_way_back_that_fails_midway_holds_the_machine_until_it_is_at_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = qemu_img
    breaks = True

    async def breaking(*words: str, **named: Any) -> bytes:
        if breaks and words[1] == "-a" and "disk1" in words[-1]:
            raise EngineError("The disks cannot be taken back to the snapshot.")
        return await real(*words, **named)

    monkeypatch.setattr(offline_snapshots, "qemu_img", breaking)
    async with managing(tmp_path) as manager:
        tag = await kept_off(manager)
        with pytest.raises(EngineError):
            await manager.restore_snapshot(NAME, tag)
        with pytest.raises(AssertionError, match="different moments"):
            moment(images(manager))
        for call in (manager.start_vm(NAME), manager.create_snapshot(NAME, "between")):
            with pytest.raises(EngineError, match="cannot be taken back"):
                await call
        info = await manager.get_vm_status(NAME)
        assert info.state is VmState.STOPPED
        assert not runs(info)
    breaks = False
    async with managing(tmp_path) as manager:
        await manager.start_vm(NAME)
        assert not is_pending(machine_of(manager).folder)
        await manager.force_stop_vm(NAME)
        assert moment(images(manager)) == OLD
        await assert_consistent(manager)


async def test_a_machine_whose_way_back_cannot_be_ended_does_not_run_before_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, breaks = journal.end, True

    def breaking(folder: Path) -> None:
        if breaks:
            raise StoreError("The way back to the snapshot cannot be written down.")
        real(folder)

    monkeypatch.setattr(journal, "end", breaking)
    monkeypatch.setattr(restoring, "end", breaking)
    async with managing(tmp_path) as manager:
        tag = await kept_live(manager)
        with pytest.raises(StoreError):
            await manager.restore_snapshot(NAME, tag, safety=False)
        with pytest.raises(StoreError):
            await manager.resume_vm(NAME)
        assert machine_of(manager).state is VmState.PAUSED
        assert await live(manager).query_status() is RunStatus.PAUSED
        breaks = False
        await manager.resume_vm(NAME)
        assert not is_pending(machine_of(manager).folder)
        await mark_live(live(manager), NEW)
        await manager.force_stop_vm(NAME)
        await manager.start_vm(NAME)
        await manager.force_stop_vm(NAME)
        assert moment(images(manager)) == NEW, "what it wrote afterwards is not taken back"


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


async def test_a_damaged_way_back_is_set_aside_and_the_machine_starts(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with managing(tmp_path) as manager:
        await kept_off(manager)
        path = machine_of(manager).folder / RESTORE_FILE
        path.write_bytes(b"{")
        await manager.start_vm(NAME)
        await manager.force_stop_vm(NAME)
        assert path.with_name(path.name + ".damaged").read_bytes() == b"{"
        assert moment(images(manager)) == NEW
    assert "damaged" in caplog.text


@pytest.mark.timeout_s(120)
async def test_one_that_is_off_and_cut_off_at_any_step_starts_old_or_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with manager_of(tmp_path) as manager:
        tag = await kept_off(manager)
    cuts = Cuts(monkeypatch)
    step, was_cut, seen = 0, True, set[int]()
    while was_cut:
        async with manager_of(tmp_path) as manager:
            cuts.before(step)
            (outcome,) = await outcomes(manager.restore_snapshot(NAME, tag, safety=step % 2 == 0))
            was_cut = isinstance(outcome, CutError)
            cuts.let_be()
        step += 1
        async with managing(tmp_path) as manager:
            await manager.start_vm(NAME)
            await manager.force_stop_vm(NAME)
            assert not is_pending(machine_of(manager).folder)
            found = moment(images(manager))
            seen.add(found)
            await assert_consistent(manager)
            (target, *_) = await manager.get_snapshot_list(NAME)
            assert target.current or found == NEW
            mark(images(manager), NEW)
            for one in (await manager.get_snapshot_list(NAME))[1:]:
                await manager.destroy_snapshot(NAME, one.snapshot_id)
            assert await names(manager) == ["old"]
    assert step > 10, "there are more steps than that"
    assert seen == {OLD, NEW}
    assert "Traceback" not in caplog.text


@pytest.mark.timeout_s(120)
async def test_a_live_one_that_is_cut_off_at_any_step_is_old_or_new_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with manager_of(tmp_path) as manager:
        tag = await kept_live(manager)
    cuts = Cuts(monkeypatch)
    step, was_cut, seen = 0, True, set[int]()
    try:
        while was_cut:
            async with manager_of(tmp_path) as manager:
                cuts.before(step)
                (outcome,) = await outcomes(manager.restore_snapshot(NAME, tag, safety=False))
                was_cut = isinstance(outcome, CutError)
                cuts.let_be()
            step += 1
            async with manager_of(tmp_path) as manager:
                assert not is_pending(machine_of(manager).folder)
                found = moment(images(manager))
                seen.add(found)
                assert await memory_moment(live(manager)) == found
                (target,) = await manager.get_snapshot_list(NAME)
                assert target.current
                if machine_of(manager).state is VmState.PAUSED:
                    await manager.resume_vm(NAME)
                await mark_live(live(manager), NEW)
    finally:
        cuts.let_be()
        async with managing(tmp_path) as manager:
            pass
    assert step > 10, "there are more steps than that"
    assert seen == {OLD, NEW}
    assert tags_in(images(manager)[0]) == [tag]
    assert "Traceback" not in caplog.text


async def test_a_way_back_that_the_next_manager_finds_done_tells_what_the_machine_stems_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(_: Path) -> None:
        raise CutError

    async def forgetful(*_: object) -> None:
        """The process ended before it was written down."""

    async with manager_of(tmp_path) as manager:
        tag = await kept_live(manager)
        await manager.create_snapshot(NAME, "later")
        with monkeypatch.context() as patch:
            patch.setattr(restoring, "end", cut)
            patch.setattr(restoring, "note_current", forgetful)
            with pytest.raises(CutError):
                await manager.restore_snapshot(NAME, tag, safety=False)
        assert load_manifest(machine_of(manager).folder).by_tag(tag) is not None
    async with managing(tmp_path) as manager:
        assert machine_of(manager).state is VmState.RUNNING
        assert await memory_moment(live(manager)) == OLD
        old, later = await manager.get_snapshot_list(NAME)
        assert (old.current, later.current) == (True, False)
