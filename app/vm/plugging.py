"""One more disk for a machine that runs.

The description names the disk before the guest gets it, and in the same place. Cut off in between,
the machine runs on without it and has it at the next start; whoever adopts the run meanwhile asks
the engine which disks are there (`app.vm.machine.Machine.adopt`).
"""

from __future__ import annotations

import logging
from dataclasses import replace

from app.errors import AppError, ConnectionLostError, StateError
from app.vm.disks import kept_mib, new_image
from app.vm.growth import LIVE
from app.vm.hardware import with_plugged_disk
from app.vm.machine import Machine
from app.vm.model import Device, Disk
from app.vm.unbroken import unbroken

_log = logging.getLogger(__name__)


async def plug_new_disk(machine: Machine, size_mib: int) -> str:
    """Give a running machine a new, empty disk; refused, nothing is left.

    Args:
        machine: running or paused.
        size_mib: as the guest sees it.

    Returns:
        The id of the disk.

    Raises:
        StateError: it is just changing its state, or cannot be given a disk while it runs.
        ParamError: it has no room for another disk.
        DiskLessError: the disk of this computer is full.
        StoreError: the folder cannot be written.
        EngineError: the image could not be made, or the engine refused.
        ConnectionLostError: the engine does not answer; the disk stays in the description.
    """
    async with machine.editing:
        _check_live(machine)
        _, disk_id = with_plugged_disk(machine.config.hardware)
        async with new_image(machine.folder, disk_id, size_mib) as image:
            return await unbroken(_plug(machine, image.name, size_mib))


async def plug_kept_disk(machine: Machine, file: str) -> str:
    """Give a running machine a disk whose image lies in its folder already.

    Args:
        machine: running or paused.
        file: name of the image.

    Returns:
        The id of the disk, which may be another one than it had.

    Raises:
        ParamError: nothing of that name is kept, or it has no room for another disk.
        AppError: see `plug_new_disk`.
    """
    async with machine.editing:
        _check_live(machine)
        with_plugged_disk(machine.config.hardware)
        size_mib = await kept_mib(machine, file)
        return await unbroken(_plug(machine, file, size_mib))


def _check_live(machine: Machine) -> None:
    if machine.state not in LIVE:
        raise StateError("The machine is just changing its state.", remedy="Try again in a moment.")


async def _plug(machine: Machine, file: str, size_mib: int) -> str:
    """The caller holds `editing`: no snapshot begins before the run's hardware is noted."""
    running = machine.live()
    before = machine.config
    hardware, disk_id = with_plugged_disk(before.hardware)
    disk = Disk(id=disk_id, file=file, size_mib=size_mib)
    after = replace(before, hardware=hardware, disks=(*before.disks, disk))
    await machine.save(after)
    try:
        await running.plug_disk(after, disk_id)
    except ConnectionLostError:
        # Taken for there: a snapshot is refused when it is not, and would be torn otherwise.
        _note(machine, disk, hardware.device(disk_id))
        raise
    except AppError:
        try:
            await machine.save(before)
        except AppError as err:  # Then the machine has it from the next start on.
            _log.warning("%s: %s stays in the description: %s", machine.name, disk_id, err)
            machine.tell_changed()
        raise
    _note(machine, disk, hardware.device(disk_id))
    _log.info("%s: %s is plugged in: %s", machine.name, disk_id, file)
    return disk_id


def _note(machine: Machine, disk: Disk, device: Device) -> None:
    run = machine.run_config
    if run is not None:
        hardware = replace(run.hardware, devices=(*run.hardware.devices, device))
        machine.run_config = replace(run, hardware=hardware, disks=(*run.disks, disk))
    machine.tell_changed()
