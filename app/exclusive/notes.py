"""What is said over the guest's picture, without taking keyboard or pointer."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.exclusive.overlay import Glyph, OverlayColors, Panel

_WHITE = "#FFFFFF"
_SIDE_ROOM_PX = 24
_NOTE_PX = 420


def label(text: str = "", role: str = "", *, wrap: bool = False) -> QLabel:
    """A text with a role of the sheet. A machine's name in it is never taken for markup."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    return made


class Passing(Panel):
    """A panel that the pointer goes through and that goes away by itself."""

    def __init__(self, kind: str, parent: QWidget) -> None:
        super().__init__(kind, parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.hide)

    def appear(self, stay_ms: int | None) -> None:
        """Show it for so long, or until `hide`."""
        self._timer.stop()
        self.fit(self.host.width())
        self.show()
        self.raise_()
        if stay_ms is not None:
            self._timer.start(stay_ms)

    def fit(self, width: int) -> None:
        """Take the right size in a window of this width."""
        self.shrink()


class Hint(Passing):
    """How to get keyboard and pointer back, with the key drawn as a key."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("hint", parent)
        self._glyph = Glyph("keyboard", 22)
        self._parts = [label(), label(role="key"), label(), label(wrap=True)]
        self._row = QWidget(self)
        inner = QHBoxLayout(self._row)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(10)
        for part in self._parts:
            inner.addWidget(part)
        self._words = ("", "", "")
        self._more = label(role="strong")
        texts = QVBoxLayout()
        texts.setSpacing(6)
        texts.addWidget(self._row)
        texts.addWidget(self._more)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(20, 14, 20, 14)
        outer.setSpacing(12)
        outer.addWidget(self._glyph)
        outer.addLayout(texts)
        self._layouts = (inner, outer)

    @override
    def dress(self, colors: OverlayColors) -> None:
        super().dress(colors)
        self._glyph.paint_with(_WHITE)

    def say(self, text: str, key: str, more: str = "") -> None:
        """Set the words; `%1` in `text` is the place of the key."""
        self._words = (text, key, more)
        self._more.setText(more)
        self._more.setVisible(bool(more))
        self.setAccessibleName(" ".join([text.replace("%1", key), more]).strip())

    @override
    def fit(self, width: int) -> None:
        """One line; where that is too narrow, wrapped, with the key as a word."""
        text, key, _ = self._words
        before, _, after = text.partition("%1")
        self._fill(before.rstrip(), key, after.lstrip(), "")
        if self.sizeHint().width() > width - 2 * _SIDE_ROOM_PX:
            self._parts[-1].setFixedWidth(max(120, width - 2 * _SIDE_ROOM_PX - 80))
            self._fill("", "", "", text.replace("%1", key))
        super().fit(width)

    def _fill(self, *words: str) -> None:
        for part, text in zip(self._parts, words, strict=True):
            part.setText(text)
            part.setVisible(bool(text))
        for layout in self._layouts:
            layout.activate()


class Toast(Passing):
    """One sentence at the bottom."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("hint", parent)
        self._text = label()
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 14, 20, 14)
        row.addWidget(self._text)

    def say(self, text: str) -> None:
        """Set the words."""
        self._text.setText(text)
        self.setAccessibleName(text)

    @override
    def fit(self, width: int) -> None:
        self._text.setWordWrap(False)
        room = width - 2 * _SIDE_ROOM_PX - 40
        line = self._text.sizeHint().width()
        self._text.setWordWrap(line > room)
        self._text.setFixedWidth(min(line, room))
        super().fit(width)


class Note(Passing):
    """A warning: a strong line and why."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("note", parent)
        self._glyph = Glyph("warn", 20)
        self._title = label(role="strong")
        self._why = label(role="caption", wrap=True)
        self._why.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._title)
        texts.addWidget(self._why)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 16, 10)
        row.setSpacing(12)
        row.addWidget(self._glyph)
        row.addLayout(texts)

    @override
    def dress(self, colors: OverlayColors) -> None:
        super().dress(colors)
        self._glyph.paint_with(colors.warn)

    def say(self, title: str, why: str) -> None:
        """Set the words."""
        self._title.setText(title)
        self._why.setText(why)
        self.setAccessibleName(f"{title} {why}")

    @override
    def fit(self, width: int) -> None:
        self._why.setFixedWidth(min(_NOTE_PX, width - 2 * _SIDE_ROOM_PX - 62))
        super().fit(width)


class Line(Panel):
    """The thin line along the top that says: the keyboard is yours."""

    HEIGHT_PX = 3

    def __init__(self, parent: QWidget) -> None:
        super().__init__("line", parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
