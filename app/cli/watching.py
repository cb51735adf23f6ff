"""``events``: what happens, line by line, whoever is the manager meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click
from typing_extensions import override

from app.cli.exit_codes import ExitCode
from app.cli.lines import Lines
from app.cli.output import harmless, json_line
from app.cli.verb import verb
from app.cli.words import EVENTS
from app.errors import ConnectionLostError

if TYPE_CHECKING:
    from app.cli.work import Work
    from app.vm.api import ManagerApi
    from app.vm.events import Subscription, VmEvent

SUCCESSOR_S = 5.0
"""So long we stand aside for the one who asked for our place."""
_RETRY_S = 0.05
_ABOUT_EVERY_EVENT = frozenset({"vmName", "vmId", "seq", "time"})


@verb("events", lasting=True)
@click.option(
    "--event",
    "wanted",
    multiple=True,
    type=click.Choice(EVENTS),
    metavar="NAME",
    help=f"Only this event; can be given more than once. One of {', '.join(EVENTS)}.",
)
@click.option("--count", type=click.IntRange(1), metavar="N", help="End after so many events.")
async def events(work: Work, *, wanted: tuple[str, ...], count: int | None) -> ExitCode:
    """Tell what happens as it happens, until interrupted.

    With --json each event is an object of its own on a line of its own. “resync” means that events
    may have been missed, because they came too fast or the manager changed: ask for the present
    state then.
    """
    async with Lines() as lines:
        teller = _Teller(lines, frozenset(wanted or EVENTS), count, as_json=work.as_json)
        while not await _tell_of_one_manager(work, teller):
            continue
    return ExitCode.OK


class _Teller:
    """Says events, as many as are wanted."""

    def __init__(
        self, lines: Lines, wanted: frozenset[str], count: int | None, *, as_json: bool
    ) -> None:
        self._lines = lines
        self._wanted = wanted
        self._left = count
        self._as_json = as_json

    async def tell(self, event: VmEvent) -> bool:
        """Say it if it is wanted; True when it was the last one."""
        from app.vm.wire_events import RESYNC, event_to_wire  # noqa: PLC0415 - not for --help

        name, data = event_to_wire(event)
        if name != RESYNC and name not in self._wanted:
            return False
        as_json = self._as_json
        await self._lines.put(
            json_line({"event": name, "data": data}) if as_json else line_of(name, data)
        )
        if self._left is not None and name != RESYNC:
            self._left -= 1
        return self._left == 0


class _HandOver(asyncio.Event):
    """Set by whoever wants to be the manager in our place; wakes the reader of events too."""

    def __init__(self, subscription: Subscription) -> None:
        super().__init__()
        self._subscription = subscription

    @override
    def set(self) -> None:
        from app.vm.events import Resync  # noqa: PLC0415 - not for --help

        super().set()
        self._subscription.offer(Resync())


async def _tell_of_one_manager(work: Work, teller: _Teller) -> bool:
    """Say the events of whoever is the manager now; True when that is enough, False when it went.

    When this process itself is the manager, others may take its place, and when it ends while
    machines run it leaves one behind.
    """
    from app.cli.leaving import leave_manager_behind, own_manager  # noqa: PLC0415 - not for --help

    async with work.open_manager() as manager:
        with manager.subscribe() as subscription:
            handover = _HandOver(subscription)
            own = own_manager(manager)
            if own is not None:
                own.handover = handover
            try:
                if await _tell_until_it_goes(manager, subscription, handover, teller):
                    return True
            finally:
                if not handover.is_set():
                    leave_manager_behind(manager)
    if handover.is_set():
        await _let_another_come()
    return False


async def _tell_until_it_goes(
    manager: ManagerApi, subscription: Subscription, handover: _HandOver, teller: _Teller
) -> bool:
    from app.cli.work import is_lost  # noqa: PLC0415 - not for --help
    from app.vm.events import Resync  # noqa: PLC0415

    async for event in subscription:
        if await teller.tell(event):
            return True
        if isinstance(event, Resync) and (is_lost(manager) or handover.is_set()):
            return False
    return False


async def _let_another_come() -> None:
    """Wait until whoever asked for our place has it; if nobody comes, it is ours again."""
    from app.paths import library_dir  # noqa: PLC0415 - not for --help
    from app.vm.client import connect  # noqa: PLC0415
    from app.vm.session import manager_socket  # noqa: PLC0415

    loop = asyncio.get_running_loop()
    deadline = loop.time() + SUCCESSOR_S
    while loop.time() < deadline:
        try:
            async with await connect(manager_socket(library_dir())):
                return
        except ConnectionLostError:
            await asyncio.sleep(_RETRY_S)


def line_of(name: str, data: Mapping[str, Any]) -> str:
    """An event for people: when, about what, and what."""
    if not data:
        return f"{name}: events may have been missed; ask for the present state."
    clock = time.strftime("%H:%M:%S", time.localtime(data["time"] / 1000))
    machine = f" “{data['vmName']}”" if "vmName" in data else ""
    return harmless(f"{clock}{machine} {name}{_details(name, data)}")


def _details(name: str, data: Mapping[str, Any]) -> str:
    if name == "vmStateChange":
        reason = f" ({data['reason']})" if data["reason"] else ""
        return f": {_word(data['previousName'])} → {_word(data['stateName'])}{reason}"
    if name == "tabletSwitchStateChange":
        gate = "machines may run" if data["open"] else "machines may not run"
        return f": PC mode {data['mode']}, posture {data['posture']}, {gate}"
    own = {key: value for key, value in data.items() if key not in _ABOUT_EVERY_EVENT}
    told = ", ".join(
        f"{key} {' '.join(str(value).splitlines())}"
        for key, value in own.items()
        if value not in ("", None)
    )
    return f": {told}" if told else ""


def _word(state_name: str) -> str:
    return state_name.removeprefix("STATE_").lower()
