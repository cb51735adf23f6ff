"""Which window shows which machine: one view a machine, one machine a window.

The texts are the `vm_manager` document's (section 7.3). Windows themselves are made by the side
that has a screen; here are only their numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.errors import BIND_FAILED, WINDOW_EXISTS, WINDOW_ID_ERROR, ViewError
from app.vm.events import ViewState


@dataclass(frozen=True, slots=True)
class Binding:
    """A machine's bound view; sizes are guest pixels."""

    vm_id: UUID
    window_id: int
    width_px: int
    height_px: int


class Bindings:
    """The table of bound views, and what the window side told of them last."""

    def __init__(self) -> None:
        self._issued = 0
        self._free: set[int] = set()
        self._bound: dict[int, Binding] = {}
        self._states: dict[int, ViewState] = {}

    def issue_window(self) -> int:
        """Number for a window that has just been made."""
        self._issued += 1
        self._free.add(self._issued)
        return self._issued

    def withdraw_window(self, window_id: int) -> None:
        """The window is gone; its number is never used again."""
        self._free.discard(window_id)

    def bind(self, vm_id: UUID, window_id: int, width_px: int, height_px: int) -> Binding:
        """Show a machine in a window.

        Raises:
            ViewError: the machine has a view, the window is unknown or taken, or the size is none.
        """
        self.check_bind(vm_id, window_id, width_px, height_px)
        self._free.discard(window_id)
        self._states[window_id] = ViewState.BOUND
        self._bound[window_id] = Binding(vm_id, window_id, width_px, height_px)
        return self._bound[window_id]

    def check_bind(self, vm_id: UUID, window_id: int, width_px: int, height_px: int) -> None:
        """Return when `bind` would do it.

        Raises:
            ViewError: as `bind`.
        """
        if self.of_machine(vm_id) is not None:
            raise ViewError(
                WINDOW_EXISTS, remedy="Show the window that is open, or close it first."
            )
        if window_id in self._bound:
            raise ViewError(BIND_FAILED, remedy="Use a window that shows no other machine.")
        if window_id not in self._free:
            raise ViewError(WINDOW_ID_ERROR, remedy="Ask for a window first (requestVmWindow).")
        if width_px < 1 or height_px < 1:
            raise ViewError(BIND_FAILED, remedy="Give a width and a height of 1 or more.")

    def release(self, window_id: int) -> Binding:
        """Free a window; it may be bound again.

        Raises:
            ViewError: nothing is bound to it.
        """
        try:
            binding = self._bound.pop(window_id)
        except KeyError:
            raise ViewError(WINDOW_ID_ERROR, remedy="The window shows no machine.") from None
        self._free.add(window_id)
        del self._states[window_id]
        return binding

    def resize(self, width_px: int, height_px: int, window_id: int | None = None) -> Binding:
        """Note the wished size of a view; without a number there has to be exactly one view.

        Raises:
            ViewError: no such view, or more than one to choose from.
        """
        old = self.only(window_id)
        if width_px < 1 or height_px < 1:
            raise ViewError(WINDOW_ID_ERROR, remedy="Give a width and a height of 1 or more.")
        self._bound[old.window_id] = Binding(old.vm_id, old.window_id, width_px, height_px)
        return self._bound[old.window_id]

    def only(self, window_id: int | None = None) -> Binding:
        """The view in a window; without a number there has to be exactly one view.

        Raises:
            ViewError: no such view, or more than one to choose from.
        """
        if window_id is None:
            if len(self._bound) != 1:
                raise ViewError(WINDOW_ID_ERROR, remedy="Say which window.")
            return next(iter(self._bound.values()))
        if window_id not in self._bound:
            raise ViewError(WINDOW_ID_ERROR, remedy="The window shows no machine.")
        return self._bound[window_id]

    def all(self) -> tuple[Binding, ...]:
        """Every bound view."""
        return tuple(self._bound.values())

    def is_free(self, window_id: int) -> bool:
        """Whether the window is there and shows nothing."""
        return window_id in self._free

    def note_state(self, window_id: int, state: ViewState) -> None:
        """The window side told what became of a bound view; of others nothing is noted."""
        if window_id in self._bound and state is not ViewState.RELEASED:
            self._states[window_id] = state

    def state(self, window_id: int) -> ViewState:
        """What the window side told last; HIDDEN when nothing is bound to it."""
        return self._states.get(window_id, ViewState.HIDDEN)

    def is_focused(self, window_id: int) -> bool:
        """Whether the view has the keyboard focus."""
        return self._states.get(window_id) is ViewState.FOCUSED

    def is_visible(self, window_id: int) -> bool:
        """Whether the view is on the screen."""
        return self._states.get(window_id, ViewState.HIDDEN) is not ViewState.HIDDEN

    def of_machine(self, vm_id: UUID) -> Binding | None:
        """The machine's view, if it has one."""
        return next((bound for bound in self._bound.values() if bound.vm_id == vm_id), None)

    def of_window(self, window_id: int) -> Binding | None:
        """What the window shows."""
        return self._bound.get(window_id)
