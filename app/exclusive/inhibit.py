"""Keeps the computer awake, or its screen on, while a machine has all of it.

Both are held by the kernel or by the bus for as long as this process lives: whatever ends it gives
them back. Before that `stop` does. A computer that offers nothing of the kind is normal: then it
sleeps and locks as it likes.

Sources: systemd, org.freedesktop.login1(5), Inhibit; freedesktop.org, Idle Inhibition Service
Draft (org.freedesktop.ScreenSaver); XDG desktop portal, org.freedesktop.portal.Inhibit.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from jeepney import DBusAddress, Message, new_method_call
from jeepney.fds import FileDescriptor
from PySide6.QtCore import QCoreApplication

from app.host_bus import HostBus

_log = logging.getLogger(__name__)

_WHO = "Duplex VM"
_PORTAL_IDLE = 8  # "flags" of org.freedesktop.portal.Inhibit

_LOGIN1 = DBusAddress(
    "/org/freedesktop/login1",
    bus_name="org.freedesktop.login1",
    interface="org.freedesktop.login1.Manager",
)
_SCREEN_SAVER = DBusAddress(
    "/org/freedesktop/ScreenSaver",
    bus_name="org.freedesktop.ScreenSaver",
    interface="org.freedesktop.ScreenSaver",
)
_PORTAL = DBusAddress(
    "/org/freedesktop/portal/desktop",
    bus_name="org.freedesktop.portal.Desktop",
    interface="org.freedesktop.portal.Inhibit",
)

Release = Callable[[HostBus], None]
"""Gives back what was held; any thread, never blocks."""


@dataclass(frozen=True, slots=True)
class Way:
    """One service that can hold something off.

    Attributes:
        ask: the call to it.
        held: makes of its answer what gives it back; ValueError when the answer makes no sense.
    """

    ask: Message
    held: Callable[[tuple[Any, ...]], Release]


class Inhibitor:
    """Holds one thing off from `start` to `stop`; both at any time, any number of times.

    `stop` works at once even when the service has not answered yet: what it grants later is given
    back when it comes.

    Args:
        bus: where the services are.
        ways: tried in this order, until one grants it.
        what: for the log.
    """

    def __init__(self, bus: HostBus, ways: Sequence[Way], what: str) -> None:
        self._bus, self._ways, self._what = bus, ways, what
        self._lock = threading.Lock()
        self._wish: object | None = None
        self._release: Release | None = None

    @property
    def is_held(self) -> bool:
        """Whether it is held off now."""
        with self._lock:
            return self._release is not None

    def start(self) -> None:
        """Ask for it; the answer comes on another thread, and is in `is_held` then."""
        with self._lock:
            if self._wish is not None:
                return
            self._wish = wish = object()
        self._try(wish, list(self._ways))

    def stop(self) -> None:
        """Give it back, or withdraw the wish."""
        with self._lock:
            self._wish = None
            release, self._release = self._release, None
        if release is not None:
            release(self._bus)

    def _try(self, wish: object, ways: list[Way]) -> None:
        if not ways:
            _log.info("Nothing here can hold off %s.", self._what)
            return
        self._bus.call(ways[0].ask, partial(self._answered, wish, ways))

    def _answered(self, wish: object, ways: list[Way], body: tuple[Any, ...] | None) -> None:
        """On the bus's thread."""
        try:
            release = ways[0].held(body) if body is not None else None
        except ValueError as err:
            _log.info("A service gave a strange answer for %s: %s", self._what, err)
            release = None
        with self._lock:
            is_wanted = wish is self._wish
            if is_wanted and release is not None:
                self._release = release
        if release is None:
            if is_wanted:
                self._try(wish, ways[1:])
        elif is_wanted:
            _log.info("Held off: %s.", self._what)
        else:
            release(self._bus)


def sleep_inhibitor(system: HostBus) -> Inhibitor:
    """Keeps the computer from going to sleep by itself; `system` is its own bus."""
    ask = new_method_call(_LOGIN1, "Inhibit", "ssss", ("sleep", _WHO, _why(), "block"))
    return Inhibitor(system, [Way(ask, _descriptor)], "sleep")


def screen_inhibitor(session: HostBus) -> Inhibitor:
    """Keeps the screen on and unlocked; `session` is the person's bus."""
    by_saver = new_method_call(_SCREEN_SAVER, "Inhibit", "ss", (_WHO, _why()))
    by_portal = new_method_call(
        _PORTAL, "Inhibit", "sua{sv}", ("", _PORTAL_IDLE, {"reason": ("s", _why())})
    )
    return Inhibitor(session, [Way(by_saver, _cookie), Way(by_portal, _request)], "the screen lock")


def _why() -> str:
    """What the desktop shows to a person who asks why the computer does not sleep."""
    return QCoreApplication.translate("Inhibit", "A machine has the keyboard and the screen.")


def _descriptor(body: tuple[Any, ...]) -> Release:
    """Of login1: it holds as long as this is open here, or in a child that has inherited it."""
    match body:
        case (FileDescriptor() as descriptor,):
            number = descriptor.to_raw_fd()
            os.set_inheritable(number, False)
            return lambda _bus: os.close(number)
        case _:
            raise ValueError(repr(body))


def _cookie(body: tuple[Any, ...]) -> Release:
    match body:
        case (int() as cookie,):
            undo = new_method_call(_SCREEN_SAVER, "UnInhibit", "u", (cookie,))
            return lambda bus: bus.call(undo, _nobody_waits)
        case _:
            raise ValueError(repr(body))


def _request(body: tuple[Any, ...]) -> Release:
    """Of the portal: the object that stands for the request, which is closed."""
    match body:
        case (str() as path,) if path.startswith("/"):
            place = DBusAddress(
                path, bus_name=_PORTAL.bus_name, interface="org.freedesktop.portal.Request"
            )
            undo = new_method_call(place, "Close")
            return lambda bus: bus.call(undo, _nobody_waits)
        case _:
            raise ValueError(repr(body))


def _nobody_waits(_body: tuple[Any, ...] | None) -> None:
    """A refusal is in the log already."""
