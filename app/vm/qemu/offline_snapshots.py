"""Snapshots inside the qcow2 disks of a machine that is off: `qemu-img snapshot` over all of them.

A tag names one snapshot in every disk. `qemu-img` knows nothing of that: it lets a name be taken
twice, and works on one disk only.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

from app.errors import AppError, EngineError
from app.vm.engine import DiskSnapshot
from app.vm.qemu.snapshot_jobs import snapshot_of
from app.vm.qemu.tool import qemu_img
from app.vm.unbroken import unbroken

_READ_S = 60.0
_HELD_S, _TRY_S = 5.0, 0.1
_IN_USE = "another process using the image"


def parse_snapshots(answer: bytes) -> tuple[DiskSnapshot, ...]:
    """Snapshots out of `qemu-img info --output=json` (QEMU's qapi/block-core.json, ImageInfo).

    Raises:
        EngineError: it is no such answer.
    """
    try:
        return tuple(map(snapshot_of, json.loads(answer).get("snapshots", ())))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as err:
        raise EngineError("The disk's snapshots cannot be read.", detail=repr(err)) from err


async def list_in(disk: Path) -> tuple[DiskSnapshot, ...]:
    """Snapshots in one disk. The look takes no lock: it must not hinder a start of the machine.

    Raises:
        EngineError: the disk cannot be read.
    """
    failure = "The disk's snapshots cannot be read."
    return parse_snapshots(
        await qemu_img(
            "info", "-U", "--output=json", _named(disk), failure=failure, limit_s=_READ_S
        )
    )


async def create(disks: Sequence[Path], tag: str) -> None:
    """Keep all disks as they are, or none.

    Raises:
        EngineError: the tag is taken, or a disk refused.
        DiskLessError: the disk is full.
    """
    failure = "The snapshot cannot be made."
    if await _holders(disks, tag):
        raise EngineError(failure, detail=f"{tag} is taken")
    await unbroken(_create_in_all(disks, tag, failure))


async def revert(disks: Sequence[Path], tag: str) -> None:
    """Take all disks back. When it fails midway, disks differ: call it again, or go elsewhere.

    Raises:
        EngineError: a disk lacks the tag, and none was changed; or a disk refused.
    """
    failure = "The disks cannot be taken back to the snapshot."
    if len(await _holders(disks, tag)) < len(disks):
        raise EngineError(failure, detail=f"{tag} is not in every disk")
    await unbroken(_in_each(disks, "-a", tag, failure))


async def delete(disks: Sequence[Path], tag: str) -> None:
    """Forget a snapshot in every disk that has it; none may have it.

    Raises:
        EngineError: a disk refused.
    """
    held = await _holders(disks, tag)
    await unbroken(_in_each(held, "-d", tag, "The snapshot cannot be deleted."))


async def _holders(disks: Sequence[Path], tag: str) -> list[Path]:
    return [disk for disk in disks if any(one.tag == tag for one in await list_in(disk))]


async def _create_in_all(disks: Sequence[Path], tag: str, failure: str) -> None:
    try:
        await _in_each(disks, "-c", tag, failure)
    except AppError:
        await delete(disks, tag)
        raise


async def _in_each(disks: Sequence[Path], action: str, tag: str, failure: str) -> None:
    for disk in disks:
        await _once_free(action, tag, disk, failure)


async def _once_free(action: str, tag: str, disk: Path, failure: str) -> None:
    """A tool of a manager that was killed may hold the disk for some moments more."""
    tries = int(_HELD_S / _TRY_S)
    for number in range(tries):
        try:
            await qemu_img("snapshot", action, tag, _named(disk), failure=failure)
        except EngineError as err:
            if _IN_USE not in err.detail or number == tries - 1:
                raise
            await asyncio.sleep(_TRY_S)
        else:
            return


def _named(disk: Path) -> str:
    file = {"driver": "file", "filename": str(disk)}
    return "json:" + json.dumps({"driver": "qcow2", "file": file})
