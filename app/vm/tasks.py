"""Long work on machines: an import, an export, a snapshot. One object a piece, told as it goes on.

Whoever wants the work done waits for it; who asks for it in the background gets its number at once
and finds it among the manager's tasks. It ends by itself, by `cancel`, or with the manager: what it
has written until then lies in ``.part`` files, which are never taken for whole ones.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

from app.errors import AppError, ParamError, StateError
from app.vm.events import DiskMigration, EventHub
from app.vm.orphans import inherited
from app.vm.real_path import Identity
from app.vm.records import TaskInfo, TaskKind, TaskPhase
from app.vm.store import storing
from app.vm.task_journal import OpenRecord, TaskJournal, Wish
from app.vm.unbroken import unbroken

_log = logging.getLogger(__name__)

KEPT = 32
"""So many tasks that are over can still be asked for."""
_FIRST_GUESS_S = 1.0
"""Before that much time has gone, nobody can tell how long the rest takes."""


class Task:
    """One piece of long work. Belongs to the manager's loop.

    Attributes:
        info: where it is now.
        work: what does it.
        record: on disk, for as long as it is under way; None for what need not be continued.
    """

    def __init__(self, info: TaskInfo, publish: Callable[[TaskInfo], None]) -> None:
        self.info = info
        self._publish = publish
        self._began_s = time.monotonic()
        self.work: asyncio.Task[None] | None = None
        self.record: OpenRecord | None = None

    async def note_part(self, path: Path, identity: Identity) -> None:
        """Write down a file that was just made outside of the library.

        Raises:
            OSError: it cannot be written down.
        """
        if self.record is not None:
            await unbroken(asyncio.to_thread(self.record.note_part, path, identity))

    async def note_sources(self, paths: list[Path]) -> None:
        """Write down files that are read too, as they are now.

        Raises:
            OSError: one cannot be looked at, or it cannot be written down.
        """
        if self.record is not None:
            await unbroken(asyncio.to_thread(self.record.note_sources, paths))

    def enter(self, phase: TaskPhase) -> None:
        """Go to another phase; the percentage stays."""
        self._change(phase=phase, left_s=None)

    def report(self, fraction: float) -> None:
        """Tell how much of the copying is done, 0 to 1; equal percentages are told once."""
        percent = min(100, max(self.info.progress, int(fraction * 100)))
        if percent != self.info.progress or self.info.phase is not TaskPhase.COPYING:
            if self.info.phase is not TaskPhase.COPYING:
                self._began_s = time.monotonic()
            self._change(phase=TaskPhase.COPYING, progress=percent, left_s=self._left_s(fraction))

    def _left_s(self, fraction: float) -> int | None:
        gone_s = time.monotonic() - self._began_s
        if fraction <= 0 or gone_s < _FIRST_GUESS_S:
            return None
        return round(gone_s * (1 - fraction) / fraction)

    def tell_sizes(self, before_bytes: int, after_bytes: int) -> None:
        """Tell what a disk took up and takes up now."""
        self._change(before_bytes=before_bytes, after_bytes=after_bytes)

    def end(self, phase: TaskPhase, error: AppError | None = None) -> None:
        """It is over, well or not."""
        if error is None:
            progress = 100 if phase is TaskPhase.DONE else self.info.progress
            self._change(phase=phase, progress=progress, left_s=None)
        else:
            self._change(phase=phase, left_s=None, error_code=error.code.value, error=error.message)

    def _change(self, **changes: object) -> None:
        self.info = replace(self.info, **changes)  # type: ignore[arg-type] # members of TaskInfo
        self._publish(self.info)


class Tasks:
    """All long work of one manager.

    Args:
        parent: the manager's tasks; work in the background ends with them.
        events: told of every step.
        journal: where what is under way is written down; None for nowhere.
    """

    def __init__(
        self, parent: asyncio.TaskGroup, events: EventHub, journal: TaskJournal | None = None
    ) -> None:
        self._parent = parent
        self._events = events
        self._journal = journal
        self._has_let_go = False
        self._known: dict[UUID, Task] = {}

    def infos(self) -> tuple[TaskInfo, ...]:
        """All of them, the oldest first; the ones that are over for a while."""
        return tuple(task.info for task in self._known.values())

    def busy(self) -> bool:
        """Whether any is under way."""
        return any(not task.info.phase.is_over for task in self._known.values())

    async def run(
        self,
        kind: TaskKind,
        vm_name: str,
        vm_id: UUID,
        work: Callable[[Task], Awaitable[None]],
        *,
        background: bool = False,
        wish: Wish | None = None,
        sources: tuple[Path, ...] = (),
        own: tuple[Path, ...] = (),
    ) -> TaskInfo:
        """Do `work`; returns when it is done, or at once with `background`.

        Work that can be refused at once should be refused before this is called.

        Args:
            kind: what it does.
            vm_name: on which machine.
            vm_id: the same, for life.
            work: gets the task to report to; cancelled, it leaves nothing behind.
            background: do not wait; a failure is then told by the task alone.
            wish: what to write down, so that it can be begun again after a crash.
            sources: files that are read; changed, it is not begun again.
            own: the same in the machine's folder.

        Raises:
            AppError: what the work raised, or it cannot be written down.
            StateError: somebody cancelled it by its number.
        """
        info = TaskInfo(task_id=uuid4(), kind=kind, vm_name=vm_name, vm_id=vm_id)
        task = Task(info, self._tell)
        self._make_room()
        self._known[info.task_id] = task
        self._tell(info)
        outcome: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        noted = self._noted(work, wish, sources, own)
        task.work = self._parent.create_task(_carry_out(task, noted, outcome), name=f"task {kind}")
        task.work.add_done_callback(lambda _: _never_began(task, outcome))
        if background:
            outcome.add_done_callback(_seen)
            return task.info
        try:
            await asyncio.shield(outcome)
        except asyncio.CancelledError:
            if not outcome.done():  # The caller has left: so does the work, to its very end.
                task.work.cancel()
                await asyncio.wait([task.work])
                outcome.add_done_callback(_seen)
            raise
        return task.info

    async def cancel(self, task_id: UUID) -> TaskInfo:
        """End a task; returns when nothing of it is left. One that is over stays as it is.

        Raises:
            ParamError: there is no such task.
        """
        task = self._known.get(task_id)
        if task is None or task.work is None:
            raise ParamError("There is no such task.", remedy="Look at the list of tasks.")
        task.work.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait([task.work])
        return task.info

    def let_go(self) -> None:
        """End everything: the manager goes. What is written down stays, for the next one."""
        self._has_let_go = True
        for task in self._known.values():
            if task.work is not None:
                task.work.cancel()

    def _noted(
        self,
        work: Callable[[Task], Awaitable[None]],
        wish: Wish | None,
        sources: tuple[Path, ...],
        own: tuple[Path, ...],
    ) -> Callable[[Task], Awaitable[None]]:
        """The work, written down before its first step and forgotten after its last one."""
        journal = self._journal
        if journal is None or wish is None:
            return work

        async def noted(task: Task) -> None:
            keep = False
            try:
                with storing("The work cannot be written down."):
                    begin = partial(journal.begin, task.info, wish, sources, own)
                    await unbroken(_open(task, begin))
                inherited.set(task.record.descriptor if task.record else None)
                await work(task)
            except asyncio.CancelledError:
                keep = self._has_let_go
                raise
            finally:
                await _close(task, keep=keep)

        return noted

    def _tell(self, info: TaskInfo) -> None:
        self._events.publish(DiskMigration(vm_id=info.vm_id, vm_name=info.vm_name, task=info))

    def _make_room(self) -> None:
        over = [number for number, task in self._known.items() if task.info.phase.is_over]
        for number in over[: max(0, len(over) - KEPT + 1)]:
            del self._known[number]


async def _carry_out(
    task: Task, work: Callable[[Task], Awaitable[None]], outcome: asyncio.Future[None]
) -> None:
    try:
        await work(task)
    except AppError as err:
        task.end(TaskPhase.FAILED, err)
        _settle(outcome, err)
    except asyncio.CancelledError:
        _cancelled(task, outcome)
        raise
    except Exception as err:  # noqa: BLE001 - a bug in one task must not end the other tasks
        _log.exception("%s of %s: a bug", task.info.kind, task.info.vm_name)
        task.end(TaskPhase.FAILED, AppError("Something went wrong inside.", detail=repr(err)))
        _settle(outcome, err)
    else:
        task.end(TaskPhase.DONE)
        _settle(outcome, None)


async def _open(task: Task, begin: Callable[[], OpenRecord]) -> None:
    task.record = await asyncio.to_thread(begin)


async def _close(task: Task, *, keep: bool) -> None:
    record, task.record = task.record, None
    if record is not None:
        with suppress(asyncio.CancelledError):  # Too late: the work is over already.
            await unbroken(asyncio.to_thread(partial(record.close, keep=keep)))


def _cancelled(task: Task, outcome: asyncio.Future[None]) -> None:
    task.end(TaskPhase.CANCELLED)
    _settle(outcome, StateError("It was cancelled.", remedy="Start it again when you like."))


def _never_began(task: Task, outcome: asyncio.Future[None]) -> None:
    """One that was cancelled before its first step has not told so itself."""
    if not outcome.done():
        _cancelled(task, outcome)


def _settle(outcome: asyncio.Future[None], error: Exception | None) -> None:
    if outcome.done():
        return
    if error is None:
        outcome.set_result(None)
    else:
        outcome.set_exception(error)


def _seen(outcome: asyncio.Future[None]) -> None:
    """Nobody waits for it: the task itself tells what became of it."""
    if not outcome.cancelled():
        outcome.exception()
