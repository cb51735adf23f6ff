"""Carries out what the key machine decides: to the guest, to the desktop, to the window."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from typing import assert_never

from PySide6.QtCore import QPoint

from app.exclusive.capture import Capture
from app.exclusive.grab import Grab
from app.exclusive.pointer import EdgeWatch, Notches, PointerLock
from app.exclusive.text_strokes import strokes_of
from app.exclusive.verdicts import (
    Entered,
    HandBack,
    LockPointer,
    Reason,
    Refused,
    Released,
    SendButton,
    SendKey,
    StartCapture,
    StopCapture,
    UnlockPointer,
    Verdict,
    Verdicts,
)
from app.exclusive.xkb import present_layout
from app.vm.display.seam import Button, Input

_log = logging.getLogger(__name__)

Notice = Entered | Refused | Released | LockPointer | UnlockPointer
"""What the window shows to the person."""


class InputController:
    """The `InputSink` of a surface, and the only caller of a machine's `Input`.

    Args:
        grab: decides.
        capture: how this desktop gives all keys.
        pointer: keeps the pointer for guests that know only motion; `notify` locks and unlocks it.
        edge: watches the top edge.
        is_shortcut: asked for each key that goes down; True when it was the window's own.
        notify: told of everything that the person should see.
    """

    def __init__(
        self,
        grab: Grab,
        *,
        capture: Capture,
        pointer: PointerLock,
        edge: EdgeWatch,
        is_shortcut: Callable[[int], bool],
        is_old: Callable[..., bool],
        notify: Callable[[Notice], None],
    ) -> None:
        self.grab = grab
        self._capture = capture
        self._pointer = pointer
        self._edge = edge
        self._is_shortcut = is_shortcut
        self._is_old = is_old
        self._notify = notify
        self._notches = Notches()
        self._input: Input | None = None
        self._pending: deque[Verdict] = deque()
        self._running = False

    @property
    def refusal(self) -> str:
        """Why some keys stay with this computer."""
        return self._capture.refusal

    @property
    def is_lent(self) -> bool:
        """Whether the desktop has the keyboard for a moment, and the window still the focus."""
        return self.grab.is_lent and self._capture.has_focus

    def connect(self, channel: Input) -> None:
        """Send to this `Input` from now on; it stays the caller's to close."""
        self._input = channel

    def disconnect(self) -> Input | None:
        """Release everything, then let go of the `Input` and return it."""
        self.run(self.grab.machine(live=False))
        channel, self._input = self._input, None
        return channel

    def run(self, verdicts: Verdicts) -> None:
        """Carry out verdicts in their order; those that come up meanwhile follow after them."""
        self._pending += verdicts
        if self._running:
            return
        self._running = True
        try:
            while self._pending:
                self._carry_out(self._pending.popleft())
        finally:
            self._running = False

    def press(self, numbers: tuple[int, ...]) -> bool:
        """Press these keys one after the other and let them go; False where nothing takes them."""
        verdicts = self.grab.combination(numbers)
        self.run(verdicts)
        return bool(verdicts) and self._input is not None

    def release(self, reason: Reason) -> None:
        """Give keyboard and pointer back to the person."""
        self.run(self.grab.release(reason))

    # InputSink.

    def owns_keys(self) -> bool:
        """Whether keys are the guest's."""
        return self.grab.holding

    def key(self, number: int, *, down: bool, repeat: bool, time_ms: int = 0) -> None:
        """A physical key moved.

        Args:
            number: the engine's.
            down: whether it was pressed.
            repeat: whether it had been down already.
            time_ms: of the event, as the window system tells it; 0 when it does not.
        """
        if self._is_old(number, down=down, time_ms=0 if repeat else time_ms):
            return
        if down and not repeat and self._is_shortcut(number):
            return
        self.run(self.grab.key(number, down=down, repeat=repeat))

    def foreign_key(self, code: int) -> None:
        """A key went down that no guest knows."""
        self.run(self.grab.foreign_key(code))

    def text(self, text: str) -> None:
        """Characters came from no physical key: the keys that write them are pressed."""
        layout = present_layout() if self.grab.holding else None
        if layout is not None:
            for stroke in strokes_of(text, layout).strokes:
                self.press(stroke)

    def modifiers(self, *, active: bool) -> None:
        """An event told whether any modifier is held."""
        self.run(self.grab.modifiers(active=active))

    def button(self, button: Button, *, down: bool, at: tuple[float, float]) -> None:
        """A pointer button moved. Its place goes first, even when the click only hands over."""
        verdicts = self.grab.button(button, down=down)
        if self._input is not None and self._sends_place():
            self._input.move_to(*at)
        self.run(verdicts)

    def moved(self, at: tuple[float, float], where: QPoint) -> None:
        """The pointer moved."""
        if self._pointer.is_locked:
            dx, dy = self._pointer.motion(where)
            if self._input is not None and (dx or dy):
                self._input.move_by(dx, dy)
            return
        self._edge.moved(where, dragging=bool(self.grab.buttons_down))
        if self._input is not None and self._sends_place():
            self._input.move_to(*at)

    def wheel(self, angle: QPoint) -> None:
        """The wheels turned."""
        dx, dy = self._notches.turn(angle)
        if not self.grab.takes_pointer or self._input is None or not (dx or dy):
            return
        self.run(self.grab.wheel())
        self._input.wheel(dx, dy)

    def left(self) -> None:
        """The pointer went away."""
        self._edge.left()

    # Inside.

    def _sends_place(self) -> bool:
        return self.grab.takes_pointer and not self.grab.pointer_locked

    def _carry_out(self, verdict: Verdict) -> None:
        match verdict:
            case SendKey(number, down):
                if self._input is not None:
                    self._input.key(number, down=down)
            case SendButton(button, down):
                if self._input is not None:
                    self._input.button(button, down=down)
            case StartCapture():
                self._capture.start(self._answered)
            case StopCapture():
                self._capture.stop()
            case HandBack():
                self._capture.hand_back(verdict, self._handed_back)
            case LockPointer() | UnlockPointer() | Entered() | Refused():
                self._notify(verdict)
            case Released(reason):
                _log.info("Keyboard and pointer were released: %s", reason)
                self._notify(verdict)
            case _:
                assert_never(verdict)

    def _handed_back(self, down: frozenset[int] | None) -> None:
        if down is None:
            self.run(self.grab.focus(has=False))
        else:
            self.run(self.grab.handed_back(down))

    def _answered(self, granted: bool) -> None:
        self.run(self.grab.capture_answered(granted=granted))
