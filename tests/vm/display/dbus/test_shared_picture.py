"""Memory of an engine that cannot be trusted."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest

from app.vm.display.dbus.shared_picture import SharedPicture
from app.vm.display.framebuffer import Framebuffer
from app.vm.display.seam import Rect
from app.vm.stream import ProtocolError
from tests.helpers.descriptors import open_descriptors

WIDTH, HEIGHT = 40, 30
STRIDE = WIDTH * 4
WHOLE = Rect(0, 0, WIDTH, HEIGHT)
PIXELS = random.Random(3).randbytes(STRIDE * HEIGHT)


@pytest.fixture(autouse=True)
def nothing_stays_open() -> Iterator[None]:
    before = open_descriptors()
    yield
    assert open_descriptors() <= before


def memory(data: bytes) -> int:
    fd = os.memfd_create("picture")
    os.write(fd, data)
    return fd


def test_a_picture_is_copied_out_of_the_memory() -> None:
    picture, shared = Framebuffer(WIDTH, HEIGHT, 1), SharedPicture(memory(PIXELS), 0, STRIDE)
    shared.copy(picture, WHOLE)
    shared.close()
    assert picture.memory == PIXELS


@pytest.mark.parametrize("rect", [Rect(3, 4, 5, 6), Rect(0, 7, WIDTH, 9), Rect(1, 0, 30, 30)])
@pytest.mark.parametrize("gap", [0, 24])
@pytest.mark.parametrize("offset", [0, 4096])
def test_a_part_is_where_it_was(rect: Rect, gap: int, offset: int) -> None:
    rows = [PIXELS[at : at + STRIDE] for at in range(0, len(PIXELS), STRIDE)]
    data = bytes(offset) + b"".join(row + b"\xee" * gap for row in rows)
    picture, shared = (
        Framebuffer(WIDTH, HEIGHT, 1),
        SharedPicture(memory(data), offset, STRIDE + gap),
    )
    shared.copy(picture, rect)
    shared.close()
    for y in range(rect.y, rect.y + rect.h):
        at = y * STRIDE + rect.x * 4
        assert picture.memory[at : at + rect.w * 4] == PIXELS[at : at + rect.w * 4]


@pytest.mark.parametrize("rect", [WHOLE, Rect(WIDTH - 2, 29, 2, 1), Rect(WIDTH - 5, 20, 5, 10)])
@pytest.mark.parametrize(("size", "offset"), [(len(PIXELS) - 1, 0), (0, 0), (len(PIXELS), 4096)])
def test_memory_that_is_too_small_is_an_error_not_a_signal(
    rect: Rect, size: int, offset: int
) -> None:
    shared = SharedPicture(memory(PIXELS[:size]), offset, STRIDE)
    with pytest.raises(ProtocolError, match="smaller"):
        shared.copy(Framebuffer(WIDTH, HEIGHT, 1), rect)
    shared.close()


def test_memory_that_is_cut_off_later_is_an_error_not_a_signal() -> None:
    fd = memory(PIXELS)
    theirs = os.dup(fd)
    picture, shared = Framebuffer(WIDTH, HEIGHT, 1), SharedPicture(fd, 0, STRIDE)
    shared.copy(picture, WHOLE)
    os.ftruncate(theirs, 10)
    with pytest.raises(ProtocolError, match="smaller"):
        shared.copy(picture, WHOLE)
    assert picture.memory[STRIDE:] == PIXELS[STRIDE:]
    shared.close()
    os.close(theirs)


def test_an_offset_behind_everything_is_an_error() -> None:
    shared = SharedPicture(memory(PIXELS), 0xFFFFFFFF, 1 << 20)
    with pytest.raises(ProtocolError, match="smaller"):
        shared.copy(Framebuffer(WIDTH, HEIGHT, 1), WHOLE)
    shared.close()


def test_what_is_no_memory_is_never_read() -> None:
    reading, writing = os.pipe()
    with pytest.raises(ProtocolError, match="not in memory"):
        SharedPicture(reading, 0, STRIDE)
    os.close(writing)
    for path in ("/dev/zero", "/proc/self/exe"):
        with pytest.raises(ProtocolError, match="not in memory"):
            SharedPicture(os.open(path, os.O_RDONLY), 0, STRIDE)


def test_memory_that_cannot_be_read_is_an_error() -> None:
    fd = memory(PIXELS)
    shared = SharedPicture(os.open(f"/proc/self/fd/{fd}", os.O_WRONLY), 0, STRIDE)
    with pytest.raises(OSError, match="Bad file"):
        shared.copy(Framebuffer(WIDTH, HEIGHT, 1), WHOLE)
    shared.close()
    os.close(fd)
