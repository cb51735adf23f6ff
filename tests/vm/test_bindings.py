"""One view a machine, one machine a window, with the document's words."""

from __future__ import annotations

import uuid

import pytest

from app.errors import BIND_FAILED, WINDOW_EXISTS, WINDOW_ID_ERROR, Code, ViewError
from app.vm.bindings import Binding, Bindings
from app.vm.events import ViewState

ONE, OTHER = uuid.uuid4(), uuid.uuid4()


def refusal(call, *args) -> str:
    with pytest.raises(ViewError) as caught:
        call(*args)
    assert caught.value.code is Code.WINDOW
    assert caught.value.remedy
    return caught.value.message


@pytest.fixture
def table() -> Bindings:
    return Bindings()


def test_a_machine_is_bound_to_a_window_that_was_asked_for(table: Bindings) -> None:
    window = table.issue_window()

    binding = table.bind(ONE, window, 800, 600)

    assert binding == Binding(ONE, window, 800, 600)
    assert table.of_machine(ONE) == binding
    assert table.of_window(window) == binding
    assert table.of_machine(OTHER) is None


def test_a_second_view_of_a_machine_is_refused(table: Bindings) -> None:
    table.bind(ONE, table.issue_window(), 800, 600)

    assert refusal(table.bind, ONE, table.issue_window(), 800, 600) == WINDOW_EXISTS


def test_a_window_that_shows_another_machine_is_refused(table: Bindings) -> None:
    window = table.issue_window()
    table.bind(ONE, window, 800, 600)

    assert refusal(table.bind, OTHER, window, 800, 600) == BIND_FAILED


@pytest.mark.parametrize("window", [0, -1, 1001, 2])
def test_a_window_that_nobody_asked_for_is_refused(table: Bindings, window: int) -> None:
    table.issue_window()

    assert refusal(table.bind, ONE, window, 800, 600) == WINDOW_ID_ERROR
    assert refusal(table.release, window) == WINDOW_ID_ERROR
    assert refusal(table.resize, 800, 600, window) == WINDOW_ID_ERROR


@pytest.mark.parametrize("size", [(0, 600), (800, 0), (-1, -1)])
def test_a_view_has_a_size(table: Bindings, size: tuple[int, int]) -> None:
    window = table.issue_window()

    assert refusal(table.bind, ONE, window, *size) == BIND_FAILED
    table.bind(ONE, window, 1, 1)
    assert refusal(table.resize, *size) == WINDOW_ID_ERROR


def test_a_released_window_can_be_bound_again(table: Bindings) -> None:
    window = table.issue_window()
    first = table.bind(ONE, window, 800, 600)

    assert table.release(window) == first
    assert table.of_machine(ONE) is None
    assert table.bind(OTHER, window, 640, 480).vm_id == OTHER
    assert refusal(table.release, window + 1) == WINDOW_ID_ERROR


def test_a_closed_window_s_number_is_never_used_again(table: Bindings) -> None:
    window = table.issue_window()
    table.withdraw_window(window)

    assert refusal(table.bind, ONE, window, 800, 600) == WINDOW_ID_ERROR
    assert table.issue_window() != window


def test_without_a_number_exactly_one_view_can_be_resized(table: Bindings) -> None:
    assert refusal(table.resize, 800, 600) == WINDOW_ID_ERROR
    table.bind(ONE, table.issue_window(), 800, 600)
    assert table.resize(1024, 768).width_px == 1024
    second = table.issue_window()
    table.bind(OTHER, second, 800, 600)
    assert refusal(table.resize, 800, 600) == WINDOW_ID_ERROR
    assert table.resize(320, 200, second).vm_id == OTHER


def test_it_can_be_asked_whether_a_view_could_be_bound_and_nothing_is_bound_by_that(
    table: Bindings,
) -> None:
    window = table.issue_window()

    table.check_bind(ONE, window, 800, 600)

    assert table.all() == ()
    assert table.is_free(window)
    table.bind(ONE, window, 800, 600)
    assert not table.is_free(window)
    assert refusal(table.check_bind, ONE, table.issue_window(), 800, 600) == WINDOW_EXISTS
    assert refusal(table.check_bind, OTHER, window, 800, 600) == BIND_FAILED
    assert refusal(table.check_bind, OTHER, 1001, 800, 600) == WINDOW_ID_ERROR
    assert refusal(table.check_bind, OTHER, table.issue_window(), 0, 600) == BIND_FAILED


def test_the_only_view_is_meant_without_a_number_and_no_other(table: Bindings) -> None:
    assert refusal(table.only) == WINDOW_ID_ERROR
    one = table.bind(ONE, table.issue_window(), 800, 600)
    assert table.only() == table.only(one.window_id) == one
    other = table.bind(OTHER, table.issue_window(), 640, 480)
    assert refusal(table.only) == WINDOW_ID_ERROR
    assert table.only(other.window_id) == other
    assert refusal(table.only, 1001) == WINDOW_ID_ERROR
    assert table.all() == (one, other)


def test_a_view_that_was_resized_is_the_same_view(table: Bindings) -> None:
    window = table.bind(ONE, table.issue_window(), 800, 600).window_id
    table.note_state(window, ViewState.FOCUSED)

    resized = table.resize(1024, 768, window)

    assert table.of_machine(ONE) == table.of_window(window) == resized
    assert table.is_focused(window)


@pytest.mark.parametrize("state", [s for s in ViewState if s is not ViewState.RELEASED])
def test_what_the_window_told_last_decides_whether_it_is_seen(
    table: Bindings, state: ViewState
) -> None:
    window = table.issue_window()
    assert not table.is_visible(window)
    table.bind(ONE, window, 800, 600)
    assert table.is_visible(window)
    assert not table.is_focused(window)

    table.note_state(window, state)

    assert table.is_focused(window) is (state is ViewState.FOCUSED)
    assert table.is_visible(window) is (state is not ViewState.HIDDEN)


def test_a_released_view_is_neither_seen_nor_focused_and_begins_anew(table: Bindings) -> None:
    window = table.issue_window()
    table.bind(ONE, window, 800, 600)
    table.note_state(window, ViewState.FOCUSED)
    table.release(window)

    assert not table.is_visible(window)
    assert not table.is_focused(window)
    table.bind(OTHER, window, 800, 600)
    assert not table.is_focused(window)
