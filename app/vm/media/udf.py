"""Discs with a UDF file system: ECMA-167 third edition, in the profile of OSTA UDF 1.02 to 2.01.

Windows discs keep their content here and show a text file to whoever reads ISO 9660. Volumes of
one plain partition are read, which is what such discs are; for others no tree is found.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from app.vm.media.image import MAX_READ_BYTES, SECTOR, DamagedError, Image, Steps
from app.vm.media.tree import MAX_DIRECTORY_BYTES, Node

_ANCHOR_SECTOR = 256
_MAX_SEQUENCE_SECTORS = 16
_MAX_EXTENTS = 64
_TAG_BYTES = 16

# Tag identifiers: ECMA-167 3/7.2.1 and 4/7.2.1.
_PRIMARY = 1
_ANCHOR = 2
_PARTITION = 5
_LOGICAL_VOLUME = 6
_TERMINATOR = 8
_FILE_SET = 256
_FILE_IDENTIFIER = 257
_FILE_ENTRY = 261
_EXTENDED_FILE_ENTRY = 266

# Where the counts of extended attributes and allocation descriptors stand: 4/14.9 and 4/14.17.
_ALLOCATION_AT = {_FILE_ENTRY: 168, _EXTENDED_FILE_ENTRY: 208}

_SHORT_AD = 0
_LONG_AD = 1
_EMBEDDED = 3

_IS_DIRECTORY = 0x02
_IS_DELETED_OR_PARENT = 0x0C


@dataclass(frozen=True, slots=True)
class UdfVolume:
    """A UDF volume.

    Attributes:
        volume_id: of its primary volume descriptor, as written.
        end_bytes: where the partition ends; the file has to be as long.
        partition_offset: where the partition begins, in bytes of the image.
        root: the root directory, None when it could not be found.
    """

    volume_id: str
    end_bytes: int
    partition_offset: int
    root: Node | None

    def find(self, image: Image, path: str) -> Steps[Node | None]:
        """Look up `path`, see `app.vm.media.tree.FileTree`."""
        here = self.root
        for wanted in path.split("/"):
            if here is None or not here.is_directory:
                return None
            here = yield from self._child(image, here, wanted.casefold())
        return here

    def _child(self, image: Image, directory: Node, wanted: str) -> Steps[Node | None]:
        length = min(directory.length, MAX_DIRECTORY_BYTES)
        content = bytearray()
        for start in range(0, length, MAX_READ_BYTES):
            content += yield from directory.read(image, start, min(MAX_READ_BYTES, length - start))
        for name, block, is_directory in _identifiers(bytes(content)):
            if name.casefold() == wanted:
                return (yield from _node(image, self.partition_offset, name, block, is_directory))
        return None


def read_volume(image: Image) -> Steps[UdfVolume | None]:
    """Read the volume; None when there is no anchor, or no partition, where UDF wants them.

    Raises:
        DamagedError: the descriptors point outside of the file.
    """
    anchor = yield from image.read(_ANCHOR_SECTOR * SECTOR, SECTOR)
    if len(anchor) < SECTOR or _tag(anchor) != _ANCHOR:
        return None
    length, location = struct.unpack_from("<II", anchor, _TAG_BYTES)
    sequence = yield from image.read_exactly(
        location * SECTOR, min(length, _MAX_SEQUENCE_SECTORS * SECTOR)
    )
    found = _descriptors(sequence)
    if _PARTITION not in found:
        return None
    first, count = struct.unpack_from("<II", found[_PARTITION], 188)
    volume_id = _dstring(found[_PRIMARY][24:56]) if _PRIMARY in found else ""
    root: Node | None = None
    if _LOGICAL_VOLUME in found:
        root = yield from _root(image, found[_LOGICAL_VOLUME], first * SECTOR)
    return UdfVolume(volume_id, (first + count) * SECTOR, first * SECTOR, root)


def _descriptors(sequence: bytes) -> dict[int, bytes]:
    """First descriptor of each kind in the volume descriptor sequence."""
    found: dict[int, bytes] = {}
    for start in range(0, len(sequence) - SECTOR + 1, SECTOR):
        sector = sequence[start : start + SECTOR]
        identifier = _tag(sector)
        if identifier in (None, _TERMINATOR):
            break
        found.setdefault(identifier, sector)
    return found


def _root(image: Image, logical_volume: bytes, partition_offset: int) -> Steps[Node | None]:
    block_bytes, map_count = struct.unpack_from("<I52xI", logical_volume, 212)
    if block_bytes != SECTOR or map_count != 1 or logical_volume[440] != 1:
        return None
    file_set_block: int = struct.unpack_from("<I", logical_volume, 252)[0]
    try:
        file_set = yield from image.read_exactly(partition_offset + file_set_block * SECTOR, SECTOR)
        if _tag(file_set) != _FILE_SET:
            return None
        root_block: int = struct.unpack_from("<I", file_set, 404)[0]
        return (yield from _node(image, partition_offset, "", root_block, is_directory=True))
    except DamagedError:
        return None


def _node(
    image: Image, partition_offset: int, name: str, block: int, is_directory: bool
) -> Steps[Node | None]:
    """Read the file entry at `block` of the partition."""
    entry = yield from image.read_exactly(partition_offset + block * SECTOR, SECTOR)
    counts_at = _ALLOCATION_AT.get(_tag(entry) or 0)
    if counts_at is None:
        return None
    kind = struct.unpack_from("<H", entry, 34)[0] & 0x07
    length: int = struct.unpack_from("<Q", entry, 56)[0]
    attributes, allocations = struct.unpack_from("<II", entry, counts_at)
    start = counts_at + 8 + attributes
    area = entry[start : start + allocations]
    if kind == _EMBEDDED:
        return Node(name, (), is_directory, embedded=area[:length])
    extents = tuple(_extents(area, kind, partition_offset, length))
    return Node(name, extents, is_directory)


def _extents(
    area: bytes, kind: int, partition_offset: int, length: int
) -> Iterator[tuple[int, int]]:
    """Allocation descriptors (ECMA-167 4/14.14) as offsets and lengths in bytes of the image."""
    step = {_SHORT_AD: 8, _LONG_AD: 16}.get(kind)
    if step is None:
        raise DamagedError(f"allocation descriptors of kind {kind}")
    for at in range(0, min(len(area), _MAX_EXTENTS * step) - step + 1, step):
        size, block = struct.unpack_from("<II", area, at)
        size = min(size & 0x3FFFFFFF, length)
        if size == 0:
            return
        yield partition_offset + block * SECTOR, size
        length -= size


def _identifiers(directory: bytes) -> Iterator[tuple[str, int, bool]]:
    """Name, block of the file entry and "is a directory" (ECMA-167 4/14.4)."""
    at = 0
    while at + 38 <= len(directory) and _tag(directory[at : at + _TAG_BYTES]) == _FILE_IDENTIFIER:
        flags, name_length, block, use_length = struct.unpack_from("<BB4xI8xH", directory, at + 18)
        end = at + 38 + use_length + name_length
        if not flags & _IS_DELETED_OR_PARENT:
            yield (
                _characters(directory[end - name_length : end]),
                block,
                bool(flags & _IS_DIRECTORY),
            )
        at = end + -(end - at) % 4


def _tag(descriptor: bytes) -> int | None:
    """Identifier of a descriptor with a right tag checksum (ECMA-167 3/7.2), else None."""
    tag = descriptor[:_TAG_BYTES]
    if len(tag) < _TAG_BYTES or (sum(tag) - tag[4]) & 0xFF != tag[4]:
        return None
    identifier: int = struct.unpack_from("<H", tag)[0]
    return identifier


def _dstring(field: bytes) -> str:
    """Fixed-length string whose last byte is the length used (ECMA-167 1/7.2.12)."""
    return _characters(field[: min(field[-1], len(field) - 1)])


def _characters(data: bytes) -> str:
    """OSTA compressed Unicode (UDF 2.1.1): one byte tells how wide the characters are."""
    if data[:1] == b"\x08":
        return data[1:].decode("latin-1")
    if data[:1] == b"\x10":
        return data[1:].decode("utf-16-be", "replace")
    return ""
