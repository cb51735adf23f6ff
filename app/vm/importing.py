"""A disk image from elsewhere becomes a machine, or the disk of one.

Only what was looked through and stands alone is read (`app.vm.images.inspection`); the source is
never written. Source of the partition table's layout: UEFI specification 2.10, chapter 5.
"""

from __future__ import annotations

import asyncio
import logging
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID, uuid4

from app.errors import DiskLessError, NotSupportedError, ParamError, StoreError
from app.vm.api.disks import LARGEST_DISK_MIB
from app.vm.events import Published, VmCreated
from app.vm.images.copying import FAILURE, Wish, bring_in
from app.vm.images.inspection import inspect_image
from app.vm.images.packed import unpack, unpacked_name
from app.vm.images.placing import identity_of
from app.vm.images.source import ImageSource
from app.vm.limits import MIB, HostSize, in_gib
from app.vm.machine import Machine
from app.vm.making import new_config
from app.vm.model import MIN_DISK_MIB, MIN_MEMORY_MIB, CfgInfo, Firmware, VmConfig
from app.vm.qemu.facts import engine_facts
from app.vm.qemu.firmware import find_uefi, make_variable_store
from app.vm.qemu.tool import qemu_img
from app.vm.real_path import Identity
from app.vm.records import MigrationOptions, TaskPhase
from app.vm.registry import Registry
from app.vm.state import Trigger, VmState
from app.vm.store import Library, load_config, storing
from app.vm.tasks import Task
from app.vm.unbroken import unbroken
from app.vm.updating import updating

_log = logging.getLogger(__name__)

_CPUS, _MEMORY_MIB = 2, 2048
_SMALL_S = 60.0  # for work whose length does not follow the image
_UNPACKING = 0.5  # of the whole way, for an image that is packed
_ARCHIVES = frozenset({".ova", ".ovf"})
_SECTOR = 512
_BOOT_CODE_BYTES = 440
_GPT = struct.Struct("<8s64xQII")  # signature, first entry's sector, number, bytes of one
_SYSTEM_PARTITION = UUID("c12a7328-f81f-11d2-ba4b-00a0c93ec93b").bytes_le


def check_options(options: MigrationOptions, path: Path) -> None:
    """Refuse what can be refused before the image is looked at.

    Raises:
        ParamError: no disk can have that size, or wishes exclude each other.
        NotSupportedError: the file is an archive.
    """
    if not 0 <= options.disk_size <= LARGEST_DISK_MIB:
        raise ParamError(
            f"A disk can have at most {in_gib(LARGEST_DISK_MIB)}.",
            remedy="Choose another size, or none for that of the image.",
        )
    if options.is_keep_snapshots and options.snapshot_time:
        raise ParamError(
            "An image that keeps its snapshots is taken as it is now.",
            remedy="Import it without a time, or without its snapshots.",
        )
    if path.suffix.casefold() in _ARCHIVES:
        raise NotSupportedError(
            "Archives with whole machines cannot be imported in this version yet.",
            remedy="Unpack it with tar, then import the disk image that is inside.",
        )


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


@dataclass(frozen=True)
class Import:
    """One import.

    Attributes:
        library: where machines are.
        registry: which there are.
        is_alive: see `app.vm.engine.Engine`.
        publish: told of a new machine.
        host_size: what this computer has now.
        path: of the image, checked.
        options: what of it.
    """

    library: Library
    registry: Registry
    is_alive: Callable[[Path], bool]
    publish: Callable[[Published], None]
    host_size: Callable[[], HostSize]
    path: Path
    options: MigrationOptions

    async def make(self, vm_id: UUID, vm_name: str, task: Task) -> None:
        """Make a machine from the image. Failed or cancelled, nothing is left.

        Raises:
            AppError: the name is taken, or see `bring_in` and `inspect_image`.
        """
        with self.registry.reserved(vm_name) as name:
            config = await self._config(vm_id, name, Firmware.BIOS, MIN_DISK_MIB)
            machine = Machine(config, Path(), self.publish, state=VmState.UPDATE)
            self.registry.enlist(machine)
            building = self.library.building(vm_id)
            try:
                with storing(FAILURE):
                    await self._build(machine, building, task)
                    task.enter(TaskPhase.FINISHING)
                    await unbroken(self._appear(machine, building))
            finally:
                if machine.state is VmState.UPDATE:
                    self.registry.remove(machine)
                    await unbroken(asyncio.to_thread(self.library.discard, building))

    async def replace_disk(self, machine: Machine, task: Task) -> None:
        """Give a machine that is off the image as its system disk; the old file is kept.

        Raises:
            StateError: it is not off.
            AppError: see `bring_in` and `inspect_image`; the machine is as it was.
        """
        async with updating(machine, self.is_alive):
            old = machine.config.disks[0]
            target = machine.folder / f"disk0-{uuid4().hex[:8]}.qcow2"
            try:
                with storing(FAILURE):
                    size_mib = await self._bring(target, task)
                task.enter(TaskPhase.FINISHING)
                disk = replace(old, file=target.name, size_mib=size_mib)
                async with machine.editing:
                    disks = (disk, *machine.config.disks[1:])
                    await unbroken(machine.save(replace(machine.config, disks=disks)))
            except BaseException:
                await unbroken(asyncio.to_thread(_forget, target))
                raise
            _log.info("%s: its former disk is kept: %s", machine.name, machine.folder / old.file)
            machine.tell_changed()

    async def _build(self, machine: Machine, building: Path, task: Task) -> None:
        await unbroken(asyncio.to_thread(self.library.begin, machine.config.id))
        image = building / machine.config.disks[0].file
        size_mib = await self._bring(image, task)
        firmware = firmware_for(await _head(image))
        config = machine.config
        machine.config = await self._config(config.id, config.name, firmware, size_mib)
        if firmware is Firmware.UEFI:
            machine_type = machine.config.hardware.machine_type
            files = await asyncio.to_thread(find_uefi, machine_type)
            await unbroken(asyncio.to_thread(make_variable_store, files, building))

    async def _appear(self, machine: Machine, building: Path) -> None:
        machine.folder = await asyncio.to_thread(self.library.finish, building, machine.config)
        self.publish(VmCreated(vm_id=machine.config.id, vm_name=machine.name))
        machine.apply(Trigger.IMPORTED)

    async def _config(self, vm_id: UUID, name: str, firmware: Firmware, size_mib: int) -> VmConfig:
        host = self.host_size()
        cfg = CfgInfo(
            cpu_num=min(_CPUS, host.cpus),
            memory_size=max(MIN_MEMORY_MIB, min(_MEMORY_MIB, host.memory_total_mib // 2)),
            disk_size=size_mib,
            bios_path=firmware.value,
        )
        return new_config(vm_id, name, cfg, await engine_facts(), disc=None)

    async def _bring(self, target: Path, task: Task) -> int:
        """Make `target` from the image; its size, MiB."""
        share = _UNPACKING if unpacked_name(self.path.name) else 0.0
        async with self._plain(target, lambda done: task.report(done * share)) as (path, before):
            source = await inspect_image(path)
            size_mib = self._wished_mib(source)
            wish = Wish(
                keep_snapshots=self.options.is_keep_snapshots,
                snapshot_time_ms=self.options.snapshot_time,
            )
            await bring_in(
                source, target, wish, before, lambda done: task.report(share + done * (1 - share))
            )
        await _grow(target, size_mib)
        return size_mib

    @asynccontextmanager
    async def _plain(
        self, target: Path, on_progress: Callable[[float], None]
    ) -> AsyncIterator[tuple[Path, Identity]]:
        """The image unpacked, for the time of the block, and which file that is."""
        inside = unpacked_name(self.path.name)
        if not inside:
            yield self.path, await asyncio.to_thread(identity_of, self.path)
            return
        # The ending stays: it tells what an image without a signature is.
        path = target.with_name(f".{uuid4().hex[:8]}.part{Path(inside).suffix}")
        try:
            await unpack(self.path, path, on_progress)
            yield path, await asyncio.to_thread(identity_of, path)
        finally:
            await unbroken(asyncio.to_thread(path.unlink, missing_ok=True))

    def _wished_mib(self, source: ImageSource) -> int:
        present_mib = max(MIN_DISK_MIB, -(-source.virtual_bytes // MIB))
        wished_mib = self.options.disk_size or present_mib
        if wished_mib < present_mib:
            raise ParamError(
                f"The image has {in_gib(present_mib)}; disks only grow.",
                remedy=f"Choose {present_mib} MiB or more.",
            )
        free_mib = self.host_size().free_disk_mib
        if wished_mib - present_mib > free_mib:
            raise DiskLessError(
                f"Not enough disk space in the machines folder: the disk may grow by "
                f"{in_gib(wished_mib - present_mib)}, {in_gib(free_mib)} are free.",
                remedy="Choose a smaller size, or make room.",
            )
        return wished_mib


def _forget(image: Path) -> None:
    """Remove a disk unless the machine's description has come to name it; blocks."""
    try:
        if image.name not in {disk.file for disk in load_config(image.parent).disks}:
            image.unlink(missing_ok=True)
    except (OSError, StoreError) as err:
        _log.warning("%s cannot be removed: %s", image, err)


async def _grow(image: Path, size_mib: int) -> None:
    # Most images have that size: qemu-img then leaves them as they are.
    await qemu_img(
        "resize", "-q", "-f", "qcow2", str(image), str(size_mib * MIB),
        failure="The imported disk could not grow.", limit_s=_SMALL_S,
    )  # fmt: skip


async def _head(image: Path) -> bytes:
    """The first MiB of a disk, as the guest sees it."""
    part = image.with_name(f".{uuid4().hex[:8]}.part")
    try:
        await qemu_img(
            "dd", "-f", "qcow2", "-O", "raw", f"bs={MIB}", "count=1",
            f"if={image}", f"of={part}",
            failure="The imported disk cannot be read.", limit_s=_SMALL_S,
        )  # fmt: skip
        return await asyncio.to_thread(part.read_bytes)
    finally:
        await unbroken(asyncio.to_thread(part.unlink, missing_ok=True))
