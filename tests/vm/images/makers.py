"""Disk images of every kind with a known pattern, and ways to spoil them."""

from __future__ import annotations

import functools
import json
import random
import struct
import subprocess
import tempfile
from pathlib import Path

from app.vm.images.source import ImageSource

MIB = 1 << 20
DISK_BYTES = 8 * MIB

KINDS: dict[str, tuple[str, str, str]] = {
    "raw": ("img", "raw", ""),
    "qcow2": ("qcow2", "qcow2", ""),
    "qcow2 compressed": ("qcow2", "qcow2", "-c"),
    "qcow2 of version 2": ("qcow2", "qcow2", "compat=0.10"),
    "qed": ("qed", "qed", ""),
    "vmdk monolithicSparse": ("vmdk", "vmdk", "subformat=monolithicSparse"),
    "vmdk streamOptimized": ("vmdk", "vmdk", "subformat=streamOptimized"),
    "vmdk twoGbMaxExtentSparse": ("vmdk", "vmdk", "subformat=twoGbMaxExtentSparse"),
    "vmdk twoGbMaxExtentFlat": ("vmdk", "vmdk", "subformat=twoGbMaxExtentFlat"),
    "vmdk monolithicFlat": ("vmdk", "vmdk", "subformat=monolithicFlat"),
    "vdi": ("vdi", "vdi", ""),
    "vdi static": ("vdi", "vdi", "static=on"),
    "vhd dynamic": ("vhd", "vpc", "force_size=on"),
    "vhd fixed": ("vhd", "vpc", "subformat=fixed,force_size=on"),
    "vhdx": ("vhdx", "vhdx", ""),
}
"""Extension, name for `qemu-img`, and options."""
SPLIT = {name for name in KINDS if name.endswith("Flat") or "twoGb" in name}
IN_ONE_FILE = sorted(set(KINDS) - SPLIT)


@functools.cache
def pattern() -> bytes:
    """A disk with a boot sector, 2 MiB of noise in its middle, and a last sector."""
    disk = bytearray(DISK_BYTES)
    disk[510:512] = b"\x55\xaa"
    disk[MIB : 3 * MIB] = random.Random(7).randbytes(2 * MIB)
    disk[-512:] = b"last" * 128
    return bytes(disk)


def make(folder: Path, kind: str, name: str = "disk") -> Path:
    """An image of a kind, with the pattern in it."""
    extension, driver, options = KINDS[kind]
    folder.mkdir(parents=True, exist_ok=True)
    image = folder / f"{name}.{extension}"
    with tempfile.NamedTemporaryFile() as raw:
        raw.write(pattern())
        raw.flush()
        arguments = [options] if options == "-c" else ["-o", options] if options else []
        qemu_img("convert", "-f", "raw", "-O", driver, *arguments, raw.name, str(image))
    return image


@functools.cache
def made(kind: str) -> bytes:
    """The bytes of an image in one file."""
    with tempfile.TemporaryDirectory() as folder:
        return make(Path(folder), kind).read_bytes()


def qemu_img(*arguments: str) -> str:
    """Run it; what it prints."""
    done = subprocess.run(["qemu-img", *arguments], check=True, capture_output=True, text=True)
    return done.stdout


def content(source: ImageSource, folder: Path) -> bytes:
    """The disk that a converter finds in it."""
    target = folder / "content.raw"
    description = f"json:{json.dumps(source.blockdev())}"
    qemu_img("convert", "-O", "raw", description, str(target))
    return target.read_bytes()


def patched(data: bytes, at: int, layout: str, *values: int | bytes) -> bytes:
    """The same with other values at an offset; negative from its end."""
    changed = bytearray(data)
    struct.pack_into(layout, changed, at % len(data), *values)
    return bytes(changed)


def descriptor(*lines: str, parent: str = "ffffffff", kind: str = "monolithicFlat") -> str:
    """Text of a VMDK descriptor; `lines` are its extents."""
    start = ["# Disk DescriptorFile", "version=1", "CID=12345678", f"parentCID={parent}"]
    return "\n".join(
        [*start, f'createType="{kind}"', "", *lines, "", 'ddb.adapterType = "ide"', ""]
    )


def flat(name: str, sectors: int = DISK_BYTES // 512) -> str:
    """A line of a descriptor."""
    return f'RW {sectors} FLAT "{name}" 0'


def stream_with_footer() -> bytes:
    """A stream-optimised image as VMware writes it: its directory is named at its end."""
    data = made("vmdk streamOptimized")
    footer = struct.pack("<QII", 1, 0, 3).ljust(512, b"\0") + data[:512]
    return patched(data, 56, "<Q", 0xFFFF_FFFF_FFFF_FFFF) + footer + bytes(512)
