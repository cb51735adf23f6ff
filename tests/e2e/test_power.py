"""Off and on again: the system on the disk is the one that starts, whatever becomes of the disc."""

from __future__ import annotations

import os
import signal

import pytest

from tests.e2e import program
from tests.e2e.machines import create
from tests.guests.tiny import read_record
from tests.helpers.waiting import eventually_sync

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


def test_a_crash_of_the_engine_is_said_and_the_machine_starts_again(serial, open_window, disc):
    open_window()
    create("one", disc)
    serial.wait_for("ready")
    [pid] = program.engines()

    os.kill(pid, signal.SIGKILL)
    eventually_sync(lambda: program.state("one") == "ERROR", timeout_s=3, what="the state")
    told = program.machines()["one"]
    assert told["problem"]
    assert told["remedy"]

    program.told("start", "one")
    serial.wait_for("boots 2")
    serial.wait_for("last-stop unclean")
    program.told("kill", "one")
    assert program.state("one") == "STOPPED"
