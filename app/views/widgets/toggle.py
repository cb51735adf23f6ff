"""The switch: a check box that is drawn as one."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox
from typing_extensions import override

from app.views import theme


class Toggle(QCheckBox):
    """On or off, at once. It has no text; `name` is for screen readers."""

    def __init__(self, name: str, *, is_on: bool = False) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setChecked(is_on)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(44, 32)

    @override
    def sizeHint(self) -> QSize:
        return QSize(44, 32)

    @override
    def hitButton(self, pos: object) -> bool:
        return True

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(1, 5, 42, 22)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("brand" if self.isChecked() else "press"))
        painter.drawRoundedRect(track, 11, 11)
        painter.setBrush(Qt.GlobalColor.white)
        painter.drawEllipse(QPointF(32 if self.isChecked() else 12, 16), 8.5, 8.5)
        if self.hasFocus() and self.property("kbd") == "true":
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("text"), 2))
            painter.drawRoundedRect(track.adjusted(0, -1, 0, 1), 12, 12)
