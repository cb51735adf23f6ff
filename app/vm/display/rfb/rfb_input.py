"""Keyboard and pointer over the connection of a VNC display, for servers without a monitor."""

from __future__ import annotations

from app.vm.display.input_queue import MOST_NOTCHES
from app.vm.display.rfb import protocol
from app.vm.display.rfb.connection import RfbDisplay
from app.vm.display.rfb.keysyms import symbol_of
from app.vm.display.seam import Button

# RFC 6143, chapter 7.5.5; the wheel's four ways are the buttons that X11 made of them.
_BITS = {Button.LEFT: 1, Button.MIDDLE: 2, Button.RIGHT: 4}
_WHEEL_UP, _WHEEL_DOWN, _WHEEL_LEFT, _WHEEL_RIGHT = 8, 16, 32, 64
_NO_MOTION = 0x7FFF
"""QEMU takes positions as distances from here while its guest knows only motion."""


class RfbInput:
    """`app.vm.display.seam.Input` over a VNC server; of the window's thread.

    QEMU's monitor is the better way (`app.vm.display.qmp_input`): here side buttons do not exist
    and QEMU keeps keys apart by 10 ms. Keys go by their numbers where the server takes them, else
    by the symbols of a US keyboard.

    Args:
        display: connected to the server; stays the caller's to close.
    """

    def __init__(self, display: RfbDisplay) -> None:
        self._display = display
        self._mask = 0
        self._x = self._y = 0

    def key(self, number: int, *, down: bool) -> None:
        """Press or release the key of this number."""
        symbol = symbol_of(number)
        if self._display.takes_key_numbers:
            self._send(protocol.extended_key_event(symbol, number, down=down))
        elif symbol:
            self._send(protocol.key_event(symbol, down=down))

    def button(self, button: Button, *, down: bool) -> None:
        """Press or release a pointer button; nothing for those that the protocol lacks."""
        bit = _BITS.get(button, 0)
        if bit:
            self._mask = self._mask | bit if down else self._mask & ~bit
            self._point(self._mask)

    def move_to(self, x: float, y: float) -> None:
        """Absolute position, each from 0.0 to 1.0; what lies outside is moved to the edge."""
        width_px, height_px = self._display.size_px
        self._x = round(max(0.0, min(x, 1.0)) * max(0, width_px - 1))
        self._y = round(max(0.0, min(y, 1.0)) * max(0, height_px - 1))
        self._point(self._mask)

    def move_by(self, dx: int, dy: int) -> None:
        """Relative motion in guest pixels, as QEMU takes it."""
        self._x, self._y = (max(0, min(_NO_MOTION + way, 0xFFFF)) for way in (dx, dy))
        self._point(self._mask)
        self._x = self._y = _NO_MOTION

    def wheel(self, dx: int, dy: int) -> None:
        """Whole notches, right and up; more than 32 at once are taken as 32."""
        for count, less, more in ((dx, _WHEEL_LEFT, _WHEEL_RIGHT), (dy, _WHEEL_DOWN, _WHEEL_UP)):
            for _ in range(min(abs(count), MOST_NOTCHES)):
                self._point(self._mask | (more if count > 0 else less))
                self._point(self._mask)

    def close(self) -> None:
        """Nothing: the connection is the display's."""

    def _point(self, mask: int) -> None:
        self._send(protocol.pointer_event(mask, self._x, self._y))

    def _send(self, message: bytes) -> None:
        self._display.send_input(message)
