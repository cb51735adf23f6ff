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
