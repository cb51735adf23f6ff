"""Locks between real processes."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.vm.locks import FileLock, is_locked, lock_holder
from tests.helpers.waiting import eventually_sync
from tests.vm.makers import python

FLOCK = """
import sys
from pathlib import Path
from app.vm.locks import FileLock
lock = FileLock(Path(sys.argv[1]))
print(lock.try_acquire(), flush=True)
sys.stdin.readline()
"""
POSIX = """
import fcntl, sys
file = open(sys.argv[1], "a+")
fcntl.lockf(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.readline()
"""


@contextmanager
def holder(source: str, path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with python(source, path) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def test_one_process_at_a_time_holds_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with holder(FLOCK, path) as (process, answer), FileLock(path) as lock:
        assert answer == "True"
        assert not lock.try_acquire()
        assert not lock.held
        process.kill()
        process.wait()
        assert lock.try_acquire()
        with holder(FLOCK, path) as (_, second):
            assert second == "False"


def test_two_objects_of_one_process_exclude_each_other_too(tmp_path: Path) -> None:
    with FileLock(tmp_path / "lock") as one, FileLock(tmp_path / "lock") as other:
        assert one.try_acquire()
        assert one.try_acquire()
        assert not other.try_acquire()
        one.release()
        assert other.try_acquire()


def test_a_lock_is_free_again_after_the_block(tmp_path: Path) -> None:
    with FileLock(tmp_path / "lock") as lock:
        assert lock.try_acquire()

    assert not lock.held
    with FileLock(tmp_path / "lock") as other:
        assert other.try_acquire()


def test_the_lock_s_file_stays_and_is_private(tmp_path: Path) -> None:
    with FileLock(tmp_path / "deep" / "lock") as lock:
        lock.try_acquire()

    assert (tmp_path / "deep" / "lock").stat().st_mode & 0o777 == 0o600


def test_a_lock_that_must_not_make_its_folder_does_not(tmp_path: Path) -> None:
    with (
        FileLock(tmp_path / "gone" / "lock", make_folder=False) as lock,
        pytest.raises(FileNotFoundError),
    ):
        lock.try_acquire()
    assert not (tmp_path / "gone").exists()


def test_a_child_does_not_inherit_the_lock(tmp_path: Path) -> None:
    with FileLock(tmp_path / "lock") as lock:
        lock.try_acquire()
        child = subprocess.Popen(
            [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False
        )
        with child:
            lock.release()
            with FileLock(tmp_path / "lock") as other:
                assert other.try_acquire()


def test_a_lock_that_is_handed_over_lasts_as_long_as_the_child(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert not is_locked(path)
    with FileLock(path) as lock:
        with pytest.raises(ValueError, match="not held"):
            _ = lock.descriptor
        lock.try_acquire()
        assert is_locked(path)
        child = subprocess.Popen(
            [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[lock.descriptor]
        )
        lock.hand_over()
    with child:
        assert is_locked(path)
        with FileLock(path) as other:
            assert not other.try_acquire()
        child.kill()
    assert not is_locked(path)


def test_the_kernel_names_the_holder_of_a_lock(tmp_path: Path) -> None:
    path = tmp_path / "pid"
    assert lock_holder(path) is None
    path.touch()
    assert lock_holder(path) is None
    with holder(POSIX, path) as (process, _):
        assert lock_holder(path) == process.pid
        assert lock_holder(path) == process.pid  # asking has not taken or dropped it


def test_a_holder_that_was_killed_holds_nothing_though_nobody_took_note(tmp_path: Path) -> None:
    path = tmp_path / "pid"
    with holder(POSIX, path) as (process, _):
        process.send_signal(signal.SIGKILL)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # a zombie now
        assert lock_holder(path) is None


def test_a_number_in_the_file_means_nothing(tmp_path: Path) -> None:
    path = tmp_path / "pid"
    path.write_text(f"{os.getpid()}\n")

    assert lock_holder(path) is None


def test_a_stopped_holder_still_holds(tmp_path: Path) -> None:
    path = tmp_path / "pid"
    with holder(POSIX, path) as (process, _):
        process.send_signal(signal.SIGSTOP)
        assert lock_holder(path) == process.pid


@pytest.mark.parametrize("kind", ["folder", "pipe", "dangling", "below a file", "read-only"])
def test_anything_in_the_place_of_the_file_is_held_by_nobody(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "pid"
    match kind:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "dangling":
            path.symlink_to("nowhere")
        case "below a file":
            path.touch()
            path /= "pid"
        case "read-only":
            path.touch(mode=0o400)

    assert lock_holder(path) is None


def test_a_lock_of_the_other_kind_is_none(tmp_path: Path) -> None:
    path = tmp_path / "pid"
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert lock_holder(path) is None


def test_the_lock_ends_with_the_process_however_it_ends(tmp_path: Path) -> None:
    with holder(FLOCK, tmp_path / "lock") as (process, _):
        process.send_signal(signal.SIGSEGV)
        with FileLock(tmp_path / "lock") as lock:
            eventually_sync(lock.try_acquire)


def test_a_lock_is_never_made_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")

    with FileLock(tmp_path / "lock") as lock, pytest.raises(OSError, match="symbolic links"):
        lock.try_acquire()
    assert not (tmp_path / "elsewhere").exists()
