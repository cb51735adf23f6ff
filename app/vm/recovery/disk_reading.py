"""A qcow2 disk read as its guest sees it, without a copy of it and without an engine.

Only the present state is read, never an inner snapshot. A disk that is marked as corrupt is read
too: nothing is written, and it is just such a disk whose files are wanted.

Source: docs/interop/qcow2.txt of QEMU 7.2, "Cluster mapping" and "Compressed clusters".
"""

from __future__ import annotations

import os
import sys
import zlib
from array import array
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import Self

from app.errors import MediaError
from app.vm.images.qcow2 import HEADER_BYTES, check_qcow2, parse_qcow2

_CORRUPT = 1 << 1
_OTHER_COMPRESSION = 1 << 3
_SUBCLUSTERS = 1 << 4
_OFFSET = 0x00FF_FFFF_FFFF_FE00
_COMPRESSED = 1 << 62
_ALL_ZEROS = 1
_TABLES_BYTES = 16 << 20
"""So much of the second level's tables is kept at hand."""
_CONVERT = "Compact the disk first (“duplex-vm disk compact”): that writes it in the usual form."


class Qcow2Disk:
    """The content of a disk; use it as a context manager.

    Attributes:
        size: bytes, as the guest sees it.
    """

    def __init__(self, image: Path) -> None:
        """Open the image.

        Raises:
            MediaError: it leads to another file, is damaged beyond reading, or is none.
            OSError: it cannot be read.
        """
        self._name = image.name
        self._handle = os.open(image, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            self._file_bytes = os.fstat(self._handle).st_size
            header = parse_qcow2(os.pread(self._handle, HEADER_BYTES, 0), self._name)
            whole = replace(header, features=header.features & ~_CORRUPT)
            check_qcow2(whole, self._file_bytes, self._name)
            _check_form(header.features, self._name)
            self.size = header.virtual_bytes
            self._bits = header.cluster_bits
            self._cluster = 1 << self._bits
            at, entries = header.l1
            self._level_1 = _numbers(os.pread(self._handle, entries * 8, at))
        except BaseException:
            os.close(self._handle)
            raise
        self._tables: OrderedDict[int, array[int]] = OrderedDict()
        self._last: tuple[int, bytes] = (0, b"")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)

    def written_bytes(self) -> int:
        """How much of the disk was ever written; the rest is zeros. Reads all tables."""
        clusters = 0
        for entry in self._level_1:
            if at := entry & _OFFSET:
                table = self._table(at)
                clusters += len(table) - table.count(0)
        return min(self.size, clusters * self._cluster)

    def read(self, offset: int, length: int) -> bytes:
        """Bytes of the disk; fewer at its end.

        Raises:
            OSError: the image cannot be read there, or leads beyond its own end.
        """
        end = min(self.size, offset + length)
        pieces = []
        while offset < end:
            within = offset & (self._cluster - 1)
            size = min(end - offset, self._cluster - within)
            pieces.append(self._piece(offset >> self._bits, within, size))
            offset += size
        return b"".join(pieces)

    def _piece(self, number: int, within: int, size: int) -> bytes:
        index, inner = divmod(number, self._cluster // 8)
        at = self._level_1[index] & _OFFSET if index < len(self._level_1) else 0
        entry = self._table(at)[inner] if at else 0
        if entry & _COMPRESSED:
            return self._unpacked(entry)[within : within + size]
        at = entry & _OFFSET
        if not at or entry & _ALL_ZEROS:
            return bytes(size)
        return self._stored(at + within, size).ljust(size, b"\0")

    def _table(self, at: int) -> array[int]:
        table = self._tables.get(at)
        if table is None:
            table = _numbers(self._stored(at, self._cluster).ljust(self._cluster, b"\0"))
            self._tables[at] = table
            if len(self._tables) > max(2, _TABLES_BYTES // self._cluster):
                self._tables.popitem(last=False)
        self._tables.move_to_end(at)
        return table

    def _unpacked(self, entry: int) -> bytes:
        if self._last[0] == entry:
            return self._last[1]
        size_at = 62 - (self._bits - 8)
        at = entry & ((1 << size_at) - 1)
        sectors = ((entry & (_COMPRESSED - 1)) >> size_at) + 1
        packed = self._stored(at, sectors * 512 - at % 512)
        try:
            data = zlib.decompressobj(-12).decompress(packed, self._cluster)
        except zlib.error as err:
            raise OSError(f"{self._name}: a compressed cluster is damaged: {err}") from err
        if len(data) != self._cluster:
            raise OSError(f"{self._name}: a compressed cluster is too short")
        self._last = entry, data
        return data

    def _stored(self, at: int, size: int) -> bytes:
        if at >= self._file_bytes:
            raise OSError(f"{self._name}: a table leads beyond the end of the image")
        return os.pread(self._handle, size, at)


def _check_form(features: int, name: str) -> None:
    if features & (_OTHER_COMPRESSION | _SUBCLUSTERS):
        raise MediaError(f"{name} has a form that files cannot be copied out of.", remedy=_CONVERT)


def _numbers(data: bytes) -> array[int]:
    """Numbers of eight bytes, the most significant first."""
    numbers = array("Q", data[: len(data) // 8 * 8])
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers
