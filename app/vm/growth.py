"""Disks that grow, with their machine off or running; none ever shrinks.

First the image grows, then the description says so. Cut off in between, the image is right, and
the next manager takes the size from there (`app.vm.qemu.image_size`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.errors import AppError, DiskLessError, ParamError
from app.vm.api.disks import LARGEST_DISK_MIB
from app.vm.disks import disk_of
from app.vm.limits import MIB, in_gib
from app.vm.machine import Machine
from app.vm.model import VmConfig
from app.vm.qemu.image_size import virtual_size
from app.vm.qemu.tool import qemu_img
from app.vm.state import VmState
from app.vm.unbroken import unbroken
from app.vm.updating import updating

LIVE = frozenset({VmState.RUNNING, VmState.VIEWING, VmState.PAUSED})
"""States in which the engine itself changes or copies a disk."""
_RESIZE_S = 60.0


async def present_bytes(machine: Machine, disk_id: str = "") -> int:
    """Size of a disk as the guest sees it now, bytes: the engine's word or the image's.

    Args:
        machine: which.
        disk_id: which of its disks; empty for the system disk.

    Raises:
        ParamError: it has no such disk.
        StoreError: the image cannot be read.
        ConnectionLostError: the engine does not answer.
    """
    disk = disk_of(machine.config, disk_id)
    if machine.running is not None:
        return await machine.running.disk_bytes(disk.id)
    return await asyncio.to_thread(virtual_size, machine.folder / disk.file)


async def check_growth(machine: Machine, size_mib: int, free_mib: int, disk_id: str = "") -> bool:
    """Whether a disk has to grow to have `size_mib` MiB.

    Args:
        machine: which.
        size_mib: wished size.
        free_mib: free space where the machines are kept.
        disk_id: which of its disks; empty for the system disk.

    Raises:
        ParamError: there is no such disk, it is larger already, or nothing can be so large.
        DiskLessError: what is new could outgrow the free space.
    """
    if size_mib > LARGEST_DISK_MIB:
        raise ParamError(
            f"A disk can have at most {in_gib(LARGEST_DISK_MIB)}.",
            remedy="Choose a smaller size.",
        )
    present_mib, rest = divmod(await present_bytes(machine, disk_id), MIB)
    if size_mib == present_mib:
        return False
    if size_mib < present_mib:
        raise ParamError(
            f"The disk has {in_gib(present_mib)} already; disks only grow.",
            remedy=f"Choose {present_mib} MiB or more.",
        )
    growth_mib = size_mib - present_mib - (1 if rest else 0)
    if growth_mib > free_mib:
        raise DiskLessError(
            f"Not enough disk space in the machines folder: the disk may grow by "
            f"{in_gib(growth_mib)}, {in_gib(free_mib)} are free.",
            remedy="Choose a smaller size, or make room.",
        )
    return True


async def grow(
    machine: Machine,
    size_mib: int,
    free_mib: int,
    is_alive: Callable[[Path], bool],
    disk_id: str = "",
) -> None:
    """Let a disk grow to `size_mib` MiB; returns when the guest and the file have it.

    Args:
        machine: off, or running.
        size_mib: wished size.
        free_mib: free space where the machines are kept.
        is_alive: see `app.vm.engine.Engine`.
        disk_id: which of its disks; empty for the system disk.

    Raises:
        AppError: see `check_growth`; or it could not be done, and the disk is as it was.
        StateError: it is neither off nor running, or its disk is busy.
        StoreError: it has grown, but that cannot be written down.
    """
    if machine.state in LIVE:
        async with machine.editing:
            running = machine.live()
            disk = disk_of(machine.config, disk_id)
            if await check_growth(machine, size_mib, free_mib, disk_id):
                await unbroken(running.grow_disk(disk.id, size_mib * MIB))
            await unbroken(_note(machine, disk.id, size_mib))
        return
    async with updating(machine, is_alive):
        disk = disk_of(machine.config, disk_id)
        if await check_growth(machine, size_mib, free_mib, disk_id):
            image = machine.folder / disk.file
            await qemu_img(
                "resize", "-q", "-f", "qcow2", str(image), str(size_mib * MIB),
                failure="The disk could not grow.", limit_s=_RESIZE_S,
            )  # fmt: skip
        async with machine.editing:
            await unbroken(_note(machine, disk.id, size_mib))


async def _note(machine: Machine, disk_id: str, size_mib: int) -> None:
    """Write the new size down; the caller holds `editing`. What is true is told in any case."""
    changed = _with_size(machine.config, disk_id, size_mib)
    try:
        if changed != machine.config:
            await machine.save(changed)
    except AppError:
        machine.config = changed
        raise
    finally:
        if machine.run_config is not None:
            machine.run_config = _with_size(machine.run_config, disk_id, size_mib)
        machine.tell_changed()


def _with_size(config: VmConfig, disk_id: str, size_mib: int) -> VmConfig:
    disks = tuple(
        replace(disk, size_mib=size_mib) if disk.id == disk_id else disk for disk in config.disks
    )
    return replace(config, disks=disks)
