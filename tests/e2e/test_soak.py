"""A long time in front of a display that changes all the while: nothing grows, nothing is lost.

The whole program in its own process, on a real screen: once at a VNC server of ours, which does in
a minute what guests do in a month, and once at a real engine. Sixty seconds in every run, ten
minutes each under the marker `long`.
"""

from __future__ import annotations

import itertools
import json
import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.e2e.desk import ENTER, F11, KEY_A, KEY_B, RIGHT_CTRL, Box, Desk
from tests.e2e.test_viewer import viewer
from tests.fakes.rfb_server import FakeRfbServer
from tests.helpers.waiting import NotInTimeError, eventually_sync
from tests.vm.display.qemu import Machine

pytestmark = [pytest.mark.x11, pytest.mark.slow]

TITLE = "Soak — Duplex VM"
EVERY_RUN_S, LONG_S = 30.0, 600.0
GROWTH_MIB = 20
SIZES = [
    (320, 200), (640, 400), (720, 400), (640, 480), (800, 600), (1024, 768), (1280, 800),
    (1366, 768), (1920, 1080), (2560, 1440), (3840, 2160),
]  # fmt: skip
AT_REST = (640, 480)
SMALLEST = (480, 300)
WHOLE = Box(0, 0, 1440, 900)
BELL, CUT_TEXT = b"\x02", b"\x03\0\0\0\0\0\0\x05hello"


@dataclass(frozen=True, slots=True)
class Use:
    """What a process has of its computer."""

    memory_mib: float
    descriptors: int
    threads: int

    @classmethod
    def of(cls, process: psutil.Process) -> Use:
        info = process.memory_full_info()
        return cls(info.pss / (1 << 20), process.num_fds(), process.num_threads())


def check_growth(before: Use, process: psutil.Process, did: int) -> None:
    """At rest; what was dropped last is given back within seconds, see `app.desktop.collector`."""
    limit_mib = before.memory_mib + GROWTH_MIB
    with suppress(NotInTimeError):
        eventually_sync(lambda: Use.of(process).memory_mib < limit_mib, timeout_s=20)
    after = Use.of(process)
    print(json.dumps({"before": str(before), "after": str(after), "actions": did}))
    assert after.memory_mib - before.memory_mib < GROWTH_MIB
    assert after.descriptors <= before.descriptors
    assert after.threads <= before.threads


class Person:
    """Resizes, hides and fills the window, and types and points into it, all by chance."""

    def __init__(self, desk: Desk, chance: random.Random) -> None:
        self._desk, self._chance = desk, chance

    def act(self) -> None:
        self._chance.choice(
            (self.point, self.point, self.type, self.resize, self.fill, self.hide)
        )()

    def point(self) -> None:
        """Where the picture is at any size, and neither bar nor frame.

        With buttons that mean nothing to the desktop, which gets them while the window is an icon.
        """
        box = self._desk.box(TITLE)
        x = self._chance.randrange(box.left + 5, box.left + SMALLEST[0] - 5)
        y = self._chance.randrange(box.top + SMALLEST[1] // 2, box.top + SMALLEST[1] - 5)
        self._desk.person("mousemove", x, y, "click", self._chance.choice((1, 6, 7, 8, 9)))

    def type(self) -> None:
        self._desk.press(self._chance.choice((KEY_A, KEY_B, ENTER)))

    def resize(self) -> None:
        size = self._chance.randrange(SMALLEST[0], 1200), self._chance.randrange(SMALLEST[1], 800)
        self._desk.person("windowsize", self._window, *size)

    def fill(self) -> None:
        """To exclusive mode, and out of it again; a busy program takes its time for that."""
        self._toggle(lambda: self._desk.box(TITLE) == WHOLE, "the whole screen")
        self._toggle(lambda: self._desk.box(TITLE) != WHOLE, "an ordinary window")

    def _toggle(self, is_done: Callable[[], bool], what: str) -> None:
        """Press F11, and once more when that had no effect, as people do on a busy computer."""
        self.come_back()
        for patience_s in (5, 20):
            self._desk.press(RIGHT_CTRL)
            self._desk.press(F11)
            try:
                eventually_sync(is_done, timeout_s=patience_s, what=what)
            except NotInTimeError:
                if patience_s == 20:
                    raise
            else:
                return

    def hide(self) -> None:
        self._desk.minimize(TITLE)
        self.come_back()

    def come_back(self) -> None:
        """In front, with the keyboard; asked for anew until it is so."""
        eventually_sync(self._is_back, timeout_s=20, what="the window in front")

    def _is_back(self) -> bool:
        if self._desk.active() == TITLE:
            return True
        self._desk.person("windowactivate", self._window)
        return False

    def rest(self) -> None:
        """An ordinary window of the usual size, in front."""
        self.come_back()
        self._desk.press(RIGHT_CTRL)
        self._desk.person("windowmove", self._window, 100, 60)
        self._desk.person("windowsize", "--sync", self._window, 1000, 700)
        eventually_sync(lambda: self._is_on_screen, timeout_s=20, what="all of the window")

    @property
    def _is_on_screen(self) -> bool:
        box = self._desk.box(TITLE)
        return box.right <= WHOLE.right and box.bottom <= WHOLE.bottom

    @property
    def _window(self) -> int:
        return self._desk.windows()[TITLE].id


class Guest:
    """A guest behind a VNC server of ours: sizes, cursors, pictures and noise by chance."""

    def __init__(self, server: FakeRfbServer, chance: random.Random) -> None:
        self._server, self._chance = server, chance
        self._sizes = itertools.cycle(SIZES)

    def act(self) -> None:
        self._chance.choice(
            (self.paint, self.paint, self.paint, self.size, self.cursor, self.mode, self.noise)
        )()

    def paint(self) -> None:
        server, chance = self._server, self._chance
        w, h = chance.randint(1, server.width_px), chance.randint(1, server.height_px)
        x, y = chance.randint(0, server.width_px - w), chance.randint(0, server.height_px - h)
        server.paint((x, y, w, h), chance.randbytes(4))

    def size(self) -> None:
        self._server.resize(*next(self._sizes))

    def cursor(self) -> None:
        w, h = self._chance.choice(((0, 0), (16, 16), (64, 64), (256, 256)))
        self._server.define_cursor(w, h, (w // 2, h // 2), self._chance.randbytes(w * h * 4))

    def mode(self) -> None:
        self._server.set_absolute(self._chance.random() < 0.8)

    def noise(self) -> None:
        self._server.say(self._chance.choice((BELL, CUT_TEXT)))

    def rest(self, colour: bytes) -> None:
        """A still picture of one colour."""
        self._server.set_absolute(True)
        self._server.define_cursor(0, 0, (0, 0), b"")
        self._server.resize(*AT_REST)
        self._server.paint((0, 0, *AT_REST), colour)


@contextmanager
def vnc_server(place: Path, desk: Desk) -> Iterator[tuple[FakeRfbServer, psutil.Process]]:
    """The server, with the viewer at it."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(place))
    listening.listen()
    server = FakeRfbServer(*AT_REST, resizable=True)
    with listening, viewer(desk.display, "--vnc", f"unix:{place}", "--title", "Soak") as process:
        listening.settimeout(20)
        came, _ = listening.accept()
        came.settimeout(None)
        server.serve(came)
        try:
            desk.wait_for_window(TITLE)
            server.wait_for(lambda: server.messages, timeout_s=20)  # it has shaken hands
            yield server, psutil.Process(process.pid)
        finally:
            server.stop()


def shows(desk: Desk, colour: bytes) -> bool:
    box = desk.box(TITLE)
    middle = desk.picture().getpixel((box.middle[0], box.top + (box.bottom - box.top) * 2 // 3))
    return middle == (colour[2], colour[1], colour[0])


def soak_at_vnc(desk: Desk, place: Path, for_s: float) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    print("seed", seed)
    chance = random.Random(seed)
    with vnc_server(place, desk) as (server, process):
        person, guest = Person(desk, chance), Guest(server, chance)

        def rest(colour: bytes) -> Use:
            person.rest()
            guest.rest(colour)
            eventually_sync(lambda: shows(desk, colour), timeout_s=20, what="the last picture")
            return Use.of(process)

        def work(until_s: float) -> int:
            for did in itertools.count():
                if time.monotonic() >= until_s:
                    return did
                guest.act()
                if did % 4 == 0:
                    person.act()
            raise AssertionError("counted to the end")

        for size in SIZES:  # what is taken at the first use of a size is no growth
            server.resize(*size)
            guest.paint()
        work(time.monotonic() + for_s / 5)
        before = rest(b"\x10\x80\xf0\0")
        did = work(time.monotonic() + for_s * 4 / 5)
        rest(b"\xf0\x40\x20\0")
        check_growth(before, process, did)


def test_a_viewer_does_not_grow_while_sizes_and_modes_change(desk, own_folders) -> None:
    soak_at_vnc(desk, own_folders / "vnc", EVERY_RUN_S)


@pytest.mark.long
def test_a_viewer_does_not_grow_in_ten_minutes(desk, own_folders) -> None:
    soak_at_vnc(desk, own_folders / "vnc", LONG_S)


class Engine:
    """A real engine whose guest starts again and again: text mode, firmware's mode, text mode."""

    def __init__(self, folder: Path) -> None:
        self.place = folder / "qmp"
        self._machine = Machine(
            folder, "-display", "dbus,p2p=on", "-qmp", f"unix:{self.place},server=on,wait=off"
        )
        self._machine.execute("cont")
        self.resets = 0
        self.slowest_s = 0.0

    def reset(self) -> None:
        self._machine.execute("system_reset")
        self.resets += 1

    def look(self) -> None:
        """Its main loop answers, whatever the viewer does."""
        began = time.monotonic()
        self._machine.execute("query-status")
        self.slowest_s = max(self.slowest_s, time.monotonic() - began)

    def settle(self) -> None:
        """Start once more, and wait for the guest's prompt."""
        self.reset()
        eventually_sync(lambda: self._machine.typed() == "", timeout_s=20, what="the prompt")

    def typed(self) -> str:
        return self._machine.typed() or ""

    def stop(self) -> None:
        self._machine.stop()


@pytest.fixture
def engine(own_folders) -> Iterator[Engine]:
    made = Engine(own_folders)
    yield made
    made.stop()


def soak_at_engine(desk: Desk, engine: Engine, for_s: float) -> None:
    chance = random.Random(5)
    person = Person(desk, chance)
    with viewer(desk.display, "--qmp", str(engine.place), "--title", "Soak") as running:
        process = psutil.Process(running.pid)
        desk.wait_for_window(TITLE)

        def work(until_s: float) -> int:
            for did in itertools.count():
                if time.monotonic() >= until_s:
                    return did
                chance.choice(_often(engine.reset, person.act))()
                engine.look()
            raise AssertionError("counted to the end")

        def rest() -> Use:
            person.rest()
            engine.settle()
            return Use.of(process)

        work(time.monotonic() + for_s / 5)
        before = rest()
        did = work(time.monotonic() + for_s * 4 / 5)
        rest()
        check_growth(before, process, did)
        assert engine.resets > 5
        assert engine.slowest_s < 1

        def types() -> bool:
            box = desk.box(TITLE)
            desk.click(*box.middle)
            desk.press(KEY_A)
            return "a" in engine.typed()

        eventually_sync(types, timeout_s=20, what="a key in the guest")


def _often(seldom: Callable[[], None], often: Callable[[], None]) -> list[Callable[[], None]]:
    return [seldom, often, often, often]


def test_a_viewer_at_an_engine_does_not_grow_and_never_blocks_it(desk, engine) -> None:
    soak_at_engine(desk, engine, EVERY_RUN_S)


@pytest.mark.long
def test_a_viewer_at_an_engine_does_not_grow_in_ten_minutes(desk, engine) -> None:
    soak_at_engine(desk, engine, LONG_S)
