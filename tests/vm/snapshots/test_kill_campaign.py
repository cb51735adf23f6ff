"""Whoever is killed while snapshots are made, deleted or gone back to: nothing is in between.

A process of its own works on a machine with two disks until it, or the machine's engine, is killed
at a moment that a seed chooses. Then the next manager finds all of a machine that is of one moment.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from app.vm.engine import RunStatus
from app.vm.locks import lock_holder
from app.vm.manager import VmManager
from app.vm.snapshots.journal import is_pending
from app.vm.state import VmState
from app.vm.store import PID_FILE
from tests.helpers.waiting import NotInTimeError, eventually
from tests.vm.makers import ROOT
from tests.vm.managing import managing
from tests.vm.snapshots.moments import (
    BYTES,
    NAME,
    cell,
    images,
    is_sound,
    live,
    machine_of,
    manager_of,
    mark,
    mark_live,
    memory_moment,
    moment,
    tags_in,
    two_disks,
)
from tests.vm.snapshots.restless import moment_of

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

SEED = 20_261_125
MOMENTS = {"off": 8, "live": 7, "engine": 5}
LONG_MOMENTS = {"off": 80, "live": 70, "engine": 50}
_WAY_BACK_S = 0.06
"""So long two disks take to go back."""
_COLD_S = 2.0
"""So long a machine that has started anew is given to show that it knows nothing."""


@pytest.mark.timeout_s(120)
@pytest.mark.parametrize("victim", MOMENTS)
async def test_a_death_at_any_moment_leaves_a_machine_of_one_moment(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, victim: str
) -> None:
    await campaign(tmp_path, victim, MOMENTS[victim], SEED)
    assert "Traceback" not in caplog.text


@pytest.mark.long
@pytest.mark.timeout_s(3600)
@pytest.mark.parametrize("victim", LONG_MOMENTS)
async def test_ten_times_as_many_deaths_leave_it_so_too(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, victim: str
) -> None:
    await campaign(tmp_path, victim, LONG_MOMENTS[victim], SEED + 1)
    assert "Traceback" not in caplog.text


async def campaign(root: Path, victim: str, deaths: int, seed: int) -> None:
    chance = random.Random(f"{seed} {victim}")
    async with managing(root) as manager:
        await two_disks(manager)
        folder = machine_of(manager).folder
    try:
        cycle_s = 0.0
        for number in range(deaths):
            byte = chance.choice(BYTES)
            await prepare(root, byte, runs=victim != "off")
            began_ms = time.time_ns() // 1_000_000
            with restless(root, victim, seed + number, byte) as worker:
                if not cycle_s:
                    cycle_s = await measured_s(worker)
                # Three rounds: some have found more to do than the measured one.
                within_s = 3 * cycle_s
                if number % 4:
                    await wait_for_way_back(folder, within_s)
                    within_s = _WAY_BACK_S
                await asyncio.to_thread(worker.wait_out, chance.uniform(0, within_s))
                await kill(worker, folder if victim == "engine" else None)
            await eventually(lambda: not tools_at_work(folder), what="tools have ended")
            await verify(root, began_ms, chance)
    finally:
        async with managing(root):
            pass


async def wait_for_way_back(folder: Path, within_s: float) -> None:
    """Wait until the disks are about to differ; not longer than that."""
    with suppress(NotInTimeError):
        await eventually(lambda: is_pending(folder), timeout_s=within_s)


class Worker:
    """The process that works, see `tests.vm.snapshots.restless`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def line(self) -> str:
        """What it says next; empty at its end."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def wait_out(self, seconds: float) -> None:
        """Let it work so long, unless it ends by itself."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return

    def end(self) -> str:
        """Kill it; what it complained of."""
        self.process.kill()
        _, words = self.process.communicate()
        return words


@contextmanager
def restless(root: Path, victim: str, seed: int, byte: int) -> Iterator[Worker]:
    kind = "off" if victim == "off" else "live"
    words = [sys.executable, "-m", "tests.vm.snapshots.restless", str(root), kind]
    with subprocess.Popen(
        [*words, str(seed), str(byte)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        worker = Worker(process)
        try:
            assert worker.line() == "ready", worker.end()
            yield worker
        finally:
            words_of_it = worker.end()
    assert "Traceback" not in words_of_it, words_of_it


async def measured_s(worker: Worker) -> float:
    began = time.monotonic()
    said = await asyncio.to_thread(worker.line)
    assert said == "cycle", f"{said} {worker.end()}"
    return time.monotonic() - began


async def kill(worker: Worker, folder: Path | None) -> None:
    """The end of the process, or of the engine and then, when it works on, of the process too."""
    pid = lock_holder(folder / PID_FILE) if folder is not None else None
    if pid:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        await asyncio.to_thread(worker.wait_out, 1.0)
    worker.process.kill()


def tools_at_work(folder: Path) -> list[bytes]:
    """Tools that outlive the process that began them; they end by themselves."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes()
        except OSError:
            continue
        if b"qemu-img" in words and str(folder).encode() in words:
            found.append(words)
    return found


async def prepare(root: Path, byte: int, *, runs: bool) -> None:
    """The machine is of this moment, off or on."""
    async with manager_of(root) as manager:
        mark(images(manager), byte)
        if runs:
            await manager.start_vm(NAME)
            await mark_live(live(manager), byte)


async def verify(root: Path, began_ms: int, chance: random.Random) -> None:
    """The next manager finds a machine of one moment, a true list, and sound disks."""
    async with manager_of(root) as manager:
        listed = await manager.get_snapshot_list(NAME)
        held = [tags_in(disk) for disk in images(manager)]
        for one in listed:
            assert one.problem == "", "what is listed is whole"
            assert all(tags.count(one.snapshot_id) == 1 for tags in held)
        await goes_on(manager, began_ms)
        assert not is_pending(machine_of(manager).folder)
        named = [one for one in listed if moment_of(one) is not None]
        if named:
            target = chance.choice(named)
            if not target.with_memory:
                await manager.force_stop_vm(NAME)
            await manager.restore_snapshot(NAME, target.snapshot_id, safety=False)
            assert moment(images(manager)) == moment_of(target)
            if target.with_memory:
                assert await memory_moment(live(manager)) == moment_of(target)
        await manager.force_stop_vm(NAME)
        # Whatever comes next clears away what was cut off.
        new = await manager.create_snapshot(NAME, "next")
        await manager.destroy_snapshot(NAME, new.snapshot_id)
        tags = {one.snapshot_id for one in await manager.get_snapshot_list(NAME)}
        assert [set(tags_in(disk)) for disk in images(manager)] == [tags, tags]
        assert all(map(is_sound, images(manager)))


async def goes_on(manager: VmManager, began_ms: int) -> None:
    """It starts or resumes, and memory and disks are of one moment."""
    machine = machine_of(manager)
    # On a busy computer it may have answered late; then it is asked again.
    await eventually(lambda: not machine.unreachable, timeout_s=30, what="the engine answers")
    if not machine.state.has_process:
        await manager.start_vm(NAME)
        moment(images(manager))
        return
    assert machine.state in {VmState.RUNNING, VmState.PAUSED}
    await manager.resume_vm(NAME)
    assert await live(manager).query_status() is RunStatus.RUNNING
    now = moment(images(manager))
    deadline = time.monotonic() + _COLD_S
    while (found := await cell(live(manager))) not in BYTES and time.monotonic() < deadline:
        pass
    if found in BYTES:
        assert found == now, "memory and disks belong together"
    else:  # Its manager died before it gave it its memory: it starts anew from its disks.
        assert live(manager).started_ms >= began_ms
