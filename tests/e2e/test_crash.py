"""The application ends without a word: the machines go on, and the next start finds them."""

from __future__ import annotations

import time

import pytest
from PIL import Image

from tests.e2e import program
from tests.e2e.desk import ENTER, KEY_A, KEY_B, Box, Desk
from tests.e2e.guest import Serial, screen_of
from tests.e2e.machines import create
from tests.guests.tiny import TinyOptions, build_tiny_disc, read_record, verify_fill
from tests.helpers.waiting import eventually_sync

pytestmark = [pytest.mark.x11, pytest.mark.slow]

WINDOW = f"one — {program.TITLE}"
REATTACH_S = 2.0
# A machine that is busy with other things gets more than one chance.
TRIES = 3
# What lies beside the bar, which floats over the picture at first: lines of the set-up.
BESIDE_THE_BAR = (0, 0, 117, 32)
PROGRESS = (0, 32, 117, 48)


def picture_of(desk: Desk, box: tuple[int, int, int, int]) -> Image.Image | None:
    """A part of the machine's window, counted from its own corner; None while it is not there."""
    if WINDOW not in desk.windows():
        return None
    place = desk.box(WINDOW)
    left, top, right, bottom = box
    return desk.picture(
        Box(place.left + left, place.top + top, place.left + right, place.top + bottom)
    )


def is_shown(desk: Desk, guest: Image.Image) -> bool:
    """Whether the window shows this picture of the set-up, as far as it stands still."""
    return picture_of(desk, BESIDE_THE_BAR) == guest.crop(BESIDE_THE_BAR)


def wait_for_progress(desk: Desk) -> None:
    """Wait until the line that counts what is written has changed."""
    before = picture_of(desk, PROGRESS)
    eventually_sync(lambda: picture_of(desk, PROGRESS) != before, what="a live picture")


def test_an_installation_goes_on_without_the_application_and_is_found_again(
    desk, serial, open_window, tmp_path
):
    disc = build_tiny_disc(tmp_path / "long.iso", TinyOptions(fill_mib=96))
    first = open_window()
    machine = create("one", disc)
    serial.wait_for("fill 2 of 96 MiB")
    [engine] = program.engines()
    first.kill()

    done = len(serial.lines())
    eventually_sync(lambda: len(serial.lines()) > done + 2, what="the installation going on")
    assert list(program.engines()) == [engine]
    guest = screen_of(machine["vmId"][:8], tmp_path)
    assert guest.crop(BESIDE_THE_BAR).getbbox()

    took_s = []
    while not took_s or (min(took_s) > REATTACH_S and len(took_s) < TRIES):
        began = time.monotonic()
        application = open_window("--show", "one")
        eventually_sync(lambda: is_shown(desk, guest), what="the picture")
        took_s.append(time.monotonic() - began)
        wait_for_progress(desk)
        assert "install done, number 1" not in serial.lines()
        application.kill()
    assert min(took_s) <= REATTACH_S, took_s

    serial.wait_for("ready", timeout_s=40)
    assert serial.lines().count("TinyOS set-up") == 1
    assert list(program.engines()) == [engine]
    disk = program.folders()[0] / "disk0.qcow2"
    assert verify_fill(disk).is_whole
    record = read_record(disk)
    assert (record.boots, record.installs, record.finished) == (1, 1, 1)
    program.told("kill", "one")


def is_heard(desk: Desk, serial: Serial) -> bool:
    """Press a key; whether the guest has got one of those."""
    desk.press(ENTER)
    return "1c up" in serial.strokes()


def test_a_key_that_was_down_when_the_application_ended_is_lifted_by_the_next_one(
    desk, serial, open_window, disc
):
    first = open_window()
    create("one", disc)
    serial.wait_for("ready")
    program.told("show", "one")
    desk.wait_for_window(WINDOW)
    eventually_sync(lambda: is_heard(desk, serial), what="the guest has the keyboard")
    desk.person("keydown", KEY_A)
    serial.wait_for("key 1e down")
    first.kill()
    desk.person("keyup", KEY_A)
    assert "1e up" not in serial.strokes()

    open_window("--show", "one")
    serial.wait_for("key 1e up")
    desk.wait_for_window(WINDOW)
    desk.press(KEY_B)
    serial.wait_for("key 30 up")
    strokes = [key for key in serial.strokes() if not key.endswith("repeat")]
    begin = strokes.index("1e down")
    assert strokes[begin:] == ["1e down", "1e up", "30 down", "30 up"]
    program.told("kill", "one")
