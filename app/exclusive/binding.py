"""Windows by their numbers, one a machine. Whose number is bound to what is the manager's to say.

The texts of the errors are the `vm_manager` document's (section 7.3).
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from app.errors import BIND_FAILED, WINDOW_EXISTS, WINDOW_ID_ERROR, ViewError
from app.exclusive.machine_view import MachineSession
from app.exclusive.window import ExclusiveWindow


class WindowRegistry:
    """The windows of this process.

    Args:
        issue: gives the number of a window to be made (`Bindings.issue_window`).
        make: makes the window of a machine with that number; it is not shown yet.
    """

    def __init__(
        self,
        issue: Callable[[], int],
        make: Callable[[MachineSession, int], ExclusiveWindow],
    ) -> None:
        self._issue, self._make = issue, make
        self._requested: set[int] = set()
        self._windows: dict[int, ExclusiveWindow] = {}
        self._leaving: dict[int, ExclusiveWindow] = {}  # closed, and not deleted yet

    def request(self) -> int:
        """`requestVmWindow`: the number of a window that a machine may be bound to."""
        window_id = self._issue()
        self._requested.add(window_id)
        return window_id

    def bind(self, session: MachineSession, window_id: int) -> ExclusiveWindow:
        """Make the window of a machine; `present` or `enter_exclusive` shows it.

        Raises:
            ViewError: the machine has a window, or the number is unknown or taken.
        """
        if self.of_machine(session.vm_id) is not None:
            raise ViewError(
                WINDOW_EXISTS, remedy="Show the window that is open, or close it first."
            )
        if window_id in self._windows:
            raise ViewError(BIND_FAILED, remedy="Use a window that shows no other machine.")
        if window_id not in self._requested:
            raise ViewError(WINDOW_ID_ERROR, remedy="Ask for a window first (requestVmWindow).")
        window = self._make(session, window_id)
        self._requested.discard(window_id)
        self._windows[window_id] = window
        window.closed.connect(self._forget)
        return window

    def show_existing(self, vm_id: UUID, activation_token: str = "") -> bool:
        """Raise the machine's window; False when it has none."""
        window = self.of_machine(vm_id)
        if window is not None:
            window.present(activation_token)
        return window is not None

    def of_machine(self, vm_id: UUID) -> ExclusiveWindow | None:
        """The machine's window, if it has one."""
        windows = self._windows.values()
        return next((window for window in windows if window.session.vm_id == vm_id), None)

    def window(self, window_id: int) -> ExclusiveWindow:
        """The window of this number.

        Raises:
            ViewError: there is none.
        """
        try:
            return self._windows[window_id]
        except KeyError:
            raise ViewError(WINDOW_ID_ERROR, remedy="The window shows no machine.") from None

    def find(self, window_id: int) -> ExclusiveWindow | None:
        """The window of this number, if it is there."""
        return self._windows.get(window_id)

    def windows(self) -> tuple[ExclusiveWindow, ...]:
        """All windows, in the order of their numbers."""
        return tuple(self._windows[number] for number in sorted(self._windows))

    def close_all(self) -> None:
        """Close every window; the machines go on."""
        for window in self.windows():
            window.close()

    def _forget(self, window_id: int) -> None:
        window = self._windows.pop(window_id, None)
        if window is None:
            return
        # Until Qt deletes it: it has no parent, so the last reference would delete it at once,
        # and the collector may find that in the middle of an event that goes through its parts.
        self._leaving[window_id] = window
        window.destroyed.connect(lambda: self._leaving.pop(window_id, None))
        window.deleteLater()
