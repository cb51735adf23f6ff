from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e import program
from tests.e2e.desk import Desk
from tests.e2e.desk import desk as open_desk
from tests.e2e.guest import Serial
from tests.e2e.program import Window
from tests.guests.tiny import TinyOptions, build_tiny_disc

# Twice the text mode's 720 x 400 fits exactly: each pixel of the guest is 2 x 2 of the screen.
SCREEN = "1440x900"


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A screen of its own for the test."""
    with open_desk(SCREEN) as made:
        yield made


@pytest.fixture
def serial(own_folders: Path) -> Iterator[Serial]:
    """Listens to the one machine of the test."""
    port = Serial()
    port.start()
    yield port
    port.stop()


@pytest.fixture
def no_machine_stays(own_folders: Path) -> Iterator[None]:
    """Force off what still runs at the end, by the command line."""
    yield
    if not program.engines():
        return
    for name, vm in program.machines().items():
        if vm["stateName"] not in {"STATE_STOPPED", "STATE_ERROR"}:
            program.run("kill", "--", name)
    for pid in program.engines():
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def open_window(desk: Desk, no_machine_stays: None) -> Iterator[Callable[..., Window]]:
    """Starts the window application; ended with the test."""
    made: list[Window] = []

    def start(*argv: str) -> Window:
        window = Window(desk, *argv)
        made.append(window)
        window.wait()
        return window

    yield start
    for window in made:
        window.end()


@pytest.fixture
def disc(tmp_path: Path) -> Path:
    """The set-up disc; nothing on the installed system's screen changes by itself."""
    return build_tiny_disc(tmp_path / "tiny.iso", TinyOptions(tick=False, letter_commands=False))
