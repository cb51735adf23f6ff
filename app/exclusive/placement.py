"""Where the guest's picture lies in the window, and the way back for the pointer. No Qt.

All lengths are pixels of the screen ("device pixels") or of the guest, never the toolkit's logical
ones: a guest pixel is to be a screen pixel wherever it can.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from app.vm.display.seam import Rect

# A whole factor is sharper; this much of the room may be given up for it.
_WORTH_BEING_SHARP = 0.85
# Positions arrive as fractions that went through a division by the screen's scale.
_ROUNDING = 1 / 64


@dataclass(frozen=True, slots=True)
class Placement:
    """A picture of `guest_w` x `guest_h` pixels, drawn at `x`, `y` with `w` x `h` screen pixels."""

    x: int
    y: int
    w: int
    h: int
    guest_w: int
    guest_h: int

    @property
    def scale(self) -> float:
        """Screen pixels to one guest pixel."""
        return self.w / self.guest_w

    @property
    def is_sharp(self) -> bool:
        """Whether every guest pixel covers the same whole number of screen pixels."""
        return self.w % self.guest_w == 0 and self.h % self.guest_h == 0

    def to_guest(self, x: float, y: float) -> tuple[float, float]:
        """A point of the window as the guest's tablet wants it: 0.0 first to 1.0 last pixel.

        What lies beside the picture counts as its nearest edge.
        """
        return (
            _fraction(x - self.x, self.w, self.guest_w),
            _fraction(y - self.y, self.h, self.guest_h),
        )

    def to_view(self, rect: Rect) -> Rect:
        """The screen pixels that change with `rect`: outwards, one more when it is blended."""
        margin = 0 if self.is_sharp else 1
        left = math.floor(rect.x * self.w / self.guest_w) - margin
        top = math.floor(rect.y * self.h / self.guest_h) - margin
        right = math.ceil((rect.x + rect.w) * self.w / self.guest_w) + margin
        bottom = math.ceil((rect.y + rect.h) * self.h / self.guest_h) + margin
        return Rect(self.x + left, self.y + top, right - left, bottom - top)


def place_actual(
    guest_w: int, guest_h: int, view_w: int, view_h: int, pan: tuple[int, int]
) -> Placement:
    """One guest pixel on one screen pixel, whatever the window's size.

    A side that fits is centred; of one that does not, `pan` says how many pixels lie before the
    window's left or upper edge, as far as there are any to see.
    """
    sides = zip((guest_w, guest_h), (view_w, view_h), pan, strict=True)
    x, y = (
        (view - guest) // 2 if guest <= view else -max(0, min(before, guest - view))
        for guest, view, before in sides
    )
    return Placement(x, y, guest_w, guest_h, guest_w, guest_h)


def place(guest_w: int, guest_h: int, view_w: int, view_h: int) -> Placement:
    """Fit a picture into a window with its ratio kept, centred.

    One guest pixel is one screen pixel, or a whole number of them, where that leaves little room
    unused; a larger picture is made smaller.
    """
    factor = min(view_w / guest_w, view_h / guest_h)
    whole = math.floor(factor)
    if whole and whole / factor >= _WORTH_BEING_SHARP:
        factor = whole
    w, h = max(1, round(guest_w * factor)), max(1, round(guest_h * factor))
    return Placement((view_w - w) // 2, (view_h - h) // 2, w, h, guest_w, guest_h)


def _fraction(position: float, shown: int, count: int) -> float:
    """Which of `count` guest pixels lies at `position` of the `shown` screen pixels.

    In a picture that was made smaller not every guest pixel has a screen pixel, but both ends do:
    screen edges and corners are what people aim at.
    """
    pixel = min(max(math.floor(position + _ROUNDING), 0), shown - 1)
    if count == 1 or shown == 1:
        return 0.0
    if shown < count:
        return pixel / (shown - 1)
    return pixel * count // shown / (count - 1)
