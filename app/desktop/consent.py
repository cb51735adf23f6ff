"""Where a question to the person appears: one at a time, in the window that they are looking at."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from app.desktop.windows import MachineWindows
from app.exclusive.window import ExclusiveWindow
from app.views.main_window import MainWindow
from app.views.privacy.consent_sheet import ConsentSheet
from app.views.widgets.sheet import SheetHost
from app.vm.permissions import Choice, Request

_ROOM, _ROOM_FOR_REASONS = QSize(520, 300), QSize(520, 460)
"""A window that is smaller has no room for a question, and for one with a program's words in it."""


class ConsentDesk:
    """Implements `app.vm.permissions.AskPerson`.

    A question about a machine whose own window is being worked in appears there: nobody is torn out
    of an exclusive window. Every other one appears on the main window, which comes to the front.

    Args:
        main_window: the library.
        windows: the machines' windows.
        raise_main: brings the library to the front.
    """

    def __init__(
        self, main_window: MainWindow, windows: MachineWindows, raise_main: Callable[[], None]
    ) -> None:
        self._main_window, self._windows, self._raise_main = main_window, windows, raise_main
        self._hosts: dict[int, SheetHost] = {}
        self._turn = asyncio.Lock()
        windows.windowClosed.connect(self._window_closed)

    async def ask(self, request: Request) -> Choice:
        """Show the question and return the answer; when cancelled, the question goes.

        Questions wait for each other. One whose window goes away, or is built anew, without an
        answer is asked again.
        """
        async with self._turn:
            while True:
                sheet = ConsentSheet(request)
                await self._host(request).ask(sheet)
                if not sheet.was_dismissed:
                    return sheet.answer

    def _host(self, request: Request) -> SheetHost:
        window = self._windows.of_machine(request.subject)
        is_at_hand = window is not None and QApplication.activeWindow() is window
        if window is not None and is_at_hand and _has_room(window, request):
            return self._host_on(window)
        self._raise_main()
        QApplication.alert(self._main_window)  # where the desktop does not let us come forward
        return self._main_window.sheets

    def _host_on(self, window: ExclusiveWindow) -> SheetHost:
        host = self._hosts.get(window.window_id)
        if host is None:
            host = SheetHost(window, self._main_window.keyboard)
            host.covered.connect(window.cover)
            self._hosts[window.window_id] = host
        return host

    def _window_closed(self, window_id: int) -> None:
        host = self._hosts.pop(window_id, None)
        if host is not None:
            host.close_all()


def _has_room(window: ExclusiveWindow, request: Request) -> bool:
    needed = _ROOM_FOR_REASONS if request.client or request.reason else _ROOM
    return window.size().boundedTo(needed) == needed
