"""The engine's process: apart from us, watched by the kernel, found by its lock."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from app.vm.qemu import process
from app.vm.qemu.process import EngineProcess
from app.vm.store import ENGINE_LOG, PID_FILE
from tests.helpers.descriptors import open_descriptors
from tests.helpers.waiting import eventually
from tests.vm.makers import python

SLEEP = ["/bin/sleep", "600"]


def links(pid: int, folder: str) -> dict[str, str]:
    """Where the links of a process's folder in /proc lead."""
    entries = Path(f"/proc/{pid}", folder).iterdir()
    return {entry.name: os.fspath(entry.readlink()) for entry in entries if entry.is_symlink()}


def state_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "gone"


async def test_it_runs_in_a_session_of_its_own_without_our_descriptors(tmp_path: Path) -> None:
    secret = (tmp_path / "secret").open("w")
    os.set_inheritable(secret.fileno(), True)
    with secret:
        engine = EngineProcess.spawn(["/bin/sleep", "600"], tmp_path)
        try:
            await eventually(lambda: Path(f"/proc/{engine.pid}/comm").read_text() == "sleep\n")
            assert links(engine.pid, "fd") == {
                "0": "/dev/null",
                "1": str(tmp_path / ENGINE_LOG),
                "2": str(tmp_path / ENGINE_LOG),
            }
            assert os.getsid(engine.pid) == engine.pid
            assert links(engine.pid, "")["cwd"] == "/"
        finally:
            engine.send(signal.SIGKILL)
            await engine.exited()


async def test_its_end_is_told_at_once_with_its_code_and_leaves_no_zombie(tmp_path: Path) -> None:
    before = open_descriptors()
    engine = EngineProcess.spawn(["/bin/sh", "-c", "echo last words >&2; exit 3"], tmp_path)

    await asyncio.wait_for(engine.exited(), 5)

    assert (engine.alive, engine.exit_code) == (False, 3)
    assert process.last_words(tmp_path) == "last words"
    assert state_of(engine.pid) == "gone"
    assert open_descriptors() <= before
    engine.detach()
    engine.send(signal.SIGKILL)


async def test_a_signal_that_ended_it_is_told(tmp_path: Path) -> None:
    engine = EngineProcess.spawn(SLEEP, tmp_path)
    assert engine.exit_code is None
    assert not await engine.ended_within(0)

    engine.send(signal.SIGKILL)

    assert await engine.ended_within(5)
    assert engine.exit_code == -signal.SIGKILL


async def test_a_process_that_is_let_go_runs_on_and_is_not_signalled_any_more(
    tmp_path: Path,
) -> None:
    before = open_descriptors()
    engine = EngineProcess.spawn(SLEEP, tmp_path)
    engine.detach()
    engine.detach()
    engine.send(signal.SIGKILL)

    assert open_descriptors() <= before
    assert state_of(engine.pid) in {"S", "R", "D"}
    again = EngineProcess(engine.pid, None)
    again.send(signal.SIGKILL)
    await again.exited()
    # It was our own child all the time: nobody else would have taken note of its end.
    assert state_of(engine.pid) == "gone"


async def test_somebody_else_s_process_can_be_watched(tmp_path: Path) -> None:
    with python("input()") as other:
        engine = EngineProcess(other.pid, None)
        assert not await engine.ended_within(0.01)
        engine.send(signal.SIGKILL)
        await engine.exited()
        assert engine.exit_code is None


async def test_a_binary_that_is_missing_leaves_nothing(tmp_path: Path) -> None:
    before = open_descriptors()
    with pytest.raises(FileNotFoundError):
        EngineProcess.spawn(["/nowhere/qemu"], tmp_path)
    assert open_descriptors() <= before


async def test_the_log_of_the_run_before_is_kept_and_both_are_private(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        for word in ("one", "two", "three"):
            engine = EngineProcess.spawn(["/bin/echo", word], tmp_path)
            await engine.exited()
    finally:
        os.umask(before)

    assert process.last_words(tmp_path) == "three"
    assert (tmp_path / f"{ENGINE_LOG}.1").read_text() == "two\n"
    for log in (ENGINE_LOG, f"{ENGINE_LOG}.1"):
        assert (tmp_path / log).stat().st_mode & 0o777 == 0o600


async def test_a_folder_where_the_old_log_belongs_does_not_stop_a_start(tmp_path: Path) -> None:
    (tmp_path / f"{ENGINE_LOG}.1").mkdir()
    (tmp_path / ENGINE_LOG).write_text("old words\n")

    await EngineProcess.spawn(["/bin/echo", "new"], tmp_path).exited()

    assert process.last_words(tmp_path) == "new"


def test_last_words_are_the_end_of_a_log_of_any_size(tmp_path: Path) -> None:
    assert process.last_words(tmp_path) == ""
    with (tmp_path / ENGINE_LOG).open("wb") as log:
        log.truncate(1 << 40)
        log.seek(0, os.SEEK_END)
        log.write(b"\xff the end")

    words = process.last_words(tmp_path)

    assert words.endswith("the end")
    assert len(words) <= 2000


def test_nobody_runs_a_machine_whose_pidfile_is_only_a_number(tmp_path: Path) -> None:
    (tmp_path / PID_FILE).write_text(f"{os.getpid()}\n")

    assert process.holder(tmp_path) is None
