"""A disk may not lead the engine, and with it a guest, to another file."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from app.errors import StoreError
from app.vm.qemu.disk_header import check_disk


def a_disk(folder: Path, *options: str) -> Path:
    disk = folder / "disk0.qcow2"
    subprocess.run(
        ["qemu-img", "create", "-q", "-f", "qcow2", *options, str(disk), "16M"], check=True
    )
    return disk


@pytest.mark.parametrize("version", ["0.10", "1.1"])
def test_a_disk_that_stands_alone_is_taken(tmp_path: Path, version: str) -> None:
    check_disk(a_disk(tmp_path, "-o", f"compat={version}"))


@pytest.mark.parametrize("version", ["0.10", "1.1"])
def test_a_disk_with_a_backing_file_is_refused(tmp_path: Path, version: str) -> None:
    foreign = tmp_path / "foreign"
    foreign.write_bytes(b"not for a guest")
    disk = a_disk(tmp_path, "-o", f"compat={version}", "-b", str(foreign), "-F", "raw")
    with pytest.raises(StoreError, match="leads to another file"):
        check_disk(disk)


def test_a_disk_that_would_write_into_another_file_is_refused(tmp_path: Path) -> None:
    disk = a_disk(tmp_path, "-o", f"data_file={tmp_path / 'foreign'}")
    with pytest.raises(StoreError, match="leads to another file"):
        check_disk(disk)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "cut off"), (b"QFI\xfb\0\0\0\3", "cut off"), (bytes(512), "not a qcow2 image")],
)
def test_what_is_no_qcow2_image_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    disk = tmp_path / "disk0.qcow2"
    disk.write_bytes(content)
    with pytest.raises(StoreError, match=words):
        check_disk(disk)


def test_a_pipe_or_a_link_in_the_place_of_a_disk_is_refused_at_once(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(a_disk(tmp_path))
    for path in (pipe, link, tmp_path / "missing"):
        with pytest.raises(StoreError):
            check_disk(path)
