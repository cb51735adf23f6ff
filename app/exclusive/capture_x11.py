"""All keys on X11: an active grab of the keyboard (XGrabKeyboard), through Qt."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QWidget

from app.exclusive.verdicts import HandBack

_log = logging.getLogger(__name__)

# An open menu or a notification may hold the keyboard for a moment: ask again for one second.
_RETRY_MS = (30, 70, 150, 250, 500)
_LOOK_MS = 25
# A key that is let go at the very moment when it is played would stay down: five seconds, then it
# is lifted. Loudness goes from nothing to all in that time.
_MOST_LOOKS = 200


class Keyboard(Protocol):
    """What is needed of `app.exclusive.xlib.XDisplay`."""

    @property
    def can_play_keys(self) -> bool:
        """Whether `play_key` does anything here."""

    def play_key(self, code: int, *, down: bool) -> None:
        """Move a key as if a person did."""

    def has_focus(self, window: int) -> bool:
        """Whether keys go to this window when nobody has grabbed the keyboard."""

    def keys_down(self) -> frozenset[int]:
        """The engine's numbers of the keys that are physically down."""

    def codes_down(self) -> frozenset[int]:
        """X11's codes of the same, and of keys that have no number."""


class X11Capture:
    """A capture for a top-level window on X11 (see `app.exclusive.capture.Capture`).

    The server does not end a grab when the window loses the focus, and it keeps the screen locker
    from working: whoever starts it has to stop it. A grab also makes Qt believe that the window has
    the focus, so one that comes after the focus went elsewhere is let go at once: Qt hears of it.

    A key is handed back by letting the keyboard go and pressing the key once more: while a grab is
    active the server shows keys to nobody else, and a replayed event would pass by what the window
    manager waits for (XAllowEvents ignores the grabs of the root window). No event tells that the
    window manager is done, so the key and its modifiers are looked at until all of them are up.
    """

    def __init__(self, window: QWidget, keyboard: Keyboard | None) -> None:
        self._window, self._keyboard = window, keyboard
        self._answer: Callable[[bool], None] | None = None
        self._grabbed = False
        self._waits: list[int] = []
        self._timer = _timer(window, self._try)
        self._code = 0  # of the key that the desktop has, or 0
        self._done: Callable[[frozenset[int] | None], None] | None = None
        self._watched: frozenset[int] = frozenset()
        self._looks = 0  # that are left; 0 while nothing is handed back
        self._look = _timer(window, self._look_whether_over)

    @property
    def refusal(self) -> str:
        """Why, and what to do instead."""
        return QCoreApplication.translate(
            "Capture",
            "Another program holds the keyboard. Shortcuts such as Alt+Tab are not sent to the "
            "machine.",
        )

    @property
    def hands_back(self) -> bool:
        """Whether the server has XTEST, and we its library."""
        return self._keyboard is not None and self._keyboard.can_play_keys

    @property
    def has_focus(self) -> bool:
        """Whether keys are the window's as soon as nobody holds the keyboard."""
        return self._keyboard is None or self._keyboard.has_focus(int(self._window.winId()))

    def start(self, answer: Callable[[bool], None]) -> None:
        """Ask the server, and again for up to a second while another program is in the way."""
        self.stop()
        self._answer = answer
        self._ask()

    def stop(self) -> None:
        """Give the keyboard back, or stop asking."""
        self._timer.stop()
        self._end_of_lending()
        self._done = self._answer = None
        self._let_go()

    def hand_back(self, key: HandBack, done: Callable[[frozenset[int] | None], None]) -> None:
        """Let the desktop have a key that has just gone down, and all until it is up."""
        keyboard = self._keyboard
        if keyboard is None or self._looks:
            return
        self._done, self._looks = done, _MOST_LOOKS
        down = keyboard.codes_down()
        self._let_go()
        if key.code in down:
            self._code = key.code
            keyboard.play_key(key.code, down=False)
            keyboard.play_key(key.code, down=True)
        else:  # let go already, because we were late: play it from its beginning to its end
            _play_tap(keyboard, key.code, [code for code in key.held if code not in down])
        self._watched = down & {key.code, *key.held}
        self._look.start(_LOOK_MS)

    def _look_whether_over(self) -> None:
        if self._keyboard is None:
            return
        self._looks -= 1
        self._watched &= self._keyboard.codes_down()
        if self._watched and self._looks:
            self._look.start(_LOOK_MS)
        else:
            self._end_of_lending()
            self._ask()

    def _end_of_lending(self) -> None:
        """Lift what we pressed; of a key that the person has let go nobody hears of that."""
        self._look.stop()
        self._looks = 0
        code, self._code = self._code, 0
        if code and self._keyboard is not None:
            self._keyboard.play_key(code, down=False)

    def _ask(self) -> None:
        self._waits = list(_RETRY_MS)
        self._try()

    def _let_go(self) -> None:
        handle = self._window.windowHandle()
        if self._grabbed and handle is not None:
            handle.setKeyboardGrabEnabled(False)
        self._grabbed = False

    def _try(self) -> None:
        handle = self._window.windowHandle()
        self._grabbed = handle is not None and handle.setKeyboardGrabEnabled(True)
        if not self.has_focus:
            self._let_go()
            if self._done is not None:
                self._tell_done(None)
                return
        if not self._grabbed and self._waits:
            self._timer.start(self._waits.pop(0))
            return
        _log.info("The keyboard was %s.", "captured" if self._grabbed else "not captured")
        if self._done is not None and self._grabbed and self._keyboard is not None:
            self._tell_done(self._keyboard.keys_down())
        elif self._answer is not None:
            self._done = None
            self._answer(self._grabbed)

    def _tell_done(self, down: frozenset[int] | None) -> None:
        done, self._done = self._done, None
        if done is not None:
            done(down)


def _play_tap(keyboard: Keyboard, code: int, modifiers: list[int]) -> None:
    for held in modifiers:
        keyboard.play_key(held, down=True)
    for down in (True, False):
        keyboard.play_key(code, down=down)
    for held in reversed(modifiers):
        keyboard.play_key(held, down=False)


def _timer(window: QWidget, act: Callable[[], None]) -> QTimer:
    timer = QTimer(window)
    timer.setSingleShot(True)
    timer.timeout.connect(act)
    return timer
