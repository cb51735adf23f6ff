"""Snapshots of machines that run, made as often as the person wants them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from app.errors import AppError
from app.vm.machine import Machine
from app.vm.snapshots.manifest import Manifest, load_manifest
from app.vm.snapshots.taking import Keeping
from app.vm.state import VmState

_log = logging.getLogger(__name__)

NAME = "Automatic"
_HOUR_MS = 3_600_000
_RUNNING = frozenset({VmState.RUNNING, VmState.VIEWING})


def is_due(manifest: Manifest, run_ms: int, now_ms: int, hours: int) -> bool:
    """Whether a machine that runs has gone without a snapshot for so long.

    Args:
        manifest: what it has; a snapshot that a person made counts as well.
        run_ms: when it was started, milliseconds since 1970, UTC.
        now_ms: the same, now.
        hours: wished distance; 0 for never.
    """
    if hours <= 0:
        return False
    last_ms = max((entry.created_ms for entry in manifest.entries), default=0)
    return now_ms - max(last_ms, run_ms) >= hours * _HOUR_MS


async def take_due(
    machines: Iterable[Machine], keeping: Callable[[Machine], Keeping], now_ms: int, hours: int
) -> int:
    """Keep every machine that is due, one after the other; how many.

    One that cannot be kept now, such as for want of room, is asked again the next time.
    """
    taken = 0
    for machine in machines:
        if machine.state not in _RUNNING:
            continue
        try:
            manifest = await asyncio.to_thread(load_manifest, machine.folder)
            if is_due(manifest, machine.run_ms, now_ms, hours):
                await keeping(machine).take(NAME, automatic=True)
                taken += 1
        except AppError as err:
            _log.info("%s: no automatic snapshot now: %s", machine.name, err)
    return taken
