"""The chain, with links that write down what happens to them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.exclusive.capture import Answer
from app.exclusive.lock_guest import Attention, ChainCapture, LockGuest, NamedLink

ALWAYS = ("repeat", "lights")
EXCLUSIVE = ("sleep", "screen", "idle")
LINKS = (*ALWAYS, "capture", *EXCLUSIVE)


class Chain:
    """A LockGuest whose every step is in `steps`, as "+name", "-name" and "=attention"."""

    def __init__(self, *broken: str) -> None:
        self.steps: list[str] = []
        self.failed: list[str] = []
        self.answers: list[bool] = []
        self.held: dict[str, bool] = dict.fromkeys(LINKS, False)
        self.broken = set(broken)
        self.on_start: dict[str, object] = {}
        self.lock = LockGuest(
            RecordedCapture(self),
            always=[NamedLink(name, RecordedLink(self, name)) for name in ALWAYS],
            exclusive=[NamedLink(name, RecordedLink(self, name)) for name in EXCLUSIVE],
            attend=self._attend,
            failed=self.failed.append,
        )

    def step(self, sign: str, name: str) -> None:
        self.steps.append(sign + name)
        if sign in "+-":
            self.held[name] = sign == "+"
        if sign + name in self.broken:
            raise OSError(f"{sign}{name} is broken")
        if sign == "+" and name in self.on_start:
            self.on_start[name]()

    def enter(self, *, exclusive: bool = True) -> None:
        self.lock.enter(self.answers.append if exclusive else None)

    def taken(self) -> list[str]:
        """What happened since the last look."""
        steps, self.steps = self.steps, []
        return steps

    def _attend(self, attention: Attention) -> None:
        self.step("=", attention)


class RecordedLink:
    def __init__(self, chain: Chain, name: str) -> None:
        self._chain, self._name = chain, name

    def start(self) -> None:
        self._chain.step("+", self._name)

    def stop(self) -> None:
        self._chain.step("-", self._name)


class RecordedCapture(RecordedLink):
    refusal = "another program has it"

    def __init__(self, chain: Chain) -> None:
        super().__init__(chain, "capture")

    def start(self, answer: Answer) -> None:
        super().start()
        answer(True)


WAY_IN = ["+repeat", "+lights", "+capture", "+sleep", "+screen", "+idle", "=foreground"]
WAY_OUT = ["=background", "-idle", "-screen", "-sleep", "-capture", "-lights", "-repeat"]


def test_the_way_out_is_the_way_in_reversed():
    chain = Chain()
    chain.lock.shown(visible=True, active=False)
    chain.taken()
    chain.enter()
    assert chain.taken() == WAY_IN
    assert chain.lock.is_entered
    assert chain.lock.is_exclusive
    chain.lock.leave()
    assert chain.taken() == WAY_OUT
    assert not chain.lock.is_entered
    assert not any(chain.held.values())


def test_a_window_takes_nothing_of_exclusive_mode():
    chain = Chain()
    chain.enter(exclusive=False)
    assert chain.taken() == ["+repeat", "+lights", "=foreground"]
    chain.lock.leave()
    assert chain.taken() == ["=hidden", "-lights", "-repeat"]


def test_a_window_that_becomes_exclusive_adds_the_rest_and_gives_only_that_back():
    chain = Chain()
    chain.enter(exclusive=False)
    chain.taken()
    chain.enter()
    assert chain.taken() == ["+repeat", "+lights", "+capture", "+sleep", "+screen", "+idle"]
    chain.lock.leave_exclusive()
    assert chain.taken() == ["-idle", "-screen", "-sleep", "-capture"]
    assert chain.lock.is_entered
    assert not chain.lock.is_exclusive
    chain.lock.leave()
    assert chain.taken() == ["=hidden", "-lights", "-repeat"]


def test_leaving_twice_or_without_having_entered_does_nothing():
    chain = Chain()
    chain.lock.leave()
    chain.lock.leave_exclusive()
    assert chain.taken() == ["=hidden"]
    chain.enter()
    chain.lock.leave()
    chain.taken()
    chain.lock.leave()
    chain.lock.leave_exclusive()
    assert chain.taken() == []


@pytest.mark.parametrize("name", LINKS)
def test_a_link_that_fails_on_the_way_in_is_told_and_the_rest_is_taken(name, caplog):
    chain = Chain(f"+{name}")
    chain.lock.shown(visible=True, active=False)
    chain.taken()
    chain.enter()
    assert chain.taken() == WAY_IN
    assert chain.failed == [name]
    assert f"{name} failed" in caplog.text
    chain.lock.leave()
    assert chain.taken() == WAY_OUT


@pytest.mark.parametrize("name", LINKS)
def test_a_link_that_fails_on_the_way_out_is_told_and_the_rest_is_undone(name, caplog):
    chain = Chain(f"-{name}")
    chain.lock.shown(visible=True, active=False)
    chain.enter()
    chain.taken()
    chain.lock.leave()
    assert chain.taken() == WAY_OUT
    assert chain.failed == [name]
    assert f"{name} failed" in caplog.text


def test_an_engine_that_cannot_be_told_costs_nobody_the_keyboard(caplog):
    chain = Chain("=foreground", "=hidden")
    chain.enter()
    chain.lock.leave()
    assert chain.failed == ["attention", "attention"]
    assert not any(chain.held.values())


@pytest.mark.parametrize("name", LINKS)
def test_a_release_in_the_middle_of_the_way_in_leaves_nothing_taken(name):
    chain = Chain()
    chain.on_start[name] = chain.lock.leave
    chain.enter()
    assert not chain.lock.is_entered
    assert not any(chain.held.values())
    assert chain.taken()[-1] != "=foreground"


def test_the_engine_hears_how_much_of_its_machine_is_seen():
    chain = Chain()
    for visible in (True, True, False, True):
        chain.lock.shown(visible=visible, active=False)
    chain.enter(exclusive=False)
    chain.lock.shown(visible=True, active=False)
    chain.lock.leave()
    chain.lock.shown(visible=False, active=False)
    told = [step for step in chain.taken() if step.startswith("=")]
    assert told == [
        "=background",
        "=hidden",
        "=background",
        "=foreground",
        "=background",
        "=hidden",
    ]


def test_a_window_in_front_has_attention_also_when_its_keys_were_taken_back():
    chain = Chain()
    chain.lock.shown(visible=True, active=True)
    chain.enter(exclusive=False)
    chain.lock.leave()
    assert [step for step in chain.taken() if step.startswith("=")] == ["=foreground"]


def test_the_captures_answer_and_refusal_are_passed_on():
    chain = Chain()
    chain.enter()
    assert chain.answers == [True]
    assert chain.lock.refusal == "another program has it"


def test_the_end_of_a_capture_is_a_window_or_the_way_out():
    chain = Chain()
    holding = True
    capture = ChainCapture(chain.lock, lambda: holding)
    capture.start(chain.answers.append)
    assert chain.answers == [True]
    assert capture.refusal == chain.lock.refusal
    chain.taken()
    capture.stop()
    assert chain.taken() == ["-idle", "-screen", "-sleep", "-capture"]
    capture.start(chain.answers.append)
    chain.taken()
    holding = False
    capture.stop()
    assert chain.taken() == ["=hidden", *WAY_OUT[1:]]


STEP = st.sampled_from(["enter", "exclusive", "window", "leave", "show", "hide"])


@pytest.mark.usefixtures("caplog")  # each broken link is said
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, database=None)
@given(st.lists(STEP), st.sets(st.sampled_from([s + n for n in LINKS for s in "+-"])))
def test_no_sequence_leaves_anything_taken(steps, broken):
    chain = Chain(*broken)
    for step in steps:
        match step:
            case "enter":
                chain.enter(exclusive=False)
            case "exclusive":
                chain.enter()
            case "window":
                chain.lock.leave_exclusive()
            case "leave":
                chain.lock.leave()
            case _:
                chain.lock.shown(visible=step == "show", active=False)
        inner = [chain.held[name] for name in ("capture", *EXCLUSIVE)]
        assert all(inner) if chain.lock.is_exclusive else not any(inner)
        assert all(chain.held[name] is chain.lock.is_entered for name in ALWAYS)
    chain.lock.leave()
    assert not any(chain.held.values())
