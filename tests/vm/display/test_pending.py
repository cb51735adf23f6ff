"""What a display has found out is handed over once, and told once."""

from __future__ import annotations

import threading

import pytest

from app.vm.display.framebuffer import Framebuffer
from app.vm.display.pending import Pending
from app.vm.display.seam import CursorShape, Leds, Rect

SET = {
    "cursor": CursorShape(1, 1, 0, 0, bytes(4)),
    "absolute_pointer": False,
    "leds": Leds(caps=False, num=False, scroll=False),
    "is_refused": True,
    "closed": "It has ended.",
}


@pytest.fixture
def wakes() -> list[None]:
    return []


@pytest.fixture
def pending(wakes: list[None]) -> Pending:
    made = Pending(threading.Lock())
    made.begin(lambda: wakes.append(None))
    return made


def test_nothing_is_told_when_there_is_nothing(pending, wakes) -> None:
    pending.tell()
    assert wakes == []


@pytest.mark.parametrize("name", SET)
def test_each_change_is_told_once_until_it_is_taken(pending, wakes, name) -> None:
    setattr(pending, name, SET[name])
    pending.tell()
    pending.tell()
    assert len(wakes) == 1
    taken = pending.take()
    assert getattr(taken, name.replace("is_refused", "resize_refused")) == SET[name]
    pending.tell()
    assert len(wakes) == (2 if name == "closed" else 1), "an end stays"


def test_what_was_drawn_into_an_old_picture_is_forgotten_with_it(pending, wakes) -> None:
    pending.damage.add(Rect(0, 0, 9, 9))
    new = Framebuffer(4, 4, 2)
    pending.show(new)
    pending.damage.add(Rect(1, 1, 2, 2))
    pending.tell()
    taken = pending.take()
    assert taken.framebuffer is new
    assert list(taken.rects) == [Rect(1, 1, 2, 2)]
    assert pending.take().framebuffer is None
    assert len(wakes) == 1


def test_nobody_is_woken_before_the_begin() -> None:
    made = Pending(threading.Lock())
    made.closed = "It has ended."
    made.tell()
    assert made.take().closed == "It has ended."


def test_whoever_is_woken_may_take_at_once(pending) -> None:
    taken = []
    pending.begin(lambda: taken.append(pending.take()))
    pending.is_refused = True
    pending.tell()
    assert [one.resize_refused for one in taken] == [True]
