"""Where the screens of one guest lie. No I/O; of the window's thread.

A machine has one absolute pointer, whose places are parts of everything that the guest shows. With
several screens a place on one of them has to be made a place in the whole. They are taken to lie
side by side from left to right, tops aligned, as desktops put a screen that is new.
"""

from __future__ import annotations

_NOT_DRIVEN = (640, 480)
"""QEMU's own picture for an output that the guest does not use (ui/console.c)."""


class ScreenLayout:
    """The screens that can be seen, with their sizes in guest pixels."""

    def __init__(self) -> None:
        self._sizes: dict[int, tuple[int, int]] = {}

    def put(self, head: int, width_px: int, height_px: int) -> None:
        """A screen has this size now; a further one that the guest does not use takes no room."""
        if head and (width_px, height_px) == _NOT_DRIVEN:
            self.remove(head)
        else:
            self._sizes[head] = (width_px, height_px)

    def remove(self, head: int) -> None:
        """A screen is shown no longer."""
        self._sizes.pop(head, None)

    def place(self, head: int, x: float, y: float) -> tuple[float, float]:
        """A place on one screen as a place in the whole.

        Args:
            head: which screen.
            x: 0.0 for its left column, 1.0 for its last.
            y: 0.0 for its top row, 1.0 for its last.
        """
        if head not in self._sizes:
            return x, y
        width, height = self._sizes[head]
        before = sum(self._sizes[other][0] for other in self._sizes if other < head)
        all_width = sum(size[0] for size in self._sizes.values())
        all_height = max(size[1] for size in self._sizes.values())
        return _part(before + x * (width - 1), all_width), _part(y * (height - 1), all_height)


def _part(at_px: float, of_px: int) -> float:
    return at_px / (of_px - 1) if of_px > 1 else 0.0
