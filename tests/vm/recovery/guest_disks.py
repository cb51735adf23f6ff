"""Disks with file systems as guests have them, made by the usual tools; nothing is mounted."""

from __future__ import annotations

import shutil
import struct
import subprocess
import uuid
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest

MIB = 1 << 20
SECTOR = 512
LINUX_GUID = uuid.UUID("0fc63daf-8483-4772-8e79-3d69d8477de4")
_SBIN = "/usr/sbin:/sbin"


def tool(*words: str | Path, data: bytes | None = None) -> None:
    """Run a tool for file systems; the test is skipped where it is not installed."""
    path = shutil.which(str(words[0])) or shutil.which(str(words[0]), path=_SBIN)
    if path is None:
        pytest.skip(f"{words[0]} is not installed")
    subprocess.run([path, *words[1:]], check=True, capture_output=True, input=data, timeout=120)


def sized(image: Path, mib: int) -> Path:
    """An empty file of that size."""
    with image.open("wb") as file:
        file.truncate(mib * MIB)
    return image


def ext(image: Path, tree: Path, kind: str = "ext4", *, mib: int = 32) -> Path:
    """An ext file system with these files in it."""
    tool("mke2fs", "-q", "-F", "-t", kind, "-d", tree, sized(image, mib))
    return image


def fat(image: Path, tree: Path, bits: int, *, mib: int) -> Path:
    """A FAT file system with these files in it."""
    tool("mkfs.fat", "-F", str(bits), sized(image, mib))
    tool("mcopy", "-s", "-i", image, *sorted(tree.iterdir()), "::/")
    return image


def debugfs(image: Path, *commands: str) -> None:
    """Change an ext file system from outside."""
    tool("debugfs", "-w", "-f", "-", image, data="\n".join(commands).encode())


def with_mbr(disk: Path, volumes: Sequence[Path]) -> Path:
    """A disk with a table of partitions as a BIOS knows it, [MBR]."""
    table, at = bytearray(SECTOR), 2048
    places = []
    for number, volume in enumerate(volumes):
        sectors = volume.stat().st_size // SECTOR
        struct.pack_into("<BxxxBxxxII", table, 446 + 16 * number, 0, 0x83, at, sectors)
        places.append(at)
        at += sectors
    table[510:512] = b"\x55\xaa"
    return _written(disk, bytes(table), volumes, places, at + 2048)


def with_gpt(disk: Path, volumes: Sequence[Path]) -> Path:
    """A disk with a table of partitions as UEFI knows it, UEFI specification, section 5.3."""
    entries, at, places = bytearray(128 * 128), 2048, []
    for number, volume in enumerate(volumes):
        sectors = volume.stat().st_size // SECTOR
        unique = uuid.UUID(int=number + 1)
        struct.pack_into(
            "<16s16sQQ", entries, 128 * number,
            LINUX_GUID.bytes_le, unique.bytes_le, at, at + sectors - 1,
        )  # fmt: skip
        places.append(at)
        at += sectors
    whole = at + 2048
    head = bytearray(SECTOR)
    struct.pack_into(
        "<8sIIIIQQQQ16sQIII", head, 0, b"EFI PART", 0x10000, 92, 0, 0, 1, whole - 1, 34,
        whole - 34, uuid.UUID(int=99).bytes_le, 2, 128, 128, zlib.crc32(entries),
    )  # fmt: skip
    struct.pack_into("<I", head, 16, zlib.crc32(head[:92]))
    guard = bytearray(SECTOR)
    struct.pack_into("<BxxxBxxxII", guard, 446, 0, 0xEE, 1, whole - 1)
    guard[510:512] = b"\x55\xaa"
    return _written(disk, bytes(guard + head + entries), volumes, places, whole)


def _written(
    disk: Path, head: bytes, volumes: Sequence[Path], places: Sequence[int], sectors: int
) -> Path:
    with disk.open("wb") as file:
        file.truncate(sectors * SECTOR)
        file.write(head)
        for volume, place in zip(volumes, places, strict=True):
            file.seek(place * SECTOR)
            file.write(volume.read_bytes())
    return disk


def with_logical(disk: Path, volumes: Sequence[Path]) -> Path:
    """A disk whose partitions are all logical ones, a chain of tables inside an extended one."""
    extended, at = 2048, 2048
    lengths = [volume.stat().st_size // SECTOR for volume in volumes]
    whole = sum(lengths) + 2048 * len(volumes)
    table = bytearray(SECTOR)
    struct.pack_into("<BxxxBxxxII", table, 446, 0, 0x05, extended, whole)
    table[510:512] = b"\x55\xaa"
    with disk.open("wb") as file:
        file.truncate((extended + whole + 2048) * SECTOR)
        file.write(table)
        for number, (volume, length) in enumerate(zip(volumes, lengths, strict=True)):
            link, after = bytearray(SECTOR), at + 2048 + length
            struct.pack_into("<BxxxBxxxII", link, 446, 0, 0x83, 2048, length)
            if number + 1 < len(volumes):
                more = 2048 + lengths[number + 1]
                struct.pack_into("<BxxxBxxxII", link, 462, 0, 0x05, after - extended, more)
            link[510:512] = b"\x55\xaa"
            file.seek(at * SECTOR)
            file.write(link)
            file.seek((at + 2048) * SECTOR)
            file.write(volume.read_bytes())
            at = after
    return disk


def as_qcow2(raw: Path, image: Path, *options: str) -> Path:
    """A disk as a machine has it."""
    tool("qemu-img", "convert", "-q", "-f", "raw", "-O", "qcow2", *options, raw, image)
    return image
