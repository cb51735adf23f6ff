"""Machines come, run and go: `LifeApi` on this computer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from typing_extensions import override

from app.errors import AppError, StateError
from app.vm import limits
from app.vm.api import STOP_TIMEOUT_S
from app.vm.api.life import LifeApi
from app.vm.events import VmCreated, VmRemoved, VmRenamed
from app.vm.machine import Machine
from app.vm.making import make_files, new_config
from app.vm.manager.core import ManagerCore
from app.vm.model import CfgInfo, Firmware, VmInfo
from app.vm.qemu.facts import engine_facts
from app.vm.qemu.firmware import read_image
from app.vm.records import TaskKind, TaskPhase
from app.vm.state import Trigger, VmState
from app.vm.store import load_config, storing
from app.vm.task_journal import Wish
from app.vm.unbroken import unbroken
from app.vm.updating import check_off, updating

if TYPE_CHECKING:
    from app.vm.records import TaskInfo
    from app.vm.tasks import Task


class Life(ManagerCore, LifeApi):
    """Functions of `LifeApi`; switching on and off is `app.vm.power`'s."""

    @override
    async def list_vms(self) -> tuple[VmInfo, ...]:
        return self.snapshot()

    @override
    async def get_vm_status(self, vm_name: str) -> VmInfo:
        from app.vm.devices import channel_info  # noqa: PLC0415 - not for the first paint

        machine = self._machine(vm_name)
        devices = channel_info(machine.run_config or machine.config)
        return replace(machine.info(), channel_info=devices)

    @override
    async def create_vm(self, vm_name: str, cfg: CfgInfo, *, iso: Path | None = None) -> VmInfo:
        self.gate.check()
        name = self._registry.free_name(vm_name)
        host = self.host_size()
        limits.check_cpus(cfg.cpu_num, host)
        limits.check_memory_ever(cfg.memory_size, host)
        limits.check_new_disk(cfg.disk_size, host)
        disc = None if iso is None else await self._usable_file(iso)
        cfg = await self._with_usable_tools(cfg)
        firmware_image = await asyncio.to_thread(self._firmware_image, cfg)
        facts = await engine_facts()
        config = new_config(uuid4(), self._registry.free_name(name), cfg, facts, disc=disc)
        machine = Machine(config, Path(), self.events.publish, state=VmState.CREATE)
        self._registry.enlist(machine)
        try:
            with storing("The machine's files cannot be made."):
                building = await make_files(self.library, config, firmware_image=firmware_image)
                await unbroken(self._appear(machine, building))
        finally:
            if machine.state is VmState.CREATE:
                self._registry.remove(machine)
        return machine.info()

    @override
    async def start_vm(self, vm_name: str, cfg: CfgInfo | None = None) -> VmInfo:
        machine = self._machine(vm_name)
        if cfg is not None and not machine.state.has_process:
            cfg = await self._with_usable_tools(cfg)
        return await self._power.start(machine, cfg)

    @override
    async def stop_vm(self, vm_name: str, *, timeout_s: float = STOP_TIMEOUT_S) -> VmInfo:
        return await self._power.stop(self._machine(vm_name), timeout_s)

    @override
    async def force_stop_vm(self, vm_name: str) -> VmInfo:
        return await self._power.force_stop(self._machine(vm_name))

    @override
    async def pause_vm(self, vm_name: str) -> VmInfo:
        return await self._power.pause(self._machine(vm_name))

    @override
    async def resume_vm(self, vm_name: str) -> VmInfo:
        return await self._power.resume(self._machine(vm_name))

    @override
    async def destroy_vm(self, vm_name: str) -> None:
        machine = self._machine(vm_name)
        machine.refuse_unreachable()
        async with machine.editing:
            if self._engine.is_alive(machine.folder):  # started by somebody else's hand
                raise StateError(
                    "The machine is running.", remedy="Shut it down first, then delete it."
                )
            problem = machine.problem if machine.state is VmState.UNAVAILABLE else None
            machine.apply(Trigger.DESTROY)
            await unbroken(self._throw_away(machine, problem))

    @override
    async def undo_destroy_vm(self, vm_name: str) -> VmInfo:
        with storing("The trash cannot be read."):
            trashed = await asyncio.to_thread(self.library.newest_in_trash, vm_name)
        config = await asyncio.to_thread(load_config, trashed)
        if self._registry.by_id(config.id) is not None:
            raise StateError("This machine is in the library already.")
        with self._registry.reserved(config.name):
            machine = await unbroken(self._take_back(trashed))
        return machine.info()

    @override
    async def duplicate_vm(
        self, vm_name: str, new_name: str, *, background: bool = False
    ) -> TaskInfo:
        self.gate.check()
        original = self._whole_machine(vm_name)
        self._registry.free_name(new_name)
        check_off(original, self._engine.is_alive)

        async def work(task: Task) -> None:
            async with updating(original, self._engine.is_alive):
                await self._duplicate(original, new_name, task)

        return await self.long_work.run(
            TaskKind.DUPLICATE, original.name, original.config.id, work,
            background=background, wish=Wish(file=new_name, new_name=new_name),
        )  # fmt: skip

    @override
    async def rename_vm(self, vm_name: str, new_name: str) -> VmInfo:
        machine = self._machine(vm_name)
        with self._registry.reserved(new_name, but=machine) as name:
            async with machine.editing:
                self._machine(vm_name)  # Somebody else may have renamed it meanwhile.
                if machine.state is VmState.UNAVAILABLE or machine.state.is_changing:
                    raise StateError(
                        "This machine cannot be renamed now.",
                        remedy="Wait until it has reached another state.",
                    )
                await unbroken(self._rename(machine, name))
        return machine.info()

    def _firmware_image(self, cfg: CfgInfo) -> bytes:
        """The image that `biosPath` names, empty when it names none; blocks.

        Raises:
            PathError: it cannot be read, may not be used, or is none.
        """
        if cfg.firmware is not Firmware.FILE:
            return b""
        with self.paths.open_file(cfg.bios_path) as opened:
            return read_image(opened.fileno(), opened.checked.path.name)

    async def _with_usable_tools(self, cfg: CfgInfo) -> CfgInfo:
        """The settings with the tools' disc by its real path.

        Raises:
            PathError: there is no such disc, or it may not be used.
        """
        if not cfg.enhance_file_path:
            return cfg
        tools = await self._usable_file(cfg.enhance_file_path)
        return replace(cfg, enhance_file_path=str(tools))

    async def _appear(self, machine: Machine, building: Path) -> None:
        try:
            machine.folder = await asyncio.to_thread(self.library.finish, building, machine.config)
        except OSError:
            await asyncio.to_thread(self.library.discard, building)
            raise
        self.events.publish(VmCreated(vm_id=machine.config.id, vm_name=machine.name))
        machine.apply(Trigger.CREATED)

    async def _duplicate(self, original: Machine, new_name: str, task: Task) -> None:
        from app.vm.duplicating import (  # noqa: PLC0415 - not for the first paint
            duplicate_config,
            duplicate_files,
        )

        name = self._registry.free_name(new_name)
        config = duplicate_config(original.config, uuid4(), name)
        machine = Machine(config, Path(), self.events.publish, state=VmState.CREATE)
        self._registry.enlist(machine)
        try:
            with storing("The machine's files cannot be copied."):
                building = await duplicate_files(self.library, original.folder, config, task.report)
                task.enter(TaskPhase.FINISHING)
                await unbroken(self._appear(machine, building))
        finally:
            if machine.state is VmState.CREATE:
                self._registry.remove(machine)

    async def _throw_away(self, machine: Machine, problem: AppError | None) -> None:
        try:
            with storing("The machine could not be moved to the trash."):
                await asyncio.to_thread(self.library.move_to_trash, machine.folder)
        except AppError:
            machine.apply(Trigger.DESTROY_FAILED)
            if problem is not None:
                machine.apply(Trigger.DAMAGED, problem=problem)
            raise
        self._forget_view(machine.config.id)
        self._registry.remove(machine)
        self.events.publish(VmRemoved(vm_id=machine.config.id, vm_name=machine.name))

    async def _rename(self, machine: Machine, new_name: str) -> None:
        old_name = machine.name
        await machine.save(replace(machine.config, name=new_name))
        self.events.publish(VmRenamed(vm_id=machine.config.id, vm_name=new_name, old_name=old_name))
