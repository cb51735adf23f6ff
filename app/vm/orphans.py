"""Converters that outlive the manager that began them: found by a lock that they inherited.

The manager holds a `flock` of a file for each task, and every converter of the task inherits the
descriptor. While one of them lives the lock is held, whoever else has died.

Source: flock(2), "Locks created by flock() are associated with an open file description";
proc_pid_fdinfo(5), "lock"; pidfd_open(2). Everything here blocks.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path

from app.errors import StateError
from app.vm.locks import is_locked
from app.vm.real_path import Identity

inherited: ContextVar[int | None] = ContextVar("inherited", default=None)
"""Descriptor of the present task's lock, which its converters get too."""
_END_MS = 10_000
_PROC = Path("/proc")
_STILL_AT_WORK = "A converter of the work that was cut off is still at its files."


def end_orphans(lock: Path) -> int:
    """End every process that holds this lock; returns when they are gone, and how many they were.

    Args:
        lock: file of the lock; it need not be there.

    Raises:
        StateError: somebody holds it who cannot be seen from here, or does not end.
        OSError: the file cannot be opened.
    """
    ended = 0
    while is_locked(lock):
        info = lock.stat()
        holders = list(_holders((info.st_dev, info.st_ino)))
        # One that is dying with a write under way has no descriptors to be seen any more.
        if not holders and not _is_free_soon(lock):
            raise StateError(_STILL_AT_WORK, remedy="Try again when it has ended.")
        for pid in holders:
            ended += _end(pid, (info.st_dev, info.st_ino))
    return ended


def _is_free_soon(lock: Path) -> bool:
    """Wait until nobody holds the lock; whether that came in time."""
    free = threading.Event()

    def wait() -> None:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            free.set()

    # flock(2) has no limit of its own: what waits too long stays behind until it is answered.
    threading.Thread(target=wait, name="lock-wait", daemon=True).start()
    return free.wait(_END_MS / 1000)


def _holders(file: Identity) -> Iterator[int]:
    for entry in os.scandir(_PROC):
        with suppress(OSError):  # It has ended meanwhile, or is another user's.
            if entry.name.isdecimal() and entry.stat().st_uid == os.getuid():
                pid = int(entry.name)
                if pid != os.getpid() and _holds(pid, file):
                    yield pid


def _holds(pid: int, file: Identity) -> bool:
    """Whether a process has the locked descriptor itself, not only the same file open."""
    process = _PROC / str(pid)
    for link in (process / "fd").iterdir():
        with suppress(FileNotFoundError):  # It closes files.
            info = link.stat()
            if (info.st_dev, info.st_ino) == file:
                words = (process / "fdinfo" / link.name).read_text()
                if any(line.startswith("lock:") and "FLOCK" in line for line in words.split("\n")):
                    return True
    return False


def _end(pid: int, file: Identity) -> bool:
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return False
    try:
        try:
            if not _holds(pid, file):  # The number may be another process's by now.
                return False
        except OSError:
            return False
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        if not poll.poll(_END_MS):
            raise StateError(_STILL_AT_WORK, remedy="Try again when it has ended.")
    except ProcessLookupError:
        return False
    else:
        return True
    finally:
        os.close(handle)
