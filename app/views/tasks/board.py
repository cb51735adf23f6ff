"""All long work that the window knows: what the manager tells, and when the window heard it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from app.views import words
from app.views.tasks.pace import Pace
from app.vm.records import TaskInfo


@dataclass(slots=True)
class Known:
    """One piece of long work.

    Attributes:
        info: what the manager says.
        pace: how fast it is.
        source: the file that the person chose to import, None when somebody else began it.
        target: where the copy of an export lies, None before it is there.
        ended_ms: when the window heard of its end, milliseconds since 1970; 0 for before that.
    """

    info: TaskInfo
    pace: Pace
    source: Path | None = None
    target: Path | None = None
    ended_ms: int = 0


class TaskBoard(QObject):
    """Keeps the tasks of the manager.

    Signals:
        changed: a task is new or another one now (its `Known`).
        ended: a task that was under way is over (its `Known`).
        removed: tasks were taken off the board.
    """

    changed = Signal(object)
    ended = Signal(object)
    removed = Signal()

    def __init__(self, parent: QObject, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin empty; `clock` gives seconds and only goes forward."""
        super().__init__(parent)
        self._clock = clock
        self._known: dict[UUID, Known] = {}
        self._sources: dict[UUID, Path] = {}
        self._targets: dict[UUID, Path] = {}
        self._dismissed: set[UUID] = set()

    @property
    def tasks(self) -> tuple[Known, ...]:
        """All of them, those under way first, the newest first."""
        newest = list(reversed(self._known.values()))
        return tuple(sorted(newest, key=lambda known: known.info.phase.is_over))

    @property
    def under_way(self) -> int:
        """How many are not over."""
        return sum(not known.info.phase.is_over for known in self._known.values())

    def find(self, task_id: UUID) -> Known | None:
        """The task of that number."""
        return self._known.get(task_id)

    def of_machine(self, vm_id: UUID) -> Known | None:
        """What is under way on that machine, the newest when there is more."""
        for known in reversed(self._known.values()):
            if known.info.vm_id == vm_id and not known.info.phase.is_over:
                return known
        return None

    def left_s(self, known: Known) -> int | None:
        """Seconds that it may still take, None while that cannot be told."""
        return known.pace.left_s(self._clock())

    def put(self, info: TaskInfo) -> None:
        """Take what the manager says; one that is over and was never seen was before our time."""
        if info.task_id in self._dismissed:
            return
        now_s = self._clock()
        known = self._known.get(info.task_id)
        was_under_way = known is not None and not known.info.phase.is_over
        if known is None:
            known = self._known[info.task_id] = Known(info, Pace(now_s))
            known.source = self._sources.pop(info.task_id, None)
            known.target = self._targets.pop(info.task_id, None)
        elif known.info.phase.is_over:
            return  # The answer to a call may come after the event that tells of the end.
        known.info = info
        known.pace.hear(info.left_s, now_s)
        if info.phase.is_over and was_under_way:
            known.ended_ms = words.now_ms()
        self.changed.emit(known)
        if info.phase.is_over and was_under_way:
            self.ended.emit(known)

    def reset(self, infos: Iterable[TaskInfo]) -> None:
        """Take the manager's whole list; what it does not know any more is gone."""
        listed = {info.task_id: info for info in infos}
        self._take_off(set(self._known) - set(listed))
        for info in listed.values():
            self.put(info)

    def note_source(self, task_id: UUID, path: Path) -> None:
        """An import is of this file."""
        known = self._known.get(task_id)
        if known is None:
            self._sources[task_id] = path
        else:
            known.source = path

    def note_target(self, task_id: UUID, path: Path) -> None:
        """The copy of an export lies there."""
        known = self._known.get(task_id)
        if known is None:
            self._targets[task_id] = path
        else:
            known.target = path

    def clear_over(self) -> None:
        """Show no more what is over."""
        over = {number for number, known in self._known.items() if known.info.phase.is_over}
        self._dismissed |= over
        self._take_off(over)

    def _take_off(self, numbers: set[UUID]) -> None:
        for number in numbers:
            del self._known[number]
        if numbers:
            self.removed.emit()
