"""Copies of large files that stay sparse: shared where the file system can, else hole by hole.

Source: ioctl_ficlone(2), copy_file_range(2), lseek(2).
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from app.vm.unbroken import unbroken

_FICLONE = 0x40049409
_CHUNK = 16 << 20
_CANNOT = frozenset({errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EBADF})

ResultT = TypeVar("ResultT")
Tell = Callable[[float], None]


class StoppedError(Exception):
    """The work was told to stop."""


async def told_from_thread(
    function: Callable[[Tell, threading.Event], ResultT], on_progress: Tell
) -> ResultT:
    """Run blocking work in a thread, told as it goes on; cancelled, it is stopped and waited for.

    Args:
        function: gets what to tell fractions of 1 to, and an event; when that is set, it raises
            `StoppedError`.
        on_progress: told on the loop.
    """
    loop = asyncio.get_running_loop()
    stop = threading.Event()

    def tell(fraction: float) -> None:
        loop.call_soon_threadsafe(on_progress, fraction)

    work = loop.run_in_executor(None, function, tell, stop)
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        stop.set()
        await unbroken(_over(work))
        raise


def clone(source: int, target: int) -> bool:
    """Let `target` share all of `source`; whether the file system can. Both are descriptors."""
    try:
        fcntl.ioctl(target, _FICLONE, source)
    except OSError as err:
        if err.errno in _CANNOT or err.errno == errno.ENOTTY:
            return False
        raise
    return True


def can_clone(source: Path, folder: Path) -> bool:
    """Whether a file in `folder` can share the data of `source`, so that it needs no room."""
    with source.open("rb") as reading, tempfile.TemporaryFile(dir=folder) as trial:
        return clone(reading.fileno(), trial.fileno())


def copy_sparse(source: int, target: int, tell: Tell, stop: threading.Event) -> None:
    """Copy a file's data and leave its holes out; both are descriptors, `target` is empty.

    Raises:
        StoppedError: `stop` was set.
        OSError: it cannot be read or written.
    """
    size = os.fstat(source).st_size
    os.ftruncate(target, size)
    at = 0
    while at < size:
        at, end = _next_data(source, at, size)
        while at < end:
            if stop.is_set():
                raise StoppedError
            at += _copy_some(source, target, at, min(_CHUNK, end - at))
            tell(at / size)


def copy_file(
    source: Path, target: Path, tell: Tell, stop: threading.Event, *, is_made: bool = False
) -> None:
    """Make `target` a copy of `source`, safe on disk; failed or stopped, there is none.

    Args:
        source: of the data.
        target: where nothing is, or an empty file with `is_made`.
        tell: told fractions of 1.
        stop: set when it shall stop.
        is_made: the caller has made `target` already.

    Raises:
        FileExistsError: there is a `target` already.
        StoppedError: `stop` was set.
        OSError: it cannot be read or written.
    """
    flags = os.O_CLOEXEC | os.O_NOFOLLOW
    reading = os.open(source, os.O_RDONLY | flags)
    try:
        making = 0 if is_made else os.O_CREAT | os.O_EXCL
        writing = os.open(target, os.O_RDWR | making | flags, 0o600)
        try:
            if not clone(reading, writing):
                copy_sparse(reading, writing, tell, stop)
            os.fsync(writing)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        finally:
            os.close(writing)
    finally:
        os.close(reading)


def _next_data(source: int, at: int, size: int) -> tuple[int, int]:
    """Where the next data begins and ends; at the end of the file when there is none."""
    try:
        start = os.lseek(source, at, os.SEEK_DATA)
        return start, min(size, os.lseek(source, start, os.SEEK_HOLE))
    except OSError as err:
        if err.errno == errno.ENXIO:
            return size, size
        if err.errno in _CANNOT:  # It knows no holes: all of it is data.
            return at, size
        raise


def _copy_some(source: int, target: int, at: int, length: int) -> int:
    try:
        copied = os.copy_file_range(source, target, length, at, at)
    except OSError as err:
        if err.errno not in _CANNOT:
            raise
        copied = 0
    if copied:
        return copied
    data = os.pread(source, length, at)  # Some file systems copy nothing, and say nothing.
    if not data:
        raise OSError(errno.EIO, "the file became shorter while it was copied")
    return os.pwrite(target, data, at)


async def _over(work: asyncio.Future[ResultT]) -> None:
    await asyncio.wait([work])
    if not work.cancelled():
        work.exception()
