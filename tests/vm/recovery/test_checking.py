"""Disks are looked through by the disk tool, and nothing but leaks is changed by that."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.errors import EngineError, StateError, StoreError
from app.vm.recovery.checking import (
    ImageState,
    is_marked_corrupt,
    look_through,
    repair,
    start_limit_s,
)
from tests.vm.disks import holds, run, write_pattern
from tests.vm.recovery.images import corrupt, is_whole, leak, ruin


@pytest.fixture
def image(tmp_path: Path) -> Path:
    made = tmp_path / "disk0.qcow2"
    run("qemu-img", "create", "-q", "-f", "qcow2", made, "16M")
    write_pattern(made, 0x5A)
    return made


def content(image: Path) -> bytes:
    return image.read_bytes()


def patch(image: Path, at: int, value: int) -> None:
    """Put a number of eight bytes into the file."""
    data = bytearray(image.read_bytes())
    struct.pack_into(">Q", data, at, value)
    image.write_bytes(data)


@contextmanager
def in_use(image: Path) -> Iterator[None]:
    """Another program has the disk open for writing."""
    words = ["qemu-io", "-f", "qcow2", str(image)]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe) as user:
        assert user.stdin is not None
        assert user.stdout is not None
        user.stdin.write(b"length\n")
        user.stdin.flush()
        user.stdout.readline()
        yield
        user.communicate(b"quit\n", timeout=30)


async def test_a_whole_disk_is_left_as_it_is(image: Path) -> None:
    before = content(image)
    assert await look_through(image) == ImageState()
    assert content(image) == before
    assert not is_marked_corrupt(image)


async def test_what_leaks_is_won_back(image: Path) -> None:
    leak(image)
    assert await look_through(image) == ImageState(leaks=1)
    assert is_whole(image)


async def test_a_damaged_disk_is_told_and_not_touched(image: Path) -> None:
    corrupt(image)
    before = content(image)
    assert (await look_through(image)).corruptions
    assert content(image) == before
    assert await repair(image) == ImageState()
    assert holds(image, "qcow2", 0x5A)


async def test_what_cannot_be_repaired_is_said_to_be_damaged_still(image: Path) -> None:
    ruin(image)
    assert (await repair(image)).corruptions


async def test_an_image_that_the_engine_has_called_corrupt_is_freed_of_that_when_it_is_whole(
    image: Path,
) -> None:
    patch(image, 72, 2)  # incompatible features, bit 1: corrupt
    assert is_marked_corrupt(image)
    assert await look_through(image) == ImageState()
    assert not is_marked_corrupt(image)


async def test_a_disk_without_a_structure_is_damaged(image: Path) -> None:
    patch(image, 48, 12345)  # the table of reference counts
    with pytest.raises(StoreError, match="cannot read its structure"):
        await look_through(image)
    patch(image, 0, 0)
    with pytest.raises(StoreError, match="not a qcow2 image"):
        await look_through(image)


async def test_a_disk_that_another_program_uses_is_no_damaged_one(image: Path) -> None:
    with in_use(image), pytest.raises(StateError, match="Another program uses"):
        await look_through(image)


async def test_a_look_that_takes_too_long_is_given_up(image: Path) -> None:
    assert 60 <= await start_limit_s(image) < 61
    with pytest.raises(EngineError, match="looked through"):
        await look_through(image, limit_s=0)
