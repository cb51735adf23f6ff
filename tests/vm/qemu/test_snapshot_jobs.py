"""A live machine is kept with its memory and goes back to it, or nothing of it is touched."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from app.errors import (
    ConnectionLostError,
    DiskLessError,
    EngineError,
    NotSupportedError,
    StateError,
)
from app.vm.engine import EngineEvent, EngineResumed, EngineStopped, RunStatus
from app.vm.model import Firmware
from app.vm.qemu import snapshot_jobs
from app.vm.qemu.engine import QemuEngine, QemuRunning
from app.vm.qemu.run_record import RunRecord, SnapshotMark
from tests.helpers.waiting import eventually
from tests.vm.disks import about, holds, run
from tests.vm.makers import DISK_FILE, VM_ID
from tests.vm.qemu.snapshotting import (
    DISK,
    OTHER,
    TAG,
    SlowStorage,
    below_disk0,
    count,
    counting,
    counts,
    hmp,
    jobs,
    running,
    silent,
    write_disk,
)
from tests.vm.qemu.test_engine import a_plan, ended, launched

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

SECOND = "second.qcow2"
BOTH = ("disk0", "disk1")


def mark_of(folder: Path) -> SnapshotMark:
    record = RunRecord.read(folder)
    assert record is not None
    return record.snapshot


def tags_in(disk: Path) -> list[str]:
    return [one["name"] for one in about(disk).get("snapshots", [])]


def is_sound(disk: Path) -> bool:
    """Clean, or with space that is lost."""
    words = ["qemu-img", "check", "-q", "-f", "qcow2", disk]
    return subprocess.run(words, check=False).returncode in {0, 3}


async def add_second_disk(machine: QemuRunning, folder: Path) -> None:
    """A second disk; the engine's part knows nothing of the machine's description."""
    run("qemu-img", "create", "-q", "-f", "qcow2", folder / SECOND, "16M")
    file = {"driver": "file", "filename": str(folder / SECOND)}
    await machine.execute("blockdev-add", {"driver": "qcow2", "node-name": "disk1", "file": file})


async def test_memory_and_disk_are_again_what_they_were(tmp_path: Path) -> None:
    async with running(tmp_path) as machine:
        await machine.pause()
        await write_disk(machine, 0x11)
        kept = await count(machine)
        await machine.save_snapshot(TAG, DISK)
        assert await machine.query_status() is RunStatus.PAUSED
        await machine.resume()
        await counts(machine)
        await write_disk(machine, 0x22)
        assert await count(machine) > kept

        await machine.load_snapshot(TAG, DISK)

        assert await machine.query_status() is RunStatus.PAUSED
        assert await count(machine) == kept
        await machine.resume()
        await counts(machine)
        assert await jobs(machine) == []
        (one,) = (await machine.snapshots())["disk0"]
        assert one.tag == TAG
        assert one.memory_bytes > 100_000
        assert 0 <= one.created_ms - machine.started_ms < 120_000
    assert holds(tmp_path / DISK_FILE, "qcow2", 0x11)


async def test_a_running_guest_runs_on_after_it_was_kept(tmp_path: Path) -> None:
    async with running(tmp_path) as machine:
        await machine.save_snapshot(TAG, DISK)
        assert await machine.query_status() is RunStatus.RUNNING
        await counts(machine)
        assert mark_of(tmp_path) is SnapshotMark.NONE


async def test_a_fresh_engine_goes_on_from_the_memory_of_another(tmp_path: Path) -> None:
    async with running(tmp_path) as machine:
        await machine.pause()
        kept = await count(machine)
        await machine.save_snapshot(TAG, DISK)
    async with launched(await a_plan(tmp_path)) as machine:
        await machine.load_snapshot(TAG, DISK)
        assert await count(machine) == kept
        await machine.resume()
        await counts(machine)


async def test_both_disks_of_a_machine_go_back(tmp_path: Path) -> None:
    async with running(tmp_path) as machine:
        await add_second_disk(machine, tmp_path)
        await hmp(machine, 'qemu-io disk1 "write -P 0x11 1M 2M"')
        await write_disk(machine, 0x11)
        await machine.save_snapshot(TAG, BOTH)
        await hmp(machine, 'qemu-io disk1 "write -P 0x22 1M 2M"')
        await write_disk(machine, 0x22)

        await machine.load_snapshot(TAG, BOTH)

        held = await machine.snapshots()
        assert [[one.tag for one in held[disk]] for disk in BOTH] == [[TAG], [TAG]]
        assert held["disk1"][0].memory_bytes == 0, "the memory is in the first"
        await machine.delete_snapshot(TAG, BOTH)
        assert dict(await machine.snapshots()) == {"disk0": (), "disk1": ()}
    assert holds(tmp_path / SECOND, "qcow2", 0x11)
    assert holds(tmp_path / DISK_FILE, "qcow2", 0x11)


@pytest.mark.parametrize("ran", [True, False], ids=["running", "paused"])
async def test_a_tag_that_one_disk_lacks_touches_nothing(tmp_path: Path, ran: bool) -> None:
    async with running(tmp_path) as machine:
        await machine.save_snapshot(TAG, DISK)
        await add_second_disk(machine, tmp_path)
        await write_disk(machine, 0x22)
        if not ran:
            await machine.pause()
        with pytest.raises(StateError, match="do not have this"):
            await machine.load_snapshot(TAG, BOTH)
        expected = RunStatus.RUNNING if ran else RunStatus.PAUSED
        assert await machine.query_status() is expected
    assert holds(tmp_path / DISK_FILE, "qcow2", 0x22)


@pytest.mark.parametrize("ran", [True, False], ids=["running", "paused"])
async def test_what_the_engine_refuses_before_it_begins_touches_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ran: bool
) -> None:
    async def look_away(*_: Any) -> None:
        """What was there at the look may be gone at the load."""

    async with running(tmp_path) as machine:
        monkeypatch.setattr(snapshot_jobs, "check_loadable", look_away)
        if not ran:
            await machine.pause()
        with pytest.raises(StateError, match="cannot go back") as caught:
            await machine.load_snapshot(TAG, DISK)
        assert "does not exist" in caught.value.detail
        expected = RunStatus.RUNNING if ran else RunStatus.PAUSED
        assert await machine.query_status() is expected
        assert mark_of(tmp_path) is SnapshotMark.NONE
        await machine.resume()
        await counts(machine)


async def test_one_without_memory_is_not_loaded_into_a_live_machine(tmp_path: Path) -> None:
    plan = await counting(tmp_path)
    run("qemu-img", "snapshot", "-c", TAG, tmp_path / DISK_FILE)
    async with launched(plan) as machine:
        await machine.resume()
        with pytest.raises(StateError, match="disks alone"):
            await machine.load_snapshot(TAG, DISK)
        assert await machine.query_status() is RunStatus.RUNNING


async def test_a_tag_is_taken_once_and_a_failure_is_no_hindrance(tmp_path: Path) -> None:
    async with running(tmp_path) as machine:
        await machine.save_snapshot(TAG, DISK)
        with pytest.raises(EngineError, match="cannot be made"):
            await machine.save_snapshot(TAG, DISK)
        assert await machine.query_status() is RunStatus.RUNNING
        await machine.save_snapshot(OTHER, DISK)
        assert [one.tag for one in (await machine.snapshots())["disk0"]] == [TAG, OTHER]
        assert await jobs(machine) == []


async def test_a_deleted_one_is_gone_even_when_the_disk_had_it_twice(tmp_path: Path) -> None:
    plan = await counting(tmp_path)
    for _ in range(2):
        run("qemu-img", "snapshot", "-c", TAG, tmp_path / DISK_FILE)
    async with launched(plan) as machine:
        assert len((await machine.snapshots())["disk0"]) == 2
        await machine.delete_snapshot(TAG, DISK)
        assert (await machine.snapshots())["disk0"] == ()
        await machine.delete_snapshot(TAG, DISK)


async def test_a_uefi_machine_goes_back_twice_in_a_row_and_runs_on(tmp_path: Path) -> None:
    plan = await a_plan(tmp_path, firmware=Firmware.UEFI, memory_mib=128)
    async with launched(plan) as machine:
        await machine.resume()
        await machine.save_snapshot(TAG, DISK)
        for _ in range(3):
            await machine.load_snapshot(TAG, DISK)
            assert await machine.query_status() is RunStatus.PAUSED
        await machine.resume()
        assert await machine.query_status() is RunStatus.RUNNING
        assert mark_of(tmp_path) is SnapshotMark.NONE


async def test_a_uefi_machine_goes_back_again_under_the_next_manager(tmp_path: Path) -> None:
    plan = await a_plan(tmp_path, firmware=Firmware.UEFI, memory_mib=128)
    first = await QemuEngine().launch(plan)
    await first.resume()
    await first.save_snapshot(TAG, DISK)
    await first.load_snapshot(TAG, DISK)
    await first.detach()

    second = await QemuEngine().adopt(VM_ID, tmp_path)
    assert second is not None
    try:
        assert await second.query_status() is RunStatus.PAUSED
        await second.load_snapshot(TAG, DISK)
        await second.resume()
        assert await second.query_status() is RunStatus.RUNNING
    finally:
        await second.kill()
        await ended(second)


async def test_a_device_that_cannot_be_kept_is_named_before_anything_happens(
    tmp_path: Path,
) -> None:
    plan = await counting(tmp_path)
    ports = [device.id for device in plan.config.hardware.devices if device.kind == "root_port"]
    async with launched(plan) as machine:
        await machine.resume()
        assert await machine.snapshot_blocker() == ""
        null = {"driver": "null-co", "node-name": "n0", "size": 1 << 20, "read-zeroes": True}
        await machine.execute("blockdev-add", null)
        nvme = {"driver": "nvme", "id": "nv", "drive": "n0", "serial": "1", "bus": ports[-1]}
        await machine.execute("device_add", nvme)

        assert "NVMe" in await machine.snapshot_blocker()
        with pytest.raises(NotSupportedError, match="NVMe"):
            await machine.save_snapshot(TAG, DISK)
        assert await machine.query_status() is RunStatus.RUNNING
        assert (await machine.snapshots())["disk0"] == ()


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("non-migratable device: 0000:00:02.0/nvme", "NVMe"),
        ("State blocked by non-migratable device '0000:00:02.0/1/usb-mtp'", "USB"),
        ("non-migratable device: 0000:00:04.0/vhost-user-fs", "shared folder"),
        ("Migration is disabled when VirtFS export path '/x' is mounted", "shared folder"),
        ("non-migratable device: 0000:00:02.0/warp-drive", "A device of this machine"),
    ],
)
def test_what_blocks_is_said_in_plain_words(reason: str, words: str) -> None:
    assert words in snapshot_jobs.blocked_by(reason)


@pytest.mark.parametrize("number", [28, 5], ids=["ENOSPC", "EIO"])
async def test_a_full_disk_keeps_nothing_and_the_guest_runs_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    rule = {"event": "vmstate_save", "iotype": "write", "errno": number}
    below_disk0(monkeypatch, driver="blkdebug", **{"inject-error": [rule]})
    async with running(tmp_path) as machine:
        with pytest.raises(DiskLessError, match="full"):
            await machine.save_snapshot(TAG, DISK)
        assert (await machine.snapshots())["disk0"] == ()
        assert await jobs(machine) == []
        assert await machine.query_status() is RunStatus.RUNNING
        await counts(machine)
    assert tags_in(tmp_path / DISK_FILE) == []


async def test_a_load_into_other_hardware_never_runs_on(tmp_path: Path) -> None:
    async with running(tmp_path) as machine:
        await write_disk(machine, 0x11)
        await machine.save_snapshot(TAG, DISK)
        await write_disk(machine, 0x22)
    first = await QemuEngine().launch(await a_plan(tmp_path, memory_mib=96))
    with pytest.raises(EngineError, match="could not be taken back"):
        await first.load_snapshot(TAG, DISK)
    assert await first.query_status() is RunStatus.BROKEN
    with pytest.raises(StateError, match="cannot go on"):
        await first.resume()
    await first.detach()

    second = await QemuEngine().adopt(VM_ID, tmp_path)
    assert second is not None
    try:
        assert await second.query_status() is RunStatus.BROKEN
        with pytest.raises(StateError, match="cannot go on"):
            await second.resume()
    finally:
        await second.kill()
        await ended(second)
    assert holds(tmp_path / DISK_FILE, "qcow2", 0x11), "QEMU takes the disks back first"


async def test_a_failed_load_that_nobody_followed_never_runs_on_either(tmp_path: Path) -> None:
    async with running(tmp_path) as machine:
        await machine.save_snapshot(TAG, DISK)
    first = await QemuEngine().launch(await a_plan(tmp_path, memory_mib=96))
    await first.pause()
    await snapshot_jobs.begin(first.execute, "load", TAG, DISK)
    await first.detach()

    second = await QemuEngine().adopt(VM_ID, tmp_path)
    assert second is not None
    try:
        assert await jobs(second) == []
        assert await second.query_status() is RunStatus.BROKEN
        with pytest.raises(StateError):
            await second.resume()
    finally:
        await second.kill()
        await ended(second)


async def test_a_failed_load_of_somebody_else_never_runs_on_either(tmp_path: Path) -> None:
    async with running(tmp_path) as machine:
        job = await snapshot_jobs.begin(machine.execute, "load", OTHER, DISK)
        assert await snapshot_jobs.outcome(machine.execute, job, asyncio.Event())
        answer = await machine.execute("query-status")
        assert answer["status"] == "restore-vm"
        assert await machine.query_status() is RunStatus.BROKEN
        with pytest.raises(StateError, match="cannot go on"):
            await machine.resume()


async def test_the_image_of_a_copy_is_no_disk_of_the_machine(tmp_path: Path) -> None:
    async with running(tmp_path) as machine:
        copy = tmp_path / "export-1.qcow2.part"
        run("qemu-img", "create", "-q", "-f", "qcow2", copy, "16M")
        file = {"driver": "file", "filename": str(copy)}
        node = {"driver": "qcow2", "node-name": "export-1", "file": file}
        await machine.execute("blockdev-add", node)
        assert list(await machine.snapshots()) == ["disk0"]


async def test_a_long_save_breaks_no_other_call_and_tells_the_right_state(
    tmp_path: Path, own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[EngineEvent] = []

    async def listen(machine: QemuRunning) -> None:
        told.extend([event async for event in machine.events()])

    plan = await counting(tmp_path)
    async with (
        SlowStorage.of(tmp_path, own_folders, monkeypatch) as storage,
        launched(plan) as machine,
        asyncio.TaskGroup() as tasks,
    ):
        await machine.resume()
        await counts(machine)
        monitor = machine._monitor
        tasks.create_task(listen(machine))
        await storage.limit(150_000)
        began = asyncio.get_running_loop().time()
        saving = tasks.create_task(machine.save_snapshot(TAG, DISK))
        await silent(machine)
        with pytest.raises(ConnectionLostError, match="does not answer"):
            await machine.query_status()
        for refused in (machine.resume(), machine.pause(), machine.grow_disk("disk0", 32 << 20)):
            with pytest.raises(StateError, match="under way"):
                await refused
        assert not saving.done()
        await saving
        assert asyncio.get_running_loop().time() - began > 5
        await storage.limit(0)
        assert machine._monitor is monitor, "the link stays"
        assert await machine.query_status() is RunStatus.RUNNING
        await machine.kill()
    assert not [event for event in told if isinstance(event, EngineStopped)]
    assert any(isinstance(event, EngineResumed) for event in told)


async def test_a_load_tells_that_the_machine_stands(tmp_path: Path) -> None:
    async with running(tmp_path) as machine:
        await machine.save_snapshot(TAG, DISK)
        await machine.load_snapshot(TAG, DISK)
        events = machine.events()
        async with asyncio.timeout(5):
            while await anext(events) != EngineStopped(RunStatus.PAUSED):
                pass
        await events.aclose()


@pytest.mark.parametrize("step", ["save", "load"])
async def test_an_engine_that_is_killed_meanwhile_is_told_at_once(
    tmp_path: Path, own_folders: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    plan = await counting(tmp_path)
    async with (
        SlowStorage.of(tmp_path, own_folders, monkeypatch) as storage,
        launched(plan) as machine,
        asyncio.TaskGroup() as tasks,
    ):
        await machine.resume()
        await counts(machine)
        await machine.save_snapshot(TAG, DISK)
        await storage.limit(50_000)
        call = machine.save_snapshot(OTHER, DISK)
        if step == "load":
            call.close()
            call = machine.load_snapshot(TAG, DISK)
        work = tasks.create_task(_outcome(call))
        await silent(machine)
        machine._process.send(signal.SIGKILL)
        async with asyncio.timeout(3):
            assert isinstance(await work, EngineError)
    assert is_sound(tmp_path / DISK_FILE)
    assert tags_in(tmp_path / DISK_FILE) == [TAG]


async def _outcome(call: Any) -> BaseException | None:
    try:
        await call
    except EngineError as err:
        return err
    return None


async def test_a_save_whose_manager_died_is_waited_for_and_the_guest_runs(
    tmp_path: Path, own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = await counting(tmp_path)
    async with SlowStorage.of(tmp_path, own_folders, monkeypatch) as storage:
        first = await QemuEngine().launch(plan)
        await first.resume()
        await counts(first)
        await storage.limit(300_000)
        async with asyncio.TaskGroup() as tasks:
            work = tasks.create_task(_outcome(first.save_snapshot(TAG, DISK)))
            await silent(first)
            assert mark_of(tmp_path) is SnapshotMark.SAVING
            await first.detach()
            assert isinstance(await work, EngineError)

        second = await QemuEngine().adopt(VM_ID, tmp_path)
        assert second is not None
        try:
            assert await second.query_status() is RunStatus.RUNNING
            assert await jobs(second) == []
            assert mark_of(tmp_path) is SnapshotMark.NONE
            assert [one.tag for one in (await second.snapshots())["disk0"]] == [TAG]
            await counts(second)
        finally:
            await storage.limit(0)
            await second.kill()
            await ended(second)


async def test_a_load_whose_manager_died_is_waited_for_and_can_go_on(
    tmp_path: Path, own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = await counting(tmp_path)
    async with SlowStorage.of(tmp_path, own_folders, monkeypatch) as storage:
        first = await QemuEngine().launch(plan)
        await first.resume()
        await counts(first)
        await first.pause()
        kept = await count(first)
        await first.save_snapshot(TAG, DISK)
        await first.resume()
        await storage.limit(300_000)
        async with asyncio.TaskGroup() as tasks:
            work = tasks.create_task(_outcome(first.load_snapshot(TAG, DISK)))
            await silent(first)
            assert mark_of(tmp_path) is SnapshotMark.LOADING
            await first.detach()
            assert isinstance(await work, EngineError)

        second = await QemuEngine().adopt(VM_ID, tmp_path)
        assert second is not None
        try:
            assert await second.query_status() is RunStatus.PAUSED
            assert await count(second) == kept
            assert await jobs(second) == []
            assert mark_of(tmp_path) is SnapshotMark.LOADED
            await second.resume()
            await counts(second)
        finally:
            await second.kill()
            await ended(second)


async def test_snapshots_and_copies_of_a_disk_keep_each_other_out(tmp_path: Path) -> None:
    async with running(tmp_path) as machine:
        started = asyncio.Event()

        async def copy() -> None:
            target = tmp_path / "export-1.qcow2.part"
            await machine.copy_disk("disk0", target, lambda _: started.set())

        with machine._snapshots.kept_out(), pytest.raises(StateError, match="under way"):
            await machine.save_snapshot(TAG, DISK)
        async with asyncio.TaskGroup() as tasks:
            saving = tasks.create_task(machine.save_snapshot(TAG, DISK))
            await eventually(lambda: machine._snapshots.busy)
            with pytest.raises(StateError, match="under way"):
                await copy()
            await saving
        await copy()
        assert started.is_set()


async def test_a_copy_that_only_the_engine_knows_of_keeps_snapshots_out(tmp_path: Path) -> None:
    async with running(tmp_path) as machine:
        null = {"driver": "null-co", "node-name": "n0", "size": 16 << 20}
        await machine.execute("blockdev-add", null)
        await write_disk(machine, 0x11)
        mirror = {"job-id": "m", "device": "disk0", "target": "n0", "sync": "full", "speed": 65536}
        await machine.execute("blockdev-backup", mirror)
        with pytest.raises(StateError, match="already"):
            await machine.save_snapshot(TAG, DISK)
        await machine.execute("block-job-cancel", {"device": "m", "force": True})


async def test_a_cancelled_save_is_made_all_the_same_and_the_next_one_follows(
    tmp_path: Path,
) -> None:
    async with running(tmp_path) as machine, asyncio.TaskGroup() as tasks:
        work = tasks.create_task(machine.save_snapshot(TAG, DISK))
        await eventually(lambda: machine._snapshots.mark is SnapshotMark.SAVING)
        work.cancel()
        await machine.save_snapshot(OTHER, DISK)
        assert [one.tag for one in (await machine.snapshots())["disk0"]] == [TAG, OTHER]
        assert await machine.query_status() is RunStatus.RUNNING
