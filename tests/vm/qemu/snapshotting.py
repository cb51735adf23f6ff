"""Machines whose snapshots can be looked into, slowed down, and made to fail."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from app.errors import ConnectionLostError
from app.vm.engine import LaunchPlan
from app.vm.qemu import engine as engine_module
from app.vm.qemu.engine import QemuRunning
from app.vm.qemu.monitor import Monitor
from tests.helpers.waiting import eventually
from tests.vm.disks import MIB, run
from tests.vm.makers import DISK_FILE
from tests.vm.qemu.test_engine import a_plan, launched

TAG, OTHER = "0" * 31 + "1", "0" * 31 + "2"
DISK = ("disk0",)

# xor ax, ax; mov ds, ax; then for ever: inc dword [0x8000]
_COUNTER = bytes.fromhex("31C08ED866FF060080EBF9")
_BOOT = _COUNTER.ljust(510, b"\0") + b"\x55\xaa"


async def counting(folder: Path, **options: Any) -> LaunchPlan:
    """A machine whose guest counts in its memory, as fast as it can."""
    await a_plan(folder, **options)
    raw = folder / "boot.raw"
    raw.write_bytes(_BOOT)
    run("qemu-img", "resize", "-q", "-f", "raw", raw, "16M")
    run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, folder / DISK_FILE)
    raw.unlink()
    return await a_plan(folder, **options)


@asynccontextmanager
async def running(folder: Path, **options: Any) -> AsyncIterator[QemuRunning]:
    """That machine, past its firmware."""
    async with launched(await counting(folder, **options)) as machine:
        await machine.resume()
        await counts(machine)
        yield machine


async def hmp(machine: QemuRunning, line: str) -> str:
    """A command of the human monitor."""
    words = {"command-line": line}
    return str(await machine.execute("human-monitor-command", words, timeout_s=60))


async def count(machine: QemuRunning) -> int:
    """How far the guest has counted."""
    found = re.search(r": 0x([0-9a-f]+)", await hmp(machine, "xp /1wx 0x8000"))
    assert found is not None
    return int(found[1], 16)


async def counts(machine: QemuRunning) -> None:
    """Wait until the guest is seen to run."""
    seen = set[int]()
    async with asyncio.timeout(20):
        while len(seen) < 4:
            seen.add(await count(machine))
            await asyncio.sleep(0.02)


async def write_disk(machine: QemuRunning, byte: int, disk: str = "disk0") -> None:
    """What the guest's device would do."""
    await hmp(machine, f'qemu-io -d {disk} "write -P {byte} 1M 2M"')
    await hmp(machine, f'qemu-io -d {disk} "flush"')


def below_disk0(monkeypatch: pytest.MonkeyPatch, **layer: Any) -> None:
    """Have `layer` where the file of the system disk is, over that file unless it says another."""
    real = engine_module.build_argv

    def changed(*arguments: Any) -> list[str]:
        words = []
        for word in real(*arguments):
            node = json.loads(word) if word.startswith('{"driver":"file"') else {}
            if node.get("node-name") == "disk0-file":
                lower = {"image": {**node, "node-name": "disk0-below"}}
                node = {"node-name": "disk0-file", **layer, **({} if "server" in layer else lower)}
            words.append(json.dumps(node) if node else word)
        return words

    monkeypatch.setattr(engine_module, "build_argv", changed)


def _daemon(words: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(words)


class SlowStorage:
    """Where the system disk lies: another program's, as slow as one likes."""

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor

    @classmethod
    @asynccontextmanager
    async def of(
        cls, folder: Path, sockets: Path, monkeypatch: pytest.MonkeyPatch
    ) -> AsyncIterator[SlowStorage]:
        """Serve the disk in `folder`, fast at first; machines launched inside have it there."""
        qmp, nbd = sockets / "storage.qmp", sockets / "storage.nbd"
        file = {"driver": "file", "filename": str(folder / DISK_FILE)}
        node = {"driver": "throttle", "node-name": "n", "throttle-group": "slow", "file": file}
        server = {"type": "unix", "path": str(nbd)}
        words = [
            "qemu-storage-daemon",
            "--chardev", f"socket,id=q,path={qmp},server=on,wait=off", "--monitor", "chardev=q",
            "--object", "throttle-group,id=slow", "--blockdev", json.dumps(node),
            "--nbd-server", json.dumps({"addr": server}),
            "--export", "nbd,id=e,node-name=n,name=n,writable=on",
        ]  # fmt: skip
        below_disk0(monkeypatch, driver="nbd", server=server, export="n")
        os.truncate(folder / DISK_FILE, 64 * MIB)  # What is served does not grow.
        with _daemon(words) as daemon:
            try:
                await eventually(lambda: qmp.exists() and nbd.exists())
                monitor = await Monitor.connect(qmp)
                try:
                    yield cls(monitor)
                finally:
                    await monitor.close()
            finally:
                daemon.terminate()

    async def limit(self, bytes_s: int) -> None:
        """Bytes a second, 0 for as fast as it can."""
        limits = {"bps-total": bytes_s}
        change = {"path": "/objects/slow", "property": "limits", "value": limits}
        await self._monitor.execute("qom-set", change)


async def silent(machine: QemuRunning) -> None:
    """Wait until the engine answers nothing: it is in the middle of a snapshot."""
    async with asyncio.timeout(20):
        while True:
            try:
                await machine.execute("query-name", timeout_s=0.5)
            except ConnectionLostError:
                return


async def jobs(machine: QemuRunning) -> Sequence[Any]:
    """What the engine has of jobs."""
    found = await machine.execute("query-jobs")
    assert isinstance(found, list)
    return found
