"""The manager of one library: the `vm_manager` API in Python.

One process a library is the manager (`app.vm.session` sees to that). It belongs to one asyncio
loop. The machines belong to nobody: when the manager goes, they run on, and the next one takes
them over. Each subject of the API has a file here, of the same name as in `app.vm.api`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from typing_extensions import override

from app.vm.api import ManagerApi
from app.vm.gate_rules import GRACE_S, GateRules
from app.vm.manager.core import Screen
from app.vm.manager.devices import Devices
from app.vm.manager.disks import Disks
from app.vm.manager.gated import MachinesOfManager
from app.vm.manager.life import Life
from app.vm.manager.limits import Limits
from app.vm.manager.network import Network
from app.vm.manager.rules import Rules
from app.vm.manager.service import Service
from app.vm.manager.snapshots import Snapshots
from app.vm.manager.views import Views
from app.vm.qemu.engine import QemuEngine
from app.vm.store import Library

__all__ = ["Screen", "VmManager"]


class VmManager(
    Life, Limits, Disks, Snapshots, Views, Devices, Network, Rules, Service, ManagerApi
):
    """Implements `app.vm.api.ManagerApi`; make it with `open`."""

    def __init__(self, *parts: Any, gate_grace_s: float = GRACE_S, **more: Any) -> None:
        super().__init__(*parts, **more)
        self._adopting: asyncio.Task[None] | None = None
        self._gate_rules = GateRules(
            self.gate,
            MachinesOfManager(self, self._registry, self._power),
            self._tasks,
            publish=self._tell_gate,
            grace_s=gate_grace_s,
        )

    @classmethod
    @asynccontextmanager
    async def open(
        cls, library: Library, *, wait_for_machines: bool = True, **more: Any
    ) -> AsyncIterator[VmManager]:
        """Manage `library` inside the block; the caller holds the library's lock.

        Machines that run are taken over at once; with `wait_for_machines` before the block begins,
        else while it runs already, so that a window need not wait for twenty engines to answer.

        Leaving lets go of every machine and leaves it running.
        """
        failure: Exception | None = None
        async with asyncio.TaskGroup() as tasks:
            manager = cls(library, QemuEngine(), tasks, **more)
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
        await self.gate.start(self._tasks)
        self._gate_rules.start()
        self._adopting = self._tasks.create_task(self._adopt(), name="adopt")

    async def adopted(self) -> None:
        """Wait until every machine that ran at the start has answered or is unreachable."""
        if self._adopting is not None:
            await asyncio.shield(self._adopting)

    def let_go(self) -> None:
        """Stop following the machines, which run on, and end what is under way."""
        self.permissions.let_go()
        self._gate_rules.close()
        self.gate.close()
        self._registry.let_go()
        for task in (self._host, self._adopting):
            if task is not None:
                task.cancel()

    @override
    def _taken_over(self) -> None:
        self._gate_rules.catch_up()

    async def _adopt(self) -> None:
        await self._registry.adopt_all()
        self._gate_rules.catch_up()
