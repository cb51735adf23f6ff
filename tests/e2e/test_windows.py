"""Windows come and go, by the window manager and by the command line; machines go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from PIL import Image

from app.views.navigation import WIDE_PX
from app.views.tokens import LIGHT
from tests.e2e import program
from tests.e2e.desk import F4, KEY_A, KEY_B, LEFT_ALT, RIGHT_CTRL, Box, Desk
from tests.e2e.guest import screen_of
from tests.e2e.machines import create
from tests.helpers.waiting import eventually_sync

pytestmark = [pytest.mark.x11, pytest.mark.slow]

WINDOW = f"one — {program.TITLE}"


def says_something(desk: Desk) -> bool:
    """Whether a message floats over the lower edge of the main window."""
    main = desk.box(program.TITLE)
    page = main.left + WIDE_PX  # the card about PC mode stands at the left of it
    lower_edge = Box(page, main.bottom - 100, main.middle[0], main.bottom)
    return desk.lowest_bar((LIGHT.raised,), lower_edge, width_px=40) is not None


@pytest.mark.parametrize("way", ["Alt+F4", "the frame's cross"])
def test_a_machine_goes_on_without_its_window_and_the_main_window_says_so(
    desk, serial, open_window, disc, way
):
    open_window()
    create("one", disc)
    serial.wait_for("ready")
    program.told("show", "one")
    desk.wait_for_window(WINDOW)
    assert program.state("one") == "VIEWING"
    assert not says_something(desk)

    if way == "Alt+F4":
        desk.press(RIGHT_CTRL)
        desk.press(LEFT_ALT, F4)
    else:
        desk.ask_to_close(WINDOW)
    eventually_sync(lambda: WINDOW not in desk.windows(), what="the window's end")
    eventually_sync(lambda: says_something(desk), what="the message")
    assert program.state("one") == "RUNNING"
    assert serial.strokes() == []

    program.told("show", "one")
    desk.wait_for_window(WINDOW)
    desk.press(KEY_A)
    serial.wait_for("key 1e up")
    assert serial.strokes() == ["1e down", "1e up"]
    program.told("kill", "one")


def test_a_second_start_raises_the_first_window_and_ends_well(desk, open_window):
    open_window()
    desk.minimize(program.TITLE)

    second = subprocess.run(
        [sys.executable, "-m", "app"],
        cwd=program.ROOT,
        env=desk.environment,
        capture_output=True,
        timeout=20,
        check=False,
    )
    assert (second.returncode, second.stdout, second.stderr) == (0, b"", b"")
    desk.wait_for_window(program.TITLE)
    assert desk.is_mapped(program.TITLE)


def test_a_machine_is_shown_from_the_command_line_where_no_window_is_open(
    desk, serial, no_machine_stays, disc, tmp_path
):
    machine = create("one", disc)
    serial.wait_for("ready")

    program.told("show", "one", desk=desk)
    desk.wait_for_window(WINDOW)
    application = desk.process_of(WINDOW)
    assert desk.process_of(program.TITLE) == application
    program.told("show", "one", desk=desk)
    assert sorted(desk.windows()) == sorted([program.TITLE, WINDOW])
    desk.press(KEY_B)
    serial.wait_for("key 30 up")
    program.told("screenshot", "one", str(tmp_path / "one.png"))
    with Image.open(tmp_path / "one.png") as picture:
        assert picture.convert("RGB") == screen_of(machine["vmId"][:8], tmp_path)

    os.kill(application, signal.SIGTERM)
    eventually_sync(lambda: not desk.windows(), what="the application's end")
    assert program.state("one") == "RUNNING"
    program.told("kill", "one")
