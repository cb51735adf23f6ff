"""Machines, settings and events survive the way over the wire; wrong ones are refused."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Code, ParamError, PathError, StartParamError
from app.vm.events import (
    HostChanged,
    Resync,
    StateChanged,
    ViewState,
    ViewStateChanged,
    VmChanged,
    VmCreated,
    VmEvent,
    VmRemoved,
    VmRenamed,
)
from app.vm.model import (
    CfgInfo,
    Chipset,
    DiskBus,
    Firmware,
    NetMode,
    NetModel,
    Profile,
    VideoModel,
    VmInfo,
)
from app.vm.state import Action, VmState
from app.vm.wire_fields import Fields
from app.vm.wire_values import (
    EVENT_NAMES,
    cfg_from_wire,
    cfg_to_wire,
    event_from_wire,
    event_to_wire,
    vm_from_wire,
    vm_to_wire,
)

_ID = UUID("12345678-1234-5678-1234-567812345678")
_BASE = {"vm_id": _ID, "vm_name": "démo 测试", "seq": 7, "time_ms": 1_700_000_000_001}
_EVENTS: list[VmEvent] = [
    StateChanged(**_BASE, state=VmState.PAUSED, previous=VmState.RUNNING, reason="disk_full"),
    ViewStateChanged(
        **_BASE, window_id=3, view_state=ViewState.HIDDEN, width_px=800, height_px=600, reason="x"
    ),
    VmCreated(**_BASE),
    VmChanged(**_BASE),
    VmRemoved(**_BASE),
    VmRenamed(**_BASE, old_name="old"),
    HostChanged(accelerator="tcg", notice="slow", seq=1, time_ms=5),
    Resync(),
]
_FULL = VmInfo(
    id=_ID,
    name="demo",
    state=VmState.ERROR,
    reason="killed",
    problem="The engine died.",
    remedy="Start it again.",
    problem_code=Code.ENGINE_KILLED,
    cpus=2,
    memory_mib=1024,
    disk_mib=2048,
    firmware=Firmware.UEFI,
    net_mode=NetMode.MODE_BRIDGE,
    system="debian",
    disc=Path("/iso/a,b=\"c\" 💿\udcff.iso"),
    accelerator="tcg",
    started_ms=1,
    created_ms=2,
    last_started_ms=3,
    thumbnail=Path("/t.png"),
    folder=Path("/machines/demo"),
    window_id=4,
    actions=frozenset(Action),
)  # fmt: skip
_GOOD_CFG = {"cpuNum": 2, "memorySize": 512, "diskSize": 1024}


def over_the_wire(value: dict[str, object]) -> dict[str, object]:
    answer = json.loads(json.dumps(value))
    assert isinstance(answer, dict)
    return answer


def read_cfg(values: dict[str, object]) -> CfgInfo:
    return cfg_from_wire(Fields(values, error=StartParamError))


def test_a_machine_comes_back_as_it_was() -> None:
    assert vm_from_wire(over_the_wire(vm_to_wire(_FULL))) == _FULL


def test_the_fullest_machine_differs_from_the_plain_one_in_every_field() -> None:
    plain = VmInfo(id=UUID(int=0), name="p", state=VmState.STOPPED)

    same = [field.name for field in fields(VmInfo)
            if getattr(plain, field.name) == getattr(_FULL, field.name)]  # fmt: skip

    assert same == []


def test_a_machine_without_anything_optional_comes_back_too() -> None:
    plain = VmInfo(id=_ID, name="p", state=VmState.STOPPED)

    assert vm_from_wire(over_the_wire(vm_to_wire(plain))) == plain
    assert vm_from_wire({"vmName": "p", "vmId": str(_ID), "state": 9}) == plain


def test_a_machine_of_a_newer_manager_is_read_as_far_as_it_is_known() -> None:
    newer = over_the_wire(vm_to_wire(_FULL)) | {
        "future": {"a": 1},
        "problemCode": "VM_FUTURE",
        "actions": ["start", "teleport"],
    }

    expected = replace(_FULL, problem_code=None, actions=frozenset({Action.START}))
    assert vm_from_wire(newer) == expected


def test_states_are_a_number_and_the_documents_name() -> None:
    sent = vm_to_wire(_FULL)

    assert (sent["state"], sent["stateName"]) == (14, "STATE_ERROR")


@pytest.mark.parametrize("event", _EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_comes_back_as_it_was(event) -> None:
    name, data = event_to_wire(event)

    assert event_from_wire(name, over_the_wire(data)) == event


def test_every_kind_of_event_has_a_name_that_can_be_chosen() -> None:
    assert {type(event) for event in _EVENTS} == set(get_args(VmEvent))
    assert {event_to_wire(event)[0] for event in _EVENTS} == {*EVENT_NAMES, "resync"}


def test_an_event_of_a_newer_manager_is_passed_over() -> None:
    assert event_from_wire("vmTeleported", {}) is None


@pytest.mark.parametrize(
    "cfg",
    [
        CfgInfo(cpu_num=1, memory_size=64, disk_size=16),
        CfgInfo(
            cpu_num=4,
            memory_size=2048,
            disk_size=4096,
            net_mode=NetMode.MODE_BRIDGE,
            bridge_ip="10.0.0.1",
            bios_path="stratovirt-uefi",
            enhance_file_path="/tools.iso",
            system="debian",
            profile=Profile(
                chipset=Chipset.I440FX,
                disk_bus=DiskBus.IDE,
                net_model=NetModel.E1000,
                video=VideoModel.VIRTIO,
            ),
        ),
    ],
)
def test_settings_come_back_as_they_were(cfg) -> None:
    assert read_cfg(over_the_wire(cfg_to_wire(cfg))) == cfg


@pytest.mark.parametrize("mode", ["MODE_BRIDGE", 1])
def test_the_net_mode_is_a_name_or_a_number(mode) -> None:
    assert read_cfg({**_GOOD_CFG, "netMode": mode}).net_mode is NetMode.MODE_BRIDGE


@pytest.mark.parametrize(
    "change",
    [
        {"cpuNum": None},
        {"cpuNum": 0},
        {"cpuNum": True},
        {"cpuNum": 1.5},
        {"cpuNum": "2"},
        {"cpuNum": 10**400},
        {"memorySize": 63},
        {"diskSize": -1},
        {"netMode": "MODE_NONE"},
        {"netMode": True},
        {"netMode": []},
        {"biosPath": "floppy"},
        {"biosPath": {}},
        {"bridgeIp": 5},
        {"system": "a\0b"},
        {"profile": "q35"},
        {"profile": {"chipset": "isa"}},
        {"profile": {"colour": "red"}},
        {"cpunum": 2},
    ],
)
def test_settings_that_cannot_be_are_refused_with_the_documents_code(change) -> None:
    with pytest.raises(StartParamError) as caught:
        read_cfg({**_GOOD_CFG, **change})

    assert caught.value.code is Code.START_PARAM_INVALID


@pytest.mark.parametrize("missing", ["cpuNum", "memorySize", "diskSize"])
def test_the_three_required_settings_are_required(missing) -> None:
    with pytest.raises(StartParamError, match=missing):
        read_cfg({name: value for name, value in _GOOD_CFG.items() if name != missing})


@pytest.mark.parametrize("path", ["", "a.iso", "../a", "~/a.iso", "file:///a", "/a\ud800"])
def test_a_path_has_to_be_absolute_and_possible(path) -> None:
    with pytest.raises(PathError, match="Invalid"):
        Fields({"isoPath": path}).path("isoPath")


@given(st.dictionaries(st.sampled_from([*vm_to_wire(_FULL), "x"]), st.from_type(object)))
def test_whatever_a_manager_sends_is_a_machine_or_refused(values) -> None:
    with suppress(ParamError):
        vm_from_wire({**vm_to_wire(_FULL), **values})


@given(
    st.sampled_from(EVENT_NAMES),
    st.dictionaries(
        st.sampled_from(["vmName", "vmId", "state", "viewState", "windowId", "seq", "accelerator"]),
        st.none() | st.integers() | st.text() | st.floats() | st.lists(st.integers()),
    ),
)
def test_whatever_event_a_manager_sends_is_understood_or_refused(name, values) -> None:
    good = {"vmName": "a", "vmId": str(_ID), "state": 4, "previous": 3, "viewState": 1}
    with suppress(ParamError):
        event_from_wire(name, {**good, "windowId": 1, "accelerator": "kvm", **values})
