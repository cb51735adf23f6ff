"""The chain on a real X server, with a real message bus and the services that a test puts there."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
from Xlib import X
from Xlib.display import Display

from app.vm.display.keymap import Key
from tests.exclusive.lock_guest_program import Program, program
from tests.helpers.message_bus import LOGIN1, SCREEN_SAVER
from tests.helpers.waiting import eventually_sync

pytestmark = pytest.mark.x11

A, B = 0x1E, 0x30
CODES = {A: 38, B: 56, Key.CAPS_LOCK: 66, Key.RIGHT_CTRL: 105}  # evdev + 8


class Person:
    """Moves the keys of one X server by XTest."""

    def __init__(self, display: str) -> None:
        self._display = display

    def __call__(self, *words: str | int) -> None:
        command = ["xdotool", *map(str, words)]
        subprocess.run(
            command, env={"DISPLAY": self._display, "PATH": "/usr/bin"}, check=True, timeout=20
        )

    def down(self, number: int) -> None:
        self("keydown", CODES[number])

    def up(self, number: int) -> None:
        self("keyup", CODES[number])

    def hold(self, number: int, seconds: float) -> None:
        self("keydown", CODES[number], "sleep", seconds, "keyup", CODES[number])


@pytest.fixture
def person(managed_display: str) -> Person:
    return Person(managed_display)


@pytest.fixture
def shown(managed_display: str, bus_address: str) -> Iterator[Program]:
    """A window whose guest has the keyboard."""
    with program(
        DISPLAY=managed_display,
        QT_QPA_PLATFORM="xcb",
        DBUS_SESSION_BUS_ADDRESS=bus_address,
        DBUS_SYSTEM_BUS_ADDRESS=bus_address,
    ) as made:
        made.until(lambda r: r["holding"], "the guest has the keyboard")
        yield made


def held_keys(display: str) -> bool:
    """Whether the keyboard is somebody's."""
    connection = Display(display)
    try:
        root = connection.screen().root
        status = root.grab_keyboard(True, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
        return status == X.AlreadyGrabbed
    finally:
        connection.close()


@pytest.mark.parametrize("way_out", ["window", "release locked", "release key", "hide"])
def test_exclusive_mode_takes_the_chain_and_every_way_out_gives_it_back(
    shown, fake_desktop, managed_display, way_out
):
    desktop = fake_desktop(LOGIN1, SCREEN_SAVER)
    for _ in range(2 if way_out != "hide" else 1):
        shown.do("exclusive")
        shown.do("hand_over")
        shown.until(lambda r: r["capture"] == "GRANTED" and r["sleep"] and r["screens"])
        assert held_keys(managed_display)
        assert sorted(desktop.holding()) == ["screen", "sleep"]
        report = shown.do(way_out)
        assert not any(report[name] for name in ("exclusive", "sleep", "screens"))
        eventually_sync(lambda: not held_keys(managed_display))
        eventually_sync(lambda: desktop.holding() == [])


def test_closing_the_window_gives_everything_back(shown, fake_desktop, managed_display):
    desktop = fake_desktop(LOGIN1, SCREEN_SAVER)
    shown.do("exclusive")
    shown.until(lambda r: r["capture"] == "GRANTED" and r["sleep"] and r["screens"])
    assert shown.end() == 0
    assert not held_keys(managed_display)
    eventually_sync(lambda: desktop.holding() == [])


def test_a_program_that_is_killed_holds_nothing(shown, fake_desktop, managed_display):
    desktop = fake_desktop(LOGIN1, SCREEN_SAVER)
    shown.do("exclusive")
    shown.until(lambda r: r["capture"] == "GRANTED" and r["sleep"] and r["screens"])
    shown.kill()
    eventually_sync(lambda: desktop.holding() == [] and not held_keys(managed_display))


def test_a_computer_without_services_only_lacks_what_they_give(shown):
    shown.do("exclusive")
    report = shown.until(lambda r: r["capture"] == "GRANTED")
    assert report["exclusive"]
    assert not any(report[name] for name in ("sleep", "screens"))


def test_the_engine_is_told_foreground_background_and_hidden(shown):
    shown.do("release key")
    shown.do("hide")
    report = shown.until(lambda r: r["attention"][-1] == "hidden")
    assert report["attention"] == ["background", "foreground", "background", "hidden"]


def test_a_key_that_is_held_for_a_second_is_one_press_and_one_release(shown, person):
    person.hold(A, 1)
    shown.until(lambda r: not r["guest_holds"] and r["raw"] > 4, "the server repeats")
    assert shown.strokes() == [(A, True), (A, False)]
    assert shown.do("report")["repeats"] == 0


def test_the_repeats_of_a_key_from_before_are_not_the_guests(shown, person):
    shown.do("release key")
    person.down(A)
    report = shown.do("hand_over")
    assert report["old"] == [A]
    assert A in report["keys_down"]
    shown.do("forget")
    shown.until(lambda r: r["raw"] > 5, "the server repeats")
    person.up(A)
    shown.until(lambda r: not r["old"])
    assert shown.strokes() == []
    person.hold(A, 0.05)
    shown.until(lambda _: shown.strokes() == [(A, True), (A, False)])


def test_repeats_are_marked_again_once_the_guest_has_no_keys(shown, person):
    shown.do("release key")
    person.down(A)
    shown.until(lambda r: r["repeats"] > 2, "Qt knows repeats by itself")
    person.up(A)
    assert shown.strokes() == []


def test_a_guest_with_another_caps_lock_is_brought_in_step(shown, person):
    shown.do("release key")
    shown.do("leds caps")
    assert shown.do("report")["caps"] is False
    report = shown.do("hand_over")
    caps = Key.CAPS_LOCK
    assert [e for e in report["events"] if e[0] == "key"] == [
        ["key", caps, True],
        ["key", caps, False],
    ]
    assert report["guest_holds"] == []
    shown.do("leds")
    person.hold(Key.CAPS_LOCK, 0.05)
    shown.until(lambda r: r["caps"] is True)
    shown.do("leds caps")
    shown.do("release key")
    shown.do("forget")
    shown.do("hand_over")
    assert shown.strokes() == []


def test_the_keyboard_is_free_before_the_screen_saver_comes(shown, managed_display):
    set_saver(managed_display, 2)
    report = shown.do("exclusive")
    assert report["exclusive"]
    assert report["saver_s"] == 2
    assert report["idle_ms"] is not None
    shown.until(lambda r: not r["holding"], "released after a second without input")
    assert not held_keys(managed_display)


def test_the_keyboard_stays_while_the_screen_lock_is_held_off(shown, fake_desktop, managed_display):
    fake_desktop(SCREEN_SAVER)
    set_saver(managed_display, 2)
    shown.do("exclusive")
    shown.until(lambda r: r["screens"])
    idle_ms = shown.do("report")["idle_ms"]
    shown.until(lambda r: r["idle_ms"] > idle_ms + 2500, "it would have been due")
    assert shown.do("report")["holding"]


def set_saver(display: str, delay_s: int) -> None:
    connection = Display(display)
    connection.set_screen_saver(delay_s, 0, X.DefaultBlanking, X.DefaultExposures)
    connection.sync()
    connection.close()
