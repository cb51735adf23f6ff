"""Watches the free space under machines that run, so that none meets a full disk while it writes.

Below 2 GiB the person is told. Below what a start needs (`app.vm.limits`) every machine that runs
is paused; nothing resumes it by itself, since only a person can make room. While no machine runs,
nobody looks.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

from app.vm import limits

_log = logging.getLogger(__name__)

SPACE = "space"
"""Name of the rule that pauses a machine here, as it stands in the run's record."""
DISK_FULL = "disk_full"
"""Reason of a machine that stands still for want of space, whoever noticed that."""
CHECK_S = 10.0
WARN_MIB = 2048
WARN_ENDS_MIB = 2304
"""More than `WARN_MIB`, so that space that goes up and down is not told again and again."""


class WritingMachines(Protocol):
    """What the guard needs of the manager; called on its loop."""

    def any_runs(self) -> bool:
        """Whether a machine may be writing now."""

    async def pause_for_space(self) -> None:
        """Pause every machine that runs; one that cannot be paused holds up no other."""


class SpaceGuard:
    """Looks at the free space of one library while machines run. Belongs to the manager's loop.

    Args:
        folder: where the machines are.
        machines: the manager's.
        tasks: where it runs.
        tell: told a sentence when space is short, and an empty one when that is over.
        check_s: seconds between two looks.
    """

    def __init__(
        self,
        folder: Path,
        machines: WritingMachines,
        tasks: asyncio.TaskGroup,
        *,
        tell: Callable[[str], Awaitable[None]],
        check_s: float = CHECK_S,
    ) -> None:
        self._folder, self._machines, self._tasks = folder, machines, tasks
        self._tell, self._check_s = tell, check_s
        self._watching: asyncio.Task[None] | None = None
        self._all_rest = asyncio.Event()
        self._is_short = False

    @property
    def is_watching(self) -> bool:
        """Whether it looks again and again at present."""
        return self._watching is not None

    def follow(self) -> None:
        """A machine has changed its state: begin to watch, or end it."""
        if not self._machines.any_runs():
            self._all_rest.set()
            return
        self._all_rest.clear()
        if self._watching is None:
            self._watching = self._tasks.create_task(self._watch(), name="free space")

    def close(self) -> None:
        """Stop watching; machines stay as they are. May be called twice."""
        if self._watching is not None:
            self._watching.cancel()

    async def _watch(self) -> None:
        try:
            while self._machines.any_runs():
                await self._watch_run()
                await self._say(is_short=False)
        except Exception:  # noqa: BLE001 - a bug here must not take the machines down
            _log.exception("the free space is not watched any more")
        finally:
            self._watching = None

    async def _watch_run(self) -> None:
        """Look until no machine runs."""
        while self._machines.any_runs():
            await self._check()
            try:
                async with asyncio.timeout(self._check_s):
                    await self._all_rest.wait()
            except TimeoutError:
                continue

    async def _check(self) -> None:
        try:
            free_mib = await asyncio.to_thread(limits.free_disk_mib, self._folder)
        except OSError as err:
            _log.warning("the free space of %s is not known: %s", self._folder, err)
            return
        if free_mib < limits.START_FREE_DISK_MIB:
            _log.warning("%d MiB are free in %s: machines are paused", free_mib, self._folder)
            await self._machines.pause_for_space()
        elif free_mib < WARN_MIB:
            await self._say(is_short=True, free_mib=free_mib)
        elif free_mib >= WARN_ENDS_MIB:
            await self._say(is_short=False)

    async def _say(self, *, is_short: bool, free_mib: int = 0) -> None:
        if is_short == self._is_short:
            return
        self._is_short = is_short
        await self._tell(short_notice(free_mib, self._folder) if is_short else "")


def short_notice(free_mib: int, folder: Path) -> str:
    """What a person is told while there is still time to make room."""
    return (
        f"Space gets short: {limits.in_gib(free_mib)} are free in {folder}. "
        f"Machines are paused below {limits.START_FREE_DISK_MIB} MiB."
    )
