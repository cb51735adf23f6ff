"""Where the picture lies, and whether the pointer finds its way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exclusive.placement import Placement, place
from app.vm.display.seam import Rect

SIDES = st.integers(1, 5000)


def test_the_same_size_is_exact():
    assert place(1280, 800, 1280, 800) == Placement(0, 0, 1280, 800, 1280, 800)


def test_a_slightly_larger_window_keeps_the_picture_sharp_and_centred():
    assert place(1280, 800, 1300, 820) == Placement(10, 10, 1280, 800, 1280, 800)


def test_a_small_picture_grows_by_a_whole_factor_where_that_costs_little_room():
    placed = place(640, 480, 1920, 1080)
    assert (placed.scale, placed.is_sharp) == (2.0, True)


def test_a_small_picture_fills_the_screen_where_a_whole_factor_wastes_it():
    placed = place(720, 400, 1920, 1080)
    assert (placed.w, placed.h, placed.is_sharp) == (1920, 1067, False)


def test_a_large_picture_is_made_smaller():
    assert place(3840, 2160, 1920, 1200) == Placement(0, 60, 1920, 1080, 3840, 2160)


@given(SIDES, SIDES, SIDES, SIDES)
def test_the_picture_is_always_inside_and_touches_two_edges_or_is_whole(gw, gh, vw, vh):
    placed = place(gw, gh, vw, vh)
    assert placed.x >= 0
    assert placed.y >= 0
    assert placed.x + placed.w <= vw
    assert placed.y + placed.h <= vh
    assert placed.is_sharp or placed.w == vw or placed.h == vh


@given(SIDES, SIDES, SIDES, SIDES)
def test_each_corner_of_the_picture_is_the_guests_corner(gw, gh, vw, vh):
    placed = place(gw, gh, vw, vh)
    assert placed.to_guest(placed.x, placed.y) == (0.0, 0.0)
    right, bottom = placed.to_guest(placed.x + placed.w - 0.01, placed.y + placed.h - 0.01)
    assert right == (1.0 if gw > 1 and placed.w > 1 else 0.0)
    assert bottom == (1.0 if gh > 1 and placed.h > 1 else 0.0)


@given(st.integers(0, 1279), st.sampled_from([1.0, 1.25, 1.5, 1.75, 2.0]))
def test_every_pixel_is_found_again_after_the_toolkits_division(pixel, ratio):
    placed = place(1280, 800, 1400, 900)
    logical = (placed.x + pixel) / ratio
    x, _ = placed.to_guest(logical * ratio, 0)
    assert round(x * 1279) == pixel


@pytest.mark.parametrize("x", [-500.0, 5000.0])
def test_a_point_beside_the_picture_is_its_edge(x):
    assert place(100, 100, 300, 100).to_guest(x, 50)[0] == (0.0 if x < 0 else 1.0)


@given(SIDES, SIDES, SIDES, SIDES, st.data())
def test_a_changed_part_covers_every_screen_pixel_that_shows_it(gw, gh, vw, vh, data):
    placed = place(gw, gh, vw, vh)
    x, y = data.draw(st.integers(0, gw - 1)), data.draw(st.integers(0, gh - 1))
    part = placed.to_view(Rect(x, y, 1, 1))
    assert part.x <= placed.x + x * placed.w / gw
    assert part.x + part.w >= placed.x + (x + 1) * placed.w / gw
    assert part.y <= placed.y + y * placed.h / gh
    assert part.y + part.h >= placed.y + (y + 1) * placed.h / gh
