"""Keeps a held key one key on X11, however busy the computer is.

A server tells the repeats of a held key as releases and presses in turn. Qt recognises them only
when both have arrived together, so on a busy computer a guest sees a key that is let go and pressed
again. With detectable auto-repeat (X Keyboard Extension, "Detectable Autorepeat") the server leaves
the releases out; what remains are presses of a key that is down already, which are easy to drop.

The flag is the whole program's, so it is set only while a guest has the keyboard: elsewhere Qt's
own marks on repeated keys are wanted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import Protocol

_TIME_WRAPS_MS = 1 << 32
_REPEATS_AFTER_MS = 500
"""Less than the 660 ms after which a server begins to repeat a key (include/xkbsrv.h)."""


def _server_now_ms() -> int:
    """The clock of an X server on this computer (GetTimeInMillis, os/utils.c).

    The times of another computer's server are of no use here: nothing counts as on its way then.
    """
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1_000_000 % _TIME_WRAPS_MS


class Keyboard(Protocol):
    """What is needed of `app.exclusive.xlib.XDisplay`."""

    def set_detectable_repeat(self, on: bool) -> bool:
        """Leave releases out of repeats; False when the server cannot."""

    def keys_down(self) -> frozenset[int]:
        """The engine's numbers of the keys that are physically down."""


class AutoRepeat:
    """Detectable auto-repeat from `start` to `stop`, and memory of keys that are not the guest's.

    A key that was down before the guest had the keyboard, such as the one that handed it over,
    goes on repeating, and these repeats look like presses. They are dropped until it is let go.

    A key that is down because the person has typed on while the keyboard was handed over is none of
    these: its press is still on its way, and is from before the look at the keyboard.

    Args:
        keyboard: the X server's, or None on other platforms: then nothing is changed or dropped.
        held: tells what the guest believes to be down.
        now_ms: the time of the server's events.
    """

    def __init__(
        self,
        keyboard: Keyboard | None,
        held: Callable[[], Collection[int]],
        now_ms: Callable[[], int] = _server_now_ms,
    ) -> None:
        self._keyboard, self._held, self._now_ms = keyboard, held, now_ms
        self._old: set[int] = set()
        self._looked_ms = 0
        self._is_on = False

    def start(self) -> None:
        """Begin, or look anew at what is down: the keyboard was handed over once more."""
        if self._keyboard is None:
            return
        self._is_on = self._keyboard.set_detectable_repeat(True)
        if self._is_on:
            self._old = set(self._keyboard.keys_down()) - set(self._held())
            self._looked_ms = self._now_ms()

    def stop(self) -> None:
        """Back to what Qt expects."""
        self._old.clear()
        if self._is_on and self._keyboard is not None:
            self._is_on = False
            self._keyboard.set_detectable_repeat(False)

    def is_old(self, number: int, *, down: bool, time_ms: int = 0) -> bool:
        """Whether this event is of a key that was down before; its release ends that.

        Args:
            number: the engine's, of the key.
            down: whether it was pressed.
            time_ms: the event's own, as the server tells it; 0 when nobody knows.
        """
        if number not in self._old:
            return False
        if down and self._was_on_its_way(time_ms):
            self._old.discard(number)
            return False
        if not down:
            self._old.discard(number)
        return True

    def _was_on_its_way(self, time_ms: int) -> bool:
        """Whether the event is from shortly before the look: sooner than a key repeats."""
        if not time_ms:
            return False
        age_ms = (self._looked_ms - time_ms) % _TIME_WRAPS_MS
        return age_ms < _REPEATS_AFTER_MS
