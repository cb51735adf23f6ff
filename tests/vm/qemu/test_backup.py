"""A disk is copied under a running guest: one moment, whole, and nothing left of a failed try."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from app.errors import DiskLessError, EngineError, StateError
from app.vm.locks import lock_holder
from app.vm.qemu.backup import PART_FILES, PREFIX, clear_copies, copy_disk
from app.vm.qemu.engine import QemuEngine, QemuRunning
from app.vm.store import PID_FILE
from tests.helpers.waiting import eventually
from tests.vm.disks import MIB, about, files_in, holds, same, write_pattern
from tests.vm.makers import DISK_FILE
from tests.vm.qemu.test_engine import a_plan, ended, launched

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[QemuRunning]:
    """A machine whose disk has content, alive."""
    plan = await a_plan(folder)
    write_pattern(folder / DISK_FILE, 0x77)
    async with launched(plan) as machine:
        yield machine


def parts(folder: Path) -> list[Path]:
    """Images of copies that lie in a folder."""
    return list(folder.glob(PART_FILES))


async def left_in(machine: QemuRunning) -> tuple[list[str], list[str]]:
    """Jobs, and nodes of copies, that the engine has."""
    jobs = [job["id"] for job in await machine.execute("query-jobs")]
    nodes = await machine.execute("query-named-block-nodes", {"flat": True})
    names = [node["node-name"] for node in nodes]
    return jobs, [name for name in names if name.startswith(PREFIX) or "#block" in name]


class Slowed:
    """The engine's monitor; copies go so slowly that a test can do things meanwhile."""

    def __init__(self, machine: QemuRunning) -> None:
        self._machine = machine
        self.began = asyncio.Event()

    async def __call__(self, command: str, arguments: Any = None, **options: Any) -> Any:
        if command == "blockdev-backup":
            arguments = {**arguments, "speed": 64 * 1024}
        answer = await self._machine.execute(command, arguments, **options)
        if command == "blockdev-backup":
            self.began.set()
        return answer


def copying(execute: Any, target: Path, seen: list[float] | None = None) -> asyncio.Task[None]:
    """A copy under way."""
    told = [] if seen is None else seen
    work = copy_disk(execute, "disk0", target, told.append, changed=asyncio.Event())
    return asyncio.create_task(work)


async def test_the_copy_has_the_disk_s_content_and_size_and_nothing_stays(tmp_path: Path) -> None:
    async with running(tmp_path) as machine:
        before = files_in(tmp_path)
        target = tmp_path / "export-1.qcow2.part"
        seen: list[float] = []

        await machine.copy_disk("disk0", target, seen.append)

        assert await left_in(machine) == ([], [])
        assert files_in(tmp_path) == before | {target.name}
    assert holds(target, "qcow2", 0x77)
    assert same(tmp_path / DISK_FILE, target)
    assert about(target)["virtual-size"] == 16 * MIB
    assert target.stat().st_blocks * 512 < 4 * MIB, "empty areas stay empty"
    assert target.stat().st_mode & 0o777 == 0o600
    assert seen[-1] == 1.0


async def test_the_copy_is_of_the_moment_when_it_began(tmp_path: Path) -> None:
    async with running(tmp_path) as machine:
        slowed = Slowed(machine)
        target = tmp_path / "export-1.qcow2.part"
        work = copying(slowed, target)
        await slowed.began.wait()
        (job,), _ = await left_in(machine)
        write = 'qemu-io -d disk0 "write -P 0x11 1M 2M"'  # what the guest's device would do
        await machine.execute("human-monitor-command", {"command-line": write}, timeout_s=60)
        await machine.execute("block-job-set-speed", {"device": job, "speed": 0})
        await work
    assert holds(target, "qcow2", 0x77)
    assert holds(tmp_path / DISK_FILE, "qcow2", 0x11)


async def test_a_copy_that_is_cancelled_leaves_no_job_no_node_and_no_file(tmp_path: Path) -> None:
    async with running(tmp_path) as machine:
        before = files_in(tmp_path)
        slowed, seen = Slowed(machine), list[float]()
        work = copying(slowed, tmp_path / "export-1.qcow2.part", seen)
        await slowed.began.wait()
        await eventually(lambda: len(seen) > 1)
        assert (await left_in(machine))[0]

        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work

        assert await left_in(machine) == ([], [])
        assert files_in(tmp_path) == before
        await machine.copy_disk("disk0", tmp_path / "export-2.qcow2.part", lambda _: None)


async def test_a_disk_that_is_being_copied_does_not_grow_but_is_copied_twice_at_once(
    tmp_path: Path,
) -> None:
    async with running(tmp_path) as machine:
        slowed = Slowed(machine)
        work = copying(slowed, tmp_path / "export-1.qcow2.part")
        await slowed.began.wait()
        second = tmp_path / "export-2.qcow2.part"
        await machine.copy_disk("disk0", second, lambda _: None)
        assert holds(second, "qcow2", 0x77)
        with pytest.raises(StateError, match="already"):
            await machine.grow_disk("disk0", 32 * MIB)
        assert await machine.disk_bytes("disk0") == 16 * MIB
        assert len((await left_in(machine))[0]) == 1, "the first goes on"
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work


async def test_an_engine_that_is_killed_meanwhile_is_said_so_and_no_file_stays(
    tmp_path: Path,
) -> None:
    async with running(tmp_path) as machine:
        slowed = Slowed(machine)
        work = copying(slowed, tmp_path / "export-1.qcow2.part")
        await slowed.began.wait()
        machine._process.send(9)
        with pytest.raises(EngineError, match="lost while its disk was being copied"):
            await work
        assert not parts(tmp_path)


@pytest.mark.parametrize("last", ["job-dismiss", "blockdev-del"])
async def test_a_copy_whose_engine_dies_before_it_has_closed_it_is_no_copy(
    tmp_path: Path, last: str
) -> None:
    async with running(tmp_path) as machine:

        async def dying(command: str, arguments: Any = None, **options: Any) -> Any:
            if command == last:
                machine._process.send(9)
            return await machine.execute(command, arguments, **options)

        with pytest.raises(EngineError, match="lost while its disk was being copied"):
            await copying(dying, tmp_path / "export-1.qcow2.part")
        assert not parts(tmp_path), "tables of a copy are written when it is closed"


async def test_a_job_that_somebody_else_ends_is_a_failure(tmp_path: Path) -> None:
    async with running(tmp_path) as machine:
        slowed = Slowed(machine)
        work = copying(slowed, tmp_path / "export-1.qcow2.part")
        await slowed.began.wait()
        (job,), _ = await left_in(machine)
        await machine.execute("job-cancel", {"id": job})
        with pytest.raises(EngineError, match="could not be copied"):
            await work
        assert await left_in(machine) == ([], [])
        assert not parts(tmp_path)


async def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    async with running(tmp_path) as machine:

        async def full(command: str, arguments: Any = None, **options: Any) -> Any:
            answer = await machine.execute(command, arguments, **options)
            if command == "query-jobs":
                return [{**job, "error": "No space left on device"} for job in answer]
            return answer

        work = copying(full, tmp_path / "export-1.qcow2.part")
        with pytest.raises(DiskLessError, match="full"):
            await work
        assert await left_in(machine) == ([], [])


async def test_the_next_manager_takes_a_copy_back_that_nobody_follows(tmp_path: Path) -> None:
    plan = await a_plan(tmp_path)
    write_pattern(tmp_path / DISK_FILE, 0x77)
    first = await QemuEngine().launch(plan)
    slowed = Slowed(first)
    work = copying(slowed, tmp_path / "export-1.qcow2.part")
    await slowed.began.wait()
    await first.detach()  # Its monitor is gone: it can take nothing back.
    with pytest.raises(EngineError):
        await work
    (tmp_path / "export-2.qcow2.part").touch()
    other = tmp_path / "import-1.qcow2.part"
    other.touch()

    second = await QemuEngine().adopt(plan.config.id, tmp_path)
    assert second is not None
    try:
        assert await left_in(second) == ([], [])
        assert not parts(tmp_path)
        assert other.exists(), "it is none of ours"
        await clear_copies(second.execute, tmp_path)
    finally:
        await second.kill()
        await ended(second)
    assert lock_holder(tmp_path / PID_FILE) is None


async def test_what_a_copy_left_goes_with_what_the_run_left(tmp_path: Path) -> None:
    plan = await a_plan(tmp_path)
    async with launched(plan) as machine:
        await machine.copy_disk("disk0", tmp_path / "export-1.qcow2.part", lambda _: None)
        record = (tmp_path / "run.json").read_bytes()
    (tmp_path / "run.json").write_bytes(record)
    QemuEngine().clean_up(tmp_path)
    assert not parts(tmp_path)
