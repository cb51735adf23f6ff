"""A person in front of the exclusive window, on a real X server: keys and clicks through XTest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from Xlib import X
from Xlib.display import Display

from app.vm.display.keymap import Key
from tests.helpers.waiting import eventually_sync
from tests.vm.makers import ROOT

A, E = 0x1E, 0x12
# X11 key codes: evdev + 8. xdotool's names would press other keys around them.
CODES = {
    A: 38,
    E: 26,
    Key.ESC: 9,
    Key.SPACE: 65,
    Key.TAB: 23,
    Key.F4: 70,
    Key.F11: 95,
    Key.LEFT_SHIFT: 50,
    Key.LEFT_CTRL: 37,
    Key.RIGHT_CTRL: 105,
    Key.LEFT_ALT: 64,
    Key.LEFT_META: 133,
}


class App:
    """The window in its own process, and the person in front of it."""

    def __init__(self, display: str) -> None:
        self._environment = {
            **os.environ,
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "QT_SCALE_FACTOR": "1",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.exclusive.x11_app"],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, word: str) -> dict:
        """Say a command, get the report after it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def until(self, condition: Callable[[dict], object], what: str = "") -> dict:
        """Wait for a report that is so."""
        last: list[dict] = [{}]

        def is_so() -> bool:
            last[0] = self.do("report")
            assert condition(last[0]), last[0]
            return True

        eventually_sync(is_so, what=what)
        return last[0]

    def strokes(self) -> list[tuple[int, bool]]:
        """The key events that the guest was told."""
        return [(e[1], e[2]) for e in self.do("report")["events"] if e[0] == "key"]

    def told(self, *strokes: tuple[int, bool]) -> None:
        """Wait until the guest was told exactly these."""
        self.until(lambda _: self.strokes() == list(strokes))

    def person(self, *words: str | int) -> None:
        """Move keys and pointer, by xdotool."""
        subprocess.run(["xdotool", *map(str, words)], env=self._environment, check=True, timeout=20)

    def down(self, *numbers: int) -> None:
        """Press these keys."""
        self.person(*(word for number in numbers for word in ("keydown", CODES[number])))

    def up(self, *numbers: int) -> None:
        """Let these keys go."""
        self.person(*(word for number in numbers for word in ("keyup", CODES[number])))

    def press(self, *numbers: int) -> None:
        """Press these keys together, and let them go in reverse."""
        self.down(*numbers)
        self.up(*reversed(numbers))

    def end(self) -> None:
        if self.process.poll() is None:
            self.do("quit")
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)
        assert self.process.stdout is not None
        self.process.stdout.close()


@contextmanager
def other_window(display: str) -> Iterator[tuple[Display, object]]:
    """A window of another program, with the focus."""
    connection = Display(display)
    root = connection.screen().root
    window = root.create_window(0, 0, 50, 50, 0, X.CopyFromParent, event_mask=X.FocusChangeMask)
    window.map()
    connection.sync()
    try:
        eventually_sync(lambda: window.get_attributes().map_state == X.IsViewable)
        window.set_input_focus(X.RevertToParent, X.CurrentTime)
        connection.sync()
        yield connection, window
    finally:
        connection.close()


def pressed(*numbers: int) -> list[tuple[int, bool]]:
    return [(n, True) for n in numbers] + [(n, False) for n in reversed(numbers)]
