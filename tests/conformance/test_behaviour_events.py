"""The life of a machine as its events tell it, to the letter, over the plain QMP client."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from app.vm.events import EventType, ViewState
from app.vm.state import VmState
from tests.conformance.serving import CFG, Wire, engine_of, served_wire
from tests.guests.tiny import NoRecordError, TinyOptions, build_tiny_disc, read_record
from tests.helpers.waiting import eventually
from tests.vm.managing import kill_engine

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

S = VmState


def step(state: VmState, previous: VmState, reason: str = "") -> dict[str, Any]:
    """What `vmStateChange` says beside whose it is and when."""
    return {
        "state": int(state),
        "stateName": f"STATE_{state.name}",
        "previous": int(previous),
        "previousName": f"STATE_{previous.name}",
        "reason": reason,
    }


def own(event: dict[str, Any]) -> dict[str, Any]:
    """An event's data without what all events carry."""
    common = {"vmName", "vmId", "seq", "time"}
    return {name: value for name, value in event["data"].items() if name not in common}


def states(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [own(event) for event in events if event["event"] == "vmStateChange"]


async def test_a_life_over_the_wire_is_told_in_order_without_a_gap(root: Path) -> None:
    """Create, start, view, pause, resume, stop, destroy: every event, and none besides."""
    async with served_wire(root) as (manager, wire):
        await wire.ask("checkVmCapability")  # The probe of the host is told too; here, at once.
        probed = wire.told()
        made = await wire.ask("createVm", vmName="demo", cfg=CFG)
        await wire.ask("startVm", vmName="demo")
        window = manager.bindings.issue_window()
        await wire.ask("createVmView", vmName="demo", windowId=window, width=640, height=480)
        await wire.ask("pauseVm", vmName="demo")
        await wire.ask("resumeVm", vmName="demo")
        await wire.ask("destroyVmView", windowId=window)
        await wire.ask("forceStopVm", vmName="demo")
        await wire.ask("destroyVm", vmName="demo")
        events = wire.told()

    assert [event["event"] for event in probed] == ["hostChange"]
    assert probed[0]["data"].keys() == {"seq", "time", "accelerator", "notice"}
    view = {"windowId": window, "width": 640, "height": 480, "reason": ""}
    assert [(event["event"], own(event)) for event in events] == [
        ("vmCreated", {}),
        ("vmStateChange", step(S.STOPPED, S.CREATE)),
        ("vmStateChange", step(S.STARTING, S.STOPPED)),
        ("vmStateChange", step(S.RUNNING, S.STARTING)),
        ("vmStateChange", step(S.VIEWING, S.RUNNING)),
        ("vmViewStateChange", {**view, "viewState": 0, "viewStateName": "BOUND"}),
        ("vmStateChange", step(S.PAUSING, S.VIEWING)),
        ("vmStateChange", step(S.PAUSED, S.PAUSING)),
        ("vmStateChange", step(S.RESUMING, S.PAUSED)),
        ("vmStateChange", step(S.RUNNING, S.RESUMING)),
        ("vmStateChange", step(S.VIEWING, S.RUNNING)),
        ("vmStateChange", step(S.RUNNING, S.VIEWING)),
        ("vmViewStateChange", {**view, "viewState": 4, "viewStateName": "RELEASED"}),
        ("vmStateChange", step(S.STOPPED, S.RUNNING, "forced")),
        ("vmStateChange", step(S.DESTROY, S.STOPPED)),
        ("vmRemoved", {}),
    ]
    numbers = [event["data"]["seq"] for event in (*probed, *events)]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert {event["data"]["vmId"] for event in events} == {made["vmId"]}
    assert {event["data"]["vmName"] for event in events} == {"demo"}


@pytest.mark.timeout_s(60)
async def test_a_system_that_obeys_the_power_button_is_told_to_its_end(
    root: Path, tmp_path: Path
) -> None:
    disc = build_tiny_disc(tmp_path / "tiny.iso", TinyOptions())
    async with served_wire(root) as (manager, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG, isoPath=str(disc))
        await wire.ask("startVm", vmName="demo")
        window = manager.bindings.issue_window()
        await wire.ask("createVmView", vmName="demo", windowId=window, width=640, height=480)
        folder = manager.snapshot()[0].folder
        await eventually(lambda: has_booted(folder), timeout_s=30, what="the system's first start")
        await wire.ask("pauseVm", vmName="demo")
        await wire.ask("resumeVm", vmName="demo")
        wire.told()
        off = await wire.ask("stopVm", vmName="demo", timeoutSeconds=20)
        assert (off["stateName"], off["reason"]) == ("STATE_STOPPED", "guest-shutdown")
        await wire.ask("destroyVmView", windowId=window)
        await wire.ask("destroyVm", vmName="demo")
        events = wire.told()

    assert states(events) == [
        step(S.STOPPING, S.VIEWING),
        step(S.STOPPED, S.STOPPING, "guest-shutdown"),
        step(S.DESTROY, S.STOPPED),
    ]
    numbers = [event["data"]["seq"] for event in events]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def has_booted(folder: Path) -> bool:
    """Whether the installed system has come up once."""
    try:
        return read_record(folder / "disk0.qcow2").boots == 1
    except (NoRecordError, subprocess.CalledProcessError):
        return False


async def test_every_event_says_when_and_its_stamp_is_the_same_moment(root: Path) -> None:
    begun = time.time_ns() // 1_000_000
    async with served_wire(root) as (_, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        events = wire.told()

    ended = time.time_ns() // 1_000_000
    for event in events:
        moment, stamp = event["data"]["time"], event["timestamp"]
        assert begun <= moment <= ended
        assert moment == stamp["seconds"] * 1000 + stamp["microseconds"] // 1000


async def test_a_start_has_happened_when_it_answers(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        answer = await wire.ask("startVm", vmName="demo")
        assert (answer["state"], answer["stateName"]) == (4, "STATE_RUNNING")
        async with engine_of(root, manager.snapshot()[0]) as engine:
            assert (await engine.execute("query-status"))["status"] == "running"


async def test_the_events_of_a_call_come_before_its_answer(root: Path) -> None:
    async with served_wire(root) as (_, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        await wire.ask("startVm", vmName="demo")
        assert states(wire.told())[-1] == step(S.RUNNING, S.STARTING)


async def test_a_rename_tells_both_names(root: Path) -> None:
    async with served_wire(root) as (_, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        wire.told()
        await wire.ask("renameVm", vmName="demo", newName="other")
        (event,) = wire.told()

    assert event["event"] == "vmRenamed"
    assert event["data"]["vmName"] == "other"
    assert own(event) == {"oldName": "demo"}


async def test_on_and_off_choose_events_by_name(root: Path) -> None:
    async with served_wire(root) as (_, wire):
        assert (await wire.ask("off", event="*"))["events"] == []
        assert (await wire.ask("on", event="vmRenamed"))["events"] == ["vmRenamed"]
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        await wire.ask("renameVm", vmName="demo", newName="other")
        assert [event["event"] for event in wire.told()] == ["vmRenamed"]
        await wire.ask("off", event="vmRenamed")
        await wire.ask("renameVm", vmName="other", newName="third")
        assert wire.told() == []
        refused = await wire.refusal("on", event="vmStateChanged")
        assert refused["class"] == "VM_ERROR_INVALID_PARAM"
        for event in EventType:
            assert event in (await wire.ask("on", event=event.value))["events"]


async def test_who_has_the_keyboard_is_told_as_focus_and_as_view_state(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        window = manager.bindings.issue_window()
        await wire.ask("createVmView", vmName="demo", windowId=window, width=640, height=480)
        wire.told()
        manager.tell_view_state(window, ViewState.FOCUSED)
        manager.tell_view_state(window, ViewState.UNFOCUSED)
        manager.tell_view_state(window, ViewState.FOCUSED)
        await wire.ask("destroyVmView", windowId=window)
        told = [(event["event"], own(event)) for event in wire.told()]

    focus = [data for name, data in told if name == "focusStateChange"]
    assert focus == [
        {"windowId": window, "focused": focused} for focused in (True, False, True, False)
    ]
    views = [data["viewStateName"] for name, data in told if name == "vmViewStateChange"]
    assert views == ["FOCUSED", "UNFOCUSED", "FOCUSED", "RELEASED"]


async def test_what_is_permitted_and_where_the_gate_stands_is_told(root: Path) -> None:
    async with served_wire(root) as (_, wire):
        made = await wire.ask("createVm", vmName="demo", cfg=CFG)
        wire.told()
        await wire.ask("setPermission", vmName="demo", permission="clipboard-read", answer="always")
        await wire.ask("setPcMode", mode="off")
        permission, gate = wire.told()

    assert permission["event"] == "permissionChange"
    assert permission["data"].keys() == {"seq", "time", "vmId", "permission", "answer"}
    assert permission["data"]["vmId"] == made["vmId"]
    assert permission["data"]["permission"] == "clipboard-read"
    assert permission["data"]["answer"] == "always"
    assert gate["event"] == "tabletSwitchStateChange"
    assert gate["data"].keys() == {
        "seq",
        "time",
        "mode",
        "posture",
        "source",
        "sensor",
        "simulated",
        "reasons",
        "sensorNote",
        "open",
    }
    assert gate["data"]["mode"] == "off"
    assert gate["data"]["open"] is False
    assert [reason["id"] for reason in gate["data"]["reasons"]] == ["mode-off"]


async def test_what_is_no_change_of_state_is_told_as_a_change(root: Path, tmp_path: Path) -> None:
    disc = tmp_path / "a.iso"
    disc.write_bytes(b"\0" * 65536)
    async with served_wire(root) as (_, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        wire.told()
        await wire.ask("mountCDDriveToVm", vmName="demo", isoPath=str(disc))
        await wire.ask("unmountCDDriveFromVm", vmName="demo", isoPath=str(disc))
        assert [(event["event"], own(event)) for event in wire.told()] == [
            ("vmChanged", {}),
            ("vmChanged", {}),
        ]


async def walk_to_each_state(wire: Wire) -> None:
    await wire.ask("createVm", vmName="demo", cfg=CFG)
    await wire.ask("startVm", vmName="demo")
    await wire.ask("pauseVm", vmName="demo")
    await wire.ask("resumeVm", vmName="demo")
    await wire.ask("forceStopVm", vmName="demo")
    await wire.ask("destroyVm", vmName="demo")


async def test_a_life_goes_through_states_with_the_promised_numbers(root: Path) -> None:
    async with served_wire(root) as (_, wire):
        await walk_to_each_state(wire)
        seen = {(change["stateName"], change["state"]) for change in states(wire.told())}

    assert seen == {
        ("STATE_STARTING", 3),
        ("STATE_RUNNING", 4),
        ("STATE_PAUSING", 5),
        ("STATE_PAUSED", 6),
        ("STATE_RESUMING", 7),
        ("STATE_STOPPED", 9),
        ("STATE_DESTROY", 10),
    }


async def test_a_stop_that_the_guest_ignores_is_told_and_refused(root: Path) -> None:
    async with served_wire(root) as (_, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        await wire.ask("startVm", vmName="demo")
        wire.told()
        refused = await wire.refusal("stopVm", vmName="demo", timeoutSeconds=0.1)
        told = states(wire.told())

    assert refused["class"] == "VM_STOP_REFUSED"
    assert told == [step(S.STOPPING, S.RUNNING), step(S.RUNNING, S.STOPPING, "stop-refused")]


async def test_an_engine_that_dies_is_told_as_an_error_with_a_code(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with served_wire(root) as (manager, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        await wire.ask("startVm", vmName="demo")
        wire.told()
        kill_engine(manager.snapshot()[0])
        (event,) = await wire.until("vmStateChange")
        assert own(event) == step(S.ERROR, S.RUNNING, "engine-died")
        status = await wire.ask("getVmStatus", vmName="demo")
        assert status["problemCode"].startswith("STRATOVIRT_")
        assert status["problem"]
        assert status["remedy"]
        assert (await wire.ask("startVm", vmName="demo"))["stateName"] == "STATE_RUNNING"

    assert "ended unexpectedly" in caplog.text
