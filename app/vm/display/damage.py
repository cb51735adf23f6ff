"""Which parts of a picture changed: a short list of rectangles."""

from __future__ import annotations

from app.vm.display.seam import Rect

_LIMIT = 32


class Damage:
    """Collects rectangles until someone takes them; bounded, each `add` costs the same.

    Neighbours that arrive one after the other become one. When there are too many, one rectangle
    around all of them takes their place: painting a little more is cheaper than many calls.
    """

    def __init__(self) -> None:
        self._rects: list[Rect] = []

    def __bool__(self) -> bool:
        return bool(self._rects)

    def add(self, rect: Rect) -> None:
        """Note that `rect` changed; an empty one is ignored."""
        if not rect.w or not rect.h:
            return
        if self._rects:
            last = self._rects[-1]
            both = _around(last, rect)
            if both.w * both.h <= last.w * last.h + rect.w * rect.h:
                self._rects[-1] = both
                return
        if len(self._rects) == _LIMIT:
            everything = self._rects[0]
            for other in self._rects[1:]:
                everything = _around(everything, other)
            self._rects = [_around(everything, rect)]
        else:
            self._rects.append(rect)

    def take(self) -> tuple[Rect, ...]:
        """Get the rectangles and forget them."""
        rects, self._rects = tuple(self._rects), []
        return rects


def _around(a: Rect, b: Rect) -> Rect:
    x, y = min(a.x, b.x), min(a.y, b.y)
    right, bottom = max(a.x + a.w, b.x + b.w), max(a.y + a.h, b.y + b.h)
    return Rect(x, y, right - x, bottom - y)
