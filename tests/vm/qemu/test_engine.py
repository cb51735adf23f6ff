"""QEMU behind the seam, for real and under TCG: launch, adoption, end, and every accident."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app import paths
from app.errors import AppError, ConnectionLostError, EngineError, NotSupportedError, StateError
from app.vm.engine import (
    DisplayKind,
    EngineEvent,
    EngineExited,
    EngineResumed,
    EngineShutdown,
    EngineStopped,
    LaunchPlan,
    RunStatus,
)
from app.vm.hardware import MOST_SCREENS, lay_out
from app.vm.locks import FileLock, lock_holder
from app.vm.model import Chipset, Disk, DiskBus, Firmware, NetModel, Profile, VideoModel
from app.vm.qemu.engine import QemuEngine, QemuRunning, RunRecord
from app.vm.qemu.facts import engine_facts
from app.vm.qemu.firmware import find_uefi, make_variable_store
from app.vm.qemu.images import create_disk
from app.vm.store import FIRMWARE_FILE, PID_FILE, RUN_FILE
from tests.helpers.descriptors import open_descriptors
from tests.helpers.waiting import eventually
from tests.vm.makers import DISK_FILE, MAC, VM_ID, a_config, a_firmware_image, python
from tests.vm.qemu.qmp_server import QmpServer

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

HOLD = """
import fcntl, sys
file = open(sys.argv[1], "a+")
fcntl.lockf(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.readline()
"""

RACE = """
import asyncio, sys
from pathlib import Path
from tests.vm.qemu.test_engine import a_plan, race
sys.exit(asyncio.run(race(Path(sys.argv[1]), int(sys.argv[2]))))
"""


async def a_plan(
    folder: Path,
    *,
    profile: Profile | None = None,
    firmware: Firmware = Firmware.BIOS,
    **changes: Any,
) -> LaunchPlan:
    """A machine with an empty disk in `folder`, ready to be launched."""
    facts = await engine_facts()
    profile = profile or Profile()
    hardware = lay_out(
        profile,
        firmware=firmware,
        machine_type=facts.machine_type(profile.chipset),
        mac=MAC,
    )
    config = replace(a_config(), **{"hardware": hardware, **changes})
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - a test's own folder
    if not (folder / DISK_FILE).exists():
        await create_disk(folder / DISK_FILE, 16)
        if firmware is Firmware.UEFI:
            make_variable_store(find_uefi(hardware.machine_type), folder)
        if firmware is Firmware.FILE:
            shutil.copyfile(a_firmware_image(), folder / FIRMWARE_FILE)
    sockets = paths.runtime_dir(folder) / config.id.hex[:8]
    return LaunchPlan(config=config, accelerator="tcg", folder=folder, sockets=sockets)


@asynccontextmanager
async def launched(plan: LaunchPlan) -> AsyncIterator[QemuRunning]:
    """The machine, alive inside the block; afterwards nothing is left of it."""
    running = await QemuEngine().launch(plan)
    try:
        yield running
    finally:
        if lock_holder(plan.folder / PID_FILE) is not None:
            await running.kill()
        await ended(running)


async def ended(running: QemuRunning) -> list[EngineEvent]:
    """What is told until the end."""
    try:
        return [event async for event in running.events()]
    finally:
        await running.detach()


async def race(folder: Path, at_once: int) -> int:
    """Launch the same machine `at_once` times at once; how many engines came of it."""
    plan = await a_plan(folder)
    answers = await asyncio.gather(
        *(QemuEngine().launch(plan) for _ in range(at_once)), return_exceptions=True
    )
    winners = [answer for answer in answers if isinstance(answer, QemuRunning)]
    odd = [a for a in answers if not isinstance(a, (QemuRunning, StateError))]
    for winner in winners:
        await winner.detach()
    return 100 + len(odd) if odd else len(winners)


def status_of(pid: int) -> str:
    return Path(f"/proc/{pid}/status").read_text()


def ours_in(pid: int) -> set[str]:
    """Files of a test's machine, and of this process, that another process holds open."""
    found = set()
    for name in os.listdir(f"/proc/{pid}/fd"):  # noqa: PTH208 - links that come and go
        with contextlib.suppress(FileNotFoundError):
            target = os.readlink(f"/proc/{pid}/fd/{name}")  # noqa: PTH115 - no path at all
            if target.startswith(("/proc", "pipe:", str(Path.home()))) or ".lock" in target:
                found.add(target)
    return found


def left_behind(plan: LaunchPlan) -> list[str]:
    """What a run left that should be gone."""
    names = [name for name in (RUN_FILE, PID_FILE) if (plan.folder / name).exists()]
    return names + ([str(plan.sockets)] if plan.sockets.exists() else [])


async def test_a_machine_comes_up_standing_runs_pauses_and_ends_without_a_trace(
    tmp_path: Path,
) -> None:
    plan = await a_plan(tmp_path / "vm")
    running = await QemuEngine().launch(plan)

    assert QemuEngine().is_alive(plan.folder)
    assert await running.query_status() is RunStatus.STARTING
    assert (running.accelerator, running.cpus, running.memory_mib) == ("tcg", 1, 64)
    await running.resume()
    await running.resume()
    assert await running.query_status() is RunStatus.RUNNING
    await running.pause()
    await running.pause()
    assert await running.query_status() is RunStatus.PAUSED
    await running.kill()
    events = await ended(running)

    assert isinstance(events[-1], EngineExited)
    assert events[-1].code == 0
    assert EngineShutdown(by_guest=False, reason="host-qmp-quit") in events
    assert not QemuEngine().is_alive(plan.folder)
    assert left_behind(plan) == []


async def test_the_engine_inherits_the_launch_lock_alone_and_lives_apart(tmp_path: Path) -> None:
    async with launched(await a_plan(tmp_path / "vm")) as running:
        pid = running._process.pid
        assert os.getsid(pid) == pid
        assert "Seccomp:\t2" in status_of(pid)
        assert not ours_in(pid) - {str(tmp_path / "vm" / ".launch.lock")}
        with FileLock(tmp_path / "vm" / ".launch.lock") as lock:
            assert not lock.try_acquire()


async def test_an_engine_is_seen_from_its_first_moment_on(tmp_path: Path) -> None:
    plan = await a_plan(tmp_path / "vm")
    with FileLock(plan.folder / ".launch.lock") as lock:
        lock.try_acquire()
        # What a manager leaves that is killed right after the start: nothing but the lock.
        child = await asyncio.create_subprocess_exec(
            "sleep", "600", pass_fds=[lock.descriptor], stdin=asyncio.subprocess.DEVNULL
        )
        lock.hand_over()
    assert QemuEngine().is_alive(plan.folder)
    adopting = asyncio.ensure_future(QemuEngine().adopt(VM_ID, plan.folder))
    assert not (await asyncio.wait([adopting], timeout=0.05))[0]
    child.kill()
    await child.wait()
    assert await adopting is None
    assert not QemuEngine().is_alive(plan.folder)


@pytest.mark.parametrize("chipset", list(Chipset), ids=str)
@pytest.mark.parametrize("firmware", list(Firmware), ids=str)
async def test_every_kind_of_hardware_is_known_to_qemu(
    tmp_path: Path, chipset: Chipset, firmware: Firmware
) -> None:
    disc = tmp_path / "a,b = c.iso"
    disc.write_bytes(b"\0" * 65536)
    kinds = [
        Profile(chipset=chipset, disk_bus=bus, net_model=net, video=video)
        for bus, net, video in (
            (DiskBus.VIRTIO, NetModel.VIRTIO, VideoModel.VIRTIO),
            (DiskBus.SATA, NetModel.E1000E, VideoModel.VGA),
            (DiskBus.IDE, NetModel.E1000, VideoModel.VGA),
        )
    ]
    for number, profile in enumerate(kinds):
        plan = await a_plan(
            tmp_path / f"vm{number}",
            profile=profile,
            firmware=firmware,
            disc=disc,
            enhance_file_path=str(disc),
        )
        async with launched(plan) as running:
            await running.resume()
            assert await running.query_status() is RunStatus.RUNNING


@pytest.mark.parametrize(
    "text",
    ["a,b=c", 'it\'s "quoted"', "two  words ", "-dash", "👩\u200d💻,🎉", "中" * 83, "x,path=etc"],
    ids=ascii,
)
async def test_names_and_paths_of_every_kind_reach_qemu_whole(tmp_path: Path, text: str) -> None:
    disc = tmp_path / f"{text}.iso"[-255:]
    disc.write_bytes(b"\0" * 65536)
    plan = await a_plan(tmp_path / text, name=text.strip(), disc=disc, enhance_file_path=str(disc))

    async with launched(plan) as running:
        name = await running._monitor.execute("query-name")
        blocks = await running._monitor.execute("query-block")
        files = {block["inserted"]["file"] for block in blocks if "inserted" in block}

    assert name == {"name": text.strip()}
    assert files == {str(plan.folder / DISK_FILE), str(disc)}


async def test_a_runtime_folder_with_odd_signs_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_folders: Path
) -> None:
    odd = own_folders / "run" / "a,b=c:d '中"
    odd.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(odd))

    async with launched(await a_plan(tmp_path / "vm")) as running:
        plain = await running.open_display(plain=True)
        assert plain.kind is DisplayKind.VNC
        with plain.sock:
            plain.sock.settimeout(5)
            assert plain.sock.recv(4) == b"RFB "
        with running.open_input() as monitor:
            monitor.settimeout(5)
            assert b"QMP" in monitor.recv(1000)


async def test_a_second_launch_is_refused_and_harms_nothing(tmp_path: Path) -> None:
    plan = await a_plan(tmp_path / "vm")
    async with launched(plan) as running:
        with pytest.raises(StateError, match="already running"):
            await QemuEngine().launch(plan)
        assert await running.query_status() is RunStatus.STARTING
        assert RunRecord.read(plan.folder) is not None


async def test_a_launch_by_other_hands_without_our_lock_is_refused_too(tmp_path: Path) -> None:
    plan = await a_plan(tmp_path / "vm")
    with FileLock(plan.folder / ".launch.lock") as lock:
        lock.try_acquire()
        with pytest.raises(StateError, match="already running"):
            await QemuEngine().launch(plan)


async def test_a_disk_in_use_by_another_program_is_named(tmp_path: Path) -> None:
    plan = await a_plan(tmp_path / "vm")
    async with launched(plan):
        other = replace(plan, folder=tmp_path / "other", sockets=plan.sockets.with_name("other"))
        other.folder.mkdir()
        (other.folder / DISK_FILE).hardlink_to(plan.folder / DISK_FILE)
        with pytest.raises(StateError, match="using this machine's disk"):
            await QemuEngine().launch(other)
        assert left_behind(other) == []


@pytest.mark.parametrize("spoilt", ["missing", "cut", "of another format"])
async def test_a_start_without_its_disk_says_so_and_leaves_nothing(
    tmp_path: Path, spoilt: str
) -> None:
    plan = await a_plan(tmp_path / "vm")
    disk = plan.folder / DISK_FILE
    match spoilt:
        case "missing":
            disk.unlink()
        case "cut":
            disk.write_bytes(disk.read_bytes()[:50])
        case "of another format":
            disk.write_bytes(b"VMDK" * 1000)

    with pytest.raises(AppError) as caught:
        await QemuEngine().launch(plan)

    assert caught.value.message
    assert caught.value.remedy
    assert left_behind(plan) == []
    assert not QemuEngine().is_alive(plan.folder)


async def test_a_board_that_this_qemu_does_not_have_says_so(tmp_path: Path) -> None:
    plan = await a_plan(tmp_path / "vm")
    hardware = replace(plan.config.hardware, machine_type="pc-q35-99.0")

    with pytest.raises(EngineError, match="unsupported machine type"):
        await QemuEngine().launch(replace(plan, config=replace(plan.config, hardware=hardware)))


async def test_a_uefi_machine_without_its_store_says_so(tmp_path: Path) -> None:
    plan = await a_plan(tmp_path / "vm", firmware=Firmware.UEFI)
    (plan.folder / "vars.fd").unlink()

    with pytest.raises(EngineError, match="firmware settings"):
        await QemuEngine().launch(plan)


async def test_a_launch_that_is_cancelled_at_any_moment_leaves_no_process(tmp_path: Path) -> None:
    plan = await a_plan(tmp_path / "vm")
    engine = QemuEngine()
    for delay_ms in (0, 1, 3, 6, 10, 15, 20, 25, 30, 40):
        task = asyncio.ensure_future(engine.launch(plan))
        await asyncio.wait([task], timeout=delay_ms / 1000)
        if task.cancel():
            task.cancel()  # twice: the first one is being cleaned up after
            with pytest.raises(asyncio.CancelledError):
                await task
        else:
            await task.result().kill()
            await ended(task.result())
        assert not engine.is_alive(plan.folder)
        assert left_behind(plan) == []


async def test_an_engine_that_is_killed_tells_it_at_once(tmp_path: Path) -> None:
    plan = await a_plan(tmp_path / "vm")
    running = await QemuEngine().launch(plan)
    await running.resume()
    task = asyncio.ensure_future(ended(running))

    os.kill(running._process.pid, signal.SIGKILL)
    events = await asyncio.wait_for(task, 3)

    assert isinstance(events[-1], EngineExited)
    assert events[-1].code == -signal.SIGKILL
    assert left_behind(plan) == []
    for command in (running.query_status, running.pause, running.press_power_button):
        with pytest.raises(ConnectionLostError):
            await command()
    for plain in (False, True):
        with pytest.raises(ConnectionLostError):
            await running.open_display(plain=plain)


async def test_each_output_of_the_display_device_can_be_shown(tmp_path: Path) -> None:
    plan = await a_plan(tmp_path / "vm", profile=Profile(video=VideoModel.VIRTIO))
    async with launched(plan) as running:
        assert running.screens == MOST_SCREENS
        for head in range(1, MOST_SCREENS):
            link = await running.open_display(head)
            assert link.kind is DisplayKind.VNC
            with link.sock:
                link.sock.settimeout(5)
                assert link.sock.recv(4) == b"RFB "
        for head in (-1, MOST_SCREENS):
            with pytest.raises(NotSupportedError, match="no such screen"):
                await running.open_display(head)


async def test_a_display_device_with_one_output_has_one_screen(tmp_path: Path) -> None:
    async with launched(await a_plan(tmp_path / "vm")) as running:
        assert running.screens == 1
        with pytest.raises(NotSupportedError, match="no such screen"):
            await running.open_display(1)


async def test_stop_and_go_are_told_in_order(tmp_path: Path) -> None:
    plan = await a_plan(tmp_path / "vm")
    async with launched(plan) as running:
        events = running.events()
        await running.resume()
        assert await anext(events) == EngineResumed()
        await running.pause()
        assert await anext(events) == EngineStopped(RunStatus.PAUSED)
        await running.resume()
        assert await anext(events) == EngineResumed()
        await events.aclose()


async def test_an_engine_that_hangs_is_ended_by_force(tmp_path: Path) -> None:
    plan = await a_plan(tmp_path / "vm")
    async with launched(plan) as running:
        os.kill(running._process.pid, signal.SIGSTOP)
        with pytest.raises(ConnectionLostError, match="does not answer"):
            await running._monitor.execute("query-status", timeout_s=0.1)
        await QemuEngine().end_unreachable(plan.folder)
        assert not QemuEngine().is_alive(plan.folder)


async def test_a_machine_is_taken_over_as_it_is(tmp_path: Path) -> None:
    plan = await a_plan(tmp_path / "vm", cpus=2, memory_mib=96)
    first = await QemuEngine().launch(plan)
    await first.resume()
    await first.detach()

    running = await QemuEngine().adopt(VM_ID, plan.folder)

    assert running is not None
    try:
        assert await running.query_status() is RunStatus.RUNNING
        assert (running.accelerator, running.cpus, running.memory_mib) == ("tcg", 2, 96)
        assert running.started_ms == first.started_ms
    finally:
        await running.kill()
        assert isinstance((await ended(running))[-1], EngineExited)
    assert left_behind(plan) == []


async def test_a_machine_that_does_not_run_is_cleaned_up_and_not_taken_over(
    tmp_path: Path,
) -> None:
    plan = await a_plan(tmp_path / "vm")
    first = await QemuEngine().launch(plan)
    await first.detach()
    os.kill(first._process.pid, signal.SIGKILL)
    await eventually(lambda: not QemuEngine().is_alive(plan.folder))
    assert left_behind(plan) != []

    assert await QemuEngine().adopt(VM_ID, plan.folder) is None
    assert left_behind(plan) == []


@asynccontextmanager
async def foreign_holder(plan: LaunchPlan) -> AsyncIterator[subprocess.Popen[str]]:
    """A process that holds the pidfile's lock and is no QEMU."""
    plan.folder.mkdir(exist_ok=True)
    with python(HOLD, plan.folder / PID_FILE) as holder:
        assert holder.stdout is not None
        await asyncio.to_thread(holder.stdout.readline)
        try:
            yield holder
        finally:
            holder.kill()


def a_record(plan: LaunchPlan, **changes: Any) -> RunRecord:
    record = RunRecord(
        vm_id=str(VM_ID), accelerator="tcg", started_ms=1, sockets=str(plan.sockets), argv=()
    )
    return replace(record, **changes)


async def test_a_machine_whose_sockets_have_gone_is_unreachable_never_absent(
    tmp_path: Path,
) -> None:
    plan = await a_plan(tmp_path / "vm")
    first = await QemuEngine().launch(plan)
    await first.detach()
    shutil.rmtree(plan.sockets)

    with pytest.raises(ConnectionLostError) as caught:
        await QemuEngine().adopt(VM_ID, plan.folder)
    assert "Force" in caught.value.remedy
    assert QemuEngine().is_alive(plan.folder)
    assert not await QemuEngine().ended(plan.folder, 0.01)

    waiting = asyncio.ensure_future(QemuEngine().ended(plan.folder, 10))
    await asyncio.sleep(0)
    await QemuEngine().end_unreachable(plan.folder)
    assert await waiting
    assert await QemuEngine().ended(plan.folder, 0)
    assert left_behind(plan) == []


@pytest.mark.parametrize("record", ["none", "damaged", "pipe", "another", "no list"])
async def test_a_run_without_a_good_record_is_unreachable(tmp_path: Path, record: str) -> None:
    plan = await a_plan(tmp_path / "vm")
    file = plan.folder / RUN_FILE
    match record:
        case "damaged":
            file.write_text("{")
        case "pipe":
            os.mkfifo(file)
        case "another":
            a_record(plan, vm_id="someone").write(plan.folder)
        case "no list":
            file.write_text(json.dumps([1]))
    async with foreign_holder(plan):
        with pytest.raises(ConnectionLostError):
            await QemuEngine().adopt(VM_ID, plan.folder)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ({"return": {"UUID": "00000000-0000-0000-0000-000000000000"}}, "does not answer"),
        ({"return": {}}, "does not answer"),
        ({"error": {"class": "CommandNotFound", "desc": "what"}}, "does not answer"),
    ],
    ids=str,
)
async def test_a_stranger_on_the_control_socket_is_not_taken_for_the_machine(
    tmp_path: Path, reply: dict[str, Any], words: str
) -> None:
    plan = await a_plan(tmp_path / "vm")
    plan.sockets.mkdir()
    a_record(plan).write(plan.folder)
    server = QmpServer()
    server.answer = lambda *_: reply
    before = open_descriptors()
    async with foreign_holder(plan), server.listening(plan.sockets / "qmp"):
        with pytest.raises(ConnectionLostError, match=words):
            await QemuEngine().adopt(VM_ID, plan.folder)
    await eventually(lambda: open_descriptors() <= before)


async def test_a_number_that_was_used_again_is_not_taken_for_the_engine(tmp_path: Path) -> None:
    plan = await a_plan(tmp_path / "vm")
    with python("input()") as innocent:
        (plan.folder / PID_FILE).write_text(f"{innocent.pid}\n")
        a_record(plan).write(plan.folder)

        assert not QemuEngine().is_alive(plan.folder)
        assert await QemuEngine().adopt(VM_ID, plan.folder) is None
        await QemuEngine().end_unreachable(plan.folder)
        assert innocent.poll() is None
        innocent.kill()


async def test_stale_sockets_and_pidfile_do_not_stop_a_start(tmp_path: Path) -> None:
    plan = await a_plan(tmp_path / "vm")
    first = await QemuEngine().launch(plan)
    await first.detach()
    os.kill(first._process.pid, signal.SIGKILL)
    await eventually(lambda: not QemuEngine().is_alive(plan.folder))

    async with launched(plan) as running:
        assert await running.query_status() is RunStatus.STARTING


async def test_a_lost_monitor_is_connected_again_and_the_state_is_told(
    tmp_path: Path,
) -> None:
    plan = await a_plan(tmp_path / "vm")
    async with launched(plan) as running:
        await running.resume()
        events = running.events()
        assert await anext(events) == EngineResumed()
        await running._monitor._client.disconnect()
        assert await asyncio.wait_for(anext(events), 5) == EngineResumed()
        await running.pause()
        assert await anext(events) == EngineStopped(RunStatus.PAUSED)
        await events.aclose()


async def test_a_picture_is_written_whole_also_when_many_ask_at_once(tmp_path: Path) -> None:
    async with launched(await a_plan(tmp_path / "vm")) as running:
        targets = [tmp_path / f"{number}.png" for number in range(4)]
        await asyncio.gather(*(running.screenshot(target) for target in targets))
        for target in targets:
            assert target.read_bytes()[:4] == b"\x89PNG"
        with pytest.raises(OSError, match="directory"):
            await running.screenshot(tmp_path)
        with pytest.raises(FileNotFoundError):
            await running.screenshot(tmp_path / "none" / "x.png")
        assert not (running._sockets / "screen.png").exists()


async def test_a_machine_that_is_let_go_runs_on(tmp_path: Path) -> None:
    plan = await a_plan(tmp_path / "vm")
    running = await QemuEngine().launch(plan)
    before = asyncio.all_tasks()

    await running.detach()
    await running.detach()

    await eventually(lambda: len(asyncio.all_tasks()) < len(before))
    assert QemuEngine().is_alive(plan.folder)
    await QemuEngine().end_unreachable(plan.folder)


async def test_the_machine_s_folder_going_away_is_no_end(tmp_path: Path) -> None:
    plan = await a_plan(tmp_path / "vm")
    running = await QemuEngine().launch(plan)
    plan.folder.rename(tmp_path / "moved")

    await running.kill()
    events = await ended(running)

    assert isinstance(events[-1], EngineExited)
    assert not plan.folder.exists()
    assert not plan.sockets.exists()


async def test_launches_at_once_in_one_process_give_one_engine(tmp_path: Path) -> None:
    assert await race(tmp_path / "vm", 20) == 1
    await QemuEngine().end_unreachable(tmp_path / "vm")


async def test_launches_at_once_from_two_processes_give_one_engine(tmp_path: Path) -> None:
    plan = await a_plan(tmp_path / "vm")
    racers = [python(RACE, plan.folder, 10) for _ in range(2)]
    codes = [await asyncio.to_thread(racer.wait) for racer in racers]
    for racer in racers:
        with racer:
            pass

    assert sorted(codes) == [0, 1]
    assert lock_holder(plan.folder / PID_FILE)
    await QemuEngine().end_unreachable(plan.folder)
    assert left_behind(plan) == []


@pytest.mark.slow
@pytest.mark.timeout_s(120)
async def test_fifty_rounds_leave_nothing_behind(tmp_path: Path) -> None:
    plan = await a_plan(tmp_path / "vm")

    async def a_round() -> None:
        running = await QemuEngine().launch(plan)
        task = asyncio.ensure_future(ended(running))
        await running.resume()
        await running.kill()
        await task

    await a_round()
    descriptors = open_descriptors()
    tasks, files = len(asyncio.all_tasks()), sorted(p.name for p in plan.folder.iterdir())
    for _ in range(50):
        await a_round()

    assert open_descriptors() <= descriptors
    await eventually(lambda: len(asyncio.all_tasks()) == tasks)
    after = sorted(p.name for p in plan.folder.iterdir())
    assert set(after) - set(files) <= {"engine.log.1"}
    assert not plan.sockets.exists()


def test_a_disk_belongs_to_its_machine_alone() -> None:
    assert a_config().disks == (Disk(id="disk0", file=DISK_FILE, size_mib=16),)
