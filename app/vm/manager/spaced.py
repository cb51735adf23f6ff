"""The manager's machines as the guard of the free space sees them (`app.vm.space_guard`)."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from typing_extensions import override

from app.errors import AppError
from app.vm.machine import Machine
from app.vm.power import Power
from app.vm.registry import Registry
from app.vm.space_guard import SPACE, WritingMachines
from app.vm.state import VmState

_log = logging.getLogger(__name__)

_LIVE = frozenset({VmState.RUNNING, VmState.VIEWING})


@dataclass(frozen=True, slots=True)
class MachinesThatWrite(WritingMachines):
    """Implements `WritingMachines` over the parts of a manager; belongs to its loop.

    Attributes:
        registry: knows the machines.
        power: pauses them.
    """

    registry: Registry
    power: Power

    @override
    def any_runs(self) -> bool:
        return any(
            machine.state.has_process and machine.state is not VmState.PAUSED
            for machine in self.registry.machines()
        )

    @override
    async def pause_for_space(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for machine in self.registry.machines():
                if machine.state in _LIVE:
                    tasks.create_task(self._pause(machine), name=f"space {machine.config.id}")

    async def _pause(self, machine: Machine) -> None:
        try:
            await self.power.pause(machine, by=SPACE)
        except AppError as err:
            if machine.state in _LIVE:  # Else it has ended meanwhile, or somebody ends it.
                _log.warning("%s: cannot be paused: %s", machine.name, err)
