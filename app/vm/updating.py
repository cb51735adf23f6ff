"""Long work on the files of a machine that is off, and stays off meanwhile."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from app.errors import AppError, StateError
from app.vm.machine import Machine
from app.vm.state import Trigger, VmState, advance
from app.vm.store import RESTORE_FILE

_log = logging.getLogger(__name__)


def check_off(machine: Machine, is_alive: Callable[[Path], bool]) -> None:
    """Refuse a machine that is not off.

    Raises:
        StateError: it is not.
    """
    machine.refuse_unreachable()
    if is_alive(machine.folder):  # perhaps started by somebody else's hand
        raise StateError("The machine is running.", remedy="Shut it down first.")
    advance(machine.state, Trigger.UPDATE)


async def _finish_restore(machine: Machine, *, to_another: bool) -> None:
    """Go to the end of a way back to a snapshot that was cut off; until then disks differ."""
    if (machine.folder / RESTORE_FILE).exists():
        from app.vm.snapshots.journal import replay  # noqa: PLC0415 - seldom

        try:
            await replay(machine)
        except AppError as err:
            if not to_another:
                raise
            _log.warning("%s: an earlier way back is given up: %s", machine.name, err)


@asynccontextmanager
async def updating(
    machine: Machine, is_alive: Callable[[Path], bool], *, to_another: bool = False
) -> AsyncIterator[None]:
    """The machine is in UPDATE inside the block: nobody starts, changes or removes it.

    Args:
        machine: which.
        is_alive: whether a process runs the machine in a folder, see `app.vm.engine.Engine`.
        to_another: all disks go to another snapshot now, so that a way that was begun before and
            cannot be gone to its end does not matter any more.

    Raises:
        StateError: it is not off, or nobody can tell any more which way back its disks have begun.
    """
    async with machine.editing:
        check_off(machine, is_alive)
        was_imported = machine.state is VmState.AVAILABLE
        machine.apply(Trigger.UPDATE)
    try:
        await _finish_restore(machine, to_another=to_another)
        yield
    finally:
        machine.apply_if_possible(Trigger.IMPORTED if was_imported else Trigger.UPDATED)
