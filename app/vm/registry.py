"""The machines a manager knows: found on disk, taken over when they run, followed to the end."""

from __future__ import annotations

import asyncio
import logging
from uuid import UUID

from app import paths
from app.errors import AppError, Code, ConnectionLostError, ParamError, UnknownVmError
from app.vm.engine import Engine
from app.vm.events import EventHub
from app.vm.machine import Machine
from app.vm.model import VmInfo, check_name
from app.vm.state import Trigger, VmState
from app.vm.store import Library, Stored

_log = logging.getLogger(__name__)

_ADOPT_AT_ONCE = 8


class Registry:
    """Machines by id and by name, and one task for each that runs; of the manager's loop."""

    def __init__(
        self, library: Library, engine: Engine, events: EventHub, tasks: asyncio.TaskGroup
    ) -> None:
        self._library = library
        self._engine = engine
        self._events = events
        self._tasks = tasks
        self._machines: dict[UUID, Machine] = {}
        self._watchers: set[asyncio.Task[None]] = set()

    async def load(self) -> None:
        """Find every machine on disk; the ones that run are STARTING until `adopt_all`."""
        await asyncio.to_thread(self._library.remove_unfinished)
        found = await asyncio.to_thread(self._scan)
        for stored, alive in found:
            machine = self.add(stored)
            if alive and machine.state is VmState.STOPPED:
                machine.apply(Trigger.FOUND_ALIVE, reason="adopting")

    async def adopt_all(self) -> None:
        """Take over the machines that run; returns when each has answered or is unreachable."""
        limit = asyncio.Semaphore(_ADOPT_AT_ONCE)
        async with asyncio.TaskGroup() as tasks:
            for machine in self._machines.values():
                if machine.state is not VmState.UNAVAILABLE:
                    tasks.create_task(self._adopt(machine, limit))

    def let_go(self) -> None:
        """Stop following; the machines run on."""
        for watcher in self._watchers:
            watcher.cancel()

    def add(self, stored: Stored) -> Machine:
        """Know a machine that lies in the library."""
        machine = Machine(
            stored.config,
            stored.folder,
            self._events.publish,
            state=VmState.UNAVAILABLE if stored.problem else VmState.STOPPED,
            problem=stored.problem,
        )
        self._machines[stored.config.id] = machine
        return machine

    def enlist(self, machine: Machine) -> None:
        """Know a machine that is being made, so that its name is taken."""
        self._machines[machine.config.id] = machine

    def remove(self, machine: Machine) -> None:
        """Forget a machine."""
        del self._machines[machine.config.id]

    def follow(self, machine: Machine) -> None:
        """Watch a live machine until it ends or this manager does."""
        watcher = self._tasks.create_task(self._watch(machine), name=f"watch {machine.config.id}")
        self._watchers.add(watcher)
        watcher.add_done_callback(self._watchers.discard)

    def by_id(self, vm_id: UUID) -> Machine | None:
        """The machine with this id."""
        return self._machines.get(vm_id)

    def find(self, vm_name: str) -> Machine:
        """The machine of this name, whatever its case.

        Raises:
            UnknownVmError: there is none.
        """
        wanted = paths.fold_name(vm_name)
        for machine in self._machines.values():
            if paths.fold_name(machine.name) == wanted:
                return machine
        raise UnknownVmError(
            f"There is no machine called “{vm_name}”.", remedy="Look at the list of machines."
        )

    def free_name(self, name: str, *, but: Machine | None = None) -> str:
        """`name` in the form in which it is kept, when no other machine has it.

        Raises:
            ParamError: it cannot be a name, or is taken.
        """
        name = check_name(name)
        wanted = paths.fold_name(name)
        for machine in self._machines.values():
            if machine is not but and paths.fold_name(machine.name) == wanted:
                raise ParamError(
                    f"There is already a machine called “{machine.name}”.",
                    remedy="Choose another name.",
                    code=Code.NAME_TAKEN,
                )
        return name

    def snapshot(self) -> tuple[VmInfo, ...]:
        """All machines, running ones first, then by last use."""
        infos = [machine.info() for machine in self._machines.values()]
        infos.sort(
            key=lambda info: (
                not info.state.has_process,
                -max(info.last_started_ms, info.created_ms),
                info.name,
            )
        )
        return tuple(infos)

    def _scan(self) -> list[tuple[Stored, bool]]:
        return [(stored, self._engine.is_alive(stored.folder)) for stored in self._library.scan()]

    async def _adopt(self, machine: Machine, limit: asyncio.Semaphore) -> None:
        async with limit:
            try:
                running = await self._engine.adopt(machine.config.id, machine.folder)
            except ConnectionLostError as err:
                machine.mark_unreachable(err)
                return
            if running is not None:
                await machine.adopt(running)
                self.follow(machine)
            elif machine.state is VmState.STARTING:
                machine.apply(Trigger.EXITED, reason="ended")

    async def _watch(self, machine: Machine) -> None:
        try:
            await machine.watch()
        except AppError:
            # One machine's trouble must not take the others' supervision down.
            _log.exception("%s: lost sight of the engine", machine.name)
            machine.mark_unreachable(ConnectionLostError("The machine's engine was lost."))
