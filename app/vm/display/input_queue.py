"""What a person did and the engine has not been told yet."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

from app.vm.display.seam import Button

MOTION_INTERVAL_S = 0.008
LIMIT = 256
MOST_NOTCHES = 32

_MOST_PIXELS = 32767


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """A key went down or up."""

    number: int
    down: bool


@dataclass(frozen=True, slots=True)
class ButtonEvent:
    """A pointer button went down or up."""

    button: Button
    down: bool


@dataclass(frozen=True, slots=True)
class MoveTo:
    """The pointer is at this place, each coordinate from 0.0 to 1.0."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class MoveBy:
    """The pointer moved by so many pixels."""

    dx: int
    dy: int


@dataclass(frozen=True, slots=True)
class WheelEvent:
    """The wheel turned by so many notches, right and up."""

    dx: int
    dy: int


InputEvent = KeyEvent | ButtonEvent | MoveTo | MoveBy | WheelEvent


class InputQueue:
    """Keeps the order, merges motion, and never grows without bound.

    Motion goes at most once in `MOTION_INTERVAL_S`, but at once when something came after it: a
    click is always at the right place. When the engine does not listen, motion is given up first,
    then new presses; releases never, so that no key stays down.

    Times are seconds of one monotonic clock. Not thread-safe.
    """

    def __init__(self) -> None:
        self._events: deque[InputEvent] = deque()
        self._next_motion = 0.0

    def __bool__(self) -> bool:
        return bool(self._events)

    def __len__(self) -> int:
        return len(self._events)

    def add(self, event: InputEvent) -> None:
        """Put `event` at the end, merged with what is there."""
        if self._events and (merged := _merge(self._events[-1], event)) is not None:
            self._events[-1] = merged
            return
        if len(self._events) >= LIMIT:
            self._give_up_motion()
        if len(self._events) < LIMIT or self._must_stay(event):
            self._events.append(event)

    def take(self, now: float, *, hurry: bool = False) -> InputEvent | None:
        """Get the next event that may be sent now; `hurry`: do not hold motion back."""
        if not self._events or not (hurry or self._due() <= now):
            return None
        event = self._events.popleft()
        if isinstance(event, MoveTo | MoveBy):
            self._next_motion = now + MOTION_INTERVAL_S
        return event

    def deadline(self) -> float | None:
        """When the next event may be sent; None when there is none."""
        return self._due() if self._events else None

    def _due(self) -> float:
        """When the first event may be sent: motion with nothing behind it has to wait."""
        is_held = len(self._events) == 1 and isinstance(self._events[0], MoveTo | MoveBy)
        return self._next_motion if is_held else 0.0

    def _must_stay(self, event: InputEvent) -> bool:
        """Whether it is a release that is not said already; there are only so many keys."""
        if not isinstance(event, KeyEvent | ButtonEvent) or event.down:
            return False
        press = replace(event, down=True)
        said = next((e for e in reversed(self._events) if e in (event, press)), press)
        return said == press

    def _give_up_motion(self) -> None:
        self._events = deque(e for e in self._events if not isinstance(e, MoveTo | MoveBy))


def _merge(last: InputEvent, event: InputEvent) -> InputEvent | None:
    match last, event:
        case MoveTo(), MoveTo():
            return event
        case MoveBy(), MoveBy():
            return MoveBy(
                _within(last.dx + event.dx, _MOST_PIXELS), _within(last.dy + event.dy, _MOST_PIXELS)
            )
        case WheelEvent(), WheelEvent():
            return WheelEvent(
                _within(last.dx + event.dx, MOST_NOTCHES),
                _within(last.dy + event.dy, MOST_NOTCHES),
            )
        case _:
            return None


def _within(value: int, limit: int) -> int:
    return max(-limit, min(value, limit))
