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

    async def hand_over(self, to_display: str = "") -> None:
        """Let another process be the manager: no new work, the lock goes, machines run on.

        Args:
            to_display: where a person asked for the windows, such as ``:1``; one who has windows
                closes them, and gives way only so.

        Raises:
            NotSupportedError: this manager has windows and nobody asked for them elsewhere, or it
                is one command's.
            StateError: it has windows, and long work that would be cut off.
        """
