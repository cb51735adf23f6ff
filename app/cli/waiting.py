"""What a person at a terminal sees while a command waits: a line that moves, after half a second.

For a command with a limit of time it is a bar that tells how much of it is left, for long work how
far it is, for others the machine's present state. The line is gone when the command answers.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from app.cli.output import harmless
from app.errors import AppError
from app.paths import fold_name
from app.vm.events import DiskMigration, StateChanged, Subscription

if TYPE_CHECKING:
    from rich.console import RenderableType

    from app.vm.api import ManagerApi
    from app.vm.records import TaskInfo

_log = logging.getLogger(__name__)
ResultT = TypeVar("ResultT")

APPEARS_S = 0.5
_FRAME_S = 0.1
_BAR_WIDTH = 30


class Waiting:
    """The line of one command. Belongs to the command's loop.

    Args:
        name: of the machine that it is about; empty when it is about none.
        limit_s: so long the command waits at most; None when nobody knows.
        console: where the line stands; standard error when None.
    """

    def __init__(
        self, name: str, *, limit_s: float | None = None, console: Console | None = None
    ) -> None:
        self._name = name
        self._limit_s = limit_s
        self._console = console or Console(
            file=sys.stderr, markup=False, emoji=False, highlight=False
        )
        self._manager: ManagerApi | None = None
        self._events: Subscription | None = None
        self._reached = asyncio.Event()
        self._since_s = 0.0
        self._state = ""
        self._task: TaskInfo | None = None
        ascii_only = self._console.options.ascii_only
        self._spinner = Spinner("line" if ascii_only else "dots")

    def about(self, name: str) -> None:
        """Tell of this machine from now on, and of the long work on it."""
        self._name = name

    @contextmanager
    def following(self, manager: ManagerApi) -> Iterator[None]:
        """Tell the machine's state as this manager knows it, inside the block."""
        with manager.subscribe() as events:
            self._manager, self._events = manager, events
            self._since_s = asyncio.get_running_loop().time()
            self._reached.set()
            try:
                yield
            finally:
                self._manager = self._events = None

    async def during(self, work: Awaitable[ResultT]) -> ResultT:
        """Show the line while `work` is done, and return what it returns."""
        failure: Exception | None = None
        results = []
        async with asyncio.TaskGroup() as tasks:
            shown = tasks.create_task(self._show(), name="waiting")
            try:
                results.append(await work)
            except Exception as err:  # noqa: BLE001 - kept out of the group, raised below as it is
                failure = err
            finally:
                shown.cancel()
        if failure is not None:
            raise failure
        return results[0]

    async def _show(self) -> None:
        await asyncio.sleep(APPEARS_S)
        try:
            with Live(
                console=self._console,
                auto_refresh=False,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            ) as live:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._ask_state(), name="waiting-state")
                    while True:
                        live.update(self._line(), refresh=True)
                        await self._news()
        except* (OSError, ValueError) as err:  # The terminal went; the work goes on.
            _log.debug("nothing can be shown: %s", err)

    async def _ask_state(self) -> None:
        await self._reached.wait()
        if self._manager is None or not self._name:
            return
        try:
            vm = await self._manager.get_vm_status(self._name)
        except AppError as err:  # The command itself is going to say it.
            _log.debug("the state is not known: %s", err)
            return
        self._state = self._state or vm.state.name.lower()

    async def _news(self) -> None:
        """Wait for the next frame, or for an event that changes what is shown."""
        events = self._events
        if events is None:
            await asyncio.sleep(_FRAME_S)
            return
        try:
            async with asyncio.timeout(_FRAME_S):
                event = await anext(events)
        except TimeoutError:
            return
        if not isinstance(event, StateChanged | DiskMigration):
            return
        if fold_name(event.vm_name) != fold_name(self._name):
            return
        if isinstance(event, StateChanged):
            self._state = event.state.name.lower()
        else:
            self._task = None if event.task.phase.is_over else event.task

    def _line(self) -> RenderableType:
        line = Table.grid(padding=(0, 1))
        if self._task is not None:
            _add_progress(line, self._name, self._task)
            return line
        words = Text(self._words())
        left_s = self._left_s()
        if self._limit_s is None or left_s is None:
            line.add_row(self._spinner, words)
        else:
            bar = ProgressBar(self._limit_s, self._limit_s - left_s, width=_BAR_WIDTH)
            line.add_row(words, bar, Text(f"{left_s:.0f} s left"))
        return line

    def _words(self) -> str:
        if not self._name:
            return "Waiting…"
        shown = f"“{harmless(self._name)}”"
        return f"{shown} is {self._state}…" if self._state else f"{shown}…"

    def _left_s(self) -> float | None:
        """Seconds left of the limit; None where there is none, or it has not begun."""
        if not self._limit_s or not self._reached.is_set():
            return None
        gone_s = asyncio.get_running_loop().time() - self._since_s
        return max(0.0, self._limit_s - gone_s)


def _add_progress(line: Table, name: str, task: TaskInfo) -> None:
    words = Text(f"“{harmless(name)}”: {task.phase.value}")
    bar = ProgressBar(100, task.progress, width=_BAR_WIDTH)
    line.add_row(words, bar, Text(f"{task.progress} %{_time_left(task)}"))


def _time_left(task: TaskInfo) -> str:
    if task.left_s is None:
        return ""
    minutes, seconds = divmod(task.left_s, 60)
    return f", {minutes} min {seconds} s left" if minutes else f", {seconds} s left"
