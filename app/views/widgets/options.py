"""A few large choices beside each other."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views.icons import Glyph
from app.views.widgets.buttons import Button
from app.views.widgets.labels import GlyphLabel, label
from app.views.widgets.layouts import column, row


class OptionButton(Button):
    """A large choice with an icon, a word and a line that explains it."""

    def __init__(self, glyph: Glyph, text: str, caption: str, *, height_px: int = 76) -> None:
        super().__init__("", "option", name=text)
        self.setToolTip("")
        self.setAccessibleDescription(caption)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(height_px)
        layout = row(self, margins=(18, 8, 16, 8), spacing=14)
        layout.addWidget(GlyphLabel(glyph, "brand_text", 26))
        words = column(spacing=2)
        words.addStretch(1)
        words.addWidget(label(text, "strong"))
        words.addWidget(label(caption, "caption", wrap=True))
        words.addStretch(1)
        layout.addLayout(words, 1)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
