"""Locks between processes, and the question who holds one.

`FileLock` is `flock(2)`: it belongs to the open file and ends with the process, however it ends.
The engine's pidfile carries a POSIX lock (`fcntl(2)`) instead; `lock_holder` asks who holds it
without ever taking it.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
from pathlib import Path
from types import TracebackType
from typing import Self

_FLOCK = struct.Struct("hhqqi4x")  # struct flock on 64-bit Linux, fcntl(2)


class FileLock:
    """An exclusive lock on a file, held between `try_acquire` and `release`.

    Args:
        path: the file, made when it is missing.
        make_folder: make its folder too, as long as that is no folder which may just be going.
    """

    def __init__(self, path: Path, *, make_folder: bool = True) -> None:
        self._path = path
        self._make_folder = make_folder
        self._handle: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.release()

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._handle is not None

    def try_acquire(self) -> bool:
        """Take the lock if it is free; never waits.

        Raises:
            OSError: the file cannot be opened.
        """
        if self._handle is not None:
            return True
        if self._make_folder:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Through a link the lock would be made, and handed to a child, somewhere else.
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        handle = os.open(self._path, flags, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        except BaseException:
            os.close(handle)
            raise
        self._handle = handle
        return True

    @property
    def descriptor(self) -> int:
        """The open file that carries the lock, for a child to inherit.

        Raises:
            ValueError: the lock is not held.
        """
        if self._handle is None:
            raise ValueError("the lock is not held")
        return self._handle

    def hand_over(self) -> None:
        """Let go without unlocking: the lock lasts as long as a child that inherited it."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def release(self) -> None:
        """Give the lock back; the file stays, so that nobody locks a file that is going away."""
        if self._handle is not None:
            # A child that is just being started may hold a copy of the descriptor for a moment.
            fcntl.flock(self._handle, fcntl.LOCK_UN)
            os.close(self._handle)
            self._handle = None


def is_locked(path: Path) -> bool:
    """Whether somebody holds the `FileLock` of that file; asks without waiting."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def lock_holder(path: Path) -> int | None:
    """Process number that holds a POSIX write lock on `path`, None when nobody does.

    The kernel answers, so neither a reused process number nor a zombie can deceive. Never call it
    in a process that itself holds a POSIX lock on the file: closing would drop that lock.
    0 stands for a process that cannot be seen from here (another PID namespace).
    """
    try:
        # Asking needs no right to write; a pipe in the place of the file must not hold us up.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as err:
        if err.errno == errno.ELOOP:  # A link: the lock behind it belongs to something else.
            return None
        raise
    try:
        asked = _FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        kind, _, _, _, pid = _FLOCK.unpack(fcntl.fcntl(handle, fcntl.F_GETLK, asked))
    finally:
        os.close(handle)
    return None if kind == fcntl.F_UNLCK else max(pid, 0)
