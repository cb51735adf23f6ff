"""The size of a disk, read from its image, goes before what a description says."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import StoreError
from app.vm.qemu.image_size import parse_virtual_size, virtual_size, with_real_sizes
from app.vm.qemu.images import create_disk
from tests.vm.disks import MIB
from tests.vm.makers import a_config


async def test_an_image_says_its_size(tmp_path: Path) -> None:
    await create_disk(tmp_path / "disk.qcow2", 48)
    assert virtual_size(tmp_path / "disk.qcow2") == 48 * MIB


def test_a_link_is_no_image(tmp_path: Path) -> None:
    (tmp_path / "disk.qcow2").symlink_to(tmp_path / "other")
    with pytest.raises(StoreError):
        virtual_size(tmp_path / "disk.qcow2")


@pytest.mark.parametrize("header", [b"", b"QFI\xfb", b"\0" * 32, b"QFI\xfb" + b"\0" * 28])
def test_what_is_no_image_has_no_size(header: bytes, tmp_path: Path) -> None:
    image = tmp_path / "disk.qcow2"
    image.write_bytes(header)
    with pytest.raises(StoreError):
        virtual_size(image)


def test_the_header_says_the_size() -> None:
    header = struct.pack(">4sIQIIQ", b"QFI\xfb", 3, 0, 0, 16, 7 * MIB + 512)
    assert parse_virtual_size(header) == 7 * MIB + 512


def test_a_size_between_two_mebibytes_contradicts_neither(tmp_path: Path) -> None:
    config = a_config()
    image = tmp_path / config.disks[0].file
    for size, told_mib in ((17 * MIB - 512, 16), (17 * MIB - 512, 17), (16 * MIB, 16)):
        image.write_bytes(struct.pack(">4sIQIIQ", b"QFI\xfb", 3, 0, 0, 16, size))
        disks = (replace(config.disks[0], size_mib=told_mib),)
        described = replace(config, disks=disks)
        assert with_real_sizes(described, tmp_path) is described


def test_a_disk_too_small_for_a_description_leaves_it_as_it_is(tmp_path: Path) -> None:
    config = a_config()
    header = struct.pack(">4sIQIIQ", b"QFI\xfb", 3, 0, 0, 16, 1 * MIB)
    (tmp_path / config.disks[0].file).write_bytes(header)
    assert with_real_sizes(config, tmp_path) == config
