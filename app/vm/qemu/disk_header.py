"""What a qcow2 disk says about other files, before the engine obeys it.

A qcow2 header can name a backing file, which the engine reads, and an external data file, which it
also writes. A disk that came from elsewhere could so lead a guest to any file of this user. The
disks of our machines stand alone; one that does not is refused.

Source: docs/interop/qcow2.txt of QEMU 7.2, "Header".
"""

from __future__ import annotations

import os
import stat
import struct
from pathlib import Path

from app.errors import StoreError
from app.vm.store import storing

_MAGIC = b"QFI\xfb"
_START = struct.Struct(">4sIQ")  # magic, version, offset of the backing file's name
_FEATURES_AT = 72  # incompatible features, from version 3 on
_FEATURES = struct.Struct(">Q")
_EXTERNAL_DATA_FILE = 1 << 2
_HEADER_BYTES = _FEATURES_AT + _FEATURES.size
_REMEDY = "Put the machine's own disk back, or convert this one with qemu-img into one that does."


def check_disk(path: Path) -> None:
    """Refuse a disk that is no qcow2 image or that leads to another file; blocks for one read.

    Raises:
        StoreError: it is refused, or cannot be read.
    """
    with storing(f"The disk {path.name} cannot be read."):
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise StoreError(f"The disk {path.name} is not a file.", remedy=_REMEDY)
            header = file.read(_HEADER_BYTES)
    _check_header(header, path.name)


def _check_header(header: bytes, name: str) -> None:
    if len(header) < _HEADER_BYTES:
        raise StoreError(f"The disk {name} is cut off at its beginning.", remedy=_REMEDY)
    magic, version, backing_at = _START.unpack_from(header)
    if magic != _MAGIC or version not in {2, 3}:
        raise StoreError(f"The disk {name} is not a qcow2 image.", remedy=_REMEDY)
    (features,) = _FEATURES.unpack_from(header, _FEATURES_AT)
    if backing_at or (version == 3 and features & _EXTERNAL_DATA_FILE):
        raise StoreError(
            f"The disk {name} does not stand alone: it leads to another file.", remedy=_REMEDY
        )
