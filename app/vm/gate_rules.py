"""What becomes of machines that run when the gate closes, and when it opens again.

Views are released at once. Machines that had one stand still after a grace, unless the gate is open
again by then. Only what was paused so goes on by itself. Machines without a view are left alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from app.errors import AppError
from app.vm.gate import Gate, GateStatus

_log = logging.getLogger(__name__)

GRACE_S = 5.0
_AT_ONCE = 8


class GatedMachines(Protocol):
    """What the rules need of the manager; called on its loop.

    The waiting calls end within the manager's own limits of time. An id that is not known any more
    is passed over.
    """

    def release_views(self) -> frozenset[UUID]:
        """Free every bound view and give keyboard and pointer back; the ids of their machines."""

    def bind_views_again(self) -> None:
        """Bind what `release_views` freed, where the window is still there."""

    async def pause_for_gate(self, vm_id: UUID) -> None:
        """Record that the gate pauses it, then pause it; the record goes when that fails.

        One that is off, on its way, or stands still already, is left as it is: with the gate's
        record if it has it, without where somebody else paused it. `GateRules.runs` tells when it
        runs after all.

        Raises:
            AppError: it runs on, or nobody knows.
        """

    async def resume_from_gate(self, vm_id: UUID) -> None:
        """Let it go on and take the record away; nothing when it is not paused by the gate.

        Raises:
            AppError: it stands still, or nobody knows.
        """

    def paused_by_gate(self) -> frozenset[UUID]:
        """Machines that stand still with that record.

        What a person does with a machine takes the record away: resume, stop, and pause too.
        """


class GateRules:
    """Applies the gate to the machines of one manager, on its loop.

    Each machine has at most one task, which goes on until it has acted on the newest state of the
    gate. So no step is cut off, none overtakes another, and a machine that hangs holds up only
    itself.

    Args:
        gate: has been started, so that what its sensor finds first is no loss.
        machines: the manager's.
        tasks: where pauses and resumes run.
        publish: told of every change of the gate, before anything follows from it; it is
            `tabletSwitchStateChange`.
        grace_s: seconds between the loss and the pauses.
    """

    def __init__(
        self,
        gate: Gate,
        machines: GatedMachines,
        tasks: asyncio.TaskGroup,
        *,
        publish: Callable[[GateStatus, GateStatus], None],
        grace_s: float = GRACE_S,
    ) -> None:
        self._gate, self._machines, self._tasks = gate, machines, tasks
        self._publish, self._grace_s = publish, grace_s
        self._open = True
        self._turn = 0  # counts what may give a machine under way another step
        self._had_view: frozenset[UUID] = frozenset()
        self._to_pause: frozenset[UUID] = frozenset()  # those of them, once the grace is over
        self._grace: asyncio.TimerHandle | None = None
        self._settling: dict[UUID, asyncio.Task[None]] = {}
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._stop_listening: Callable[[], None] | None = None

    def start(self) -> None:
        """Follow the gate from now on, and let go on what it paused before if it is open."""
        self._open = self._gate.status().open
        self._stop_listening = self._gate.on_change(self._on_change)
        self.catch_up()

    def catch_up(self) -> None:
        """Let machines go on that the gate paused under an earlier manager, if it is open now.

        To be called after machines have been taken over; before `start` it does nothing.
        """
        if self._open and self._stop_listening is not None:
            self._turn += 1
            self._settle_all(self._machines.paused_by_gate())

    def runs(self, vm_id: UUID, *, noted: bool = False) -> None:
        """A machine runs from now on: one that was to be paused, and could not be, is then.

        Args:
            vm_id: which.
            noted: an earlier manager saw the gate close over it and did not live to pause it.
        """
        if noted and not self._open:
            self._to_pause |= {vm_id}
        if vm_id in self._to_pause:
            self._turn += 1
            self._settle_all(frozenset({vm_id}))

    def close(self) -> None:
        """Stop following the gate; machines stay as they are. May be called twice."""
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None
        self._end_grace()
        for task in self._settling.values():
            task.cancel()

    def _on_change(self, before: GateStatus, after: GateStatus) -> None:
        self._publish(before, after)
        if after.open == self._open:
            return
        self._open = after.open
        self._turn += 1
        if after.open:
            self._regained()
        else:
            self._lost()

    def _lost(self) -> None:
        self._had_view = self._machines.release_views()
        _log.info("PC mode is lost; %d machines had a view", len(self._had_view))
        loop = asyncio.get_running_loop()
        self._grace = loop.call_later(self._grace_s, self._grace_is_over)

    def _regained(self) -> None:
        self._end_grace()
        self._to_pause = frozenset()
        _log.info("PC mode is back")
        self._settle_all(self._machines.paused_by_gate())
        self._machines.bind_views_again()

    def _grace_is_over(self) -> None:
        self._grace = None
        self._to_pause = self._had_view
        self._settle_all(self._to_pause)

    def _end_grace(self) -> None:
        if self._grace is not None:
            self._grace.cancel()
            self._grace = None

    def _settle_all(self, vm_ids: frozenset[UUID]) -> None:
        for vm_id in vm_ids - self._settling.keys():  # The others look at the gate once more.
            task = self._tasks.create_task(self._settle(vm_id), name=f"gate {vm_id}")
            self._settling[vm_id] = task

    async def _settle(self, vm_id: UUID) -> None:
        try:
            acted_in = -1
            while acted_in != self._turn:
                async with self._at_once:
                    acted_in = self._turn
                    await self._step(vm_id)
        finally:
            del self._settling[vm_id]

    async def _step(self, vm_id: UUID) -> None:
        try:
            if vm_id in self._to_pause:
                await self._machines.pause_for_gate(vm_id)
            elif self._open and vm_id in self._machines.paused_by_gate():
                await self._machines.resume_from_gate(vm_id)
        except AppError as err:
            _log.warning("%s: does not follow PC mode: %s", vm_id, err)
        except Exception:  # noqa: BLE001 - one machine's trouble is not the others'
            _log.exception("%s: does not follow PC mode", vm_id)
