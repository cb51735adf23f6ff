"""Machines and settings survive the way over the wire; wrong ones are refused."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import Code, ParamError, StartParamError
from app.vm.devices import ChannelInfo, channel_info
from app.vm.model import (
    OPAQUE_NAMES,
    CfgInfo,
    Chipset,
    DiskBus,
    Firmware,
    NetMode,
    NetModel,
    OpaqueMember,
    Profile,
    VideoModel,
    VmInfo,
)
from app.vm.state import Action, VmState
from app.vm.wire_fields import Fields
from app.vm.wire_values import cfg_from_wire, cfg_to_wire, vm_from_wire, vm_to_wire
from tests.vm.makers import a_config

_ID = UUID("12345678-1234-5678-1234-567812345678")
_OPAQUE = (OpaqueMember(name="cd9", value='{"a": [1, null]}'), OpaqueMember(name="cD9H", value="7"))
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
    opaque=_OPAQUE,
    channel_info=channel_info(a_config()),
)  # fmt: skip
_GOOD_CFG = {"cpuNum": 2, "memorySize": 512, "diskSize": 1024}
_FULL_CFG = CfgInfo(
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
        local_clock=True,
    ),
    opaque=_OPAQUE,
)


def over_the_wire(value: dict[str, Any]) -> dict[str, Any]:
    answer = json.loads(json.dumps(value))
    assert isinstance(answer, dict)
    return answer


def read_cfg(values: dict[str, Any]) -> CfgInfo:
    return cfg_from_wire(Fields(values, error=StartParamError))


def read_vm(values: dict[str, Any]) -> VmInfo:
    return vm_from_wire(Fields(values, lenient=True))


def differ(value: object, other: object) -> set[str]:
    """Fields in which two values of one class are unlike."""
    names = {field.name for field in fields(value)}  # type: ignore[arg-type]
    return {name for name in names if getattr(value, name) != getattr(other, name)}


# Machines -----------------------------------------------------------------------------------------


def test_a_machine_comes_back_as_it_was() -> None:
    assert replace(read_vm(over_the_wire(vm_to_wire(_FULL))), opaque=()) == replace(
        _FULL, opaque=()
    )


def test_members_that_nobody_can_interpret_come_back_with_their_values() -> None:
    sent = over_the_wire(vm_to_wire(_FULL))

    assert (sent["cd9"], sent["cD9H"]) == ({"a": [1, None]}, 7)
    assert set(read_vm(sent).opaque) == set(_OPAQUE)


def test_the_fullest_machine_differs_from_the_plain_one_in_every_field() -> None:
    plain = VmInfo(id=UUID(int=0), name="p", state=VmState.STOPPED)

    assert differ(plain, _FULL) == {field.name for field in fields(VmInfo)}


def test_a_machine_without_anything_optional_comes_back_too() -> None:
    plain = VmInfo(id=_ID, name="p", state=VmState.STOPPED)

    assert read_vm(over_the_wire(vm_to_wire(plain))) == plain
    assert read_vm({"vmName": "p", "vmId": str(_ID), "state": 9}) == plain


def test_a_machine_in_a_list_has_no_member_about_its_devices() -> None:
    assert "channelInfo" not in vm_to_wire(replace(_FULL, channel_info=None))
    assert isinstance(read_vm(over_the_wire(vm_to_wire(_FULL))).channel_info, ChannelInfo)


def test_a_machine_of_a_newer_manager_is_read_as_far_as_it_is_known() -> None:
    newer = over_the_wire(vm_to_wire(_FULL)) | {
        "future": {"a": 1},
        "problemCode": "VM_FUTURE",
        "actions": ["start", "teleport"],
    }
    newer["channelInfo"] |= {"holographicDevice": {}}

    expected = replace(_FULL, problem_code=None, actions=frozenset({Action.START}), opaque=())
    assert replace(read_vm(newer), opaque=()) == expected


def test_states_are_a_number_and_the_documents_name() -> None:
    sent = vm_to_wire(_FULL)

    assert (sent["state"], sent["stateName"]) == (14, "STATE_ERROR")


_LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
_ODD = _LEAF | st.lists(_LEAF) | st.dictionaries(st.text(), _LEAF)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*vm_to_wire(_FULL), "x"]), _ODD))
def test_whatever_a_manager_sends_is_a_machine_or_refused(values) -> None:
    with suppress(ParamError):
        read_vm({**vm_to_wire(_FULL), **values})


# Settings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cfg", [CfgInfo(cpu_num=1, memory_size=64, disk_size=16), _FULL_CFG], ids=["plain", "full"]
)
def test_settings_come_back_as_they_were(cfg) -> None:
    back = read_cfg(over_the_wire(cfg_to_wire(cfg)))

    assert replace(back, opaque=()) == replace(cfg, opaque=())
    assert set(back.opaque) == set(cfg.opaque)


def test_the_fullest_settings_differ_from_the_plain_ones_in_every_field() -> None:
    plain = CfgInfo(cpu_num=1, memory_size=64, disk_size=16)

    assert differ(plain, _FULL_CFG) == {field.name for field in fields(CfgInfo)}
    assert differ(Profile(), _FULL_CFG.profile) == {field.name for field in fields(Profile)}


@pytest.mark.parametrize("name", OPAQUE_NAMES)
@pytest.mark.parametrize("value", [0, False, "", [], {"a": None}, "x"])
def test_every_opaque_member_is_accepted_and_kept(name, value) -> None:
    cfg = read_cfg({**_GOOD_CFG, name: value})

    assert cfg_to_wire(cfg)[name] == value


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
        {"system": "\ud800"},
        {"profile": "q35"},
        {"profile": {"chipset": "isa"}},
        {"profile": {"localClock": 1}},
        {"profile": {"colour": "red"}},
        {"cd9": "x" * 5000},
        {"cpunum": 2},
        {"cpunum": None},
    ],
    ids=str,
)
def test_settings_that_cannot_be_are_refused_with_the_documents_code(change) -> None:
    with pytest.raises(StartParamError) as caught:
        read_cfg({**_GOOD_CFG, **change})

    assert caught.value.code is Code.START_PARAM_INVALID


@pytest.mark.parametrize("missing", ["cpuNum", "memorySize", "diskSize"])
def test_the_three_required_settings_are_required(missing) -> None:
    with pytest.raises(StartParamError, match=missing):
        read_cfg({name: value for name, value in _GOOD_CFG.items() if name != missing})
