"""Looking at a file that should be an installation disc, within limits of time and of bytes.

A file may lie on a dead network share, where even opening it never returns, and nothing can
interrupt that. So the work is done in a thread of its own, which is given up when the time is
over: the caller gets its answer, the thread ends when the system lets it. Their number is limited.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import stat
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from app.errors import MediaError
from app.vm.media.facts import DiscFacts
from app.vm.media.image import Read, Steps
from app.vm.media.iso import examine

LIMIT_S = 1.8
"""Time for one disc; with what it takes to show the answer a person waits less than 2 s."""

MAX_WAITING = 16
"""Discs that may be read, or hang in the file system, at a time; further ones are refused."""

_waiting = threading.BoundedSemaphore(MAX_WAITING)


class Source(AbstractContextManager["Source"], Protocol):
    """An open file."""

    @property
    def size_bytes(self) -> int:
        """Its size when it was opened."""

    def read(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes from `offset`; blocking.

        Raises:
            OSError: the medium failed.
        """


class FileSource:
    """A regular file, opened so that neither a pipe nor a device can be touched by it."""

    def __init__(self, path: Path) -> None:
        """Open `path`.

        Raises:
            OSError: it cannot be opened.
            ValueError: no file can have this name.
            MediaError: it is something else than a file.
        """
        # O_PATH opens nothing: what is no plain file has been refused before it is opened, and
        # what is opened is what was looked at, even if the name points elsewhere by then.
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            _require_file(os.fstat(place).st_mode)
            self._fd = os.open(f"/proc/self/fd/{place}", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        finally:
            os.close(place)
        self.size_bytes = os.fstat(self._fd).st_size

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        os.close(self._fd)

    def read(self, offset: int, length: int) -> bytes:
        """Read without moving a file position."""
        return os.pread(self._fd, length, offset)


Opener = Callable[[Path], Source]


def read_disc(path: Path, *, opener: Opener = FileSource, limit_s: float = LIMIT_S) -> DiscFacts:
    """Look at the disc image at `path`; blocks for at most `limit_s`.

    Args:
        path: any path; links are followed.
        opener: opens the file.
        limit_s: when to give up.

    Raises:
        MediaError: it is no disc image, cannot be read, or took too long; message and remedy tell.
    """
    answer: queue.SimpleQueue[DiscFacts | BaseException] = queue.SimpleQueue()
    _start(path, opener, limit_s, answer.put)
    try:
        result = answer.get(timeout=limit_s)
    except queue.Empty:
        raise _too_slow(path) from None
    if isinstance(result, BaseException):
        raise result
    return result


async def inspect_disc(
    path: Path, *, opener: Opener = FileSource, limit_s: float = LIMIT_S
) -> DiscFacts:
    """Look at the disc image at `path` without blocking the loop; see `read_disc`.

    Raises:
        MediaError: as `read_disc`.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[DiscFacts] = loop.create_future()

    def settle(result: DiscFacts | BaseException) -> None:
        if answer.done():
            return
        if isinstance(result, BaseException):
            answer.set_exception(result)
        else:
            answer.set_result(result)

    def deliver(result: DiscFacts | BaseException) -> None:
        # Nobody listens any more when the loop has been closed meanwhile.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, result)

    _start(path, opener, limit_s, deliver)
    try:
        return await asyncio.wait_for(answer, limit_s)
    except TimeoutError:
        raise _too_slow(path) from None


def _start(
    path: Path,
    opener: Opener,
    limit_s: float,
    deliver: Callable[[DiscFacts | BaseException], None],
) -> None:
    """Begin in a thread of our own: a pool would be waited for when the program ends."""
    if not _waiting.acquire(blocking=False):
        raise MediaError(
            "Other disc images are still not answering.",
            remedy="Check the drive or network share that they lie on, then try again.",
            detail=str(path),
        )

    def work() -> None:
        try:
            result: DiscFacts | BaseException = _look(path, opener, time.monotonic() + limit_s)
        except BaseException as err:  # noqa: BLE001 - handed to the caller, who raises it
            result = err
        finally:
            _waiting.release()
        deliver(result)

    threading.Thread(target=work, name="disc-reader", daemon=True).start()


def _look(path: Path, opener: Opener, deadline: float) -> DiscFacts:
    try:
        with opener(path) as source:
            return _drive(examine(source.size_bytes), source, path, deadline)
    except OSError as err:
        raise _refused(err, path) from err
    except ValueError as err:
        raise MediaError(
            "No file can have this name.", remedy="Choose the file again.", detail=str(err)
        ) from err


def _drive(steps: Steps[DiscFacts], source: Source, path: Path, deadline: float) -> DiscFacts:
    """Give the parser the bytes that it asks for until it has its result."""
    try:
        wish = next(steps)
        while True:
            data = _read(source, wish)
            if time.monotonic() > deadline:
                raise _too_slow(path)
            wish = steps.send(data)
    except StopIteration as done:
        facts: DiscFacts = done.value
        return facts


def _read(source: Source, wish: Read) -> bytes:
    parts: list[bytes] = []
    offset, missing = wish.offset, wish.length
    while missing > 0:
        part = source.read(offset, missing)
        if not part:
            raise MediaError(
                "The file became shorter while it was read.",
                remedy="Wait until the download or copy has finished, then choose it again.",
            )
        parts.append(part)
        offset, missing = offset + len(part), missing - len(part)
    return b"".join(parts)


def _require_file(mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    what = next((name for test, name in _KINDS if test(mode)), "something else")
    remedy = "Choose the .iso file of the system that you want to install."
    if stat.S_ISBLK(mode):
        remedy = "Copy the disc into an .iso file first, then choose that file."
    raise MediaError(f"This is {what}, not a file.", remedy=remedy)


_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISBLK, "a drive"),
    (stat.S_ISCHR, "a device"),
)


def _refused(err: OSError, path: Path) -> MediaError:
    message, remedy = "The file cannot be read.", "Try to copy it to another place first."
    if isinstance(err, FileNotFoundError | NotADirectoryError):
        message, remedy = "The file is not there.", "Choose the file again."
    elif isinstance(err, PermissionError):
        message = "You may not read this file."
        remedy = "Change its permissions, or copy it into a folder of your own."
    return MediaError(message, remedy=remedy, detail=f"{path}: {err.strerror or err}")


def _too_slow(path: Path) -> MediaError:
    return MediaError(
        "The file does not answer: its drive or network share is too slow.",
        remedy="Copy it to a local disk, then choose the copy.",
        detail=str(path),
    )
