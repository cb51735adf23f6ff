"""Off and on again: the system on the disk is the one that starts, whatever becomes of the disc."""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.e2e import program
from tests.e2e.desk import KEY_A, Desk
from tests.e2e.machines import create
from tests.guests.tiny import read_record
from tests.helpers.waiting import eventually_sync

WINDOW = f"one — {program.TITLE}"
GUEST_BLUES = ("#0000A8", "#0000AA")  # six bits a colour, made eight in one way or the other
SAID_S = 3.0

pytestmark = [pytest.mark.x11, pytest.mark.slow]


def test_a_stopped_machine_starts_from_its_own_disk_with_and_without_the_disc(
    serial, open_window, disc
):
    open_window()
    machine = create("one", disc)
    disk = program.folders()[0] / "disk0.qcow2"
    serial.wait_for("ready")

    program.told("stop", "one")
    assert program.state("one") == "STOPPED"
    assert serial.lines()[-2:] == ["power-button pressed", "stop power-off"]
    assert read_record(disk).clean
    assert not program.engines()

    assert program.told("start", "one")["vm"]["isoPath"] == machine["isoPath"] == str(disc)
    serial.wait_for("boots 2")
    assert serial.wait_for("ready", times=2).count("TinyOS set-up") == 1

    program.told("stop", "one")
    disc.unlink()
    program.told("start", "one")
    serial.wait_for("boots 3")
    lines = serial.wait_for("ready", times=3)
    assert lines.count("TinyOS set-up") == 1
    assert "last-stop unclean" not in lines
    record = read_record(disk)
    assert (record.boots, record.installs, record.unclean_starts) == (3, 1, 0)
    program.told("kill", "one")


def shows_the_guest(desk: Desk) -> bool:
    """Whether a wide line of the guest's blue is in the machine's window."""
    return desk.lowest_bar(GUEST_BLUES, desk.box(WINDOW), width_px=400) is not None


def test_a_crash_of_the_engine_is_said_everywhere_and_the_machine_starts_again(
    desk, serial, open_window, disc
):
    open_window()
    create("one", disc)
    serial.wait_for("ready")
    program.told("show", "one")
    desk.wait_for_window(WINDOW)
    eventually_sync(lambda: shows_the_guest(desk), what="the guest's picture")
    [pid] = program.engines()

    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + SAID_S
    eventually_sync(lambda: not shows_the_guest(desk), timeout_s=SAID_S, what="the window's word")
    eventually_sync(lambda: program.state("one") == "ERROR", timeout_s=SAID_S, what="the state")
    assert time.monotonic() < deadline
    told = program.machines()["one"]
    assert told["problem"]
    assert told["remedy"]

    program.told("start", "one")
    serial.wait_for("boots 2")
    serial.wait_for("last-stop unclean")
    eventually_sync(lambda: shows_the_guest(desk), what="the picture of the new run")
    desk.wait_for_window(WINDOW)
    desk.click(*desk.box(WINDOW).middle)
    desk.press(KEY_A)
    serial.wait_for("key 1e up")
    assert serial.strokes() == ["1e down", "1e up"]
    program.told("kill", "one")
    assert program.state("one") == "STOPPED"
