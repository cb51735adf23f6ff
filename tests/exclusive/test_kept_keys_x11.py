"""Keys that stay with this computer, in exclusive mode on a real X server with a window manager."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from Xlib import X
from Xlib.display import Display

from app.vm.display.keymap import Key
from tests.exclusive.x11_desk import A, App, other_window, pressed
from tests.helpers.waiting import eventually_sync

pytestmark = pytest.mark.x11

MUTE, BRIGHTER = 121, 233  # X11 key codes


class MediaKeys:
    """The part of a desktop that answers to volume and brightness keys, whoever has the focus."""

    def __init__(self, display: str) -> None:
        self.connection = Display(display)
        root = self.connection.screen().root
        for code in (MUTE, BRIGHTER):
            root.grab_key(code, X.AnyModifier, True, X.GrabModeAsync, X.GrabModeAsync)
        self.connection.sync()
        self.heard: list[tuple[int, bool]] = []

    def listen(self) -> list[tuple[int, bool]]:
        while self.connection.pending_events():
            event = self.connection.next_event()
            if event.type in {X.KeyPress, X.KeyRelease}:
                self.heard.append((event.detail, event.type == X.KeyPress))
        return self.heard

    def hears(self, code: int) -> None:
        eventually_sync(lambda: self.listen() == [(code, True), (code, False)], what=f"key {code}")


@pytest.fixture
def media_keys(managed_display: str) -> Iterator[MediaKeys]:
    made = MediaKeys(managed_display)
    yield made
    made.connection.close()


def captured_again(app: App) -> None:
    """The next key, whatever the desktop would do with it, is the guest's."""
    app.until(lambda r: r["capture"] == "GRANTED" and r["holding"] and not r["lent"])
    app.do("forget")
    app.press(Key.LEFT_META, A)
    app.told(*pressed(Key.LEFT_META, A))


def test_the_volume_stays_this_computers_and_the_keyboard_comes_back(exclusive, media_keys):
    exclusive.person("keydown", MUTE)
    exclusive.person("keyup", MUTE)
    media_keys.hears(MUTE)
    assert exclusive.strokes() == []
    captured_again(exclusive)


def test_a_key_that_no_guest_knows_is_the_desktops(exclusive, media_keys):
    exclusive.person("key", BRIGHTER)
    media_keys.hears(BRIGHTER)
    assert exclusive.strokes() == []
    captured_again(exclusive)


def test_a_key_is_the_desktops_for_as_long_as_it_is_held(exclusive, media_keys):
    exclusive.person("keydown", MUTE)
    eventually_sync(lambda: (MUTE, True) in media_keys.listen())
    report = exclusive.until(lambda r: r["lent"])
    assert report["holding"]  # it did not lose the keyboard, which would be said
    assert not report["line"]
    exclusive.down(A)  # seen by nobody: the desktop has the keyboard
    exclusive.up(A)
    exclusive.person("keyup", MUTE)
    captured_again(exclusive)


def test_a_window_switch_that_is_kept_is_the_window_managers(exclusive, managed_display):
    exclusive.do("keep")
    with other_window(managed_display) as (connection, window):
        exclusive.until(lambda r: not r["holding"])
        exclusive.do("present")
        exclusive.until(lambda r: r["capture"] == "GRANTED" and r["holding"])
        exclusive.do("forget")
        # Hands are slower than a program: the desktop has the keys before they are let go.
        exclusive.down(Key.LEFT_ALT, Key.TAB)
        exclusive.until(lambda r: r["lent"] or not r["holding"], "the desktop has the keyboard")
        exclusive.up(Key.TAB, Key.LEFT_ALT)
        report = exclusive.until(lambda r: not r["holding"], "the other window has the focus")
        assert report["guest_holds"] == []
        assert (Key.TAB, True) not in exclusive.strokes()
        eventually_sync(lambda: connection.get_input_focus().focus == window)


def test_a_close_that_is_kept_closes_the_window_and_no_key_sticks(exclusive):
    exclusive.do("keep")
    exclusive.press(Key.LEFT_ALT, Key.F4)
    report = exclusive.until(lambda r: not r["visible"])
    assert report["guest_holds"] == []
    assert (Key.F4, True) not in exclusive.strokes()
    assert report["state"] == "RUNNING"


def test_a_kept_shortcut_that_the_desktop_does_not_know_comes_back_too(exclusive):
    exclusive.person("keydown", MUTE)
    exclusive.until(lambda r: r["lent"])
    exclusive.person("keyup", MUTE)
    assert exclusive.until(lambda r: not r["lent"])["guest_holds"] == []
    exclusive.do("forget")
    exclusive.press(A)
    exclusive.told(*pressed(A))


def test_a_window_closed_in_the_middle_leaves_the_keyboard_free(exclusive, managed_display):
    exclusive.person("keydown", MUTE)
    exclusive.do("window")
    exclusive.person("keyup", MUTE)
    report = exclusive.until(lambda r: r["capture"] == "IDLE")
    assert report["guest_holds"] == []
    other = Display(managed_display)
    try:
        root = other.screen().root
        status = root.grab_keyboard(True, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
        assert status == X.GrabSuccess
    finally:
        other.close()
