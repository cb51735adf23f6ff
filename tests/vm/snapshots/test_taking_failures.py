"""A snapshot that fails, or is cut off, is whole or was never there; the machine goes on."""

from __future__ import annotations

import asyncio
import errno
from pathlib import Path
from typing import Any

import pytest

from app.atomic import write_atomically
from app.errors import (
    DiskLessError,
    EngineError,
)
from app.vm import kept_document
from app.vm.engine import RunStatus
from app.vm.qemu import snapshot_jobs
from app.vm.snapshots import taking
from app.vm.snapshots.manifest import EntryPhase, load_manifest
from app.vm.state import VmState
from tests.vm.managing import kill_engine, managing, outcomes, reaches, running_machine
from tests.vm.snapshots.moments import (
    NAME,
    CutError,
    Cuts,
    assert_consistent,
    images,
    kept_files,
    live,
    machine_of,
    manager_of,
    mark_live,
    nothing_is_left,
    tags_in,
    two_disks,
)

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


async def test_a_machine_whose_disk_is_full_meanwhile_stands_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with managing(tmp_path) as manager:
        await running_machine(manager)
        running = live(manager)

        async def full(*_: object) -> None:
            raise DiskLessError("The snapshot cannot be made. The disk is full.")

        async def stands() -> RunStatus:
            return RunStatus.IO_ERROR

        monkeypatch.setattr(running, "save_snapshot", full)
        real = running.query_status
        calls = 0

        async def status() -> RunStatus:
            nonlocal calls
            calls += 1
            return await (real() if calls == 1 else stands())

        monkeypatch.setattr(running, "query_status", status)
        with pytest.raises(DiskLessError):
            await manager.create_snapshot(NAME, "clean")
        info = await manager.get_vm_status(NAME)
        assert (info.state, info.reason) == (VmState.PAUSED, "io-error")
        assert "not taken back" not in caplog.text


async def test_a_disk_that_fills_while_memory_is_kept_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = snapshot_jobs.save

    async def full(*arguments: Any, **named: Any) -> None:
        await real(*arguments, **named)  # As late as can be: every disk has it.
        raise DiskLessError("The snapshot cannot be made. The disk is full.")

    async with managing(tmp_path) as manager:
        await two_disks(manager)
        await manager.start_vm(NAME)
        monkeypatch.setattr(snapshot_jobs, "save", full)
        with pytest.raises(DiskLessError):
            await manager.create_snapshot(NAME, "clean")
        assert (await manager.get_vm_status(NAME)).state is VmState.RUNNING
        await nothing_is_left(manager)
        await manager.force_stop_vm(NAME)
        assert [tags_in(disk) for disk in images(manager)] == [[], []]


@pytest.mark.parametrize("runs", [False, True], ids=["off", "running"])
async def test_a_list_that_cannot_be_written_at_any_step_means_no_snapshot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runs: bool, caplog: pytest.LogCaptureFixture
) -> None:
    real = write_atomically
    left = 0

    def write(path: Path, data: bytes) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(path, data)

    async with managing(tmp_path) as manager:
        await two_disks(manager)
        if runs:
            await manager.start_vm(NAME)
        monkeypatch.setattr(kept_document, "write_atomically", write)
        for step in range(2):
            left = step
            with pytest.raises(DiskLessError):
                await manager.create_snapshot(NAME, "clean")
            assert await manager.get_snapshot_list(NAME) == (), "what failed is not there"
            assert kept_files(manager) == set()
        left = 10
        made = await manager.create_snapshot(NAME, "clean")
        for step in range(2):
            left = step
            with pytest.raises(DiskLessError):
                await manager.destroy_snapshot(NAME, made.snapshot_id)
            found = await manager.get_snapshot_list(NAME)
            assert len(found) == 1 - step, "it is there as long as a disk has it"
        left = 10
        await manager.destroy_snapshot(NAME, made.snapshot_id)
        assert load_manifest(machine_of(manager).folder).entries == ()
        if runs:
            await manager.force_stop_vm(NAME)
        await assert_consistent(manager)
    assert "not taken back" in caplog.text


async def test_files_that_cannot_be_kept_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise DiskLessError("What belongs to the snapshot cannot be written. The disk is full.")

    async with managing(tmp_path) as manager:
        await running_machine(manager)
        monkeypatch.setattr(taking, "keep_variables", full)
        with pytest.raises(DiskLessError):
            await manager.create_snapshot(NAME, "clean")
        await nothing_is_left(manager)


async def test_a_caller_that_leaves_does_not_leave_half_a_snapshot(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        await two_disks(manager)
        await manager.start_vm(NAME)
        async with asyncio.TaskGroup() as tasks:
            making = tasks.create_task(manager.create_snapshot(NAME, "clean"))
            await reaches(manager, NAME, VmState.SNAPSHOTTING)
            making.cancel()
        (whole,) = await manager.get_snapshot_list(NAME)
        assert whole.problem == ""
        assert (await manager.get_vm_status(NAME)).state is VmState.RUNNING


@pytest.mark.parametrize("step", ["begin", "outcome", "dismiss"])
async def test_an_engine_that_is_killed_meanwhile_leaves_a_list_that_is_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, step: str
) -> None:
    real = getattr(snapshot_jobs, step)

    async def killing(*arguments: Any, **named: Any) -> Any:
        kill_engine(info)
        return await real(*arguments, **named)

    async with managing(tmp_path) as manager:
        await two_disks(manager)
        info = await manager.start_vm(NAME)
        monkeypatch.setattr(snapshot_jobs, step, killing)
        with pytest.raises(EngineError, match="was lost"):
            await manager.create_snapshot(NAME, "clean")
        monkeypatch.undo()
        await reaches(manager, NAME, VmState.ERROR)
        assert "not taken back" in caplog.text
        await manager.start_vm(NAME)
        await manager.create_snapshot(NAME, "next")
        await manager.force_stop_vm(NAME)
        await assert_consistent(manager)
        entries = load_manifest(info.folder).entries
        assert {entry.phase for entry in entries} == {EntryPhase.COMPLETE}


@pytest.mark.parametrize("step", ["begin", "outcome", "dismiss"])
async def test_a_link_that_is_lost_meanwhile_is_found_again_and_the_list_is_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, step: str
) -> None:
    real = getattr(snapshot_jobs, step)

    async def losing(*arguments: Any, **named: Any) -> Any:
        await live(manager)._monitor.close()
        return await real(*arguments, **named)

    async with managing(tmp_path) as manager:
        await two_disks(manager)
        await manager.start_vm(NAME)
        monkeypatch.setattr(snapshot_jobs, step, losing)
        with pytest.raises(EngineError, match="was lost"):
            await manager.create_snapshot(NAME, "clean")
        monkeypatch.undo()
        await reaches(manager, NAME, VmState.RUNNING)
        assert await live(manager).query_status() is RunStatus.RUNNING
        await manager.create_snapshot(NAME, "next")
        found = await manager.get_snapshot_list(NAME)
        assert all(one.problem == "" for one in found)
        assert found[-1].name == "next"
        await manager.force_stop_vm(NAME)
        await assert_consistent(manager)
    assert "Traceback" not in caplog.text


async def _error_of(call: Any) -> BaseException | None:
    (found,) = await outcomes(call)
    return found if isinstance(found, BaseException) else None


async def test_a_forced_end_during_a_snapshot_ends_the_machine(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with managing(tmp_path) as manager:
        await two_disks(manager)
        await manager.start_vm(NAME)
        async with asyncio.TaskGroup() as tasks:
            making = tasks.create_task(_error_of(manager.create_snapshot(NAME, "clean")))
            await reaches(manager, NAME, VmState.SNAPSHOTTING)
            info = await manager.force_stop_vm(NAME)
        assert (info.state, info.reason) == (VmState.STOPPED, "forced")
        assert making.result() is None or isinstance(making.result(), EngineError)
        await assert_consistent(manager)
        assert "unexpected" not in caplog.text


@pytest.mark.timeout_s(120)
async def test_one_that_is_cut_off_at_any_step_is_whole_or_was_never_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with manager_of(tmp_path) as manager:
        await two_disks(manager)
    cuts = Cuts(monkeypatch)
    step, was_cut, seen = 0, True, set[int]()
    while was_cut:
        async with manager_of(tmp_path) as manager:
            cuts.before(step)
            (outcome,) = await outcomes(manager.create_snapshot(NAME, f"step {step}"))
            was_cut = isinstance(outcome, CutError)
            cuts.let_be()
        step += 1
        async with manager_of(tmp_path) as manager:
            found = await manager.get_snapshot_list(NAME)
            seen.add(len(found))
            assert all(one.problem == "" for one in found)
            for one in found:
                await manager.destroy_snapshot(NAME, one.snapshot_id)
            await manager.create_snapshot(NAME, "next")
            await assert_consistent(manager)
            (kept,) = await manager.get_snapshot_list(NAME)
            assert kept.name == "next", "nothing else is left"
            await manager.destroy_snapshot(NAME, kept.snapshot_id)
    assert step > 10, "there are more steps than that"
    assert seen == {0, 1}
    assert caplog.text.count("Traceback") == 0


async def test_a_live_one_that_is_cut_off_at_any_step_leaves_the_machine_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with manager_of(tmp_path) as manager:
        await two_disks(manager)
        await manager.start_vm(NAME)
        await mark_live(live(manager), 0x11)
    cuts = Cuts(monkeypatch)
    step, was_cut, seen = 0, True, set[int]()
    try:
        while was_cut:
            async with manager_of(tmp_path) as manager:
                cuts.before(step)
                (found,) = await outcomes(manager.create_snapshot(NAME, f"step {step}"))
                was_cut = isinstance(found, CutError)
                cuts.let_be()
            step += 1
            async with manager_of(tmp_path) as manager:
                assert machine_of(manager).state is VmState.RUNNING
                listed = await manager.get_snapshot_list(NAME)
                seen.add(len(listed))
                assert all(one.problem == "" and one.with_memory for one in listed)
                for one in listed:
                    await manager.destroy_snapshot(NAME, one.snapshot_id)
                assert await manager.get_snapshot_list(NAME) == ()
    finally:
        async with managing(tmp_path) as manager:
            cuts.let_be()
    assert step > 10, "there are more steps than that"
    assert seen == {0, 1}
    assert "Traceback" not in caplog.text
