"""Disk images: their sizes, and how they come in and go out."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from typing_extensions import override

from app.errors import IMAGE_SIZE_FAILED, ParamError, StoreError, UnknownVmError
from app.vm import limits
from app.vm.api.disks import DisksApi
from app.vm.disks import add_disk, disk_of, list_disks, put_back_disk, remove_disk
from app.vm.growth import LIVE, check_growth, grow, present_bytes
from app.vm.machine import Machine
from app.vm.manager.core import ManagerCore
from app.vm.model import MIN_DISK_MIB
from app.vm.off_loop import ask
from app.vm.plugging import plug_kept_disk, plug_new_disk
from app.vm.records import TaskKind
from app.vm.store import storing
from app.vm.task_journal import Wish
from app.vm.updating import check_off

if TYPE_CHECKING:
    from app.vm.records import DiskInfo, MigrationOptions, TaskInfo
    from app.vm.tasks import Task

_BLOCK_BYTES = 512  # the unit of st_blocks, stat(2)


class Disks(ManagerCore, DisksApi):
    """Functions of `DisksApi`."""

    @override
    async def get_vm_disk_image_path(self, vm_name: str, *, disk_id: str = "") -> Path:
        return _image_of(self._whole_machine(vm_name), disk_id)

    @override
    async def get_vm_disk_image_file_size(self, vm_name: str, *, disk_id: str = "") -> int:
        path = _image_of(self._whole_machine(vm_name), disk_id)
        try:
            return (await asyncio.to_thread(path.stat)).st_blocks * _BLOCK_BYTES
        except OSError as err:
            raise StoreError(
                f"{IMAGE_SIZE_FAILED}: {path.name} cannot be looked at.",
                remedy="Look whether the machine's folder is there and may be read.",
                detail=str(err),
            ) from err

    @override
    async def get_vm_disk_size(self, vm_name: str, *, disk_id: str = "") -> int:
        return await present_bytes(self._whole_machine(vm_name), disk_id) // limits.MIB

    @override
    async def set_vm_disk_size(self, vm_name: str, size: int, *, disk_id: str = "") -> int:
        machine = self._whole_machine(vm_name)
        free_mib = self.host_size().free_disk_mib
        has_to_grow = await check_growth(machine, size, free_mib, disk_id)
        if has_to_grow or disk_of(machine.config, disk_id).size_mib != size:

            async def work(_: Task) -> None:
                if has_to_grow:
                    await self._keep_before(machine, "Before a disk grew")
                await grow(machine, size, free_mib, self._engine.is_alive, disk_id)

            disk = disk_of(machine.config, disk_id)
            wish = Wish(file=disk.file, disk_id=disk.id, size_mib=size)
            await self.long_work.run(
                TaskKind.GROW, machine.name, machine.config.id, work, wish=wish
            )
        return size

    @override
    async def expand_capacity(self, vm_name: str, size: int) -> int:
        return await self.set_vm_disk_size(vm_name, size)

    @override
    async def import_vm_disk_image(
        self, vm_name: str, options: MigrationOptions, *, background: bool = False
    ) -> TaskInfo:
        from app.vm.importing import Import, check_options  # noqa: PLC0415 - not for the first paint

        try:
            machine: Machine | None = self._machine(vm_name)
        except UnknownVmError:
            machine = None
        if machine is None:
            self.gate.check()
            self._registry.free_name(vm_name)
        path = options.guest_os_image_path
        checked = await ask(path, self.paths.check_file, path, not_empty=True)
        check_options(options, checked.path, new=machine is None)
        work = Import(
            self.library, self._registry, self._engine.is_alive, self.events.publish,
            self.host_size, checked.path, options,
        )  # fmt: skip
        wish = Wish(file=str(checked.path), options=options, is_new=machine is None)
        if machine is None:
            vm_id = uuid4()

            async def make(task: Task) -> None:
                await work.make(vm_id, vm_name, task)

            return await self.long_work.run(
                TaskKind.IMPORT, vm_name, vm_id, make,
                background=background, wish=wish, sources=(checked.path,),
            )  # fmt: skip
        check_off(self._whole_machine(vm_name), self._engine.is_alive)
        target = machine

        async def replace_disk(task: Task) -> None:
            await work.replace_disk(target, task)

        return await self.long_work.run(
            TaskKind.IMPORT, machine.name, machine.config.id, replace_disk,
            background=background, wish=wish, sources=(checked.path,),
        )  # fmt: skip

    @override
    async def export_vm_disk_image(
        self, vm_name: str, options: MigrationOptions, *, background: bool = False
    ) -> TaskInfo:
        from app.vm.exporting import Export, check_export  # noqa: PLC0415 - not for the first paint
        from app.vm.images.exporting import plan_export  # noqa: PLC0415

        machine = self._whole_machine(vm_name)
        path = options.guest_os_image_path
        plan = plan_export(options, await ask(path, self.paths.check_target, path))
        await ask(path, check_export, machine, plan)
        export = Export(machine, plan, self._engine.is_alive, self.events.publish)
        wish = Wish(file=str(plan.target), options=options)
        # A disk that runs is another at every moment: then the copy is of the moment it is made.
        own = () if machine.state in LIVE else tuple(export.images())
        return await self.long_work.run(
            TaskKind.EXPORT, machine.name, machine.config.id, export.run,
            background=background, wish=wish, own=own,
        )  # fmt: skip

    @override
    async def list_vm_disks(self, vm_name: str) -> tuple[DiskInfo, ...]:
        machine = self._whole_machine(vm_name)
        with storing("The machine's disks cannot be listed."):
            return await asyncio.to_thread(list_disks, machine.config, machine.folder)

    @override
    async def add_vm_disk(self, vm_name: str, size: int = 0, *, file: str = "") -> str:
        machine = self._whole_machine(vm_name)
        if bool(size) is bool(file):
            raise ParamError(
                "Either the size of a new disk is needed, or the file of one that is kept.",
                remedy="Give one of the two.",
            )
        is_live = machine.state in LIVE
        if file:
            if is_live:
                return await plug_kept_disk(machine, file)
            return await put_back_disk(machine, file, self._engine.is_alive)
        if size < MIN_DISK_MIB:
            raise ParamError(
                f"A disk has {MIN_DISK_MIB} MiB or more.", remedy="Choose a larger size."
            )
        limits.check_new_disk(size, self.host_size())
        if is_live:
            return await plug_new_disk(machine, size)
        return await add_disk(machine, size, self._engine.is_alive)

    @override
    async def remove_vm_disk(self, vm_name: str, disk_id: str) -> Path:
        machine = self._whole_machine(vm_name)
        if not disk_id:
            raise ParamError("Say which disk.", remedy="Look at the list of its disks.")
        return await remove_disk(machine, disk_id, self._engine.is_alive)

    @override
    async def compact_vm_disk(
        self, vm_name: str, *, disk_id: str = "", background: bool = False
    ) -> TaskInfo:
        from app.vm.compacting import compact  # noqa: PLC0415 - not for the first paint

        machine = self._whole_machine(vm_name)
        disk = disk_of(machine.config, disk_id)
        check_off(machine, self._engine.is_alive)

        async def work(task: Task) -> None:
            await compact(machine, disk_id, self._engine.is_alive, task)

        return await self.long_work.run(
            TaskKind.COMPACT, machine.name, machine.config.id, work,
            background=background, wish=Wish(file=disk.file, disk_id=disk.id),
        )  # fmt: skip


def _image_of(machine: Machine, disk_id: str) -> Path:
    return machine.folder / disk_of(machine.config, disk_id).file
