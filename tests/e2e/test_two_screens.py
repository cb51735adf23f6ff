"""Somebody who is logged in twice: the windows are on one screen, and wanted on the other one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.e2e import program
from tests.e2e.conftest import SCREEN
from tests.e2e.desk import ENTER, KEY_A, LEFT_SHIFT, TAB, Desk
from tests.e2e.desk import desk as open_desk
from tests.e2e.machines import create
from tests.helpers.waiting import eventually_sync

pytestmark = [pytest.mark.x11, pytest.mark.slow]

WINDOW = f"one — {program.TITLE}"


@pytest.fixture
def other() -> Iterator[Desk]:
    """The screen of the second login."""
    with open_desk(SCREEN) as made:
        yield made


@contextmanager
def started_again(other: Desk, *argv: str) -> Iterator[subprocess.Popen[bytes]]:
    """The application, started on the other screen; what it shows there has the keyboard."""
    started = subprocess.Popen(
        [sys.executable, "-m", "app", *argv],
        cwd=program.ROOT,
        env=other.environment,
        stdin=subprocess.DEVNULL,
    )
    try:
        eventually_sync(lambda: other.active() == program.TITLE, timeout_s=20, what="the question")
        yield started
    finally:
        if started.poll() is None:
            started.terminate()
        started.wait(20)


def test_the_windows_are_moved_here_with_the_machines_that_were_open(
    desk, other, serial, open_window, disc
):
    first = open_window()
    create("one", disc)
    serial.wait_for("ready")
    program.told("show", "one")
    desk.wait_for_window(WINDOW)
    assert program.told("ping")["manager"]["display"] == desk.display

    with started_again(other):
        other.press(ENTER)
        assert first.process.wait(20) == 0
        other.wait_for_window(WINDOW)
        assert not desk.windows()
        assert program.told("ping")["manager"]["display"] == other.display
        eventually_sync(lambda: program.state("one") == "VIEWING")
        eventually_sync(lambda: other.active() == WINDOW, what="its keyboard")
        other.press(KEY_A)
        serial.wait_for("key 1e up")
    assert program.state("one") == "RUNNING"
    program.told("kill", "one")


def test_they_can_be_shown_where_they_are(desk, other, open_window):
    open_window()
    desk.minimize(program.TITLE)
    with started_again(other) as second:
        other.press(LEFT_SHIFT, TAB)
        other.press(ENTER)
        assert second.wait(20) == 0
    eventually_sync(lambda: desk.is_mapped(program.TITLE), what="the first window")
    assert not other.windows()


def test_closing_the_question_changes_nothing(desk, other, open_window):
    first = open_window()
    with started_again(other) as second:
        other.ask_to_close(program.TITLE)
        assert second.wait(20) == 0
    assert first.process.poll() is None
    assert program.TITLE in desk.windows()
