"""Everything that floats over the picture of one window: what it says, and where it lies."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from app.exclusive.bar import Bar
from app.exclusive.notes import Hint, Line, Note, Toast
from app.exclusive.overlay import OverlayColors
from app.exclusive.state_card import StateCard

_HINT_MS = 4000
_TOAST_MS = 8000
_NOTE_MS = 8000
_NOTE_TOP_PX = 76
_LEAST_BOTTOM_PX = 24
_BOTTOM_PART = 11
"""Toast and hint stand this part of the height above the lower edge."""


class Floating:
    """The floating parts; none takes keyboard or pointer from the guest by being there.

    Attributes:
        bar: what can be done, at the top.
        card: what the machine does instead of showing a picture.
        line: keyboard and pointer are the person's.
        hint: how to get them back.
        toast: something has just happened.
        note: something is not as it should be.

    Args:
        window: they are its children; the surface has to be made before them.
        still: nothing slides or turns.
    """

    def __init__(self, window: QWidget, *, still: bool) -> None:
        self._window = window
        self.card = StateCard(window, still=still)
        self.line = Line(window)
        self.hint, self.toast, self.note = Hint(window), Toast(window), Note(window)
        self.bar = Bar(window, still=still)

    def dress(self, colors: OverlayColors) -> None:
        """Take these colours."""
        for part in (self.card, self.line, self.hint, self.toast, self.note, self.bar):
            part.dress(colors)

    def arrange(self) -> None:
        """Put every part in its place."""
        width, height = self._window.width(), self._window.height()
        self.card.settle()
        self.line.setGeometry(0, 0, width, Line.HEIGHT_PX)
        bottom = height - max(_LEAST_BOTTOM_PX, height // _BOTTOM_PART)
        for part in (self.toast, self.hint):
            part.fit(width)
            part.move((width - part.width()) // 2, bottom - part.height())
        self.note.fit(width)
        self.note.move((width - self.note.width()) // 2, _NOTE_TOP_PX)
        self.bar.settle()

    def say(self, text: str) -> None:
        """Tell what has just happened."""
        self.toast.say(text)
        self.toast.appear(_TOAST_MS)
        self.arrange()

    def warn(self, title: str, text: str, *, passes: bool) -> None:
        """Tell what is not as it should be, for a while or until `note` is hidden."""
        self.note.say(title, text)
        self.note.appear(_NOTE_MS if passes else None)
        self.arrange()

    def show_line(self) -> None:
        """Show that keyboard and pointer are the person's."""
        self.line.show()
        self.line.raise_()

    def show_hint(self, key: str, chord: str, *, learned: bool, by_key_only: bool) -> None:
        """Say how to get keyboard and pointer back.

        Args:
            key: the release key's name.
            chord: the other way out, which screen readers are told of.
            learned: the person has done so before: it passes by itself.
            by_key_only: the pointer cannot reach the edge, so the key is the only way.
        """
        translate = QCoreApplication.translate
        if by_key_only:
            text = translate(
                "Floating",
                "The machine has your keyboard and pointer. To get them back, press %1.",
            )
        else:
            text = translate(
                "Floating",
                "The machine has your keyboard and pointer. To get them back, press %1 or push "
                "the pointer against the top edge.",
            )
        more = "" if learned else translate("Floating", "Try it now: press %1.").replace("%1", key)
        self.hint.say(text, key, more)
        self.hint.appear(_HINT_MS if learned else None)
        self.arrange()
        self._announce(" ".join((text.replace("%1", key), self._also(chord))))

    @staticmethod
    def _also(chord: str) -> str:
        """The other way out, for those who cannot see where the edge is."""
        translate = QCoreApplication.translate
        return translate("Floating", "Or press %1 together and let go.").replace("%1", chord)

    def _announce(self, text: str) -> None:
        """Tell it to screen readers: the hint never has the focus."""
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._window, text))
