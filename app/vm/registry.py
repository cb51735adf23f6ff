"""The machines a manager knows: found on disk, taken over when they run, followed to the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

from app import paths
from app.errors import AppError, Code, ConnectionLostError, ParamError, UnknownVmError
from app.vm.engine import Engine
from app.vm.events import EventHub
from app.vm.machine import Machine
from app.vm.model import VmInfo, check_name
from app.vm.qemu.image_size import with_real_sizes
from app.vm.state import Trigger, VmState
from app.vm.store import RESTORE_FILE, Library, Stored

_log = logging.getLogger(__name__)

_ADOPT_AT_ONCE = 8
_RETRY_S, _RETRY_MAX_S = 2.0, 60.0


class Registry:
    """Machines by id and by name, and one task for each that runs; of the manager's loop.

    Args:
        library: where they are on disk.
        engine: finds the ones that run.
        events: told of every change.
        tasks: the watchers' parent.
    """

    def __init__(
        self,
        library: Library,
        engine: Engine,
        events: EventHub,
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._library = library
        self._engine = engine
        self._events = events
        self._tasks = tasks
        self._machines: dict[UUID, Machine] = {}
        self._watchers: set[asyncio.Task[None]] = set()
        self._reserved: set[str] = set()
        self._found_alive: list[Machine] = []
        self._has_let_go = False

    async def load(self) -> None:
        """Find every machine on disk; the ones that run are STARTING until `adopt_all`."""
        await asyncio.to_thread(self._library.remove_unfinished)
        found = await asyncio.to_thread(self._scan)
        for stored, alive in found:
            machine = self.add(stored)
            if alive and machine.state is VmState.STOPPED:
                machine.apply(Trigger.FOUND_ALIVE, reason="adopting")
                self._found_alive.append(machine)
            elif alive:  # damaged, and running all the same: it can be ended, nothing else
                machine.unreachable = True
                self._spawn(self._mind(machine), machine)

    async def adopt_all(self) -> None:
        """Take over the machines that run; returns when each has answered or is unreachable."""
        limit = asyncio.Semaphore(_ADOPT_AT_ONCE)
        async with asyncio.TaskGroup() as tasks:
            for machine in self._found_alive:  # No others: one may be starting by now.
                tasks.create_task(self._adopt(machine, limit))

    def let_go(self) -> None:
        """Stop following; the machines run on, and no more can be followed."""
        self._has_let_go = True
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
        """Watch a live machine until it ends or this manager does.

        Raises:
            ConnectionLostError: this manager is leaving.
        """
        if self._has_let_go:
            raise ConnectionLostError("The manager is leaving.", remedy="Start Duplex VM again.")
        self._spawn(self._watch(machine), machine)

    def machines(self) -> tuple[Machine, ...]:
        """All of them."""
        return tuple(self._machines.values())

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
        taken = wanted in self._reserved or any(
            paths.fold_name(machine.name) == wanted
            for machine in self._machines.values()
            if machine is not but
        )
        if taken:
            raise ParamError(
                f"There is already a machine called “{name}”.",
                remedy="Choose another name.",
                code=Code.NAME_TAKEN,
            )
        return name

    @contextmanager
    def reserved(self, name: str, *, but: Machine | None = None) -> Iterator[str]:
        """`free_name` that stays free until the end of the block.

        Raises:
            ParamError: as `free_name`.
        """
        name = self.free_name(name, but=but)
        folded = paths.fold_name(name)
        self._reserved.add(folded)
        try:
            yield name
        finally:
            self._reserved.discard(folded)

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
        found = []
        for stored in self._library.scan():
            alive = self._is_alive(stored)
            if not alive:
                self._engine.clean_up(stored.folder)
            if stored.problem is None:  # a growth may have been cut off before it was written
                config = with_real_sizes(stored.config, stored.folder)
                stored = replace(stored, config=config)  # noqa: PLW2901 - the same machine
            found.append((stored, alive))
        return found

    def _is_alive(self, stored: Stored) -> bool:
        try:
            return self._engine.is_alive(stored.folder)
        except OSError as err:
            _log.warning("%s: cannot be asked whether it runs: %s", stored.folder.name, err)
            return False

    def _spawn(self, work: Coroutine[None, None, None], machine: Machine) -> None:
        watcher = self._tasks.create_task(work, name=f"watch {machine.config.id}")
        self._watchers.add(watcher)
        watcher.add_done_callback(self._watchers.discard)

    async def _adopt(self, machine: Machine, limit: asyncio.Semaphore) -> None:
        async with limit:
            try:
                running = await self._engine.adopt(machine.config.id, machine.folder)
                if running is None:
                    machine.apply_if_possible(Trigger.EXITED, reason="ended")
                    return
                await machine.adopt(running)
                await _finish_restore(machine)
            except ConnectionLostError as err:
                self._lose(machine, err)
            except Exception:  # noqa: BLE001 - one machine's trouble is not the others'
                _log.exception("%s: cannot be taken over", machine.name)
                self._lose(machine, _lost())
            else:
                self.follow(machine)

    async def _watch(self, machine: Machine) -> None:
        try:
            await machine.watch()
        except Exception:  # noqa: BLE001 - one machine's trouble is not the others'
            _log.exception("%s: lost sight of the engine", machine.name)
            self._lose(machine, _lost())

    def _lose(self, machine: Machine, problem: AppError) -> None:
        machine.mark_unreachable(problem)
        if not self._has_let_go:
            self._spawn(self._mind(machine), machine)

    async def _mind(self, machine: Machine) -> None:
        """Look after a machine that cannot be reached until it ends or answers after all."""
        pause_s = _RETRY_S
        while machine.unreachable:
            try:
                if await self._engine.ended(machine.folder, pause_s):
                    if machine.unreachable:
                        machine.gone(reason="ended")
                    return
                if machine.state is not VmState.UNAVAILABLE and await self._retry(machine):
                    return
            except Exception:  # noqa: BLE001 - one machine's trouble is not the others'
                _log.exception("%s: cannot be looked after", machine.name)
                return
            pause_s = min(pause_s * 2, _RETRY_MAX_S)

    async def _retry(self, machine: Machine) -> bool:
        try:
            running = await self._engine.adopt(machine.config.id, machine.folder)
        except ConnectionLostError:
            return False
        if running is None:
            return False
        if not machine.unreachable:  # Its power was cut meanwhile.
            await running.detach()
            return True
        machine.apply(Trigger.FOUND_ALIVE, reason="adopting")
        await machine.adopt(running)
        await _finish_restore(machine)
        self.follow(machine)
        return True


async def _finish_restore(machine: Machine) -> None:
    """Look after a way back to a snapshot that its manager did not see to its end."""
    if (machine.folder / RESTORE_FILE).exists():
        from app.vm.snapshots.journal import finish_live  # noqa: PLC0415 - seldom

        try:
            await finish_live(machine)
        except AppError as err:  # It stands, and does not go on before this is done.
            _log.warning("%s: a way back is not at its end: %s", machine.name, err)


def _lost() -> ConnectionLostError:
    return ConnectionLostError(
        "The machine's engine was lost.", remedy="Force it off, then start it again."
    )
