"""What every parser of a foreign image has to hold: bytes that are there, sizes that can be."""

from __future__ import annotations

import struct
from typing import Any

from app.errors import MediaError

SECTOR = 512
MOST_BYTES = 64 << 40
"""Largest disk that is taken, as a guest sees it: VHDX, the largest of the formats, ends here."""
CUT_OFF_REMEDY = "Copy or download it again, and compare its size with the original's."


def unpacked(layout: struct.Struct, data: bytes, at: int, name: str) -> tuple[Any, ...]:
    """The values at an offset.

    Raises:
        MediaError: `data` ends before.
    """
    if at < 0 or at + layout.size > len(data):
        raise cut_off(name)
    return layout.unpack_from(data, at)


def cut_off(name: str) -> MediaError:
    """The failure of a file that ends too early."""
    return MediaError(f"{name} is cut off: its end is missing.", remedy=CUT_OFF_REMEDY)


def damaged(name: str, what: str) -> MediaError:
    """The failure of a file that contradicts itself; `what` is a clause."""
    return MediaError(f"{name} is damaged: {what}.", remedy="Use another copy of it.")


def check_virtual_size(size: int, name: str) -> None:
    """Refuse a disk of no bytes or of more than any format can hold.

    Args:
        size: bytes, as a guest sees it.
        name: of the image, for people.

    Raises:
        MediaError: it is refused.
    """
    if size <= 0:
        raise damaged(name, "it says that its disk has a size of 0")
    if size > MOST_BYTES:
        raise damaged(name, "it says that its disk is larger than 64 TiB")
