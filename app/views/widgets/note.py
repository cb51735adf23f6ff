"""A tinted strip that says one thing, with an action, and a second one that explains."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QSizePolicy

from app.views.icons import Glyph
from app.views.widgets.buttons import Button
from app.views.widgets.labels import GlyphLabel, label
from app.views.widgets.layouts import column, row, set_look

_GLYPHS = {
    "info": (Glyph.INFO, "brand_text"),
    "ok": (Glyph.CHECK, "ok"),
    "warn": (Glyph.WARN, "warn"),
    "bad": (Glyph.WARN, "bad"),
}


class Note(QFrame):
    """Icon, one strong line, one caption, maybe a button or two.

    Signals:
        activated: its button was pressed.
        explain_wanted: its second button was pressed.
    """

    activated = Signal()
    explain_wanted = Signal()

    def __init__(
        self, tone: str = "info", text: str = "", caption: str = "", action: str = ""
    ) -> None:
        """Make one in the tone ``info``, ``ok``, ``warn`` or ``bad``."""
        super().__init__()
        self.setProperty("kind", "note")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._sign = GlyphLabel(Glyph.INFO, "brand_text", 20)
        self._text = label(wrap=True)
        self._caption = label(role="caption", wrap=True)
        self._action = Button(action, "ghost")
        self._action.clicked.connect(self.activated)
        self._explain = Button("", "ghost")
        self._explain.clicked.connect(self.explain_wanted)
        layout = row(self, margins=(14, 8, 8, 8), spacing=12)
        words = column(spacing=2)
        words.setContentsMargins(0, 3, 0, 3)
        words.addWidget(self._text)
        words.addWidget(self._caption)
        layout.addWidget(self._sign)
        layout.addLayout(words, 1)
        for button in (self._action, self._explain):
            layout.addWidget(button)
        self.say(tone, text, caption, action)

    def say(
        self, tone: str, text: str, caption: str = "", action: str = "", explain: str = ""
    ) -> None:
        """Say something else."""
        glyph, token = _GLYPHS[tone]
        self._sign.show_glyph(glyph, token)
        self._text.setText(text)
        set_look(self._text, role="strong" if caption else "body")
        self._caption.setText(caption)
        self._caption.setVisible(bool(caption))
        for button, name in ((self._action, action), (self._explain, explain)):
            button.setText(name)
            button.say(name)
            button.setVisible(bool(name))
        self.setAccessibleName(text)
        self.setAccessibleDescription(caption)
        set_look(self, tone=tone)
