"""Names of the snapshots inside a qcow2 image, from its own table.

Source: docs/interop/qcow2.txt of QEMU 7.2, "Header" and "Snapshots". All numbers are big-endian.
The image is not trusted: what does not fit into what was read ends the list.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_HEADER = struct.Struct(">4sI52xIQ")  # magic, version; snapshots: how many, and where they begin
HEADER_BYTES = _HEADER.size
_MAGIC, _VERSIONS = b"QFI\xfb", (2, 3)
_ENTRY = struct.Struct(">12xHH20xI")  # length of the id and of the name; of what stands before them
MOST_SNAPSHOTS = 1024
MOST_TABLE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class SnapshotTable:
    """Where an image has its snapshots.

    Attributes:
        count: of them.
        offset: of the first entry, bytes.
    """

    count: int
    offset: int


def read_table_place(header: bytes) -> SnapshotTable | None:
    """Where the snapshots are; None for no qcow2 image, and for one that cannot be right.

    Args:
        header: the first `HEADER_BYTES` bytes of the image, or fewer.
    """
    if len(header) < HEADER_BYTES:
        return None
    magic, version, count, offset = _HEADER.unpack_from(header)
    if magic != _MAGIC or version not in _VERSIONS or count > MOST_SNAPSHOTS:
        return None
    return SnapshotTable(count, offset)


def read_names(table: bytes, count: int) -> tuple[str, ...]:
    """Names of the snapshots, in their order.

    Args:
        table: from the first entry on, as much as there is.
        count: of entries, at most.
    """
    names = []
    at = 0
    for _ in range(count):
        if at + _ENTRY.size > len(table):
            break
        id_bytes, name_bytes, extra_bytes = _ENTRY.unpack_from(table, at)
        begin = at + _ENTRY.size + extra_bytes + id_bytes
        if begin + name_bytes > len(table):
            break
        names.append(table[begin : begin + name_bytes].decode(errors="replace"))
        end = begin + name_bytes
        at = end + -end % 8
    return tuple(names)
