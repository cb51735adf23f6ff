"""A disk's image gives back what its guest does not use any more, with the machine off.

The image is written anew beside the old one, and takes its place only when it is whole, holds the
same, and is smaller. A running machine needs none of this: what its guest trims is given back at
once, because the engine hands discards on to the file (`app.vm.qemu.argv`).

Source: qemu-img(1) of QEMU 7.2, `convert` and `compare`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Callable
from pathlib import Path

from app.atomic import sync_folder
from app.errors import StateError, StoreError
from app.vm.disks import disk_of
from app.vm.images.copying import RESERVE_BYTES
from app.vm.images.exporting import (
    ExportFormat,
    ExportPlan,
    check_room,
    needed_bytes,
    snapshots_in,
    source_of,
    taken_up,
    write_image,
)
from app.vm.images.placing import part_beside
from app.vm.images.source import ImageSource
from app.vm.machine import Machine
from app.vm.model import Disk
from app.vm.qemu.disk_header import check_disk
from app.vm.qemu.tool import qemu_img
from app.vm.records import TaskPhase
from app.vm.store import storing
from app.vm.tasks import Task
from app.vm.unbroken import unbroken
from app.vm.updating import updating

_log = logging.getLogger(__name__)

FAILURE = "The disk could not be compacted; it is as it was."
_WRITTEN = 0.7
"""So much of the way is done when the new image is written; the rest is comparing."""

Stamp = tuple[int, int, int, int]
"""Device, inode, size and time of change: what a file is as long as nobody writes to it."""


async def compact(
    machine: Machine, disk_id: str, is_alive: Callable[[Path], bool], task: Task
) -> None:
    """Let a disk's image take up no more than its guest uses. Failed or cancelled, it is as it was.

    Args:
        machine: off.
        disk_id: which of its disks; empty for the system disk.
        is_alive: see `app.vm.engine.Engine`.
        task: told how far it is, and both sizes at the end.

    Raises:
        ParamError: it has no such disk.
        StateError: it is not off, the disk holds snapshots, or somebody else changed it meanwhile.
        DiskLessError: there is no room for the new image beside the old one.
        StoreError: a file cannot be read or written, or leads to another file.
        EngineError: a tool refused, or the new image is not the same.
    """
    async with updating(machine, is_alive):
        disk = disk_of(machine.config, disk_id)
        with storing(FAILURE):
            await _compact(machine.folder / disk.file, disk, task)
        machine.tell_changed()


async def _compact(image: Path, disk: Disk, task: Task) -> None:
    await asyncio.to_thread(check_disk, image)
    source = await asyncio.to_thread(source_of, image)
    if await snapshots_in(source):
        raise StateError(
            "The disk holds snapshots, which compacting would lose.",
            remedy="Delete the machine's snapshots first, or leave the disk as it is.",
        )
    room = await needed_bytes(source) + RESERVE_BYTES
    await asyncio.to_thread(check_room, image.parent, room)
    before = await asyncio.to_thread(taken_up, image)
    stamp = await asyncio.to_thread(_stamp_of, image)
    part = part_beside(image, task.info.task_id.hex[:8])
    try:
        await _write_same(source, part, task.report)
        task.enter(TaskPhase.FINISHING)
        after = await unbroken(asyncio.to_thread(_exchange, part, image, stamp, before))
    finally:
        await unbroken(asyncio.to_thread(part.unlink, missing_ok=True))
    _log.info("%s: %d bytes before, %d now", disk.file, before, after)
    task.tell_sizes(before, after)


async def _write_same(
    source: ImageSource, part: Path, on_progress: Callable[[float], None]
) -> None:
    plan = ExportPlan(target=part, format=ExportFormat.QCOW2)
    await write_image(
        source, part, plan, lambda done: on_progress(done * _WRITTEN), failure=FAILURE
    )
    copy = await asyncio.to_thread(source_of, part)
    if copy.virtual_bytes != source.virtual_bytes:
        raise StoreError(FAILURE, detail=f"{copy.virtual_bytes} of {source.virtual_bytes} bytes")
    # Code 1, for different contents, counts as a failure like any other.
    await qemu_img(
        "compare", "-p", json_name(source), json_name(copy),
        failure=FAILURE, on_progress=lambda done: on_progress(_WRITTEN + done * (1 - _WRITTEN)),
    )  # fmt: skip


def json_name(source: ImageSource) -> str:
    """An image's description as `qemu-img` takes it in place of a file's name."""
    return f"json:{json.dumps(source.blockdev())}"


def _exchange(part: Path, image: Path, stamp: Stamp, before: int) -> int:
    """Put the new image in the old one's place if that pays; bytes that the disk takes up now."""
    handle = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    after = taken_up(part)
    if _stamp_of(image) != stamp:
        raise StateError(
            "The disk was changed by somebody else while it was compacted; it is as they left it.",
            remedy="Look who uses the file, then try again.",
        )
    if after >= before:
        return before
    part.chmod(image.stat().st_mode & 0o777)
    part.replace(image)
    sync_folder(image.parent)
    return after


def _stamp_of(image: Path) -> Stamp:
    info = image.lstat()
    return info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns
