"""Header of a VDI image.

Source: block/vdi.c of QEMU 7.2, which describes it; types of images from VirtualBox's VDICore.h.
"""

from __future__ import annotations

import struct

from app.errors import MediaError
from app.vm.images.bounds import SECTOR, check_virtual_size, cut_off, damaged, unpacked

_TYPE_AT = 0x4C
_TYPE = struct.Struct("<I")
_LAYOUT_AT = 0x154
_LAYOUT = struct.Struct("<II16xIQIIII16x16x16s16s")
_DYNAMIC = 1
_FIXED = 2
_UNDO = 3
_DIFFERENCING = 4


def check_vdi(head: bytes, size: int, name: str) -> int:
    """Size of the disk, of an image that stands alone and is whole.

    Args:
        head: of the file.
        size: of the file, in bytes.
        name: of the image, for people.

    Raises:
        MediaError: it is refused.
    """
    (kind,) = unpacked(_TYPE, head, _TYPE_AT, name)
    map_at, data_at, _, disk, block, extra, blocks, used, link, parent = unpacked(
        _LAYOUT, head, _LAYOUT_AT, name
    )
    if kind in {_UNDO, _DIFFERENCING} or any(link) or any(parent):
        raise MediaError(
            f"{name} is a differencing image: it needs another image beneath it.",
            remedy="Clone the disk in VirtualBox as one whole disk, and take that.",
        )
    if kind not in {_DYNAMIC, _FIXED}:
        raise damaged(name, "its type is not one of a VDI image")
    check_virtual_size(disk, name)
    if not SECTOR <= block <= 1 << 30 or block & (block - 1) or extra:
        raise damaged(name, "the size of its blocks cannot be")
    if blocks * block < disk or used > blocks:
        raise damaged(name, "the number of its blocks cannot be")
    if map_at + blocks * 4 > size or data_at + used * block > size:
        raise cut_off(name)
    return int(disk)
