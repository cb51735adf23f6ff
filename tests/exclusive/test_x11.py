"""The grab from outside: a real X server, a window manager, keys and clicks through XTest."""

from __future__ import annotations

import signal

import pytest
from Xlib import X
from Xlib.display import Display

from app.vm.display.keymap import Key
from tests.exclusive.x11_desk import CODES, A, App, E, other_window, pressed

pytestmark = pytest.mark.x11


def test_each_key_arrives_once(app):
    app.press(A)
    app.press(Key.LEFT_SHIFT, A)
    app.press(E)
    app.told(*pressed(A), *pressed(Key.LEFT_SHIFT, A), *pressed(E))


def test_a_held_key_is_not_repeated_by_us(app):
    app.down(A)
    app.until(lambda r: r["repeats"] >= 4, "the server repeats")
    app.up(A)
    app.told(*pressed(A))


def test_a_tap_of_the_release_key_gives_back_and_never_reaches_the_guest(exclusive):
    exclusive.press(Key.RIGHT_CTRL)
    report = exclusive.until(lambda r: not r["holding"])
    assert report["capture"] == "IDLE"
    assert report["line"]
    assert report["bar"]
    exclusive.press(A)
    assert exclusive.strokes() == []


def test_the_release_key_works_as_a_modifier(exclusive):
    exclusive.press(Key.RIGHT_CTRL, A)
    exclusive.told(*pressed(Key.RIGHT_CTRL, A))
    assert exclusive.do("report")["holding"]


def test_ctrl_and_alt_together_give_back(exclusive):
    exclusive.down(Key.LEFT_CTRL, Key.LEFT_ALT)
    exclusive.up(Key.LEFT_CTRL, Key.LEFT_ALT)
    report = exclusive.until(lambda r: not r["holding"])
    assert report["guest_holds"] == []


def test_the_desktops_shortcuts_go_to_an_exclusive_machine(exclusive):
    shortcuts = ((Key.LEFT_ALT, Key.F4), (Key.LEFT_META, E), (Key.LEFT_ALT, Key.TAB))
    for shortcut in shortcuts:
        exclusive.press(*shortcut)
    exclusive.told(*(stroke for shortcut in shortcuts for stroke in pressed(*shortcut)))
    report = exclusive.do("report")
    assert report["visible"]
    assert report["exclusive"]


def test_f11_fills_the_screen_and_then_belongs_to_the_guest(app):
    app.press(Key.F11)
    app.until(lambda r: r["exclusive"] and r["capture"] == "GRANTED")
    assert app.strokes() == []
    app.press(Key.F11)
    app.told(*pressed(Key.F11))


def test_a_window_leaves_the_desktop_its_shortcuts_and_no_key_sticks(app):
    app.press(Key.LEFT_ALT, Key.F4)
    report = app.until(lambda r: not r["visible"])
    assert report["guest_holds"] == []
    assert report["state"] == "RUNNING"


def test_a_modifier_that_the_window_manager_swallowed_is_lifted(app):
    app.press(Key.LEFT_ALT, Key.TAB)
    x, y = app.do("report")["middle"]
    app.person("mousemove", x + 5, y + 5)
    app.until(lambda r: not r["guest_holds"], "nothing sticks")


def test_losing_the_focus_lifts_what_is_held(exclusive, managed_display):
    exclusive.down(A)
    exclusive.until(lambda r: r["guest_holds"] == [A])
    with other_window(managed_display):
        report = exclusive.until(lambda r: not r["holding"])
        assert report["guest_holds"] == []
        assert report["capture"] == "IDLE"
    exclusive.up(A)


def test_the_keyboard_is_free_again_after_a_release(exclusive, managed_display):
    exclusive.press(Key.RIGHT_CTRL)
    exclusive.until(lambda r: not r["holding"])
    other = Display(managed_display)
    try:
        root = other.screen().root
        status = root.grab_keyboard(True, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
        assert status == X.GrabSuccess
    finally:
        other.close()


def test_a_pause_lifts_and_frees_the_keyboard(exclusive):
    exclusive.down(A)
    exclusive.until(lambda r: r["guest_holds"] == [A])
    report = exclusive.do("pause")
    assert not report["holding"]
    assert report["guest_holds"] == []
    assert report["capture"] == "IDLE"
    exclusive.up(A)


@pytest.mark.parametrize("when", ["before", "at once"])
def test_a_keyboard_that_another_program_holds_is_said(app, managed_display, when):
    other = Display(managed_display)
    try:
        root = other.screen().root
        root.grab_keyboard(True, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
        other.sync()
        if when == "before":
            app.until(lambda r: not r["holding"])
        app.do("exclusive")
        report = app.until(lambda r: r["note"])
        assert report["capture"] != "GRANTED"
        assert report["line"] or report["holding"]
    finally:
        other.close()
    app.until(lambda r: r["holding"])
    app.do("forget")
    app.press(A)
    app.told(*pressed(A))


def test_a_short_hindrance_is_waited_for(app, managed_display):
    other = Display(managed_display)
    other.screen().root.grab_keyboard(True, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
    other.sync()
    assert app.do("exclusive")["capture"] != "GRANTED"
    other.close()
    report = app.until(lambda r: r["capture"] == "GRANTED")
    assert not report["note"]


def test_leaving_exclusive_mode_gives_the_keyboard_back_and_keeps_the_guest_typing(exclusive):
    exclusive.do("window")
    exclusive.until(lambda r: r["capture"] == "IDLE" and not r["exclusive"])
    exclusive.until(lambda r: r["holding"])
    exclusive.press(A)
    exclusive.told(*pressed(A))


def test_all_buttons_and_both_wheels_arrive(app):
    app.person("click", 1, "click", 2, "click", 3, "click", 8, "click", 9)
    app.person("click", 4, "click", 5, "click", 6, "click", 7)
    names = ("left", "middle", "right", "side", "extra")
    wheels = [["wheel", 0, 1], ["wheel", 0, -1], ["wheel", -1, 0], ["wheel", 1, 0]]
    buttons = [["button", name, down] for name in names for down in (True, False)]
    app.until(lambda r: [e for e in r["events"] if e[0] != "move_to"] == buttons + wheels)


def test_the_wheel_stays_upright_while_alt_is_held(x_display):
    """Without a window manager, which would take Alt and the wheel for itself."""
    app = App(x_display)
    try:
        app.until(lambda r: r["holding"])
        app.person("mousemove", *app.do("report")["middle"])
        app.down(Key.LEFT_ALT)
        app.person("click", 4)
        app.up(Key.LEFT_ALT)
        app.until(lambda r: ["wheel", 0, 1] in r["events"])
    finally:
        app.end()


def test_the_corners_of_the_screen_are_the_guests_corners(exclusive):
    for x, y, corner in (
        (0, 1079, [0.0, 1.0]),
        (1919, 1079, [1.0, 1.0]),
    ):
        exclusive.person("mousemove", x, y)
        exclusive.until(lambda r, c=corner: r["events"] and r["events"][-1] == ["move_to", *c])


def test_the_pointer_against_the_top_edge_gives_back(exclusive):
    exclusive.person("mousemove", 900, 0)
    report = exclusive.until(lambda r: not r["holding"])
    assert report["bar"]


def test_relative_motion_is_exact_and_the_pointer_is_free_after_a_release(app):
    app.do("relative")
    app.person("click", 1)
    app.until(lambda r: r["locked"])
    app.do("forget")
    for _ in range(30):
        app.person("mousemove_relative", "--", 7, -3)
    app.until(lambda r: total(r) == (210, -90), "no motion is lost or doubled")
    app.press(Key.RIGHT_CTRL)
    assert not app.until(lambda r: not r["holding"])["locked"]


def total(report: dict) -> tuple[int, int]:
    moves = [event[1:] for event in report["events"] if event[0] == "move_by"]
    return sum(dx for dx, _ in moves), sum(dy for _, dy in moves)


def test_a_key_that_follows_the_click_at_once_reaches_the_guest_on_a_busy_computer(app):
    app.press(Key.RIGHT_CTRL)
    middle = app.until(lambda r: not r["holding"])["middle"]
    app.process.send_signal(signal.SIGSTOP)
    try:
        app.person("mousemove", *middle, "click", 1, "keydown", CODES[A])
    finally:
        app.process.send_signal(signal.SIGCONT)
    app.until(lambda r: r["holding"])
    app.told((A, True))
    app.up(A)
    app.told(*pressed(A))
