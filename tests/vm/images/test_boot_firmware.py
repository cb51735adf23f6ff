"""Which firmware can start a disk, by its first sectors."""

from __future__ import annotations

import struct
from pathlib import Path
from uuid import UUID

import pytest

from app.errors import EngineError
from app.vm.images.boot_firmware import firmware_for, firmware_of
from app.vm.model import Firmware
from tests.vm.disks import MIB, files_in, run

ESP = UUID("c12a7328-f81f-11d2-ba4b-00a0c93ec93b").bytes_le


def a_head(boot: bytes = b"", kind: bytes = ESP) -> bytes:
    """The beginning of a disk with a partition table that has one entry."""
    table = struct.pack("<8s64xQII", b"EFI PART", 2, 128, 128)
    return boot.ljust(512, b"\0") + table.ljust(512, b"\0") + kind.ljust(32 * 512, b"\0")


def test_only_a_disk_that_no_bios_can_start_gets_uefi() -> None:
    assert firmware_for(a_head()) is Firmware.UEFI
    assert firmware_for(a_head(boot=b"\xeb")) is Firmware.BIOS
    assert firmware_for(a_head(kind=b"other")) is Firmware.BIOS
    assert firmware_for(bytes(MIB)) is Firmware.BIOS
    assert firmware_for(b"") is Firmware.BIOS


async def test_the_disk_in_an_image_is_looked_at(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.write_bytes(a_head().ljust(16 * MIB, b"\0"))
    run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, tmp_path / "d.qcow2")
    assert await firmware_of(tmp_path / "d.qcow2") is Firmware.UEFI
    with pytest.raises(EngineError, match="cannot be read"):
        await firmware_of(raw)
    assert files_in(tmp_path) == {"raw", "d.qcow2"}
