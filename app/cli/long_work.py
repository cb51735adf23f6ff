"""Long work that a command waits for: Ctrl-C ends the work itself, not only the waiting.

The manager may be another process, whose work would go on without us: it is told to end the task,
and the command ends when nothing of it is left. Where it cannot be told any more, the end of the
connection tells it (`app.vm.wire_connection`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from app.errors import AppError
from app.paths import fold_name

if TYPE_CHECKING:
    from uuid import UUID

    from app.cli.work import Work
    from app.vm.api import ManagerApi
    from app.vm.records import TaskInfo

ResultT = TypeVar("ResultT")

_SENTENCES = {
    "cancelled": "Cancelled: nothing of it is left.",
    "done": "It was done before it could be cancelled.",
    "failed": "It failed before it could be cancelled.",
}
_NOT_BEGUN = "Cancelled: it had not begun."
_UNKNOWN = "Interrupted: the manager does not answer. Look at “duplex-vm tasks list”."


class WorkInterruptedError(Exception):
    """The person interrupted a command; its words are what became of the work."""


async def to_its_end(
    work: Work,
    manager: ManagerApi,
    vm_name: str,
    begin: Callable[[], Awaitable[ResultT]],
) -> ResultT:
    """Wait for long work; cancelled, return only when the task has ended too.

    Args:
        work: the command's.
        manager: who does it.
        vm_name: on which machine, as the task is going to say.
        begin: asks for the work, and waits for it.

    Raises:
        WorkInterruptedError: it was cancelled.
        AppError: what the work raised.
    """
    work.about(vm_name)
    before = {task.task_id for task in await manager.list_tasks()}
    try:
        return await begin()
    except asyncio.CancelledError:
        if (this := asyncio.current_task()) is not None:
            this.uncancel()  # It is answered here, by an error of its own.
        raise WorkInterruptedError(await _end(manager, vm_name, before)) from None


async def _end(manager: ManagerApi, vm_name: str, before: set[UUID]) -> str:
    """End the task that was not there before; what became of it, as a sentence."""
    try:
        ours = [task for task in await manager.list_tasks() if _is_ours(task, vm_name, before)]
        ended = [await manager.cancel_task(task.task_id) for task in ours]
    except AppError:
        return _UNKNOWN
    return _SENTENCES.get(ended[-1].phase.value, _UNKNOWN) if ended else _NOT_BEGUN


def _is_ours(task: TaskInfo, vm_name: str, before: set[UUID]) -> bool:
    return task.task_id not in before and fold_name(task.vm_name) == fold_name(vm_name)
