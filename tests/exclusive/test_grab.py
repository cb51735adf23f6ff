"""The key machine: what one event does, and what no sequence of events may ever do."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.exclusive.grab import Capture, Grab
from app.exclusive.verdicts import (
    Entered,
    HandBack,
    LockPointer,
    Reason,
    Refused,
    Released,
    SendButton,
    SendKey,
    StartCapture,
    StopCapture,
    UnlockPointer,
    Verdict,
)
from app.vm.display.chord import parse_chord
from app.vm.display.key_groups import KeyGroup
from app.vm.display.keymap import Key
from app.vm.display.seam import Button

A, B = 0x1E, 0x30
TAB, PAUSE, DELETE = Key.TAB, Key.PAUSE, Key.DELETE
LEFT_CTRL, RIGHT_CTRL, LEFT_SHIFT = Key.LEFT_CTRL, Key.RIGHT_CTRL, Key.LEFT_SHIFT
LEFT_ALT, RIGHT_ALT = Key.LEFT_ALT, Key.RIGHT_ALT


def down(number):
    return SendKey(number, down=True)


def up(number):
    return SendKey(number, down=False)


def held_grab(*, exclusive=False, release_key=RIGHT_CTRL, **more) -> Grab:
    grab = Grab(release_key, **more)
    grab.mode(exclusive=exclusive)
    grab.machine(live=True)
    grab.shown(visible=True)
    grab.focus(has=True)
    grab.hand_over()
    assert grab.holding
    return grab


def tap(grab, number):
    return grab.key(number, down=True) + grab.key(number, down=False)


# One event at a time.


def test_nothing_reaches_the_guest_before_everything_allows_it():
    grab = Grab()
    assert grab.key(A, down=True) == []
    assert grab.hand_over() == []
    assert grab.focus(has=True) == []
    assert grab.shown(visible=True) == []
    assert grab.machine(live=True) == [Entered()]
    assert grab.key(A, down=True) == [down(A)]


def test_exclusive_mode_asks_for_all_keys_and_gives_them_back():
    grab = held_grab(exclusive=True)
    assert grab.capture is Capture.ASKED
    assert grab.capture_answered(granted=True) == []
    grab.key(A, down=True)
    assert grab.release(Reason.BUTTON) == [up(A), StopCapture(), Released(Reason.BUTTON)]
    assert grab.capture is Capture.IDLE


def test_an_ordinary_window_leaves_the_desktop_its_shortcuts():
    assert held_grab().capture is Capture.IDLE


def test_a_refused_capture_is_said_and_keys_still_go_to_the_guest():
    grab = held_grab(exclusive=True)
    assert grab.capture_answered(granted=False) == [Refused()]
    assert grab.key(A, down=True) == [down(A)]
    assert grab.release(Reason.KEY) == [up(A), StopCapture(), Released(Reason.KEY)]


def test_a_late_grant_is_handed_back():
    grab = held_grab(exclusive=True)
    grab.focus(has=False)
    assert grab.capture_answered(granted=True) == [StopCapture()]


def test_the_same_answer_again_changes_nothing():
    grab = held_grab(exclusive=True)
    grab.capture_answered(granted=False)
    assert grab.capture_answered(granted=False) == []
    grab = held_grab(exclusive=True)
    grab.capture_answered(granted=True)
    assert grab.capture_answered(granted=True) == []


def test_a_desktop_that_changes_its_mind_is_followed():
    grab = held_grab(exclusive=True)
    grab.capture_answered(granted=False)
    assert grab.capture_answered(granted=True) == [Entered()]
    assert grab.capture is Capture.GRANTED
    assert grab.capture_answered(granted=False) == [Refused()]
    assert grab.capture is Capture.REFUSED
    assert grab.holding


def test_becoming_exclusive_while_holding_captures_and_says_the_way_out():
    grab = held_grab()
    assert grab.mode(exclusive=True) == [StartCapture(), Entered()]
    assert grab.exclusive
    assert grab.mode(exclusive=True) == []
    assert grab.mode(exclusive=False) == [StopCapture()]
    assert grab.holding


def test_the_release_key_alone_gives_back_and_never_reaches_the_guest():
    grab = held_grab()
    assert tap(grab, RIGHT_CTRL) == [Released(Reason.KEY)]
    assert not grab.holding


def test_the_release_key_with_another_key_is_a_modifier():
    grab = held_grab()
    assert grab.key(RIGHT_CTRL, down=True) == []
    assert grab.key(A, down=True) == [down(RIGHT_CTRL), down(A)]
    assert grab.key(A, down=False) == [up(A)]
    assert grab.key(RIGHT_CTRL, down=False) == [up(RIGHT_CTRL)]
    assert grab.holding


def test_the_release_key_pressed_after_another_key_goes_through_at_once():
    grab = held_grab()
    grab.key(LEFT_SHIFT, down=True)
    assert grab.key(RIGHT_CTRL, down=True) == [down(RIGHT_CTRL)]
    assert grab.key(RIGHT_CTRL, down=False) == [up(RIGHT_CTRL)]
    assert grab.holding


def test_the_release_key_with_a_click_or_the_wheel_is_a_modifier():
    grab = held_grab()
    grab.key(RIGHT_CTRL, down=True)
    assert grab.wheel() == [down(RIGHT_CTRL)]
    assert grab.key(RIGHT_CTRL, down=False) == [up(RIGHT_CTRL)]
    grab.key(RIGHT_CTRL, down=True)
    assert grab.button(Button.LEFT, down=True) == [
        down(RIGHT_CTRL),
        SendButton(Button.LEFT, down=True),
    ]


def test_any_key_can_be_the_release_key():
    grab = held_grab(release_key=PAUSE)
    assert tap(grab, RIGHT_CTRL) == [down(RIGHT_CTRL), up(RIGHT_CTRL)]
    assert tap(grab, PAUSE) == [Released(Reason.KEY)]


@pytest.mark.parametrize(
    "order", [(LEFT_CTRL, LEFT_ALT), (LEFT_ALT, LEFT_CTRL), (RIGHT_CTRL, RIGHT_ALT)]
)
@pytest.mark.parametrize("backwards", [False, True])
def test_ctrl_and_alt_let_go_together_give_back(order, backwards):
    grab = held_grab()
    for number in order:
        grab.key(number, down=True)
    first, last = reversed(order) if backwards else order
    assert grab.key(first, down=False) == [up(first)]
    assert grab.key(last, down=False) == [up(last), Released(Reason.CHORD)]


def test_another_combination_gives_back_when_its_last_key_goes_down():
    grab = held_grab()
    grab.chord = parse_chord("ctrl+alt+a")
    for number in (LEFT_CTRL, LEFT_ALT):
        assert grab.key(number, down=True) == [down(number)]
    assert grab.key(A, down=True) == [up(LEFT_ALT), up(LEFT_CTRL), Released(Reason.CHORD)]
    for number in (A, LEFT_ALT, LEFT_CTRL):
        assert grab.key(number, down=False) == []


def test_another_combination_takes_the_place_of_ctrl_and_alt():
    grab = held_grab()
    grab.chord = parse_chord("ctrl+alt+a")
    for is_down in (True, False):
        for number in (LEFT_CTRL, LEFT_ALT):
            grab.key(number, down=is_down)
    assert grab.holding


def test_a_combination_with_more_keys_held_is_another_one():
    grab = held_grab()
    grab.chord = parse_chord("ctrl+alt+a")
    for number in (LEFT_CTRL, LEFT_ALT, LEFT_SHIFT):
        grab.key(number, down=True)
    assert grab.key(A, down=True) == [down(A)]


def test_the_release_key_can_be_a_part_of_the_combination():
    grab = held_grab()
    grab.chord = parse_chord("ctrl+a")
    assert grab.key(RIGHT_CTRL, down=True) == []
    assert grab.key(A, down=True) == [Released(Reason.CHORD)]
    assert grab.key(A, down=False) == grab.key(RIGHT_CTRL, down=False) == []


def test_ctrl_alt_delete_is_no_release():
    grab = held_grab()
    for number in (LEFT_CTRL, LEFT_ALT, DELETE):
        grab.key(number, down=True)
    for number in (DELETE, LEFT_ALT, LEFT_CTRL):
        grab.key(number, down=False)
    assert grab.holding


def test_alt_tab_after_ctrl_was_let_go_is_no_release():
    grab = held_grab()
    for number in (LEFT_CTRL, LEFT_ALT):
        grab.key(number, down=True)
    grab.key(LEFT_CTRL, down=False)
    tap(grab, TAB)
    grab.key(LEFT_ALT, down=False)
    assert grab.holding


def test_a_click_while_ctrl_and_alt_are_down_is_no_release():
    grab = held_grab()
    grab.key(LEFT_CTRL, down=True)
    grab.key(LEFT_ALT, down=True)
    grab.button(Button.LEFT, down=True)
    grab.button(Button.LEFT, down=False)
    grab.key(LEFT_CTRL, down=False)
    grab.key(LEFT_ALT, down=False)
    assert grab.holding


def test_repeats_and_unpaired_releases_are_dropped():
    grab = held_grab()
    assert grab.key(A, down=False) == []
    grab.key(A, down=True)
    assert grab.key(A, down=True) == []
    assert grab.key(A, down=False, repeat=True) == []
    assert grab.key(A, down=True, repeat=True) == []
    assert grab.key(A, down=False) == [up(A)]


def test_losing_the_focus_lifts_everything_and_getting_it_back_goes_on():
    grab = held_grab()
    grab.key(LEFT_SHIFT, down=True)
    grab.key(A, down=True)
    grab.button(Button.LEFT, down=True)
    assert grab.focus(has=False) == [
        SendButton(Button.LEFT, down=False),
        up(A),
        up(LEFT_SHIFT),
        Released(Reason.FOCUS),
    ]
    assert grab.key(A, down=False) == []
    assert grab.focus(has=True) == [Entered()]


@pytest.mark.parametrize("reason", [Reason.LOCKED, Reason.SLEEP, Reason.SILENT, Reason.KEY])
def test_after_a_release_only_a_new_hand_over_gives_it_back(reason):
    grab = held_grab()
    grab.release(reason)
    grab.focus(has=False)
    assert grab.focus(has=True) == []
    assert grab.button(Button.LEFT, down=True) == [Entered()]
    assert grab.button(Button.LEFT, down=False) == []


def test_a_pause_releases_and_going_on_hands_over_again():
    grab = held_grab()
    grab.key(A, down=True)
    assert grab.machine(live=False) == [up(A), Released(Reason.MACHINE)]
    assert grab.machine(live=True) == [Entered()]


def test_a_closed_gate_lifts_everything_and_a_click_does_not_hand_over():
    grab = held_grab(exclusive=True)
    grab.capture_answered(granted=True)
    grab.key(A, down=True)
    assert grab.gate(is_open=False) == [up(A), StopCapture(), Released(Reason.POSTURE)]
    assert grab.button(Button.LEFT, down=True) == []
    assert grab.hand_over() == []
    assert grab.combination((A,)) == []
    assert grab.key(A, down=True) == []
    assert not grab.is_hindered


def test_an_open_gate_gives_nothing_back_by_itself():
    grab = held_grab()
    grab.gate(is_open=False)
    assert grab.gate(is_open=True) == []
    assert grab.hand_over() == [Entered()]


def test_a_question_takes_everything_until_it_has_gone():
    grab = held_grab()
    grab.key(A, down=True)
    assert grab.question(is_open=True) == [up(A), Released(Reason.QUESTION)]
    assert grab.hand_over() == []
    assert not grab.is_hindered
    assert grab.question(is_open=False) == [Entered()]


def test_a_question_gives_nothing_to_a_guest_that_had_nothing():
    grab = held_grab()
    grab.release(Reason.KEY)
    assert grab.question(is_open=True) == []
    assert grab.question(is_open=False) == []


def test_a_closed_window_never_gives_anything_again():
    grab = held_grab()
    grab.close()
    assert grab.hand_over() == []
    assert grab.focus(has=True) == []
    assert grab.combination((A,)) == []


def test_motion_only_needs_a_click_that_is_not_the_guests():
    grab = held_grab()
    grab.pointer_mode(absolute=False)
    assert not grab.takes_pointer
    assert grab.button(Button.LEFT, down=True) == [LockPointer()]
    assert grab.button(Button.LEFT, down=False) == []
    assert grab.takes_pointer
    assert grab.button(Button.LEFT, down=True) == [SendButton(Button.LEFT, down=True)]
    assert grab.pointer_mode(absolute=True) == [UnlockPointer()]


def test_a_combination_lifts_what_is_held_and_leaves_nothing_down():
    grab = held_grab()
    grab.key(LEFT_SHIFT, down=True)
    assert grab.combination((LEFT_CTRL, LEFT_ALT, DELETE)) == [
        up(LEFT_SHIFT),
        down(LEFT_CTRL),
        down(LEFT_ALT),
        down(DELETE),
        up(DELETE),
        up(LEFT_ALT),
        up(LEFT_CTRL),
    ]
    assert grab.holding
    assert grab.key(LEFT_SHIFT, down=False) == []


def test_a_combination_needs_no_focus_but_a_running_machine():
    grab = held_grab()
    grab.release(Reason.EDGE)
    assert grab.combination((A,)) == [down(A), up(A)]
    grab.machine(live=False)
    assert grab.combination((A,)) == []


def test_a_modifier_whose_release_was_swallowed_is_lifted_by_the_next_event():
    grab = held_grab()
    grab.key(LEFT_ALT, down=True)
    grab.modifiers(active=True)
    assert grab.modifiers(active=False) == [up(LEFT_ALT)]


def test_a_modifier_key_that_is_never_reported_as_one_is_left_alone():
    grab = held_grab()
    grab.key(LEFT_CTRL, down=True)
    assert grab.modifiers(active=False) == []
    assert grab.keys_down == (LEFT_CTRL,)


def test_a_release_key_whose_release_was_swallowed_does_not_join_the_next_key():
    grab = held_grab()
    grab.key(RIGHT_CTRL, down=True)
    grab.modifiers(active=True)
    grab.modifiers(active=False)
    assert grab.key(A, down=True) == [down(A)]


# Keys that stay with this computer.

MUTE = Key.MUTE
ALL_GROUPS = frozenset(KeyGroup)


def lending_grab(*kept: KeyGroup, hands_back=True) -> Grab:
    grab = held_grab(exclusive=True, kept=frozenset(kept), hands_back=hands_back)
    grab.capture_answered(granted=True)
    return grab


def test_a_key_that_stays_is_handed_back_and_the_guest_never_hears_of_it():
    grab = lending_grab(KeyGroup.VOLUME)
    assert grab.key(MUTE, down=True) == [HandBack(121)]
    assert grab.key(MUTE, down=True, repeat=True) == []
    assert grab.key(MUTE, down=False) == []
    assert grab.handed_back(frozenset()) == []
    assert tap(grab, A) == [down(A), up(A)]


def test_all_keys_are_the_desktops_until_the_kept_shortcut_is_over():
    grab = lending_grab(KeyGroup.SWITCH_WINDOWS)
    assert grab.key(LEFT_ALT, down=True) == [down(LEFT_ALT)]
    assert grab.key(TAB, down=True) == [HandBack(23, (64,))]
    assert tap(grab, TAB) == []  # once more through the list of windows
    assert tap(grab, A) == []
    assert grab.handed_back(frozenset()) == [up(LEFT_ALT)]  # let go where we did not see it
    assert grab.holding
    assert tap(grab, TAB) == [down(TAB), up(TAB)]


def test_what_is_still_down_afterwards_stays_down_in_the_guest():
    grab = lending_grab(KeyGroup.VOLUME)
    grab.key(LEFT_SHIFT, down=True)
    grab.key(MUTE, down=True)
    assert grab.handed_back(frozenset({LEFT_SHIFT})) == []
    assert grab.keys_down == (LEFT_SHIFT,)


def test_a_kept_shortcut_that_takes_the_focus_lifts_everything():
    grab = lending_grab(KeyGroup.SWITCH_WINDOWS)
    grab.key(LEFT_ALT, down=True)
    grab.key(TAB, down=True)
    assert grab.focus(has=False) == [up(LEFT_ALT), StopCapture(), Released(Reason.FOCUS)]
    assert grab.handed_back(frozenset()) == []
    grab.focus(has=True)
    grab.capture_answered(granted=True)
    assert tap(grab, A) == [down(A), up(A)]


def test_the_release_key_works_while_the_desktop_has_a_key():
    grab = lending_grab(KeyGroup.VOLUME)
    grab.key(MUTE, down=True)
    assert tap(grab, RIGHT_CTRL) == [StopCapture(), Released(Reason.KEY)]


def test_a_key_that_no_guest_knows_is_the_desktops_in_exclusive_mode_only():
    assert lending_grab().foreign_key(232) == [HandBack(232)]
    assert held_grab(hands_back=True).foreign_key(232) == []  # the desktop had its turn
    assert lending_grab(hands_back=False).foreign_key(232) == []


def test_without_capture_a_kept_key_has_been_the_desktops_already():
    grab = held_grab(kept=ALL_GROUPS, hands_back=True)
    assert tap(grab, MUTE) == []
    assert grab.key(LEFT_ALT, down=True) == [down(LEFT_ALT)]
    assert tap(grab, Key.F4) == []


def test_where_nothing_can_be_handed_back_all_keys_are_the_guests():
    grab = lending_grab(*ALL_GROUPS, hands_back=False)
    assert tap(grab, MUTE) == [down(MUTE), up(MUTE)]


def test_a_capture_that_does_not_come_back_is_said_and_keys_go_to_the_guest():
    grab = lending_grab(KeyGroup.VOLUME)
    grab.key(MUTE, down=True)
    assert grab.capture_answered(granted=False) == [Refused()]
    assert tap(grab, A) == [down(A), up(A)]


# Any sequence.

NUMBERS = [A, B, TAB, DELETE, LEFT_CTRL, RIGHT_CTRL, LEFT_ALT, RIGHT_ALT, LEFT_SHIFT, MUTE]
FLAG = st.booleans()
KEY = st.tuples(
    st.just("key"), st.sampled_from(NUMBERS), FLAG, st.sampled_from([False] * 7 + [True])
)
EVENT = st.one_of(
    KEY,
    KEY,
    st.tuples(st.just("button"), st.sampled_from(list(Button)), FLAG),
    st.tuples(
        st.sampled_from(["focus", "shown", "machine", "mode", "pointer_mode", "modifiers"]), FLAG
    ),
    st.tuples(st.sampled_from(["gate", "question"]), FLAG),
    st.tuples(st.just("capture_answered"), FLAG),
    st.tuples(st.just("foreign_key"), st.just(232)),
    st.tuples(st.just("handed_back"), st.frozensets(st.sampled_from(NUMBERS))),
    st.tuples(st.just("release"), st.sampled_from(list(Reason))),
    st.tuples(st.sampled_from(["hand_over", "hand_over", "wheel"])),
    st.tuples(st.just("combination"), st.lists(st.sampled_from(NUMBERS), unique=True, max_size=3)),
    # Otherwise few sequences ever hold.
    st.tuples(st.just("enter")),
)


def play(grab: Grab, event) -> list[Verdict]:  # noqa: PLR0911, PLR0912 - one line an event
    match event:
        case ("key", number, is_down, repeat):
            return grab.key(number, down=is_down, repeat=repeat)
        case ("button", button, is_down):
            return grab.button(button, down=is_down)
        case ("focus", flag):
            return grab.focus(has=flag)
        case ("shown", flag):
            return grab.shown(visible=flag)
        case ("machine", flag):
            return grab.machine(live=flag)
        case ("gate", flag):
            return grab.gate(is_open=flag)
        case ("question", flag):
            return grab.question(is_open=flag)
        case ("mode", flag):
            return grab.mode(exclusive=flag)
        case ("pointer_mode", flag):
            return grab.pointer_mode(absolute=flag)
        case ("modifiers", flag):
            return grab.modifiers(active=flag)
        case ("capture_answered", flag):
            return grab.capture_answered(granted=flag)
        case ("release", reason):
            return grab.release(reason)
        case ("foreign_key", code):
            return grab.foreign_key(code)
        case ("handed_back", keys):
            return grab.handed_back(keys)
        case ("combination", numbers):
            return grab.combination(tuple(numbers))
        case ("enter",):
            return [
                *grab.gate(is_open=True),
                *grab.question(is_open=False),
                *grab.shown(visible=True),
                *grab.machine(live=True),
                *grab.focus(has=True),
                *grab.hand_over(),
            ]
        case (name,):
            return getattr(grab, name)()
    raise AssertionError(event)


class Guest:
    """What a guest and a desktop would believe; fails on what must never be sent."""

    def __init__(self) -> None:
        self.keys: set[int] = set()
        self.buttons: set[Button] = set()
        self.asked = self.granted = self.locked = self.holding = False

    def hear(self, verdicts: list[Verdict]) -> None:
        for verdict in verdicts:
            self._hear(verdict)

    def _hear(self, verdict: Verdict) -> None:
        match verdict:
            case SendKey(number, down=True):
                assert number not in self.keys, "down twice"
                self.keys.add(number)
            case SendKey(number, down=False):
                self.keys.remove(number)
            case SendButton(button, down=True):
                assert button not in self.buttons, "down twice"
                self.buttons.add(button)
            case SendButton(button, down=False):
                self.buttons.remove(button)
            case StartCapture():
                assert not self.asked
                self.asked = True
            case StopCapture():
                self.asked = False
            case Refused():
                assert self.asked
            case HandBack():
                assert self.asked
                assert self.holding
            case LockPointer():
                assert not self.locked
                self.locked = True
            case UnlockPointer():
                assert self.locked
                self.locked = False
            case Entered():
                self.holding = True
            case Released():
                assert self.holding
                self.holding = False

    def is_free(self) -> bool:
        return not (self.keys or self.buttons or self.asked or self.locked)


def check(grab: Grab, guest: Guest) -> None:
    assert guest.holding == grab.holding
    assert guest.keys == set(grab.keys_down)
    assert guest.buttons == set(grab.buttons_down)
    assert grab.holding or guest.is_free(), "something sticks"
    assert grab.pointer_locked == guest.locked


def replay(events) -> tuple[Grab, Guest]:
    kept = frozenset({KeyGroup.SWITCH_WINDOWS, KeyGroup.VOLUME})
    grab, guest = Grab(kept=kept, hands_back=True), Guest()
    for event in events:
        guest.hear(play(grab, event))
        check(grab, guest)
    return grab, guest


WAYS_OUT = [
    ("focus", False),
    ("shown", False),
    ("machine", False),
    ("gate", False),
    ("question", True),
    ("close",),
]

MANY = settings(
    max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)


@MANY
@given(st.lists(EVENT, max_size=40), st.sampled_from(WAYS_OUT))
def test_no_sequence_leaves_a_key_a_button_or_a_capture_behind(events, way_out):
    grab, guest = replay(events)
    guest.hear(play(grab, way_out))
    check(grab, guest)
    assert not grab.holding
    assert guest.is_free()


@MANY
@given(st.lists(EVENT, max_size=40))
def test_a_tap_of_the_release_key_always_gives_back_and_never_reaches_the_guest(events):
    grab, guest = replay(events)
    for number in NUMBERS:  # the person lets go of everything first
        guest.hear(grab.key(number, down=False))
    for button in Button:
        guest.hear(grab.button(button, down=False))
    verdicts = tap(grab, RIGHT_CTRL)
    guest.hear(verdicts)
    assert not grab.holding
    assert guest.is_free()
    assert not any(isinstance(v, SendKey) and v.number == RIGHT_CTRL and v.down for v in verdicts)


@MANY
@given(st.lists(EVENT, max_size=40))
def test_ctrl_and_alt_together_always_give_back(events):
    grab, guest = replay(events)
    guest.hear(grab.handed_back(frozenset()))
    for number in NUMBERS:
        guest.hear(grab.key(number, down=False))
    for number, is_down in (
        (LEFT_CTRL, True),
        (LEFT_ALT, True),
        (LEFT_CTRL, False),
        (LEFT_ALT, False),
    ):
        guest.hear(grab.key(number, down=is_down))
    assert not grab.holding
    assert guest.is_free()


@MANY
@given(st.lists(EVENT, max_size=40))
def test_every_key_that_is_pressed_alone_reaches_a_holding_guest(events):
    grab, guest = replay(events)
    guest.hear(play(grab, ("enter",)))
    for number in NUMBERS:
        guest.hear(grab.key(number, down=False))
    for button in Button:
        guest.hear(grab.button(button, down=False))
    guest.hear(grab.handed_back(frozenset()))
    guest.hear(play(grab, ("enter",)))  # letting go may have been the chord
    assert tap(grab, A) == [down(A), up(A)]


CHORDS = {
    "ctrl+alt+a": (LEFT_ALT, LEFT_CTRL, A),
    "shift+tab": (LEFT_SHIFT, TAB),
    "ctrl+shift+alt": (RIGHT_CTRL, LEFT_SHIFT, LEFT_ALT),
    "ctrl+b": (RIGHT_CTRL, B),
}


@MANY
@given(st.lists(EVENT, max_size=40), st.sampled_from(sorted(CHORDS)))
def test_whatever_came_before_the_chosen_combination_gives_back(events, name):
    grab, guest = Grab(chord=parse_chord(name)), Guest()
    for event in events:
        guest.hear(play(grab, event))
        check(grab, guest)
    for number in {*NUMBERS, *CHORDS[name]}:
        guest.hear(grab.key(number, down=False))
    for button in Button:
        guest.hear(grab.button(button, down=False))
    for is_down in (True, False):
        for number in CHORDS[name]:
            guest.hear(grab.key(number, down=is_down))
            check(grab, guest)
    assert not grab.holding
    assert guest.is_free()
