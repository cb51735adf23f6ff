"""The sizes that people gave to their machines' windows."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from PySide6.QtCore import QSize

from app.desktop.view_sizes import ViewSizes

ONE, TWO = UUID(int=1), UUID(int=2)


def test_a_size_is_kept_for_a_machine_and_a_monitor(tmp_path) -> None:
    file = tmp_path / "state" / "sizes.json"
    sizes = ViewSizes(file)
    assert sizes.of_machine(ONE).size_on("left") is None
    sizes.of_machine(ONE).keep("left", QSize(1300, 800))
    sizes.of_machine(ONE).keep("right", QSize(2000, 1200))
    sizes.of_machine(TWO).keep("left", QSize(640, 480))
    again = ViewSizes(file)
    assert again.of_machine(ONE).size_on("left") == QSize(1300, 800)
    assert again.of_machine(ONE).size_on("right") == QSize(2000, 1200)
    assert again.of_machine(TWO).size_on("left") == QSize(640, 480)
    assert again.of_machine(TWO).size_on("right") is None


def test_a_size_that_is_known_is_not_written_again(tmp_path) -> None:
    file = tmp_path / "sizes.json"
    kept = ViewSizes(file).of_machine(ONE)
    kept.keep("left", QSize(1300, 800))
    file.unlink()
    kept.keep("left", QSize(1300, 800))
    assert not file.exists()


def test_the_machines_that_were_sized_longest_ago_are_forgotten(tmp_path) -> None:
    file = tmp_path / "sizes.json"
    sizes = ViewSizes(file)
    for number in range(520):
        sizes.of_machine(UUID(int=number)).keep("left", QSize(700, 500))
    document = json.loads(file.read_bytes())
    assert len(document) == 500
    assert UUID(int=19).hex not in document
    assert UUID(int=519).hex in document


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff\xfe",
        b"{" * 100_000,
        b'{"%s": []}' % ONE.hex.encode(),
        b'{"%s": {"left": [0, 5]}}' % ONE.hex.encode(),
        b'{"%s": {"left": [true, 5]}}' % ONE.hex.encode(),
        b'{"%s": {"left": [100000, 5]}}' % ONE.hex.encode(),
        b'{"%s": {"left": "800x600"}}' % ONE.hex.encode(),
    ],
)
def test_a_file_that_makes_no_sense_is_as_good_as_none(tmp_path, caplog, content) -> None:
    file = tmp_path / "sizes.json"
    file.write_bytes(content)
    kept = ViewSizes(file).of_machine(ONE)
    assert kept.size_on("left") is None
    kept.keep("left", QSize(800, 600))
    assert ViewSizes(file).of_machine(ONE).size_on("left") == QSize(800, 600)


def test_a_place_that_cannot_be_written_is_only_a_loss_of_comfort(tmp_path, caplog) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    kept = ViewSizes(tmp_path / "state" / "sizes.json").of_machine(ONE)
    kept.keep("left", QSize(800, 600))
    assert kept.size_on("left") == QSize(800, 600)
    assert "not kept" in caplog.text
