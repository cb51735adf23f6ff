"""The further screens of machines: each has a window of its own while it is plugged in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import QGuiApplication, QScreen

from app.exclusive.machine_view import MachineSession
from app.exclusive.window import ExclusiveWindow

_FIRST_SIZE_PX = QSize(1280, 800)

Make = Callable[[MachineSession, int, int], ExclusiveWindow]
"""Makes a window: for a machine, with a number, of one of its screens."""


class FurtherScreens(QObject):
    """Opens and closes them; the window of the first screen, which is the view, is not among them.

    A screen is plugged into the guest when its window opens, at the window's size, and taken away
    when it closes. All go with the first window.

    Args:
        make: makes a window that is not shown yet.
    """

    def __init__(self, make: Make) -> None:
        super().__init__()
        self._make = make
        self._windows: dict[tuple[UUID, int], ExclusiveWindow] = {}
        self._leaving: dict[int, ExclusiveWindow] = {}

    def windows(self, vm_id: UUID | None = None) -> Iterator[ExclusiveWindow]:
        """Those of one machine, or all."""
        for (machine, _), window in list(self._windows.items()):
            if vm_id in {None, machine}:
                yield window

    def open_next(self, first: ExclusiveWindow) -> ExclusiveWindow | None:
        """Open one more screen of the machine in this window; None when it has no more.

        It opens on a monitor that shows no screen of the machine, where there is one.
        """
        session = first.session
        taken = {head for machine, head in self._windows if machine == session.vm_id}
        head = next((n for n in range(1, session.screens) if n not in taken), None)
        if head is None:
            return None
        monitor = self._free_monitor(first)
        window = self._make(session, first.window_id, head)
        self._windows[session.vm_id, head] = window
        window.closed.connect(partial(self._forget, session.vm_id, head))
        window.resize_picture(_FIRST_SIZE_PX)  # which is also what the guest is asked for
        if monitor is not None and window.can_move:
            window.move_to(monitor)
        else:
            window.present()
        return window

    def close(self, vm_id: UUID) -> None:
        """Close those of one machine."""
        for window in self.windows(vm_id):
            window.close()

    def _free_monitor(self, first: ExclusiveWindow) -> QScreen | None:
        used = {first.screen(), *(w.screen() for w in self.windows(first.session.vm_id))}
        return next((each for each in QGuiApplication.screens() if each not in used), None)

    def _forget(self, vm_id: UUID, head: int, _window_id: int) -> None:
        window = self._windows.pop((vm_id, head), None)
        if window is None:
            return
        # Until Qt deletes it; see `app.exclusive.binding.WindowRegistry`.
        key = id(window)
        self._leaving[key] = window
        window.destroyed.connect(lambda: self._leaving.pop(key, None))
        window.deleteLater()
