"""What a display has found out and the window has not taken yet."""

from __future__ import annotations

import threading

from app.vm.display.damage import Damage
from app.vm.display.framebuffer import Framebuffer
from app.vm.display.seam import Changes, CursorShape, Leds, Wake


class Pending:
    """Collects changes on a display's own threads and hands them over as one.

    Attributes:
        damage: what was drawn into the picture that the window has, or is about to get.
        cursor: another shape of the guest's cursor.
        absolute_pointer: the guest's pointer has changed its mode.
        leds: the guest's lock lights have changed.
        is_refused: a size that was wished for was.
        closed: why the display has ended; stays.

    They are set under the lock, and `tell` is called after it.

    Args:
        lock: the display's own; it is taken here, too.
    """

    def __init__(self, lock: threading.Lock) -> None:
        self._lock = lock
        self._wake: Wake | None = None
        self._is_told = False  # it was woken since the last `take`
        self._fresh: Framebuffer | None = None
        self.damage = Damage()
        self.cursor: CursorShape | None = None
        self.absolute_pointer: bool | None = None
        self.leds: Leds | None = None
        self.is_refused = False
        self.closed: str | None = None

    def begin(self, wake: Wake) -> None:
        """Wake by this from now on: at most once between two `take`s, on the display's threads."""
        self._wake = wake

    def show(self, picture: Framebuffer | None) -> None:
        """Another picture takes the place of the old one; the lock is held."""
        self.damage.take()  # was of the old picture
        self._fresh = picture

    def take(self) -> Changes:
        """Take everything. Any thread; never blocks."""
        with self._lock:
            changes = Changes(
                framebuffer=self._fresh,
                rects=self.damage.take(),
                cursor=self.cursor,
                absolute_pointer=self.absolute_pointer,
                resize_refused=self.is_refused,
                leds=self.leds,
                closed=self.closed,
            )
            self._fresh = self.cursor = self.absolute_pointer = self.leds = None
            self.is_refused = self._is_told = False
        return changes

    def tell(self) -> None:
        """Wake the window if there is something to take and it does not know yet."""
        with self._lock:
            if self._is_told or not self._is_something:
                return
            self._is_told = True
        if self._wake is not None:
            self._wake()

    @property
    def _is_something(self) -> bool:
        values = (self._fresh, self.cursor, self.absolute_pointer, self.leds, self.closed)
        return self.is_refused or bool(self.damage) or any(one is not None for one in values)
