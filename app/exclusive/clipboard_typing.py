"""Types the text of the clipboard into a guest that has no better way to get it."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication

from app.exclusive.controller import InputController
from app.exclusive.floating import Floating
from app.exclusive.text_strokes import Stroke, TypedText, strokes_of
from app.exclusive.xkb import present_layout

MOST_CHARACTERS = 5000
# A USB keyboard is asked for a key each 8 ms and an old one holds 16; a stroke is up to six.
_STROKE_MS = 25
_SHOWN_MISSING = 12


class ClipboardTyping(QObject):
    """One text at a time, key by key; any key of the person stops it.

    The person asks for each text, so no permission is needed: the guest cannot. The text is never
    written to a log.

    Args:
        controller: sends the keys.
        floating: says what is going on.
        parent: lives as long as this.
    """

    def __init__(self, controller: InputController, floating: Floating, parent: QObject) -> None:
        super().__init__(parent)
        self._controller, self._floating = controller, floating
        self._left: deque[Stroke] = deque()
        self._missing = ""
        self._timer = QTimer(self, interval=_STROKE_MS)
        self._timer.timeout.connect(self._next)

    @property
    def is_typing(self) -> bool:
        """Whether a text is under way."""
        return self._timer.isActive()

    def begin(self) -> None:
        """Type what the clipboard holds now."""
        text = QGuiApplication.clipboard().text()
        layout = present_layout()
        if layout is None:
            say = self.tr("No keyboard layout can be read on this computer.")
        elif not text:
            say = self.tr("There is no text on the clipboard.")
        elif len(text) > MOST_CHARACTERS:
            say = self.tr("The text is too long to be typed: %1 characters at most.")
            say = say.replace("%1", str(MOST_CHARACTERS))
        else:
            self._start(strokes_of(text, layout))
            say = self.tr("Typing the clipboard's text. Any key stops it.")
        self._floating.say(say)

    def stop(self) -> bool:
        """Stop; whether there was something to stop. The key that is being typed is whole."""
        was_typing = self.is_typing
        self._timer.stop()
        self._left.clear()
        if was_typing:
            self._floating.say(self.tr("Typing was stopped."))
        return was_typing

    def _start(self, typed: TypedText) -> None:
        self._left = deque(typed.strokes)
        self._missing = typed.missing
        self._timer.start()

    def _next(self) -> None:
        if not self._left:
            self._timer.stop()
            self._floating.say(self._outcome())
            return
        if not self._controller.press(self._left.popleft()):
            self.stop()  # the machine takes no input any more

    def _outcome(self) -> str:
        if not self._missing:
            return self.tr("The text was typed.")
        shown = self._missing[:_SHOWN_MISSING]
        some = shown if shown == self._missing else f"{shown}…"
        text = self.tr("The text was typed, without what the keyboard's layout lacks: %1")
        return text.replace("%1", some)
