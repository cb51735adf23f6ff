from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.vm.display.input_queue import (
    LIMIT,
    MOTION_INTERVAL_S,
    ButtonEvent,
    InputQueue,
    KeyEvent,
    MoveBy,
    MoveTo,
    WheelEvent,
)
from app.vm.display.seam import Button

CLICK = ButtonEvent(Button.LEFT, down=True)
EVENTS = st.one_of(
    st.builds(KeyEvent, st.integers(1, 12), st.booleans()),
    st.builds(ButtonEvent, st.sampled_from(Button), st.booleans()),
    st.builds(MoveTo, st.floats(0, 1), st.floats(0, 1)),
    st.builds(MoveBy, st.integers(-9, 9), st.integers(-9, 9)),
    st.builds(WheelEvent, st.integers(-9, 9), st.integers(-9, 9)),
)


def drain(queue: InputQueue) -> list[object]:
    return list(iter(lambda: queue.take(0.0, hurry=True), None))


def held(events) -> set[object]:
    down = set()
    for event in events:
        if isinstance(event, KeyEvent | ButtonEvent):
            name = getattr(event, "number", None) or event.button
            (down.add if event.down else down.discard)(name)
    return down


def test_motion_goes_at_once_and_then_at_most_every_eight_milliseconds():
    queue = InputQueue()
    queue.add(MoveTo(0.1, 0.1))
    assert queue.take(5.0) == MoveTo(0.1, 0.1)
    for step in range(2, 6):
        queue.add(MoveTo(step / 10, 0.1))
        assert queue.take(5.001) is None
    assert queue.deadline() == 5.0 + MOTION_INTERVAL_S
    assert queue.take(5.0 + MOTION_INTERVAL_S) == MoveTo(0.5, 0.1)
    assert not queue
    assert queue.deadline() is None


def test_a_click_takes_the_motion_before_it_along_and_never_overtakes_it():
    queue = InputQueue()
    queue.add(MoveTo(0.1, 0.1))
    queue.take(5.0)
    for event in (MoveTo(0.2, 0.2), MoveTo(0.3, 0.3), CLICK, MoveTo(0.4, 0.4)):
        queue.add(event)
    assert [queue.take(5.0), queue.take(5.0), queue.take(5.0)] == [MoveTo(0.3, 0.3), CLICK, None]


def test_relative_motion_and_notches_add_up():
    queue = InputQueue()
    for event in (
        MoveBy(1, 2),
        MoveBy(-5, 4),
        WheelEvent(0, 1),
        WheelEvent(1, 1),
        WheelEvent(0, 99),
    ):
        queue.add(event)
    assert drain(queue) == [MoveBy(-4, 6), WheelEvent(1, 32)]


def test_when_it_is_full_motion_is_given_up_before_presses():
    queue = InputQueue()
    for number in range(LIMIT // 2):
        queue.add(KeyEvent(number, down=True))
        queue.add(MoveTo(number / LIMIT, 0.0))
    queue.add(CLICK)
    assert drain(queue) == [*(KeyEvent(n, down=True) for n in range(LIMIT // 2)), CLICK]


def test_when_it_is_full_a_press_is_refused_and_its_release_is_not():
    queue = InputQueue()
    for _ in range(LIMIT // 2):
        queue.add(KeyEvent(30, down=True))
        queue.add(KeyEvent(30, down=False))
    queue.add(KeyEvent(31, down=True))
    queue.add(KeyEvent(31, down=False))
    queue.add(KeyEvent(31, down=False))
    assert len(queue) == LIMIT + 1
    assert drain(queue)[-1] == KeyEvent(31, down=False)


@given(st.lists(EVENTS, max_size=900))
def test_whatever_is_lost_no_key_that_was_released_stays_down(events):
    queue = InputQueue()
    for event in events:
        queue.add(event)
    assert len(queue) <= LIMIT + 12 + len(Button)
    assert held(drain(queue)) <= held(events)
