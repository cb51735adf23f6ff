"""Window and guest agree on one size, and stop."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from app.exclusive.size_agreement import SizeAgreement

SMALL, OWN, SCREEN = (720, 400), (1024, 768), (1920, 1080)


def shown(picture: tuple[int, int] = OWN, view: tuple[int, int] = OWN) -> SizeAgreement:
    """A view at rest whose window has the picture's size."""
    agreement = SizeAgreement()
    agreement.connected()
    agreement.picture_changed(picture)
    agreement.view_changed(view, chosen=False)
    assert agreement.wish_due() is None
    agreement.fit_due()
    return agreement


def test_a_window_that_nobody_has_sized_takes_the_pictures_size() -> None:
    agreement = shown()
    agreement.picture_changed(SMALL)
    assert agreement.wish_due() is None
    assert agreement.fit_due() == SMALL
    agreement.view_changed(SMALL, chosen=False)
    assert agreement.wish_due() is agreement.fit_due() is None


def test_a_guest_is_asked_once_for_a_size_that_the_person_chose() -> None:
    agreement = shown()
    agreement.view_changed(SCREEN, chosen=True)
    assert agreement.wish_due() == SCREEN
    assert agreement.fit_due() is None
    agreement.picture_changed(SCREEN)
    assert agreement.wish_due() is agreement.fit_due() is None


def test_a_guest_that_takes_another_size_than_asked_for_is_left_alone() -> None:
    agreement = shown()
    agreement.view_changed(SCREEN, chosen=True)
    assert agreement.wish_due() == SCREEN
    agreement.picture_changed((1600, 900))
    agreement.view_changed(SCREEN, chosen=True)
    assert agreement.wish_due() is agreement.fit_due() is None


def test_a_guest_that_followed_into_the_full_screen_follows_back_to_the_window() -> None:
    agreement = shown()
    agreement.view_changed(SCREEN, chosen=True)
    assert agreement.wish_due() == SCREEN
    agreement.picture_changed(SCREEN)
    assert agreement.wish_due() is agreement.fit_due() is None
    agreement.view_changed(OWN, chosen=False)
    assert agreement.wish_due() == OWN
    assert agreement.fit_due() is None


def test_a_guest_that_did_not_follow_into_the_full_screen_is_not_asked_on_the_way_back() -> None:
    agreement = shown()
    agreement.view_changed(SCREEN, chosen=True)
    assert agreement.wish_due() == SCREEN
    agreement.view_changed(OWN, chosen=False)
    assert agreement.wish_due() is agreement.fit_due() is None


def test_a_device_that_cannot_follow_is_asked_once_a_connection() -> None:
    agreement = shown()
    agreement.view_changed(SCREEN, chosen=True)
    assert agreement.wish_due() == SCREEN
    agreement.refused()
    agreement.view_changed((1800, 1000), chosen=True)
    assert agreement.wish_due() is None
    agreement.connected()
    assert agreement.wish_due() == (1800, 1000)


def test_a_chosen_size_is_asked_for_when_the_first_picture_is_there() -> None:
    agreement = SizeAgreement()
    agreement.connected()
    agreement.view_changed(SCREEN, chosen=True)
    assert agreement.wish_due() is None
    agreement.picture_changed(SMALL)
    assert agreement.wish_due() == SCREEN


def test_a_tiny_window_asks_for_nothing() -> None:
    agreement = shown()
    agreement.view_changed((480, 300), chosen=True)
    assert agreement.wish_due() is None


SIZES = st.tuples(st.integers(320, 4000), st.integers(320, 3000))


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["view", "screen", "picture", "refuse", "connect"]), SIZES),
        max_size=30,
    ),
    answers=st.sampled_from([lambda wish: wish, lambda _: None, lambda _: OWN]),
)
def test_whatever_happens_it_comes_to_rest(
    steps: list[tuple[str, tuple[int, int]]],
    answers: Callable[[tuple[int, int]], tuple[int, int] | None],
) -> None:
    agreement = SizeAgreement()
    for step, size in steps:
        match step:
            case "view":
                agreement.view_changed(size, chosen=True)
            case "screen":
                agreement.view_changed(size, chosen=False)
            case "picture":
                agreement.picture_changed(size)
            case "refuse":
                agreement.refused()
            case _:
                agreement.connected()
        for _ in range(3):  # a wish, what the guest makes of it, and what the window makes of that
            wish, fit = agreement.wish_due(), agreement.fit_due()
            if wish is None and fit is None:
                break
            if wish is not None and (answer := answers(wish)) is not None:
                agreement.picture_changed(answer)
            if fit is not None:
                agreement.view_changed(fit, chosen=False)
        assert agreement.wish_due() is agreement.fit_due() is None
