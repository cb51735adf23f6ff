"""A manager over real QEMU for tests, and what they want to know of its machines."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from app.errors import AppError
from app.vm.events import Subscription, VmEvent
from app.vm.locks import lock_holder
from app.vm.manager import VmManager
from app.vm.model import CfgInfo, VmInfo
from app.vm.state import VmState
from app.vm.store import PID_FILE, RUN_FILE, Library
from tests.vm.gating import Sensor


def small(**changes: Any) -> CfgInfo:
    """The smallest machine; it has nothing to start from and stays in its BIOS."""
    values: dict[str, Any] = {"cpu_num": 1, "memory_size": 64, "disk_size": 16, **changes}
    return CfgInfo(**values)


@asynccontextmanager
async def managing(root: Path, **options: Any) -> AsyncIterator[VmManager]:
    """A manager; afterwards its machines are off."""
    options.setdefault("sensor", Sensor())  # the tests' computer may be one with a real one
    async with VmManager.open(Library(root), **options) as manager:
        try:
            yield manager
        finally:
            for info in manager.snapshot():
                with suppress(AppError):
                    await manager.force_stop_vm(info.name)


async def running_machine(manager: VmManager, name: str = "demo", **changes: Any) -> VmInfo:
    """Make and start the smallest machine."""
    await manager.create_vm(name, small(**changes))
    return await manager.start_vm(name)


def engine_pid(info: VmInfo) -> int:
    """The process that runs a machine."""
    pid = lock_holder(info.folder / PID_FILE)
    assert pid, f"{info.name} does not run"
    return pid


def runs(info: VmInfo) -> bool:
    """Whether a process runs the machine; asked of the kernel, not of the manager."""
    return lock_holder(info.folder / PID_FILE) is not None


def kill_engine(info: VmInfo, number: signal.Signals = signal.SIGKILL) -> None:
    """A hard end from outside."""
    os.kill(engine_pid(info), number)


def left_behind(info: VmInfo) -> list[str]:
    """What a run left that should be gone."""
    return [name for name in (RUN_FILE, PID_FILE) if (info.folder / name).exists()]


async def reaches(manager: VmManager, name: str, state: VmState, within_s: float = 5) -> VmInfo:
    """Wait for a machine's state."""
    machine = manager._registry.find(name)
    async with asyncio.timeout(within_s):
        await machine.wait_for(lambda present: present is state)
    return machine.info()


def told(reader: Subscription) -> list[VmEvent]:
    """The events that wait for this reader."""
    found = []
    while not reader._queue.empty():
        found.append(reader._queue.get_nowait())
    return found


async def outcomes(*calls: Any) -> list[Any]:
    """Run calls at once; results and errors, in order."""
    return await asyncio.gather(*calls, return_exceptions=True)
