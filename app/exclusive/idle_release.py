"""Gives the keyboard back before the X server's screen saver comes.

A program that holds the keyboard keeps a screen locker from taking it, so the screen would stay
open for whoever comes by. Where the desktop was asked to hold the lock off, and does, nothing is
due; where the delay or the idle time is not known, nothing is done.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QTimer

_log = logging.getLogger(__name__)

_EARLIER_S = 10  # than the locker: it shall find the keyboard free


class Idleness(Protocol):
    """What is needed of `app.exclusive.xlib.XDisplay`."""

    def saver_delay_s(self) -> int:
        """After how long without input the screen saver comes; 0 for never."""

    def idle_ms(self) -> int | None:
        """For how long there was no input; None when not known."""


class IdleRelease:
    """Watches from `start` to `stop`.

    Args:
        display: the X server, or None on other platforms.
        is_held_off: whether the desktop holds its screen lock off at this moment.
        release: gives keyboard and pointer back; called on the window's thread.
        parent: lives as long as this.
        settle_ms: the desktop has at least so long, from the start, to say that it holds it off.
    """

    def __init__(
        self,
        display: Idleness | None,
        is_held_off: Callable[[], bool],
        release: Callable[[], None],
        parent: QObject,
        *,
        settle_ms: int = 1000,
    ) -> None:
        self._settle_ms = settle_ms
        self._display, self._is_held_off, self._release = display, is_held_off, release
        self._timer = QTimer(parent, singleShot=True)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Begin; a second call begins anew."""
        self.stop()
        rest_ms = self._rest_ms()
        if rest_ms is not None:
            self._timer.start(max(self._settle_ms, rest_ms))

    def stop(self) -> None:
        """Watch no longer."""
        self._timer.stop()

    def _look(self) -> None:
        """It may be time; input since then, or a person's new choice of the delay, begin anew."""
        rest_ms = self._rest_ms()
        if rest_ms is None:
            return
        if rest_ms > 0:
            self._timer.start(rest_ms)
        elif self._is_held_off():
            self._timer.start(_EARLIER_S * 1000)
        else:
            _log.info("Nobody has touched the keyboard for long; the screen saver is near.")
            self._release()

    def _rest_ms(self) -> int | None:
        """How long nothing may happen from now on; None when that is not known."""
        if self._display is None:
            return None
        delay_s, idle_ms = self._display.saver_delay_s(), self._display.idle_ms()
        if not delay_s or idle_ms is None:
            return None
        return allowed_ms(delay_s) - idle_ms


def allowed_ms(delay_s: int) -> int:
    """How long nobody may touch anything, when the screen saver comes after `delay_s`.

    Ten seconds less; of a delay that is hardly longer than that, half.
    """
    return max(1000 * (delay_s - _EARLIER_S), 500 * delay_s)
