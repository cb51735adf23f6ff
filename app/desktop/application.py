"""The window application: one process that is the library's manager and has its windows.

Everything runs on one thread under one loop (qasync). The first paint comes before the machines
that run have answered, and before anything that can wait is imported.
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import logging.handlers
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QMessageLogContext, QObject, QSize, QtMsgType, qInstallMessageHandler
from qasync import QEventLoop

from app import paths
from app.desktop.elsewhere import meet, own_display
from app.desktop.first_paint import first_paint
from app.desktop.kept_keys import KeptKeys
from app.desktop.qt_application import make_application
from app.desktop.wishes import Wishes
from app.errors import AppError, ConnectionLostError, NotSupportedError
from app.settings import SettingsFile
from app.views.actions import Actions
from app.views.appearance import Appearance
from app.views.main_window import MainWindow, Outside
from app.vm.events import HostChanged, PermissionChanged, Resync, Subscription, TabletSwitchChanged
from app.vm.manager import VmManager
from app.vm.permissions import Choice, Request
from app.vm.session import open_manager

if TYPE_CHECKING:
    from app.desktop.consent import ConsentDesk
    from app.desktop.windows import MachineWindows
    from app.vm.thumbnail import ViewPicture

_log = logging.getLogger(__name__)

_HAND_OVER_S = 30.0
_RETRY_S = 0.2
_LOG_BYTES, _LOG_FILES = 1 << 20, 5


def run_application(arguments: Sequence[str], wishes: Wishes) -> int:
    """Open the window, or raise the one that is open; returns the process's exit code."""
    _log_to_file()
    app = make_application(arguments)
    settings = SettingsFile(paths.config_dir() / "settings.toml")
    appearance = Appearance(app, settings)
    appearance.apply()
    with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
        try:
            return runner.run(_serve(settings, appearance, wishes))
        except AppError as err:
            _log.error("%s %s %s", err.code, err.message, err.detail)
            sys.stderr.write(f"{err.message} {err.remedy}\n")
            return 1


async def _serve(settings: SettingsFile, appearance: Appearance, wishes: Wishes) -> int:
    """Be the manager with a window; or tell the window that is there, and leave."""
    deadline = asyncio.get_running_loop().time() + _HAND_OVER_S
    while True:
        async with open_manager(wait_for_machines=False) as manager:
            if isinstance(manager, VmManager):
                desktop = Desktop(manager, settings, appearance)
                await desktop.run(wishes)
                return 0
            try:
                wanted_here = await meet(manager, wishes)
            except (NotSupportedError, ConnectionLostError):
                # A command line is the manager for the length of its command; one that serves
                # without a window gives way when asked.
                if asyncio.get_running_loop().time() > deadline:
                    raise
                with suppress(NotSupportedError, ConnectionLostError):
                    await manager.hand_over()
            else:
                if wanted_here is None:
                    return 0
                wishes = wanted_here
                deadline = asyncio.get_running_loop().time() + _HAND_OVER_S
        await asyncio.sleep(_RETRY_S)


class Desktop(QObject):
    """Builds the windows over a manager and wires them; implements `app.vm.manager.Screen`."""

    def __init__(self, manager: VmManager, settings: SettingsFile, appearance: Appearance) -> None:
        super().__init__()
        self._manager, self._settings, self._appearance = manager, settings, appearance
        self._windows: MachineWindows | None = None
        self._consent: ConsentDesk | None = None
        self._finished = asyncio.Event()
        self.actions = Actions()
        self._kept_keys = KeptKeys(paths.state_dir() / "kept-keys.json")
        outside = Outside(
            manager=manager,
            open_machine=self._open_machine,
            host_size=manager.host_size,
            refresh_picture=manager.refresh_thumbnail,
            kept_keys=self._kept_keys,
            state_folder=paths.state_dir(),
        )
        self.main_window = MainWindow(outside, settings, self.actions, appearance)
        self.main_window.quit_confirmed.connect(self._finished.set)

    @property
    def windows(self) -> MachineWindows:
        """The machines' windows; loaded at the first use, which is after the first paint."""
        if self._windows is None:
            from app.desktop.windows import MachineWindows  # noqa: PLC0415
            from app.exclusive.chain import HostBuses  # noqa: PLC0415
            from app.host_bus import session_bus, system_bus  # noqa: PLC0415

            buses = HostBuses(system_bus(), session_bus())
            self._windows = MachineWindows(
                self._manager, self._settings, self.actions, self._kept_keys, buses
            )
            self._kept_keys.changed.connect(self._windows.dress)
            self._windows.closedWhileRunning.connect(self._say_it_goes_on)
            self._windows.openElsewhere.connect(self._offer_to_bring)
            self._appearance.changed.connect(self._windows.dress)
        return self._windows

    async def run(self, wishes: Wishes) -> None:
        """Show everything until the person leaves."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._finished.set)
        self._manager.screen = self
        self._manager.handover = asyncio.Event()
        self._manager.permissions.ask_person = self._ask_person
        try:
            with self._manager.subscribe() as events:
                self.main_window.start(self._manager.snapshot(), self._manager.gate_status())
                painted = first_paint(self.main_window)
                self.main_window.show()
                self.actions.run(self._follow(events, painted), name="windows")
                self.actions.run(self._check_host(painted), name="host")
                self.actions.run(self._give_way(self._manager.handover), name="hand-over")
                self._fulfil(wishes)
                await self._finished.wait()
        finally:
            self._manager.screen = None
            self._manager.permissions.ask_person = None
            self._manager.permissions.let_go()  # Else an open question would raise the window.
            if self._windows is not None:
                self._windows.close_all()
            self.main_window.finish()
            self.main_window.hide()
            await self.actions.close()

    async def show(self, vm_name: str) -> None:
        """Open or raise a machine's window; starts it, or lets it go on, where that is needed."""
        info = await self._manager.get_vm_status(vm_name)
        self.windows.open(info)
        self.windows.wake(info)

    def raise_window(self, iso: Path | None) -> None:
        """Raise the main window; with `iso`, begin a new machine from it, or its import."""
        self._raise_main()
        if iso is not None:
            self.main_window.open_file(iso)

    def request_window(self, activation_token: str) -> int:
        """Number for a window that opens when a machine is bound to it."""
        return self.windows.request(activation_token)

    async def open_view(self, vm_name: str, window_id: int, width_px: int, height_px: int) -> None:
        """Open the window of that number, bound to the machine, at a size in device pixels."""
        info = await self._manager.get_vm_status(vm_name)
        self.windows.open_view(info, window_id, QSize(width_px, height_px))

    def close_view(self, window_id: int) -> None:
        """Close the window, which frees it."""
        self.windows.close_view(window_id)

    def resize_view(self, window_id: int, width_px: int, height_px: int) -> None:
        """Give the window's picture another size, device pixels."""
        self.windows.resize_view(window_id, QSize(width_px, height_px))

    @property
    def display(self) -> str:
        """Name of the screen that the windows are on; empty when nobody can tell."""
        return own_display()

    def picture(self, window_id: int) -> ViewPicture | None:
        """What the window shows now; None when it is not in sight, so that it may be old."""
        return self.windows.picture(window_id)

    async def ask_resolution(self, window_id: int, width_px: int, height_px: int) -> None:
        """Ask the guest for a picture of this size; returns when it has it."""
        await self.windows.ask_resolution(window_id, QSize(width_px, height_px))

    def lock_guest(self, window_id: int) -> None:
        """Go to exclusive mode."""
        self.windows.lock_guest(window_id)

    def release_input(self, window_id: int) -> None:
        """Leave exclusive mode and give keyboard and pointer back, at once."""
        self.windows.release_input(window_id)

    def _raise_main(self) -> None:
        window = self.main_window
        window.setWindowState(window.windowState() & ~window.windowState().WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()

    async def _ask_person(self, request: Request) -> Choice:
        if self._consent is None:
            from app.desktop.consent import ConsentDesk  # noqa: PLC0415 - rarely needed

            self._consent = ConsentDesk(self.main_window, self.windows, self._raise_main)
        return await self._consent.ask(request)

    def _fulfil(self, wishes: Wishes) -> None:
        if wishes.iso is not None:
            self.main_window.open_file(wishes.iso)
        for vm_name in filter(None, (*wishes.reopen, wishes.show)):
            self._show_wished(vm_name)

    def _show_wished(self, vm_name: str) -> None:
        self.actions.run(
            self.show(vm_name),
            name=f"show {vm_name}",
            title=self.tr("%1 could not be opened").replace("%1", vm_name),
            again=partial(self._show_wished, vm_name),
        )

    async def _open_machine(self, vm_name: str, exclusive: bool) -> None:
        info = await self._manager.get_vm_status(vm_name)
        self.windows.open(info, exclusive=exclusive, beside=self.main_window.screen())

    async def _follow(self, events: Subscription, painted: asyncio.Future[None]) -> None:
        """Tell the machines' windows what the manager's events tell."""
        await painted
        windows = self.windows  # Loaded now, so that the first click does not wait for it.
        async for event in events:
            match event:
                case HostChanged() | PermissionChanged():
                    continue
                case TabletSwitchChanged():
                    windows.gate_changed()
                case Resync():
                    windows.update()
                    windows.gate_changed()
                case _:
                    windows.update()

    async def _give_way(self, handover: asyncio.Event) -> None:
        """Leave when the person wants the windows on another screen."""
        await handover.wait()
        self._finished.set()

    async def _check_host(self, painted: asyncio.Future[None]) -> None:
        """Find out about acceleration, off the path to the first paint."""
        await painted
        try:
            await self._manager.host_report()
        except AppError as err:
            self.main_window.show_notice(f"{err.message} {err.remedy}")

    def _say_it_goes_on(self, vm_name: str) -> None:
        text = self.tr("“%1” goes on running.").replace("%1", vm_name)
        self.main_window.toast.say(text)

    def _offer_to_bring(self, vm_name: str, window_id: int) -> None:
        text = self.tr("“%1” is open on another monitor.").replace("%1", vm_name)
        bring = partial(self.windows.bring, window_id, self.main_window.screen())
        self.main_window.toast.say(text, self.tr("Move it here"), bring)


def _log_to_file() -> None:
    """Tell the story in a rotating file, warnings also on standard error, crashes too."""
    folder = paths.state_dir()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = logging.handlers.RotatingFileHandler(
        folder / "duplex-vm.log", maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8"
    )
    terminal = logging.StreamHandler()
    terminal.setLevel(logging.WARNING)
    logging.basicConfig(
        level=logging.INFO,
        handlers=[file, terminal],
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    faulthandler.enable()
    sys.excepthook = _log_exception
    qInstallMessageHandler(_log_qt)


def _log_exception(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    logging.getLogger("app").critical("unexpected", exc_info=(kind, error, trace))


_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def _log_qt(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    logging.getLogger("qt").log(_QT_LEVELS.get(kind, logging.INFO), "%s", text)
