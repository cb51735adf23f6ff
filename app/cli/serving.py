"""``serve``: the manager without a window."""

from __future__ import annotations

import asyncio
import logging
import logging.handlers
import os
import signal
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from app.cli.exit_codes import ExitCode
from app.cli.output import json_line
from app.cli.verb import verb
from app.cli.words import Seconds
from app.errors import ConnectionLostError

if TYPE_CHECKING:
    from app.cli.work import Work
    from app.vm.api import ManagerApi
    from app.vm.manager import VmManager
    from app.vm.records import ManagerInfo

_log = logging.getLogger(__name__)

LOG = "serve.log"
_LOG_BYTES, _LOG_FILES = 1 << 20, 2
_END_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_LOOK_AGAIN_S = 1.0
"""Clients come and go without an event: while there are some, so often somebody looks."""


@verb("serve", lasting=True)
@click.option(
    "--idle-exit",
    "idle_exit_s",
    type=Seconds(0),
    metavar="S",
    help="End when for so many seconds no machine has run and no program was connected.",
)
async def serve(work: Work, *, idle_exit_s: float | None) -> ExitCode:
    """Be the manager of the machines without a window.

    It says where it listens as soon as it does, and ends when it is told to (SIGTERM, Ctrl+C) or
    when another program wants to be the manager; machines run on. When there is a manager already,
    that is said, and the exit code is 0. A command that manages the machines for a moment is waited
    for.
    """
    with _told_to_leave() as leave:
        while not leave.is_set():
            async with work.open_manager() as manager:
                if await _serve(manager, work, leave, idle_exit_s):
                    break
    return ExitCode.OK


async def _serve(
    manager: ManagerApi, work: Work, leave: asyncio.Event, idle_exit_s: float | None
) -> bool:
    """Do our part as the present manager, or beside it; False when it is worth trying again."""
    from app.cli.leaving import own_manager  # noqa: PLC0415 - not for --help

    own = own_manager(manager)
    if own is not None:
        await _manage(own, leave, idle_exit_s, as_json=work.as_json)
        return True
    while not leave.is_set() and (info := await _who_is(manager)) is not None:
        if info.screen or info.handover:
            _say_who_is_there(info, as_json=work.as_json)
            return True
        # A command; or somebody who has just begun, and offers to hand over in a moment.
        await _first_of(leave.wait(), _end_of(manager), asyncio.sleep(_LOOK_AGAIN_S))
    return False


async def _who_is(manager: ManagerApi) -> ManagerInfo | None:
    """Who manages the machines; None when it is gone, or about to go.

    Raises:
        ConnectionLostError: it does not answer.
    """
    from app.cli.work import is_lost  # noqa: PLC0415 - not for --help
    from app.vm.wire import ManagerEndedError  # noqa: PLC0415

    try:
        return await manager.ping()
    except ManagerEndedError:
        return None
    except ConnectionLostError:
        if is_lost(manager):
            return None
        raise


async def _manage(
    manager: VmManager, leave: asyncio.Event, idle_exit_s: float | None, *, as_json: bool
) -> None:
    from app.vm.session import manager_socket  # noqa: PLC0415 - not for --help

    manager.handover = asyncio.Event()
    with _logging_to_file():
        socket = str(manager_socket(manager.library.root))
        click.echo(json_line({"socket": socket}) if as_json else f"Listening on {socket}")
        _log.info("process %d manages %s", os.getpid(), manager.library.root)
        ends: list[Awaitable[object]] = [leave.wait(), manager.handover.wait()]
        if idle_exit_s is not None:
            ends.append(_idle(manager, idle_exit_s))
        await _first_of(*ends)
        handed_over = manager.handover.is_set()
        _log.info("the end: %s", "another one takes over" if handed_over else "told to, or idle")


async def _idle(manager: VmManager, idle_exit_s: float) -> bool:
    """Return when for so long no machine ran and no client was seen."""
    loop = asyncio.get_running_loop()
    since_s: float | None = None
    with manager.subscribe() as events:
        while True:
            running, clients = _is_running(manager), _clients(manager)
            since_s = None if running or clients else (since_s or loop.time())
            if since_s is not None and loop.time() >= since_s + idle_exit_s:
                return True
            wait_s = _LOOK_AGAIN_S if since_s is None else since_s + idle_exit_s - loop.time()
            try:
                async with asyncio.timeout(None if running else wait_s):
                    await anext(events)
            except TimeoutError:
                _log.debug("looking again: %d clients", clients)


def _is_running(manager: VmManager) -> bool:
    """Whether a machine has a process, or something is being done with one."""
    return any(vm.state.has_process or vm.state.is_changing for vm in manager.snapshot())


def _clients(manager: VmManager) -> int:
    return 0 if manager.service is None else manager.service.client_count


async def _end_of(manager: ManagerApi) -> bool:
    """Return when the manager, another process, has gone."""
    from app.cli.work import is_lost  # noqa: PLC0415 - not for --help

    with manager.subscribe() as events:
        while not is_lost(manager):
            await anext(events)
    return True


async def _first_of(*works: Awaitable[object]) -> None:
    """Wait for the first of these; the others are cancelled."""
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(_one(work)) for work in works]
        await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in running:
            task.cancel()


async def _one(work: Awaitable[object]) -> None:
    await work


def _say_who_is_there(info: ManagerInfo, *, as_json: bool) -> None:
    from app.vm.wire_types import write_value  # noqa: PLC0415 - not for --help

    if as_json:
        click.echo(json_line({"manager": write_value(info)}))
    else:
        click.echo(f"The machines are managed already, by process {info.pid}.")


@contextmanager
def _told_to_leave() -> Iterator[asyncio.Event]:
    """Set inside the block when somebody ends us: by SIGTERM, Ctrl+C, or closing the terminal."""
    leave = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _END_SIGNALS:
        loop.add_signal_handler(number, leave.set)
    try:
        yield leave
    finally:
        for number in _END_SIGNALS:
            loop.remove_signal_handler(number)


@contextmanager
def _logging_to_file() -> Iterator[None]:
    """Whoever is left behind has no terminal: tell the story in a file too."""
    from app.paths import state_dir  # noqa: PLC0415 - not for --help

    root = logging.getLogger()
    before = root.level
    try:
        state_dir().mkdir(parents=True, exist_ok=True, mode=0o700)
        file = logging.handlers.RotatingFileHandler(
            state_dir() / LOG, maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8"
        )
    except OSError as err:
        _log.warning("the log file cannot be written: %s", err)
        yield
        return
    file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    for handler in root.handlers:  # What the terminal shows stays as it was.
        handler.setLevel(max(handler.level, before))
    root.addHandler(file)
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.removeHandler(file)
        root.setLevel(before)
        file.close()
