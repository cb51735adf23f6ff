"""Which part of a picture is seen when it is larger than the window and shown pixel by pixel."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

_EDGE_PX = 24
"""So near to an edge, in screen pixels, the pointer draws the rest of the picture in."""
_TICK_MS = 16
_SLOWEST_PX, _FASTEST_PX = 2, 24

Size = tuple[int, int]


class Panning(QObject):
    """Moves the part that is seen while the pointer is held near an edge; faster the nearer.

    Sizes and places are screen pixels. Nothing runs while the pointer is elsewhere.

    Args:
        moved: called after each step; place the picture anew.
        parent: lives as long as this.
    """

    def __init__(self, moved: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._moved = moved
        self._before = [0, 0]
        self._most = [0, 0]
        self._speed = [0, 0]
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._step)

    @property
    def before(self) -> tuple[int, int]:
        """Pixels of the picture that lie left of the window and above it."""
        return self._before[0], self._before[1]

    @property
    def is_moving(self) -> bool:
        """Whether the pointer is at an edge behind which there is more."""
        return self._timer.isActive()

    def resize(self, picture: Size, view: Size) -> None:
        """One of the two has another size; what was seen stays in sight as far as it can."""
        for axis in (0, 1):
            self._most[axis] = max(0, picture[axis] - view[axis])
            self._before[axis] = min(self._before[axis], self._most[axis])

    def pointer(self, at: tuple[float, float], view: Size) -> None:
        """The pointer is here, from the window's upper left corner."""
        self._speed = [_speed(at[axis], view[axis]) for axis in (0, 1)]
        if self._can_move():
            if not self._timer.isActive():
                self._timer.start()
        else:
            self._timer.stop()

    def stop(self) -> None:
        """The pointer is elsewhere."""
        self._speed = [0, 0]
        self._timer.stop()

    def _can_move(self) -> bool:
        return any(self._next(axis) != self._before[axis] for axis in (0, 1))

    def _next(self, axis: int) -> int:
        return max(0, min(self._before[axis] + self._speed[axis], self._most[axis]))

    def _step(self) -> None:
        self._before = [self._next(0), self._next(1)]
        if not self._can_move():
            self._timer.stop()
        self._moved()


def _speed(at: float, length: int) -> int:
    """Pixels a tick: negative towards the beginning."""
    if at < _EDGE_PX:
        return -_faster(_EDGE_PX - at)
    if at > length - _EDGE_PX:
        return _faster(at - (length - _EDGE_PX))
    return 0


def _faster(depth: float) -> int:
    part = min(1.0, depth / _EDGE_PX)
    return round(_SLOWEST_PX + part * (_FASTEST_PX - _SLOWEST_PX))
