"""The display against a fake server and against QEMU; what both can do runs on both."""

from __future__ import annotations

import signal
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.vm.display.rfb import protocol
from app.vm.display.rfb.connection import RfbDisplay
from app.vm.display.seam import Changes, Rect
from tests.fakes.rfb_server import QEMU, SET_DESKTOP_SIZE, UPDATE_REQUEST, FakeRfbServer
from tests.helpers.waiting import eventually_sync
from tests.vm.display.qemu import Machine
from tests.vm.display.watcher import Watcher

RED, BLUE = b"\x00\x00\xff\x00", b"\xff\x00\x00\x00"


class FakeScreen:
    """A screen that the suite can change: the fake server's."""

    def __init__(self, _folder: Path) -> None:
        self.server = FakeRfbServer(640, 480)

    def connect(self) -> socket.socket:
        return self.server.start()

    def change_size(self) -> None:
        self.server.resize(720, 400)

    def run(self) -> None:
        pass

    def change(self) -> None:
        self.server.paint((16, 32, 32, 16), RED)

    def stop(self) -> None:
        self.server.stop()


class QemuScreen:
    """The same of a real machine: before it runs, QEMU shows a sign of 640 x 480."""

    def __init__(self, folder: Path) -> None:
        self.machine = Machine(folder)

    def connect(self) -> socket.socket:
        return self.machine.connect()

    def run(self) -> None:
        self.machine.execute("cont")

    def change_size(self) -> None:
        self.run()  # the BIOS goes to text mode

    def change(self) -> None:
        """Type once the disk's program reads keys."""
        eventually_sync(lambda: self.machine.typed() is not None, timeout_s=20)
        for down in (True, False):
            key = {"type": "qcode", "data": "x"}
            event = {"type": "key", "data": {"down": down, "key": key}}
            self.machine.execute("input-send-event", events=[event])

    def stop(self) -> None:
        self.machine.stop()


@pytest.fixture(params=[FakeScreen, QemuScreen], ids=["fake", "qemu"])
def screen(request: pytest.FixtureRequest, own_folders: Path) -> Iterator[FakeScreen | QemuScreen]:
    made = request.param(own_folders)
    yield made
    made.stop()


@pytest.fixture
def server() -> Iterator[FakeRfbServer]:
    fake = FakeRfbServer()
    yield fake
    fake.stop()


@pytest.fixture
def watch() -> Iterator[Callable[..., Watcher]]:
    """Makes displays with their watchers and closes them."""
    made: list[Watcher] = []

    def make(
        sock: socket.socket, *, asks: bool = True, rest_poke_s: float | None = None
    ) -> Watcher:
        made.append(Watcher(RfbDisplay(sock, rest_poke_s=rest_poke_s), asks=asks))
        return made[-1]

    yield make
    for watcher in made:
        watcher.display.close()
    assert not [t for t in threading.enumerate() if t.name == "display"]


# On both.


def test_the_first_picture_comes_whole(screen, watch):
    seen = watch(screen.connect())
    seen.until(lambda: seen.framebuffer)
    assert (seen.framebuffer.width_px, seen.framebuffer.height_px) == (640, 480)
    assert sum(rect.w * rect.h for rect in seen.rects) == 640 * 480


def test_a_change_of_size_brings_new_memory_with_its_pixels(screen, watch):
    seen = watch(screen.connect())
    seen.until(lambda: seen.framebuffer)
    old = seen.framebuffer
    screen.change_size()
    seen.until(lambda: seen.framebuffer.width_px == 720, timeout_s=20)
    assert seen.framebuffer.generation > old.generation
    assert seen.rects
    assert len(old.memory) == 640 * 480 * 4


def test_a_painted_picture_is_followed_by_what_changes(screen, watch):
    seen = watch(screen.connect())
    screen.run()
    seen.until(lambda: seen.framebuffer)
    seen.display.request_update()
    before = bytes(seen.framebuffer.memory)
    screen.change()
    seen.until(lambda: bytes(seen.framebuffer.memory) != before, timeout_s=20)


def test_a_device_that_has_one_size_refuses_another(screen, watch):
    seen = watch(screen.connect())
    seen.until(lambda: seen.framebuffer)
    seen.display.wish_size(800, 600)
    seen.until(lambda: seen.refused)
    assert seen.framebuffer.width_px == 640


def test_the_pointer_mode_is_told(screen, watch):
    seen = watch(screen.connect())
    seen.until(lambda: seen.absolute is not None)


# Real mode: command EDh of a PS/2 keyboard, then its argument: Caps Lock on, the others off.
SET_CAPS_LOCK = bytes.fromhex(
    "fa e464a80275fa b0ede660 e464a80174fa e460 e464a80275fa b004e660 f4 ebfd"
)


def test_the_lights_of_a_real_guest_are_told(own_folders, watch):
    screen = QemuScreen(own_folders)
    try:
        with (own_folders / "disk").open("r+b") as disk:
            disk.write(SET_CAPS_LOCK)
        seen = watch(screen.connect())
        seen.until(lambda: seen.leds == (False, False, False))
        screen.run()
        seen.until(lambda: seen.leds == (True, False, False), timeout_s=20)
    finally:
        screen.stop()


def test_pokes_do_no_harm(screen, watch):
    seen = watch(screen.connect())
    seen.until(lambda: seen.framebuffer)
    for _ in range(50):
        seen.display.input_sent()
    screen.change_size()
    seen.until(lambda: seen.framebuffer.width_px == 720, timeout_s=20)


def test_the_end_of_the_other_side_is_told_in_a_sentence(screen, watch):
    seen = watch(screen.connect())
    seen.until(lambda: seen.framebuffer)
    screen.stop()
    seen.until(lambda: seen.closed)
    assert seen.closed == "The engine ended the display's connection."
    assert seen.display.take().closed == seen.closed
    seen.display.request_update()
    seen.display.wish_size(5, 5)
    seen.display.input_sent()


# On the fake: what QEMU does not do on demand.


def test_narrow_rectangles_land_in_their_place(server, watch):
    seen = watch(server.start())
    seen.until(lambda: seen.framebuffer)
    server.paint((3, 5, 20, 30), BLUE)
    server.paint((0, 40, 64, 8), RED)
    seen.until(lambda: bytes(seen.framebuffer.memory) == bytes(server.picture))


def test_a_picture_of_many_rows_needs_several_system_calls(watch):
    server = FakeRfbServer(8, 3000)
    seen = watch(server.start())
    seen.until(lambda: seen.framebuffer)
    server.paint((2, 0, 5, 3000), BLUE)
    seen.until(lambda: bytes(seen.framebuffer.memory) == bytes(server.picture))
    server.stop()


def test_a_hidden_window_asks_for_nothing_more(server, watch):
    seen = watch(server.start(), asks=False)
    seen.until(lambda: seen.updates == 1)
    asked = server.count(UPDATE_REQUEST)
    server.paint((0, 0, 5, 5), RED)
    seen.display.wish_size(10, 10)  # its answer shows that everything before it has come
    seen.until(lambda: seen.refused)
    assert server.count(UPDATE_REQUEST) == asked
    assert seen.updates == 1
    seen.display.request_update()
    seen.until(lambda: seen.updates == 2)


def test_one_request_is_under_way_however_often_one_paints(server, watch):
    seen = watch(server.start())
    seen.until(lambda: seen.updates == 1)
    server.wait_for(lambda: server.count(UPDATE_REQUEST) == 2)
    asked = server.count(UPDATE_REQUEST)
    for _ in range(20):
        seen.display.request_update()
    seen.display.wish_size(10, 10)
    server.wait_for(lambda: server.count(SET_DESKTOP_SIZE))
    assert server.count(UPDATE_REQUEST) == asked


def test_the_window_is_woken_once_for_many_rectangles(server, watch):
    seen = watch(server.start(), asks=False)
    seen.until(lambda: seen.updates == 1)
    wakes = seen.wakes
    for x in range(0, 60, 4):
        server.paint((x, x // 2, 2, 2), RED)
    seen.display.request_update()
    seen.until(lambda: seen.updates == 2)
    assert seen.wakes == wakes + 1
    assert Rect(0, 0, 2, 2) in seen.rects


def test_the_first_request_is_for_everything_and_the_next_for_what_changed(server, watch):
    seen = watch(server.start())
    seen.until(lambda: seen.updates == 1)
    server.paint((0, 0, 5, 5), RED)
    seen.until(lambda: seen.updates == 2)
    requests = [body[0] for kind, body in server.messages if kind == UPDATE_REQUEST]
    assert requests[0] == 0
    assert set(requests[1:]) == {1}


def test_a_wished_size_is_taken_over(server, watch):
    server.resizable = True
    seen = watch(server.start())
    seen.display.wish_size(100, 80)  # before the connection is up
    seen.until(lambda: seen.framebuffer and seen.framebuffer.width_px == 100)
    assert seen.framebuffer.height_px == 80
    assert not seen.refused


def test_of_many_wishes_the_last_is_what_counts(server, watch):
    server.resizable = True
    seen = watch(server.start())
    for width in range(70, 170):
        seen.display.wish_size(width, 50)
    seen.until(lambda: seen.framebuffer and seen.framebuffer.width_px == 169)
    assert server.count(SET_DESKTOP_SIZE) < 100


def test_a_screen_is_taken_away_by_a_size_of_nothing(server, watch):
    seen = watch(server.start())
    seen.display.unplug()  # not connected yet: nothing was plugged in
    seen.until(lambda: seen.framebuffer)
    seen.display.unplug()
    seen.display.close()
    server.wait_for(lambda: server.count(SET_DESKTOP_SIZE))
    sizes = [body[1:5] for kind, body in server.messages if kind == SET_DESKTOP_SIZE]
    assert sizes == [bytes(4)]


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (65536, 5), (5, 65536)])
def test_a_wish_that_cannot_be_written_down_is_a_mistake_of_the_caller(server, watch, size):
    seen = watch(server.start())
    with pytest.raises(ValueError, match=f"{size[0]}x{size[1]}"):
        seen.display.wish_size(*size)


def test_a_cursor_and_the_pointer_mode_are_told(server, watch):
    seen = watch(server.start())
    seen.until(lambda: seen.framebuffer)
    server.define_cursor(2, 1, (1, 0), b"BGRAbgra")
    server.set_absolute(False)
    seen.until(lambda: seen.cursor and seen.absolute is False)
    cursor = seen.cursor
    assert (cursor.width, cursor.height, cursor.hot_x, cursor.hot_y) == (2, 1, 1, 0)
    assert cursor.argb == b"BGRAbgra"


def test_an_input_is_followed_by_pokes_until_a_picture_comes(server, watch):
    seen = watch(server.start())
    seen.until(lambda: seen.updates == 1)
    server.wait_for(lambda: server.count(UPDATE_REQUEST) == 2)
    seen.display.input_sent()
    server.wait_for(lambda: server.count(QEMU) == 4)
    assert {body for kind, body in server.messages if kind == QEMU} == {protocol.no_op()[1:]}
    seen.display.input_sent()
    server.wait_for(lambda: server.count(QEMU) == 5)
    server.paint((0, 0, 5, 5), RED)
    seen.until(lambda: seen.updates == 2)
    assert seen.display._pokes.deadline(resting=False) is None


def test_a_resting_server_can_be_kept_awake(server, watch):
    seen = watch(server.start(), rest_poke_s=0.005)
    seen.until(lambda: seen.updates == 1)
    server.wait_for(lambda: server.count(QEMU) >= 3)


def test_a_server_that_nobody_watches_is_left_alone_until_somebody_does(server, watch):
    seen = watch(server.start(), rest_poke_s=0.02)
    seen.until(lambda: seen.updates == 1)
    server.wait_for(lambda: server.count(QEMU) >= 3)
    display = seen.display
    display.watch(visible=False)
    before = server.count(QEMU)
    with pytest.raises(AssertionError):
        server.wait_for(lambda: server.count(QEMU) > before + 1, timeout_s=0.3)
    display.watch(visible=True)
    server.wait_for(lambda: server.count(QEMU) >= before + 5)


def test_a_server_without_extended_keys_is_never_poked(watch):
    ours, theirs = socket.socketpair()
    seen = watch(ours)
    hello = b"RFB 003.008\n\x01\x01" + bytes(4) + struct.pack("!HH16xI", 1, 1, 0)
    theirs.sendall(hello + struct.pack("!BxHHHHHi", 0, 1, 0, 0, 1, 1, 0) + RED)
    seen.until(lambda: seen.updates == 1)
    seen.display.input_sent()
    assert seen.display._deadline() is None
    seen.display._due(time.monotonic())  # of a handshake that ended just in time
    assert not seen.display._thread.backlog
    theirs.setblocking(False)
    assert protocol.no_op() not in theirs.recv(65536)
    theirs.close()


def test_a_server_that_answers_without_pixels_is_asked_again(watch):
    ours, theirs = socket.socketpair()
    watch(ours)
    hello = b"RFB 003.008\n\x01\x01" + bytes(4) + struct.pack("!HH16xI", 1, 1, 0)
    theirs.sendall(hello + struct.pack("!BxHHHHHi", 0, 1, 1, 0, 1, 1, -257))
    ours_so_far = 14 + 20 + 4 + len(protocol.Encoding) * 4
    theirs.recv(ours_so_far, socket.MSG_WAITALL)
    assert theirs.recv(20, socket.MSG_WAITALL) == protocol.update_request(
        1, 1, incremental=False
    ) + protocol.update_request(1, 1, incremental=True)
    theirs.close()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            b"GET / HTTP/1.1\r\n",
            "The display sent something that makes no sense: not a VNC server.",
        ),
        (b"RFB 003.008\n\x01\x02", "makes no sense: a password is wanted."),
        (b"RFB 003.008\n\x00" + struct.pack("!I", 4) + b"busy", "refused: busy."),
    ],
)
def test_nonsense_is_told_in_a_sentence(watch, said, sentence):
    ours, theirs = socket.socketpair()
    seen = watch(ours)
    theirs.sendall(said)
    seen.until(lambda: seen.closed)
    assert seen.closed.endswith(sentence)
    theirs.close()


def test_a_peer_that_says_nothing_is_given_up_after_two_seconds(watch):
    ours, theirs = socket.socketpair()
    begin = time.monotonic()
    seen = watch(ours)
    seen.until(lambda: seen.closed)
    assert seen.closed == "The display did not answer within 2 seconds."
    assert 1.9 < time.monotonic() - begin < 4
    theirs.close()


def test_a_peer_that_reads_nothing_never_blocks_the_window(watch):
    ours, theirs = socket.socketpair()
    seen = watch(ours)
    hello = b"RFB 003.008\n\x01\x01" + bytes(4) + struct.pack("!HH16xI", 1, 1, 0)
    theirs.sendall(hello + struct.pack("!BxHHHHHi", 0, 1, 0, 0, 1, 1, -258))
    eventually_sync(lambda: seen.display._is_qemu)
    begin = time.monotonic()
    for _ in range(2000):
        seen.display.input_sent()
        seen.display.request_update()
        seen.display.wish_size(10, 10)
    assert time.monotonic() - begin < 2
    assert seen.display._thread.backlog < 4096
    seen.display.close()
    theirs.close()


def test_closing_in_the_middle_of_a_picture_ends_the_thread_at_once(watch):
    ours, theirs = socket.socketpair()
    seen = watch(ours)
    hello = b"RFB 003.008\n\x01\x01" + bytes(4) + struct.pack("!HH16xI", 1000, 1000, 0)
    theirs.sendall(hello + struct.pack("!BxHHHHHi", 0, 1, 0, 0, 1000, 1000, 0) + bytes(5000))
    eventually_sync(lambda: seen.display._client.exact)
    begin = time.monotonic()
    seen.display.close()
    seen.display.close()
    assert time.monotonic() - begin < 1
    assert seen.display.take().closed == "The display was closed."
    theirs.close()


def test_it_can_be_closed_from_the_wake(server):
    display = RfbDisplay(server.start())
    display.start(display.close)
    eventually_sync(lambda: display.take().closed)
    display.close()
    assert not [t for t in threading.enumerate() if t.name == "display"]


def test_it_can_be_closed_by_several_threads_at_once(server):
    display = RfbDisplay(server.start())
    display.start(lambda: None)
    closers = [threading.Thread(target=display.close) for _ in range(5)]
    for closer in closers:
        closer.start()
    for closer in closers:
        closer.join(5)
        assert not closer.is_alive()


def test_it_can_be_closed_without_having_been_started():
    ours, theirs = socket.socketpair()
    display = RfbDisplay(ours)
    display.close()
    display.close()
    display.start(lambda: None)  # too late: nothing happens
    assert theirs.recv(1) == b""
    theirs.close()
    assert display.take() == Changes()


def test_a_stopped_engine_does_not_block_the_close(own_folders, watch):
    machine = Machine(own_folders)
    seen = watch(machine.connect())
    seen.until(lambda: seen.framebuffer)
    machine.signal(signal.SIGSTOP)
    seen.display.request_update()
    seen.display.close()
    machine.stop()


def test_the_old_picture_stays_until_the_new_one_has_pixels(watch):
    ours, theirs = socket.socketpair()
    seen = watch(ours)
    hello = b"RFB 003.008\n\x01\x01" + bytes(4) + struct.pack("!HH16xI", 1, 1, 0)
    theirs.sendall(hello + struct.pack("!BxHHHHHi", 0, 1, 0, 0, 1, 1, 0) + RED)
    seen.until(lambda: seen.updates == 1)
    theirs.sendall(struct.pack("!BxHHHHHi", 0, 1, 0, 0, 2, 1, -223))
    theirs.sendall(struct.pack("!BxHHHHHi", 0, 1, 1, 0, 1, 1, -257))
    seen.until(lambda: seen.absolute)
    assert seen.framebuffer.width_px == 1
    theirs.sendall(struct.pack("!BxHHHHHi", 0, 1, 0, 0, 2, 1, 0) + RED + BLUE)
    seen.until(lambda: seen.framebuffer.width_px == 2)
    assert bytes(seen.framebuffer.memory) == RED + BLUE
    assert seen.rects == [Rect(0, 0, 2, 1)]
    theirs.close()
