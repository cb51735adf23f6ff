"""The engine fails a window that is open: its pictures break off, it stands still, it is killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from Xlib import X
from Xlib.display import Display

from app.vm.display.dbus.connection import DbusDisplay
from app.vm.display.qmp_input import SILENT_S
from tests.e2e import program
from tests.e2e.desk import F11, KEY_A, KEY_B, LEFT_CTRL, LEFT_SHIFT, Box, Desk
from tests.e2e.guest import screen_of
from tests.e2e.machines import create
from tests.helpers.waiting import eventually_sync

pytestmark = [pytest.mark.x11, pytest.mark.slow]

WINDOW = f"one — {program.TITLE}"
# Below the bar, which floats over the picture at first.
BELOW_THE_BAR = (0, 100, 720, 300)


class Monitor:
    """The machine's spare monitor."""

    def __init__(self, short_id: str) -> None:
        [path] = Path(os.environ["XDG_RUNTIME_DIR"]).glob(f"duplex-vm/*/{short_id}/qmp-aux")
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(20)
        self.socket.connect(str(path))
        self._lines = self.socket.makefile("rb")
        self._lines.readline()  # the greeting
        self.execute("qmp_capabilities")

    def execute(self, command: str, **arguments: Any) -> Any:
        self.socket.sendall(json.dumps({"execute": command, "arguments": arguments}).encode())
        while "return" not in (answer := json.loads(self._lines.readline())):
            assert "event" in answer, answer
        return answer["return"]

    def close(self) -> None:
        self._lines.close()
        self.socket.close()


@pytest.fixture
def machine(desk, serial, open_window, disc) -> Iterator[str]:
    """A machine that is up, with its window in front; the first eight digits of its id."""
    open_window()
    short_id = create("one", disc)["vmId"][:8]
    serial.wait_for("ready")
    program.told("show", "one")
    desk.wait_for_window(WINDOW)
    return short_id


@contextmanager
def monitor_of(short_id: str) -> Iterator[Monitor]:
    made = Monitor(short_id)
    try:
        yield made
    finally:
        made.close()


def vnc_clients(short_id: str) -> int:
    with monitor_of(short_id) as monitor:
        return len(monitor.execute("query-vnc").get("clients", ()))


def take_pushed_pictures(short_id: str) -> DbusDisplay:
    """Be the engine's newest client for pushed pictures: the one before ends, at times both."""
    ours, theirs = socket.socketpair()
    with theirs, monitor_of(short_id) as monitor:
        socket.send_fds(monitor.socket, [b" "], [theirs.fileno()])
        monitor.execute("getfd", fdname="taken")
        monitor.execute("add_client", protocol="@dbus-display", fdname="taken")
        display = DbusDisplay(ours)
        display.start(lambda: None)
        eventually_sync(lambda: has_come_or_gone(display), what="the pictures at the other one")
    return display


def has_come_or_gone(display: DbusDisplay) -> bool:
    changes = display.take()
    return changes.framebuffer is not None or changes.closed is not None


def picture_of(desk: Desk) -> Image.Image:
    place, (left, top, right, bottom) = desk.box(WINDOW), BELOW_THE_BAR
    return desk.picture(
        Box(place.left + left, place.top + top, place.left + right, place.top + bottom)
    )


def shows(desk: Desk, short_id: str, scratch: Path) -> bool:
    """Whether the window shows what the engine says that the guest shows."""
    return picture_of(desk) == screen_of(short_id, scratch).crop(BELOW_THE_BAR)


def keyboard_is_free(desk: Desk) -> bool:
    """Whether another program can have all keys."""
    connection = Display(desk.display)
    try:
        root = connection.screen().root
        answer = root.grab_keyboard(True, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
        connection.ungrab_keyboard(X.CurrentTime)
        connection.sync()
        return bool(answer == X.GrabSuccess)
    finally:
        connection.close()


def fill_the_screen(desk: Desk) -> None:
    """Go to exclusive mode and wait until all keys are captured."""
    desk.press(F11)
    eventually_sync(lambda: desk.box(WINDOW) == Box(0, 0, 1440, 900), what="the whole screen")
    eventually_sync(lambda: not keyboard_is_free(desk), what="the capture")


def held(strokes: list[str]) -> set[str]:
    """What the guest believes to be down after these strokes."""
    down: set[str] = set()
    for code, way in (stroke.split(" ", 1) for stroke in strokes):
        (down.discard if way == "up" else down.add)(code)
    return down


def test_a_window_whose_pushed_pictures_break_off_goes_on_by_the_plain_way(
    desk, serial, machine, tmp_path
):
    assert vnc_clients(machine) == 0, "the pictures are not pushed"
    eventually_sync(lambda: shows(desk, machine, tmp_path), what="the pushed picture")
    number = desk.windows()[WINDOW].id

    taken = take_pushed_pictures(machine)
    eventually_sync(lambda: vnc_clients(machine) == 1, what="the plain way")
    assert desk.windows()[WINDOW].id == number
    before = picture_of(desk)

    def typed() -> bool:
        desk.press(KEY_A)
        return "1e up" in serial.strokes()

    eventually_sync(typed, what="the keyboard")
    eventually_sync(lambda: picture_of(desk) != before, what="a live picture")
    eventually_sync(lambda: shows(desk, machine, tmp_path), what="the guest's picture")
    assert desk.windows()[WINDOW].id == number
    assert desk.active() == WINDOW
    assert held(serial.strokes()) == set()
    taken.close()
    program.told("kill", "one")


def test_an_engine_that_stands_still_gives_the_keyboard_back_and_no_key_stays_down(
    desk, serial, machine, tmp_path
):
    [engine] = program.engines()
    fill_the_screen(desk)
    desk.person("keydown", LEFT_CTRL, "keydown", KEY_A)
    serial.wait_for("key 1e down")

    os.kill(engine, signal.SIGSTOP)
    try:
        began = time.monotonic()
        desk.person("keydown", LEFT_SHIFT)
        eventually_sync(lambda: keyboard_is_free(desk), timeout_s=20, what="the keyboard's end")
        assert SILENT_S - 1 <= time.monotonic() - began <= SILENT_S + 3
        desk.person("keyup", KEY_A, "keyup", LEFT_CTRL, "keyup", LEFT_SHIFT)
    finally:
        os.kill(engine, signal.SIGCONT)
    serial.wait_for("key 2a down")
    eventually_sync(lambda: held(serial.strokes()) == set(), what="nothing is down")
    eventually_sync(lambda: shows_whole(desk, machine, tmp_path), what="the picture")
    program.told("kill", "one")


def shows_whole(desk: Desk, short_id: str, scratch: Path) -> bool:
    """The same of a window that fills the screen, where each pixel of the guest is 2 x 2."""
    guest = screen_of(short_id, scratch).crop(BELOW_THE_BAR)
    left, top, right, bottom = BELOW_THE_BAR
    lower = 50  # black above and below: 900 rows for twice 400
    seen = desk.picture(Box(2 * left, lower + 2 * top, 2 * right, lower + 2 * bottom))
    return seen.resize(guest.size, Image.Resampling.NEAREST) == guest


def test_an_engine_killed_in_the_middle_of_a_chord_frees_the_keyboard(desk, serial, machine):
    [engine] = program.engines()
    fill_the_screen(desk)
    desk.person("keydown", LEFT_CTRL, "keydown", KEY_A)
    serial.wait_for("key 1e down")
    os.kill(engine, signal.SIGKILL)
    eventually_sync(lambda: keyboard_is_free(desk), what="the keyboard's end")
    desk.person("keyup", KEY_A, "keyup", LEFT_CTRL)
    eventually_sync(lambda: program.state("one") == "ERROR", what="the state")
    assert WINDOW in desk.windows()


def test_an_application_killed_while_it_has_all_keys_frees_the_keyboard_and_the_guest_goes_on(
    desk, serial, machine, open_window
):
    engines = program.engines()
    fill_the_screen(desk)
    desk.person("keydown", LEFT_CTRL, "keydown", KEY_A)
    serial.wait_for("key 1e down")
    os.kill(desk.process_of(WINDOW), signal.SIGKILL)
    eventually_sync(lambda: keyboard_is_free(desk), what="the keyboard's end")
    desk.person("keyup", KEY_A, "keyup", LEFT_CTRL)
    assert program.engines() == engines
    assert held(serial.strokes()) == {"1d", "1e"}

    open_window("--show", "one")
    serial.wait_for("key 1e up")
    eventually_sync(lambda: held(serial.strokes()) == set(), what="nothing is down")
    desk.wait_for_window(WINDOW)
    desk.press(KEY_B)
    serial.wait_for("key 30 up")
    program.told("kill", "one")
