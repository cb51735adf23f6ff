"""Which firmware can start a disk, seen from its first sectors.

Source: UEFI specification 2.10, chapter 5, for the partition table's layout.
"""

from __future__ import annotations

import asyncio
import struct
from pathlib import Path
from uuid import UUID, uuid4

from app.vm.limits import MIB
from app.vm.model import Firmware
from app.vm.qemu.tool import qemu_img
from app.vm.unbroken import unbroken

_SECTOR = 512
_BOOT_CODE_BYTES = 440
_GPT = struct.Struct("<8s64xQII")  # signature, first entry's sector, number, bytes of one
_SYSTEM_PARTITION = UUID("c12a7328-f81f-11d2-ba4b-00a0c93ec93b").bytes_le
_READ_S = 60.0


def firmware_for(head: bytes) -> Firmware:
    """Firmware that can start a disk with this beginning, 34 sectors at least.

    Only a disk that has an EFI system partition and nothing for a BIOS to run needs UEFI.
    """
    if any(head[:_BOOT_CODE_BYTES]) or len(head) < 2 * _SECTOR:
        return Firmware.BIOS
    signature, first, number, size = _GPT.unpack_from(head, _SECTOR)
    if signature != b"EFI PART" or size < len(_SYSTEM_PARTITION):
        return Firmware.BIOS
    starts = range(first * _SECTOR, min(first * _SECTOR + number * size, len(head)), size)
    found = any(head[at : at + len(_SYSTEM_PARTITION)] == _SYSTEM_PARTITION for at in starts)
    return Firmware.UEFI if found else Firmware.BIOS


async def firmware_of(image: Path) -> Firmware:
    """Firmware that can start a qcow2 disk.

    Raises:
        EngineError: it cannot be read.
    """
    part = image.with_name(f".{uuid4().hex[:8]}.part")
    try:
        await qemu_img(
            "dd", "-f", "qcow2", "-O", "raw", f"bs={MIB}", "count=1",
            f"if={image}", f"of={part}",
            failure="The imported disk cannot be read.", limit_s=_READ_S,
        )  # fmt: skip
        return firmware_for(await asyncio.to_thread(part.read_bytes))
    finally:
        await unbroken(asyncio.to_thread(part.unlink, missing_ok=True))
