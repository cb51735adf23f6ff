"""What is down is known to the next process, and only for the same run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.desktop.held import HeldNote, NotedInput
from app.vm.display.keymap import Key
from app.vm.display.seam import Button
from tests.helpers.descriptors import open_descriptors

RUN = 1_700_000_000_000


class Told:
    """`app.vm.display.seam.Input` that keeps what it was told."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def key(self, number: int, *, down: bool) -> None:
        self.calls.append(("key", number, down))

    def button(self, button: Button, *, down: bool) -> None:
        self.calls.append(("button", button, down))

    def move_to(self, x: float, y: float) -> None:
        self.calls.append(("move_to", x, y))

    def move_by(self, dx: int, dy: int) -> None:
        self.calls.append(("move_by", dx, dy))

    def wheel(self, dx: int, dy: int) -> None:
        self.calls.append(("wheel", dx, dy))

    def close(self) -> None:
        self.calls.append(("close",))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "held" / "machine"


def opened(file: Path, started_ms: int = RUN) -> tuple[NotedInput, Told]:
    told = Told()
    return NotedInput(told, HeldNote(file, started_ms)), told


def test_what_was_down_at_a_crash_is_lifted_once(file):
    crashed, _ = opened(file)
    for key in (0x1E, Key.LEFT_CTRL, Key.RIGHT_META):
        crashed.key(key, down=True)
    crashed.key(0x1E, down=False)
    crashed.button(Button.EXTRA, down=True)

    following, told = opened(file)
    lifted = {("key", Key.LEFT_CTRL, False), ("key", Key.RIGHT_META, False)}
    assert set(told.calls) == lifted | {("button", Button.EXTRA, False)}
    assert len(told.calls) == 3
    following.close()
    assert opened(file)[1].calls == []


def test_another_run_of_the_machine_has_nothing_down(file):
    opened(file)[0].key(0x1E, down=True)

    assert opened(file, RUN + 1)[1].calls == []
    assert opened(file)[1].calls == []


def test_a_closed_view_that_released_everything_leaves_no_file(file):
    channel, told = opened(file)
    channel.key(0xFF, down=True)
    channel.key(0xFF, down=False)
    channel.close()

    assert told.calls[-1] == ("close",)
    assert not file.exists()


@pytest.mark.parametrize("content", [b"", b"x", b"\xff" * 40, b"\xff" * 42, b"\xff" * 100_000])
def test_a_damaged_note_counts_as_none(file, content):
    file.parent.mkdir()
    file.write_bytes(content)

    assert opened(file)[1].calls == []
    assert len(file.read_bytes()) == 41


def test_everything_else_goes_through_untouched(file):
    channel, told = opened(file)
    channel.move_to(0.25, 1.0)
    channel.move_by(-3, 7)
    channel.wheel(0, 1)
    channel.key(4711, down=True)

    assert told.calls == [
        ("move_to", 0.25, 1.0), ("move_by", -3, 7), ("wheel", 0, 1), ("key", 4711, True)
    ]  # fmt: skip


def test_keys_arrive_also_where_nothing_can_be_noted(file, caplog):
    file.parent.write_bytes(b"no folder")
    channel, told = opened(file)
    channel.key(0x1E, down=True)
    channel.close()

    assert told.calls == [("key", 0x1E, True), ("close",)]
    assert "cannot be noted" in caplog.text


def test_a_link_in_its_place_is_not_followed(file, tmp_path, caplog):
    file.parent.mkdir()
    target = tmp_path / "precious"
    target.write_bytes(b"kept")
    file.symlink_to(target)
    opened(file)[0].key(0x1E, down=True)

    assert target.read_bytes() == b"kept"
    assert "cannot be noted" in caplog.text


def test_no_descriptor_stays_open(file):
    before = open_descriptors()
    for _ in range(3):
        channel, _ = opened(file)
        channel.key(0x1E, down=True)
        channel.close()

    assert open_descriptors() <= before
