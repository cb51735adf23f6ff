"""Real machines under a disk that gets full, as far as the manager is told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.errors import AppError, Code, DiskLessError
from app.vm.engine import RunStatus
from app.vm.events import HostChanged, StateChanged
from app.vm.gate import PcMode
from app.vm.manager import VmManager
from app.vm.space_guard import SpaceLimits
from app.vm.state import Trigger, VmState
from tests.helpers.waiting import eventually
from tests.vm.makers import python
from tests.vm.managing import managing, reaches, running_machine, runs, small, told

pytestmark = pytest.mark.slow  # a real engine

S = VmState
FAST_S = 0.02


@dataclass
class Disk:
    """A disk whose free space the test says."""

    free_mib: int = 50_000
    looks: int = 0

    def look(self, folder: Path) -> int:
        assert folder.is_dir()
        self.looks += 1
        return self.free_mib

    def limits(self, **changes: Any) -> SpaceLimits:
        return SpaceLimits(free_mib=self.look, **{"check_s": FAST_S, **changes})


async def status(manager: VmManager) -> RunStatus:
    """What the engine says, not the manager."""
    return await manager._registry.find("demo").live().query_status()


async def paused_for_space(manager: VmManager, disk: Disk) -> None:
    disk.free_mib = 150
    info = await reaches(manager, "demo", S.PAUSED)
    assert (info.reason, info.problem_code) == ("disk_full", Code.DISK_LESS)


async def test_a_machine_is_paused_before_the_disk_is_full_and_a_person_lets_it_go_on(
    tmp_path: Path,
) -> None:
    disk = Disk()
    async with managing(tmp_path, space=disk.limits()) as manager:
        info = await running_machine(manager)
        with manager.subscribe() as reader:
            await paused_for_space(manager, disk)
            steps = [event for event in told(reader) if isinstance(event, StateChanged)]
        assert [(step.state, step.reason) for step in steps] == [
            (S.PAUSING, "disk_full"),
            (S.PAUSED, "disk_full"),
        ]
        shown = await manager.get_vm_status("demo")
        assert str(info.folder) in shown.problem
        assert "Make room" in shown.remedy
        assert await status(manager) is RunStatus.PAUSED

        with pytest.raises(DiskLessError) as caught:
            await manager.resume_vm("demo")
        assert caught.value.message == (
            f"Not enough disk space to go on: 150 MiB are free in {info.folder}, "
            "200 MiB are needed."
        )
        shown = await manager.get_vm_status("demo")
        assert (shown.state, shown.reason) == (S.PAUSED, "disk_full")
        assert shown.problem
        assert await status(manager) is RunStatus.PAUSED

        disk.free_mib = 50_000
        await eventually(lambda: not manager._space_guard.is_watching)
        assert (await manager.get_vm_status("demo")).state is S.PAUSED  # not by itself
        shown = await manager.resume_vm("demo")
        assert (shown.state, shown.reason, shown.problem) == (S.RUNNING, "", "")
        assert await status(manager) is RunStatus.RUNNING
        assert manager._registry.find("demo").live().paused_by == ""


async def test_every_machine_that_runs_is_paused_and_the_others_stay_as_they_are(
    tmp_path: Path,
) -> None:
    disk = Disk()
    async with managing(tmp_path, space=disk.limits()) as manager:
        await running_machine(manager)
        await running_machine(manager, "seen")
        manager.bind_view("seen", manager.bindings.issue_window(), 640, 480)
        await running_machine(manager, "by a person")
        await manager.pause_vm("by a person")
        await manager.create_vm("off", small())
        await paused_for_space(manager, disk)
        assert (await reaches(manager, "seen", S.PAUSED)).reason == "disk_full"
        others = {info.name: (info.state, info.reason) for info in manager.snapshot()}
        assert others["off"][0] is S.STOPPED
        assert others["by a person"][0] is S.PAUSED
        assert others["by a person"][1] != "disk_full"


async def test_a_machine_that_is_kept_as_a_snapshot_is_paused_only_afterwards(
    tmp_path: Path,
) -> None:
    disk = Disk()
    async with managing(tmp_path, space=disk.limits()) as manager:
        await running_machine(manager)
        machine = manager._registry.find("demo")
        machine.apply(Trigger.SNAPSHOT, reason="snapshot")
        disk.free_mib, disk.looks = 150, 0
        await eventually(lambda: disk.looks >= 3, what="three looks")
        assert machine.state is S.SNAPSHOTTING
        assert await status(manager) is RunStatus.RUNNING
        machine.apply(Trigger.SNAPSHOT_RUNS)
        assert (await reaches(manager, "demo", S.PAUSED)).reason == "disk_full"


async def test_a_person_who_pauses_it_as_well_does_not_hide_why_it_stands_still(
    tmp_path: Path,
) -> None:
    disk = Disk()
    async with managing(tmp_path, space=disk.limits()) as manager:
        await running_machine(manager)
        await paused_for_space(manager, disk)
        info = await manager.pause_vm("demo")
        assert (info.reason, info.problem_code) == ("disk_full", Code.DISK_LESS)


async def test_a_machine_that_the_gate_would_let_go_on_waits_for_room_and_for_a_person(
    tmp_path: Path,
) -> None:
    disk = Disk()
    async with managing(tmp_path, space=disk.limits(), gate_grace_s=0) as manager:
        await running_machine(manager)
        manager.bind_view("demo", manager.bindings.issue_window(), 640, 480)
        await manager.set_pc_mode(PcMode.OFF)
        await reaches(manager, "demo", S.PAUSED)
        disk.free_mib = 150
        await manager.set_pc_mode(PcMode.ON)
        machine = manager._registry.find("demo")
        await eventually(lambda: machine.info().reason == "disk_full")
        assert machine.info().problem_code is Code.DISK_LESS
        assert machine.live().paused_by == "space"
        disk.free_mib = 50_000
        assert (await manager.resume_vm("demo")).state in {S.RUNNING, S.VIEWING}


PAUSES_AND_WAITS = """
import asyncio, sys
from pathlib import Path
from app.vm.space_guard import SpaceLimits
from app.vm.state import VmState
from tests.vm.managing import managing, reaches, running_machine

async def main():
    free = [50_000]
    space = SpaceLimits(free_mib=lambda _: free[0], check_s=0.02)
    async with managing(Path(sys.argv[1]), space=space) as manager:
        await running_machine(manager)
        free[0] = 150
        await reaches(manager, "demo", VmState.PAUSED)
        print("paused", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_a_manager_that_comes_after_a_killed_one_knows_why_the_machine_stands_still(
    tmp_path: Path,
) -> None:
    with python(PAUSES_AND_WAITS, tmp_path) as killed:
        assert killed.stdout is not None
        line = await asyncio.to_thread(killed.stdout.readline)
        killed.kill()
    assert line == "paused\n"
    disk = Disk(free_mib=150)
    async with managing(tmp_path, space=disk.limits()) as manager:
        info = await manager.get_vm_status("demo")
        assert runs(info)
        assert (info.state, info.reason) == (S.PAUSED, "disk_full")
        assert info.problem_code is Code.DISK_LESS
        with pytest.raises(DiskLessError):
            await manager.resume_vm("demo")
        disk.free_mib = 50_000
        assert (await manager.resume_vm("demo")).state is S.RUNNING


async def test_short_space_is_told_beside_what_else_is_told_of_this_computer(
    tmp_path: Path,
) -> None:
    disk = Disk()
    async with managing(tmp_path, space=disk.limits()) as manager:
        with manager.subscribe() as reader:
            await running_machine(manager)
            notices = [event.notice for event in told(reader) if isinstance(event, HostChanged)]
            disk.free_mib = 1000
            async for event in reader:
                if isinstance(event, HostChanged):
                    break
            assert isinstance(event, HostChanged)
            assert event.accelerator == (await manager.host_report()).accelerator
            *before, short = event.notice.splitlines()
            assert before == [line for line in notices[-1].splitlines() if line]
            assert short == (
                f"Disk space gets short: 1000 MiB are free in {tmp_path}. "
                "Machines are paused below 200 MiB."
            )
            await manager._probe()  # What the host probe tells later does not hide it.
            later = [event for event in told(reader) if isinstance(event, HostChanged)]
            assert later[-1].notice == event.notice

            disk.free_mib = 50_000
            async for event in reader:
                if isinstance(event, HostChanged):
                    break
            assert isinstance(event, HostChanged)
            assert event.notice == notices[-1]


async def test_a_shut_down_below_the_limit_is_not_refused_and_not_cut_off(tmp_path: Path) -> None:
    disk = Disk()
    async with managing(tmp_path, space=disk.limits()) as manager:
        await running_machine(manager)
        await paused_for_space(manager, disk)
        stopping = asyncio.ensure_future(manager.stop_vm("demo", timeout_s=1))
        await reaches(manager, "demo", S.STOPPING)
        with pytest.raises(AppError):  # Its BIOS knows no power button.
            await stopping
        assert (await reaches(manager, "demo", S.PAUSED)).reason == "disk_full"
