"""A picture larger than the window, shown pixel by pixel."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor

from app.exclusive.panning import Panning
from app.exclusive.placement import place_actual
from app.exclusive.surface import Surface
from app.vm.display.seam import Rect
from tests.exclusive.conftest import pixels
from tests.fakes.display import FakeDisplay
from tests.fakes.sink import DeafSink
from tests.helpers.waiting import eventually

PICTURE, VIEW = (1000, 400), (600, 500)


def test_a_side_that_fits_is_centred_and_one_that_does_not_begins_where_it_was_moved_to() -> None:
    placed = place_actual(*PICTURE, *VIEW, (100, 70))
    assert (placed.x, placed.y, placed.w, placed.h) == (-100, 50, 1000, 400)
    assert placed.scale == 1.0
    assert place_actual(*PICTURE, *VIEW, (9000, 0)).x == -400
    assert placed.to_guest(0, 50) == pytest.approx((100 / 999, 0.0), abs=0.001)


@pytest.fixture
def panning(qapp) -> Panning:
    made = Panning(lambda: None, QObject(qapp))
    made.resize(PICTURE, VIEW)
    return made


def test_the_pointer_at_an_edge_draws_the_rest_in_and_then_nothing_runs(panning) -> None:
    panning.pointer((599, 250), VIEW)
    assert panning.is_moving
    for _ in range(100):
        panning._step()
    assert panning.before == (400, 0)
    assert not panning.is_moving
    panning.pointer((300, 250), VIEW)
    assert not panning.is_moving
    panning.pointer((0, 250), VIEW)
    assert panning.is_moving


def test_nearer_to_the_edge_is_faster(panning) -> None:
    panning.pointer((577, 250), VIEW)
    panning._step()
    slow = panning.before[0]
    panning.pointer((600, 250), VIEW)
    panning._step()
    assert 0 < slow < panning.before[0] - slow


def test_an_edge_with_nothing_behind_it_and_the_pointers_end_move_nothing(panning) -> None:
    panning.pointer((300, 0), VIEW)
    assert not panning.is_moving
    panning.pointer((599, 250), VIEW)
    panning.stop()
    assert not panning.is_moving


def test_what_is_seen_stays_in_sight_when_sizes_change(panning) -> None:
    panning.pointer((600, 250), VIEW)
    for _ in range(100):
        panning._step()
    panning.resize(PICTURE, (900, 500))
    assert panning.before == (100, 0)
    panning.resize((500, 400), (900, 500))
    assert panning.before == (0, 0)


async def test_the_part_that_is_seen_is_exact(qapp) -> None:
    surface, display = Surface(DeafSink()), FakeDisplay()
    surface.resize(400, 300)
    surface.attach(display)
    surface.show()
    display.resize(1000, 300)
    display.paint(Rect(0, 0, 1000, 300), (200, 100, 50))
    display.paint(Rect(999, 0, 1, 300), (0, 0, 255))
    display.show()
    await eventually(lambda: surface.picture_size.width() == 1000)
    assert surface.is_larger
    surface.show_actual(True)
    assert surface.placement.scale == 1.0
    assert pixels(surface).pixelColor(399, 150) == QColor(50, 100, 200)
    surface._panning.pointer((400, 150), (400, 300))
    await eventually(lambda: not surface._panning.is_moving)
    assert pixels(surface).pixelColor(399, 150) == QColor(255, 0, 0)
    assert pixels(surface).pixelColor(398, 150) == QColor(50, 100, 200)
    surface.show_actual(False)
    assert surface.placement.scale == 0.4
    surface.close()
    surface.deleteLater()


async def test_the_bar_offers_it_only_for_a_picture_that_is_larger(open_window) -> None:
    opened = open_window()
    await opened.hold()
    bar = opened.window._bar
    assert bar._actual.isHidden()
    opened.session.display.resize(1600, 900)
    opened.session.display.show()
    await eventually(lambda: opened.surface.picture_size.width() == 1600)
    assert not bar._actual.isHidden()
    bar._actual.click()
    assert opened.surface.placement.scale == 1.0
    bar._actual.click()
    assert opened.surface.placement.scale < 1.0
    opened.session.display.resize(320, 200)
    opened.session.display.show()
    await eventually(bar._actual.isHidden)
