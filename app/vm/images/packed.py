"""Unpacks an image that was compressed with gzip or xz, within limits."""

from __future__ import annotations

import errno
import gzip
import lzma
import os
import threading
import zlib
from pathlib import Path
from typing import IO, Self

from app.errors import DiskLessError, MediaError
from app.vm.images.copying import RESERVE_BYTES
from app.vm.images.exporting import free_bytes
from app.vm.images.file_copy import StoppedError, Tell, told_from_thread

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
    await told_from_thread(lambda tell, stop: _unpack(path, target, tell, stop), on_progress)


def _unpack(path: Path, target: Path, tell: Tell, stop: threading.Event) -> None:
    with target.open("xb") as writing:
        try:
            with path.open("rb") as packed, _opened(packed, path) as reading:
                _pour(reading, packed, writing, tell, stop)
            os.fsync(writing.fileno())
        except (EOFError, OSError, lzma.LZMAError, zlib.error) as err:
            target.unlink(missing_ok=True)
            if isinstance(err, OSError) and err.errno == errno.ENOSPC:
                raise _no_room() from err
            raise MediaError(f"{path.name} cannot be unpacked.", detail=str(err)) from err
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
    reading: IO[bytes], packed: IO[bytes], writing: IO[bytes], tell: Tell, stop: threading.Event
) -> None:
    total = max(1, os.fstat(packed.fileno()).st_size)
    room = min(MOST_BYTES, free_bytes(Path(writing.name).parent) - RESERVE_BYTES)
    size = 0
    while data := reading.read(_CHUNK):
        if stop.is_set():
            raise StoppedError
        size += len(data)
        if size > room:
            raise _no_room()
        if data.count(0) == len(data):
            writing.seek(size)
        else:
            writing.write(data)
        tell(min(1.0, packed.tell() / total))
    writing.truncate(size)
    writing.flush()


def _no_room() -> DiskLessError:
    return DiskLessError("The unpacked image has no room on this disk.", remedy="Make room there.")
