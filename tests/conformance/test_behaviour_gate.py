"""The gate on real machines: what it refuses, what it leaves alone, and what its loss does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from app.errors import NOT_PC_MODE, NotPcModeError, StopRefusedError
from app.vm.events import StateChanged, TabletSwitchChanged, ViewState, ViewStateChanged
from app.vm.gate import PcMode
from app.vm.manager import VmManager
from app.vm.model import VmInfo
from app.vm.posture import Posture
from app.vm.state import VmState
from app.vm.store import RUN_FILE, Library
from tests.conformance.serving import CFG, engine_of, served_wire
from tests.helpers.waiting import eventually
from tests.vm.gating import Sensor
from tests.vm.managing import managing, reaches, running_machine, runs, small, told

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

S = VmState
AT_ONCE = {"gate_grace_s": 0.05}
NEVER = {"gate_grace_s": 3600.0}

Close = Callable[[VmManager], Awaitable[Any]]
WAYS_TO_CLOSE: dict[str, tuple[Close, str]] = {
    "mode off": (lambda manager: manager.set_pc_mode(PcMode.OFF), "mode-off"),
    "tablet": (lambda manager: manager.set_posture(Posture.TABLET), "mode-follows-posture"),
    "folded": (lambda manager: manager.set_posture(Posture.FOLDED), "mode-follows-posture"),
}


async def shut(manager: VmManager) -> None:
    assert not (await manager.set_posture(Posture.TABLET)).open


async def opened(manager: VmManager) -> None:
    assert (await manager.set_posture(Posture.KEYBOARD_ATTACHED)).open


async def viewed_machine(manager: VmManager, name: str = "demo") -> VmInfo:
    """A machine that runs, with a view."""
    await running_machine(manager, name)
    await manager.create_vm_view(name, manager.bindings.issue_window(), 640, 480)
    return await manager.get_vm_status(name)


def paused_by(info: VmInfo) -> str:
    """The rule that stands in the run's record."""
    record = json.loads((info.folder / RUN_FILE).read_bytes())
    return str(record["paused_by"])


async def status_of(engine_root: Path, info: VmInfo) -> str:
    """What the engine itself says."""
    async with engine_of(engine_root, info) as engine:
        return str((await engine.execute("query-status"))["status"])


# -- What it refuses -------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS_TO_CLOSE)
async def test_a_closed_gate_refuses_what_begins_work_and_nothing_else(
    root: Path, way: str
) -> None:
    close, reason = WAYS_TO_CLOSE[way]
    async with served_wire(root, **NEVER) as (manager, wire):
        for name in ("off", "on", "paused"):
            await wire.ask("createVm", vmName=name, cfg=CFG)
        for name in ("on", "paused"):
            await wire.ask("startVm", vmName=name)
        await wire.ask("pauseVm", vmName="paused")
        window = manager.bindings.issue_window()
        await close(manager)

        for command, arguments in (
            ("createVm", {"vmName": "new", "cfg": CFG}),
            ("startVm", {"vmName": "off"}),
            ("resumeVm", {"vmName": "paused"}),
            ("restoreSnapshot", {"vmName": "off", "snapshotId": "1"}),
            ("createVmView", {"vmName": "on", "windowId": window, "width": 640, "height": 480}),
        ):
            refused = await wire.refusal(command, **arguments)
            assert refused["class"] == "VM_NOT_PC_MODE", command
            assert refused["desc"].startswith(NOT_PC_MODE), command
            assert refused["data"]["remedy"], command
            assert refused["data"]["detail"].startswith(reason), command
        assert len((await wire.ask("listVms"))["vms"]) == 3, "nothing was made"

        assert (await wire.ask("getVmStatus", vmName="on"))["stateName"] == "STATE_RUNNING"
        assert (await wire.ask("startVm", vmName="on"))["stateName"] == "STATE_RUNNING"
        assert (await wire.ask("pauseVm", vmName="on"))["stateName"] == "STATE_PAUSED"
        await wire.refusal("stopVm", vmName="on", timeoutSeconds=0)  # no system in it obeys
        assert (await wire.ask("forceStopVm", vmName="on"))["stateName"] == "STATE_STOPPED"
        assert (await wire.ask("stopVm", vmName="on"))["stateName"] == "STATE_STOPPED"
        await wire.ask("renameVm", vmName="off", newName="other")
        await wire.ask("destroyVm", vmName="other")
        assert await wire.ask("getVmDiskSize", vmName="paused") == 16
        verdict = await wire.ask("checkVmCapability")
        assert verdict["supported"] is False
        assert verdict["reasons"][0]["id"] == reason


async def test_the_gate_is_asked_again_for_every_call(root: Path) -> None:
    async with managing(root) as manager:
        await manager.create_vm("demo", small())
        await shut(manager)
        with pytest.raises(NotPcModeError):
            await manager.start_vm("demo")
        await opened(manager)
        assert (await manager.start_vm("demo")).state is S.RUNNING


async def test_mode_and_posture_are_kept_for_the_next_manager(root: Path) -> None:
    async with served_wire(root) as (_, wire):
        closed = await wire.ask("setPcMode", mode="off")
        assert (closed["mode"], closed["open"]) == ("off", False)
        await wire.ask("setPosture", posture="folded")
    async with served_wire(root) as (_, wire):
        gate = await wire.ask("getPcMode")
        assert (gate["mode"], gate["posture"], gate["source"]) == ("off", "folded", "simulated")
        assert [reason["id"] for reason in gate["reasons"]] == ["mode-off", "posture"]
        await wire.ask("setPcMode", mode="automatic")
        assert (await wire.ask("setPosture"))["open"] is True, "the sensor counts again"


# -- Machines that run when it closes --------------------------------------------------------------


async def test_a_loss_is_told_frees_the_view_at_once_and_pauses_after_the_grace(
    root: Path,
) -> None:
    async with managing(root, **AT_ONCE) as manager:
        info = await viewed_machine(manager)
        with manager.subscribe() as reader:
            await shut(manager)
            first, *rest = told(reader)
            assert isinstance(first, TabletSwitchChanged), "told before anything follows from it"
            assert not first.gate.open
            released = next(event for event in rest if isinstance(event, ViewStateChanged))
            assert (released.view_state, released.reason) == (ViewState.RELEASED, "gate")
            info = await reaches(manager, "demo", S.PAUSED)
            pauses = [event for event in told(reader) if isinstance(event, StateChanged)]

        assert [(event.state, event.reason) for event in pauses] == [
            (S.PAUSING, "gate"),
            (S.PAUSED, "gate"),
        ]
        assert (info.reason, info.window_id) == ("gate", None)
        assert await status_of(root, info) == "paused"
        assert await asyncio.to_thread(paused_by, info) == "gate"

        await opened(manager)
        info = await reaches(manager, "demo", S.VIEWING)
        assert await status_of(root, info) == "running"
        await eventually(lambda: paused_by(info) == "", what="the record of the gate's pause gone")


async def test_within_the_grace_nothing_is_paused(root: Path) -> None:
    async with managing(root, **NEVER) as manager:
        info = await viewed_machine(manager)
        await shut(manager)
        assert (await manager.get_vm_status("demo")).state is S.RUNNING, "without its view"
        await opened(manager)
        assert (await manager.get_vm_status("demo")).state is S.VIEWING, "bound again"
        assert await status_of(root, info) == "running"


async def test_a_machine_without_a_view_is_left_alone(root: Path) -> None:
    async with managing(root, **AT_ONCE) as manager:
        await viewed_machine(manager, "viewed")
        unseen = await running_machine(manager, "unseen")
        await shut(manager)
        await reaches(manager, "viewed", S.PAUSED)
        assert (await manager.get_vm_status("unseen")).state is S.RUNNING
        assert await status_of(root, unseen) == "running"


async def test_what_a_person_paused_does_not_go_on_by_itself(root: Path) -> None:
    async with managing(root, **AT_ONCE) as manager:
        await viewed_machine(manager, "mine")
        await viewed_machine(manager, "gated")
        await manager.pause_vm("mine")
        await shut(manager)
        await reaches(manager, "gated", S.PAUSED)
        await opened(manager)
        await reaches(manager, "gated", S.VIEWING)
        assert (await manager.get_vm_status("mine")).state is S.PAUSED


async def test_a_person_s_pause_takes_the_gate_s_over(root: Path) -> None:
    async with managing(root, **AT_ONCE) as manager:
        await viewed_machine(manager, "mine")
        await viewed_machine(manager, "gated")
        await shut(manager)
        await reaches(manager, "mine", S.PAUSED)
        await reaches(manager, "gated", S.PAUSED)
        taken = await manager.pause_vm("mine")
        assert (taken.state, taken.reason) == (S.PAUSED, "paused")
        assert await asyncio.to_thread(paused_by, taken) == ""
        await opened(manager)
        await reaches(manager, "gated", S.VIEWING)
        assert (await manager.get_vm_status("mine")).state is S.PAUSED
        assert (await manager.resume_vm("mine")).state is S.VIEWING


async def test_a_gate_that_closes_while_an_engine_comes_up_ends_the_start(root: Path) -> None:
    async with managing(root, **NEVER) as manager:
        info = await manager.create_vm("demo", small())
        starting = asyncio.ensure_future(manager.start_vm("demo"))
        await reaches(manager, "demo", S.STARTING)
        await shut(manager)

        with pytest.raises(NotPcModeError):
            await starting
        assert not runs(info)


async def test_a_machine_that_would_not_switch_off_is_paused_when_it_runs_on(root: Path) -> None:
    async with managing(root, **AT_ONCE) as manager:
        await viewed_machine(manager)
        stopping = asyncio.ensure_future(manager.stop_vm("demo", timeout_s=0.5))
        await reaches(manager, "demo", S.STOPPING)
        await shut(manager)

        with pytest.raises(StopRefusedError):
            await stopping
        assert (await reaches(manager, "demo", S.PAUSED)).reason == "gate"
        await opened(manager)
        await reaches(manager, "demo", S.VIEWING)


async def test_a_machine_is_paused_also_where_that_cannot_be_written_down(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with managing(root, **AT_ONCE) as manager:
        info = await viewed_machine(manager)
        record = info.folder / RUN_FILE
        record.unlink()
        record.mkdir()  # no file can take its place
        await shut(manager)

        await reaches(manager, "demo", S.PAUSED)
        assert "cannot be written down" in caplog.text
        await opened(manager)
        await reaches(manager, "demo", S.VIEWING)
        record.rmdir()


async def test_the_kernel_s_switch_counts_like_a_person(root: Path) -> None:
    sensor = Sensor(Posture.KEYBOARD_ATTACHED)
    async with managing(root, sensor=sensor, **AT_ONCE) as manager:
        await viewed_machine(manager)
        with manager.subscribe() as reader:
            sensor.turn(Posture.TABLET)
            await reaches(manager, "demo", S.PAUSED)
            (change,) = [event for event in told(reader) if isinstance(event, TabletSwitchChanged)]
        assert (change.gate.posture, change.gate.source) == (Posture.TABLET, "sensor")
        with pytest.raises(NotPcModeError):
            await manager.resume_vm("demo")
        sensor.turn(Posture.KEYBOARD_ATTACHED)
        await reaches(manager, "demo", S.VIEWING)


async def test_a_machine_that_is_switched_off_while_it_follows_the_gate_is_no_trouble(
    root: Path,
) -> None:
    """Whatever the moment is; a warning would fail the test."""
    async with managing(root, **AT_ONCE) as manager:
        for number in range(4):
            await viewed_machine(manager, f"m{number}")
            await shut(manager)
            await reaches(manager, f"m{number}", S.PAUSED)
            await opened(manager)
            await reaches(manager, f"m{number}", S.VIEWING)
            assert (await manager.force_stop_vm(f"m{number}")).state is S.STOPPED


# -- When another manager takes over ---------------------------------------------------------------


async def test_the_next_manager_lets_go_on_what_the_gate_paused_and_nothing_else(
    root: Path,
) -> None:
    async with VmManager.open(Library(root), **AT_ONCE) as manager:
        await viewed_machine(manager, "gated")
        await viewed_machine(manager, "mine")
        await manager.pause_vm("mine")
        await shut(manager)
        await reaches(manager, "gated", S.PAUSED)

    # Still closed: it stands, and one can see why.
    async with VmManager.open(Library(root)) as manager:
        info = await manager.get_vm_status("gated")
        assert (info.state, info.reason) == (S.PAUSED, "gate")
        assert runs(info)

    # Closed when it came, opened while it was there.
    async with managing(root) as manager:
        await opened(manager)
        await reaches(manager, "gated", S.RUNNING)
        assert (await manager.get_vm_status("mine")).state is S.PAUSED


async def test_a_manager_that_goes_within_the_grace_leaves_the_pause_to_the_next_one(
    root: Path,
) -> None:
    async with VmManager.open(Library(root), **NEVER) as manager:
        info = await viewed_machine(manager)
        await shut(manager)
        await eventually(lambda: paused_by(info) == "gate")
        assert (await manager.get_vm_status("demo")).state is S.RUNNING

    async with managing(root) as manager:
        assert (await reaches(manager, "demo", S.PAUSED)).reason == "gate"
        await opened(manager)
        await reaches(manager, "demo", S.RUNNING)
        await eventually(lambda: paused_by(info) == "")


async def test_a_gate_that_opens_within_the_grace_leaves_no_note(root: Path) -> None:
    async with managing(root, **NEVER) as manager:
        info = await viewed_machine(manager)
        await shut(manager)
        await eventually(lambda: paused_by(info) == "gate")
        await opened(manager)

        await eventually(lambda: paused_by(info) == "")
        assert (await manager.get_vm_status("demo")).state is S.VIEWING


async def test_a_gate_that_opened_while_nobody_managed_lets_it_go_on(root: Path) -> None:
    sensor = Sensor(Posture.KEYBOARD_ATTACHED)
    async with VmManager.open(Library(root), sensor=sensor, **AT_ONCE) as manager:
        await viewed_machine(manager)
        sensor.turn(Posture.TABLET)
        await reaches(manager, "demo", S.PAUSED)

    async with managing(root, sensor=Sensor(Posture.KEYBOARD_ATTACHED)) as manager:
        info = await reaches(manager, "demo", S.RUNNING)
        await eventually(lambda: paused_by(info) == "", what="the record of the gate's pause gone")


async def test_a_pause_taken_over_stays_one_for_the_next_manager(root: Path) -> None:
    async with VmManager.open(Library(root), **AT_ONCE) as manager:
        await viewed_machine(manager)
        await shut(manager)
        await reaches(manager, "demo", S.PAUSED)
        await manager.pause_vm("demo")

    async with managing(root) as manager:
        await opened(manager)
        info = await manager.get_vm_status("demo")
        assert (info.state, info.reason) == (S.PAUSED, "paused")
        assert await status_of(root, info) == "paused"
