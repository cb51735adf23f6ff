"""What the exclusive window needs of the rest of the program; `app.__main__` provides it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

from PySide6.QtCore import QSize

from app.vm.display.screen_layout import ScreenLayout
from app.vm.display.seam import Display, Input
from app.vm.gate import GateStatus
from app.vm.state import VmState

Spawn = Callable[[Coroutine[Any, Any, None], str], object]
"""Starts work in the background and returns at once; the second argument names it in the log.

An AppError that the work raises is shown to the person by whoever provides this.
"""


class ViewDisplay(Display, Protocol):
    """A display that can be told to look sooner for what an input has changed."""

    def input_sent(self) -> None:
        """Something was just typed or clicked. Any thread; never blocks."""

    def watch(self, *, visible: bool) -> None:
        """Whether anybody sees the picture; nothing is polled for one that nobody sees."""


@runtime_checkable
class Unpluggable(Protocol):
    """A display of a further screen, which can be taken away from the guest again."""

    def unplug(self) -> None:
        """Take it away; `close` comes next. Never blocks."""


class MachineSession(Protocol):
    """One machine of the control plane. Everything belongs to the loop of the window's thread."""

    @property
    def vm_id(self) -> UUID:
        """The machine's own id."""

    @property
    def name(self) -> str:
        """Its present name."""

    @property
    def state(self) -> VmState:
        """Its present state."""

    @property
    def reason(self) -> str:
        """Why it is in that state: a stable word such as ``gate``, or empty."""

    @property
    def problem(self) -> str:
        """A sentence for ERROR, UNAVAILABLE and a full disk, else empty."""

    @property
    def gate(self) -> GateStatus:
        """Whether machines may be worked with on this computer now, and why not."""

    @property
    def has_controls(self) -> bool:
        """Whether it can be started, paused and resumed from here; a bare display cannot."""

    @property
    def screens(self) -> int:
        """How many screens can be plugged into it now; the first one always is."""

    @property
    def layout(self) -> ScreenLayout:
        """Where its screens lie; told by the windows that show them."""

    def in_words(self, english: str) -> str:
        """A sentence of the control plane, or several, in the person's language."""

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` after each change of any of these; returns what ends that."""

    async def open_display(self, head: int = 0) -> ViewDisplay:
        """Connect to the picture of one of its screens, from 0; not started yet.

        Raises:
            AppError: the machine cannot be reached.
        """

    async def open_input(
        self,
        after_send: Callable[[], None],
        on_closed: Callable[[str], None],
        on_silent: Callable[[], None],
        head: int = 0,
    ) -> Input:
        """Connect to keyboard and pointer.

        Args:
            after_send: called after each input, on any thread; must not block.
            on_closed: called with a sentence, on any thread, when the connection was lost.
            on_silent: called on any thread when the machine has taken no input for long.
            head: the screen whose parts the pointer's places are.

        Raises:
            AppError: the machine cannot be reached.
        """

    async def start(self) -> None:
        """Start a machine that is off."""

    async def pause(self) -> None:
        """Let it stand still; one that the gate has paused does not go on by itself then."""

    async def resume(self) -> None:
        """Let it go on."""

    async def open_gate(self) -> None:
        """Let machines be worked with, whatever was in the way; what the gate paused goes on."""


class HintMemory(Protocol):
    """Remembers, for this person, that they know the way out."""

    @property
    def release_learned(self) -> bool:
        """Whether the release key was used once."""

    def learn_release(self) -> None:
        """It was used; remember that for ever."""


class SizeMemory(Protocol):
    """Remembers what size a person chose for one machine's window; sizes are screen pixels."""

    def size_on(self, monitor: str) -> QSize | None:
        """What was chosen on this monitor, or None."""

    def keep(self, monitor: str, size_px: QSize) -> None:
        """It was chosen now; told again and again with the same size."""
