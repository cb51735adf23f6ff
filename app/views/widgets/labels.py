"""Text. Always plain: names of machines and files may look like mark-up."""

from __future__ import annotations

import html
import re

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyle, QStyleOption, QWidget
from typing_extensions import override

from app.views import icons, theme
from app.views.icons import Glyph


def label(text: str = "", role: str = "body", *, tone: str = "", wrap: bool = False) -> QLabel:
    """A text in one of the sizes ``display title heading strong body caption chip mono``."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    if tone:
        made.setProperty("tone", tone)
    if wrap:
        made.setWordWrap(True)
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
    return made


def breakable(text: str) -> str:
    """`text` with places where a line may break inside of endless words."""
    return re.sub(r"\S{24}", lambda match: match[0] + "\u200b", text)


def set_tip(widget: QWidget, text: str) -> None:
    """Give `widget` a tool tip that shows `text` as it is."""
    widget.setToolTip(plain_tip(text))


def plain_tip(text: str) -> str:
    """What to give Qt for a tool tip that shows `text` as it is."""
    return f"<span>{html.escape(text)}</span>" if text else ""


class ElidedLabel(QLabel):
    """One line that is cut with an ellipsis when there is no room; the tip has all of it."""

    def __init__(
        self,
        text: str = "",
        role: str = "body",
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__()
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setText(text)

    @override
    def setText(self, text: str) -> None:
        super().setText(text)
        self.setAccessibleName(text)
        set_tip(self, text)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        option = QStyleOption()
        option.initFrom(self)
        style = self.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        shown = self.fontMetrics().elidedText(self.text(), self._mode, self.width())
        flags = int(Qt.AlignmentFlag.AlignVCenter | self.alignment())
        style.drawItemText(
            painter,
            self.rect(),
            flags,
            self.palette(),
            self.isEnabled(),
            shown,
            self.foregroundRole(),
        )


class GlyphLabel(QWidget):
    """An icon beside a text; decoration, so screen readers skip it."""

    def __init__(self, glyph: Glyph, token: str = "text2", size_px: int = 18) -> None:  # noqa: S107
        super().__init__()
        self._glyph, self._token, self._size_px = glyph, token, size_px
        self.setFixedSize(size_px, size_px)

    def show_glyph(self, glyph: Glyph, token: str) -> None:
        """Show another icon in the colour of another token."""
        self._glyph, self._token = glyph, token
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        name = theme.colour(self._token).name()
        ratio = self.devicePixelRatioF()
        QPainter(self).drawPixmap(0, 0, icons.pixmap(self._glyph, name, self._size_px, ratio))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.update()
