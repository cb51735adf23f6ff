"""The display against QEMU itself."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.vm.display.dbus.connection import DbusDisplay
from app.vm.display.framebuffer import Framebuffer
from app.vm.display.rfb.connection import RfbDisplay
from tests.helpers.descriptors import open_descriptors
from tests.helpers.waiting import eventually_sync
from tests.vm.display.qemu import DISK_BYTES, Machine
from tests.vm.display.watcher import Watcher

pytestmark = pytest.mark.slow  # real engines

# Real mode: set a VBE mode (int 10h, 4F02h); fill its first bank with numbers; stay.
PAINT = "fc b8024f bb{mode} cd10 b800a0 8ec0 31ff 89f8 ab 09ff 75f9 ebfe"


class Screen:
    """A machine that shows its picture over D-Bus and VNC."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.machine = Machine(folder, "-display", "dbus,p2p=on")
        self._watchers: list[Watcher] = []

    def connect(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self.machine._monitor, [b" "], [theirs.fileno()])
            self.machine.execute("getfd", fdname="display")
        self.machine.execute("add_client", protocol="@dbus-display", fdname="display")
        return ours

    def watch(self, *, vnc: bool = False) -> Watcher:
        display = RfbDisplay(self.machine.connect()) if vnc else DbusDisplay(self.connect())
        self._watchers.append(Watcher(display))
        return self._watchers[-1]

    def boots(self, mode: int) -> None:
        """Let the disk's program show something in this VBE mode."""
        swapped = mode.to_bytes(2, "little").hex()
        program = bytes.fromhex(PAINT.format(mode=swapped)).ljust(510, b"\0") + b"\x55\xaa"
        with (self._folder / "disk").open("r+b") as disk:
            disk.write(program.ljust(DISK_BYTES, b"\0"))

    def dump(self) -> tuple[int, int, bytes]:
        """What the guest shows now, in pixels R G B."""
        file = self._folder / "screen.ppm"
        self.machine.execute("screendump", filename=str(file))
        _, sizes, _, data = file.read_bytes().split(b"\n", 3)
        width, height = sizes.split()
        return int(width), int(height), data

    def stop(self) -> None:
        for watcher in self._watchers:
            watcher.display.close()
        self.machine.stop()


def rgb(picture: Framebuffer) -> tuple[int, int, bytes]:
    data = bytearray(picture.width_px * picture.height_px * 3)
    for channel in range(3):
        data[channel::3] = picture.memory[2 - channel :: 4]
    return picture.width_px, picture.height_px, bytes(data)


@pytest.fixture
def screen(own_folders: Path) -> Iterator[Screen]:
    before = open_descriptors()
    made = Screen(own_folders)
    yield made
    made.stop()
    assert not [t for t in threading.enumerate() if t.name.startswith("display")]
    assert open_descriptors() <= before


def until_same(screen: Screen, seen: Watcher) -> None:
    """Wait until the window's picture is the guest's; a text cursor blinks."""
    deadline = time.monotonic() + 15
    while (shown := rgb(seen.framebuffer)) != (real := screen.dump()):
        assert time.monotonic() < deadline, (shown[:2], real[:2])
        updates = seen.updates
        seen.until(lambda: True)
        if seen.updates == updates:
            seen._take()


def test_the_first_picture_is_there_at_once(screen):
    begin = time.monotonic()
    seen = screen.watch()
    seen.until(lambda: seen.framebuffer)
    assert time.monotonic() - begin < 1
    assert rgb(seen.framebuffer) == screen.dump()
    seen.until(lambda: seen.absolute is not None and seen.leds is not None)


def test_a_text_screen_is_the_one_that_the_guest_shows(screen):
    seen = screen.watch()
    seen.until(lambda: seen.framebuffer)
    screen.machine.execute("cont")
    seen.until(lambda: seen.framebuffer.width_px == 720, 20)
    eventually_sync(lambda: screen.machine.typed() is not None, timeout_s=20)
    until_same(screen, seen)


@pytest.mark.parametrize("mode", [0x110, 0x111, 0x112], ids=["555", "565", "24 bits"])
def test_a_graphics_mode_of_any_depth_has_the_pixels_of_the_guest(screen, mode):
    screen.boots(mode)
    seen, other = screen.watch(), screen.watch(vnc=True)
    seen.until(lambda: seen.framebuffer)
    sign = seen.framebuffer  # "not running yet" has the same size
    screen.machine.execute("cont")
    seen.until(lambda: seen.framebuffer is not sign and seen.framebuffer.height_px == 480, 20)
    until_same(screen, seen)
    width, height, data = rgb(seen.framebuffer)
    assert (width, height) == (640, 480)
    assert len(set(data)) > 20  # it is the program's pattern, not black
    other.until(lambda: other.framebuffer)
    until_same(screen, other)
    assert rgb(other.framebuffer) == (width, height, data)


def test_a_key_changes_the_picture(screen):
    seen = screen.watch()
    screen.machine.execute("cont")
    eventually_sync(lambda: screen.machine.typed() is not None, timeout_s=20)
    seen.until(lambda: seen.framebuffer and seen.framebuffer.width_px == 720)
    until_same(screen, seen)
    before = rgb(seen.framebuffer)
    for down in (True, False):
        key = {"type": "qcode", "data": "x"}
        event = {"type": "key", "data": {"down": down, "key": key}}
        screen.machine.execute("input-send-event", events=[event])
    eventually_sync(lambda: screen.machine.typed() == "x")
    until_same(screen, seen)
    assert rgb(seen.framebuffer) != before


def test_a_vga_cannot_be_asked_for_a_size(screen):
    seen = screen.watch()
    seen.until(lambda: seen.framebuffer)
    seen.display.wish_size(1000, 700)
    seen.until(lambda: seen.refused)
    assert seen.closed is None


def test_an_engine_that_is_killed_is_told(screen):
    seen = screen.watch()
    seen.until(lambda: seen.framebuffer)
    screen.machine.signal(signal.SIGKILL)
    seen.until(lambda: seen.closed)
    assert seen.closed == "The engine ended the display's connection."


def test_ten_connections_one_after_the_other_leave_nothing(screen):
    screen.machine.execute("cont")
    for _ in range(10):
        seen = screen.watch()
        seen.until(lambda seen=seen: seen.framebuffer)
        seen.display.close()
    assert screen.machine.execute("query-status")["running"]


def test_a_second_client_takes_the_place_of_the_first(screen):
    first = screen.watch()
    first.until(lambda: first.framebuffer)
    newest = screen.watch()
    # QEMU calls every client the same, and when the first one's end comes late, lets the newest go.
    newest.until(lambda: newest.framebuffer or newest.closed)
    first.until(lambda: first.closed)
    if newest.closed:
        newest = screen.watch()
        newest.until(lambda: newest.framebuffer)
    assert screen.machine.execute("query-status")["status"] == "prelaunch"


def test_a_window_that_is_hidden_and_shown_many_times_shows_the_guest(screen):
    seen = screen.watch()
    seen.until(lambda: seen.framebuffer)
    for number in range(30):
        seen.display.watch(visible=False)
        if number % 3 == 0:
            threading.Event().wait(0.004)  # between two of its own acts
        seen.display.watch(visible=True)
    screen.machine.execute("cont")
    seen.until(lambda: seen.framebuffer.width_px == 720, 20)
    eventually_sync(lambda: screen.machine.typed() is not None, timeout_s=20)
    until_same(screen, seen)
