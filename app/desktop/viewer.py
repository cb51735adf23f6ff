"""The bare viewer: the exclusive window over a display that is no machine of ours."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Coroutine
from uuid import UUID, uuid4

from PySide6.QtCore import QSize
from qasync import QEventLoop

from app import paths
from app.desktop.qt_application import make_application
from app.desktop.session import display_over
from app.errors import AppError, NotSupportedError
from app.exclusive.keys import RELEASE_KEYS
from app.exclusive.machine_view import ViewDisplay
from app.exclusive.view_options import ViewOptions
from app.exclusive.window import ExclusiveWindow
from app.settings import SettingsFile
from app.views.problems import in_words
from app.vm.display.bare_monitor import BareMonitor
from app.vm.display.chord import chosen_chord
from app.vm.display.places import Place, VncPlace, connect
from app.vm.display.qmp_input import QmpInput
from app.vm.display.rfb.connection import RfbDisplay
from app.vm.display.rfb.rfb_input import RfbInput
from app.vm.display.screen_layout import ScreenLayout
from app.vm.display.seam import Input
from app.vm.engine import DisplayKind, DisplayLink
from app.vm.gate import GateStatus, PcMode, PostureSource
from app.vm.posture import Posture
from app.vm.state import VmState

_log = logging.getLogger(__name__)

_NO_GATE = GateStatus(
    mode=PcMode.ON,
    posture=Posture.KEYBOARD_ATTACHED,
    source=PostureSource.ASSUMED,
    sensor=False,
    simulated=None,
    reasons=(),
)


class BareSession:
    """Implements `app.exclusive.machine_view.MachineSession` for a display without a machine.

    Args:
        place: where the display is.
        title: stands for a machine's name.
        connected: the first connection, which the caller has made to see whether anybody is there.
    """

    def __init__(self, place: Place, title: str, connected: socket.socket) -> None:
        self._place, self._title = place, title
        self._connected: socket.socket | None = connected
        self._monitor: socket.socket | None = None
        self._display: ViewDisplay | None = None
        self._id = uuid4()
        self._layout = ScreenLayout()

    @property
    def vm_id(self) -> UUID:
        """An id that nothing else has."""
        return self._id

    @property
    def name(self) -> str:
        """The window's title."""
        return self._title

    @property
    def state(self) -> VmState:
        """Taken for running as long as the window is open; a lost connection is told by itself."""
        return VmState.RUNNING

    @property
    def reason(self) -> str:
        """Nothing is known."""
        return ""

    @property
    def problem(self) -> str:
        """Nothing is known."""
        return ""

    def in_words(self, english: str) -> str:
        """In the language of the windows."""
        return in_words(english)

    @property
    def gate(self) -> GateStatus:
        """Open: no machine runs here."""
        return _NO_GATE

    @property
    def has_controls(self) -> bool:
        """A display cannot be paused."""
        return False

    @property
    def screens(self) -> int:
        """A place has one."""
        return 1

    @property
    def layout(self) -> ScreenLayout:
        """Of that one screen."""
        return self._layout

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Nothing changes."""
        return lambda: None

    async def open_display(self, head: int = 0) -> ViewDisplay:
        """Connect to the picture of the first screen, the only one that a place has.

        Raises:
            ConnectionLostError: nobody is there any more.
            EngineError: the engine shows its picture to nobody.
        """
        if head:
            raise NotSupportedError("There is one screen only.", remedy="Show the first one.")
        self._display = display_over(await asyncio.to_thread(self._link))
        return self._display

    async def open_input(
        self,
        after_send: Callable[[], None],
        on_closed: Callable[[str], None],
        on_silent: Callable[[], None],
        head: int = 0,
    ) -> Input:
        """Connect to keyboard and pointer: by the monitor, else by the picture's connection."""
        monitor, self._monitor = self._monitor, None
        if monitor is not None:
            return QmpInput(
                monitor, after_send, on_closed=on_closed, on_silent=on_silent, negotiated=True
            )
        match self._display:
            case RfbDisplay() as display:
                return RfbInput(display)
            case _:
                raise RuntimeError("the picture comes first")

    async def start(self) -> None:
        """Cannot be; see `has_controls`.

        Raises:
            NotSupportedError: always.
        """
        raise NotSupportedError("A display cannot be started.", remedy="Start its machine.")

    async def pause(self) -> None:
        """Cannot be; see `has_controls`.

        Raises:
            NotSupportedError: always.
        """
        raise NotSupportedError("A display cannot be paused.", remedy="Pause its machine.")

    async def resume(self) -> None:
        """Cannot be; see `has_controls`.

        Raises:
            NotSupportedError: always.
        """
        raise NotSupportedError("A display cannot be resumed.", remedy="Resume its machine.")

    async def open_gate(self) -> None:
        """It is open."""

    def close(self) -> None:
        """Let go of connections that nobody took."""
        for left in (self._connected, self._monitor):
            if left is not None:
                left.close()

    def _link(self) -> DisplayLink:
        """Connect; blocks."""
        connected, self._connected = self._connected or connect(self._place), None
        if isinstance(self._place, VncPlace):
            return DisplayLink(DisplayKind.VNC, connected)
        monitor = BareMonitor(connected)
        try:
            monitor.greet()
            link = monitor.find_display()
        except BaseException:
            monitor.close()
            raise
        self._monitor = monitor.release()
        return link


class _Forgetful:
    """Hints and sizes for a window that is no machine's: nothing is kept."""

    def __init__(self, *, release_learned: bool) -> None:
        self.release_learned = release_learned

    def learn_release(self) -> None:
        """For as long as this process lives."""
        self.release_learned = True

    def size_on(self, monitor: str) -> QSize | None:
        """Nothing is kept."""
        return None

    def keep(self, monitor: str, size_px: QSize) -> None:
        """Nothing is kept."""


def run_viewer(place: Place, *, title: str, fullscreen: bool) -> int:
    """Show a display until its window is closed; returns the exit code.

    Raises:
        ConnectionLostError: nobody is there.
        NotSupportedError: there is no screen.
    """
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise NotSupportedError(
            "There is no screen to show it on.", remedy="Run this on a desktop."
        )
    session = BareSession(place, title, connect(place))
    with contextlib.closing(session):
        application = make_application([sys.argv[0]])
        with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
            runner.run(_show(session, fullscreen=fullscreen))
    return 0


async def _show(session: BareSession, *, fullscreen: bool) -> None:
    settings = SettingsFile(paths.config_dir() / "settings.toml").values
    memory = _Forgetful(release_learned=settings.release_learned)
    closed = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, closed.set)
    async with asyncio.TaskGroup() as tasks:

        def spawn(work: Coroutine[object, object, None], name: str) -> None:
            tasks.create_task(_told(work, name), name=name)

        window = ExclusiveWindow(
            session,
            1,
            spawn=spawn,
            hints=memory,
            sizes=memory,
            options=ViewOptions(
                release_key=RELEASE_KEYS[settings.release_key],
                release_chord=chosen_chord(settings.release_chord),
                top_edge_delay_ms=settings.top_edge_delay_ms,
                reduce_motion=settings.reduce_motion,
            ),
        )
        window.closed.connect(lambda _number: closed.set())
        if fullscreen:
            window.enter_exclusive()
        else:
            window.present()
        await closed.wait()
        window.close()


async def _told(work: Coroutine[object, object, None], name: str) -> None:
    try:
        await work
    except AppError as err:
        _log.warning("%s: %s %s", name, err.message, err.remedy)
