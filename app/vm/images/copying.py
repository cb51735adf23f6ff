"""Brings a looked-at image into a new qcow2 file: copied as it is where it may be, else converted.

Source: qemu-img(1) of QEMU 7.2; docs/interop/qcow2.txt for the version in the header.
"""

from __future__ import annotations

import asyncio
import errno
import json
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from uuid import uuid4

from app.errors import (
    DiskLessError,
    EngineError,
    MediaError,
    NotSupportedError,
    ParamError,
)
from app.vm.images.exporting import check_room
from app.vm.images.file_copy import Tell, copy_file, told_from_thread
from app.vm.images.placing import identity_of, part_beside, place_new
from app.vm.images.source import ImageFormat, ImageSnapshot, ImageSource
from app.vm.limits import MIB, HostSize, in_gib
from app.vm.model import MIN_DISK_MIB
from app.vm.qemu.disk_header import check_disk
from app.vm.qemu.tool import qemu_img
from app.vm.real_path import Identity
from app.vm.store import storing
from app.vm.unbroken import unbroken

FAILURE = "The disk image could not be imported."
RESERVE_BYTES = 256 << 20
"""Stays free, so that the host goes on working."""
_MEASURE_S = 60.0
_VERSION = struct.Struct(">4xI")


class Way(StrEnum):
    """How an image becomes the machine's own."""

    COPY = "copy"
    CONVERT = "convert"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What of an image is wanted.

    Attributes:
        keep_snapshots: those inside it too.
        snapshot_time_ms: as it was then, milliseconds since 1970 UTC; 0 for now.
    """

    keep_snapshots: bool = False
    snapshot_time_ms: int = 0


def way_of(source: ImageSource, wish: Wish, version: int) -> Way:
    """Whether the file can be taken as it is; `version` is that of a qcow2 header, else 0.

    Raises:
        NotSupportedError: its snapshots cannot be kept.
        ParamError: wishes that exclude each other.
    """
    if wish.keep_snapshots and wish.snapshot_time_ms:
        raise ParamError(
            "An image that keeps its snapshots is taken as it is now.",
            remedy="Import it without a time, or without its snapshots.",
        )
    is_plain = source.format is ImageFormat.QCOW2 and source.window is None and version >= 3
    has_more = bool(source.snapshots)
    if is_plain and not wish.snapshot_time_ms and (wish.keep_snapshots or not has_more):
        return Way.COPY
    if wish.keep_snapshots and has_more:
        raise NotSupportedError(
            "The snapshots in this image cannot be kept.",
            remedy="Import it without them, or convert it to a qcow2 file of version 3 first.",
        )
    return Way.CONVERT


def snapshot_before(snapshots: Sequence[ImageSnapshot], time_ms: int) -> str:
    """Name of the newest snapshot that is not newer than `time_ms`.

    Raises:
        ParamError: all are newer, or there is none.
    """
    old_enough = [snapshot for snapshot in snapshots if snapshot.created_ms <= time_ms]
    if not old_enough:
        raise ParamError(
            "The image has no snapshot from that time or before.",
            remedy="Choose a later time, or import the disk as it is now.",
        )
    return max(old_enough, key=lambda snapshot: snapshot.created_ms).tag


async def bring_in(
    source: ImageSource, target: Path, wish: Wish, inspected: Identity, on_progress: Tell
) -> None:
    """Make `target`, a new qcow2 file; failed or cancelled, nothing of it is left.

    Args:
        source: an image that was inspected; only read.
        target: does not exist yet.
        wish: what of it.
        inspected: device and inode of `source.path`, taken before it was inspected.
        on_progress: told fractions of 1, on the loop.

    Raises:
        MediaError: the file was exchanged meanwhile, or cannot be read.
        DiskLessError: there is too little room.
        ParamError: no snapshot is old enough, or there is a `target`.
        NotSupportedError: its snapshots cannot be kept.
        StoreError: a file cannot be written, or the result leads to another file.
        EngineError: qemu-img refused, or the result is not whole.
    """
    with storing(FAILURE):
        await _bring_in(source, target, wish, inspected, on_progress)


def grown_mib(source: ImageSource, wished_mib: int, host: HostSize) -> int:
    """Size that the disk of an image gets, MiB.

    Args:
        source: the image.
        wished_mib: how large it shall be; 0 for as it is.
        host: what is free.

    Raises:
        ParamError: it would have to shrink.
        DiskLessError: it could grow larger than the free space.
    """
    present_mib = max(MIN_DISK_MIB, -(-source.virtual_bytes // MIB))
    wished_mib = wished_mib or present_mib
    if wished_mib < present_mib:
        raise ParamError(
            f"The image has {in_gib(present_mib)}; disks only grow.",
            remedy=f"Choose {present_mib} MiB or more.",
        )
    if wished_mib - present_mib > host.free_disk_mib:
        raise DiskLessError(
            f"Not enough disk space in the machines folder: the disk may grow by "
            f"{in_gib(wished_mib - present_mib)}, {in_gib(host.free_disk_mib)} are free.",
            remedy="Choose a smaller size, or make room.",
        )
    return wished_mib


async def grow_image(image: Path, size_mib: int) -> None:
    """Give an imported disk its size; most images have it, and stay as they are.

    Raises:
        EngineError: qemu-img refused.
    """
    await qemu_img(
        "resize", "-q", "-f", "qcow2", str(image), str(size_mib * MIB),
        failure="The imported disk could not grow.", limit_s=_MEASURE_S,
    )  # fmt: skip


async def _bring_in(
    source: ImageSource, target: Path, wish: Wish, inspected: Identity, on_progress: Tell
) -> None:
    await asyncio.to_thread(_check_same, source.path, inspected)
    way = way_of(source, wish, await asyncio.to_thread(_version_of, source))
    await asyncio.to_thread(check_room, target.parent, await _needed(source) + RESERVE_BYTES)
    part = part_beside(target, uuid4().hex[:8])
    try:
        if way is Way.COPY:
            await _copy(source.path, part, on_progress)
        else:
            await _convert(source, part, wish, on_progress)
        await asyncio.to_thread(_check_same, source.path, inspected)
        # Identity and content are two things: the copy itself has to stand alone.
        await asyncio.to_thread(check_disk, part)
        await _check(part)
        await unbroken(asyncio.to_thread(_place, part, target))
    finally:
        await unbroken(asyncio.to_thread(part.unlink, missing_ok=True))


async def _needed(source: ImageSource) -> int:
    answer = await qemu_img(
        "measure", "--output=json", "-O", "qcow2", _name(source),
        failure=FAILURE, limit_s=_MEASURE_S,
    )  # fmt: skip
    return int(json.loads(answer)["required"])


async def _copy(path: Path, part: Path, on_progress: Tell) -> None:
    try:
        await told_from_thread(lambda tell, stop: copy_file(path, part, tell, stop), on_progress)
    except OSError as err:
        if err.errno == errno.ENOSPC:
            raise DiskLessError(
                f"{FAILURE} The disk is full.", remedy="Make room on that disk."
            ) from err
        raise MediaError(f"{FAILURE} {err.strerror}.", detail=str(err)) from err


async def _convert(
    source: ImageSource, part: Path, wish: Wish, on_progress: Callable[[float], None]
) -> None:
    older = []
    if wish.snapshot_time_ms:
        name = snapshot_before(source.snapshots, wish.snapshot_time_ms)
        older = ["-l", f"snapshot.name={name.replace(',', ',,')}"]
    words = ["-W", "-m", "8", "-O", "qcow2", "-o", "cluster_size=64k", *older]
    files = [_name(source), str(part)]
    # The source is read through the host's cache, where a file that just came often is; what is
    # written goes past it, so that the last sync has little left to wait for. VMDK comes in grains
    # of 64 KiB: each would be a write of its own to the disk, which the cache joins.
    direct = [] if source.format is ImageFormat.VMDK else ["-t", "none"]
    try:
        await _run([*direct, *words, *files], on_progress)
    except DiskLessError:
        raise
    except EngineError as err:
        if "O_DIRECT" not in err.detail and "Invalid argument" not in err.detail:
            raise
        await _run([*words, *files], on_progress)


async def _run(words: Sequence[str], on_progress: Callable[[float], None]) -> None:
    await qemu_img("convert", "-p", *words, failure=FAILURE, on_progress=on_progress)


async def _check(part: Path) -> None:
    description = {"driver": "qcow2", "file": {"driver": "file", "filename": str(part)}}
    await qemu_img(
        "check", "-r", "leaks", f"json:{json.dumps(description)}",
        failure="The imported disk is not whole.",
    )  # fmt: skip


def _check_same(path: Path, inspected: Identity) -> None:
    try:
        now = identity_of(path)
    except OSError as err:
        raise MediaError(f"{FAILURE} {err.strerror}.", detail=str(err)) from err
    if now != inspected:
        raise MediaError(
            f"{path.name} was exchanged while it was imported.", remedy="Import it again."
        )


def _version_of(source: ImageSource) -> int:
    if source.format is not ImageFormat.QCOW2 or source.window is not None:
        return 0
    with source.path.open("rb") as file:
        head = file.read(_VERSION.size)
    return int(_VERSION.unpack(head)[0]) if len(head) == _VERSION.size else 0


def _place(part: Path, target: Path) -> None:
    part.chmod(0o600)
    place_new(part, target)


def _name(source: ImageSource) -> str:
    return f"json:{json.dumps(source.blockdev())}"
