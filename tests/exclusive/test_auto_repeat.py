from __future__ import annotations

import pytest

from app.exclusive.auto_repeat import AutoRepeat
from app.vm.display.keymap import Key

A, B = 0x1E, 0x30


class Server:
    """An X server's keyboard."""

    def __init__(self, *down: int, able: bool = True) -> None:
        self.down, self.able = set(down), able
        self.detectable = False

    def set_detectable_repeat(self, on: bool) -> bool:
        self.detectable = on and self.able
        return self.able

    def keys_down(self) -> frozenset[int]:
        return frozenset(self.down)


def test_it_is_set_from_start_to_stop():
    server = Server()
    link = AutoRepeat(server, lambda: ())
    link.stop()
    link.start()
    link.start()
    assert server.detectable
    link.stop()
    link.stop()
    assert not server.detectable


def test_a_key_that_was_down_before_is_dropped_until_it_is_let_go():
    server = Server(Key.F11)
    link = AutoRepeat(server, lambda: ())
    link.start()
    assert link.is_old(Key.F11, down=True)
    assert not link.is_old(A, down=True)
    assert link.is_old(Key.F11, down=False)
    assert not link.is_old(Key.F11, down=True)


def test_what_the_guest_holds_is_not_old_when_the_keyboard_is_handed_over_again():
    server = Server()
    held: list[int] = []
    link = AutoRepeat(server, lambda: held)
    link.start()
    held.append(A)
    server.down |= {A, B}
    link.start()
    assert not link.is_old(A, down=False)
    assert link.is_old(B, down=True)


@pytest.mark.parametrize("wraps", [0, (1 << 32) - 50_100], ids=["", "the clock wraps"])
@pytest.mark.parametrize(
    ("pressed_ms", "is_old"),
    [(50_000, False), (49_700, False), (49_000, True), (50_200, True), (0, True)],
)
def test_a_press_that_was_on_its_way_when_the_keyboard_was_handed_over_is_the_guests(
    wraps, pressed_ms, is_old
):
    link = AutoRepeat(Server(A), lambda: (), now_ms=lambda: (50_150 + wraps) % (1 << 32))
    link.start()
    time_ms = (pressed_ms + wraps) % (1 << 32) if pressed_ms else 0
    assert link.is_old(A, down=True, time_ms=time_ms) is is_old
    assert link.is_old(A, down=False, time_ms=50_900) is is_old


def test_after_the_stop_nothing_is_old():
    link = AutoRepeat(Server(A), lambda: ())
    link.start()
    link.stop()
    assert not link.is_old(A, down=True)


@pytest.mark.parametrize("server", [None, Server(A, able=False)])
def test_where_the_server_cannot_or_is_none_nothing_is_dropped(server):
    link = AutoRepeat(server, lambda: ())
    link.start()
    assert not link.is_old(A, down=True)
    link.stop()
