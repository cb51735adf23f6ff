from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exclusive.grab import Grab
from app.exclusive.lock_lights import GuestLights, LockLights
from app.exclusive.verdicts import SendKey
from app.vm.display.keymap import Key
from app.vm.display.seam import Leds

OFF = Leds(caps=False, num=False, scroll=False)
CAPS, NUM = OFF._replace(caps=True), OFF._replace(num=True)


def guest(*told: Leds) -> GuestLights:
    made = GuestLights()
    for leds in told:
        made.told(leds)
    return made


@pytest.mark.parametrize(
    ("told", "caps", "num", "taps"),
    [
        ([CAPS], True, False, ()),
        ([CAPS], False, False, (Key.CAPS_LOCK,)),
        ([CAPS], False, True, (Key.CAPS_LOCK, Key.NUM_LOCK)),
        ([NUM], True, True, (Key.CAPS_LOCK,)),
        ([CAPS, OFF], True, False, (Key.CAPS_LOCK,)),
        ([CAPS, OFF], None, True, (Key.NUM_LOCK,)),
        ([CAPS], None, None, ()),
    ],
)
def test_what_differs_is_tapped(told, caps, num, taps):
    assert guest(*told).taps(caps, num) == taps


@pytest.mark.parametrize("told", [[], [OFF], [OFF, OFF]])
def test_a_guest_that_never_showed_a_light_is_left_alone(told):
    assert guest(*told).taps(True, True) == ()


def test_scroll_lock_is_left_alone():
    assert guest(OFF._replace(scroll=True)).taps(False, False) == ()


def test_a_guest_that_does_not_answer_a_tap_is_not_tapped_again_until_it_does():
    lights = guest(CAPS)
    assert lights.taps(False, False) == (Key.CAPS_LOCK,)
    assert lights.taps(False, False) == ()
    lights.told(CAPS)
    assert lights.taps(False, False) == ()
    lights.told(OFF)
    assert lights.taps(True, False) == (Key.CAPS_LOCK,)


def test_a_new_run_of_the_machine_is_unknown():
    lights = guest(CAPS)
    lights.forget()
    assert lights.taps(False, False) == ()
    lights.told(OFF)
    assert lights.taps(True, False) == ()


class Keyboard:
    """The computer's lights."""

    def __init__(self, **lights: bool | None) -> None:
        self._lights = {"Caps Lock": lights.get("caps"), "Num Lock": lights.get("num")}

    def light(self, name: str) -> bool | None:
        return self._lights[name]


class Guest:
    """Toggles its lights as a lock key goes down, and tells."""

    def __init__(self, leds: Leds, *, answers: bool) -> None:
        self.leds, self.answers = leds, answers
        self.lights = GuestLights()
        self.keys: set[int] = set()
        self.grab = Grab()
        self.grab.machine(live=True)
        self.lights.told(leds)

    def tap(self, number: int) -> None:
        for verdict in self.grab.combination((number,)):
            assert isinstance(verdict, SendKey)
            (self.keys.add if verdict.down else self.keys.remove)(verdict.number)
            if verdict.down and self.answers:
                self._toggle(verdict.number)

    def _toggle(self, number: int) -> None:
        name = {Key.CAPS_LOCK: "caps", Key.NUM_LOCK: "num"}[number]
        self.leds = self.leds._replace(**{name: not getattr(self.leds, name)})
        self.lights.told(self.leds)


LIGHT = st.one_of(st.none(), st.booleans())


@given(st.builds(Leds, st.booleans(), st.booleans(), st.booleans()), LIGHT, LIGHT, st.booleans())
def test_a_guest_comes_in_step_and_no_key_stays_down(leds, caps, num, answers):
    other = Guest(leds, answers=answers)
    link = LockLights(Keyboard(caps=caps, num=num), other.lights, other.tap)
    for _ in range(3):
        link.start()
        assert not other.keys
        link.stop()
    if answers and any(leds):
        assert caps in {None, other.leds.caps}
        assert num in {None, other.leds.num}
    assert other.leds.scroll is leds.scroll


def test_lights_that_cannot_be_seen_change_nothing():
    other = Guest(CAPS, answers=True)
    LockLights(None, other.lights, other.tap).start()
    assert other.leds == CAPS
