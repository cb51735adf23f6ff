"""Snapshots of a machine that runs: QEMU's jobs for them, and what it says of its disks.

A job's command may be answered before it has ended, and never says how it went: that stands in
`query-jobs`. While memory is written or read QEMU answers nothing at all, so nothing here has a
time limit of its own; an engine that dies ends every wait.

Source: `snapshot-save`, `-load`, `-delete` and `query-migrate` in QEMU 7.2's QMP reference; texts
of its errors from `migration/savevm.c` and `block/snapshot.c`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from app.errors import AppError, DiskLessError, EngineError, NotSupportedError, StateError
from app.vm.engine import DiskSnapshot
from app.vm.qemu.backup import PREFIX as COPY_PREFIX
from app.vm.qemu.live_disks import Execute

_log = logging.getLogger(__name__)

PREFIX = "snapshot-"
"""Begins the names of the jobs, and of no others."""
_LOOK_S = 0.2
_SAVE_FAILED = "The snapshot cannot be made."
_LOAD_FAILED = "The machine could not be taken back to the snapshot."
_DELETE_FAILED = "The snapshot cannot be deleted."
_FULL = ("No space left", "Error while writing VM state")
_BLOCKED = ("State blocked by", "non-migratable", "Migration is disabled")
_UNTOUCHED = (
    "does not exist in one or more devices",
    "This is a disk-only snapshot",
    "vmstate block device",
    "No block device node",
    "is writable but does not support snapshots",
)
"""A load that fails with one of these has changed neither disks nor memory."""
_DEVICES = (
    ("nvme", "An NVMe disk cannot be kept with the machine's memory."),
    ("vhost-user-fs", "A shared folder cannot be kept with the machine's memory."),
    ("VirtFS", "The guest uses a shared folder, which cannot be kept with its memory."),
    ("vhost-vsock", "The guest's channels cannot be kept with the machine's memory."),
    ("virgl", "3D graphics cannot be kept with the machine's memory."),
    ("invtsc", "This processor's clock cannot be kept with the machine's memory."),
    ("/usb-", "A USB device of this machine cannot be kept with its memory."),
)
_UNKNOWN_DEVICE = "A device of this machine cannot be kept with its memory."


async def disk_snapshots(
    execute: Execute, *, timeout_s: float | None = None
) -> dict[str, tuple[DiskSnapshot, ...]]:
    """Snapshots that each qcow2 disk holds, by its id.

    Raises:
        ConnectionLostError: the engine does not answer.
    """
    nodes = await execute("query-named-block-nodes", {"flat": True}, timeout_s=timeout_s)
    return {
        node["node-name"]: tuple(map(snapshot_of, node["image"].get("snapshots", ())))
        for node in nodes
        if node["drv"] == "qcow2"
        and not node["ro"]
        and not node["node-name"].startswith(COPY_PREFIX)
    }


def snapshot_of(entry: Mapping[str, Any]) -> DiskSnapshot:
    """A snapshot as engine and tools tell it (qapi/block-core.json, SnapshotInfo).

    Raises:
        KeyError, ValueError, TypeError: it is none.
    """
    return DiskSnapshot(
        tag=str(entry["name"]),
        memory_bytes=int(entry["vm-state-size"]),
        created_ms=int(entry["date-sec"]) * 1000 + int(entry["date-nsec"]) // 1_000_000,
    )


async def blocker(execute: Execute) -> str:
    """Why the memory cannot be kept now, one sentence; empty when it can."""
    reasons = (await execute("query-migrate")).get("blocked-reasons", [])
    return blocked_by(str(reasons[0])) if reasons else ""


def blocked_by(reason: str) -> str:
    """The engine's reason in words for people."""
    _log.info("memory cannot be kept: %s", reason)
    return next((words for name, words in _DEVICES if name in reason), _UNKNOWN_DEVICE)


async def refuse_busy(execute: Execute) -> None:
    """See that no other work goes on in the machine's disks.

    Raises:
        StateError: some does.
    """
    jobs = await execute("query-jobs", timeout_s=None)
    busy = [job["id"] for job in jobs if job["status"] != "concluded"]
    if busy:
        raise StateError(
            "The machine's disk is being copied or changed already.",
            remedy="Wait until that is done.",
            detail=", ".join(busy),
        )


async def save(
    execute: Execute, tag: str, disk_ids: Sequence[str], *, changed: asyncio.Event
) -> None:
    """Keep memory and disks under a tag; all disks have it, or none.

    Raises:
        NotSupportedError: a device cannot be kept.
        DiskLessError: the disk of this computer is full.
        EngineError: the tag is taken, or the engine refused.
        ConnectionLostError: the engine has gone meanwhile.
    """
    if await _holders(execute, tag, disk_ids):
        raise EngineError(_SAVE_FAILED, detail=f"{tag} is taken")
    if words := await blocker(execute):
        raise NotSupportedError(words, remedy="Make the snapshot when the machine is off.")
    job = await begin(execute, "save", tag, disk_ids)
    error = await outcome(execute, job, changed)
    await dismiss(execute, job)
    held = await _holders(execute, tag, disk_ids)
    if not error and set(held) == set(disk_ids):
        return
    if held:
        with contextlib.suppress(AppError):
            await delete(execute, tag, disk_ids, changed=changed)
    raise _save_error(error)


def _save_error(error: str) -> AppError:
    if any(words in error for words in _BLOCKED):
        return NotSupportedError(
            blocked_by(error), remedy="Make the snapshot when the machine is off.", detail=error
        )
    if any(words in error for words in _FULL):
        return DiskLessError(
            f"{_SAVE_FAILED} The disk is full.", remedy="Make room on that disk.", detail=error
        )
    return EngineError(_SAVE_FAILED, detail=error or "not every disk has it")


async def check_loadable(execute: Execute, tag: str, disk_ids: Sequence[str]) -> None:
    """See that every disk has the tag, and the first one memory with it.

    Raises:
        StateError: it is not so.
        ConnectionLostError: the engine does not answer.
    """
    held = await disk_snapshots(execute)
    found = {
        disk_id: one for disk_id in disk_ids for one in held.get(disk_id, ()) if one.tag == tag
    }
    if not disk_ids or set(found) != set(disk_ids):
        raise StateError("The machine's disks do not have this snapshot.", detail=tag)
    if not found[disk_ids[0]].memory_bytes:
        raise StateError(
            "This snapshot is of the disks alone.",
            remedy="Switch the machine off, then go back to it.",
            detail=tag,
        )


def load_error(error: str) -> AppError:
    """What a failed load is for the caller: a StateError when nothing was touched."""
    if any(words in error for words in _UNTOUCHED):
        return StateError("The machine cannot go back to this snapshot.", detail=error)
    return EngineError(
        _LOAD_FAILED,
        remedy="Force it off. Its disks may be those of the snapshot.",
        detail=error,
    )


async def delete(
    execute: Execute, tag: str, disk_ids: Sequence[str], *, changed: asyncio.Event
) -> None:
    """Forget a tag in every disk that has it.

    A disk may have it twice, and each job takes one; a job that takes none says nothing of it.

    Raises:
        EngineError: the engine refused.
        ConnectionLostError: the engine has gone meanwhile.
    """
    left = await _holders(execute, tag, disk_ids)
    while left:
        before = left
        job = await begin(execute, "delete", tag, sorted(set(left), key=list(disk_ids).index))
        error = await outcome(execute, job, changed)
        await dismiss(execute, job)
        left = await _holders(execute, tag, disk_ids)
        if error or len(left) >= len(before):
            raise EngineError(_DELETE_FAILED, detail=error or f"{tag} is still there")


async def _holders(execute: Execute, tag: str, disk_ids: Sequence[str]) -> list[str]:
    held = await disk_snapshots(execute)
    return [disk for disk in disk_ids for one in held.get(disk, ()) if one.tag == tag]


async def begin(execute: Execute, action: str, tag: str, disk_ids: Sequence[str]) -> str:
    """Start a job over these disks and return its name; the memory is in the first of them."""
    job = f"{PREFIX}{action}-{uuid4().hex[:8]}"
    options: dict[str, object] = {"job-id": job, "tag": tag, "devices": list(disk_ids)}
    if action != "delete":
        options["vmstate"] = disk_ids[0]
    try:
        await execute(f"{PREFIX}{action}", options, timeout_s=None)
    except EngineError as err:
        failure = {"save": _SAVE_FAILED, "delete": _DELETE_FAILED}.get(action, _LOAD_FAILED)
        raise EngineError(failure, detail=err.detail) from err
    return job


async def outcome(execute: Execute, name: str, changed: asyncio.Event) -> str:
    """Wait for a job's end; its error, empty for none.

    Raises:
        EngineError: somebody else has dismissed it.
        ConnectionLostError: the engine has gone meanwhile.
    """
    while True:
        jobs = await execute("query-jobs", timeout_s=None)
        job = next((job for job in jobs if job["id"] == name), None)
        if job is None:
            raise EngineError("The snapshot was ended from elsewhere.", detail=name)
        if job["status"] == "concluded":
            return str(job.get("error", ""))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_S):
                await changed.wait()
        changed.clear()


async def dismiss(execute: Execute, name: str) -> None:
    """Let the engine forget a job that has ended."""
    await execute("job-dismiss", {"id": name}, timeout_s=None)


async def jobs_left(execute: Execute) -> list[tuple[str, str]]:
    """Names and types of snapshot jobs that the engine has."""
    jobs = await execute("query-jobs")
    return [(job["id"], job["type"]) for job in jobs if job["id"].startswith(PREFIX)]
