"""The manager's machines as the rules of the gate see them (`app.vm.gate_rules`)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from uuid import UUID

from typing_extensions import override

from app.errors import AppError, DiskLessError
from app.vm.bindings import Binding
from app.vm.gate import GATE
from app.vm.gate_rules import GatedMachines
from app.vm.machine import Machine
from app.vm.manager.views import Views
from app.vm.power import Power
from app.vm.registry import Registry
from app.vm.state import VmState

_log = logging.getLogger(__name__)

_LIVE = frozenset({VmState.RUNNING, VmState.VIEWING})


@dataclass(slots=True)
class MachinesOfManager(GatedMachines):
    """Implements `GatedMachines` over the parts of a manager; belongs to its loop.

    Attributes:
        views: frees and binds windows.
        registry: knows the machines.
        power: pauses and resumes them.
        tasks: of the manager.
        freed: views that were freed because the gate closed.
    """

    views: Views
    registry: Registry
    power: Power
    tasks: asyncio.TaskGroup
    freed: tuple[Binding, ...] = ()

    @override
    def release_views(self) -> frozenset[UUID]:
        bound = self.views.bindings.all()
        self.freed = (*self.freed, *bound)
        for binding in bound:
            self._release_input(binding.window_id)
            self.views.free_view(binding.window_id, GATE)
            machine = self.registry.by_id(binding.vm_id)
            if machine is not None and machine.state in _LIVE:
                # Should this manager not live to the end of the grace, the next one knows.
                self._spawn(machine.note_rule(GATE), machine)
        return frozenset(binding.vm_id for binding in bound)

    def _spawn(self, work: Coroutine[None, None, None], machine: Machine) -> None:
        self.tasks.create_task(work, name=f"gate note {machine.config.id}")

    def _release_input(self, window_id: int) -> None:
        """One window's trouble must not keep the keyboard in the others."""
        if self.views.screen is None:
            return
        try:
            self.views.screen.release_input(window_id)
        except Exception:  # noqa: BLE001 - see above
            _log.exception("window %d did not give keyboard and pointer back", window_id)

    @override
    def bind_views_again(self) -> None:
        freed, self.freed = self.freed, ()
        for binding in freed:
            machine = self.registry.by_id(binding.vm_id)
            if machine is not None and machine.state in _LIVE:
                self._spawn(machine.forget_rule(), machine)
            if machine is None or not self.views.bindings.is_free(binding.window_id):
                continue  # The machine or its window has gone meanwhile.
            try:
                self.views.bind_view(
                    machine.name, binding.window_id, binding.width_px, binding.height_px
                )
            except AppError as err:
                _log.warning("%s: its view was not bound again: %s", machine.name, err)

    @override
    async def pause_for_gate(self, vm_id: UUID) -> None:
        machine = self.registry.by_id(vm_id)
        if machine is None:
            return
        # One that is just being kept, or goes back, stands still already, and is asked afterwards.
        await machine.wait_for(lambda state: state is not VmState.SNAPSHOTTING)
        if machine.state not in _LIVE or self.views.gate_status().open:
            return
        try:
            await self.power.pause(machine, by=GATE)
        except AppError:
            if machine.state in _LIVE:  # Else it has ended meanwhile, or somebody ends it.
                raise

    @override
    async def resume_from_gate(self, vm_id: UUID) -> None:
        machine = self.registry.by_id(vm_id)
        if machine is None or not machine.paused_by_gate:
            return
        try:
            await self.power.resume(machine)
        except DiskLessError as err:
            _log.info("%s: PC mode is back, the space is not: %s", machine.name, err)
            await machine.hold_for_space()
        except AppError:
            if machine.paused_by_gate:  # Else it has ended meanwhile, or somebody ends it.
                raise

    @override
    def paused_by_gate(self) -> frozenset[UUID]:
        return frozenset(
            machine.config.id for machine in self.registry.machines() if machine.paused_by_gate
        )
