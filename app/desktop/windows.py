"""The exclusive windows of this process, bound to machines through the manager."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import fields
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from app.desktop.session import ManagedSession
from app.exclusive.binding import WindowRegistry
from app.exclusive.keys import RELEASE_KEYS
from app.exclusive.machine_view import MachineSession
from app.exclusive.overlay import OverlayColors
from app.exclusive.window import ExclusiveWindow, ViewOptions
from app.settings import SettingsFile
from app.views import theme
from app.views.actions import Actions
from app.views.tokens import Theme
from app.vm.events import ViewState
from app.vm.manager import VmManager
from app.vm.model import VmInfo
from app.vm.state import VmState


class LearnedHints:
    """Remembers in the settings that the person knows the way out."""

    def __init__(self, settings: SettingsFile) -> None:
        self._settings = settings

    @property
    def release_learned(self) -> bool:
        """Whether the release key was used once."""
        return self._settings.values.release_learned

    def learn_release(self) -> None:
        """It was used; remember that for ever."""
        self._settings.change(release_learned=True)


class MachineWindows(QObject):
    """Opens one window a machine and keeps manager and windows in step.

    Signals:
        closedWhileRunning: name of a machine whose window was closed while it goes on.
    """

    closedWhileRunning = Signal(str)

    def __init__(self, manager: VmManager, settings: SettingsFile, actions: Actions) -> None:
        super().__init__()
        self._manager, self._settings, self._actions = manager, settings, actions
        self._hints = LearnedHints(settings)
        self._sessions: dict[UUID, ManagedSession] = {}
        self._registry = WindowRegistry(manager.bindings.issue_window, self._make)

    def open(self, info: VmInfo, *, exclusive: bool = False, activation_token: str = "") -> None:
        """Show the machine's one window; the machine itself is left as it is.

        Raises:
            ViewError: it cannot be bound.
            StateError: its files are missing.
        """
        window = self._registry.of_machine(info.id)
        if window is None:
            window = self._bind(info)
        if exclusive and not window.is_exclusive:
            window.enter_exclusive()
        else:
            window.present(activation_token)

    def wake(self, info: VmInfo) -> None:
        """Start a machine that is off, and let a paused one go on."""
        session = self._sessions[info.id]
        match info.state:
            case VmState.STOPPED | VmState.ERROR | VmState.AVAILABLE:
                title = self.tr("%1 could not start").replace("%1", info.name)
                self._actions.run(session.start(), name=f"start {info.id}", title=title)
            case VmState.PAUSED:
                self._actions.run(session.resume(), name=f"resume {info.id}")
            case _:
                pass

    def update(self) -> None:
        """The manager has news; windows of machines that are gone are closed."""
        for vm_id, session in list(self._sessions.items()):
            info = self._manager.look_up(vm_id)
            if info is not None:
                session.update(info)
            elif (window := self._registry.of_machine(vm_id)) is not None:
                window.close()

    def dress(self) -> None:
        """Settings or theme have changed."""
        for window in self._registry.windows():
            window.apply(self._options())

    def close_all(self) -> None:
        """Close every window; the machines go on."""
        self._registry.close_all()

    def _bind(self, info: VmInfo) -> ExclusiveWindow:
        session = ManagedSession(self._manager, info)
        window = self._registry.bind(session, self._registry.request())
        size = window.size() * window.devicePixelRatio()
        try:
            self._manager.create_vm_view(info.name, window.window_id, size.width(), size.height())
        except Exception:
            window.close()
            raise
        self._sessions[info.id] = session
        window.closed.connect(self._window_closed)
        window.closedWhileRunning.connect(self.closedWhileRunning)
        window.viewStateChanged.connect(
            lambda state, window_id=window.window_id: self._manager.tell_view_state(
                window_id, ViewState(state)
            )
        )
        return window

    def _make(self, session: MachineSession, window_id: int) -> ExclusiveWindow:
        return ExclusiveWindow(
            session, window_id, spawn=self._spawn, hints=self._hints, options=self._options()
        )

    def _options(self) -> ViewOptions:
        values = self._settings.values
        return ViewOptions(
            colors=_overlay_colors(theme.current()),
            release_key=RELEASE_KEYS[values.release_key],
            top_edge_delay_ms=values.top_edge_delay_ms,
            reduce_motion=values.reduce_motion,
        )

    def _spawn(self, work: Coroutine[object, object, None], name: str) -> None:
        self._actions.run(work, name=name)

    def _window_closed(self, window_id: int) -> None:
        binding = self._manager.bindings.of_window(window_id)
        if binding is not None:
            self._manager.destroy_vm_view(window_id)
            self._sessions.pop(binding.vm_id, None)
        self._manager.bindings.withdraw_window(window_id)


def _overlay_colors(wanted: Theme) -> OverlayColors:
    """What floats over the guest wears the same tokens as everything else."""
    return OverlayColors(
        **{field.name: getattr(wanted, field.name) for field in fields(OverlayColors)}
    )
