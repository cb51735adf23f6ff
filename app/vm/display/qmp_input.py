"""Keyboard and pointer over a QEMU monitor of their own (QMP, `input-send-event`).

The fastest way in: nothing has to be guessed from key symbols, all buttons and both wheels exist,
and typing is not slowed down as over VNC. The window's thread writes; the answers are drained by
a thread of this object's own, not by the display's: that one may be in the middle of a picture
that does not go on, and a release must not wait for it.
"""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, assert_never

from app.vm.display.input_queue import (
    MOST_NOTCHES,
    ButtonEvent,
    InputEvent,
    InputQueue,
    KeyEvent,
    MoveBy,
    MoveTo,
    WheelEvent,
)
from app.vm.display.seam import Button
from app.vm.display.socket_thread import SocketThread, ending
from app.vm.stream import ProtocolError

_log = logging.getLogger(__name__)

SILENT_S = 10.0
"""An engine that has not answered for so long takes no keys either."""
_MOST_UNANSWERED = 16
_GREETING_S = 10.0
_FAREWELL_S = 0.25
_MAX_LINE_BYTES = 1024 * 1024
_READ_BYTES = 65536
_ABSOLUTE_MAX = 32767  # INPUT_EVENT_ABS_MAX, include/ui/input.h


class QmpInput:
    """`app.vm.display.seam.Input` over a QMP socket that nobody else uses.

    Calls return at once. What cannot be sent yet, because the monitor has not greeted or does not
    answer, waits in an `InputQueue`; at most 16 commands are under way, so that a monitor that
    comes back does not replay minutes of pointer motion.

    Args:
        sock: connected to the monitor; from now on ours to close.
        after_send: called after events were written, on whichever thread wrote them; must not
            block. `RfbDisplay.input_sent` belongs here.
        on_closed: called with a sentence on this object's thread when the monitor is lost; not
            after `close`.
        on_silent: called once on this object's thread when the monitor has not answered a command
            for `SILENT_S`; again only after it has answered.
        negotiated: the monitor has greeted already, and takes commands.
    """

    def __init__(
        self,
        sock: socket.socket,
        after_send: Callable[[], None],
        *,
        on_closed: Callable[[str], None] | None = None,
        on_silent: Callable[[], None] | None = None,
        negotiated: bool = False,
    ) -> None:
        self._sock = sock
        self._after_send = after_send
        self._on_closed = on_closed
        self._on_silent = on_silent
        self._lines = bytearray()  # the thread's own
        self._greeting_ends = time.monotonic() + _GREETING_S

        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._queue = InputQueue()
        self._ready = negotiated  # its capabilities
        self._unanswered = 0
        self._silence_ends: float | None = None  # None: nothing is awaited, or it was told
        self._is_timed = False  # the thread will look at the queue in time
        self._closing = False
        self._closed: str | None = None
        self._complained = False

        self._thread = SocketThread(
            sock,
            name="input",
            readable=self._readable,
            deadline=self._deadline,
            due=self._due,
            ended=self._ended,
        )
        self._thread.start()

    @property
    def closed(self) -> str | None:
        """Why the connection ended, as a sentence; None while it lives."""
        return self._closed

    def key(self, number: int, *, down: bool) -> None:
        """Press or release the key of this number (`app.vm.display.keymap`)."""
        self._add(KeyEvent(number, down))

    def button(self, button: Button, *, down: bool) -> None:
        """Press or release a pointer button."""
        self._add(ButtonEvent(button, down))

    def move_to(self, x: float, y: float) -> None:
        """Absolute position, each from 0.0 to 1.0; what lies outside is moved to the edge."""
        self._add(MoveTo(x, y))

    def move_by(self, dx: int, dy: int) -> None:
        """Relative motion in guest pixels."""
        if dx or dy:
            self._add(MoveBy(dx, dy))

    def wheel(self, dx: int, dy: int) -> None:
        """Whole notches, right and up; more than 32 at once are taken as 32."""
        if dx or dy:
            self._add(WheelEvent(dx, dy))

    def close(self) -> None:
        """Close the connection; returns when the thread has ended, any number of times.

        Waits up to 250 ms for the answers to what was sent, and only then closes: a monitor that
        loses its client forgets the commands that it has not carried out (monitor/qmp.c,
        monitor_qmp_event), and a release among them would leave a key down for ever.
        """
        if not self._thread.on_thread:
            with self._changed:
                self._closing = True
            self._pump()
            with self._changed:
                self._changed.wait_for(self._is_idle, _FAREWELL_S)
        self._thread.close()

    def _add(self, event: InputEvent) -> None:
        with self._lock:
            if self._closing or self._closed is not None:
                return
            self._queue.add(event)
        self._pump()

    def _pump(self) -> None:
        """Send what may be sent now."""
        with self._lock:
            data = bytearray()
            now = time.monotonic()
            begins = not self._unanswered
            while self._ready and self._unanswered < _MOST_UNANSWERED:
                event = self._queue.take(now, hurry=self._closing)
                if event is None:
                    break
                data += _command(event)
                self._unanswered += 1
            if data:
                if begins:
                    self._silence_ends = now + SILENT_S
                self._thread.send(data)  # under the lock: two threads must not change the order
            is_stuck = not self._ready or self._unanswered >= _MOST_UNANSWERED
            wake = bool(self._queue) and not self._is_timed and not is_stuck
            self._is_timed |= wake
            wake |= begins and bool(data)  # from now on an answer is awaited
        if wake:
            self._thread.wake()
        if data:
            self._after_send()

    def _is_idle(self) -> bool:
        return self._closed is not None or not (self._queue or self._unanswered)

    # From here on: the thread.

    def _deadline(self) -> float | None:
        with self._lock:
            if not self._ready:
                return self._greeting_ends
            # With too much unanswered the next answer is the moment, not the clock.
            is_stuck = self._unanswered >= _MOST_UNANSWERED
            deadline = None if is_stuck else self._queue.deadline()
            self._is_timed = deadline is not None
            waits = [at for at in (deadline, self._silence_ends) if at is not None]
            return min(waits, default=None)

    def _due(self, now: float) -> None:
        if not self._ready:
            raise TimeoutError
        self._pump()
        with self._lock:
            is_silent = self._silence_ends is not None and now >= self._silence_ends
            if is_silent:
                self._silence_ends = None
        if is_silent and self._on_silent is not None:
            _log.info("The engine has not answered for %g s.", SILENT_S)
            self._on_silent()

    def _readable(self) -> None:
        data = self._sock.recv(_READ_BYTES, socket.MSG_DONTWAIT)
        if not data:
            raise EOFError
        self._lines += data
        *lines, rest = self._lines.split(b"\n")
        if len(rest) > _MAX_LINE_BYTES:
            raise ProtocolError("a line without end")
        self._lines = bytearray(rest)
        for line in lines:
            if line.strip():
                self._handle(_parse(line))
        self._pump()

    def _handle(self, message: dict[str, Any]) -> None:
        if "QMP" in message and not self._ready:
            self._thread.send(_line({"execute": "qmp_capabilities"}))
        elif "return" in message or "error" in message:
            self._answered(message.get("error"))
        # All else is an event, which the manager's own monitor hears too.

    def _answered(self, error: object) -> None:
        with self._changed:
            if self._ready:
                self._unanswered = max(0, self._unanswered - 1)
                waits = self._unanswered > 0
                self._silence_ends = time.monotonic() + SILENT_S if waits else None
            elif error is None:
                self._ready = True
            else:
                raise ProtocolError(f"the monitor refused its capabilities: {error}")
            self._changed.notify_all()
        if error is not None:
            level = logging.DEBUG if self._complained else logging.INFO
            self._complained = True
            _log.log(level, "The engine did not take an input: %s", error)

    def _ended(self, failure: Exception | None) -> None:
        sentence = ending(failure, "input monitor", _GREETING_S)
        _log.info("%s", sentence)
        with self._changed:
            self._closed = sentence
            self._changed.notify_all()
        if failure is not None and not self._closing and self._on_closed is not None:
            self._on_closed(sentence)


def _parse(line: bytes | bytearray) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as err:
        raise ProtocolError("a line that is no JSON") from err
    if not isinstance(message, dict):
        raise ProtocolError("a line that is no JSON object")
    return message


def _command(event: InputEvent) -> bytes:
    """One command for one event: QEMU reports to the guest after each command.

    A press and its release in one command would reach a tablet as no click at all. Notches may
    go together, because a tablet counts them.
    """
    events = _events(event)
    return _line({"execute": "input-send-event", "arguments": {"events": events}})


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


def _events(event: InputEvent) -> list[dict[str, Any]]:
    """QAPI `InputEvent`s (qapi/ui.json)."""
    match event:
        case KeyEvent():
            key = {"type": "number", "data": event.number}
            return [{"type": "key", "data": {"down": event.down, "key": key}}]
        case ButtonEvent():
            return [_button(event.button, down=event.down)]
        case MoveTo():
            return [_axis("abs", "x", _absolute(event.x)), _axis("abs", "y", _absolute(event.y))]
        case MoveBy():
            return [_axis("rel", "x", event.dx), _axis("rel", "y", event.dy)]
        case WheelEvent():
            return _notches("wheel-left", "wheel-right", event.dx) + _notches(
                "wheel-down", "wheel-up", event.dy
            )
        case _:
            assert_never(event)


def _absolute(part: float) -> int:
    return round(max(0.0, min(part, 1.0)) * _ABSOLUTE_MAX)


def _axis(kind: str, axis: str, value: int) -> dict[str, Any]:
    return {"type": kind, "data": {"axis": axis, "value": value}}


def _button(name: str, *, down: bool) -> dict[str, Any]:
    return {"type": "btn", "data": {"down": down, "button": str(name)}}


def _notches(negative: str, positive: str, count: int) -> list[dict[str, Any]]:
    name = positive if count > 0 else negative
    once = [_button(name, down=True), _button(name, down=False)]
    return once * min(abs(count), MOST_NOTCHES)
