"""Whether the time that is left can be told yet: only after a while, and if the guesses agree."""

from __future__ import annotations

from collections import deque

TOLD_AFTER_S = 5.0
_GUESSES = 4
_LEAST_SPREAD_S = 5.0
_SPREAD = 0.25  # of what is left


class Pace:
    """Follows the guesses of one task. Times are seconds of any clock that only goes forward."""

    def __init__(self, now_s: float) -> None:
        """Begin at `now_s`."""
        self._began_s = now_s
        self._ends: deque[float] = deque(maxlen=_GUESSES)
        self._left_s: int | None = None

    def hear(self, left_s: int | None, now_s: float) -> None:
        """Take the present guess; None says that there is none, and forgets the earlier ones."""
        self._left_s = left_s
        if left_s is None:
            self._ends.clear()
        else:
            self._ends.append(now_s + left_s)

    def left_s(self, now_s: float) -> int | None:
        """Seconds that are left, None while nobody should rely on it."""
        if self._left_s is None or len(self._ends) < _GUESSES:
            return None
        if now_s - self._began_s < TOLD_AFTER_S:
            return None
        spread = max(self._ends) - min(self._ends)
        return self._left_s if spread <= max(_LEAST_SPREAD_S, _SPREAD * self._left_s) else None
