"""Asking for bytes without doing I/O, within limits.

A parser is a generator: it yields `Read`, is sent the bytes, and returns its result. The caller
decides where the bytes come from and how long it may take; the parser decides how much at most.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeVar

SECTOR = 2048
MAX_READ_BYTES = 64 * 1024
MAX_TOTAL_BYTES = 8 * 1024 * 1024
MAX_READS = 1024


class DamagedError(Exception):
    """Bytes that cannot be right; caught inside this package, never seen outside of it."""


@dataclass(frozen=True, slots=True)
class Read:
    """Wish for `length` bytes from `offset`; the range always lies inside the file."""

    offset: int
    length: int


T = TypeVar("T")
Steps = Generator[Read, bytes, T]
"""A computation that asks for bytes and returns a `T`."""


class Image:
    """A file of known size, seen through a budget of reads and bytes."""

    def __init__(self, size_bytes: int) -> None:
        self.size_bytes = size_bytes
        self._bytes_left = MAX_TOTAL_BYTES
        self._reads_left = MAX_READS

    def read(self, offset: int, length: int) -> Steps[bytes]:
        """Return at most `length` bytes from `offset`, fewer where the file ends before.

        Raises:
            DamagedError: the range is longer than one read may be, or the disc has used up what
                may be read of it: an honest one needs a small part of that.
        """
        if length > MAX_READ_BYTES:
            raise DamagedError(f"{length} bytes at once")
        length = min(length, self.size_bytes - offset)
        if offset < 0 or length <= 0:
            return b""
        self._bytes_left -= length
        self._reads_left -= 1
        if self._bytes_left < 0 or self._reads_left < 0:
            raise DamagedError("too much to read")
        return (yield Read(offset, length))

    def read_exactly(self, offset: int, length: int) -> Steps[bytes]:
        """Return `length` bytes from `offset`.

        Raises:
            DamagedError: they are not inside the file, or `read` refuses.
        """
        data = yield from self.read(offset, length)
        if len(data) != length:
            raise DamagedError(f"{length} bytes at {offset} lie outside of the file")
        return data
