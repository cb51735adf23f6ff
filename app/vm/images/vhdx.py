"""Tables of a VHDX image that tell its size and whose child it is.

Source: MS-VHDX, sections 2.2.3 (region table) and 2.6 (metadata region).
"""

from __future__ import annotations

import struct
from uuid import UUID

from app.errors import MediaError
from app.vm.images.bounds import check_virtual_size, cut_off, damaged, unpacked

REGION_TABLE_AT = 192 << 10
TABLE_BYTES = 64 << 10
METADATA_BYTES = 1 << 20
"""All that is looked at of the metadata."""
_MOST_ENTRIES = 2047
_COUNT = struct.Struct("<8xI4x")
_REGION = struct.Struct("<16sQII")
_METADATA_COUNT = struct.Struct("<8s2xH20x")
_ITEM = struct.Struct("<16sII8x")
_PARAMETERS = struct.Struct("<II")
_SIZE = struct.Struct("<Q")
_HAS_PARENT = 1 << 1
_METADATA = UUID("8b7ca206-4790-4b9a-b8fe-575f050f886e").bytes_le
_FILE_PARAMETERS = UUID("caa16737-fa36-4d43-b3b6-33f0aa44e76b").bytes_le
_DISK_SIZE = UUID("2fa54224-cd1b-4876-b211-5dbed83bf4b8").bytes_le


def metadata_at(table: bytes, size: int, name: str) -> int:
    """Offset of the metadata, in bytes.

    Args:
        table: the region table.
        size: of the file, in bytes.
        name: of the image, for people.

    Raises:
        MediaError: there is none.
    """
    if not table.startswith(b"regi"):
        raise cut_off(name) if len(table) < TABLE_BYTES else damaged(name, "it has no region table")
    (count,) = unpacked(_COUNT, table, 0, name)
    for index in range(min(count, _MOST_ENTRIES)):
        kind, at, length, _ = unpacked(_REGION, table, _COUNT.size + index * _REGION.size, name)
        if kind == _METADATA:
            if at + length > size:
                raise cut_off(name)
            return int(at)
    raise damaged(name, "it has no metadata")


def check_metadata(data: bytes, name: str) -> int:
    """Size of the disk, of an image that stands alone.

    Args:
        data: the first `METADATA_BYTES` of the metadata.
        name: of the image, for people.

    Raises:
        MediaError: it is refused.
    """
    magic, count = unpacked(_METADATA_COUNT, data, 0, name)
    if magic != b"metadata":
        raise damaged(name, "it has no metadata")
    items = {}
    for index in range(min(count, _MOST_ENTRIES)):
        kind, at, _ = unpacked(_ITEM, data, _METADATA_COUNT.size + index * _ITEM.size, name)
        items[kind] = at
    if not {_FILE_PARAMETERS, _DISK_SIZE} <= items.keys():
        raise damaged(name, "its metadata are not complete")
    _, bits = unpacked(_PARAMETERS, data, items[_FILE_PARAMETERS], name)
    if bits & _HAS_PARENT:
        raise MediaError(
            f"{name} is a differencing image: it needs another image beneath it.",
            remedy="Merge it with its parent disk in Hyper-V, and take the result.",
        )
    (disk,) = unpacked(_SIZE, data, items[_DISK_SIZE], name)
    check_virtual_size(disk, name)
    return int(disk)
