"""A copy of a disk as it is at one moment, made by the engine while the guest runs on.

QEMU copies what the guest is about to overwrite first, so that the copy is of the moment when the
job began. Its target is a qcow2 image of exactly the same size in the machine's own folder.

Source: `blockdev-backup` and `query-jobs` in QEMU 7.2's QMP reference.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from app.errors import AppError, ConnectionLostError, DiskLessError, EngineError
from app.vm.qemu.live_disks import Execute, busy, disk_bytes
from app.vm.qemu.monitor import SLOW_S
from app.vm.qemu.tool import qemu_img
from app.vm.unbroken import unbroken

_log = logging.getLogger(__name__)

PREFIX = "export-"
"""Begins the names of the jobs, nodes and files, and of no others."""
PART_FILES = f"{PREFIX}*.qcow2.part"
_LOOK_S = 0.2
_CREATE_S = 60.0
_END_S = 30.0
_FAILURE = "The machine's disk could not be copied."


async def copy_disk(
    execute: Execute,
    disk_id: str,
    target: Path,
    on_progress: Callable[[float], None],
    *,
    changed: asyncio.Event,
) -> None:
    """Copy a disk while its guest runs. Failed or cancelled, nothing is left of it.

    Args:
        execute: of the machine's monitor.
        disk_id: which disk.
        target: image to make; in the machine's folder, and named by nobody else.
        on_progress: told fractions of 1.
        changed: set when a job has told of a new status.

    Raises:
        StateError: the disk is being copied or changed already.
        DiskLessError: the disk of this computer is full.
        EngineError: the machine ended meanwhile, or the engine refused.
    """
    name = f"{PREFIX}{uuid4().hex[:8]}"
    try:
        try:
            size_bytes = await disk_bytes(execute, disk_id)
            await _make_target(target, size_bytes)
            await _begin(execute, disk_id, name, target)
            await _follow(execute, name, on_progress, changed)
            # The image's tables are written when it is closed: before that it is not whole.
            await unbroken(_take_back(execute, name, changed))
        except BaseException:
            await unbroken(_forget(execute, name, changed))
            raise
    except BaseException as err:
        await unbroken(asyncio.to_thread(target.unlink, missing_ok=True))
        if isinstance(err, ConnectionLostError):
            raise EngineError(
                "The machine's engine was lost while its disk was being copied.",
                remedy="Export it again; nothing of this copy is left.",
                detail=err.detail,
            ) from err
        raise


async def clear_copies(execute: Execute, folder: Path) -> None:
    """Take back copies that nobody follows any more: their manager has gone."""
    try:
        names = {job["id"] for job in await execute("query-jobs")}
        nodes = await execute("query-named-block-nodes", {"flat": True})
        names |= {node["node-name"] for node in nodes}
        for name in sorted(name for name in names if name.startswith(PREFIX)):
            _log.info("%s: taking back the copy %s", folder.name, name)
            await _forget(execute, name, asyncio.Event())
    except (ConnectionLostError, EngineError) as err:
        _log.info("%s: cannot be asked for copies: %s", folder.name, err.detail)
    await asyncio.to_thread(remove_parts, folder)


def remove_parts(folder: Path) -> None:
    """Remove images of copies that were cut off."""
    for path in folder.glob(PART_FILES):
        with contextlib.suppress(OSError):
            path.unlink()


async def _make_target(target: Path, size_bytes: int) -> None:
    await qemu_img(
        "create", "-q", "-f", "qcow2", "-o", "cluster_size=64k", str(target), str(size_bytes),
        failure=_FAILURE, limit_s=_CREATE_S,
    )  # fmt: skip
    await asyncio.to_thread(target.chmod, 0o600)


async def _begin(execute: Execute, disk_id: str, name: str, target: Path) -> None:
    # The file below has no name of its own, so that it goes with the node.
    file = {"driver": "file", "filename": str(target), "discard": "unmap"}
    node = {"driver": "qcow2", "node-name": name, "file": file, "backing": None}
    job = {
        "job-id": name,
        "device": disk_id,
        "target": name,
        "sync": "full",
        "auto-dismiss": False,
    }
    try:
        await execute("blockdev-add", {**node, "discard": "unmap"})
        await execute("blockdev-backup", job, timeout_s=SLOW_S)
    except EngineError as err:
        raise busy(err) or EngineError(_FAILURE, detail=err.detail) from err


async def _follow(
    execute: Execute, name: str, on_progress: Callable[[float], None], changed: asyncio.Event
) -> None:
    while True:
        job = await _job(execute, name)
        if job is None:
            raise EngineError("The copy of the machine's disk was ended from elsewhere.")
        total = job["total-progress"]
        if job["status"] == "concluded":
            break
        on_progress(job["current-progress"] / total if total else 0.0)
        await _next_look(changed)
    error = str(job.get("error", ""))
    if "No space left" in error:
        raise DiskLessError(
            f"{_FAILURE} The disk is full.", remedy="Make room on that disk.", detail=error
        )
    if error:
        raise EngineError(_FAILURE, detail=error)
    on_progress(1.0)


async def _job(execute: Execute, name: str) -> dict[str, Any] | None:
    return next((job for job in await execute("query-jobs") if job["id"] == name), None)


async def _forget(execute: Execute, name: str, changed: asyncio.Event) -> None:
    """End the job and let go of its image; an engine that has gone has done so itself."""
    try:
        await _take_back(execute, name, changed)
    except AppError as err:
        _log.info("%s is not taken back: %r", name, err)


async def _take_back(execute: Execute, name: str, changed: asyncio.Event) -> None:
    """End the job and close its image.

    Raises:
        ConnectionLostError: the engine has gone, or does not come to an end.
        EngineError: it refused.
    """
    try:
        async with asyncio.timeout(_END_S):
            await _end_job(execute, name, changed)
    except TimeoutError as err:
        raise ConnectionLostError("The copy does not end.", detail=f"{name}: {_END_S} s") from err
    nodes = await execute("query-named-block-nodes", {"flat": True})
    if any(node["node-name"] == name for node in nodes):
        await execute("blockdev-del", {"node-name": name}, timeout_s=SLOW_S)


async def _end_job(execute: Execute, name: str, changed: asyncio.Event) -> None:
    asked = False
    while (job := await _job(execute, name)) is not None:
        if job["status"] == "concluded":
            await execute("job-dismiss", {"id": name})
            return
        if not asked:
            asked = True
            with contextlib.suppress(EngineError):  # It has just ended by itself.
                await execute("job-cancel", {"id": name})
        await _next_look(changed)


async def _next_look(changed: asyncio.Event) -> None:
    """Wait until a job has told something, or for a while: progress is told by none."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LOOK_S):
            await changed.wait()
    changed.clear()
