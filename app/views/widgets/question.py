"""A sheet that asks one thing, and the one that tells of a failure with its remedy."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget
from typing_extensions import override

from app.views.icons import Glyph
from app.views.widgets.buttons import Button
from app.views.widgets.labels import GlyphLabel, breakable, label
from app.views.widgets.layouts import column, row
from app.views.widgets.sheet import Sheet

_WIDTH_PX = 480


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer: its key, the button's text, and its kind (``plain primary danger``)."""

    key: str
    text: str
    kind: str = "plain"


class QuestionSheet(Sheet):
    """Title, text, buttons; the right-most is the one that Enter presses. Esc means ``""``."""

    def __init__(
        self,
        title: str,
        text: str,
        choices: list[Choice],
        *,
        glyph: Glyph = Glyph.INFO,
        token: str = "brand_text",  # noqa: S107 - a colour's name
    ) -> None:
        super().__init__(title, QSize(_WIDTH_PX, 10_000))
        self._choices = choices
        self._buttons: list[Button] = []
        self._layout = layout = row(self, margins=(24, 22, 20, 18), spacing=16)
        layout.addWidget(GlyphLabel(glyph, token, 26), 0, Qt.AlignmentFlag.AlignTop)
        self._body = column(spacing=8)
        heading = label(breakable(title), "heading", wrap=True)
        layout.addLayout(self._body, 1)
        self._body.addWidget(heading)
        if text:
            self._body.addWidget(label(breakable(text), tone="text2", wrap=True))
        self.setAccessibleDescription(text)
        self._body.addStretch(1)
        self._footer = row(spacing=10, margins=(0, 14, 0, 0))
        self._footer.addStretch(1)
        for choice in choices:
            self._footer.addWidget(self._make_button(choice))
        self._body.addLayout(self._footer)

    @override
    def wanted_size(self, room: QSize) -> QSize:
        width = min(max(_WIDTH_PX, self._layout.minimumSize().width()), room.width())
        return QSize(width, min(self._layout.totalHeightForWidth(width), room.height()))

    @override
    def focus_first(self) -> None:
        """Begin at the advised answer, or the safe one where the other one destroys something."""
        advised = [n for n, choice in enumerate(self._choices) if choice.kind == "primary"]
        if advised:
            self._buttons[advised[-1]].setFocus()
            return
        if self._choices[-1].kind == "danger":
            self._buttons[0].setFocus()
        else:
            self._buttons[-1].setFocus()

    def _make_button(self, choice: Choice) -> Button:
        button = Button(choice.text, choice.kind)
        button.setAutoDefault(True)
        button.clicked.connect(lambda: self.choose(choice.key))
        self._buttons.append(button)
        return button


class ErrorSheet(QuestionSheet):
    """What failed, why, what to do about it; raw material behind "Details"."""

    def __init__(
        self, title: str, cause: str, remedy: str, details: str, choices: list[Choice]
    ) -> None:
        """Make one; `details` is fixed-width text, copied together with the rest."""
        super().__init__(title, cause, choices, glyph=Glyph.WARN, token="bad")  # noqa: S106
        self._report = "\n".join(part for part in (title, cause, remedy, details) if part)
        place = 2 if cause else 1
        if remedy:
            self._body.insertWidget(place, label(remedy, wrap=True))
            place += 1
        self._details = self._details_box(details)
        self._body.insertWidget(place, self._details)
        self._more = Button(self.tr("Details"), "ghost", glyph=Glyph.DOWN)
        self._more.clicked.connect(self._toggle_details)
        copy = Button(self.tr("Copy report"), "ghost", glyph=Glyph.CLIP)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._report))
        self._more.setVisible(bool(details))
        self._footer.insertWidget(0, self._more)
        self._footer.insertWidget(1, copy)

    def _details_box(self, details: str) -> QWidget:
        box = QPlainTextEdit(details)
        box.setReadOnly(True)
        box.setAccessibleName(self.tr("Details"))
        box.setFixedHeight(140)
        box.setTabChangesFocus(True)
        box.setVisible(False)
        return box

    def _toggle_details(self) -> None:
        self._details.setVisible(self._details.isHidden())
        self._more.show_glyph(Glyph.DOWN if self._details.isHidden() else Glyph.CLOSE)
        self.resized.emit()
