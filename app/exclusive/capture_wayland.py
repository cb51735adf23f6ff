"""All keys on Wayland: the compositor is asked to pass its own shortcuts on.

The protocol is zwp_keyboard_shortcuts_inhibit_manager_v1 (wayland-protocols, unstable). Qt does not
speak it, so we do, over Qt's own connection (`app.exclusive.wayland`). The compositor answers with
an event, at once or when the person has answered a question of its own, and may take it back at any
time. A no is often not said at all: what is not granted within a second while the window has the
keyboard counts as one, until a yes comes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.exclusive.verdicts import HandBack

_log = logging.getLogger(__name__)

_SURFACE_GOES = frozenset({QEvent.Type.Hide, QEvent.Type.Close, QEvent.Type.WinIdChange})
_SURFACE_COMES = frozenset({QEvent.Type.Show, QEvent.Type.WinIdChange})

_NO_ANSWER_MS = 1000
_PARKED_MS = 300


class Inhibitor(Protocol):
    """One surface's wish, until it is destroyed."""

    def destroy(self) -> None:
        """Take the wish back; nothing is told afterwards."""


class Shortcuts(Protocol):
    """What the compositor offers (`app.exclusive.wayland.ShortcutsInhibition`)."""

    def inhibit(self, window: QWidget, told: Callable[[bool], None]) -> Inhibitor | None:
        """Ask for a window that is shown; None when it has no surface now.

        `told` is called on the window's thread with each answer.
        """


class _Wish(Enum):
    NONE = auto()
    WANTED = auto()
    PARKED = auto()
    """Withdrawn before the answer: the compositor may have taken the focus for its question."""


class WaylandCapture(QObject):
    """A capture for a top-level window on Wayland (see `app.exclusive.capture.Capture`).

    The inhibitor lives shorter than the surface: it goes before the window is hidden or closed or
    gets another surface, and comes anew with the next one while it is wanted.
    """

    def __init__(self, window: QWidget, shortcuts: Shortcuts) -> None:
        super().__init__(window)
        self._window, self._shortcuts = window, shortcuts
        self._wish = _Wish.NONE
        self._inhibitor: Inhibitor | None = None
        self._answer: Callable[[bool], None] | None = None
        self._active: bool | None = None
        self._silence = QTimer(self, singleShot=True, interval=_NO_ANSWER_MS)
        self._silence.timeout.connect(self._nothing_said)
        self._parked = QTimer(self, singleShot=True, interval=_PARKED_MS)
        self._parked.timeout.connect(self._not_wanted_again)
        window.installEventFilter(self)

    @property
    def refusal(self) -> str:
        """Why, and what to do instead."""
        return QCoreApplication.translate(
            "Capture",
            "The desktop did not give its shortcuts, such as Alt+Tab, to the machine. Use "
            "“Send keys” in the bar.",
        )

    @property
    def hands_back(self) -> bool:
        """Never: a key that has come cannot be given to the compositor."""
        return False

    @property
    def has_focus(self) -> bool:
        """Nothing is handed back, so that nobody needs it."""
        return False

    def hand_back(self, key: HandBack, done: Callable[[frozenset[int] | None], None]) -> None:
        """Cannot be; see `hands_back`."""

    def start(self, answer: Callable[[bool], None]) -> None:
        """Ask; `answer` is called for each answer, and again when it changes."""
        self._wish = _Wish.WANTED
        self._parked.stop()
        self._ensure()
        self._answer = answer
        if self._active is None:
            self._silence.start()
        else:
            answer(self._active)

    def stop(self) -> None:
        """Give the shortcuts back, or withdraw the question.

        A question that the compositor may be asking at this moment is left open for as long as the
        window is without the focus: with the inhibitor it would vanish from the screen, and come
        back with the focus, for ever.
        """
        self._answer = None
        self._silence.stop()
        unanswered = self._inhibitor is not None and self._active is None
        if unanswered and not self._window.isActiveWindow() and self._window.isVisible():
            self._wish = _Wish.PARKED
        else:
            self._wish = _Wish.NONE
            self._drop()

    def _ensure(self) -> None:
        if self._inhibitor is not None or self._wish is _Wish.NONE:
            return
        self._inhibitor = self._shortcuts.inhibit(self._window, self._told)

    def _drop(self) -> None:
        self._active = None
        inhibitor, self._inhibitor = self._inhibitor, None
        if inhibitor is not None:
            inhibitor.destroy()

    def _told(self, active: bool) -> None:
        if active is self._active:
            return
        _log.info("The desktop's shortcuts are %s.", "ours" if active else "its own")
        self._active = active
        self._silence.stop()
        if self._wish is _Wish.PARKED:
            self._parked.start()
        elif self._answer is not None:
            self._answer(active)

    def _nothing_said(self) -> None:
        if not self._window.isActiveWindow():
            self._silence.start()  # it may be asking the person
        elif self._answer is not None and not self._active:
            _log.info("The desktop did not give its shortcuts.")
            self._answer(False)

    def _not_wanted_again(self) -> None:
        if self._wish is _Wish.PARKED:
            self._wish = _Wish.NONE
            self._drop()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in _SURFACE_GOES:
            self._drop()
        if kind in _SURFACE_COMES:
            QTimer.singleShot(0, self, self._ensure)  # it is there when this event is over
        elif kind == QEvent.Type.WindowActivate and self._wish is _Wish.PARKED:
            self._parked.start()
        return False
