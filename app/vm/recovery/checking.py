"""Whether a qcow2 disk is whole, and its repair; both are the disk tool's work.

Source: qemu-img(1) of QEMU 7.2, "check": its exit codes and the members of its JSON; "Header" in
docs/interop/qcow2.txt.
"""

from __future__ import annotations

import asyncio
import json
import os
import struct
from dataclasses import dataclass
from pathlib import Path

from app.errors import EngineError, StateError, StoreError
from app.vm.images.exporting import taken_up
from app.vm.images.source import ImageFormat, ImageSource
from app.vm.qemu.disk_header import check_disk
from app.vm.qemu.tool import qemu_img

REPAIR_REMEDY = "Repair it: the disk is copied first, so that nothing can be lost by that."
_GOOD = (0, 2, 3)
"""Whole; damaged; leaks only."""
_LEAST_S, _LONGEST_S = 60.0, 1800.0
_PER_GIB_S = 2.0
_GIB = 1 << 30
_HEADER = struct.Struct(">4sI64xQ")  # magic, version, incompatible features
_WITH_FEATURES, _CORRUPT = 3, 1 << 1
_LOCK_WORDS = ("lock", "another process")


@dataclass(frozen=True, slots=True)
class ImageState:
    """What the disk tool found in an image.

    Attributes:
        corruptions: places where the structure contradicts itself, or could not be read.
        leaks: clusters that nothing uses.
    """

    corruptions: int = 0
    leaks: int = 0


def damage(name: str, state: ImageState) -> StoreError:
    """What to say of a disk that is damaged."""
    places = "one place" if state.corruptions == 1 else f"{state.corruptions} places"
    return StoreError(f"The disk {name} is damaged in {places}.", remedy=REPAIR_REMEDY)


async def look_through(image: Path, *, limit_s: float | None = None) -> ImageState:
    """Check an image that nobody uses, and win back what only leaks.

    Args:
        image: a machine's own disk.
        limit_s: longest time of each step, None for as long as it takes.

    Returns:
        What is damaged, and how much was won back.

    Raises:
        StoreError: it is no qcow2 image that stands alone, or cannot be read at all.
        StateError: another program uses it.
        EngineError: it took too long.
        NotSupportedError: there is no qemu-img.
    """
    await asyncio.to_thread(check_disk, image)
    state = await _check(image, [], limit_s)
    if state.corruptions:
        return state
    if state.leaks or await asyncio.to_thread(is_marked_corrupt, image):
        left = await _check(image, ["-r", "leaks"], limit_s)
        return ImageState(corruptions=left.corruptions, leaks=state.leaks)
    return state


async def repair(image: Path) -> ImageState:
    """Let the disk tool repair what it can; what is wrong afterwards.

    Raises:
        AppError: see `look_through`.
    """
    await asyncio.to_thread(check_disk, image)
    await _check(image, ["-r", "all"], None)
    return await _check(image, [], None)


def is_marked_corrupt(image: Path) -> bool:
    """Whether an engine has noted in the image that it is damaged; blocks for one read.

    Raises:
        OSError: it cannot be read.
    """
    handle = os.open(image, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        header = file.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return False
    magic, version, features = _HEADER.unpack(header)
    return bool(magic == b"QFI\xfb" and version >= _WITH_FEATURES and features & _CORRUPT)


async def start_limit_s(image: Path) -> float:
    """So long a look before a start may take; one without a person who waits has no limit."""
    size_gib = await asyncio.to_thread(taken_up, image) / _GIB
    return min(_LONGEST_S, _LEAST_S + size_gib * _PER_GIB_S)


async def _check(image: Path, repairs: list[str], limit_s: float | None) -> ImageState:
    source = ImageSource(path=image, format=ImageFormat.QCOW2, virtual_bytes=0)
    failure = f"The disk {image.name} could not be looked through."
    try:
        answer = await qemu_img(
            "check", "--output=json", *repairs, f"json:{json.dumps(source.blockdev())}",
            failure=failure, limit_s=limit_s, good=_GOOD,
        )  # fmt: skip
    except EngineError as err:
        raise _refusal(image, err) from err
    try:
        found = json.loads(answer)
        broken = int(found.get("corruptions", 0)) + int(found.get("check-errors", 0))
        fixed = bool(repairs) and not broken
        return ImageState(corruptions=broken, leaks=0 if fixed else int(found.get("leaks", 0)))
    except (ValueError, TypeError, AttributeError) as err:
        raise EngineError(failure, detail=repr(answer[-200:])) from err


def _refusal(image: Path, err: EngineError) -> StoreError | StateError | EngineError:
    if all(word in err.detail for word in _LOCK_WORDS):
        return StateError(
            f"Another program uses the disk {image.name}.",
            remedy="End that program, then try again.",
            detail=err.detail,
        )
    if "took more than" in err.detail or "cannot be started" in err.message:
        return err
    return StoreError(
        f"The disk {image.name} is damaged: the disk tools cannot read its structure.",
        remedy=REPAIR_REMEDY,
        detail=err.detail,
    )
