"""The manager itself: `ServiceApi` on this computer."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from app import __version__
from app.errors import NotSupportedError, StateError
from app.vm.api.service import ServiceApi
from app.vm.manager.core import ManagerCore

if TYPE_CHECKING:
    from app.vm.records import ManagerInfo


class Service(ManagerCore, ServiceApi):
    """Functions of `ServiceApi`."""

    @override
    async def ping(self) -> ManagerInfo:
        from app.vm.records import ManagerInfo  # noqa: PLC0415 - not for the first paint

        return ManagerInfo(
            version=__version__,
            pid=os.getpid(),
            screen=self.screen is not None,
            handover=self.handover is not None and self.screen is None,
            library=self.library.root,
            display="" if self.screen is None else self.screen.display,
        )

    @override
    async def query_api(self) -> dict[str, Any]:
        from app.vm.api_names import all_names  # noqa: PLC0415 - rarely asked

        return all_names()

    @override
    async def hand_over(self, to_display: str = "") -> None:
        has_windows = self.screen is not None
        if self.handover is None or (has_windows and not to_display):
            raise NotSupportedError(
                "This manager does not let another one take its place.",
                remedy="Close the window, or wait for the command to end.",
            )
        if has_windows and self.long_work.busy():
            raise StateError(
                "Long work is under way, and would be cut off.",
                remedy="Wait until it is done, or end it.",
            )
        self.handover.set()
