"""A disk image from elsewhere becomes a machine, or the disk of one.

Only what was looked through and stands alone is read (`app.vm.images.inspection`); the source is
never written. Archives with whole machines are in `app.vm.importing_archive`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from app.errors import ParamError, StoreError
from app.vm.api.disks import LARGEST_DISK_MIB
from app.vm.events import Published, VmCreated
from app.vm.images.archive import is_archive
from app.vm.images.boot_firmware import firmware_of
from app.vm.images.copying import FAILURE, Wish, bring_in, grow_image, grown_mib
from app.vm.images.inspection import inspect_image
from app.vm.images.packed import unpack, unpacked_name
from app.vm.images.placing import identity_of
from app.vm.importing_archive import ArchiveImport
from app.vm.limits import HostSize, in_gib
from app.vm.machine import Machine
from app.vm.making import new_config
from app.vm.model import MIN_DISK_MIB, MIN_MEMORY_MIB, CfgInfo, Firmware, VmConfig
from app.vm.qemu.facts import engine_facts
from app.vm.qemu.firmware import find_uefi, make_variable_store
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
_UNPACKING = 0.5  # of the whole way, for an image that is packed


def check_options(options: MigrationOptions, path: Path, *, new: bool) -> None:
    """Refuse what can be refused before the image is looked at.

    Args:
        options: what is wished for.
        path: of the image or archive.
        new: it shall become a machine, not the disk of one.

    Raises:
        ParamError: no disk can have that size, wishes exclude each other, or an archive cannot
            fulfil them.
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
    if is_archive(path):
        _check_for_archive(options, new=new)


def _check_for_archive(options: MigrationOptions, *, new: bool) -> None:
    if not new:
        raise ParamError(
            "The file holds a whole machine, and cannot become the disk of one.",
            remedy="Import it under a name that no machine has yet.",
        )
    if options.disk_size or options.is_keep_snapshots or options.snapshot_time:
        raise ParamError(
            "A whole machine is taken as it is, with disks of their size and without snapshots.",
            remedy="Import it without these wishes; its disks can grow afterwards.",
        )


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
            target = machine.folder / f"disk0-{task.info.task_id.hex[:8]}.qcow2"
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
        config = machine.config
        if is_archive(self.path):
            work = ArchiveImport(self.path, self.host_size)
            machine.config = await work.build(config.id, config.name, building, task)
        else:
            image = building / config.disks[0].file
            size_mib = await self._bring(image, task)
            firmware = await firmware_of(image)
            machine.config = await self._config(config.id, config.name, firmware, size_mib)
        if machine.config.hardware.firmware is Firmware.UEFI:
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
        async with self._plain(
            target, task.info.task_id.hex[:8], lambda done: task.report(done * share)
        ) as (path, before):
            source = await inspect_image(path)
            size_mib = grown_mib(source, self.options.disk_size, self.host_size())
            wish = Wish(
                keep_snapshots=self.options.is_keep_snapshots,
                snapshot_time_ms=self.options.snapshot_time,
            )
            await bring_in(
                source, target, wish, before, lambda done: task.report(share + done * (1 - share))
            )
        await grow_image(target, size_mib)
        return size_mib

    @asynccontextmanager
    async def _plain(
        self, target: Path, number: str, on_progress: Callable[[float], None]
    ) -> AsyncIterator[tuple[Path, Identity]]:
        """The image unpacked, for the time of the block, and which file that is."""
        inside = unpacked_name(self.path.name)
        if not inside:
            yield self.path, await asyncio.to_thread(identity_of, self.path)
            return
        # The ending stays: it tells what an image without a signature is.
        path = target.with_name(f".{number}.part{Path(inside).suffix}")
        try:
            await unpack(self.path, path, on_progress)
            yield path, await asyncio.to_thread(identity_of, path)
        finally:
            await unbroken(asyncio.to_thread(path.unlink, missing_ok=True))


def _forget(image: Path) -> None:
    """Remove a disk unless the machine's description has come to name it; blocks."""
    try:
        if image.name not in {disk.file for disk in load_config(image.parent).disks}:
            image.unlink(missing_ok=True)
    except (OSError, StoreError) as err:
        _log.warning("%s cannot be removed: %s", image, err)
