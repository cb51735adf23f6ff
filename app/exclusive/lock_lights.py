"""Brings the guest's Caps Lock and Num Lock in step with the keyboard that it is given.

The lights on the keyboard are the computer's; the guest keeps a state of its own. When the keyboard
is handed over and the two differ, the lock key is tapped in the guest. After that both see the same
keys and stay in step by themselves. Scroll Lock has no such meaning and is left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from app.vm.display.keymap import Key
from app.vm.display.seam import Leds

_LIGHTS = ((Key.CAPS_LOCK, "Caps Lock"), (Key.NUM_LOCK, "Num Lock"))


class Lights(Protocol):
    """What is needed of `app.exclusive.xlib.XDisplay`."""

    def light(self, name: str) -> bool | None:
        """Whether a light such as "Caps Lock" is on; None when the keyboard has none."""


class GuestLights:
    """What is known of one guest's lights. Pure.

    An engine says "all off" also for a guest that never says anything, so only a light that was
    seen on, or seen to change, shows that the guest tells. And a guest that was tapped and did
    not answer, because its layout made another key of it, is not tapped again until it does.
    """

    def __init__(self) -> None:
        self._leds: Leds | None = None
        self._tells = self._tapped = False

    def told(self, leds: Leds) -> None:
        """The engine says how the guest's lights are."""
        if leds != self._leds:
            self._tells = self._tells or self._leds is not None or any(leds)
            self._tapped = False
        self._leds = leds

    def forget(self) -> None:
        """Another connection, or another run of the machine: everything is unknown."""
        self._leds = None
        self._tells = self._tapped = False

    def taps(self, caps: bool | None, num: bool | None) -> tuple[Key, ...]:
        """Lock keys to press and let go, so that the guest's lights become the computer's.

        Args:
            caps: the computer's Caps Lock; None when not known.
            num: the computer's Num Lock; None when not known.
        """
        leds = self._leds
        if leds is None or not self._tells or self._tapped:
            return ()
        pairs = ((Key.CAPS_LOCK, caps, leds.caps), (Key.NUM_LOCK, num, leds.num))
        keys = tuple(key for key, host, guest in pairs if host is not None and host != guest)
        self._tapped = bool(keys)
        return keys


class LockLights:
    """Compares at each `start`, which is when the guest is given the keyboard.

    Args:
        host: the computer's lights, or None where they cannot be seen, as on Wayland.
        guest: what is known of the guest's.
        tap: presses one key in the guest and lets it go.
    """

    def __init__(self, host: Lights | None, guest: GuestLights, tap: Callable[[int], None]) -> None:
        self._host, self._guest, self._tap = host, guest, tap

    def start(self) -> None:
        """Tap what differs."""
        if self._host is None:
            return
        caps, num = (self._host.light(name) for _, name in _LIGHTS)
        for key in self._guest.taps(caps, num):
            self._tap(key)

    def stop(self) -> None:
        """There is nothing to give back: each side keeps what it has."""
