"""Disk images through `qemu-img`, always with the format given, never probed."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from app.atomic import sync_folder
from app.errors import DiskLessError, EngineError, NotSupportedError
from app.vm.limits import MIB
from app.vm.unbroken import unbroken

_CREATE_S = 60.0


async def create_disk(path: Path, size_mib: int) -> None:
    """Make an empty qcow2 disk; an existing file is never touched.

    Raises:
        FileExistsError: `path` is taken.
        DiskLessError: the disk is full.
        EngineError: qemu-img refused.
    """
    part = path.with_name(path.name + ".part")
    await _qemu_img(
        "create", "-q", "-f", "qcow2",
        "-o", "cluster_size=64k,preallocation=off,lazy_refcounts=off",
        str(part), str(size_mib * MIB),
    )  # fmt: skip
    await unbroken(asyncio.to_thread(_publish, part, path))


def _publish(part: Path, path: Path) -> None:
    try:
        part.chmod(0o600)
        path.hardlink_to(part)  # Unlike a rename it never replaces anything.
    finally:
        part.unlink()
    sync_folder(path.parent)


async def _qemu_img(*arguments: str) -> None:
    tool = shutil.which("qemu-img")
    if tool is None:
        raise NotSupportedError(
            "qemu-img is not installed.", remedy="Install qemu-utils with your package manager."
        )
    process = _start(tool, arguments)
    ending = asyncio.get_running_loop().run_in_executor(None, _end, process)
    try:
        words = await asyncio.shield(ending)
    except asyncio.CancelledError:
        process.kill()
        await unbroken(_over(ending))
        raise
    if process.returncode == 0:
        return
    if words is None:
        raise EngineError(
            f"The disk could not be made within {_CREATE_S:.0f} s.",
            remedy="Look whether the disk of this computer answers.",
        )
    text = words.decode(errors="replace").strip()
    if "No space left" in text:
        raise DiskLessError(
            "Not enough disk space in the machines folder.",
            remedy="Make room on that disk.",
            detail=text,
        )
    raise EngineError("The disk could not be made.", detail=text)


def _start(tool: str, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    # asyncio's own processes are reaped twice when a start is cancelled, which it then warns of.
    try:
        return subprocess.Popen(
            [tool, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd="/",
        )
    except OSError as err:
        raise EngineError(f"qemu-img cannot be started: {err.strerror}.") from err


def _end(process: subprocess.Popen[bytes]) -> bytes | None:
    """Wait for its end and return its words; None when it took too long. Blocks."""
    with process:
        try:
            return process.communicate(timeout=_CREATE_S)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            return None


async def _over(ending: asyncio.Future[bytes | None]) -> None:
    await asyncio.wait([ending])
