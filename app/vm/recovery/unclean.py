"""After an unclean end a machine's disks are looked through before it runs again.

Without the note of `app.vm.recovery.marker` that costs one look at the folder. Whole disks are
never touched; what only leaks is won back; a damaged disk makes the machine UNAVAILABLE, so that
no guest writes into it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from app.errors import EngineError, StateError, StoreError
from app.vm.machine import Machine
from app.vm.recovery.marker import is_marked, unmark
from app.vm.state import TRANSITIONS, Trigger, VmState
from app.vm.store import storing
from app.vm.unbroken import unbroken
from app.vm.updating import updating

_log = logging.getLogger(__name__)


class Checks:
    """The looks at machines' disks before they start.

    Args:
        is_alive: see `app.vm.engine.Engine`.
    """

    def __init__(self, is_alive: Callable[[Path], bool]) -> None:
        self._is_alive = is_alive
        self._locks: defaultdict[UUID, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def before_start(self, machine: Machine) -> None:
        """Look through the disks of a machine whose last run had no clean end.

        Raises:
            StoreError: one is damaged; the machine is UNAVAILABLE.
            StateError: another program uses one.
            EngineError: the look took too long.
        """
        if not _is_due(machine):
            return
        async with self._locks[machine.config.id]:
            if not _is_due(machine):  # Somebody else's start has looked meanwhile.
                return
            async with updating(machine, self._is_alive):
                try:
                    await look_at_disks(machine, with_limit=True)
                except StoreError as err:
                    machine.apply(Trigger.DAMAGED, reason="damaged", problem=err)
                    raise
                except EngineError as err:
                    raise StateError(
                        err.message,
                        remedy="Check it without a time limit: “duplex-vm recover check”.",
                        detail=err.detail,
                    ) from err


async def look_at_disks(machine: Machine, *, with_limit: bool = False) -> int:
    """Look through all disks; when they are whole, the note of the unclean end goes.

    Args:
        machine: in UPDATE, so that nobody uses them.
        with_limit: a person waits for something else.

    Returns:
        How many clusters that nothing used were won back.

    Raises:
        StoreError: one is damaged.
        AppError: see `look_through`.
    """
    from app.vm.recovery.checking import (  # noqa: PLC0415 - not for the first paint
        damage,
        look_through,
        start_limit_s,
    )

    won_back = 0
    for disk in machine.config.disks:
        image = machine.folder / disk.file
        limit_s = await start_limit_s(image) if with_limit else None
        state = await look_through(image, limit_s=limit_s)
        if state.corruptions:
            _log.warning("%s: %s is damaged: %s", machine.name, disk.file, state)
            raise damage(disk.file, state)
        won_back += state.leaks
    with storing("The machine's folder cannot be written."):
        await unbroken(asyncio.to_thread(unmark, machine.folder))
    return won_back


def _is_due(machine: Machine) -> bool:
    """Whether a start has to wait: it can be started at all, and its last end was unclean."""
    can_start = (machine.state, Trigger.START) in TRANSITIONS or machine.state is VmState.UPDATE
    return can_start and not machine.unreachable and is_marked(machine.folder)
