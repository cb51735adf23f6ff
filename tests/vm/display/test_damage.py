from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.vm.display.damage import Damage
from app.vm.display.seam import Rect

RECTS = st.lists(
    st.builds(Rect, st.integers(0, 60), st.integers(0, 60), st.integers(0, 20), st.integers(0, 20)),
    max_size=100,
)


def cells(rects) -> set[tuple[int, int]]:
    return {(x, y) for r in rects for x in range(r.x, r.x + r.w) for y in range(r.y, r.y + r.h)}


@given(RECTS)
def test_nothing_that_changed_is_lost_and_the_list_stays_short(rects):
    damage = Damage()
    for rect in rects:
        damage.add(rect)
    assert bool(damage) == bool(cells(rects))
    taken = damage.take()
    assert cells(rects) <= cells(taken)
    assert len(taken) <= 32
    assert damage.take() == ()


def test_strips_of_one_area_become_one():
    damage = Damage()
    for y in range(0, 100, 10):
        damage.add(Rect(0, y, 50, 10))
    assert damage.take() == (Rect(0, 0, 50, 100),)


def test_what_lies_apart_stays_apart():
    damage = Damage()
    damage.add(Rect(0, 0, 5, 5))
    damage.add(Rect(90, 90, 5, 5))
    assert damage.take() == (Rect(0, 0, 5, 5), Rect(90, 90, 5, 5))


def test_too_many_become_one_around_all():
    damage = Damage()
    for n in range(33):
        damage.add(Rect(n * 10 % 70, n * 37 % 101, 1, 1))
    (one,) = damage.take()
    assert (one.x, one.w) == (0, 61)
