"""Copies of large files: the same content, the same holes, nothing left of one that was stopped."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.vm.images import file_copy
from app.vm.images.file_copy import StoppedError, copy_file, told_from_thread
from tests.vm.disks import MIB, files_in


@contextmanager
def opened(path: Path, flags: int) -> Iterator[int]:
    handle = os.open(path, flags)
    try:
        yield handle
    finally:
        os.close(handle)


async def test_a_copy_keeps_holes_and_content(tmp_path: Path) -> None:
    source, copy = tmp_path / "a", tmp_path / "b"
    with source.open("wb") as file:
        file.truncate(64 * MIB)
        file.seek(20 * MIB)
        file.write(os.urandom(3 * MIB))
        file.seek(63 * MIB)
        file.write(b"end")
    seen: list[float] = []

    await told_from_thread(lambda tell, stop: copy_file(source, copy, tell, stop), seen.append)

    assert copy.read_bytes() == source.read_bytes()
    assert copy.stat().st_blocks <= source.stat().st_blocks
    assert copy.stat().st_mode & 0o777 == 0o600


async def test_a_copy_without_help_from_the_kernel_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(errno.EXDEV, "-")

    monkeypatch.setattr(file_copy, "clone", lambda *_: False)
    monkeypatch.setattr(os, "copy_file_range", refuse)
    source, copy = tmp_path / "a", tmp_path / "b"
    source.write_bytes(os.urandom(MIB + 17))
    seen: list[float] = []
    await told_from_thread(lambda tell, stop: copy_file(source, copy, tell, stop), seen.append)
    await asyncio.sleep(0)
    assert copy.read_bytes() == source.read_bytes()
    assert seen[-1] == 1.0


async def test_a_copy_that_is_stopped_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_copy, "clone", lambda *_: False)
    monkeypatch.setattr(file_copy, "_CHUNK", 4096)
    source, copy = tmp_path / "a", tmp_path / "b"
    source.write_bytes(bytes(64 * MIB))
    begun = asyncio.Event()
    work = asyncio.create_task(
        told_from_thread(
            lambda tell, stop: copy_file(source, copy, tell, stop), lambda _: begun.set()
        )
    )
    await begun.wait()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert files_in(tmp_path) == {"a"}


def test_a_copy_replaces_nothing(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).write_text(name)
    with pytest.raises(FileExistsError):
        copy_file(tmp_path / "a", tmp_path / "b", lambda _: None, threading.Event())
    assert (tmp_path / "b").read_text() == "b"
    stop = threading.Event()
    stop.set()
    with (
        opened(tmp_path / "a", os.O_RDONLY) as source,
        opened(tmp_path / "c", os.O_RDWR | os.O_CREAT) as target,
        pytest.raises(StoppedError),
    ):
        file_copy.copy_sparse(source, target, lambda _: None, stop)
