"""Long work: imports, exports, snapshots, while they are under way and shortly after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from uuid import UUID

    from app.vm.records import TaskInfo


class TasksApi(Protocol):
    """Long work."""

    async def list_tasks(self) -> tuple[TaskInfo, ...]:
        """All long work of this manager, the oldest first; what is over stays for a while."""

    async def cancel_task(self, task_id: UUID) -> TaskInfo:
        """End long work; returns when nothing of it is left. What is over stays as it is.

        Raises:
            ParamError: there is no such task.

        Events: vmDiskMigration.
        """
