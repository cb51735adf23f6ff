"""Machines with two disks whose moments can be told apart, and steps that can be cut off."""

from __future__ import annotations

import re
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.vm.machine import Machine
from app.vm.manager import VmManager
from app.vm.qemu import offline_snapshots
from app.vm.qemu.engine import QemuRunning
from app.vm.snapshots import journal, manifest, restoring, taking
from app.vm.snapshots.manifest import Entry, Manifest, change_manifest, load_manifest
from app.vm.store import SNAPSHOTS_FOLDER, Library
from tests.vm.disks import about, files_in, write_pattern
from tests.vm.gating import Sensor
from tests.vm.managing import small

NAME = "demo"
OLD, NEW = 0x11, 0x22
BYTES = (OLD, NEW, 0x33)


async def two_disks(manager: VmManager, **changes: Any) -> list[Path]:
    """Make a machine that is off; the images of its two disks."""
    await manager.create_vm(NAME, small(**changes))
    await manager.add_vm_disk(NAME, 16)
    return images(manager)


def machine_of(manager: VmManager) -> Machine:
    return manager._registry.find(NAME)


def images(manager: VmManager) -> list[Path]:
    machine = machine_of(manager)
    return [machine.folder / disk.file for disk in machine.config.disks]


def mark(disks: list[Path], byte: int) -> None:
    """Let the disks of a machine that is off be of this moment."""
    for disk in disks:
        write_pattern(disk, byte)


def moment(disks: list[Path]) -> int:
    """The moment that all disks are of; of a live machine, what it has flushed."""
    found = [[byte for byte in (0, *BYTES) if _holds(disk, byte)] for disk in disks]
    assert all(len(one) == 1 for one in found), f"a disk is of no moment: {found}"
    assert all(one == found[0] for one in found), f"disks are of different moments: {found}"
    return found[0][0]


def _holds(disk: Path, byte: int) -> bool:
    """`tests.vm.disks.holds` without a lock."""
    words = ["qemu-io", "-r", "-U", "-f", "qcow2", "-c", f"read -P {byte} 1M 2M", str(disk)]
    return subprocess.run(words, check=False, capture_output=True, timeout=60).returncode == 0


def tags_in(disk: Path) -> list[str]:
    """What QEMU's own tool says of a disk's snapshots."""
    return [one["name"] for one in about(disk).get("snapshots", [])]


def is_sound(disk: Path) -> bool:
    """Clean, or with space that is lost."""
    words = ["qemu-img", "check", "-q", "-f", "qcow2", str(disk)]
    return subprocess.run(words, check=False, capture_output=True).returncode in {0, 3}


def live(manager: VmManager) -> QemuRunning:
    running = machine_of(manager).live()
    assert isinstance(running, QemuRunning)
    return running


async def hmp(running: QemuRunning, line: str) -> str:
    words = {"command-line": line}
    return str(await running.execute("human-monitor-command", words, timeout_s=60))


async def mark_live(running: QemuRunning, byte: int, disks: int = 2) -> None:
    """The same for a machine that runs, and for its memory: a cell of the clock's.

    Its firmware uses the same two ports, so it is tried until it fits.
    """
    for number in range(disks):
        await hmp(running, f'qemu-io -d disk{number} "write -P {byte} 1M 2M"')
        await hmp(running, f'qemu-io -d disk{number} "flush"')
    while await cell(running) != byte:
        await hmp(running, "o /b 0x70 0x70")
        await hmp(running, f"o /b 0x71 {byte:#x}")


async def memory_moment(running: QemuRunning) -> int:
    """The moment that the memory is of."""
    while True:
        byte = await cell(running)
        if byte in BYTES:
            return byte


async def cell(running: QemuRunning) -> int:
    """What the clock's cell holds, or another one that the firmware has chosen in between."""
    await hmp(running, "o /b 0x70 0x70")
    found = re.search(r"= 0x([0-9a-f]+)", await hmp(running, "i /b 0x71"))
    assert found is not None
    return int(found[1], 16)


@asynccontextmanager
async def manager_of(root: Path) -> AsyncIterator[VmManager]:
    """A manager; afterwards its machines run on."""
    async with VmManager.open(Library(root), sensor=Sensor()) as manager:
        yield manager


async def assert_consistent(manager: VmManager) -> None:
    """List, manifest, files and disks tell the same of a machine that is off."""
    machine = machine_of(manager)
    disks = images(manager)
    held = [tags_in(disk) for disk in disks]
    for one in await manager.get_snapshot_list(NAME):
        if not one.problem:
            assert all(tags.count(one.snapshot_id) == 1 for tags in held), one
        else:
            assert not all(one.snapshot_id in tags for tags in held), one
    assert all(map(is_sound, disks))
    known = {entry.tag for entry in load_manifest(machine.folder).entries}
    place = machine.folder / SNAPSHOTS_FOLDER
    if place.exists():
        assert {path.stem for path in place.iterdir()} <= known, "files of nobody's snapshot"


async def names(manager: VmManager) -> list[str]:
    return [one.name for one in await manager.get_snapshot_list(NAME)]


async def kept_off(manager: VmManager) -> str:
    """A machine that is off and new; the tag under which it is old."""
    disks = await two_disks(manager)
    mark(disks, OLD)
    made = await manager.create_snapshot(NAME, "old")
    mark(disks, NEW)
    return made.snapshot_id


async def kept_live(manager: VmManager) -> str:
    """The same for one that runs."""
    await two_disks(manager)
    await manager.start_vm(NAME)
    await mark_live(live(manager), OLD)
    made = await manager.create_snapshot(NAME, "old")
    await mark_live(live(manager), NEW)
    return made.snapshot_id


async def other_entry(manager: VmManager, change: Callable[[Entry], Entry]) -> None:
    """Let the first snapshot be of another machine."""

    def step(manifest: Manifest) -> Manifest:
        return manifest.with_entry(change(manifest.entries[0]))

    await change_manifest(machine_of(manager), step)


OTHERS: dict[str, Callable[[Entry], Entry]] = {
    "memory": lambda entry: replace(entry, config=replace(entry.config, memory_mib=96)),
    "processors": lambda entry: replace(entry, config=replace(entry.config, cpus=2)),
    "accelerator": lambda entry: replace(entry, accelerator="kvm"),
    "clock": lambda entry: replace(
        entry,
        config=replace(
            entry.config,
            hardware=replace(entry.config.hardware, clock="localtime"),
        ),
    ),
}


async def nothing_is_left(manager: VmManager) -> None:
    machine = machine_of(manager)
    assert await manager.get_snapshot_list(NAME) == ()
    assert load_manifest(machine.folder).entries == ()
    assert kept_files(manager) == set()


def kept_files(manager: VmManager) -> set[str]:
    place = machine_of(manager).folder / SNAPSHOTS_FOLDER
    return files_in(place) if place.exists() else set()


class CutError(Exception):
    """What ends the work at a step, as the end of the process would: nobody handles it."""


class Cuts:
    """Counts the steps of what follows, and cuts it off before one of them.

    Args:
        monkeypatch: undoes it.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._left: int | None = None
        for module, name in (
            (manifest, "_change"),
            (taking, "make_folder"),
            (taking, "keep_thumbnail"),
            (taking, "keep_variables"),
            (taking, "forget_files"),
            (restoring, "begin"),
            (restoring, "end"),
            (journal, "end"),
            (journal, "put_back_variables"),
            (journal, "with_real_sizes"),
        ):
            self._wrap(monkeypatch, module, name)
        self._wrap_async(monkeypatch, offline_snapshots, "qemu_img")
        for name in ("execute", "pause", "resume", "screenshot"):
            self._wrap_async(monkeypatch, QemuRunning, name)

    def before(self, step: int) -> None:
        """Cut off the work before this step, counted from 0; so are all later ones."""
        self._left = step

    def let_be(self) -> None:
        """Cut off nothing from now on."""
        self._left = None

    def _count(self) -> None:
        if self._left is None:
            return
        self._left -= 1
        if self._left < 0:
            raise CutError

    def _wrap(self, monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
        real: Callable[..., Any] = getattr(module, name)

        def counted(*arguments: Any, **named: Any) -> Any:
            self._count()
            return real(*arguments, **named)

        monkeypatch.setattr(module, name, counted)

    def _wrap_async(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
        real: Callable[..., Any] = getattr(owner, name)

        async def counted(*arguments: Any, **named: Any) -> Any:
            self._count()
            return await real(*arguments, **named)

        monkeypatch.setattr(owner, name, counted)
