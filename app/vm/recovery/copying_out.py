"""A machine's files leave a disk that does not start, read by a process with limits.

The target has its name only when all of it is there; until then it stands hidden beside it.
"""

from __future__ import annotations

import asyncio
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import app
from app.errors import AppError, DiskLessError, MediaError, StoreError
from app.vm.images.exporting import free_bytes, taken_up
from app.vm.images.file_copy import StoppedError, Tell, told_from_thread
from app.vm.images.placing import identity_of, part_beside, place_new_folder, refuse_taken
from app.vm.qemu.disk_header import check_disk
from app.vm.records import TaskPhase
from app.vm.recovery import reader
from app.vm.store import storing
from app.vm.tasks import Task
from app.vm.unbroken import unbroken

_KEPT_FREE_BYTES = 64 << 20
_SILENT_S = 120.0
_LOOK_S = 0.2
_END_S = 10.0
_LEAST_CPU_S, _CPU_BYTES_PER_S = 600, 5 << 20
_MOST_LINE_BYTES = 64 << 10
_FAILURE = "The files cannot be copied."
_GAVE_UP = "The disk's file systems cannot be read: they are damaged, and the reader gave up."
_REMEDY = "Export the disk, and look at the copy with a tool for the rescue of data."


@dataclass(frozen=True, slots=True)
class CopiedOut:
    """What was copied.

    Attributes:
        files: how many.
        size_bytes: of their content.
        left_out: how many things are not in the copy; the report says which.
        volumes: how many file systems were read.
    """

    files: int
    size_bytes: int
    left_out: int
    volumes: int

    @property
    def sentence(self) -> str:
        """What became of it, for people."""
        more = (
            f" {self.left_out} things were left out: see {reader.REPORT}." if self.left_out else ""
        )
        return f"{self.files} files were copied.{more}"


async def copy_out(image: Path, target: Path, task: Task) -> CopiedOut:
    """Copy the files of a disk into a new folder; failed or cancelled, there is none.

    Args:
        image: of a machine that is off.
        target: the folder; nothing is there.
        task: told as it goes on.

    Raises:
        PathError: something is there.
        MediaError: no file system can be read.
        DiskLessError: the files do not fit.
        StoreError: the image is no disk of ours, or the target cannot be written.
    """
    await asyncio.to_thread(refuse_taken, target)
    await asyncio.to_thread(check_disk, image)
    part = part_beside(target, task.info.task_id.hex[:8])
    try:
        with storing(_FAILURE):
            await unbroken(asyncio.to_thread(part.mkdir, 0o700))
            wanted = await asyncio.to_thread(_request, image, part)
            done = await told_from_thread(lambda tell, stop: _read(wanted, tell, stop), task.report)
            task.enter(TaskPhase.FINISHING)
            await _place(part, target)
    finally:
        await unbroken(asyncio.to_thread(shutil.rmtree, part, ignore_errors=True))
    return done


async def _place(part: Path, target: Path) -> None:
    written = await asyncio.to_thread(identity_of, part)
    try:
        await unbroken(asyncio.to_thread(place_new_folder, part, target))
    except asyncio.CancelledError:
        await unbroken(asyncio.to_thread(_take_back, target, written))
        raise


def _take_back(target: Path, placed: tuple[int, int]) -> None:
    if os.path.lexists(target) and identity_of(target) == placed:
        shutil.rmtree(target)


def _request(image: Path, part: Path) -> dict[str, Any]:
    return {
        "image": str(image),
        "target": str(part),
        "mostBytes": max(0, free_bytes(part) - _KEPT_FREE_BYTES),
        "cpuSeconds": _LEAST_CPU_S + taken_up(image) // _CPU_BYTES_PER_S,
    }


def _read(wanted: dict[str, Any], tell: Tell, stop: threading.Event) -> CopiedOut:
    """Let a process read the disk, and follow it to its end; blocks."""
    with tempfile.TemporaryFile() as words, _started(wanted, words) as process:
        try:
            last = _follow(process, tell, stop)
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            last = {}
        finally:
            process.send_signal(signal.SIGKILL)  # Nothing happens to one that has ended.
            process.wait()
        words.seek(max(0, words.seek(0, os.SEEK_END) - 4096))
        said = words.read().decode(errors="replace")
    return _understood(last, f"{said}\nended with {process.returncode}".strip())


def _started(wanted: dict[str, Any], words: IO[bytes]) -> subprocess.Popen[bytes]:
    root = str(Path(app.__file__).parent.parent)
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "app.vm.recovery.reader", json.dumps(wanted)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=words,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PYTHONPATH": root},
    )


def _follow(process: subprocess.Popen[bytes], tell: Tell, stop: threading.Event) -> dict[str, Any]:
    """What it said last; empty when it has ended without a word, or says nothing any more."""
    assert process.stdout is not None  # noqa: S101 - a pipe was asked for
    pending, last, heard_s = b"", dict[str, Any](), time.monotonic()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while time.monotonic() - heard_s < _SILENT_S:
            if stop.is_set():
                raise StoppedError
            if not selector.select(_LOOK_S):
                continue
            chunk = os.read(process.stdout.fileno(), _MOST_LINE_BYTES)
            if not chunk:
                return last
            heard_s = time.monotonic()
            *lines, pending = (pending + chunk)[-_MOST_LINE_BYTES:].split(b"\n")
            for line in lines:
                last = _parsed(line, tell)
    return {}


def _parsed(line: bytes, tell: Callable[[float], None]) -> dict[str, Any]:
    try:
        said = json.loads(line)
        if not isinstance(said, dict):
            return {}
        if "at" in said:
            tell(min(1.0, max(0.0, float(said["at"]))))
    except (ValueError, TypeError, RecursionError):
        return {}
    return said


def _understood(last: dict[str, Any], detail: str) -> CopiedOut:
    if "failed" in last:
        raise _failure(str(last["failed"]), last, detail)
    try:
        done = last["done"]
        files, size, left_out, volumes = (
            int(done[name]) for name in ("files", "bytes", "leftOut", "volumes")
        )
    except (KeyError, TypeError, ValueError):
        raise MediaError(_GAVE_UP, remedy=_REMEDY, detail=detail) from None
    return CopiedOut(files=files, size_bytes=size, left_out=left_out, volumes=volumes)


def _failure(kind: str, last: dict[str, Any], detail: str) -> AppError:
    sentence, remedy = str(last.get("sentence", "")), str(last.get("remedy", ""))
    if kind == reader.FULL:
        return DiskLessError(
            "The files of the disk do not fit into that folder: its disk would be full.",
            remedy="Make room there, or choose another place.",
            detail=sentence,
        )
    if kind == reader.TARGET:
        return StoreError(
            _FAILURE,
            remedy="Look whether the folder is there and whether you may write to it.",
            detail=sentence,
        )
    return MediaError(sentence or _GAVE_UP, remedy=remedy or _REMEDY, detail=detail)
