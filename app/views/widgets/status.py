"""The sign of a state: a dot, or a spinner while a step is under way."""

from __future__ import annotations

import time

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.views import theme

SPIN_INTERVAL_MS = 80
_TURN_S = 1.0
_ARC_DEGREES = 270


def paint_dot(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """Fill the circle in `box`."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(box)


def paint_spinner(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """Draw an open ring in `box`, turned by the clock; still when motion is not wanted."""
    turn = (time.monotonic() % _TURN_S) / _TURN_S if theme.motion_ms(1) else 0.125
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    # Qt counts sixteenths of a degree, counter-clockwise (QPainter::drawArc).
    painter.drawArc(box.adjusted(1, 1, -1, -1), round(-turn * 360 * 16), _ARC_DEGREES * 16)


class StateSign(QWidget):
    """Dot or spinner in a text line. Decoration: the state's word stands beside it."""

    def __init__(self, size_px: int = 10) -> None:
        super().__init__()
        self._token, self._spins = "text3", False
        self._timer = QTimer(self, interval=SPIN_INTERVAL_MS)
        self._timer.timeout.connect(self.update)
        self.setFixedSize(size_px, size_px)

    def show_state(self, token: str, *, spins: bool) -> None:
        """Take the colour of `token`."""
        self._token, self._spins = token, spins
        self._run()
        self.update()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._run()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._run()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = QRectF(self.rect())
        if self._spins:
            paint_spinner(painter, box, theme.colour("brand_text"))
        else:
            paint_dot(painter, box.adjusted(1, 1, -1, -1), theme.colour(self._token))

    def _run(self) -> None:
        if self._spins and self.isVisible() and theme.motion_ms(1):
            self._timer.start()
        else:
            self._timer.stop()
