"""A machine while one of its snapshots is being made, deleted or gone back to."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from app.errors import AppError, ConnectionLostError, EngineError, ParamError
from app.vm.engine import Running, RunStatus
from app.vm.machine import Machine
from app.vm.snapshots.disks import SnapshotDisks, live_disks, off_disks
from app.vm.snapshots.files import forget_files
from app.vm.snapshots.listing import is_unsettled, settle
from app.vm.snapshots.manifest import Manifest, change_manifest, load_manifest
from app.vm.state import Trigger, VmState, advance
from app.vm.unbroken import unbroken
from app.vm.updating import updating

_log = logging.getLogger(__name__)

LIVE = frozenset({VmState.RUNNING, VmState.VIEWING, VmState.PAUSED})
"""States in which the engine itself keeps and loads snapshots."""

_REASONS = {RunStatus.IO_ERROR: "io-error", RunStatus.BROKEN: "guest-broken"}
"""Why a machine stands that ran before, as `app.vm.machine` tells it."""


def no_such(machine: Machine) -> ParamError:
    """What to raise for a snapshot that the machine does not have."""
    return ParamError(
        f"“{machine.name}” has no such snapshot.", remedy="Look at the list of its snapshots."
    )


@asynccontextmanager
async def working(
    machine: Machine, is_alive: Callable[[Path], bool], why: str
) -> AsyncIterator[SnapshotDisks]:
    """The machine's disks, for nobody else inside the block, whether it is on or off.

    Args:
        machine: which.
        is_alive: see `app.vm.engine.Engine`.
        why: the reason that its state tells meanwhile.

    Raises:
        StateError: it is just changing its state.
    """
    if machine.state.has_process:
        async with snapshotting(machine, why):
            yield live_disks(machine)
        return
    async with updating(machine, is_alive):
        yield off_disks(machine)


@asynccontextmanager
async def snapshotting(machine: Machine, why: str) -> AsyncIterator[Running]:
    """A live machine is in SNAPSHOTTING inside the block; afterwards in what the engine says.

    Args:
        machine: which.
        why: the reason that its state tells meanwhile.

    Raises:
        StateError: it is not live, or just changing its state.
        EngineError: the engine has gone meanwhile.
    """
    async with machine.editing:
        advance(machine.state, Trigger.SNAPSHOT)
        running = machine.live()
        reason, problem = machine.reason, machine.problem
        stood = machine.state is VmState.PAUSED
        machine.apply(Trigger.SNAPSHOT, reason=why)
    try:
        yield running
    except ConnectionLostError as err:
        raise EngineError(
            "The machine's engine was lost while a snapshot was under way.", detail=err.detail
        ) from err
    finally:
        await unbroken(_go_on(machine, running, reason if stood else "", problem))


async def tidy(machine: Machine, disks: SnapshotDisks) -> Manifest:
    """Bring to its end what was cut off earlier; the manifest as it is then.

    Raises:
        AppError: the disks or the manifest cannot be changed.
    """
    manifest = load_manifest(machine.folder)
    if not is_unsettled(manifest):
        return manifest
    held = await disks.held()
    for tag in settle(manifest, held).to_remove:
        _log.info("%s: removing the snapshot %s, which was cut off", machine.name, tag)
        await disks.remove(tag)
        forget_files(machine.folder, tag)
    return await change_manifest(machine, lambda present: settle(present, held).manifest)


async def _go_on(machine: Machine, running: Running, reason: str, problem: AppError | None) -> None:
    if machine.state is not VmState.SNAPSHOTTING:
        return  # It has ended meanwhile.
    try:
        status = await running.query_status()
    except AppError as err:  # The end, if it is one, is told next.
        _log.warning("%s: cannot be asked after a snapshot: %s", machine.name, err)
        status = RunStatus.PAUSED
    if status is RunStatus.RUNNING:
        machine.apply_if_possible(Trigger.SNAPSHOT_RUNS)
    else:
        reason = reason or _REASONS.get(status, "paused")
        machine.apply_if_possible(Trigger.SNAPSHOT_STANDS, reason=reason, problem=problem)
