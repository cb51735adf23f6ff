"""A machine's disks: which there are, one more, one less.

A disk that is taken out is not deleted: its image stays in the machine's folder, and can be put
back. The file comes first, then the description names it; cut off in between, a file that nobody
names is left, which is listed as one that is kept.
"""

from __future__ import annotations

import asyncio
import logging
import re
import stat
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from app.errors import ParamError, StateError, StoreError
from app.vm.hardware import with_disk
from app.vm.limits import MIB
from app.vm.machine import Machine
from app.vm.model import MIN_DISK_MIB, Disk, HardwareRecord, VmConfig
from app.vm.qemu.disk_header import check_disk
from app.vm.qemu.image_size import virtual_size
from app.vm.qemu.images import create_disk
from app.vm.records import DiskInfo
from app.vm.store import load_config, storing
from app.vm.unbroken import unbroken
from app.vm.updating import updating

_log = logging.getLogger(__name__)

_IMAGE = re.compile(r"disk[0-9]+(-[0-9a-f]{8})?\.qcow2")
"""Names that we give to images; `app.vm.trash` knows them too."""
_BLOCK_BYTES = 512  # the unit of st_blocks, stat(2)
_NOT_ADDED = "The disk could not be added."

IsAlive = Callable[[Path], bool]


def disk_of(config: VmConfig, disk_id: str) -> Disk:
    """The disk of that id; the system disk when it is empty.

    Raises:
        ParamError: the machine has no such disk.
    """
    if not disk_id:
        return config.disks[0]
    for disk in config.disks:
        if disk.id == disk_id:
            return disk
    raise ParamError(
        f"The machine has no disk called “{disk_id}”.", remedy="Look at the list of its disks."
    )


def list_disks(config: VmConfig, folder: Path) -> tuple[DiskInfo, ...]:
    """The machine's disks in its order, then images that are only kept; blocks for a read each.

    Raises:
        OSError: the folder cannot be read.
    """
    named = [
        _look(folder / disk.file, disk_id=disk.id, system=number == 0)
        for number, disk in enumerate(config.disks)
    ]
    return (*named, *(_look(path) for path in sorted(_kept(config, folder))))


async def add_disk(machine: Machine, size_mib: int, is_alive: IsAlive) -> str:
    """Give a machine that is off a new, empty disk; failed, nothing is left.

    Args:
        machine: which.
        size_mib: as the guest sees it.
        is_alive: see `app.vm.engine.Engine`.

    Returns:
        The id of the disk.

    Raises:
        StateError: the machine is not off.
        ParamError: it has no room for another disk.
        DiskLessError: the disk of this computer is full.
        StoreError: the folder cannot be written.
        EngineError: the image could not be made.
    """
    async with updating(machine, is_alive):
        _, disk_id = with_disk(machine.config.hardware)
        async with new_image(machine.folder, disk_id, size_mib) as image:
            return await _attach(machine, image.name, size_mib)


async def put_back_disk(machine: Machine, file: str, is_alive: IsAlive) -> str:
    """Give a machine that is off a disk whose image lies in its folder already.

    Args:
        machine: which.
        file: name of the image.
        is_alive: see `app.vm.engine.Engine`.

    Returns:
        The id of the disk, which may be another one than it had.

    Raises:
        StateError: the machine is not off.
        ParamError: nothing of that name is kept, or it has no room for another disk.
        StoreError: the image cannot be used, or the description not be written.
    """
    async with updating(machine, is_alive):
        return await _attach(machine, file, await kept_mib(machine, file))


@asynccontextmanager
async def new_image(folder: Path, disk_id: str, size_mib: int) -> AsyncIterator[Path]:
    """An empty image, for the description to name inside the block; else it is removed again.

    Raises:
        DiskLessError: the disk of this computer is full.
        StoreError: the folder cannot be written.
        EngineError: the image could not be made.
    """
    image = folder / f"{disk_id}-{uuid4().hex[:8]}.qcow2"
    try:
        with storing(_NOT_ADDED):
            await create_disk(image, size_mib)
        yield image
    except BaseException:
        await unbroken(asyncio.to_thread(_forget, image))
        raise


async def kept_mib(machine: Machine, file: str) -> int:
    """Size of an image that is kept in the machine's folder and can be its disk again, MiB.

    Raises:
        ParamError: nothing of that name is kept.
        StoreError: the image cannot be used.
    """
    kept = await asyncio.to_thread(lambda: set(_kept(machine.config, machine.folder)))
    image = machine.folder / file
    if image not in kept:
        raise ParamError(
            f"The machine's folder keeps no disk called “{file}”.",
            remedy="Look at the list of its disks.",
        )
    await asyncio.to_thread(check_disk, image)
    size_mib = await asyncio.to_thread(virtual_size, image) // MIB
    if size_mib < MIN_DISK_MIB:
        raise ParamError(f"{file} is smaller than {MIN_DISK_MIB} MiB.")
    return size_mib


async def remove_disk(machine: Machine, disk_id: str, is_alive: IsAlive) -> Path:
    """Take a disk out of a machine that is off; its image stays in the folder.

    What is left stays in its slots, and so does a controller that the disk brought along.

    Args:
        machine: which.
        disk_id: any but the system disk.
        is_alive: see `app.vm.engine.Engine`.

    Returns:
        Where the image is.

    Raises:
        StateError: the machine is not off, or its snapshots need the disk.
        ParamError: it has no such disk, or it is the system disk.
        StoreError: the description cannot be written.
        EngineError: the image cannot be read.
    """
    async with updating(machine, is_alive):
        disk = disk_of(machine.config, disk_id)
        if disk == machine.config.disks[0]:
            raise ParamError(
                "The system disk cannot be taken out.",
                remedy="Import another image into the machine to exchange it.",
            )
        image = machine.folder / disk.file
        if await _has_snapshots(image):
            raise StateError(
                "The machine's snapshots need this disk.",
                remedy="Delete the snapshots first, or leave the disk in the machine.",
            )
        await _save(machine, lambda config: _without(config, disk_id))
        _log.info("%s: %s is taken out and kept: %s", machine.name, disk_id, image)
        return image


async def _has_snapshots(image: Path) -> bool:
    # It brings in the formats of other programs, which nobody needs before.
    from app.vm.images.exporting import snapshots_in, source_of  # noqa: PLC0415

    try:
        await asyncio.to_thread(check_disk, image)
        source = await asyncio.to_thread(source_of, image)
    except StoreError as err:  # What is damaged can be taken out; it is kept as it is.
        _log.info("%s: %s", image.name, err)
        return False
    return bool(await snapshots_in(source))


async def _attach(machine: Machine, file: str, size_mib: int) -> str:
    hardware, disk_id = with_disk(machine.config.hardware)
    disk = Disk(id=disk_id, file=file, size_mib=size_mib)
    await _save(
        machine, lambda config: replace(config, hardware=hardware, disks=(*config.disks, disk))
    )
    return disk_id


async def _save(machine: Machine, change: Callable[[VmConfig], VmConfig]) -> None:
    async with machine.editing:
        await unbroken(machine.save(change(machine.config)))
    machine.tell_changed()


def _without(config: VmConfig, disk_id: str) -> VmConfig:
    hardware: HardwareRecord = replace(
        config.hardware,
        devices=tuple(device for device in config.hardware.devices if device.id != disk_id),
    )
    left = tuple(disk for disk in config.disks if disk.id != disk_id)
    return replace(config, hardware=hardware, disks=left)


def _kept(config: VmConfig, folder: Path) -> Iterator[Path]:
    """Images of ours in the folder that the description does not name."""
    named = {disk.file for disk in config.disks}
    for path in folder.iterdir():
        is_image = _IMAGE.fullmatch(path.name) is not None and path.name not in named
        if is_image and stat.S_ISREG(path.lstat().st_mode):
            yield path


def _look(path: Path, *, disk_id: str = "", system: bool = False) -> DiskInfo:
    try:
        file_bytes = path.lstat().st_blocks * _BLOCK_BYTES
        size_mib = virtual_size(path) // MIB
    except (OSError, StoreError) as err:  # The one that is damaged must not hide the others.
        _log.info("%s: %s", path.name, err)
        file_bytes = size_mib = 0
    return DiskInfo(
        disk_id=disk_id,
        file=path.name,
        path=path,
        size_mib=size_mib,
        file_bytes=file_bytes,
        system=system,
    )


def _forget(image: Path) -> None:
    """Remove a new disk unless the machine's description has come to name it; blocks."""
    try:
        if image.name not in {disk.file for disk in load_config(image.parent).disks}:
            image.unlink(missing_ok=True)
            image.with_name(image.name + ".part").unlink(missing_ok=True)
    except (OSError, StoreError) as err:
        _log.warning("%s cannot be removed: %s", image, err)
