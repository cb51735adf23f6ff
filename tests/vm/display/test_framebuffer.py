from __future__ import annotations

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.vm.display.framebuffer import MAX_BYTES, MAX_SIDE_PX, Framebuffer


def test_a_fresh_picture_is_black_and_has_no_gaps():
    picture = Framebuffer(30, 20, 3)
    assert bytes(picture.memory) == bytes(30 * 20 * 4)
    assert (picture.stride, picture.generation) == (120, 3)


@pytest.mark.parametrize(
    ("width", "height"),
    [(0, 1), (1, 0), (-1, 5), (MAX_SIDE_PX + 1, 1), (1, MAX_SIDE_PX + 1), (MAX_SIDE_PX, 4097)],
)
def test_a_size_that_cannot_be_is_refused_before_memory_is_asked_for(width, height):
    with pytest.raises(ValueError, match="a picture of"):
        Framebuffer(width, height, 1)


def test_the_largest_picture_costs_nothing_until_it_is_written():
    assert len(Framebuffer(MAX_SIDE_PX, MAX_BYTES // 4 // MAX_SIDE_PX, 1).memory) == MAX_BYTES


@given(st.data())
def test_rows_cover_exactly_their_rectangle(data):
    width, height = data.draw(st.integers(1, 20)), data.draw(st.integers(1, 20))
    x, y = data.draw(st.integers(0, width)), data.draw(st.integers(0, height))
    w, h = data.draw(st.integers(0, width - x)), data.draw(st.integers(0, height - y))
    picture = Framebuffer(width, height, 1)
    for row in picture.rows(x, y, w, h):
        row[:] = b"\xff" * len(row)
    expected = b"".join(
        b"\xff" * 4 if x <= column < x + w and y <= line < y + h else bytes(4)
        for line in range(height)
        for column in range(width)
    )
    assert bytes(picture.memory) == expected


def test_the_full_width_is_one_buffer():
    assert [len(row) for row in Framebuffer(10, 8, 1).rows(0, 2, 10, 3)] == [120]


@pytest.mark.parametrize("box", [(0, 0, 11, 1), (10, 0, 1, 1), (0, 8, 1, 1), (-1, 0, 1, 1)])
def test_a_rectangle_outside_is_refused(box):
    with pytest.raises(ValueError, match="outside of 10x8"):
        Framebuffer(10, 8, 1).rows(*box)


def test_a_view_keeps_the_memory_alive():
    row = Framebuffer(4, 4, 1).rows(1, 1, 2, 2)[0]
    gc.collect()
    row[:] = b"12345678"
    assert bytes(row) == b"12345678"
