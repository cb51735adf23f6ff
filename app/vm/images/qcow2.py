"""Header of a qcow2 image: what it says about other files, and whether it can be.

Source: docs/interop/qcow2.txt of QEMU 7.2, "Header".
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from app.errors import MediaError
from app.vm.images.bounds import check_virtual_size, cut_off, damaged, unpacked

MAGIC = b"QFI\xfb"
_START = struct.Struct(">4sIQIIQIIQQIIQ")
_FEATURES_AT = 72  # from version 3 on
_NEWER = struct.Struct(">QQQII")
HEADER_BYTES = _FEATURES_AT + _NEWER.size
"""Most that the header itself takes up."""
_CORRUPT = 1 << 1
_EXTERNAL_DATA_FILE = 1 << 2
_KNOWN = (1 << 5) - 1
_MOST_L1_BYTES = 32 << 20
_MOST_REFCOUNT_TABLE_BYTES = 8 << 20
_MOST_SNAPSHOTS = 1024


@dataclass(frozen=True, slots=True)
class Qcow2Header:
    """Header of a qcow2 image.

    Attributes:
        version: 2 or 3.
        backing_at: offset of a backing file's name; 0 without one.
        cluster_bits: logarithm of a cluster's bytes.
        virtual_bytes: of the disk.
        encryption: 0 for none.
        l1: offset and number of entries.
        refcounts: offset and clusters of the table.
        snapshots: inside, their number.
        features: incompatible ones.
    """

    version: int
    backing_at: int
    cluster_bits: int
    virtual_bytes: int
    encryption: int
    l1: tuple[int, int]
    refcounts: tuple[int, int]
    snapshots: int
    features: int


def parse_qcow2(head: bytes, name: str) -> Qcow2Header:
    """Read the header.

    Raises:
        MediaError: it is none, or is cut off.
    """
    magic, version, backing_at, _, bits, size, crypt, l1, l1_at, refs_at, refs, snapshots, _ = (
        unpacked(_START, head, 0, name)
    )
    if magic != MAGIC or version not in {2, 3}:
        raise damaged(name, "its header is not one of a qcow2 image of version 2 or 3")
    if not 9 <= bits <= 21:
        raise damaged(name, "the size of its clusters cannot be")
    features = 0
    if version == 3:
        features, _, _, order, length = unpacked(_NEWER, head, _FEATURES_AT, name)
        if not HEADER_BYTES <= length <= 1 << bits or length % 8 or order > 6:
            raise damaged(name, "its header has a length or a layout that cannot be")
    return Qcow2Header(
        version, backing_at, bits, size, crypt, (l1_at, l1), (refs_at, refs), snapshots, features
    )


def check_qcow2(header: Qcow2Header, size: int, name: str) -> None:
    """Refuse an image that does not stand alone, or that cannot be read whole.

    Args:
        header: of it.
        size: of the file, in bytes.
        name: of the image, for people.

    Raises:
        MediaError: it is refused.
    """
    if header.backing_at:
        raise MediaError(
            f"{name} does not stand alone: it has a backing file.",
            remedy="Merge the two where it came from (qemu-img rebase -b ''), and take the result.",
        )
    if header.features & _EXTERNAL_DATA_FILE:
        raise MediaError(
            f"{name} does not stand alone: its data lies in another file.",
            remedy="Convert it where it came from into an image that holds its own data.",
        )
    if header.encryption:
        raise MediaError(
            f"{name} is encrypted.",
            remedy="Convert it where it came from into an image without encryption.",
        )
    if header.features & _CORRUPT:
        raise MediaError(
            f"{name} is marked as corrupt.",
            remedy="Repair a copy of it with “qemu-img check -r all”, and take that.",
        )
    if header.features & ~_KNOWN:
        raise MediaError(
            f"{name} needs features of qcow2 that are not known here.",
            remedy="Convert it where it came from into an image without them.",
        )
    check_virtual_size(header.virtual_bytes, name)
    _check_tables(header, size, name)


def _check_tables(header: Qcow2Header, size: int, name: str) -> None:
    l1_at, l1 = header.l1
    refcounts_at, refcounts = header.refcounts
    cluster = 1 << header.cluster_bits
    if l1 * 8 > _MOST_L1_BYTES or refcounts * cluster > _MOST_REFCOUNT_TABLE_BYTES:
        raise damaged(name, "its tables are larger than they can be")
    if header.snapshots > _MOST_SNAPSHOTS:
        raise damaged(name, f"it says that it holds more than {_MOST_SNAPSHOTS} snapshots")
    # The last cluster of a file needs not be written whole: only what has to be there counts.
    if l1_at + l1 * 8 > size or refcounts_at >= size:
        raise cut_off(name)
