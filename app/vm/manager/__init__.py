"""The manager of one library: the `vm_manager` API in Python.

One process a library is the manager (`app.vm.session` sees to that). It belongs to one asyncio
loop. The machines belong to nobody: when the manager goes, they run on, and the next one takes
them over. Each subject of the API has a file here, of the same name as in `app.vm.api`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from app.vm.api import ManagerApi
from app.vm.engine import Engine
from app.vm.events import Published, StateChanged
from app.vm.gate import PostureSensor
from app.vm.gate_rules import GRACE_S, GateRules
from app.vm.manager.core import Screen
from app.vm.manager.devices import Devices
from app.vm.manager.disks import Disks
from app.vm.manager.gated import MachinesOfManager
from app.vm.manager.life import Life
from app.vm.manager.limits import Limits
from app.vm.manager.network import Network
from app.vm.manager.recovery import Recovery
from app.vm.manager.rules import Rules
from app.vm.manager.service import Service
from app.vm.manager.snapshots import Snapshots
from app.vm.manager.spaced import MachinesThatWrite
from app.vm.manager.tasks import LongWork
from app.vm.manager.trash import Trash
from app.vm.manager.views import Views
from app.vm.named_before import grant_named_before
from app.vm.qemu.engine import QemuEngine
from app.vm.space_guard import SpaceGuard, SpaceLimits
from app.vm.state import VmState
from app.vm.store import Library

__all__ = ["Screen", "VmManager"]

_log = logging.getLogger(__name__)

# A pause that failed is not among them: what cannot be paused must not be tried for ever.
_ON_THE_WAY = frozenset({VmState.STARTING, VmState.RESUMING, VmState.STOPPING, VmState.PAUSED})


class VmManager(
    Life,
    Limits,
    Disks,
    Snapshots,
    LongWork,
    Trash,
    Recovery,
    Views,
    Devices,
    Network,
    Rules,
    Service,
    ManagerApi,
):
    """Implements `app.vm.api.ManagerApi`; make it with `open`."""

    def __init__(
        self,
        library: Library,
        engine: Engine,
        tasks: asyncio.TaskGroup,
        *,
        sensor: PostureSensor | None = None,
        gate_grace_s: float = GRACE_S,
        space: SpaceLimits | None = None,
    ) -> None:
        super().__init__(library, engine, tasks, sensor=sensor, space=space)
        self._adopting: asyncio.Task[None] | None = None
        self._tending: asyncio.Task[None] | None = None
        self._gate_rules = GateRules(
            self.gate,
            MachinesOfManager(self, self._registry, self._power, self._tasks),
            self._tasks,
            publish=self._tell_gate,
            grace_s=gate_grace_s,
        )
        self._space_guard = SpaceGuard(
            library.root,
            MachinesThatWrite(self._registry, self._power),
            self._tasks,
            tell=self._tell_space,
            space=self._space,
        )
        self.events.tell_at_once(self._follow_states)

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        library: Library,
        *,
        wait_for_machines: bool = True,
        sensor: PostureSensor | None = None,
        gate_grace_s: float = GRACE_S,
        space: SpaceLimits | None = None,
    ) -> AsyncIterator[VmManager]:
        """Manage `library` inside the block; the caller holds the library's lock.

        Machines that run are taken over at once; with `wait_for_machines` before the block begins,
        else while it runs already, so that a window need not wait for twenty engines to answer.

        Leaving lets go of every machine and leaves it running.

        Args:
            library: of the machines.
            wait_for_machines: see above.
            sensor: tells the posture; the kernel's tablet switch when None.
            gate_grace_s: between the loss of PC mode and the pause of machines with a view.
            space: how little free space is too little; what `SpaceLimits` says when None.
        """
        failure: Exception | None = None
        async with asyncio.TaskGroup() as tasks:
            manager = cls(
                library, QemuEngine(), tasks, sensor=sensor, gate_grace_s=gate_grace_s, space=space
            )
            try:
                await manager.load()
                if wait_for_machines:
                    await manager.adopted()
                yield manager
            except Exception as err:  # noqa: BLE001 - kept out of the group, raised below as it is
                failure = err
            finally:
                manager.let_go()
        if failure is not None:
            raise failure

    async def load(self) -> None:
        """Find the machines, begin to take over the ones that run, and follow the gate."""
        await self.permissions.load()
        await self._registry.load()
        stored = [machine.config for machine in self._registry.machines()]
        self._power.opening_discs = self._tasks.create_task(
            grant_named_before(self.library.root, stored, lambda: self.paths), name="open discs"
        )
        await self.gate.start(self._tasks)
        self._gate_rules.start()
        self._adopting = self._tasks.create_task(self._registry.adopt_all(), name="adopt")
        self._tending = self._tasks.create_task(self._tend(), name="tend the library")

    async def adopted(self) -> None:
        """Wait until every machine that ran at the start has answered or is unreachable."""
        if self._adopting is not None:
            await asyncio.shield(self._adopting)

    def let_go(self) -> None:
        """Stop following the machines, which run on, and end what is under way."""
        self.events.tell_at_once(None)  # No task can begin any more.
        self.long_work.let_go()
        self.permissions.let_go()
        self._gate_rules.close()
        self._space_guard.close()
        self.gate.close()
        self._registry.let_go()
        for task in (self._host, self._adopting, self._tending, self._power.opening_discs):
            if task is not None:
                task.cancel()

    async def _tend(self) -> None:
        """What can wait until the machines have answered."""
        await self.adopted()
        try:
            await self.settle_interrupted()
            await self.tell_findings()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.keep_trash_small(), name="keep the trash small")
                tasks.create_task(self.keep_snapshots_coming(), name="keep snapshots coming")
        except Exception:  # noqa: BLE001 - a bug here must not take the machines down
            _log.exception("the library is not tended any more")

    def _runs(self, vm_id: UUID) -> None:
        machine = self._registry.by_id(vm_id)
        if machine is None:
            return
        noted = machine.noted_by_gate
        self._gate_rules.runs(vm_id, noted=noted)
        if noted and self.gate.status().open:
            self._tasks.create_task(machine.forget_rule(), name=f"gate note {vm_id}")

    def _follow_states(self, event: Published) -> None:
        """What hangs on a machine's run, whoever began or ended it."""
        if not isinstance(event, StateChanged):
            return
        self._space_guard.follow()
        before, after = event.previous, event.state
        if before.has_process and not after.has_process:
            machine = self._registry.by_id(event.vm_id)
            run_ms = machine.run_ms if machine is not None else 0
            self._tasks.create_task(
                self.permissions.end_run(event.vm_id, run_ms=run_ms), name=f"end {event.vm_id}"
            )
        elif after is VmState.RUNNING and before in _ON_THE_WAY:
            self._runs(event.vm_id)
        elif after is VmState.PAUSED and before is VmState.STARTING:  # taken over as it is
            self._gate_rules.catch_up()
