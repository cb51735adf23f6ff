"""Footer and header of a VHD image.

Source: Virtual Hard Disk Image Format Specification 1.0, "Hard Disk Footer Format" and "Dynamic
Disk Header Format".
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from app.errors import MediaError
from app.vm.images.bounds import SECTOR, check_virtual_size, cut_off, damaged, unpacked

MAGIC = b"conectix"
FOOTER_BYTES = 512
_FOOTER = struct.Struct(">8sIIQIIII8xQII")
_DYNAMIC_MAGIC = b"cxsparse"
_DYNAMIC = struct.Struct(">8sQQIII")
DYNAMIC_BYTES = 1024
_FIXED_TYPE = 2
_DYNAMIC_TYPE = 3
_DIFFERENCING_TYPE = 4
_NO_BLOCK = 0xFFFF_FFFF
_MOST_BLOCKS = 1 << 22


@dataclass(frozen=True, slots=True)
class BlockTable:
    """Where the blocks of a dynamic image lie.

    Attributes:
        at: offset of the table, in bytes.
        blocks: entries of 4 bytes: the sector of each block, all ones without one.
        block: bytes of the data of one, in front of which lies a map of its sectors.
    """

    at: int
    blocks: int
    block: int

    @property
    def block_with_map(self) -> int:
        """Bytes that a block takes up in the file."""
        bits = self.block // SECTOR
        return self.block + -(-bits // (8 * SECTOR)) * SECTOR


def check_fixed(tail: bytes, size: int, name: str) -> int:
    """Size of the disk, of a fixed image that is whole.

    Args:
        tail: of the file.
        size: of the file, in bytes.
        name: of the image, for people.

    Raises:
        MediaError: it is refused.
    """
    footer = tail[-512:] if tail[-512:].startswith(MAGIC) else tail[-511:] + b"\0"
    kind, disk, _ = _footer(footer, name)
    if kind != _FIXED_TYPE:
        raise damaged(name, "its beginning is not one of a dynamic VHD image")
    if disk > size - (FOOTER_BYTES - 1):
        raise cut_off(name)
    return disk


def check_dynamic(head: bytes, tail: bytes, name: str) -> tuple[int, int]:
    """Size of the disk and offset of the second header, when it stands alone and has its end.

    Raises:
        MediaError: it is refused.
    """
    kind, disk, header_at = _footer(head[:FOOTER_BYTES], name)
    if kind != _DYNAMIC_TYPE:
        raise damaged(name, "its type is not one of a VHD image")
    if not (tail[-512:].startswith(MAGIC) or tail[-511:].startswith(MAGIC)):
        raise cut_off(name)
    return disk, header_at


def parse_dynamic(data: bytes, size: int, name: str) -> BlockTable:
    """Read the header of a dynamic image.

    Args:
        data: the header.
        size: of the file, in bytes.
        name: of the image, for people.

    Raises:
        MediaError: it contradicts itself, or is cut off.
    """
    magic, _, at, _, blocks, block = unpacked(_DYNAMIC, data, 0, name)
    if magic != _DYNAMIC_MAGIC:
        raise damaged(name, "its second header is missing")
    if not SECTOR <= block <= 1 << 28 or block & (block - 1) or blocks > _MOST_BLOCKS:
        raise damaged(name, "the size or the number of its blocks cannot be")
    if at + blocks * 4 > size:
        raise cut_off(name)
    return BlockTable(at, blocks, block)


def check_blocks(table: bytes, blocks: BlockTable, size: int, name: str) -> None:
    """Refuse an image whose blocks lie behind its end.

    Args:
        table: of the blocks.
        blocks: what the header says of it.
        size: of the file, in bytes.
        name: of the image, for people.

    Raises:
        MediaError: it is cut off.
    """
    sectors = struct.unpack(f">{len(table) // 4}I", table[: len(table) // 4 * 4])
    last = max((sector for sector in sectors if sector != _NO_BLOCK), default=0)
    if last and last * SECTOR + blocks.block_with_map > size:
        raise cut_off(name)


def _footer(footer: bytes, name: str) -> tuple[int, int, int]:
    magic, _, _, header_at, _, _, _, _, disk, _, kind = unpacked(_FOOTER, footer, 0, name)
    if magic != MAGIC:
        raise damaged(name, "its footer is not one of a VHD image")
    if kind == _DIFFERENCING_TYPE:
        raise MediaError(
            f"{name} is a differencing image: it needs another image beneath it.",
            remedy="Merge it with its parent disk where it came from, and take the result.",
        )
    check_virtual_size(disk, name)
    return kind, disk, header_at
