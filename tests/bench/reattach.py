"""From the start of the process to twenty machines in hand that a crash left running."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import time
from collections.abc import Iterator

from app.errors import ConnectionLostError
from app.vm.client import RemoteManager
from app.vm.state import VmState
from tests.bench.figures import Figure, median, spread
from tests.bench.home import Home, home
from tests.bench.launch import connected
from tests.bench.outside import NotSeenError, Screen
from tests.helpers.screen import x_server

_MACHINES = 20
_ROUNDS = 5
_BUDGET_S = 2.0
_PATIENCE_S = 30.0
_BARE = (0xFE, 0x01, 0xFD)
_INSIDE = (700, 400)
_SMALL = ("--memory", "64", "--disk", "16", "--firmware", "bios")


def reattach() -> Iterator[Figure]:
    """Kill the application, start it again, wait for its window and for all machines."""
    with x_server() as name, Screen(name) as screen, home(name) as place:
        screen.fill(_BARE)
        place.command("doctor")
        for number in range(_MACHINES):
            place.command("create", f"machine {number}", *_SMALL)
        application = place.open_application()
        try:
            with asyncio.Runner() as runner:
                runner.run(_all(place, start=True))
                painted, found = [], []
                for _ in range(_ROUNDS):
                    _crash(application)
                    screen.fill(_BARE)
                    began = time.perf_counter()
                    application = place.open_application()
                    painted.append(screen.wait_for_change(_INSIDE, _BARE, step_s=2e-3) - began)
                    runner.run(_all(place))
                    found.append(time.perf_counter() - began)
        finally:
            with asyncio.Runner() as runner:
                runner.run(_end_all(place))
            _crash(application)
    yield Figure(
        what=f"window with {_MACHINES} running machines, first paint",
        value=median(painted),
        unit="s",
        note=spread(painted),
    )
    yield Figure(
        what=f"{_MACHINES} running machines in hand again",
        value=median(found),
        unit="s",
        budget=_BUDGET_S,
        note=spread(found),
    )


async def _all(place: Home, *, start: bool = False) -> None:
    """Wait until every machine runs and answers; start them first when told."""
    async with await connected(place) as manager:
        deadline = time.monotonic() + _PATIENCE_S
        if start:
            for number in range(_MACHINES):
                await manager.start_vm(f"machine {number}")
        while not await _run(manager):
            if time.monotonic() > deadline:
                raise NotSeenError(f"not all machines run: {await manager.list_vms()}")
            await asyncio.sleep(0.01)


async def _run(manager: RemoteManager) -> bool:
    vms = await manager.list_vms()
    return len(vms) == _MACHINES and all(vm.state is VmState.RUNNING for vm in vms)


async def _end_all(place: Home) -> None:
    async with await connected(place) as manager:
        for vm in await manager.list_vms():
            with contextlib.suppress(ConnectionLostError):
                await manager.force_stop_vm(vm.name)


def _crash(application: subprocess.Popen[bytes]) -> None:
    application.kill()
    application.wait()
