from __future__ import annotations

import pytest
from PySide6.QtCore import QObject

from app.exclusive.idle_release import IdleRelease, allowed_ms
from tests.exclusive.conftest import pass_time
from tests.helpers.waiting import eventually


class Display:
    """An X server's answers."""

    def __init__(self, delay_s: int, idle_ms: int | None) -> None:
        self.delay_s, self.idle = delay_s, idle_ms
        self.asked = 0

    def saver_delay_s(self) -> int:
        return self.delay_s

    def idle_ms(self) -> int | None:
        self.asked += 1
        return self.idle


class Watched:
    def __init__(self, display: Display | None, *, held_off: bool = False) -> None:
        self.parent = QObject()
        self.held_off, self.releases = held_off, 0
        self.link = IdleRelease(
            display, lambda: self.held_off, self._release, self.parent, settle_ms=20
        )

    def _release(self) -> None:
        self.releases += 1


@pytest.mark.parametrize(
    ("delay_s", "expected_ms"), [(600, 590_000), (30, 20_000), (20, 10_000), (10, 5_000), (1, 500)]
)
def test_it_is_due_ten_seconds_before_the_screen_saver(delay_s, expected_ms):
    assert allowed_ms(delay_s) == expected_ms


async def test_the_keyboard_is_given_back_once_nobody_has_touched_it(qapp):
    display = Display(600, 589_950)
    watched = Watched(display)
    watched.link.start()
    assert not watched.releases
    display.idle = 590_001
    await eventually(lambda: watched.releases == 1)
    assert not watched.link._timer.isActive()


async def test_input_in_between_begins_the_wait_anew(qapp):
    display = Display(600, 589_950)
    watched = Watched(display)
    watched.link.start()
    display.idle = 10
    await eventually(lambda: display.asked == 2)
    assert not watched.releases
    assert watched.link._timer.remainingTime() > 580_000


async def test_a_lock_that_the_desktop_holds_off_is_not_waited_for(qapp):
    display = Display(600, 590_000)
    watched = Watched(display, held_off=True)
    watched.link.start()
    await eventually(lambda: display.asked == 2)
    assert not watched.releases
    assert watched.link._timer.isActive()


@pytest.mark.parametrize("display", [None, Display(0, 900_000), Display(600, None)])
async def test_where_nothing_is_known_nothing_is_done(qapp, display):
    watched = Watched(display)
    watched.link.start()
    assert not watched.link._timer.isActive()
    watched.link._look()
    assert not watched.releases


async def test_after_the_stop_nothing_happens(qapp):
    watched = Watched(Display(600, 589_999))
    watched.link.start()
    watched.link.stop()
    watched.link.stop()
    await pass_time(50)
    assert not watched.releases
