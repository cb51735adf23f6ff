"""The picture: exact pixels, blending, cursor, and what the surface asks of a display."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor

from app.exclusive.cursors import guest_cursor
from app.exclusive.pointer import Notches
from app.exclusive.surface import Surface
from app.vm.display.seam import CursorShape, Rect
from tests.exclusive.conftest import ROOT, pixels
from tests.fakes.display import FakeDisplay
from tests.fakes.sink import DeafSink
from tests.helpers.waiting import eventually

RATIOS = ["1", "1.25", "1.5", "1.75", "2"]


def probe(ratio: str, **environment: str) -> dict:
    done = subprocess.run(
        [sys.executable, "-m", "tests.exclusive.pixel_probe"],
        cwd=ROOT,
        env={**os.environ, "QT_SCALE_FACTOR": ratio, **environment},
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("ratio", RATIOS)
def test_every_pixel_is_the_guests_at_any_scale_of_the_screen(ratio):
    answer = probe(ratio, QT_QPA_PLATFORM="offscreen")
    assert answer["ratio"] == float(ratio)
    assert set(answer["differences"].values()) == {0}


@pytest.mark.x11
@pytest.mark.parametrize("ratio", RATIOS)
def test_changed_parts_are_exact_on_a_real_screen(ratio, x_display):
    answer = probe(ratio, QT_QPA_PLATFORM="xcb", DISPLAY=x_display)
    assert set(answer["differences"].values()) == {0}


@pytest.fixture
def shown(qapp) -> Iterator[tuple[Surface, FakeDisplay]]:
    """A surface of 400 x 300 with a display that has shown nothing yet."""
    surface, display = Surface(DeafSink()), FakeDisplay()
    surface.resize(400, 300)
    surface.attach(display)
    surface.show()
    yield surface, display
    surface.close()
    surface.deleteLater()


async def show_picture(surface: Surface, display: FakeDisplay, size: tuple[int, int]) -> None:
    display.resize(*size)
    display.paint(Rect(0, 0, *size), (200, 100, 50))
    display.show()
    await eventually(lambda: surface.picture_size.toTuple() == size)


async def test_before_the_first_picture_all_is_black(shown):
    surface, _ = shown
    assert pixels(surface).pixelColor(200, 150) == QColor("black")


async def test_a_larger_picture_is_fitted_with_black_beside_it(shown):
    surface, display = shown
    await show_picture(surface, display, (1600, 600))
    image = pixels(surface)
    assert image.pixelColor(200, 150) == QColor(50, 100, 200)
    assert image.pixelColor(200, 10) == QColor("black")
    assert image.pixelColor(200, 290) == QColor("black")


async def test_the_picture_is_not_copied(shown):
    surface, display = shown
    await show_picture(surface, display, (400, 300))
    display.paint(Rect(0, 0, 400, 300), (1, 2, 3))  # not told, but it is the same memory
    assert pixels(surface).pixelColor(5, 5) == QColor(3, 2, 1)


async def test_a_copy_for_others_does_not_change_with_the_guest(shown):
    surface, display = shown
    await show_picture(surface, display, (400, 300))
    copy = surface.picture()
    display.paint(Rect(0, 0, 400, 300), (1, 2, 3))
    assert copy.pixelColor(5, 5) == QColor(50, 100, 200)


async def test_the_last_picture_stays_when_the_display_is_gone(shown):
    surface, display = shown
    await show_picture(surface, display, (400, 300))
    surface.detach()
    display.framebuffer = None
    assert pixels(surface).pixelColor(200, 150) == QColor(50, 100, 200)


async def test_a_wake_that_comes_after_the_end_is_ignored(shown):
    surface, display = shown
    await show_picture(surface, display, (400, 300))
    display.show(Rect(0, 0, 10, 10))
    surface.detach()
    requests = display.requests
    surface.repaint()
    assert display.requests == requests


async def test_a_change_without_pixels_is_answered_without_painting(shown):
    surface, display = shown
    await show_picture(surface, display, (400, 300))
    await eventually(lambda: display.requests == 1)
    display.set_pointer(absolute=True)
    await eventually(lambda: display.requests == 2)


async def test_large_changes_of_a_scaled_picture_are_blended_when_they_rest(shown):
    surface, display = shown
    surface.resize(700, 500)
    await show_picture(surface, display, (1000, 700))
    for x in range(0, 1000, 2):
        display.paint(Rect(x, 0, 1, 700), (255, 255, 255))
        display.paint(Rect(x + 1, 0, 1, 700), (0, 0, 0))
    display.show(Rect(0, 0, 1000, 700))
    await eventually(lambda: not surface._rough.isEmpty())
    await eventually(surface._rough.isEmpty)


async def test_small_changes_of_a_scaled_picture_are_blended_at_once(shown):
    surface, display = shown
    await show_picture(surface, display, (1000, 700))
    await eventually(surface._rough.isEmpty)
    display.show(Rect(0, 0, 20, 20))
    await eventually(lambda: display.requests >= 2)
    assert surface._rough.isEmpty()


async def test_the_end_of_the_display_is_told(shown):
    surface, display = shown
    ends = []
    surface.displayClosed.connect(ends.append)
    display.break_off("The engine ended the display's connection.")
    await eventually(lambda: ends == ["The engine ended the display's connection."])


# Cursor and wheel.


def shape(width=8, height=8) -> CursorShape:
    return CursorShape(width, height, 3, 2, bytes((10, 20, 30, 255)) * (width * height))


def test_the_guests_cursor_keeps_its_hot_spot_and_colours(qapp):
    cursor = guest_cursor(shape(), scale=1.0, ratio=1.0)
    assert cursor.hotSpot() == QPoint(3, 2)
    assert cursor.pixmap().toImage().pixelColor(0, 0) == QColor(30, 20, 10)


def test_the_hot_spot_is_given_in_the_toolkits_pixels(qapp):
    cursor = guest_cursor(shape(32, 32), scale=2.0, ratio=2.0)
    assert cursor.hotSpot() == QPoint(3, 2)
    assert cursor.pixmap().size().toTuple() == (64, 64)


def test_an_empty_cursor_hides_it(qapp):
    assert guest_cursor(CursorShape(0, 0, 0, 0, b""), scale=1, ratio=1).shape() is (
        Qt.CursorShape.BlankCursor
    )


def test_a_huge_cursor_stays_within_what_servers_take(qapp):
    cursor = guest_cursor(shape(128, 64), scale=40.0, ratio=1.0)
    assert max(cursor.pixmap().size().toTuple()) == 256


def test_small_steps_of_the_wheel_add_up_to_notches():
    notches = Notches()
    assert [notches.turn(QPoint(0, 50)) for _ in range(5)] == [
        (0, 0),
        (0, 0),
        (0, 1),
        (0, 0),
        (0, 1),
    ]


def test_a_turn_the_other_way_begins_anew():
    notches = Notches()
    notches.turn(QPoint(0, 110))
    assert notches.turn(QPoint(0, -120)) == (0, -1)


def test_both_wheels_count_on_their_own():
    assert Notches().turn(QPoint(-240, 120)) == (2, 1)
