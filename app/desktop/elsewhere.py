"""A second start: the windows are another process's already, perhaps on another screen."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

from app.errors import AppError, ConnectionLostError
from app.views.problems import sentence
from app.views.widgets.focus import KeyboardFocus
from app.views.widgets.question import Choice, ErrorSheet, QuestionSheet
from app.views.widgets.sheet import SheetHost
from app.vm.api import ManagerApi
from app.vm.state import VmState

if TYPE_CHECKING:
    from app.desktop.wishes import Wishes

_SIZE = QSize(600, 320)
_MOVE, _SHOW = "move", "show"


def own_display() -> str:
    """Name of the screen that this process's windows are on; empty when it has none to tell.

    X11 and Wayland name their sockets differently, so that two sessions of one person never have
    the same. The number of an X server's screen (``:0.0``) says nothing here.
    """
    match QGuiApplication.platformName():
        case "xcb":
            host, colon, number = os.environ.get("DISPLAY", "").rpartition(":")
            return f"{host}{colon}{number.partition('.')[0]}"
        case "wayland":
            return os.environ.get("WAYLAND_DISPLAY", "wayland-0")
        case _:
            return ""


async def meet(manager: ManagerApi, wishes: Wishes) -> Wishes | None:
    """Tell the manager, which is another process, what is wanted.

    Returns:
        None when the other one shows it; else what is wanted here, once the other one has gone.

    Raises:
        NotSupportedError: it has no windows.
        ConnectionLostError: it has gone.
        AppError: what is wanted cannot be shown.
    """
    info = await manager.ping()
    here = own_display()
    if info.screen and here and info.display not in {"", here}:
        return await _ask(manager, wishes, here)
    await _show_there(manager, wishes)
    return None


async def _show_there(manager: ManagerApi, wishes: Wishes) -> None:
    await manager.show_window(wishes.iso)
    if wishes.show:
        await manager.show_vm(wishes.show)


async def _ask(manager: ManagerApi, wishes: Wishes, here: str) -> Wishes | None:
    window = ElsewhereWindow()
    window.show()
    try:
        while True:
            match await window.ask():
                case "move":
                    try:
                        return await _take_over(manager, wishes, here)
                    except ConnectionLostError:
                        raise
                    except AppError as err:
                        await window.tell(err)
                case "show":
                    await _show_there(manager, wishes)
                    return None
                case _:
                    return None
    finally:
        window.hide()
        window.deleteLater()


async def _take_over(manager: ManagerApi, wishes: Wishes, here: str) -> Wishes:
    """Have the other one go; the machines that it showed are opened here."""
    shown = [info.name for info in await manager.list_vms() if info.state is VmState.VIEWING]
    await manager.hand_over(here)
    return replace(wishes, reopen=tuple(name for name in shown if name != wishes.show))


class ElsewhereWindow(QWidget):
    """Asks where the windows shall be."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowTitle("Duplex VM")
        self.resize(_SIZE)
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            raise TypeError("a window needs a QApplication")
        self._sheets = SheetHost(self, KeyboardFocus(app))

    async def ask(self) -> str:
        """``move``, ``show``, or empty: nothing at all."""
        return await self._sheets.ask(
            QuestionSheet(
                self.tr("Duplex VM is open on another screen"),
                self.tr(
                    "You are logged in twice, and its windows are there. They can be moved here; "
                    "your machines go on meanwhile."
                ),
                [
                    Choice("", self.tr("Cancel")),
                    Choice(_SHOW, self.tr("Show it there")),
                    Choice(_MOVE, self.tr("Move it here"), "primary"),
                ],
            )
        )

    async def tell(self, error: AppError) -> None:
        """Say why it could not be moved."""
        details = "\n".join(filter(None, (str(error.code), error.message, error.detail)))
        await self._sheets.ask(
            ErrorSheet(
                self.tr("It could not be moved"),
                sentence(error.message),
                sentence(error.remedy),
                details,
                [Choice("", self.tr("Close"), "primary")],
            )
        )

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        event.accept()
        self._sheets.close_all()
