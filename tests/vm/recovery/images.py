"""Ways to spoil a qcow2 disk as a death in the middle of a write does, and worse."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

from app.vm.model import VmInfo

L1_AT = 40  # offset of the level 1 table's place in the header, docs/interop/qcow2.txt
OFFSET = 0x00FF_FFFF_FFFF_FE00


def _level_2(data: bytearray) -> int:
    (level_1,) = struct.unpack_from(">Q", data, L1_AT)
    (entry,) = struct.unpack_from(">Q", data, level_1)
    return int(entry) & OFFSET


def leak(image: Path) -> None:
    """Let one cluster be used by nothing. There have to be data at the first MiB."""
    data = bytearray(image.read_bytes())
    at = _level_2(data) + 16 * 8
    assert struct.unpack_from(">Q", data, at)[0]
    struct.pack_into(">Q", data, at, 0)
    image.write_bytes(data)


def corrupt(image: Path) -> None:
    """Let two places of the disk share a cluster, which can be repaired."""
    data = bytearray(image.read_bytes())
    at = _level_2(data) + 16 * 8
    data[at + 8 : at + 16] = data[at : at + 8]
    image.write_bytes(data)


def ruin(image: Path) -> None:
    """Let the tables lead nowhere, which nothing repairs."""
    data = bytearray(image.read_bytes())
    (level_1,) = struct.unpack_from(">Q", data, L1_AT)
    struct.pack_into(">Q", data, level_1, 1 << 63 | 1 << 40)
    image.write_bytes(data)


def image_of(info: VmInfo) -> Path:
    """A machine's system disk."""
    return info.folder / "disk0.qcow2"


def is_whole(image: Path) -> bool:
    """Whether nothing is wrong with a disk, and nothing leaks."""
    words = ["qemu-img", "check", "-f", "qcow2", str(image)]
    return subprocess.run(words, check=False, capture_output=True, timeout=60).returncode == 0
