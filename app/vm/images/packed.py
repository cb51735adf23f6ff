"""Unpacks an image that was compressed with gzip or xz, within limits."""

from __future__ import annotations

import errno
import gzip
import io
import lzma
import os
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from typing_extensions import Buffer, override

from app.errors import DiskLessError, MediaError
from app.vm.images.bounds import CUT_OFF_REMEDY, damaged
from app.vm.images.copying import RESERVE_BYTES
from app.vm.images.exporting import free_bytes
from app.vm.images.file_copy import StoppedError, Tell, told_from_thread
from app.vm.images.looking import opened
from app.vm.images.source import Window

MOST_BYTES = 64 << 40
_MEMORY_BYTES = 256 << 20
_CHUNK = 1 << 20
_ENDINGS = frozenset({".gz", ".xz"})


def unpacked_name(name: str) -> str:
    """Name of what is inside, empty when the file is not packed."""
    stem, ending = os.path.splitext(name)  # noqa: PTH122 - a name, no path
    return stem if ending.casefold() in _ENDINGS else ""


async def unpack(path: Path, target: Path, on_progress: Tell) -> None:
    """Write what is inside `path` to `target`; failed or cancelled, there is none.

    Blocks of zeros become holes.

    Args:
        path: its name ends with .gz or .xz.
        target: does not exist yet.
        on_progress: told fractions of 1, on the loop.

    Raises:
        MediaError: it is damaged, cut off, or cannot be read.
        DiskLessError: what is inside has no room.
        FileExistsError: there is a `target` already.
    """
    await told_from_thread(
        lambda tell, stop: _unpack(
            _whole(path), target, tell, stop, name=path.name, most_bytes=MOST_BYTES
        ),
        on_progress,
    )


async def unpack_part(
    path: Path, window: Window, target: Path, on_progress: Tell, *, most_bytes: int
) -> None:
    """Write what is inside a gzip stream, which is a part of `path`, to `target`.

    Args:
        path: of a plain file.
        window: where in it the stream is.
        target: does not exist yet.
        on_progress: told fractions of 1, on the loop.
        most_bytes: more is not written.

    Raises:
        MediaError: it is damaged, cut off, larger than `most_bytes`, or cannot be read.
        DiskLessError: what is inside has no room.
        FileExistsError: there is a `target` already.
    """
    await told_from_thread(
        lambda tell, stop: _unpack(
            _part(path, window), target, tell, stop, name=path.name, most_bytes=most_bytes
        ),
        on_progress,
    )


@dataclass(frozen=True, slots=True)
class _Packed:
    """An open stream.

    Attributes:
        inside: gives what is packed.
        total: bytes of the packed.
        gone: how many of them were read.
    """

    inside: IO[bytes]
    total: int
    gone: Callable[[], int]


@contextmanager
def _whole(path: Path) -> Iterator[_Packed]:
    with path.open("rb") as packed, _opened(packed, path) as inside:
        yield _Packed(inside, os.fstat(packed.fileno()).st_size, packed.tell)


@contextmanager
def _part(path: Path, window: Window) -> Iterator[_Packed]:
    with opened(path, path.name) as handle:
        part = _Part(handle, window)
        with io.BufferedReader(part, _CHUNK) as packed, gzip.GzipFile(fileobj=packed) as inside:
            yield _Packed(inside, window.size, lambda: part.gone)  # type: ignore[arg-type]


class _Part(io.RawIOBase):
    """The bytes of a window, in their order."""

    def __init__(self, handle: int, window: Window) -> None:
        self._handle, self._window = handle, window
        self.gone = 0

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Buffer, /) -> int:
        room = memoryview(buffer)
        length = min(len(room), self._window.size - self.gone)
        data = os.pread(self._handle, length, self._window.offset + self.gone)
        room[: len(data)] = data
        self.gone += len(data)
        return len(data)


def _unpack(
    stream: AbstractContextManager[_Packed],
    target: Path,
    tell: Tell,
    stop: threading.Event,
    *,
    name: str,
    most_bytes: int,
) -> None:
    with target.open("xb") as writing:
        try:
            with stream as packed:
                _pour(packed, writing, tell, stop, name=name, most_bytes=most_bytes)
            os.fsync(writing.fileno())
        except (EOFError, OSError, lzma.LZMAError, zlib.error) as err:
            target.unlink(missing_ok=True)
            if isinstance(err, OSError) and err.errno == errno.ENOSPC:
                raise _no_room() from err
            raise MediaError(
                f"{name} cannot be unpacked.", remedy=CUT_OFF_REMEDY, detail=str(err)
            ) from err
        except BaseException:
            target.unlink(missing_ok=True)
            raise


def _opened(packed: IO[bytes], path: Path) -> IO[bytes]:
    if path.suffix.casefold() == ".gz":
        return gzip.GzipFile(fileobj=packed, mode="rb")  # type: ignore[return-value]
    return _Xz(packed)  # type: ignore[return-value]


class _Xz:
    """lzma.LZMAFile has no memory limit."""

    def __init__(self, packed: IO[bytes]) -> None:
        self._packed = packed
        self._inside = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY_BYTES)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def read(self, size: int) -> bytes:
        while not self._inside.eof:
            fed = self._packed.read(_CHUNK) if self._inside.needs_input else b""
            if not fed and self._inside.needs_input:
                raise EOFError("the file is cut off")
            if data := self._inside.decompress(fed, size):
                return data
        if self._inside.unused_data.strip(b"\0") or self._packed.read(1):
            raise lzma.LZMAError("something follows the end of the stream")
        return b""


def _pour(
    packed: _Packed,
    writing: IO[bytes],
    tell: Tell,
    stop: threading.Event,
    *,
    name: str,
    most_bytes: int,
) -> None:
    room = free_bytes(Path(writing.name).parent) - RESERVE_BYTES
    size = 0
    while data := packed.inside.read(_CHUNK):
        if stop.is_set():
            raise StoppedError
        size += len(data)
        if size > most_bytes:
            raise damaged(name, "what is packed in it is larger than it may be")
        if size > room:
            raise _no_room()
        if data.count(0) == len(data):
            writing.seek(size)
        else:
            writing.write(data)
        tell(min(1.0, packed.gone() / max(1, packed.total)))
    writing.truncate(size)
    writing.flush()


def _no_room() -> DiskLessError:
    return DiskLessError("The unpacked image has no room on this disk.", remedy="Make room there.")
