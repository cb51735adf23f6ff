from __future__ import annotations

import pytest

from app.vm.display.rfb.pokes import Pokes


def due(pokes: Pokes, until: float, *, resting: bool = False) -> list[float]:
    times = []
    while (at := pokes.deadline(resting=resting)) is not None and at <= until:
        times.append(round(at, 4))
        pokes.poked(at)
    return times


def test_an_input_is_followed_by_four_pokes():
    pokes = Pokes()
    pokes.input_sent(1.0)
    assert due(pokes, 9.0) == [1.003, 1.012, 1.032, 1.062]


def test_a_picture_after_the_first_poke_ends_them():
    pokes = Pokes()
    pokes.input_sent(1.0)
    assert due(pokes, 1.005) == [1.003]
    pokes.picture_came()
    assert pokes.deadline(resting=False) is None


def test_a_picture_from_before_the_input_had_effect_does_not_end_them():
    pokes = Pokes()
    pokes.input_sent(1.0)
    pokes.picture_came()
    assert due(pokes, 9.0) == [1.003, 1.012, 1.032, 1.062]


def test_steady_input_does_not_put_the_poke_off_for_ever():
    pokes = Pokes()
    times = []
    for step in range(20):
        now = 1.0 + step * 0.002
        times += due(pokes, now)
        pokes.input_sent(now)
    assert len(times) >= 10
    assert times[0] == 1.003


def test_late_pokes_are_not_made_up_for():
    pokes = Pokes()
    pokes.input_sent(1.0)
    pokes.poked(1.04)
    assert pokes.deadline(resting=False) == pytest.approx(1.062)


def test_a_resting_server_is_poked_only_when_that_is_wanted_and_a_picture_is_awaited():
    assert Pokes().deadline(resting=True) is None
    pokes = Pokes(rest_s=0.25)
    pokes.poked(1.0)
    assert pokes.deadline(resting=False) is None
    assert due(pokes, 1.6, resting=True) == [1.25, 1.5]
