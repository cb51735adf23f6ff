"""A second machine like the first: the same disks, another identity.

The copy gets an id and network cards of its own. Snapshots stay with the original.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from app.errors import StoreError
from app.vm.hardware import new_mac
from app.vm.images.exporting import (
    ExportFormat,
    ExportPlan,
    check_room,
    needed_bytes,
    snapshots_in,
    source_of,
    taken_up,
    write_image,
)
from app.vm.images.file_copy import can_clone, copy_file, told_from_thread
from app.vm.model import DeviceKind, VmConfig
from app.vm.store import FIRMWARE_FILE, VARIABLES_FILE, Library
from app.vm.unbroken import unbroken

Tell = Callable[[float], None]


def duplicate_config(config: VmConfig, vm_id: UUID, name: str) -> VmConfig:
    """The description of the copy: what the guest could be told apart by is new."""
    devices = tuple(
        replace(device, mac=new_mac()) if device.kind is DeviceKind.NETWORK else device
        for device in config.hardware.devices
    )
    return replace(
        config,
        id=vm_id,
        name=name,
        hardware=replace(config.hardware, devices=devices),
        created_ms=time.time_ns() // 1_000_000,
        last_started_ms=0,
    )


async def duplicate_files(
    library: Library, folder: Path, config: VmConfig, on_progress: Tell
) -> Path:
    """Copy a machine's files to where nobody sees them; `Library.finish` lets the copy appear.

    Args:
        library: where.
        folder: of the original, which nobody changes meanwhile.
        config: of the copy; its disks are called as the original's.
        on_progress: told fractions of 1.

    Returns:
        The folder. Failed or cancelled, nothing is left.

    Raises:
        DiskLessError: the copy does not fit.
        StoreError: a disk cannot be read.
        EngineError: a disk could not be copied.
        OSError: a file cannot be read or written.
    """
    building = library.building(config.id)
    try:
        await unbroken(asyncio.to_thread(library.begin, config.id))
        for number, disk in enumerate(config.disks):

            def tell(fraction: float, number: int = number) -> None:
                on_progress((number + fraction) / len(config.disks))

            await _copy_disk(folder / disk.file, building / disk.file, tell)
        for name in (VARIABLES_FILE, FIRMWARE_FILE):
            await _copy_if_there(folder / name, building / name)
    except BaseException:
        await unbroken(asyncio.to_thread(library.discard, building))
        raise
    return building


async def _copy_disk(image: Path, copy: Path, tell: Tell) -> None:
    source = await asyncio.to_thread(source_of, image)
    if await snapshots_in(source):
        await asyncio.to_thread(check_room, copy.parent, await needed_bytes(source))
        plan = ExportPlan(target=copy, format=ExportFormat.QCOW2)
        await write_image(source, copy, plan, tell)
        await asyncio.to_thread(copy.chmod, 0o600)
        return
    if not await asyncio.to_thread(can_clone, image, copy.parent):
        await asyncio.to_thread(lambda: check_room(copy.parent, taken_up(image)))
    await told_from_thread(lambda told, stop: copy_file(image, copy, told, stop), tell)


async def _copy_if_there(original: Path, copy: Path) -> None:
    try:
        await told_from_thread(lambda told, stop: copy_file(original, copy, told, stop), _nobody)
    except FileNotFoundError:
        return
    except IsADirectoryError as err:
        raise StoreError(f"{original.name} is not a file.", detail=str(err)) from err


def _nobody(_: float) -> None:
    """Small files are told of by nobody."""
