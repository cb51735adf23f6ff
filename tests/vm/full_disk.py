"""The stories of `test_full_disk`, told in a process of their own, where a small disk is mounted.

Run as ``python -m tests.vm.full_disk STORY FOLDER`` inside a mount namespace; the mount ends with
the process, and so do the machines.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.errors import Code, DiskLessError
from app.vm import limits
from app.vm.manager import VmManager
from app.vm.model import VmInfo
from app.vm.qemu.engine import QemuRunning
from app.vm.space_guard import SpaceLimits
from app.vm.state import VmState
from tests.guests.tiny import TinyOptions, build_tiny_disc, verify_fill
from tests.vm.makers import DISK_FILE
from tests.vm.managing import managing, reaches, small

DISK_MIB = 320
"""Size of the small disk: what a start needs, and room for the guest."""
FILL_MIB = 48
LEFT_MIB = 24
"""Free beside the ballast: half of what the guest writes."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A guest that writes more than the disk has room for."""

    manager: VmManager
    info: VmInfo
    ballast: Path

    @property
    def disk(self) -> Path:
        """The guest's disk, as the computer stores it."""
        return self.info.folder / DISK_FILE

    async def begin(self) -> None:
        """Start the guest, and leave too little room for what it writes."""
        await self.manager.start_vm("demo")
        room_mib = limits.free_disk_mib(self.info.folder) - LEFT_MIB
        await asyncio.to_thread(take, self.ballast, room_mib)
        print(f"left for the guest: {limits.free_disk_mib(self.info.folder)} MiB", flush=True)

    async def stands(self) -> VmInfo:
        """The machine, once it stands still for want of space; it says where and how much."""
        info = await reaches(self.manager, "demo", VmState.PAUSED, within_s=60)
        assert info.reason == "disk_full", info
        assert info.problem_code is Code.DISK_LESS, info
        assert str(info.folder) in info.problem, info
        assert "MiB are free" in info.problem, info
        print(info.problem, flush=True)
        return info

    async def finish(self) -> None:
        """With room again the guest ends what it began; every sector is there, from outside."""
        self.ballast.unlink()
        await self.manager.resume_vm("demo")
        await reaches(self.manager, "demo", VmState.STOPPED, within_s=120)
        report = await asyncio.to_thread(verify_fill, self.disk)
        assert report.sectors == FILL_MIB * 2048, report
        assert report.is_whole, report.wrong[:10]
        check = await asyncio.to_thread(
            subprocess.run,
            ["qemu-img", "check", "-f", "qcow2", str(self.disk)],
            check=False,
            capture_output=True,
            text=True,
        )
        assert check.returncode == 0, check
        print(f"{report.sectors} sectors are right; {check.stdout.strip()}", flush=True)

    async def io_status(self) -> str:
        """What the engine itself met: ``nospace`` after a write that had no room, else ``ok``."""
        running = self.manager._registry.find("demo").running
        assert isinstance(running, QemuRunning)
        blocks = await running._monitor.execute("query-block")
        found = {block["io-status"] for block in blocks if "io-status" in block}
        return "nospace" if "nospace" in found else "ok"


def take(path: Path, mib: int) -> None:
    """Use up so much of the disk."""
    with path.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, mib << 20)


@asynccontextmanager
async def scene(folder: Path, space: SpaceLimits) -> AsyncIterator[Scene]:
    options = TinyOptions(fill_mib=FILL_MIB, after_install="poweroff")
    disc = build_tiny_disc(folder / "tiny.iso", options)
    async with managing(folder / "library", space=space) as manager:
        await manager.grant_path(disc)
        info = await manager.create_vm("demo", small(disk_size=64), iso=disc)
        yield Scene(manager, info, folder / "ballast")


async def engine_story(folder: Path) -> None:
    """Nobody looks ahead: the engine meets the full disk and stops the guest in time."""
    async with scene(folder, SpaceLimits(pause_mib=0, warn_mib=0, warn_ends_mib=0)) as full:
        await full.begin()
        await full.stands()
        assert await full.io_status() == "nospace"
        assert limits.free_disk_mib(folder) <= 1
        for _ in range(2):  # Still full: it stands still again, and loses nothing.
            with suppress(DiskLessError):  # Or it ran for a moment, which is a success.
                await full.manager.resume_vm("demo")
            await full.stands()
        await full.finish()


async def guard_story(folder: Path) -> None:
    """The guard is first: the guest stands still before a write of its has failed."""
    space = SpaceLimits(pause_mib=12, warn_mib=0, warn_ends_mib=0, check_s=0.01)
    async with scene(folder, space) as full:
        await full.begin()
        await full.stands()
        assert await full.io_status() == "ok"
        assert limits.free_disk_mib(folder) > 0
        with pytest.raises(DiskLessError, match="12 MiB are needed"):
            await full.manager.resume_vm("demo")
        await full.stands()
        await full.finish()


STORIES: dict[str, Callable[[Path], Awaitable[None]]] = {
    "engine": engine_story,
    "guard": guard_story,
}


async def tell(story: str, folder: Path) -> None:
    """Tell one story on a small disk at `folder`."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "small-disk", str(folder)]
    await asyncio.to_thread(subprocess.run, command, check=True)
    await STORIES[story](folder)


if __name__ == "__main__":
    asyncio.run(tell(sys.argv[1], Path(sys.argv[2])))
