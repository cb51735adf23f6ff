"""A display and an input without an engine: the test plays the reader thread."""

from __future__ import annotations

import threading
from dataclasses import replace

from app.vm.display.framebuffer import Framebuffer
from app.vm.display.seam import Button, Changes, CursorShape, Rect, Wake


class FakeDisplay:
    """`app.vm.display.seam.Display`, told by the test what the guest shows.

    As the seam demands, `wake` is called on another thread, once between two `take`s.
    """

    def __init__(self) -> None:
        self.started = False
        self.is_closed = False
        self.is_unplugged = False
        self.is_watched: bool | None = None
        self.requests = 0
        self.inputs = 0
        self.wishes: list[tuple[int, int]] = []
        self.framebuffer: Framebuffer | None = None
        self._wake: Wake | None = None
        self._told = False
        self._pending = Changes()
        self._lock = threading.Lock()

    # The seam.

    def start(self, wake: Wake) -> None:
        self.started = True
        self._wake = wake
        self._tell()

    def take(self) -> Changes:
        with self._lock:
            changes, self._pending, self._told = self._pending, Changes(), False
        return changes

    def request_update(self) -> None:
        self.requests += 1

    def wish_size(self, width_px: int, height_px: int) -> None:
        self.wishes.append((width_px, height_px))

    def unplug(self) -> None:
        self.is_unplugged = True

    def watch(self, *, visible: bool) -> None:
        self.is_watched = visible

    def input_sent(self) -> None:
        self.inputs += 1

    def close(self) -> None:
        self.is_closed = True

    # The guest.

    def resize(self, width_px: int, height_px: int) -> Framebuffer:
        """Show a new picture of this size; the test has filled nothing yet, so it is black."""
        generation = self.framebuffer.generation + 1 if self.framebuffer else 1
        self.framebuffer = Framebuffer(width_px, height_px, generation)
        return self.framebuffer

    def paint(self, rect: Rect, bgrx: tuple[int, int, int]) -> None:
        """Fill a part of the picture, without telling."""
        assert self.framebuffer is not None
        for row in self.framebuffer.rows(*rect):
            row[:] = bytes((*bgrx, 0)) * (len(row) // 4)

    def show(self, *rects: Rect) -> None:
        """Tell of the present picture, or of changed parts of it."""
        if rects:
            self._add(rects=rects)
        else:
            self._add(framebuffer=self.framebuffer)

    def set_cursor(self, shape: CursorShape) -> None:
        self._add(cursor=shape)

    def set_pointer(self, *, absolute: bool) -> None:
        self._add(absolute_pointer=absolute)

    def refuse_size(self) -> None:
        self._add(resize_refused=True)

    def break_off(self, why: str) -> None:
        self._add(closed=why)

    def _add(self, **changes) -> None:
        with self._lock:
            if "rects" in changes:
                changes["rects"] = self._pending.rects + changes["rects"]
            self._pending = replace(self._pending, **changes)
        self._tell()

    def _tell(self) -> None:
        with self._lock:
            if self._wake is None or self._told or self._pending == Changes():
                return
            self._told = True
        reader = threading.Thread(target=self._wake)
        reader.start()
        reader.join()


class RecordingInput:
    """`app.vm.display.seam.Input` that keeps what it was told, and what the guest holds by it."""

    def __init__(self) -> None:
        self.events: list[tuple] = []
        self.keys: set[int] = set()
        self.buttons: set[Button] = set()
        self.is_closed = False

    @property
    def holds_nothing(self) -> bool:
        return not self.keys and not self.buttons

    def strokes(self) -> list[tuple[int, bool]]:
        """The key events alone."""
        return [event[1:] for event in self.events if event[0] == "key"]

    def key(self, number: int, *, down: bool) -> None:
        assert not self.is_closed
        assert (number in self.keys) != down, f"{number:#x} {'down' if down else 'up'} twice"
        (self.keys.add if down else self.keys.remove)(number)
        self.events.append(("key", number, down))

    def button(self, button: Button, *, down: bool) -> None:
        assert not self.is_closed
        assert (button in self.buttons) != down
        (self.buttons.add if down else self.buttons.remove)(button)
        self.events.append(("button", button, down))

    def move_to(self, x: float, y: float) -> None:
        self.events.append(("move_to", x, y))

    def move_by(self, dx: int, dy: int) -> None:
        self.events.append(("move_by", dx, dy))

    def wheel(self, dx: int, dy: int) -> None:
        self.events.append(("wheel", dx, dy))

    def close(self) -> None:
        assert self.holds_nothing, "closed while the guest holds something"
        self.is_closed = True
