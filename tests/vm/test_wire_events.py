"""Events survive the way over the wire; ones without sense are refused, newer ones passed over."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import ParamError
from app.vm.events import (
    DataRecovery,
    DiskExported,
    DiskMigration,
    EventType,
    FocusChanged,
    HostChanged,
    PermissionChanged,
    Resync,
    StateChanged,
    TabletSwitchChanged,
    ViewState,
    ViewStateChanged,
    VmChanged,
    VmCreated,
    VmEvent,
    VmRemoved,
    VmRenamed,
)
from app.vm.gate import GateStatus, PcMode, PostureSource, Reason
from app.vm.permissions import Answer, Permission, PermissionKind
from app.vm.posture import Posture
from app.vm.records import RecoveryKind, RecoveryStep, TaskInfo, TaskKind, TaskPhase
from app.vm.state import VmState
from app.vm.wire_events import EVENT_NAMES, event_from_wire, event_to_wire

_ID = UUID("12345678-1234-5678-1234-567812345678")
_BASE = {"vm_id": _ID, "vm_name": "démo 测试", "seq": 7, "time_ms": 1_700_000_000_001}
_HOST = {"seq": 8, "time_ms": 1_700_000_000_002}
_CLOSED = GateStatus(
    mode=PcMode.ON,
    posture=Posture.TABLET,
    source=PostureSource.SIMULATED,
    sensor=False,
    simulated=Posture.TABLET,
    reasons=(Reason("posture", "It is a tablet.", "Attach the keyboard.", blocking=True),),
    sensor_note=Reason("no-sensor", "There is none.", "", blocking=False),
)
_EVENTS: list[VmEvent] = [
    StateChanged(**_BASE, state=VmState.PAUSED, previous=VmState.RUNNING, reason="disk_full"),
    ViewStateChanged(
        **_BASE, window_id=3, view_state=ViewState.HIDDEN, width_px=800, height_px=600, reason="x"
    ),
    DiskMigration(
        **_BASE,
        task=TaskInfo(
            task_id=_ID,
            kind=TaskKind.EXPORT,
            vm_name=_BASE["vm_name"],
            vm_id=_ID,
            phase=TaskPhase.COPYING,
            progress=42,
            left_s=7,
        ),
    ),
    DiskExported(**_BASE, task_id=_ID, path=Path("/home/ann/copy.qcow2"), size_bytes=1 << 40),
    VmCreated(**_BASE),
    VmChanged(**_BASE),
    VmRemoved(**_BASE),
    VmRenamed(**_BASE, old_name="old"),
    FocusChanged(**_BASE, window_id=3, focused=True),
    HostChanged(**_HOST, accelerator="tcg", notice="slow"),
    TabletSwitchChanged(**_HOST, gate=_CLOSED),
    PermissionChanged(
        **_HOST,
        vm_id=_ID,
        permission=Permission(PermissionKind.SHARED_FOLDER, "/a b"),
        answer=Answer.NEVER,
    ),
    PermissionChanged(
        **_HOST, vm_id=None, permission=Permission(PermissionKind.HOST_ID), answer=Answer.ONCE
    ),
    DataRecovery(
        **_BASE,
        sentence="Of work that was cut off.",
        kind=RecoveryKind.LEFTOVER,
        file=".0123abcd.part",
        size_bytes=5,
    ),
    DataRecovery(**_BASE, sentence="Its disks are whole.", step=RecoveryStep.CHECK),
    Resync(),
]
_NOT_SENT_YET = {
    EventType.PASTEBOARD_REQUEST,
    EventType.FILE_REQUEST,
}
"""Names that can be chosen for what this version does not do; only ever fewer."""


def over_the_wire(event: VmEvent) -> tuple[str, dict[str, Any]]:
    name, data = event_to_wire(event)
    return name, json.loads(json.dumps(data))


@pytest.mark.parametrize("event", _EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_comes_back_as_it_was(event) -> None:
    assert event_from_wire(*over_the_wire(event)) == event


def test_every_kind_of_event_has_a_name_that_can_be_chosen() -> None:
    assert {type(event) for event in _EVENTS} == set(get_args(VmEvent))
    told = {event_to_wire(event)[0] for event in _EVENTS} - {"resync"}
    assert set(EVENT_NAMES) == told | _NOT_SENT_YET
    assert not told & _NOT_SENT_YET


def test_the_members_of_an_event_are_in_camel_case_with_the_documents_names() -> None:
    data = dict(over_the_wire(event) for event in _EVENTS)

    assert set(data["vmStateChange"]) == {
        "vmName", "vmId", "seq", "time", "state", "stateName", "previous", "previousName", "reason",
    }  # fmt: skip
    assert data["vmStateChange"]["stateName"] == "STATE_PAUSED"
    assert data["vmViewStateChange"]["viewStateName"] == "HIDDEN"
    assert data["tabletSwitchStateChange"]["open"] is False
    assert data["tabletSwitchStateChange"]["reasons"][0]["remedy"] == "Attach the keyboard."
    assert all("_" not in member for members in data.values() for member in members)


def test_an_event_of_a_newer_manager_is_passed_over() -> None:
    assert event_from_wire("vmTeleported", {}) is None


def test_an_event_may_tell_more_than_is_known_here() -> None:
    name, data = over_the_wire(_EVENTS[0])

    assert event_from_wire(name, {**data, "mood": "good"}) == _EVENTS[0]


@pytest.mark.parametrize(
    ("number", "member", "value"),
    [
        (0, "vmId", "demo"),
        (0, "state", 99),
        (0, "previous", None),
        (1, "viewState", 17),
        (1, "windowId", "3"),
        (8, "focused", "yes"),
        (10, "posture", "flying"),
        (10, "reasons", [1]),
        (11, "permission", "telepathy"),
        (11, "answer", "maybe"),
    ],
)
def test_an_event_without_sense_is_refused(number, member, value) -> None:
    name, data = over_the_wire(_EVENTS[number])

    with pytest.raises(ParamError):
        event_from_wire(name, {**data, member: value})


_ODD = st.none() | st.integers() | st.text() | st.floats() | st.lists(st.integers())


@settings(deadline=None)
@given(st.sampled_from(_EVENTS[:-1]), st.data())
def test_whatever_event_a_manager_sends_is_understood_or_refused(event, data) -> None:
    name, members = event_to_wire(event)
    odd = data.draw(st.dictionaries(st.sampled_from(sorted(members)), _ODD))
    with suppress(ParamError):
        event_from_wire(name, {**members, **odd})
