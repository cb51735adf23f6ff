"""When to poke QEMU's VNC server so that it looks at the guest's screen."""

from __future__ import annotations

_AFTER_INPUT_S = (0.003, 0.012, 0.032, 0.062)


class Pokes:
    """A timetable: after an input at 3, 12, 32 and 62 ms, until a picture comes.

    QEMU polls the guest's screen, at most every 30 ms and ever less often while nothing changes.
    A no-op message brings the next look forward; it has to come after the guest has reacted, and
    nobody knows when that is, so there are several. Times are seconds of one monotonic clock.

    Args:
        rest_s: also poke when that much time has passed since the last poke, so that a picture
            that begins to move by itself is not seen late; None leaves a resting server alone.
    """

    def __init__(self, rest_s: float | None = None) -> None:
        self._rest_s = rest_s
        self._due: list[float] = []
        self._first: float | None = None
        self._last = 0.0

    def input_sent(self, now: float) -> None:
        """Begin again, but let a poke that comes sooner stand: steady input must not starve it."""
        sooner = [at for at in self._due[:1] if at < now + _AFTER_INPUT_S[0]]
        self._due = sooner + [now + after_s for after_s in _AFTER_INPUT_S]
        self._first = self._due[len(sooner)]

    def picture_came(self) -> None:
        """Stop, unless nothing was sent since the input: then the picture is older than that."""
        if self._first is None:
            self._due = []

    def deadline(self, *, resting: bool) -> float | None:
        """When the next poke is due; `resting`: count `rest_s` as well."""
        if self._due:
            return self._due[0]
        if resting and self._rest_s is not None:
            return self._last + self._rest_s
        return None

    def poked(self, now: float) -> None:
        """Cross out everything that was due until `now`."""
        self._due = [at for at in self._due if at > now]
        if self._first is not None and self._first <= now:
            self._first = None
        self._last = now
