"""However many ask at the same time, one disk never has two engines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.e2e import program
from tests.e2e.desk import Box, Desk
from tests.e2e.machines import create
from tests.e2e.wizard import PRIMARY
from tests.guests.tiny import read_record
from tests.helpers.waiting import eventually_sync

pytestmark = [pytest.mark.x11, pytest.mark.slow]

STARTS = 20
_LOOK_S = 0.005
_DETAIL_PX = 330


@contextmanager
def all_engines() -> Iterator[set[int]]:
    """Numbers of all engines that there are during the block, be it for a moment only."""
    seen: set[int] = set()
    done = threading.Event()

    def look() -> None:
        while not done.wait(_LOOK_S):
            seen.update(program.engines())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        done.set()
        watcher.join()


def start_at_once(number: int) -> list[subprocess.Popen[bytes]]:
    words = [sys.executable, "-m", "app", "start", "--json", "one"]
    return [
        subprocess.Popen(words, cwd=program.ROOT, stdout=subprocess.PIPE, env=dict(os.environ))
        for _ in range(number)
    ]


def click_start(desk: Desk) -> None:
    """Click the large button of the one machine, in the column at the right."""
    main = desk.box(program.TITLE)
    column = Box(main.right - _DETAIL_PX, main.top, main.right, main.bottom)
    point = eventually_sync(
        lambda: desk.lowest_bar(PRIMARY, column, width_px=48), what="the machine's button"
    )
    desk.click(*point)


@pytest.mark.parametrize("window", [True, False], ids=["with a window", "without one"])
def test_twenty_starts_at_once_make_one_engine(desk, serial, open_window, disc, window):
    if window:
        open_window()
    create("one", disc, start=False)

    with all_engines() as engines:
        asked = start_at_once(STARTS - window)
        if window:
            click_start(desk)
        answers = [(each.communicate(timeout=60)[0], each.returncode) for each in asked]
        serial.wait_for("ready")

    assert [code for _, code in answers] == [0] * len(asked)
    machines = [json.loads(words)["vm"] for words, _ in answers]
    assert len({machine["startTime"] for machine in machines}) == 1
    assert list(engines) == list(program.engines())
    assert len(engines) == 1
    record = read_record(program.folders()[0] / "disk0.qcow2")
    assert (record.installs, record.boots, record.unclean_starts) == (1, 1, 0)
    program.told("kill", "one")
