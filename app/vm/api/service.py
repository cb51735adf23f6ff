"""The manager itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from app.vm.records import ManagerInfo


class ServiceApi(Protocol):
    """The manager."""

    async def ping(self) -> ManagerInfo:
        """Who the manager is."""

    async def query_api(self) -> dict[str, Any]:
        """Every name of this API: functions, events, enumerations, error codes, texts."""

    async def hand_over(self) -> None:
        """Let another process be the manager: no new work, the lock goes, machines run on.

        Raises:
            NotSupportedError: this manager has a window, or is one command's.
        """
