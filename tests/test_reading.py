"""A small file is read whole; anything else in its place is answered at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.errors import StoreError
from app.reading import read_small_file


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")

    assert read_small_file(tmp_path / "file", 5) == b"12345"
    with pytest.raises(StoreError, match="too large"):
        read_small_file(tmp_path / "file", 4)


def test_a_file_that_is_not_there_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_small_file(tmp_path / "file", 5)


@pytest.mark.parametrize("kind", ["pipe", "folder", "endless", "loop"])
def test_what_is_no_file_is_an_error_for_people(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "file"
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "endless":
            path.symlink_to("/dev/zero")
        case "loop":
            path.symlink_to(path)

    with pytest.raises(StoreError, match="file"):
        read_small_file(path, 5)
