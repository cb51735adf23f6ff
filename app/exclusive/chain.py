"""Puts the LockGuest chain of one window together, of what this computer has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from app.exclusive.auto_repeat import AutoRepeat
from app.exclusive.capture import Capture
from app.exclusive.grab import Grab
from app.exclusive.idle_release import IdleRelease
from app.exclusive.inhibit import screen_inhibitor, sleep_inhibitor
from app.exclusive.lock_guest import Attention, ChainCapture, LockGuest, NamedLink
from app.exclusive.lock_lights import GuestLights, LockLights
from app.exclusive.verdicts import Reason, Verdicts
from app.exclusive.xlib import qt_display
from app.host_bus import HostBus


@dataclass(frozen=True, slots=True)
class HostBuses:
    """Where the services of this computer are; shared by all windows."""

    system: HostBus
    session: HostBus

    def close(self) -> None:
        """End both connections, with everything that is still held over them."""
        self.system.close()
        self.session.close()


@dataclass(frozen=True, slots=True)
class Chain:
    """One window's chain, and the two of its parts that hear of keys and lights.

    Attributes:
        lock: entered when the guest has the keyboard, left when it has it no longer.
        capture: what the window's `InputController` commands.
        repeat: knows which keys are not the guest's; asked for every key.
        lights: told the guest's lights, and to forget them with each new connection.
    """

    lock: LockGuest
    capture: ChainCapture
    repeat: AutoRepeat
    lights: GuestLights


def make_chain(
    window: QWidget,
    grab: Grab,
    capture: Capture,
    run: Callable[[Verdicts], None],
    *,
    buses: HostBuses | None = None,
    attend: Callable[[Attention], None] = lambda _attention: None,
) -> Chain:
    """Make the chain of a top-level window; nothing is taken yet.

    Args:
        window: lives as long as the chain.
        grab: decides for this window.
        capture: how this desktop gives all keys.
        run: carries out what the grab decides.
        buses: without them nothing holds off sleep or the screen lock.
        attend: told how much of the machine is seen, each time that changes.
    """
    display = qt_display()
    repeat = AutoRepeat(display, lambda: grab.keys_down)
    guest = GuestLights()
    lights = LockLights(display, guest, lambda number: run(grab.combination((number,))))
    sleep = sleep_inhibitor(buses.system) if buses else None
    screens = screen_inhibitor(buses.session) if buses else None
    idle = IdleRelease(
        display,
        lambda: screens is not None and screens.is_held,
        lambda: run(grab.release(Reason.LOCKED)),
        window,
    )
    inhibitors = (("sleep", sleep), ("screen lock", screens))
    lock = LockGuest(
        capture,
        always=[NamedLink("auto-repeat", repeat), NamedLink("lock lights", lights)],
        exclusive=[
            *(NamedLink(name, made) for name, made in inhibitors if made is not None),
            NamedLink("idle watch", idle),
        ],
        attend=attend,
    )
    return Chain(lock, ChainCapture(lock, lambda: grab.holding), repeat, guest)
