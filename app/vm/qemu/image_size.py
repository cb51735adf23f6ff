"""How large a qcow2 disk is for its guest, read from the image's own header.

The image is what counts: a description that says something else was cut off before it was written.

Source: docs/interop/qcow2.txt of QEMU 7.2, "Header".
"""

from __future__ import annotations

import logging
import os
import struct
from dataclasses import replace
from pathlib import Path

from app.errors import ParamError, StoreError
from app.vm.limits import MIB
from app.vm.model import Disk, VmConfig
from app.vm.store import storing

_log = logging.getLogger(__name__)

_HEADER = struct.Struct(">4sI8xI4xQ")
"""Magic, version, length of the backing file's name, size in bytes; what is between is skipped."""
_MAGIC = b"QFI\xfb"
_VERSIONS = frozenset({2, 3})


def parse_virtual_size(header: bytes) -> int:
    """Size of the disk in bytes, from the first bytes of its image.

    Raises:
        ValueError: they are not those of a qcow2 image.
    """
    if len(header) < _HEADER.size:
        raise ValueError("cut off at its beginning")
    magic, version, _, size = _HEADER.unpack_from(header)
    if magic != _MAGIC or version not in _VERSIONS:
        raise ValueError("not a qcow2 image")
    return int(size)


def virtual_size(path: Path) -> int:
    """Size of the disk in bytes; blocks for one read. Right also while an engine runs it.

    Raises:
        StoreError: it cannot be read, or is no qcow2 image.
    """
    with storing(f"The disk {path.name} cannot be read."):
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            header = file.read(_HEADER.size)
    try:
        return parse_virtual_size(header)
    except ValueError as err:
        raise StoreError(
            f"The disk {path.name} cannot be used.",
            remedy="Put the machine's own disk back.",
            detail=str(err),
        ) from err


def with_real_sizes(config: VmConfig, folder: Path) -> VmConfig:
    """The description with the sizes that its disks really have; blocks for a read each.

    A disk that cannot be read keeps its size: whoever needs it says what is wrong.
    """
    disks = tuple(_really(disk, folder) for disk in config.disks)
    if disks == config.disks:
        return config
    _log.info("%s: the sizes of its disks are taken from the images", folder.name)
    try:
        return replace(config, disks=disks)
    except ParamError as err:
        _log.info("%s: %s", folder.name, err)
        return config


def _really(disk: Disk, folder: Path) -> Disk:
    try:
        size_bytes = virtual_size(folder / disk.file)
    except StoreError:
        return disk
    low, high = size_bytes // MIB, -(-size_bytes // MIB)
    return disk if disk.size_mib in {low, high} else replace(disk, size_mib=low)
