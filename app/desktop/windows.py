"""The exclusive windows of this process, bound to machines through the manager.

A window outlives its binding: while the gate is closed the manager has freed it, and binds it again
when the gate opens. So a window is closed, raised and shown again whether it is bound or not.
"""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import fields
from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QColor, QImage, QScreen

from app.desktop.kept_keys import KeptKeys
from app.desktop.screens import FurtherScreens
from app.desktop.session import ManagedSession
from app.desktop.session_signals import SessionSignals
from app.desktop.view_sizes import ViewSizes
from app.exclusive.binding import WindowRegistry
from app.exclusive.chain import HostBuses
from app.exclusive.keys import RELEASE_KEYS
from app.exclusive.machine_view import MachineSession
from app.exclusive.overlay import OverlayColors
from app.exclusive.verdicts import Reason
from app.exclusive.view_options import ViewOptions
from app.exclusive.window import ExclusiveWindow
from app.paths import state_dir
from app.settings import SettingsFile
from app.views import theme
from app.views.actions import Actions
from app.views.tokens import Theme
from app.vm.display.chord import chosen_chord
from app.vm.events import RESOLUTION_FAILED, ViewState
from app.vm.manager import VmManager
from app.vm.model import VmInfo
from app.vm.state import VmState
from app.vm.thumbnail import ViewPicture


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
        windowClosed: number of a window that is going.
        openElsewhere: a machine that was to be opened is in sight on another monitor: its name, and
            the number of its window.
    """

    closedWhileRunning = Signal(str)
    windowClosed = Signal(int)
    openElsewhere = Signal(str, int)

    def __init__(
        self,
        manager: VmManager,
        settings: SettingsFile,
        actions: Actions,
        kept_keys: KeptKeys,
        buses: HostBuses | None = None,
    ) -> None:
        super().__init__()
        self._manager, self._settings, self._actions = manager, settings, actions
        self._kept_keys = kept_keys
        self._hints = LearnedHints(settings)
        self._sizes = ViewSizes(state_dir() / "view-sizes.json")
        self._sessions: dict[UUID, ManagedSession] = {}
        self._tokens: dict[int, str] = {}
        self._was_open = manager.gate_status().open
        self._registry = WindowRegistry(manager.bindings.issue_window, self._make)
        self._further = FurtherScreens(self._make)
        self._buses = buses
        if buses is not None:
            signals = SessionSignals(buses.system, buses.session, self)
            signals.locked.connect(partial(self._release_all, Reason.LOCKED))
            signals.sleeping.connect(partial(self._release_all, Reason.SLEEP))
            signals.start()

    # For people.

    def open(
        self,
        info: VmInfo,
        *,
        exclusive: bool = False,
        activation_token: str = "",
        beside: QScreen | None = None,
    ) -> None:
        """Show the machine's one window; the machine itself is left as it is.

        Args:
            info: the machine.
            exclusive: fill the screen and take all keys.
            activation_token: see `ExclusiveWindow.present`.
            beside: where the person is who asks: a window that is in sight already says that it is
                open, or `openElsewhere` does.

        Raises:
            ViewError: it cannot be bound.
            StateError: its files are missing.
            NotPcModeError: the gate is closed and there is no window yet; one that is there says
                itself why it is not exclusive.
        """
        window = self._registry.of_machine(info.id)
        if window is None:
            window = self._make_bound(info, self._registry.request())
        else:
            self._bind_again(info, window)
        if beside is not None:
            self._say_where(info, window, beside)
        if exclusive and not window.is_exclusive and self._manager.gate_status().open:
            window.enter_exclusive()
        else:
            window.present(activation_token)

    def bring(self, window_id: int, screen: QScreen) -> None:
        """Move a window to another monitor of the same screen, as large as before or as fits."""
        window = self._registry.find(window_id)
        if window is not None:
            window.move_to(screen)

    def wake(self, info: VmInfo) -> None:
        """Start a machine that is off, and let a paused one go on."""
        session = self._sessions.get(info.id)
        if session is None:
            return
        again = partial(self._wake_again, info.id)
        match info.state:
            case VmState.STOPPED | VmState.ERROR | VmState.AVAILABLE:
                title = self.tr("%1 could not start").replace("%1", info.name)
                name = f"start {info.id}"
                self._actions.run(session.start(), name=name, title=title, again=again)
            case VmState.PAUSED:
                self._actions.run(session.resume(), name=f"resume {info.id}", again=again)
            case _:
                pass

    # For the manager (`app.vm.manager.Screen`).

    def request(self, activation_token: str) -> int:
        """Number of a window that opens when a machine is bound to it."""
        window_id = self._registry.request()
        self._tokens[window_id] = activation_token
        return window_id

    def open_view(self, info: VmInfo, window_id: int, size_px: QSize) -> None:
        """Open the window of that number, bound to the machine; sizes are device pixels.

        Raises:
            ViewError: the machine has a window, or the number is unknown or taken.
            StateError: its files are missing.
            NotPcModeError: the gate is closed.
        """
        window = self._make_bound(info, window_id, size_px)
        window.present(self._tokens.pop(window_id, ""))

    def close_view(self, window_id: int) -> None:
        """Close the window, bound or not."""
        self._registry.window(window_id).close()

    def resize_view(self, window_id: int, size_px: QSize) -> None:
        """Give the window's picture another size, device pixels."""
        self._registry.window(window_id).resize_picture(size_px)

    def picture(self, window_id: int) -> ViewPicture | None:
        """What the window shows now; None when it is not in sight, so that it may be old."""
        window = self._registry.find(window_id)
        image = QImage() if window is None or not window.is_in_sight else window.picture()
        if image.isNull():
            return None
        return ViewPicture(image.width(), image.height(), bytes(image.constBits()))

    async def ask_resolution(self, window_id: int, size_px: QSize) -> None:
        """Ask the guest for a picture of this size; see `ExclusiveWindow.ask_resolution`."""
        await self._registry.window(window_id).ask_resolution(size_px)

    def lock_guest(self, window_id: int) -> None:
        """Go to exclusive mode."""
        self._registry.window(window_id).enter_exclusive()

    def release_input(self, window_id: int) -> None:
        """Leave exclusive mode and give keyboard and pointer back, at once."""
        window = self._registry.find(window_id)
        if window is not None:
            window.lose_gate()

    # For the desktop.

    def update(self) -> None:
        """The manager has news; windows of machines that are gone are closed."""
        for vm_id, session in list(self._sessions.items()):
            info = self._manager.look_up(vm_id)
            if info is not None:
                session.update(info)
            elif (window := self._registry.of_machine(vm_id)) is not None:
                window.close()

    def gate_changed(self) -> None:
        """PC mode or posture is another one; windows that are bound again tell where they are."""
        was_open, self._was_open = self._was_open, self._manager.gate_status().open
        for session in list(self._sessions.values()):
            session.tell()
        if self._was_open and not was_open:
            for window in self._registry.windows():
                window.tell_view_state()

    def of_machine(self, vm_id: UUID | None) -> ExclusiveWindow | None:
        """The machine's window, if it has one."""
        return None if vm_id is None else self._registry.of_machine(vm_id)

    def dress(self) -> None:
        """Settings or theme have changed."""
        for window in self._all():
            window.apply(self._options(window.session.vm_id))

    def close_all(self) -> None:
        """Close every window; the machines go on."""
        self._registry.close_all()
        if self._buses is not None:
            self._buses.close()

    # Inside.

    def _say_where(self, info: VmInfo, window: ExclusiveWindow, screen: QScreen) -> None:
        if not window.is_in_sight:
            return
        if window.screen() is screen or not window.can_move:
            window.say_already_open()
        else:
            self.openElsewhere.emit(info.name, window.window_id)

    def _release_all(self, reason: Reason) -> None:
        for window in self._all():
            window.release(reason)

    def _all(self) -> tuple[ExclusiveWindow, ...]:
        return (*self._registry.windows(), *self._further.windows())

    def _wake_again(self, vm_id: UUID) -> None:
        info = self._manager.look_up(vm_id)
        if info is not None:
            self.wake(info)

    def _make_bound(
        self, info: VmInfo, window_id: int, size_px: QSize | None = None
    ) -> ExclusiveWindow:
        session = ManagedSession(self._manager, info)
        window = self._registry.bind(session, window_id)
        window.closed.connect(lambda window_id: self._window_closed(window_id, info.id))
        self._sessions[info.id] = session
        if size_px is not None:
            window.resize_picture(size_px)
        try:
            self._bind(info, window, size_px or _size_px(window))
        except BaseException:
            window.close()
            raise
        window.closedWhileRunning.connect(self.closedWhileRunning)
        window.viewStateChanged.connect(
            lambda state, window_id=window.window_id: self._manager.tell_view_state(
                window_id, ViewState(state)
            )
        )
        window.resolutionFailed.connect(
            lambda window_id=window.window_id: self._resolution_failed(window_id)
        )
        return window

    def _bind_again(self, info: VmInfo, window: ExclusiveWindow) -> None:
        """Bind a window that was freed and not bound again, unless it has to wait for the gate."""
        is_bound = self._manager.bindings.of_window(window.window_id) is not None
        if not is_bound and self._manager.gate_status().open:
            self._bind(info, window, _size_px(window))

    def _bind(self, info: VmInfo, window: ExclusiveWindow, size_px: QSize) -> None:
        self._manager.bind_view(info.name, window.window_id, size_px.width(), size_px.height())

    def _make(self, session: MachineSession, window_id: int, head: int = 0) -> ExclusiveWindow:
        window = ExclusiveWindow(
            session,
            window_id,
            spawn=self._spawn,
            hints=self._hints,
            sizes=self._sizes.of_machine(session.vm_id, head),
            options=self._options(session.vm_id),
            buses=self._buses,
            head=head,
        )
        window.screenWanted.connect(partial(self._one_more_screen, window_id))
        return window

    def _one_more_screen(self, window_id: int) -> None:
        first = self._registry.find(window_id)
        if first is not None:
            self._further.open_next(first)

    def _options(self, vm_id: UUID) -> ViewOptions:
        values = self._settings.values
        return ViewOptions(
            colors=_overlay_colors(theme.current()),
            release_key=RELEASE_KEYS[values.release_key],
            release_chord=chosen_chord(values.release_chord),
            top_edge_delay_ms=values.top_edge_delay_ms,
            reduce_motion=values.reduce_motion,
            kept=self._kept_keys.of_machine(vm_id),
        )

    def _spawn(self, work: Coroutine[object, object, None], name: str) -> None:
        self._actions.run(work, name=name)

    def _resolution_failed(self, window_id: int) -> None:
        """The view is as it was; only its picture does not have the window's size."""
        bindings = self._manager.bindings
        if bindings.of_window(window_id) is not None:
            state = bindings.state(window_id)
            self._manager.tell_view_state(window_id, state, RESOLUTION_FAILED)

    def _window_closed(self, window_id: int, vm_id: UUID) -> None:
        self.windowClosed.emit(window_id)
        self._further.close(vm_id)
        self._sessions.pop(vm_id, None)
        if self._manager.bindings.of_window(window_id) is not None:
            self._manager.free_view(window_id)
        self._manager.bindings.withdraw_window(window_id)
        self._tokens.pop(window_id, None)


def _size_px(window: ExclusiveWindow) -> QSize:
    return window.size() * window.devicePixelRatio()


def _overlay_colors(wanted: Theme) -> OverlayColors:
    """What floats over the guest wears the same tokens as everything else."""
    values = {field.name: getattr(wanted, field.name) for field in fields(OverlayColors)}
    # The one colour that is painted, not styled: QColor does not read what style sheets write.
    values["scrim"] = theme.parse(wanted.scrim).name(QColor.NameFormat.HexArgb)
    return OverlayColors(**values)
