"""Where a click becomes a task: the only place in the views that starts one."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable, Coroutine

from PySide6.QtCore import QCoreApplication, QObject, Signal

from app.errors import AppError

_log = logging.getLogger(__name__)


class Actions(QObject):
    """Runs coroutines for the views and says what went wrong.

    It belongs to the GUI thread, whose asyncio loop has to be running (qasync).

    Signals:
        failed: an AppError, what failed, for people (may be empty), and what does it again, a
            function without arguments, or None.
    """

    failed = Signal(object, str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def run(
        self,
        work: Coroutine[object, object, None],
        *,
        name: str,
        title: str = "",
        again: Callable[[], None] | None = None,
    ) -> None:
        """Start `work`, return at once; its AppError becomes the `failed` signal.

        Args:
            work: what to do.
            name: of this action on this thing; while one of the same name is under way, a second
                click does nothing.
            title: what failed, should it fail: "Windows 11 could not start".
            again: does the same once more; for failures that the person can heal at once.
        """
        if self.is_running(name):
            work.close()
            return
        task = asyncio.get_running_loop().create_task(self._guard(work, title, again), name=name)
        self._tasks[name] = task
        task.add_done_callback(self._forget)
        task.add_done_callback(lambda _: work.close())  # it never ran when cancelled at once

    def is_running(self, name: str) -> bool:
        """Whether an action of that name is under way."""
        return name in self._tasks

    def cancel(self, name: str) -> None:
        """End the action of that name, if there is one."""
        task = self._tasks.pop(name, None)
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        """End everything that is under way and wait until it has ended."""
        tasks = [task for task in self._tasks.values() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _guard(
        self,
        work: Coroutine[object, object, None],
        title: str,
        again: Callable[[], None] | None,
    ) -> None:
        try:
            await work
        except AppError as err:
            _log.info("%s: %s %s", title or "an action failed", err.code, err.message)
            self.failed.emit(err, title, again)
        except Exception as err:  # noqa: BLE001 - a bug: into the log, and the person hears of it
            _log.exception("%s: unexpected", title or "an action failed")
            self.failed.emit(_unexpected(err), title, None)

    def _forget(self, task: asyncio.Task[None]) -> None:
        if self._tasks.get(task.get_name()) is task:
            del self._tasks[task.get_name()]


def _unexpected(err: Exception) -> AppError:
    return AppError(
        QCoreApplication.translate("Actions", "Something went wrong inside Duplex VM."),
        remedy=QCoreApplication.translate(
            "Actions", "Try again. If it happens again, copy the report and send it to us."
        ),
        detail="".join(traceback.format_exception(err)),
    )
