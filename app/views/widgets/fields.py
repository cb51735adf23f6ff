"""A field with its label above and its help, or what is wrong with it, below."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.views.icons import Glyph
from app.views.widgets.labels import GlyphLabel, label
from app.views.widgets.layouts import column, row, set_look


class Field(QWidget):
    """Wraps one edit; the label names it for screen readers too."""

    def __init__(self, name: str, edit: QWidget, *, help_text: str = "") -> None:
        super().__init__()
        self._edit, self._help_text = edit, help_text
        layout = column(self, spacing=6)
        self._name = label(name, "strong")
        self._name.setBuddy(edit)
        edit.setAccessibleName(name)
        layout.addWidget(self._name)
        layout.addWidget(edit)
        below = row(spacing=6)
        self._sign = GlyphLabel(Glyph.WARN, "bad", 14)
        self._help = label(help_text, "caption", wrap=True)
        below.addWidget(self._sign)
        below.addWidget(self._help, 1)
        layout.addLayout(below)
        self.show_error("")

    @property
    def has_error(self) -> bool:
        """Whether an error is shown."""
        return not self._sign.isHidden()

    def show_help(self, text: str) -> None:
        """Say something else when nothing is wrong."""
        self._help_text = text
        if not self.has_error:
            self._help.setText(text)

    def show_error(self, text: str) -> None:
        """Say what is wrong in place of the help; nothing is when `text` is empty."""
        self._sign.setVisible(bool(text))
        self._help.setText(text or self._help_text)
        set_look(self._help, tone="bad" if text else "")
        set_look(self._edit, tone="bad" if text else "")
        self._edit.setAccessibleDescription(text or self._help_text)


def add_choice(
    layout: QVBoxLayout, name: str, caption: str, control: QWidget, *, padding_px: int = 8
) -> None:
    """Add a row: name and caption at the left, the control at the right."""
    bar = row(margins=(0, padding_px, 0, padding_px), spacing=16)
    words = column(spacing=2)
    words.addStretch(1)
    words.addWidget(label(name, "strong"))
    if caption:
        words.addWidget(label(caption, "caption", wrap=True))
    words.addStretch(1)
    bar.addLayout(words, 1)
    bar.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
    layout.addLayout(bar)
