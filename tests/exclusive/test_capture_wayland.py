"""Shortcuts inhibition: the decisions against a fake compositor, the protocol against sway."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QWidget

from app.exclusive.capture import NoCapture, capture_for
from app.exclusive.capture_wayland import WaylandCapture
from app.exclusive.wayland import shortcuts_inhibition
from tests.exclusive.conftest import pass_time
from tests.exclusive.lock_guest_program import Program, program
from tests.helpers.compositor import Compositor
from tests.helpers.waiting import eventually, eventually_sync


class Inhibitor:
    def __init__(self, told: Callable[[bool], None]) -> None:
        self.told = told
        self.is_alive = True

    def destroy(self) -> None:
        assert self.is_alive
        self.is_alive = False


class Shortcuts:
    """A compositor; `answers` at once, or when the test says."""

    def __init__(self, *, answers: bool | None) -> None:
        self.answers = answers
        self.made: list[Inhibitor] = []

    @property
    def alive(self) -> list[Inhibitor]:
        return [one for one in self.made if one.is_alive]

    def inhibit(self, window: QWidget, told: Callable[[bool], None]) -> Inhibitor | None:
        assert not self.alive, "a second one for the same surface is an error of the protocol"
        if not window.isVisible():
            return None
        self.made.append(Inhibitor(told))
        if self.answers is not None:
            told(self.answers)
        return self.made[-1]

    def answer(self, active: bool) -> None:
        [inhibitor] = self.alive
        inhibitor.told(active)


class Asked:
    def __init__(self, *, answers: bool | None = None) -> None:
        self.window = QWidget()
        self.shortcuts = Shortcuts(answers=answers)
        self.capture = WaylandCapture(self.window, self.shortcuts)
        self.capture._silence.setInterval(60)
        self.capture._parked.setInterval(30)
        self.answers: list[bool] = []

    async def show(self) -> None:
        self.window.show()
        self.window.activateWindow()
        await eventually(self.window.isActiveWindow)

    async def take_focus(self, other: QWidget) -> None:
        other.show()
        other.activateWindow()
        await eventually(lambda: not self.window.isActiveWindow())

    def start(self) -> None:
        self.capture.start(self.answers.append)


@pytest.fixture
def asked(qapp) -> Iterator[Callable[..., Asked]]:
    made: list[Asked] = []

    def make(**how: bool | None) -> Asked:
        made.append(Asked(**how))
        return made[-1]

    yield make
    for one in made:
        one.capture.stop()
        one.window.close()
        assert not one.shortcuts.alive
        one.window.deleteLater()


async def test_a_yes_at_once_is_the_answer(asked):
    one = asked(answers=True)
    await one.show()
    one.start()
    assert one.answers == [True]
    one.capture.stop()
    assert not one.shortcuts.alive


async def test_starts_and_stops_may_come_in_any_number(asked):
    one = asked(answers=True)
    one.capture.stop()
    await one.show()
    for _ in range(3):
        one.start()
        one.start()
        assert len(one.shortcuts.alive) == 1
        one.capture.stop()
        one.capture.stop()
        assert not one.shortcuts.alive
    assert one.answers == [True] * 6


async def test_no_answer_within_the_time_is_a_no_and_a_late_yes_counts(asked):
    one = asked()
    await one.show()
    one.start()
    await eventually(lambda: one.answers == [False])
    one.shortcuts.answer(True)
    assert one.answers == [False, True]


async def test_a_compositor_that_takes_the_shortcuts_back_is_heard(asked):
    one = asked(answers=True)
    await one.show()
    one.start()
    one.shortcuts.answer(False)
    one.shortcuts.answer(False)
    one.shortcuts.answer(True)
    assert one.answers == [True, False, True]


async def test_after_a_stop_nothing_is_told(asked):
    one = asked()
    await one.show()
    one.start()
    one.capture.stop()
    assert not one.shortcuts.alive
    await pass_time(100)
    assert one.answers == []


async def test_a_question_that_takes_the_focus_stays_open_and_its_yes_counts(asked, qapp):
    """The compositor's dialog: focus goes, so the window stops; then yes and the focus come."""
    one, dialog = asked(), QWidget()
    await one.show()
    one.start()
    await one.take_focus(dialog)
    one.capture.stop()
    await pass_time(100)
    assert len(one.shortcuts.alive) == 1, "the question would vanish with it"
    one.shortcuts.answer(True)
    dialog.close()
    await one.show()
    one.start()
    assert one.answers == [True]
    assert len(one.shortcuts.made) == 1


async def test_a_yes_that_nobody_wants_any_more_is_given_back(asked, qapp):
    one, dialog = asked(), QWidget()
    await one.show()
    one.start()
    await one.take_focus(dialog)
    one.capture.stop()
    one.shortcuts.answer(True)
    await eventually(lambda: not one.shortcuts.alive)
    dialog.close()
    assert one.answers == []


async def test_an_open_question_is_withdrawn_when_the_window_comes_back_for_something_else(
    asked, qapp
):
    one, dialog = asked(), QWidget()
    await one.show()
    one.start()
    await one.take_focus(dialog)
    one.capture.stop()
    dialog.close()
    await one.show()
    await eventually(lambda: not one.shortcuts.alive)


async def test_no_patience_runs_out_while_the_person_is_being_asked(asked, qapp):
    one, dialog = asked(), QWidget()
    await one.show()
    one.start()
    await one.take_focus(dialog)
    await pass_time(150)
    assert one.answers == []
    dialog.close()


@pytest.mark.parametrize("how", ["hide", "close"])
async def test_the_inhibitor_goes_with_the_surface_and_comes_with_the_next_one(asked, how):
    one = asked(answers=True)
    await one.show()
    one.start()
    getattr(one.window, how)()
    assert not one.shortcuts.alive
    one.window.show()
    await eventually(lambda: len(one.shortcuts.alive) == 1)
    assert one.answers == [True, True]
    one.capture.stop()
    assert not one.shortcuts.alive


async def test_another_platform_window_means_another_inhibitor(asked):
    one = asked(answers=True)
    await one.show()
    one.start()
    handle = one.window.windowHandle()
    handle.destroy()
    assert not one.shortcuts.alive
    one.window.show()
    one.capture.stop()
    assert not one.shortcuts.alive


async def test_other_platforms_have_no_such_protocol(qapp):
    assert shortcuts_inhibition() is None
    window = QWidget()
    assert isinstance(capture_for(window), NoCapture)


# With a real compositor.


@pytest.fixture
def shown(compositor: Compositor) -> Iterator[Program]:
    """A window whose guest has the keyboard."""
    with program(**compositor.environment, DBUS_SESSION_BUS_ADDRESS="") as made:
        made.until(lambda r: r["holding"], "the guest has the keyboard")
        yield made
        assert made.end() == 0, "the compositor was told nonsense"


@pytest.mark.x11
def test_the_compositors_shortcuts_go_to_an_exclusive_machine(shown, compositor):
    assert shown.do("report")["platform"] == "wayland"
    compositor.alt_f4()
    eventually_sync(lambda: compositor.shortcut_fired)
    shown.do("forget")

    shown.do("exclusive")
    shown.until(lambda r: r["capture"] == "GRANTED")
    compositor.alt_f4()
    strokes = shown.until(lambda r: len(r["events"]) >= 2)["events"]
    assert [stroke[2] for stroke in strokes] == [True, False]
    assert not compositor.shortcut_fired

    shown.do("window")
    compositor.alt_f4()
    eventually_sync(lambda: compositor.shortcut_fired)


@pytest.mark.x11
def test_the_inhibitor_follows_release_hide_and_show(shown, compositor):
    for _ in range(3):
        shown.do("exclusive")
        shown.do("hand_over")
        shown.until(lambda r: r["capture"] == "GRANTED")
        shown.do("release key")
        compositor.alt_f4()
        eventually_sync(lambda: compositor.shortcut_fired)
        shown.do("hand_over")
        shown.until(lambda r: r["capture"] == "GRANTED")
        shown.do("hide")
        shown.do("show")
        shown.until(lambda r: r["capture"] == "GRANTED")


@pytest.mark.x11
def test_what_the_compositor_takes_back_is_known_at_once(shown, compositor):
    shown.do("exclusive")
    shown.until(lambda r: r["capture"] == "GRANTED")
    compositor.order("shortcuts_inhibitor", "disable")
    shown.until(lambda r: r["capture"] == "REFUSED")
    assert shown.do("report")["holding"]
    compositor.order("shortcuts_inhibitor", "enable")
    shown.do("release key")
    shown.do("hand_over")
    shown.until(lambda r: r["capture"] == "GRANTED")


@pytest.mark.x11
def test_a_compositor_that_says_nothing_counts_as_a_no(shown, compositor):
    compositor.order("shortcuts_inhibitor", "disable")
    shown.do("exclusive")
    shown.until(lambda r: r["capture"] == "REFUSED")
    assert shown.do("report")["holding"]
