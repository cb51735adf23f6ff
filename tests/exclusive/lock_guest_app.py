"""A window with the whole LockGuest chain over a fake machine, driven through its pipes.

Each line on standard input is a word; the answer is one line of JSON. The services of the desktop
are where the variables of the environment say, as for the program itself.
"""

from __future__ import annotations

import json
import sys

from PySide6.QtCore import QEvent, QSocketNotifier
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.exclusive.capture import capture_for
from app.exclusive.chain import HostBuses, make_chain
from app.exclusive.controller import InputController, Notice
from app.exclusive.grab import Grab
from app.exclusive.keys import number_of
from app.exclusive.lock_guest import Attention
from app.exclusive.pointer import EdgeWatch, PointerLock
from app.exclusive.verdicts import Reason, Verdicts
from app.exclusive.xlib import XDisplay, qt_display
from app.host_bus import session_bus, system_bus
from app.vm.display.keymap import Key
from app.vm.display.seam import Leds
from tests.fakes.display import RecordingInput


class Window(QWidget):
    """Gives the guest every key while it has the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.grab = Grab(Key.RIGHT_CTRL)
        self.attention: list[Attention] = []
        self.raw = self.repeats = 0
        self.display: XDisplay | None = qt_display()
        self.chain = make_chain(
            self,
            self.grab,
            capture_for(self),
            self._run,
            buses=HostBuses(system_bus(), session_bus()),
            attend=self.attention.append,
        )
        self.lock, self.repeat, self.guest = self.chain.lock, self.chain.repeat, self.chain.lights
        held = {named.name: named.link for named in self.lock._exclusive}
        self.sleep, self.screens = held["sleep"], held["screen lock"]
        self.input = RecordingInput()
        self.controller = InputController(
            self.grab,
            capture=self.chain.capture,
            pointer=PointerLock(),
            edge=EdgeWatch(250, lambda: None, self),
            is_shortcut=lambda _number: False,
            is_old=self.repeat.is_old,
            notify=self._notice,
        )
        self.controller.connect(self.input)
        self.controller.run(self.grab.machine(live=True))
        self.controller.run(self.grab.hand_over())

    def release(self, reason: Reason) -> None:
        self.controller.release(reason)

    def _run(self, verdicts: Verdicts) -> None:
        self.controller.run(verdicts)

    def _notice(self, _notice: Notice) -> None:
        if self.grab.holding:
            self.lock.enter()
        else:
            self.lock.leave()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ActivationChange:
            self.controller.run(self.grab.focus(has=self.isActiveWindow()))
        elif event.type() in {QEvent.Type.Show, QEvent.Type.Hide}:
            visible = event.type() == QEvent.Type.Show
            self.lock.shown(visible=visible, active=self.isActiveWindow())
            self.controller.run(self.grab.shown(visible=visible))
        elif event.type() == QEvent.Type.Close:
            self.controller.run(self.grab.close())
        elif isinstance(event, QKeyEvent) and event.type() != QEvent.Type.ShortcutOverride:
            self._key(event, down=event.type() == QEvent.Type.KeyPress)
            return True
        return super().event(event)

    def _key(self, event: QKeyEvent, *, down: bool) -> None:
        self.raw += 1
        self.repeats += event.isAutoRepeat()
        number = number_of(event)
        if number is not None:
            self.controller.key(number, down=down, repeat=event.isAutoRepeat())

    def focusNextPrevChild(self, _forward: bool) -> bool:
        return False


class Remote:
    """Carries out what the test asks for."""

    def __init__(self, app: QApplication) -> None:
        self._app = app
        self.window = Window()
        self.window.resize(400, 300)
        self.window.show()
        self._notifier = QSocketNotifier(0, QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._read)

    def _read(self) -> None:
        word = sys.stdin.readline().strip()
        if word in {"", "quit"}:
            self._notifier.setEnabled(False)
            self.window.close()
            self._app.quit()
        elif word != "report":
            self._do(word)
        print(json.dumps(self.report()), flush=True)

    def _do(self, word: str) -> None:
        window = self.window
        match word.partition(" "):
            case "exclusive", _, _:
                window.controller.run(window.grab.mode(exclusive=True))
            case "window", _, _:
                window.controller.run(window.grab.mode(exclusive=False))
            case "hand_over", _, _:
                window.controller.run(window.grab.hand_over())
            case "release", _, reason:
                window.release(Reason(reason))
            case "hide", _, _:
                window.hide()
            case "show", _, _:
                window.show()
                window.activateWindow()
            case "leds", _, names:
                window.guest.told(Leds(*(name in names for name in ("caps", "num", "scroll"))))
            case "forget", _, _:
                window.input.events.clear()
                window.raw = window.repeats = 0
            case _:
                raise AssertionError(word)

    def report(self) -> dict[str, object]:
        window, display = self.window, self.window.display
        return {
            "events": [list(event) for event in window.input.events],
            "guest_holds": sorted(window.input.keys),
            "holding": window.grab.holding,
            "capture": window.grab.capture.name,
            "exclusive": window.lock.is_exclusive,
            "sleep": window.sleep.is_held,
            "screens": window.screens.is_held,
            "attention": [str(attention) for attention in window.attention],
            "raw": window.raw,
            "repeats": window.repeats,
            "old": sorted(window.repeat._old),
            "caps": display.light("Caps Lock") if display else None,
            "keys_down": sorted(display.keys_down()) if display else [],
            "saver_s": display.saver_delay_s() if display else None,
            "idle_ms": display.idle_ms() if display else None,
            "platform": self._app.platformName(),
            "active": window.isActiveWindow(),
        }


application = QApplication(["duplex-vm-test"])
application.setQuitOnLastWindowClosed(False)
remote = Remote(application)
application.exec()
