"""The machines' windows and the library over a manager in memory."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from app.desktop.consent import ConsentDesk
from app.desktop.kept_keys import KeptKeys
from app.desktop.windows import MachineWindows
from app.errors import NotPcModeError
from app.exclusive.window import ExclusiveWindow
from app.settings import SettingsFile
from app.views.actions import Actions
from app.views.appearance import Appearance
from app.views.main_window import MainWindow, Outside
from app.vm.bindings import Binding
from app.vm.engine import DisplayKind, DisplayLink
from app.vm.events import ViewState
from app.vm.gate import GateStatus
from app.vm.limits import HostSize
from app.vm.model import VmInfo
from app.vm.state import VmState
from tests.fakes.manager import FakeManager

HOST = HostSize(cpus=8, memory_mib=12 * 1024, memory_total_mib=16 * 1024, free_disk_mib=99_999)


class SilentEngine:
    """A machine's engine that can be connected to and never says a word."""

    started_ms = 1_700_000_000_000
    screens = 1

    def __init__(self) -> None:
        self._ends: list[socket.socket] = []

    async def open_display(self, head: int = 0, *, plain: bool = False) -> DisplayLink:
        return DisplayLink(DisplayKind.VNC, self._connect())

    def open_input(self) -> socket.socket:
        return self._connect()

    def close(self) -> None:
        for end in self._ends:
            end.close()

    def _connect(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        self._ends += [ours, theirs]
        return theirs


class WindowManager(FakeManager):
    """What the window side asks of `VmManager`; machines have no picture here.

    Attributes:
        told: window and state of each view that was told of.
        reasons: the ones that were told with them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[int, ViewState]] = []
        self.reasons: list[str] = []
        self.engine = SilentEngine()

    def look_up(self, vm_id: UUID) -> VmInfo | None:
        return next((vm for vm in self._machines.values() if vm.id == vm_id), None)

    def bind_view(self, vm_name: str, window_id: int, width_px: int, height_px: int) -> Binding:
        vm = self._find(vm_name)
        if not self.gate_status().open:
            raise NotPcModeError("not PC mode: PC mode is off.", remedy="Turn it on.")
        return self.bindings.bind(vm.id, window_id, width_px, height_px)

    def free_view(self, window_id: int, reason: str = "") -> Binding:
        return self.bindings.release(window_id)

    def tell_view_state(self, window_id: int, view_state: ViewState, reason: str = "") -> None:
        self.told.append((window_id, view_state))
        self.bindings.note_state(window_id, view_state)
        if reason:
            self.reasons.append(reason)

    def running(self, vm_name: str) -> SilentEngine:
        return self.engine

    @override
    async def pause_vm(self, vm_name: str) -> VmInfo:
        vm = self._find(vm_name)
        if vm.state is VmState.PAUSED:
            return self.change(vm_name, reason="paused")
        return await super().pause_vm(vm_name)


@dataclass
class Room:
    """Everything on the screen."""

    manager: WindowManager
    windows: MachineWindows
    main_window: MainWindow
    actions: Actions
    consent: ConsentDesk
    raised: list[int] = field(default_factory=list)

    def window(self, name: str) -> ExclusiveWindow:
        """The machine's window, which is there."""
        window = self.windows.of_machine(self.manager._find(name).id)
        assert window is not None
        return window

    def gate_changed(self, status: GateStatus) -> None:
        """What the manager does when the gate changes, and what its event leads to."""
        for binding in self.manager.bindings.all():
            if not status.open:
                self.windows.release_input(binding.window_id)
                self.manager.free_view(binding.window_id)
        self.windows.gate_changed()
        self.windows.update()


OpenRoom = Callable[..., AbstractAsyncContextManager[Room]]


@pytest.fixture
def open_room(qapp: QApplication, tmp_path: Path) -> OpenRoom:
    """Open the library over these machines, all off: `async with open_room("Debian") as room`."""

    @asynccontextmanager
    async def opening(*machines: str) -> AsyncIterator[Room]:
        settings = SettingsFile(tmp_path / "settings.toml")
        settings.change(language="en", look="light", reduce_motion=True)
        dresser = Appearance(qapp, settings)
        dresser.apply()
        manager, actions = WindowManager(), Actions()
        for name in machines:
            manager.add(name)

        async def nothing(*_: object) -> None:
            pass

        kept_keys = KeptKeys(tmp_path / "kept-keys.json")
        outside = Outside(
            manager=manager,
            open_machine=nothing,
            host_size=lambda: HOST,
            refresh_picture=None,
            kept_keys=kept_keys,
            state_folder=tmp_path / "state",
        )
        main_window = MainWindow(outside, settings, actions, dresser)
        windows = MachineWindows(manager, settings, actions, kept_keys)  # type: ignore[arg-type]
        raised: list[int] = []

        def raise_main() -> None:
            raised.append(1)
            main_window.show()
            main_window.activateWindow()

        consent = ConsentDesk(main_window, windows, raise_main)
        main_window.show()
        main_window.start()
        room = Room(manager, windows, main_window, actions, consent, raised)
        try:
            yield room
        finally:
            windows.close_all()
            main_window.sheets.close_all()
            await actions.close()
            manager.engine.close()
            main_window.finish()
            main_window.hide()
            for part in (windows, main_window, dresser):
                part.deleteLater()
            qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    return opening
