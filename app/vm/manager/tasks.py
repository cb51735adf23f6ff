"""Long work on this computer: `TasksApi`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from app.vm.api.tasks import TasksApi
from app.vm.manager.core import ManagerCore

if TYPE_CHECKING:
    from uuid import UUID

    from app.vm.records import TaskInfo


class LongWork(ManagerCore, TasksApi):
    """Functions of `TasksApi`; the work itself is in `app.vm.tasks` and what starts it."""

    @override
    async def list_tasks(self) -> tuple[TaskInfo, ...]:
        return self.long_work.infos()

    @override
    async def cancel_task(self, task_id: UUID) -> TaskInfo:
        return await self.long_work.cancel(task_id)
