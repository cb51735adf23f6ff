"""Watches the free space under machines that run, so that none meets a full disk while it writes.

Below 2 GiB the person is told. Below what a start needs (`app.vm.limits`) every machine that runs
is paused; nothing resumes it by itself, since only a person can make room. While no machine runs,
nobody looks.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.errors import DiskLessError
from app.vm import limits

_log = logging.getLogger(__name__)

SPACE = "space"
"""Name of the rule that pauses a machine here, as it stands in the run's record."""
DISK_FULL = "disk_full"
"""Reason of a machine that stands still for want of space, whoever noticed that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceLimits:
    """How little space is too little, and how that is found out.

    Attributes:
        pause_mib: below this free space machines are paused and none is resumed.
        warn_mib: below this the person is told.
        warn_ends_mib: from here on that is over; more than `warn_mib`, so that space that goes up
            and down is not told again and again.
        check_s: seconds between two looks.
        free_mib: tells the free space under a folder, MiB; may block, may raise OSError.
    """

    pause_mib: int = limits.START_FREE_DISK_MIB
    warn_mib: int = 2048
    warn_ends_mib: int = 2304
    check_s: float = 10.0
    free_mib: Callable[[Path], int] = limits.free_disk_mib

    async def check_resume(self, folder: Path) -> None:
        """Refuse to let a machine go on that would be paused again at once.

        Args:
            folder: the machine's.

        Raises:
            DiskLessError: with what is free and what is needed.
        """
        try:
            free_mib = await asyncio.to_thread(self.free_mib, folder)
        except OSError as err:  # Then the engine stops it should the disk be full.
            _log.info("the free space of %s is not known: %s", folder, err)
            return
        if free_mib < self.pause_mib:
            raise DiskLessError(
                f"Not enough disk space to go on: {free_mib} MiB are free in {folder}, "
                f"{self.pause_mib} MiB are needed.",
                remedy="Make room there, then resume the machine.",
            )


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
        space: the limits.
    """

    def __init__(
        self,
        folder: Path,
        machines: WritingMachines,
        tasks: asyncio.TaskGroup,
        *,
        tell: Callable[[str], Awaitable[None]],
        space: SpaceLimits,
    ) -> None:
        self._folder, self._machines, self._tasks = folder, machines, tasks
        self._tell, self._space = tell, space
        self._looking: asyncio.Task[None] | None = None
        self._next: asyncio.TimerHandle | None = None
        self._is_short = False

    @property
    def is_watching(self) -> bool:
        """Whether it looks now, or is to look again."""
        return self._looking is not None or self._next is not None

    def follow(self) -> None:
        """A machine has changed its state: begin to watch, or end it."""
        if not self._machines.any_runs():
            self._forget_next()
            if self._is_short and self._looking is None:
                self._begin_look()  # which tells that nobody needs space now
        elif not self.is_watching:
            self._begin_look()

    def close(self) -> None:
        """Stop watching; machines stay as they are. May be called twice."""
        self._forget_next()
        if self._looking is not None:
            self._looking.cancel()

    def _forget_next(self) -> None:
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _begin_look(self) -> None:
        self._next = None
        self._looking = self._tasks.create_task(self._look(), name="free space")

    async def _look(self) -> None:
        try:
            if self._machines.any_runs():
                await self._check()
            if not self._machines.any_runs():
                await self._say("")
        except Exception:  # noqa: BLE001 - a bug here must not take the machines down
            _log.exception("the free space cannot be looked at")
        finally:
            self._looking = None
        if self._machines.any_runs():
            loop = asyncio.get_running_loop()
            self._next = loop.call_later(self._space.check_s, self._begin_look)

    async def _check(self) -> None:
        try:
            free_mib = await asyncio.to_thread(self._space.free_mib, self._folder)
        except OSError as err:
            _log.warning("the free space of %s is not known: %s", self._folder, err)
            return
        if free_mib < self._space.pause_mib:
            _log.info("%d MiB are free in %s: machines are paused", free_mib, self._folder)
            await self._machines.pause_for_space()
        elif free_mib < self._space.warn_mib:
            await self._say(short_notice(free_mib, self._folder, self._space))
        elif free_mib >= self._space.warn_ends_mib:
            await self._say("")

    async def _say(self, notice: str) -> None:
        """Tell the beginning and the end of a shortage, not each number between."""
        if bool(notice) == self._is_short:
            return
        self._is_short = bool(notice)
        await self._tell(notice)


def short_notice(free_mib: int, folder: Path, space: SpaceLimits) -> str:
    """What a person is told while there is still time to make room."""
    return (
        f"Disk space gets short: {limits.in_gib(free_mib)} are free in {folder}. "
        f"Machines are paused below {space.pause_mib} MiB."
    )
