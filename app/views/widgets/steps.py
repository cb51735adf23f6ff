"""The list of a wizard's steps: what is done, where one is, what comes."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.views import icons, theme
from app.views.icons import Glyph
from app.views.tokens import CAPTION_PX
from app.views.widgets.labels import label
from app.views.widgets.layouts import column, row, set_look


class Steps(QWidget):
    """Numbers and names, from top to bottom."""

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self._names = names
        layout = column(self, spacing=16)
        self._numbers = [_Number(number + 1) for number in range(len(names))]
        self._labels = [label(name, tone="text2") for name in names]
        for number, text in zip(self._numbers, self._labels, strict=True):
            line = row(spacing=12)
            line.addWidget(number)
            line.addWidget(text, 1)
            layout.addLayout(line)
        self.show_step(0)

    def show_step(self, present: int) -> None:
        """Mark the present step, counted from 0; those before it are done."""
        for number, (sign, text) in enumerate(zip(self._numbers, self._labels, strict=True)):
            is_now = number == present
            sign.show_state("now" if is_now else "done" if number < present else "todo")
            set_look(text, role="strong" if is_now else "body", tone="" if is_now else "text2")
        spoken = self.tr("Step %1 of %2: %3").replace("%1", str(present + 1))
        spoken = spoken.replace("%2", str(len(self._names)))
        self.setAccessibleName(spoken.replace("%3", self._names[present]))


class _Number(QWidget):
    def __init__(self, number: int) -> None:
        super().__init__()
        self._number, self._state = number, "todo"
        self.setFixedSize(26, 26)

    def show_state(self, state: str) -> None:
        self._state = state
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        circle = QRectF(1, 1, 24, 24)
        if self._state == "todo":
            painter.setPen(QPen(theme.colour("text3"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("brand" if self._state == "now" else "tint"))
        painter.drawEllipse(circle)
        if self._state == "done":
            name = theme.colour("brand_text").name()
            check = icons.pixmap(Glyph.CHECK, name, 16, self.devicePixelRatioF())
            painter.drawPixmap(QPointF(5, 5), check)
            return
        font = QFont(self.font())
        font.setPixelSize(CAPTION_PX)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(theme.colour("on_brand" if self._state == "now" else "text2"))
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(self._number))
