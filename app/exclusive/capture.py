"""Asking the desktop for all keys, its own shortcuts too.

A capture is an object with a lifetime: `start` asks, `stop` gives back; both may be called at any
time and any number of times. The answer may be no, and it is said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.exclusive.capture_wayland import WaylandCapture
from app.exclusive.capture_x11 import X11Capture
from app.exclusive.verdicts import HandBack
from app.exclusive.wayland import shortcuts_inhibition
from app.exclusive.xlib import qt_display

HandedBack = Callable[[frozenset[int] | None], None]
"""The desktop had its keys, and all come to us again: numbers of those that are down now.

None when the desktop has given the focus to another window meanwhile.
"""
Answer = Callable[[bool], None]
"""Whether all keys come to us now: called after `start`, and when that changes, until `stop`."""


class Capture(Protocol):
    """One window's wish for all keys."""

    @property
    def refusal(self) -> str:
        """Why some keys stay with this computer when the answer was no; a sentence or two."""

    @property
    def hands_back(self) -> bool:
        """Whether single keys can be handed back to the desktop."""

    @property
    def has_focus(self) -> bool:
        """Whether keys are the window's as soon as nobody holds the keyboard.

        While a window manager acts on a shortcut the toolkit believes that the focus has gone.
        """

    def hand_back(self, key: HandBack, done: HandedBack) -> None:
        """Let the desktop have a key that has just gone down, and all until it is up.

        Its modifiers have to be up, too: what holds them may go on.

        Only where `hands_back`. When keys do not come back afterwards, `answer` is called instead.

        Args:
            key: the key and the modifiers that are down with it.
            done: called later, on the window's thread, unless `stop` was called before.
        """

    def start(self, answer: Answer) -> None:
        """Ask; `answer` may be called at once, and is called within about a second.

        It may come later only while the desktop asks the person.
        """

    def stop(self) -> None:
        """Give the keys back, or withdraw the question."""


class NoCapture:
    """For desktops where we know no way to get all keys."""

    hands_back = False
    has_focus = False

    def hand_back(self, key: HandBack, done: HandedBack) -> None:
        """There is nothing to hand back."""

    @property
    def refusal(self) -> str:
        """Why, and what to do instead."""
        return QCoreApplication.translate(
            "Capture",
            "This desktop keeps shortcuts such as Alt+Tab for itself. Use “Send keys” in the bar.",
        )

    def start(self, answer: Answer) -> None:
        """Say no."""
        answer(False)

    def stop(self) -> None:
        """There is nothing to give back."""


def capture_for(window: QWidget) -> Capture:
    """The best capture that the present platform has for this top-level window."""
    if QGuiApplication.platformName() == "xcb":
        return X11Capture(window, qt_display())
    shortcuts = shortcuts_inhibition()
    if shortcuts is not None:
        return WaylandCapture(window, shortcuts)
    return NoCapture()
