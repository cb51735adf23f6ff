"""A whole machine from an archive: its description becomes ours, its disks are read in place.

What is more than this computer has is taken down to what it has: a machine from a larger computer
shall run here too. What no machine can have is refused before, by the parser of the description.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID, uuid4

from app.errors import NotSupportedError
from app.vm.document_paths import shown
from app.vm.hardware import SYSTEM_DISK, with_disk
from app.vm.images.archive import (
    Archive,
    Place,
    check_manifest,
    check_same,
    open_archive,
    place_of,
)
from app.vm.images.boot_firmware import firmware_of
from app.vm.images.bounds import damaged
from app.vm.images.copying import Wish, bring_in, grow_image, grown_mib
from app.vm.images.file_copy import Tell, told_from_thread
from app.vm.images.inspection import inspect_image
from app.vm.images.ovf import OvfDisk, OvfMachine
from app.vm.images.packed import unpack_part
from app.vm.images.placing import identity_of
from app.vm.images.source import Window
from app.vm.limits import MIB, HostSize, check_new_disk
from app.vm.making import new_config
from app.vm.model import (
    MIN_DISK_MIB,
    MIN_MEMORY_MIB,
    CfgInfo,
    Chipset,
    Disk,
    DiskBus,
    Firmware,
    NetModel,
    Profile,
    VmConfig,
)
from app.vm.off_loop import ask
from app.vm.qemu.facts import engine_facts
from app.vm.qemu.images import create_disk
from app.vm.tasks import Task
from app.vm.unbroken import unbroken

_log = logging.getLogger(__name__)

_CPUS, _MEMORY_MIB = 2, 2048
_CHECKED = 0.3  # of the whole way, for an archive with a manifest
_UNPACKED = 0.5  # of a disk's way
_LARGER_BYTES = 64 * MIB
"""Some programs round a disk up to whole cylinders, or write tables around it."""


@dataclass(frozen=True)
class ArchiveImport:
    """One import of a machine.

    Attributes:
        path: of the archive or the description, checked.
        host_size: what this computer has now.
    """

    path: Path
    host_size: Callable[[], HostSize]

    async def build(self, vm_id: UUID, name: str, building: Path, task: Task) -> VmConfig:
        """Make the machine's disks in a folder that is there; its description.

        Args:
            vm_id: of the machine.
            name: of the machine, reserved.
            building: where its files go; the caller removes it when this fails.
            task: told how far it is.

        Raises:
            MediaError: the archive or an image in it is refused.
            DiskLessError: there is too little room.
            AppError: see `bring_in`.
        """
        archive = await ask(self.path, open_archive, self.path)
        places = [
            place_of(archive, disk.file) if disk.file else None for disk in archive.machine.disks
        ]
        await task.note_sources([place.path for place in places if place is not None])
        for disk, place in zip(archive.machine.disks, places, strict=True):
            if place is not None and disk.file is not None and not disk.file.packed:
                await inspect_image(place.path, window=place.window)
        share = _CHECKED if archive.digests else 0.0
        await told_from_thread(
            lambda tell, stop: check_manifest(archive, tell, stop),
            lambda done: task.report(done * share),
        )
        disks = []
        for number, (disk, place) in enumerate(zip(archive.machine.disks, places, strict=True)):
            tell = _part(task.report, share, number, len(places))
            target = building / f"disk{number}.qcow2"
            size_mib = await self._disk(disk, place, target, tell)
            disks.append(Disk(id=f"disk{number}", file=target.name, size_mib=size_mib))
        await asyncio.to_thread(check_same, archive)
        firmware = archive.machine.firmware or await firmware_of(building / disks[0].file)
        return await self._config(vm_id, name, archive, firmware, disks)

    async def _disk(
        self, disk: OvfDisk, place: Place | None, target: Path, on_progress: Tell
    ) -> int:
        """Make one disk; its size, MiB."""
        if place is None:
            size_mib = max(MIN_DISK_MIB, -(-disk.capacity_bytes // MIB))
            check_new_disk(size_mib, self.host_size())
            await create_disk(target, size_mib)
            return size_mib
        async with _plain(disk, place, target, on_progress) as (path, window, tell):
            inspected = await asyncio.to_thread(identity_of, path)
            source = await inspect_image(path, window=window)
            capacity = disk.capacity_bytes
            if capacity and source.virtual_bytes > capacity + _LARGER_BYTES:
                raise damaged(
                    shown(self.path.name), "a disk in it is larger than its description says"
                )
            wished = max(capacity, source.virtual_bytes, MIN_DISK_MIB * MIB)
            size_mib = grown_mib(source, -(-wished // MIB), self.host_size())
            await bring_in(source, target, Wish(), inspected, tell)
        await grow_image(target, size_mib)
        return size_mib

    async def _config(
        self, vm_id: UUID, name: str, archive: Archive, firmware: Firmware, disks: list[Disk]
    ) -> VmConfig:
        machine = archive.machine
        host = self.host_size()
        cfg = CfgInfo(
            cpu_num=_cpus(machine.cpus, host, name),
            memory_size=_memory_mib(machine.memory_bytes, host, name),
            disk_size=disks[0].size_mib,
            bios_path=firmware.value,
            system=_system(machine),
            profile=_profile(machine),
        )
        config = new_config(vm_id, name, cfg, await engine_facts(), disc=None)
        hardware, named = config.hardware, [replace(disks[0], id=SYSTEM_DISK)]
        for disk, bus in zip(disks[1:], _buses(machine)[1:], strict=True):
            hardware, disk_id = with_disk(hardware, bus)
            named.append(replace(disk, id=disk_id))
        return replace(config, hardware=hardware, disks=tuple(named))


@asynccontextmanager
async def _plain(
    disk: OvfDisk, place: Place, target: Path, on_progress: Tell
) -> AsyncIterator[tuple[Path, Window, Tell]]:
    """Where the image is, unpacked for the time of the block, and what to tell of the rest."""
    if disk.file is None or not disk.file.packed:
        yield place.path, place.window, on_progress
        return
    if not disk.capacity_bytes:
        raise NotSupportedError(
            "A packed disk whose size is not told cannot be imported.",
            remedy="Export the machine again without packing its disks.",
        )
    part = target.with_name(f".{uuid4().hex[:8]}.part")
    most = disk.capacity_bytes + disk.capacity_bytes // 16 + _LARGER_BYTES
    try:
        await unpack_part(
            place.path, place.window, part, lambda done: on_progress(done * _UNPACKED),
            most_bytes=most,
        )  # fmt: skip
        size = (await asyncio.to_thread(part.stat)).st_size
        rest = 1 - _UNPACKED
        yield part, Window(0, size), lambda done: on_progress(_UNPACKED + done * rest)
    finally:
        await unbroken(asyncio.to_thread(part.unlink, missing_ok=True))


def _part(tell: Tell, start: float, number: int, of: int) -> Tell:
    """Tell a disk's way as a part of the whole."""
    return lambda done: tell(start + (1 - start) * (number + done) / of)


def _cpus(wanted: int | None, host: HostSize, name: str) -> int:
    if wanted is None:
        return min(_CPUS, host.cpus)
    if wanted > host.cpus:
        _log.info("%s: has %d processors here, not %d", name, host.cpus, wanted)
    return min(wanted, host.cpus)


def _memory_mib(wanted_bytes: int | None, host: HostSize, name: str) -> int:
    half = max(MIN_MEMORY_MIB, host.memory_total_mib // 2)
    if wanted_bytes is None:
        return min(_MEMORY_MIB, half)
    wanted = max(MIN_MEMORY_MIB, wanted_bytes // MIB)
    if wanted > host.memory_total_mib:
        _log.info("%s: has %d MiB of memory here, not %d", name, half, wanted)
        return half
    return wanted


def _system(machine: OvfMachine) -> str:
    from app.vm.media.catalogue import find_system  # noqa: PLC0415 - not for other imports

    return next((name for name in machine.systems if find_system(name).id == name), "unknown")


def _profile(machine: OvfMachine) -> Profile:
    """Devices like those that the guest had; what is not told is what most guests can use."""
    from app.vm.media.catalogue import profile_of  # noqa: PLC0415 - not for other imports

    if machine.hint is not None:
        return machine.hint.profile
    bus = machine.disks[0].bus or DiskBus.SATA
    return Profile(
        chipset=Chipset.I440FX if bus is DiskBus.IDE else Chipset.Q35,
        disk_bus=bus,
        net_model=machine.net_model or NetModel.E1000E,
        local_clock=profile_of(_system(machine)).local_clock,
    )


def _buses(machine: OvfMachine) -> tuple[DiskBus | None, ...]:
    if machine.hint is not None:
        return machine.hint.buses
    return tuple(disk.bus for disk in machine.disks)
