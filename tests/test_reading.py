"""A small file is read whole; anything else in its place is answered at once."""

from __future__ import annotations

import errno
import os
import resource
import socket
from pathlib import Path

import pytest

from app.errors import StoreError
from app.reading import UnreadableError, read_small_file


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")

    assert read_small_file(tmp_path / "file", 5) == b"12345"
    with pytest.raises(StoreError, match="too large"):
        read_small_file(tmp_path / "file", 4)


def test_a_file_that_is_not_there_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_small_file(tmp_path / "file", 5)


@pytest.mark.parametrize("kind", ["pipe", "folder", "endless", "loop", "socket"])
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
        case "socket":
            with socket.socket(socket.AF_UNIX) as listening:
                listening.bind(str(path))

    with pytest.raises(StoreError, match="file") as caught:
        read_small_file(path, 5)
    assert not isinstance(caught.value, UnreadableError)  # it can be told what it is: no document


def test_a_file_that_the_disk_does_not_give_is_not_taken_for_a_wrong_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.symlink_to("/proc/self/mem")  # a regular file whose first byte is an I/O error, proc(5)

    with pytest.raises(UnreadableError, match="file cannot be read") as caught:
        read_small_file(path, 5)
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == errno.EIO


def test_a_process_without_a_free_descriptor_does_not_take_the_file_for_a_wrong_one(
    tmp_path: Path,
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"1")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.open(path, os.O_RDONLY)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, before[1]))
    try:
        with pytest.raises(UnreadableError):
            read_small_file(path, 5)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_is_for_others_is_not_taken_for_a_wrong_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"1")
    path.chmod(0)

    with pytest.raises(UnreadableError):
        read_small_file(path, 5)
