"""Snapshots with memory of one live machine: one at a time, each step safe to be cut off.

QEMU does not protect from three things. A load that fails may have changed the disks already, so
that the old memory must not run on. Two loads without a run of the processors in between crash a
machine with UEFI when it goes on (each adds one more handler of its variable store). And all that
it can be asked for afterwards does not tell whether either happened: so it is written down in the
run's record, for this manager and the next.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

from app.errors import AppError, ConnectionLostError, EngineError, StateError, StoreError
from app.vm.qemu import snapshot_jobs
from app.vm.qemu.live_disks import Execute
from app.vm.qemu.monitor import FAST_S
from app.vm.qemu.run_record import SnapshotMark
from app.vm.unbroken import unbroken

_log = logging.getLogger(__name__)


class LiveSnapshots:
    """What one live machine has under way with its snapshots.

    Args:
        execute: of the machine's monitor.
        mark: what the run's record says.
        write_mark: puts another mark into the record; raises StoreError when it cannot.
        settled: called after each piece of work, when the engine answers again.
        changed: set when a job has told of a new status.
    """

    def __init__(
        self,
        execute: Execute,
        mark: SnapshotMark,
        write_mark: Callable[[SnapshotMark], Awaitable[None]],
        settled: Callable[[], None],
        changed: asyncio.Event,
    ) -> None:
        self.mark = mark
        self._execute = execute
        self._write_mark = write_mark
        self._settled = settled
        self._changed = changed
        self._one = asyncio.Lock()
        self._others = 0

    @property
    def busy(self) -> bool:
        """Whether one is being made, loaded or deleted: the engine may answer nothing now."""
        return self._one.locked()

    @contextmanager
    def kept_out(self) -> Iterator[None]:
        """Other work in the machine's disks; no snapshot begins meanwhile.

        Raises:
            StateError: one is under way.
        """
        self.refuse_busy()
        self._others += 1
        try:
            yield
        finally:
            self._others -= 1

    def refuse_busy(self) -> None:
        """See that none is under way: what is asked for now would happen at an odd moment.

        Raises:
            StateError: one is.
        """
        if self.busy:
            raise _busy()

    async def save(self, tag: str, disk_ids: Sequence[str]) -> None:
        """See `app.vm.engine.Running.save_snapshot`. Cancelled, it is made all the same."""
        async with self._alone():
            await unbroken(self._save(tag, disk_ids))

    async def load(self, tag: str, disk_ids: Sequence[str]) -> None:
        """See `app.vm.engine.Running.load_snapshot`. Cancelled, it is loaded all the same."""
        async with self._alone():
            await unbroken(self._load(tag, disk_ids))

    async def delete(self, tag: str, disk_ids: Sequence[str]) -> None:
        """See `app.vm.engine.Running.delete_snapshot`."""
        async with self._alone():
            work = snapshot_jobs.delete(self._execute, tag, disk_ids, changed=self._changed)
            await unbroken(work)

    async def refuse_to_run(self) -> None:
        """See that the processors may run.

        Raises:
            StateError: a snapshot is under way, or a failed load has left memory and disks that do
                not belong together.
            ConnectionLostError: the engine does not answer.
        """
        present = await self._status(timeout_s=FAST_S)
        self.refuse_busy()
        if self.mark is SnapshotMark.BROKEN or present == "restore-vm":
            raise StateError(
                "The machine was not taken back to its snapshot as a whole and cannot go on.",
                remedy="Force it off, then go back to the snapshot again.",
            )

    async def note_run(self) -> None:
        """The processors run again: what was loaded last is no longer as it was loaded."""
        if self.mark is SnapshotMark.LOADED:
            await self._note_if_possible(SnapshotMark.NONE)

    async def settle(self) -> None:
        """Bring to its end what an earlier manager, or a lost link, has left.

        Raises:
            ConnectionLostError: the engine does not answer.
            EngineError: it answers something else.
        """
        async with self._one:
            loaded: str | None = None
            for name, kind in await snapshot_jobs.jobs_left(self._execute):
                _log.info("a snapshot job was left: %s", name)
                error = await snapshot_jobs.outcome(self._execute, name, self._changed)
                if kind == "snapshot-load":
                    loaded = error
                    await self._note(_after_load(error))
                await snapshot_jobs.dismiss(self._execute, name)
            if loaded is None and self.mark in {SnapshotMark.SAVING, SnapshotMark.LOADING}:
                await self._note_if_possible(SnapshotMark.NONE)  # A load had not begun.

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        try:
            async with self._one:
                if self._others:
                    raise _busy()
                await snapshot_jobs.refuse_busy(self._execute)
                yield
        except ConnectionLostError as err:
            raise EngineError(
                "The machine's engine was lost while a snapshot was under way.",
                detail=err.detail,
            ) from err
        finally:
            self._settled()

    async def _save(self, tag: str, disk_ids: Sequence[str]) -> None:
        ran = await self._status() == "running"
        if self.mark is SnapshotMark.NONE:  # Others say more.
            await self._note_if_possible(SnapshotMark.SAVING)
        try:
            await snapshot_jobs.save(self._execute, tag, disk_ids, changed=self._changed)
        except ConnectionLostError:
            raise  # It may go on without us: the mark stays.
        except AppError:
            await self._end_save(ran=ran)
            raise
        await self._end_save(ran=ran)

    async def _end_save(self, *, ran: bool) -> None:
        if self.mark is SnapshotMark.SAVING:
            await self._note_if_possible(SnapshotMark.NONE)
        # QEMU lets a machine run again that ran; should it not, it is told so.
        if ran and await self._status() in {"paused", "save-vm"}:
            await self._execute("cont", timeout_s=None)

    async def _load(self, tag: str, disk_ids: Sequence[str]) -> None:
        await snapshot_jobs.check_loadable(self._execute, tag, disk_ids)
        ran = await self._status() == "running"
        if self.mark is SnapshotMark.LOADED:
            await self._execute("cont", timeout_s=None)
        await self._execute("stop", timeout_s=None)
        try:
            await self._load_standing(tag, disk_ids)
        except StateError:
            if ran:
                await self._execute("cont", timeout_s=None)
            raise

    async def _load_standing(self, tag: str, disk_ids: Sequence[str]) -> None:
        try:
            await self._note(SnapshotMark.LOADING)
        except StoreError as err:
            raise StateError(err.message, remedy=err.remedy, detail=err.detail) from err
        try:
            job = await snapshot_jobs.begin(self._execute, "load", tag, disk_ids)
        except EngineError as err:  # No job: nothing has begun.
            await self._note_if_possible(SnapshotMark.NONE)
            raise StateError(err.message, detail=err.detail) from err
        try:
            error = await snapshot_jobs.outcome(self._execute, job, self._changed)
        except EngineError:
            await self._note_if_possible(SnapshotMark.BROKEN)
            raise
        # A job that is not dismissed says how it went, so the record has to know it first.
        if await self._note_if_possible(_after_load(error)):
            await snapshot_jobs.dismiss(self._execute, job)
        if error:
            raise snapshot_jobs.load_error(error)
        if await self._status() == "running":
            await self._execute("stop", timeout_s=None)

    async def _status(self, *, timeout_s: float | None = None) -> str:
        answer = await self._execute("query-status", timeout_s=timeout_s)
        return str(answer.get("status"))

    async def _note(self, mark: SnapshotMark) -> None:
        self.mark = mark
        await self._write_mark(mark)

    async def _note_if_possible(self, mark: SnapshotMark) -> bool:
        try:
            await self._note(mark)
        except StoreError as err:
            _log.warning("what a snapshot has done cannot be written down: %s", err.detail)
            return False
        return True


def _after_load(error: str) -> SnapshotMark:
    if not error:
        return SnapshotMark.LOADED
    touched = not isinstance(snapshot_jobs.load_error(error), StateError)
    return SnapshotMark.BROKEN if touched else SnapshotMark.NONE


def _busy() -> StateError:
    return StateError(
        "A snapshot of the machine, or a copy of its disk, is under way.",
        remedy="Wait until that is done.",
    )
