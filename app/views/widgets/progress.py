"""A thin bar that shows how far something is; without a number a part of it wanders."""

from __future__ import annotations

import time

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy
from typing_extensions import override

from app.views import theme

HEIGHT_PX = 6
_INTERVAL_MS = 40
_ROUND_S = 1.6
_WANDERING = 0.3  # of the width


def paint_bar(painter: QPainter, box: QRectF, fraction: float) -> None:
    """Paint the track and `fraction` of it, 0 to 1, in the brand's colour."""
    radius = box.height() / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("fill"))
    painter.drawRoundedRect(box, radius, radius)
    if fraction > 0:
        done = QRectF(box)
        done.setWidth(max(box.height(), box.width() * min(fraction, 1.0)))
        painter.setBrush(theme.colour("brand"))
        painter.drawRoundedRect(done, radius, radius)


class Bar(QProgressBar):
    """A progress bar of 0 to 100; `show_percent` with None for "nobody knows"."""

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self.setRange(0, 100)
        self.setTextVisible(False)
        self.setAccessibleName(name)
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._timer = QTimer(self, interval=_INTERVAL_MS)
        self._timer.timeout.connect(self.update)

    def show_percent(self, percent: int | None) -> None:
        """Show so many percent."""
        if percent is None:
            self.setRange(0, 0)
        else:
            self.setRange(0, 100)
            self.setValue(percent)
        self._run()
        self.update()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(60, HEIGHT_PX)

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
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        if self.maximum() > 0:
            paint_bar(painter, box, self.value() / 100)
            return
        paint_bar(painter, box, 0)
        turn = (time.monotonic() % _ROUND_S) / _ROUND_S if theme.motion_ms(1) else 0.35
        part = QRectF(box)
        part.setWidth(box.width() * _WANDERING)
        part.moveLeft((box.width() + part.width()) * turn - part.width())
        painter.setClipRect(box)
        painter.setBrush(theme.colour("brand"))
        painter.drawRoundedRect(part, box.height() / 2, box.height() / 2)

    def _run(self) -> None:
        if self.maximum() == 0 and self.isVisible() and theme.motion_ms(1):
            self._timer.start()
        else:
            self._timer.stop()
