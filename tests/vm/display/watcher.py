"""The window's side of a display, without a window."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from app.vm.display.framebuffer import Framebuffer
from app.vm.display.seam import Changes, CursorShape, Display, Leds, Rect


class Watcher:
    """Takes what comes whenever it is woken, and asks for more as painting would.

    Attributes:
        asks: whether a received picture is followed by a request: False plays a hidden window.
        updates: how often pixels came.
        wakes: how often `wake` was called.
    """

    def __init__(self, display: Display, *, asks: bool = True) -> None:
        self.display = display
        self.asks = asks
        self.updates = self.wakes = 0
        self.framebuffer: Framebuffer | None = None
        self.rects: list[Rect] = []
        self.cursor: CursorShape | None = None
        self.absolute: bool | None = None
        self.refused = False
        self.leds: Leds | None = None
        self.closed: str | None = None
        self._woken = threading.Condition()
        self._pending = False
        display.start(self._wake)

    def until(self, condition: Callable[[], object], timeout_s: float = 10.0) -> None:
        """Take and ask until `condition` is true."""
        deadline = time.monotonic() + timeout_s
        while not condition():
            with self._woken:
                left_s = deadline - time.monotonic()
                assert self._woken.wait_for(lambda: self._pending, left_s), vars(self)
                self._pending = False
            self._take()

    def _wake(self) -> None:
        with self._woken:
            self.wakes += 1
            self._pending = True
            self._woken.notify_all()

    def _take(self) -> None:
        changes = self.display.take()
        self._fold(changes)
        if changes.rects:
            self.updates += 1
            if self.asks:
                self.display.request_update()

    def _fold(self, changes: Changes) -> None:
        if changes.framebuffer is not None:
            self.framebuffer, self.rects = changes.framebuffer, []
        self.rects += changes.rects
        self.cursor = changes.cursor or self.cursor
        if changes.absolute_pointer is not None:
            self.absolute = changes.absolute_pointer
        self.refused |= changes.resize_refused
        self.leds = changes.leds or self.leds
        self.closed = changes.closed
