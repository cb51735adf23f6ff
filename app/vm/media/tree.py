"""Files on a disc by their path: ECMA-119 (ISO 9660) directories, with Rock Ridge and Joliet names.

Only the few paths that a caller names are walked, one component at a time, so a directory that
holds itself costs nothing; the path tables are not read at all.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from app.vm.media.image import MAX_READ_BYTES, SECTOR, DamagedError, Image, Steps

MAX_DIRECTORY_BYTES = 4 * MAX_READ_BYTES

_RECORD_HEAD = struct.Struct("<BBI4xI4x7xBBB2x2xB")
_DIRECTORY_FLAG = 0x02


@dataclass(frozen=True, slots=True)
class Node:
    """A file or directory.

    Attributes:
        name: as the disc spells it.
        extents: offset and length in bytes of the image, in the file's order.
        is_directory: it holds other nodes.
        embedded: the content, when it lies in the node's own record instead of in extents.
    """

    name: str
    extents: tuple[tuple[int, int], ...]
    is_directory: bool
    embedded: bytes = b""

    @property
    def length(self) -> int:
        """Bytes of content."""
        return len(self.embedded) + sum(length for _, length in self.extents)

    def read(self, image: Image, offset: int, length: int) -> Steps[bytes]:
        """Return `length` bytes of the content, fewer where it ends.

        Raises:
            DamagedError: an extent is not inside the image.
        """
        if self.embedded:
            return self.embedded[offset : offset + length]
        parts: list[bytes] = []
        for start, size in self.extents:
            if offset < size and length > 0:
                take = min(length, size - offset)
                parts.append((yield from image.read_exactly(start + offset, take)))
                length -= take
            offset = max(0, offset - size)
        return b"".join(parts)


class FileTree(Protocol):
    """A directory tree of a disc."""

    def find(self, image: Image, path: str) -> Steps[Node | None]:
        """Look up a path such as ``EFI/BOOT/BOOTX64.EFI``; letter case makes no difference.

        Raises:
            DamagedError: a directory on the way is not inside the image or makes no sense.
        """


@dataclass(frozen=True, slots=True)
class IsoTree:
    """The tree of a primary or of a Joliet volume descriptor.

    Attributes:
        root: the root directory.
        block_bytes: size of the blocks that extents are counted in.
        is_joliet: names are UTF-16, big-endian.
    """

    root: Node
    block_bytes: int
    is_joliet: bool

    @classmethod
    def from_descriptor(cls, descriptor: bytes, *, is_joliet: bool) -> IsoTree:
        """Take the root from a primary or supplementary volume descriptor (one sector).

        Raises:
            DamagedError: its root is no directory.
        """
        block_bytes: int = struct.unpack_from("<H", descriptor, 128)[0]
        root = _node(descriptor[156:190], block_bytes, is_joliet=is_joliet)
        if root is None or not root.is_directory:
            raise DamagedError("no root directory")
        return cls(root, block_bytes, is_joliet)

    def find(self, image: Image, path: str) -> Steps[Node | None]:
        """Look up `path`, see `FileTree`."""
        here: Node | None = self.root
        for wanted in path.split("/"):
            if here is None or not here.is_directory:
                return None
            here = yield from self._child(image, here, wanted)
        return here

    def _child(self, image: Image, directory: Node, wanted: str) -> Steps[Node | None]:
        wanted = wanted.casefold()
        length = min(directory.length, MAX_DIRECTORY_BYTES)
        for start in range(0, length, MAX_READ_BYTES):
            chunk = yield from directory.read(image, start, min(MAX_READ_BYTES, length - start))
            for node in _nodes(chunk, self.block_bytes, is_joliet=self.is_joliet):
                if node.name.casefold() == wanted:
                    return node
        return None


def _nodes(directory: bytes, block_bytes: int, *, is_joliet: bool) -> Iterator[Node]:
    """Every record; ECMA-119 6.8.1.1: none crosses a sector, the rest of one is zero."""
    for start in range(0, len(directory), SECTOR):
        sector = directory[start : start + SECTOR]
        at = 0
        while at < len(sector) and sector[at] > _RECORD_HEAD.size:
            record = sector[at : at + sector[at]]
            node = _node(record, block_bytes, is_joliet=is_joliet)
            if node is not None:
                yield node
            at += sector[at]


def _node(record: bytes, block_bytes: int, *, is_joliet: bool) -> Node | None:
    """Read a directory record (ECMA-119 9.1); None when it is too short to be one."""
    if len(record) < _RECORD_HEAD.size:
        return None
    size, attribute_blocks, lba, length, flags, _, _, name_length = _RECORD_HEAD.unpack_from(record)
    end = _RECORD_HEAD.size + name_length
    if end > size:
        return None
    raw = record[_RECORD_HEAD.size : end]
    if is_joliet:
        name = raw.decode("utf-16-be", "replace")
    else:
        name = _rock_ridge_name(record[end + (name_length + 1) % 2 :]) or raw.decode("latin-1")
    return Node(
        name=name.partition(";")[0].rstrip("."),
        extents=(((lba + attribute_blocks) * block_bytes, length),),
        is_directory=bool(flags & _DIRECTORY_FLAG),
    )


def _rock_ridge_name(system_use: bytes) -> str:
    """Name from the NM entries of a record (RRIP 1.12, 4.1.4); empty without them."""
    name = b""
    at = 0
    while at + 5 <= len(system_use):
        signature, length = system_use[at : at + 2], system_use[at + 2]
        if length < 4:
            break
        if signature == b"NM":
            name += system_use[at + 5 : at + length]
        at += length
    return name.decode("utf-8", "replace")
