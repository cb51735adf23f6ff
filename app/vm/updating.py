"""Long work on the files of a machine that is off, and stays off meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from app.errors import StateError
from app.vm.machine import Machine
from app.vm.state import Trigger, VmState, advance
from app.vm.store import RESTORE_FILE


def check_off(machine: Machine, is_alive: Callable[[Path], bool]) -> None:
    """Refuse a machine that is not off.

    Raises:
        StateError: it is not.
    """
    machine.refuse_unreachable()
    if is_alive(machine.folder):  # perhaps started by somebody else's hand
        raise StateError("The machine is running.", remedy="Shut it down first.")
    advance(machine.state, Trigger.UPDATE)


async def _finish_restore(machine: Machine) -> None:
    """Go to the end of a way back to a snapshot that was cut off; until then disks differ."""
    if (machine.folder / RESTORE_FILE).exists():
        from app.vm.snapshots.journal import replay  # noqa: PLC0415 - seldom

        await replay(machine)


@asynccontextmanager
async def updating(machine: Machine, is_alive: Callable[[Path], bool]) -> AsyncIterator[None]:
    """The machine is in UPDATE inside the block: nobody starts, changes or removes it.

    Args:
        machine: which.
        is_alive: whether a process runs the machine in a folder, see `app.vm.engine.Engine`.

    Raises:
        StateError: it is not off.
    """
    async with machine.editing:
        check_off(machine, is_alive)
        was_imported = machine.state is VmState.AVAILABLE
        machine.apply(Trigger.UPDATE)
    try:
        await _finish_restore(machine)
        yield
    finally:
        machine.apply_if_possible(Trigger.IMPORTED if was_imported else Trigger.UPDATED)
