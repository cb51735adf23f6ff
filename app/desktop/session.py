"""One machine of the manager, as its exclusive window sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from uuid import UUID

from app import paths
from app.desktop.held import HeldNote, NotedInput
from app.desktop.shared_input import Listener, ScreenInput, SharedInput
from app.errors import AppError
from app.exclusive.machine_view import ViewDisplay
from app.views.gate.switch import open_gate
from app.views.problems import in_words
from app.vm.display.dbus.connection import DbusDisplay
from app.vm.display.qmp_input import QmpInput
from app.vm.display.rfb.connection import RfbDisplay
from app.vm.display.screen_layout import ScreenLayout
from app.vm.engine import DisplayKind, DisplayLink
from app.vm.gate import GateStatus
from app.vm.manager import VmManager
from app.vm.model import VmInfo
from app.vm.state import VmState

REST_POKE_S = 0.25
"""A picture that begins to move by itself is seen within that time, at next to no cost."""


def display_over(link: DisplayLink) -> ViewDisplay:
    """The display that speaks what is spoken there; from now on the socket is its to close."""
    if link.kind is DisplayKind.DBUS:
        return DbusDisplay(link.sock, head=link.head)
    return RfbDisplay(link.sock, rest_poke_s=REST_POKE_S)


class ManagedSession:
    """Implements `app.exclusive.machine_view.MachineSession` over a `VmManager` of this process."""

    def __init__(self, manager: VmManager, info: VmInfo) -> None:
        self._manager = manager
        self._info = info
        self._listeners: list[Callable[[], None]] = []
        self._pushed_run_ms = 0  # the run whose picture was pushed once
        self.layout = ScreenLayout()
        self._input = SharedInput(self._open_input, self.layout)

    @property
    def vm_id(self) -> UUID:
        """The machine's own id."""
        return self._info.id

    @property
    def name(self) -> str:
        """Its present name."""
        return self._info.name

    @property
    def state(self) -> VmState:
        """Its present state."""
        return self._info.state

    @property
    def reason(self) -> str:
        """Why it is in that state, a stable word or empty."""
        return self._info.reason

    @property
    def problem(self) -> str:
        """A sentence for ERROR and UNAVAILABLE, else empty."""
        return self._info.problem

    def in_words(self, english: str) -> str:
        """In the language of the windows."""
        return in_words(english)

    @property
    def gate(self) -> GateStatus:
        """PC mode and posture now."""
        return self._manager.gate_status()

    @property
    def has_controls(self) -> bool:
        """Always: the manager is in this process."""
        return True

    @property
    def screens(self) -> int:
        """How many screens can be plugged into it while it runs; 1 while it is off."""
        try:
            return self._manager.running(self.name).screens
        except AppError:
            return 1

    def update(self, info: VmInfo) -> None:
        """Take over what the manager says now and tell the window."""
        if info != self._info:
            self._info = info
            self.tell()

    def tell(self) -> None:
        """Tell the window that something has changed."""
        for listener in list(self._listeners):
            listener()

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` after each change; returns what ends that."""
        self._listeners.append(changed)
        return lambda: self._listeners.remove(changed)

    async def open_display(self, head: int = 0) -> ViewDisplay:
        """Connect to the picture of one of its screens; not started yet.

        Further screens come by VNC, the first one by the fastest way. The second time in one run it
        is VNC, too: most likely the faster way has failed.
        """
        running = self._manager.running(self.name)
        plain = self._pushed_run_ms == running.started_ms
        link = await running.open_display(head, plain=plain)
        if link.kind is DisplayKind.DBUS:
            self._pushed_run_ms = running.started_ms
        return display_over(link)

    async def open_input(
        self,
        after_send: Callable[[], None],
        on_closed: Callable[[str], None],
        on_silent: Callable[[], None],
        head: int = 0,
    ) -> ScreenInput:
        """Connect to keyboard and pointer, and lift what a process before us left down."""
        return await self._input.attach(head, Listener(after_send, on_closed, on_silent))

    async def _open_input(self, listener: Listener) -> NotedInput:
        running = self._manager.running(self.name)
        connection = await asyncio.to_thread(running.open_input)
        note = HeldNote(paths.state_dir() / "held" / self.vm_id.hex, running.started_ms)
        typed = QmpInput(
            connection,
            listener.after_send,
            on_closed=listener.on_closed,
            on_silent=listener.on_silent,
        )
        return NotedInput(typed, note)

    async def start(self) -> None:
        """Start a machine that is off."""
        await self._manager.start_vm(self.name)

    async def pause(self) -> None:
        """Let it stand still; one that the gate has paused does not go on by itself then."""
        await self._manager.pause_vm(self.name)

    async def resume(self) -> None:
        """Let it go on."""
        await self._manager.resume_vm(self.name)

    async def open_gate(self) -> None:
        """Let machines be worked with, whatever was in the way."""
        await open_gate(self._manager)
