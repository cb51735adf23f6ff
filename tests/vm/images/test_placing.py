"""A finished file takes its place, and never another's."""

from __future__ import annotations

import errno
from pathlib import Path
from uuid import uuid4

import pytest

from app.errors import PathError
from app.vm.images.placing import (
    identity_of,
    part_beside,
    place_new,
    refuse_taken,
    take_back,
)
from tests.vm.disks import files_in


@pytest.mark.parametrize("links", [True, False])
def test_a_file_takes_its_place_and_never_another_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, links: bool
) -> None:
    if not links:

        def refuse(*_: object) -> None:
            raise OSError(errno.EPERM, "no hard links")

        monkeypatch.setattr(Path, "hardlink_to", refuse)
    target = tmp_path / "disk.raw"
    part = part_beside(target, "00000000")
    part.write_bytes(b"new")
    place_new(part, target)
    assert (files_in(tmp_path), target.read_bytes()) == ({"disk.raw"}, b"new")

    part.write_bytes(b"newer")
    with pytest.raises(PathError, match=r"disk\.raw is there already"):
        place_new(part, target)
    assert (part.read_bytes(), target.read_bytes()) == (b"newer", b"new")


def test_a_link_that_leads_nowhere_is_something_too(tmp_path: Path) -> None:
    (tmp_path / "a.raw").symlink_to(tmp_path / "nowhere")
    with pytest.raises(PathError, match="already"):
        refuse_taken(tmp_path / "a.raw")


def test_the_longest_names_leave_room_for_what_stands_around_them(tmp_path: Path) -> None:
    part = part_beside(tmp_path / ("ä" * 127), uuid4().hex[:8], extra=".0")
    part.touch()
    assert part.name.startswith(".ä")


def test_only_what_was_placed_is_taken_back(tmp_path: Path) -> None:
    ours, other = tmp_path / "ours", tmp_path / "other"
    for path in (ours, other):
        path.write_text(path.name)
    take_back(other, identity_of(ours))
    assert files_in(tmp_path) == {"ours", "other"}
    take_back(ours, identity_of(ours))
    take_back(ours, identity_of(other))
    assert files_in(tmp_path) == {"other"}
