"""Disk images through `qemu-img`, always with the format given, never probed."""

from __future__ import annotations

import asyncio
import shutil
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
    try:
        process = await asyncio.create_subprocess_exec(
            tool,
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            cwd="/",
        )
    except OSError as err:
        raise EngineError(f"qemu-img cannot be started: {err.strerror}.") from err
    try:
        async with asyncio.timeout(_CREATE_S):
            _, words = await process.communicate()
    except TimeoutError as err:
        raise EngineError(
            f"The disk could not be made within {_CREATE_S:.0f} s.",
            remedy="Look whether the disk of this computer answers.",
        ) from err
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == 0:
        return
    text = words.decode(errors="replace").strip()
    if "No space left" in text:
        raise DiskLessError(
            "Not enough disk space in the machines folder.",
            remedy="Make room on that disk.",
            detail=text,
        )
    raise EngineError("The disk could not be made.", detail=text)
