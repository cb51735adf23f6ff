"""Header of a QED image.

Source: docs/interop/qed_spec.txt of QEMU 7.2, "Header".
"""

from __future__ import annotations

import struct

from app.errors import MediaError
from app.vm.images.bounds import check_virtual_size, cut_off, damaged, unpacked

_HEADER = struct.Struct("<4sIIIQQQQQII")
_BACKING_FILE = 1 << 0
_KNOWN = (1 << 3) - 1


def check_qed(head: bytes, size: int, name: str) -> int:
    """Size of the disk, of an image that stands alone.

    Args:
        head: of the file.
        size: of the file, in bytes.
        name: of the image, for people.

    Raises:
        MediaError: it is refused.
    """
    _, cluster, table, pages, features, _, _, l1_at, disk, backing_at, backing = unpacked(
        _HEADER, head, 0, name
    )
    if features & _BACKING_FILE:
        raise MediaError(
            f"{name} does not stand alone: it has a backing file.",
            remedy="Merge the two where it came from (qemu-img rebase -b ''), and take the result.",
        )
    if features & ~_KNOWN or backing_at or backing:
        raise damaged(name, "its header says things that contradict each other")
    if not 1 << 12 <= cluster <= 1 << 26 or cluster & (cluster - 1):
        raise damaged(name, "the size of its clusters cannot be")
    if not 1 <= table <= 16 or table & (table - 1) or not 1 <= pages <= 16:
        raise damaged(name, "its header has a length or a layout that cannot be")
    check_virtual_size(disk, name)
    if l1_at + table * cluster > size:
        raise cut_off(name)
    return int(disk)
