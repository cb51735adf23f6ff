"""Bring in a disk image, or a whole machine, as a new machine."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from app.views.disks.naming_sheet import NamingSheet
from app.views.icons import Glyph
from app.views.widgets.labels import ElidedLabel, GlyphLabel
from app.views.widgets.layouts import column, frame, row


class ImportSheet(NamingSheet):
    """Shows the file and asks for the new machine's name."""

    def __init__(self, path: Path, name: str, taken: frozenset[str]) -> None:
        """Ask for a name other than `taken`, which are folded; `name` is proposed."""
        super().__init__(
            self.tr("Import"), self.tr("Import as a new machine"), self.tr("Import"), Glyph.IMPORT
        )
        quote = frame("quote")
        bar = row(quote, margins=(14, 10, 14, 10), spacing=12)
        bar.addWidget(GlyphLabel(Glyph.DISK, "text2", 22))
        words = column(spacing=2)
        file = ElidedLabel(path.name, "strong", mode=Qt.TextElideMode.ElideMiddle)
        self._where = ElidedLabel(str(path.parent), "caption", mode=Qt.TextElideMode.ElideMiddle)
        words.addWidget(file)
        words.addWidget(self._where)
        bar.addLayout(words, 1)
        self._bytes = ElidedLabel("", "caption")
        self._bytes.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._bytes.setMinimumWidth(72)
        self._bytes.setMaximumWidth(96)
        bar.addWidget(self._bytes)
        self.content.addWidget(quote)
        self.ask_for_name(
            self.tr("Name"),
            self.tr("The file is copied; it stays as it is."),
            name,
            taken,
        )

    def show_size(self, text: str) -> None:
        """Tell how large the file is."""
        if self.is_open:
            self._bytes.setText(text)
