"""Keyboard and pointer over the display's own connection."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest

from app.vm.display.keymap import Key
from app.vm.display.rfb.connection import RfbDisplay
from app.vm.display.rfb.rfb_input import RfbInput
from app.vm.display.seam import Button
from tests.fakes.rfb_server import FakeRfbServer
from tests.helpers.waiting import eventually_sync
from tests.vm.display.qemu import Machine
from tests.vm.display.watcher import Watcher

KEY, POINTER, EXTENDED = 4, 5, 255


@pytest.fixture
def server() -> Iterator[FakeRfbServer]:
    fake = FakeRfbServer(640, 480)
    yield fake
    fake.stop()


@pytest.fixture
def watcher(server) -> Iterator[Watcher]:
    made = Watcher(RfbDisplay(server.start()))
    eventually_sync(lambda: made.display.size_px == (640, 480))
    yield made
    made.display.close()


def said(server: FakeRfbServer, kind: int, count: int) -> list[bytes]:
    def bodies() -> list[bytes]:
        # Pokes are releases of a key that no keyboard here has.
        told = [body for number, body in server.messages if number == kind]
        return [body for body in told if kind != EXTENDED or body[-1] != 0x5D]

    server.wait_for(lambda: len(bodies()) >= count)
    return bodies()


def test_keys_go_by_their_numbers_to_a_server_that_takes_them(server, watcher) -> None:
    eventually_sync(lambda: watcher.display.takes_key_numbers)
    typed = RfbInput(watcher.display)
    typed.key(0x1E, down=True)
    typed.key(Key.RIGHT_CTRL, down=False)
    told = [struct.unpack("!BHII", body) for body in said(server, EXTENDED, 2)]
    assert told == [(0, 1, ord("a"), 0x1E), (0, 0, 0xFFE4, 0x9D)]


def test_keys_go_by_symbols_to_other_servers_and_unknown_ones_not_at_all(server) -> None:
    server.speaks_qemu = False
    display = RfbDisplay(server.start())
    watcher = Watcher(display)
    eventually_sync(lambda: display.size_px == (640, 480))
    typed = RfbInput(display)
    typed.key(0x1E, down=True)
    typed.key(0x7D, down=True)  # the Yen key
    typed.key(Key.F12, down=False)
    told = [struct.unpack("!BxxI", body) for body in said(server, KEY, 2)]
    assert told == [(1, ord("a")), (0, 0xFFC9)]
    watcher.display.close()


def test_the_pointer_says_its_buttons_with_every_motion(server, watcher) -> None:
    typed = RfbInput(watcher.display)
    typed.move_to(1.0, 0.5)
    typed.button(Button.RIGHT, down=True)
    typed.button(Button.SIDE, down=True)  # there is none in the protocol
    typed.move_to(-3.0, 2.0)
    typed.button(Button.RIGHT, down=False)
    told = [struct.unpack("!BHH", body) for body in said(server, POINTER, 4)]
    assert told == [(0, 639, 240), (4, 639, 240), (4, 0, 479), (0, 0, 479)]


def test_the_wheel_is_a_click_a_notch_in_all_four_ways(server, watcher) -> None:
    typed = RfbInput(watcher.display)
    typed.wheel(1, 2)
    typed.wheel(-1, -1)
    masks = [body[0] for body in said(server, POINTER, 10)]
    assert masks == [64, 0, 8, 0, 8, 0, 32, 0, 16, 0]


def test_motion_without_a_place_is_a_distance_from_the_middle(server, watcher) -> None:
    typed = RfbInput(watcher.display)
    typed.move_by(5, -3)
    typed.button(Button.LEFT, down=True)
    told = [struct.unpack("!BHH", body) for body in said(server, POINTER, 2)]
    assert told == [(0, 0x7FFF + 5, 0x7FFF - 3), (1, 0x7FFF, 0x7FFF)]


def test_nothing_is_said_before_the_connection_is_up(server) -> None:
    display = RfbDisplay(server.start())
    RfbInput(display).key(0x1E, down=True)
    Watcher(display)
    server.wait_for(lambda: server.count(3))
    assert not server.count(EXTENDED)
    display.close()


@pytest.mark.slow
def test_a_real_guest_reads_what_is_typed(own_folders) -> None:
    machine = Machine(own_folders)
    watcher = Watcher(RfbDisplay(machine.connect()))
    try:
        machine.execute("cont")
        eventually_sync(lambda: machine.typed() is not None, timeout_s=20)
        typed = RfbInput(watcher.display)
        for number in (0x23, 0x17):
            typed.key(number, down=True)
            typed.key(number, down=False)
        eventually_sync(lambda: machine.typed() == "hi", timeout_s=20)
    finally:
        watcher.display.close()
        machine.stop()
