"""How often a picture is taken over: at once in front, seldom beside, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor

from app.exclusive.lock_guest import Attention
from app.exclusive.pace import BACKGROUND_MS, Pace
from app.exclusive.surface import Surface
from app.vm.display.seam import Rect
from tests.exclusive.conftest import pixels
from tests.fakes.display import FakeDisplay
from tests.fakes.sink import DeafSink
from tests.helpers.waiting import eventually

WHOLE = Rect(0, 0, 200, 100)


@pytest.fixture
def paced(qapp) -> Iterator[tuple[Pace, list[float]]]:
    acted: list[float] = []
    parent = QObject()
    yield Pace(lambda: acted.append(monotonic()), parent), acted
    parent.deleteLater()


def test_in_front_each_call_acts_at_once(paced):
    pace, acted = paced
    pace.attend(Attention.FOREGROUND)
    for _ in range(5):
        pace.call()
    assert len(acted) == 5


async def test_beside_another_window_calls_are_gathered(paced):
    pace, acted = paced
    pace.attend(Attention.BACKGROUND)
    pace.call()
    assert len(acted) == 1  # after rest the first one need not wait
    for _ in range(100):
        pace.call()
    assert len(acted) == 1
    await eventually(lambda: len(acted) == 2)
    assert acted[1] - acted[0] >= BACKGROUND_MS / 1000


async def test_coming_to_the_front_ends_the_waiting(paced):
    pace, acted = paced
    pace.attend(Attention.BACKGROUND)
    pace.call()
    pace.call()
    assert len(acted) == 1
    pace.attend(Attention.FOREGROUND)
    assert len(acted) == 2


def test_what_waits_for_nothing_is_not_called(paced):
    pace, acted = paced
    pace.attend(Attention.BACKGROUND)
    pace.attend(Attention.FOREGROUND)
    assert acted == []


@pytest.mark.parametrize(
    ("attention", "least_s"), [(Attention.FOREGROUND, 0.0), (Attention.BACKGROUND, 0.45)]
)
async def test_a_guest_that_moves_is_asked_for_fewer_pictures_beside_another_window(
    qapp, attention, least_s
):
    surface, display = Surface(DeafSink()), FakeDisplay()
    surface.resize(200, 100)
    surface.attach(display)
    surface.show()
    try:
        display.resize(200, 100)
        display.show()
        await eventually(lambda: display.requests == 1)
        surface.pace.attend(attention)
        began = monotonic()
        for shade in range(10):
            requests = display.requests
            display.paint(WHOLE, (shade, shade, shade))
            display.show(WHOLE)
            await eventually(lambda before=requests: display.requests > before)
        assert monotonic() - began >= least_s
        assert pixels(surface).pixelColor(100, 50) == QColor(9, 9, 9)
    finally:
        surface.close()
        surface.deleteLater()
