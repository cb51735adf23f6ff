"""The exclusive window over a fake machine, in a process of its own, driven through its pipes.

Each line on standard input is a word (see `Remote.COMMANDS`); the answer is one line of JSON with
everything that the guest was told and that the person sees.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace

import qasync
from PySide6.QtCore import QEvent, QObject, QSocketNotifier
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from app.exclusive.window import ExclusiveWindow
from app.vm.display.key_groups import KeyGroup
from app.vm.state import VmState
from tests.exclusive.conftest import STILL
from tests.fakes.session import FakeMemory, FakeSession, FakeSizes, Tasks


class Repeats(QObject):
    """Counts the repeats that the X server makes of a held key."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self.count += 1
        return False


class Remote:
    """Carries out what the test asks for."""

    def __init__(self, app: QApplication, done: asyncio.Event) -> None:
        self.session = FakeSession()
        self.window = ExclusiveWindow(
            self.session, 1, spawn=Tasks(), hints=FakeMemory(), sizes=FakeSizes(), options=STILL
        )
        self.repeats = Repeats()
        app.installEventFilter(self.repeats)
        self._done = done
        self._notifier = QSocketNotifier(0, QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._read)
        self.window.present()

    def _read(self) -> None:
        word = sys.stdin.readline().strip()
        if word in {"", "quit"}:
            self._notifier.setEnabled(False)
            self.window.close()
            self._done.set()
        elif word != "report":
            self.COMMANDS[word](self)
        print(json.dumps(self.report()), flush=True)

    def report(self) -> dict:
        window, grab = self.window, self.window.input.grab
        inputs = self.session.inputs
        middle = window.geometry().center()
        return {
            "events": [list(event) for event in inputs[-1].events] if inputs else [],
            "down": sorted(grab.keys_down),
            "guest_holds": sorted(inputs[-1].keys) if inputs else [],
            "holding": grab.holding,
            "capture": grab.capture.name,
            "lent": grab.is_lent,
            "note": window._floating.note.isVisible(),
            "line": window._floating.line.isVisible(),
            "bar": window._bar.is_open,
            "visible": window.isVisible(),
            "exclusive": window.isFullScreen(),
            "locked": window._pointer.is_locked,
            "repeats": self.repeats.count,
            "middle": [middle.x(), middle.y()],
            "size": [window.width(), window.height()],
            "state": self.session.state.name,
        }

    COMMANDS = {  # noqa: RUF012 - a table, not a default
        "exclusive": lambda self: self.window.enter_exclusive(),
        "window": lambda self: self.window.leave_exclusive(),
        "present": lambda self: self.window.present(),
        "pause": lambda self: self.session.become(VmState.PAUSED),
        "keep": lambda self: self.window.apply(replace(STILL, kept=frozenset(KeyGroup))),
        "off": lambda self: self.session.become(VmState.STOPPED),
        "relative": lambda self: self.session.display.set_pointer(absolute=False),
        "forget": lambda self: self.session.input.events.clear(),
    }


async def main(app: QApplication) -> None:
    """Run until the test says so, or is gone."""
    done = asyncio.Event()
    remote = Remote(app, done)
    await done.wait()
    del remote


application = QApplication(["duplex-vm-test"])
application.setQuitOnLastWindowClosed(False)
with asyncio.Runner(
    loop_factory=lambda: qasync.QEventLoop(application, already_running=False)
) as runner:
    runner.run(main(application))
