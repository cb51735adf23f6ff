"""Hears that the screen is locked or the computer goes to sleep: then the keyboard is nobody's.

Sources: systemd, org.freedesktop.login1(5): `PrepareForSleep` of the manager, `Lock` of a session;
freedesktop.org's org.freedesktop.ScreenSaver and the like of the desktops: `ActiveChanged`.
"""

from __future__ import annotations

import logging
import os
from typing import Any

from jeepney import DBusAddress, new_method_call
from PySide6.QtCore import QObject, Signal

from app.host_bus import Broadcast, HostBus

_log = logging.getLogger(__name__)

_LOGIN1 = "org.freedesktop.login1"
_SAVERS = (
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
    "org.xfce.ScreenSaver",
)


class SessionSignals(QObject):
    """Listens from `start` on, as long as it lives; its signals come on its own thread.

    Args:
        system: the computer's bus.
        session: the person's bus.
        parent: lives as long as this.
    """

    locked = Signal()
    """The screen is being locked, or the screen saver covers it."""
    sleeping = Signal()
    """The computer is about to sleep."""

    def __init__(self, system: HostBus, session: HostBus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._system, self._session = system, session
        self._own_path = ""
        self._started = False

    def start(self) -> None:
        """Begin to listen; a second call changes nothing."""
        if self._started:
            return
        self._started = True
        manager = f"{_LOGIN1}.Manager"
        self._system.listen(Broadcast(_LOGIN1, manager, "PrepareForSleep"), self._sleep)
        self._system.listen(Broadcast(_LOGIN1, f"{_LOGIN1}.Session", "Lock"), self._lock)
        # "auto" is the caller's session, or the one that its user sees.
        session = os.environ.get("XDG_SESSION_ID") or "auto"
        place = DBusAddress("/org/freedesktop/login1", bus_name=_LOGIN1, interface=manager)
        self._system.call(new_method_call(place, "GetSession", "s", (session,)), self._found)
        for name in _SAVERS:
            self._session.listen(Broadcast(name, name, "ActiveChanged"), self._saver)

    # On the buses' threads.

    def _found(self, body: tuple[Any, ...] | None) -> None:
        match body:
            case (str() as path,):
                self._own_path = path
            case _:
                _log.info("The session is not known: the lock of any session counts.")

    def _lock(self, _body: tuple[Any, ...], path: str) -> None:
        if self._own_path in {"", path}:
            self.locked.emit()

    def _sleep(self, body: tuple[Any, ...], _path: str) -> None:
        if body == (True,):  # False: it has woken up
            self.sleeping.emit()

    def _saver(self, body: tuple[Any, ...], _path: str) -> None:
        if body == (True,):
            self.locked.emit()
