"""A place on one screen of a guest, as a place in all that it shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.vm.display.screen_layout import ScreenLayout

SIDE = st.integers(1, 4096)
PART = st.floats(0, 1)


def two(first: tuple[int, int], second: tuple[int, int]) -> ScreenLayout:
    layout = ScreenLayout()
    layout.put(0, *first)
    layout.put(1, *second)
    return layout


@given(SIDE, SIDE, PART, PART)
def test_one_screen_is_the_whole(width, height, x, y):
    layout = ScreenLayout()
    layout.put(0, width, height)
    placed = layout.place(0, x, y)
    assert placed == pytest.approx((x if width > 1 else 0, y if height > 1 else 0))


@given(st.tuples(SIDE, SIDE), st.tuples(SIDE, SIDE), PART, PART)
def test_the_second_screen_lies_at_the_right_of_the_first(first, second, x, y):
    (w0, h0), (w1, h1) = first, second
    layout = two(first, second)
    whole_w, whole_h = w0 + w1 - 1, max(h0, h1) - 1
    left, right = layout.place(0, x, y), layout.place(1, x, y)
    assert left[0] * whole_w == pytest.approx(x * (w0 - 1), abs=1e-6)
    assert right[0] * whole_w == pytest.approx(w0 + x * (w1 - 1), abs=1e-6)
    assert left[1] * whole_h == pytest.approx(y * (h0 - 1), abs=1e-6)
    assert right[1] * whole_h == pytest.approx(y * (h1 - 1), abs=1e-6)


def test_the_corners_of_both_screens_are_whole_pixels():
    layout = two((1280, 800), (1024, 768))
    x, y = layout.place(1, 1.0, 1.0)
    assert (round(x * 2303), round(y * 799)) == (2303, 767)
    assert layout.place(0, 1.0, 1.0) == (1279 / 2303, 1.0)


def test_a_screen_that_the_guest_does_not_use_takes_no_room():
    layout = two((1280, 800), (640, 480))
    assert layout.place(0, 1.0, 1.0) == (1.0, 1.0)
    layout.put(1, 1280, 800)
    assert layout.place(0, 1.0, 1.0)[0] < 0.5
    layout.put(1, 640, 480)
    assert layout.place(0, 1.0, 1.0) == (1.0, 1.0)


def test_a_first_screen_of_that_size_is_one():
    layout = two((640, 480), (640, 400))
    assert layout.place(0, 1.0, 0.0) == (639 / 1279, 0.0)


def test_a_screen_that_was_closed_takes_no_room_and_an_unknown_one_is_the_whole():
    layout = two((1280, 800), (1280, 800))
    layout.remove(1)
    layout.remove(3)
    assert layout.place(0, 1.0, 0.5) == (1.0, 0.5)
    assert layout.place(1, 0.3, 0.5) == (0.3, 0.5)
