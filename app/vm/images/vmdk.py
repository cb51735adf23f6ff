"""Header of a sparse VMDK file, also of a stream-optimised one.

Sources: VMware Virtual Disk Format 5.0, "Hosted Sparse Extents" and "Stream-Optimized Compressed
Sparse Extents"; block/vmdk.c of QEMU 7.2.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import NamedTuple

from app.vm.images.bounds import SECTOR, check_virtual_size, cut_off, damaged, unpacked

MAGIC = b"KDMV"
_HEADER = struct.Struct("<4sIIQQQQIQQQB4sH")
GRAIN_MARKER = struct.Struct("<QI")
"""In front of a compressed block: its first sector, and its bytes without this."""
_LINE_ENDS = b"\n \r\n"
_DIRECTORY_AT_END = 0xFFFF_FFFF_FFFF_FFFF
_COMPRESSED = 1 << 16
_FOOTER_FROM_END = 2 * SECTOR
_MOST_GRAIN = 1 << 17  # sectors
_MOST_ENTRIES = 512
"""Of a grain table, in everything that the engine reads."""
_MOST_DESCRIPTOR = 1 << 20
SEARCHED_BYTES = 20 * SECTOR
"""So much the engine searches for a parent, whatever the header says of the text's length."""


@dataclass(frozen=True, slots=True)
class SparseHeader:
    """Header of a sparse file.

    Attributes:
        virtual_bytes: of the disk, or of this part of a split one.
        grain: bytes of a block.
        descriptor: offset and length of the text in it, in bytes; both 0 without one.
        directory_at: offset of the grain directory, in bytes.
        entries: of each grain table.
        compressed: each grain begins with its length.
    """

    virtual_bytes: int
    grain: int
    descriptor: tuple[int, int]
    directory_at: int
    entries: int
    compressed: bool

    @property
    def tables(self) -> int:
        """Number of grain tables."""
        return -(-self.virtual_bytes // (self.grain * self.entries))


@dataclass(frozen=True, slots=True)
class Grain:
    """A block that has data: its number in the disk, its offset in the file in bytes."""

    index: int
    at: int


class _Raw(NamedTuple):
    version: int
    flags: int
    capacity: int
    grain: int
    text_at: int
    text_size: int
    entries: int
    directory: int


def parse_sparse(head: bytes, tail: bytes, size: int, name: str) -> SparseHeader:
    """Read and judge the header.

    Args:
        head: of the file.
        tail: of the file; a stream-optimised one has its last header there.
        size: of the file, in bytes.
        name: of the image, for people.

    Raises:
        MediaError: it contradicts itself or is cut off.
    """
    found = _raw(head, 0, name)
    if found.directory == _DIRECTORY_AT_END:
        at = len(tail) - _FOOTER_FROM_END
        # What is written last is this second header and a sector of zeros that ends the stream.
        if at < 0 or not tail.startswith(MAGIC, at) or any(tail[-SECTOR:]):
            raise cut_off(name)
        footer = _raw(tail, at, name)
        if footer != found._replace(directory=footer.directory):
            raise damaged(name, "its header and its footer contradict each other")
        found = footer
    return _judged(found, size, name)


def check_last_grain(header: SparseHeader, last: Grain, length: int, size: int, name: str) -> None:
    """Refuse a file that ends before its last block does.

    Args:
        header: of the file.
        last: the block that lies farthest from the beginning.
        length: of what was stored of it, in bytes, when it is compressed.
        size: of the file, in bytes.
        name: of the image, for people.

    Raises:
        MediaError: it is cut off.
    """
    rest = header.virtual_bytes - last.index * header.grain
    needed = GRAIN_MARKER.size + length if header.compressed else min(header.grain, rest)
    if last.at + max(needed, 1) > size:
        raise cut_off(name)


def tables_at(directory: bytes) -> tuple[int, ...]:
    """Offsets of grain tables in the file, in bytes; 0 for none."""
    sectors = struct.unpack(f"<{len(directory) // 4}I", directory[: len(directory) // 4 * 4])
    return tuple(sector * SECTOR for sector in sectors)


def last_grain(table: bytes, first: int) -> Grain | None:
    """The block of a grain table that lies farthest from the file's beginning.

    Args:
        table: 4 bytes for each block; 0 and 1 stand for none.
        first: number of the first block in the disk.
    """
    sectors = struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])
    highest = max(sectors, default=0)
    if highest <= 1:
        return None
    return Grain(first + sectors.index(highest), highest * SECTOR)


def _raw(data: bytes, at: int, name: str) -> _Raw:
    values = unpacked(_HEADER, data, at, name)
    magic, directory, ends = values[0], values[9], values[12]
    found = _Raw._make((*values[1:8], directory))
    if magic != MAGIC or found.version not in {1, 2, 3}:
        raise damaged(name, "its header is not one of a VMDK image")
    if ends != _LINE_ENDS:
        raise damaged(name, "it was changed by a transfer as text")
    # Without a size the engine would take the text inside as a list of other files.
    check_virtual_size(found.capacity * SECTOR, name)
    grain = found.grain
    if (
        not 8 <= grain <= _MOST_GRAIN
        or grain & (grain - 1)
        or not 0 < found.entries <= _MOST_ENTRIES
    ):
        raise damaged(name, "the size of its blocks cannot be")
    if found.text_size * SECTOR > _MOST_DESCRIPTOR:
        raise damaged(name, "its descriptor is longer than 1 MiB")
    return found


def _judged(found: _Raw, size: int, name: str) -> SparseHeader:
    header = SparseHeader(
        virtual_bytes=found.capacity * SECTOR,
        grain=found.grain * SECTOR,
        descriptor=(found.text_at * SECTOR, found.text_size * SECTOR) if found.text_at else (0, 0),
        directory_at=found.directory * SECTOR,
        entries=found.entries,
        compressed=bool(found.flags & _COMPRESSED),
    )
    if header.directory_at + header.tables * 4 > size or header.descriptor[0] >= size:
        raise cut_off(name)
    return header
