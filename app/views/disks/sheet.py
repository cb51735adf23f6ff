"""What the sheets about disks have in common: a heading, contents, and two buttons below."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QVBoxLayout
from typing_extensions import override

from app.views.icons import Glyph
from app.views.widgets.buttons import Button
from app.views.widgets.labels import GlyphLabel, label
from app.views.widgets.layouts import column, row
from app.views.widgets.sheet import Sheet

_WIDTH_PX = 520


class WorkSheet(Sheet):
    """Asks for what long work needs; open until that work has begun.

    Attributes:
        is_open: it has not been closed, so that it may still be told things.
        content: where the sheet's own widgets go.
    """

    def __init__(
        self, title: str, heading: str, verb: str, glyph: Glyph, *, width_px: int = _WIDTH_PX
    ) -> None:
        """Make one; `verb` is on the primary button, which calls `go`."""
        super().__init__(title, QSize(width_px, 10_000))
        self.is_open = True
        self._width_px = width_px
        self._verb = verb
        self.finished.connect(self._closed)
        outer = column(self, margins=(24, 20, 20, 18), spacing=14)
        head = row(spacing=12)
        head.addWidget(GlyphLabel(glyph, "brand_text", 24))
        head.addWidget(label(heading, "heading", wrap=True), 1)
        outer.addLayout(head)
        self.content: QVBoxLayout = column(spacing=12)
        outer.addLayout(self.content)
        outer.addStretch(1)
        footer = row(margins=(0, 6, 0, 0), spacing=10)
        self._cancel = Button(self.tr("Cancel"))
        self._cancel.clicked.connect(self.reject)
        self._go = Button(verb, "primary")
        self._go.setDefault(True)
        self._go.clicked.connect(self.go)
        footer.addStretch(1)
        footer.addWidget(self._cancel)
        footer.addWidget(self._go)
        outer.addLayout(footer)

    def drop_cancel(self) -> None:
        """There is nothing to give up."""
        self._cancel.hide()

    def go(self) -> None:
        """The primary button was pressed; each sheet says what that begins."""
        # Qt's metaclass and that of abstract classes cannot be one.
        raise NotImplementedError

    def show_busy(self, *, is_busy: bool) -> None:
        """The work is being begun; the button waits for that."""
        if self.is_open:
            self._go.setEnabled(not is_busy)

    def close_done(self) -> None:
        """The work has begun."""
        if self.is_open:
            self.accept()

    @override
    def wanted_size(self, room: QSize) -> QSize:
        width = min(self._width_px, room.width())
        layout = self.layout()
        if layout is None:
            return QSize(width, room.height())
        return QSize(width, min(layout.totalHeightForWidth(width), room.height()))

    def _closed(self, _: int) -> None:
        self.is_open = False
