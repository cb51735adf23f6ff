"""When a window has been painted for the first time: from then on, work is not in its way."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget
from typing_extensions import override

_LONGEST_MS = 1000


def first_paint(window: QWidget) -> asyncio.Future[None]:
    """Resolves when `window` has been painted, or after a second: a covered one may never be.

    Call it on the running loop, before the window is shown.
    """
    return _FirstPaint(window).seen


class _FirstPaint(QObject):
    """Filters the window's events until the first paint; the window owns it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.seen: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        window.installEventFilter(self)
        QTimer.singleShot(_LONGEST_MS, self, self._done)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            # The children paint and the picture goes to the screen after this event.
            QTimer.singleShot(0, self, self._done)
        return False

    def _done(self) -> None:
        if not self.seen.done():
            self.seen.set_result(None)
