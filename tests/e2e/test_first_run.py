"""The main job: from an ISO file, by clicks, to a running system in its own window."""

from __future__ import annotations

import pytest
from PIL import Image

from tests.e2e import program
from tests.e2e.desk import ENTER, KEY_A, KEY_B, KEY_C, KEY_D, LEFT_SHIFT, RIGHT_CTRL, Box
from tests.e2e.guest import screen_of
from tests.e2e.wizard import create_by_clicks
from tests.guests.tiny import read_record
from tests.helpers.waiting import eventually_sync

pytestmark = [pytest.mark.x11, pytest.mark.slow]

NAME = "DUPLEX_TINY"
WINDOW = f"{NAME} — {program.TITLE}"
LETTERBOX_PX = (900 - 2 * 400) // 2
# Rows of the guest below the bar and above the hint, which both may still float over the picture.
ROWS_IN_THE_CLEAR = (16, 19 * 16)


def enlarged(picture: Image.Image) -> Image.Image:
    """Each pixel of the guest as the 2 x 2 of the screen that it has to be."""
    return picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.NEAREST)


def test_a_machine_made_by_clicks_installs_itself_and_is_typed_into(
    desk, serial, open_window, disc, tmp_path
):
    open_window()
    create_by_clicks(desk, disc)
    lines = serial.wait_for("ready")
    assert [line for line in lines if line.startswith(("boots", "installs"))] == [
        "boots 1",
        "installs 1",
    ]
    desk.wait_for_window(WINDOW)
    machine = program.machines()[NAME]
    record = read_record(program.folders()[0] / "disk0.qcow2")
    assert (record.boots, record.installs, record.finished) == (1, 1, 1)

    # The picture, without another click.
    guest = screen_of(machine["vmId"][:8], tmp_path)
    assert guest.size == (720, 400)
    top, bottom = ROWS_IN_THE_CLEAR
    expected = enlarged(guest.crop((0, top, guest.width, bottom)))
    clear = Box(0, LETTERBOX_PX + 2 * top, 1440, LETTERBOX_PX + 2 * bottom)
    eventually_sync(lambda: desk.picture(clear) == expected, what="the guest's picture")

    # Keys arrive, each once.
    for keys in ((KEY_A,), (KEY_B,), (LEFT_SHIFT, KEY_A), (ENTER,)):
        desk.press(*keys)
    typed = [
        "1e down", "1e up", "30 down", "30 up",
        "2a down", "1e down", "1e up", "2a up", "1c down", "1c up",
    ]  # fmt: skip
    serial.wait_for("key 1c up")
    assert serial.strokes() == typed

    # The release key takes the keyboard back; a click hands it over again.
    desk.press(RIGHT_CTRL)
    desk.press(KEY_D)
    desk.click(720, 450)
    desk.press(KEY_C)
    serial.wait_for("key 2e up")
    assert serial.strokes() == [*typed, "2e down", "2e up"]

    # When all that floats has gone, the screen is the guest's to the last pixel.
    whole = Image.new("RGB", (1440, 900))
    whole.paste(enlarged(screen_of(machine["vmId"][:8], tmp_path)), (0, LETTERBOX_PX))
    eventually_sync(lambda: desk.picture() == whole, timeout_s=15, what="nothing but the guest")
