"""Our exclusive window alone, over any VNC server: `python -m tests.bench.our_viewer SOCKET`."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import Callable

import qasync
from PySide6.QtWidgets import QApplication

from app.exclusive.window import ExclusiveWindow
from app.vm.display.rfb.connection import RfbDisplay
from tests.fakes.display import RecordingInput
from tests.fakes.session import FakeMemory, FakeSession, FakeSizes, Tasks


class ServerSession(FakeSession):
    """A machine that is nothing but a picture at a socket."""

    def __init__(self, path: str) -> None:
        super().__init__("flood")
        self._path = path

    async def open_display(self, head: int = 0) -> RfbDisplay:
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(self._path)
        return RfbDisplay(connection)

    async def open_input(
        self,
        after_send: Callable[[], None],
        on_closed: Callable[[str], None],
        on_silent: Callable[[], None],
    ) -> RecordingInput:
        return RecordingInput()


async def main() -> None:
    """Show it until told to leave."""
    done = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, done.set)
    window = ExclusiveWindow(
        ServerSession(sys.argv[1]), 1, spawn=Tasks(), hints=FakeMemory(), sizes=FakeSizes()
    )
    window.enter_exclusive()
    await done.wait()
    window.close()


application = QApplication(["duplex-vm-bench"])
application.setQuitOnLastWindowClosed(False)
with asyncio.Runner(
    loop_factory=lambda: qasync.QEventLoop(application, already_running=False)
) as runner:
    runner.run(main())
