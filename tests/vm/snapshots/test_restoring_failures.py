"""A way back that fails, or is cut off, ends old or new as a whole, and never runs in between."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from app.errors import (
    AppError,
    EngineError,
    StateError,
    StoreError,
)
from app.vm.engine import RunStatus
from app.vm.posture import Posture
from app.vm.qemu import offline_snapshots, snapshot_jobs
from app.vm.qemu.engine import QemuRunning
from app.vm.qemu.tool import qemu_img
from app.vm.snapshots import journal, restoring
from app.vm.snapshots.journal import Journal, begin, is_pending
from app.vm.snapshots.manifest import load_manifest
from app.vm.snapshots.restoring import Restoring
from app.vm.state import VmState
from app.vm.store import RESTORE_FILE
from tests.vm.gating import Sensor
from tests.vm.managing import kill_engine, managing, outcomes, reaches, runs, small
from tests.vm.snapshots.moments import (
    NAME,
    NEW,
    OLD,
    OTHERS,
    CutError,
    Cuts,
    assert_consistent,
    images,
    kept_live,
    kept_off,
    live,
    machine_of,
    manager_of,
    mark,
    mark_live,
    memory_moment,
    moment,
    names,
    other_entry,
    tags_in,
)

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


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


async def test_a_link_that_is_lost_meanwhile_leaves_it_off_with_its_disks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = snapshot_jobs.outcome

    async def losing(*arguments: Any, **named: Any) -> Any:
        await live(manager)._monitor.close()
        return await real(*arguments, **named)

    async with managing(tmp_path) as manager:
        tag = await kept_live(manager)
        monkeypatch.setattr(snapshot_jobs, "outcome", losing)
        with pytest.raises(EngineError, match="is off, with its disks"):
            await manager.restore_snapshot(NAME, tag, safety=False)
        monkeypatch.undo()
        assert not runs(await manager.get_vm_status(NAME))
        assert moment(images(manager)) == OLD
        assert not is_pending(machine_of(manager).folder)
        await manager.start_vm(NAME)
    assert "Traceback" not in caplog.text


async def test_a_gate_that_closes_meanwhile_finds_the_machine_when_it_is_back(
    tmp_path: Path,
) -> None:
    sensor = Sensor(Posture.KEYBOARD_ATTACHED)
    async with managing(tmp_path, sensor=sensor, gate_grace_s=0.0) as manager:
        tag = await kept_live(manager)
        machine_of(manager).set_window(7)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(manager.restore_snapshot(NAME, tag, safety=False))
            await reaches(manager, NAME, VmState.SNAPSHOTTING)
            sensor.turn(Posture.TABLET)
        await manager._gate_rules._machines.pause_for_gate(machine_of(manager).config.id)
        info = await manager.get_vm_status(NAME)
        assert (info.state, info.reason) == (VmState.PAUSED, "gate")
        assert await memory_moment(live(manager)) == OLD


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


async def test_disks_that_may_be_of_two_moments_do_not_start_until_they_went_back_together(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with managing(tmp_path) as manager:
        tag = await kept_off(manager)
        path = machine_of(manager).folder / RESTORE_FILE
        path.write_bytes(b"{")
        for refused in (manager.start_vm(NAME), manager.compact_vm_disk(NAME)):
            with pytest.raises(StateError, match="may be of different moments"):
                await refused
        assert path.read_bytes() == b"{"
        assert moment(images(manager)) == NEW

        await manager.restore_snapshot(NAME, tag)
        assert path.with_name(path.name + ".damaged").read_bytes() == b"{"
        assert not is_pending(machine_of(manager).folder)
        await manager.start_vm(NAME)
        await manager.force_stop_vm(NAME)
        assert moment(images(manager)) == OLD
    assert "damaged" in caplog.text


async def test_one_disk_is_of_one_moment_whatever_became_of_the_way_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with managing(tmp_path) as manager:
        await manager.create_vm(NAME, small())
        path = machine_of(manager).folder / RESTORE_FILE
        path.write_bytes(b"{")
        await manager.start_vm(NAME)
        await manager.force_stop_vm(NAME)
        assert path.with_name(path.name + ".damaged").read_bytes() == b"{"
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
        await manager.pause_vm(NAME)
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
