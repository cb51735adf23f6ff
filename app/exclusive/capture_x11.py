"""All keys on X11: an active grab of the keyboard (XGrabKeyboard), through Qt."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QWidget

_log = logging.getLogger(__name__)

# An open menu or a notification may hold the keyboard for a moment: ask again for one second.
_RETRY_MS = (30, 70, 150, 250, 500)


class X11Capture:
    """A capture for a top-level window on X11 (see `app.exclusive.capture.Capture`).

    The server does not end a grab when the window loses the focus, and it keeps the screen locker
    from working: whoever starts it has to stop it.
    """

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._answer: Callable[[bool], None] | None = None
        self._grabbed = False
        self._waits: list[int] = []
        self._timer = QTimer(window)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._try)

    @property
    def refusal(self) -> str:
        """Why, and what to do instead."""
        return QCoreApplication.translate(
            "Capture",
            "Another program holds the keyboard. Shortcuts such as Alt+Tab are not sent to the "
            "machine.",
        )

    def start(self, answer: Callable[[bool], None]) -> None:
        """Ask the server, and again for up to a second while another program is in the way."""
        self.stop()
        self._answer = answer
        self._waits = list(_RETRY_MS)
        self._try()

    def stop(self) -> None:
        """Give the keyboard back, or stop asking."""
        self._timer.stop()
        self._answer = None
        handle = self._window.windowHandle()
        if self._grabbed and handle is not None:
            handle.setKeyboardGrabEnabled(False)
        self._grabbed = False

    def _try(self) -> None:
        handle = self._window.windowHandle()
        self._grabbed = handle is not None and handle.setKeyboardGrabEnabled(True)
        if not self._grabbed and self._waits:
            self._timer.start(self._waits.pop(0))
            return
        _log.info("The keyboard was %s.", "captured" if self._grabbed else "not captured")
        answer, self._answer = self._answer, None
        if answer is not None:
            answer(self._grabbed)
