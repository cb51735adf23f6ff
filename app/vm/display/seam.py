"""The two seams between a machine's picture and the window: `Display` and `Input`.

They are two because the fastest way in is not always the way out (design, section 6): with QEMU
the picture comes over VNC while keys go over the monitor.

Threads: a display has one reader thread of its own, which never waits for the window. The window
is told once, by `wake`, that something is pending, and takes everything at once with `take`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from app.vm.display.framebuffer import Framebuffer

Wake = Callable[[], None]
"""Called on the reader thread, at most once between two `take`s; must not block."""


class Rect(NamedTuple):
    """A part of the picture in guest pixels; `x`, `y` is its left upper corner."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True, slots=True)
class CursorShape:
    """The guest's own cursor.

    Attributes:
        width: in guest pixels; 0 hides the cursor.
        height: in guest pixels.
        hot_x: column of the pixel that points.
        hot_y: row of the pixel that points.
        argb: `width * height` pixels of four bytes, B G R A, alpha not premultiplied.
    """

    width: int
    height: int
    hot_x: int
    hot_y: int
    argb: bytes


class Leds(NamedTuple):
    """The lights that the guest has set on its keyboard."""

    caps: bool
    num: bool
    scroll: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that came in since the last `take`.

    Attributes:
        framebuffer: set at first and when the size changed; hold it as long as it is painted.
        rects: changed parts, inside the framebuffer of the newest generation, merged, unordered.
        cursor: a new cursor shape, if one came.
        absolute_pointer: whether the guest takes absolute positions; None when unchanged.
        resize_refused: the guest's device cannot follow a wished size.
        leds: the lights, if any changed; of a guest that sets none, all off.
        closed: why the connection ended; None while it lives.
    """

    framebuffer: Framebuffer | None = None
    rects: tuple[Rect, ...] = ()
    cursor: CursorShape | None = None
    absolute_pointer: bool | None = None
    resize_refused: bool = False
    leds: Leds | None = None
    closed: str | None = None


class Display(Protocol):
    """One head's picture."""

    def start(self, wake: Wake) -> None:
        """Start the reader thread and ask for the first whole picture."""

    def take(self) -> Changes:
        """Take everything that is pending; never blocks. Called on the window's thread."""

    def request_update(self) -> None:
        """Ask for the next picture: called after painting. Without a call nothing more is sent."""

    def wish_size(self, width_px: int, height_px: int) -> None:
        """Ask the guest to use this size; it may refuse (`resize_refused`) or choose another."""

    def close(self) -> None:
        """End the connection and the reader thread; returns when the thread has ended."""


class Button(StrEnum):
    """Pointer buttons, spelled as QEMU's `InputButton` (qapi/ui.json)."""

    LEFT = "left"
    MIDDLE = "middle"
    RIGHT = "right"
    SIDE = "side"
    EXTRA = "extra"


class Input(Protocol):
    """Keyboard and pointer of one machine. Never blocks; called on the window's thread.

    Key numbers are XT set 1 scan codes, with 0x80 set for the E0 codes (QEMU's "number").
    """

    def key(self, number: int, *, down: bool) -> None:
        """Press or release one key."""

    def button(self, button: Button, *, down: bool) -> None:
        """Press or release one pointer button."""

    def move_to(self, x: float, y: float) -> None:
        """Absolute position, each from 0.0 (left, top) to 1.0 (last pixel)."""

    def move_by(self, dx: int, dy: int) -> None:
        """Relative motion in guest pixels."""

    def wheel(self, dx: int, dy: int) -> None:
        """Whole notches; positive is right and up."""

    def close(self) -> None:
        """Close the connection. Release what is held first: the engine does not do it."""
