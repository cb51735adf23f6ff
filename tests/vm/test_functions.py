"""Every function of the API over the wire: arguments and results, there and back, and wrong ones.

The functions are read off the signatures, and so are the values here: a new function, parameter or
record is tested by being there.
"""

from __future__ import annotations

import dataclasses
import json
import typing
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import (
    DEVICE_ID_EMPTY,
    IMAGE_PATH_MISSING,
    INVALID_PATH,
    Code,
    ParamError,
    PathError,
    StartParamError,
)
from app.vm.api.bounds import Bounds
from app.vm.api_names import RECORDS
from app.vm.devices import ChannelInfo
from app.vm.functions import Function, Parameter, functions, functions_by_method
from app.vm.gate import PcMode
from app.vm.model import CfgInfo, VmInfo
from app.vm.permissions import Answer, Permission, PermissionKind
from app.vm.records import MigrationOptions, UsbDevice
from app.vm.user_folders import UserFolders
from app.vm.wire_types import field_name
from tests.vm.wire_strategies import values_of

_FUNCTIONS = tuple(functions().values())
_PARAMETERS = tuple(
    (function, parameter) for function in _FUNCTIONS for parameter in function.parameters
)
_SAMPLES: dict[Any, Any] = {
    str: "demo",
    int: 1024,
    bool: True,
    float: 1.5,
    bytes: b"\0\xff",
    Path: Path("/a/b"),
    UUID: UUID("12345678-1234-4678-9234-567812345678"),
    PcMode: PcMode.ON,
    Answer: Answer.ALWAYS,
    Permission: Permission(PermissionKind.CAMERA),
    CfgInfo: CfgInfo(cpu_num=1, memory_size=64, disk_size=16),
    MigrationOptions: MigrationOptions(guest_os_image_path="/a.qcow2"),
    UsbDevice: UsbDevice(device_id="046d:c52b"),
    ChannelInfo: ChannelInfo(channel_name="data"),
}
"""One good value of every type that has to be given."""
_RECORDS = (CfgInfo, MigrationOptions, UsbDevice, ChannelInfo)
_TOO_LONG = "x" * 70_000
_ODD: tuple[Any, ...] = (
    True, 0, -1, 1.5, 10**400, -(10**300), "", "x", "a\0b", "\ud800", _TOO_LONG, [], [None], [[]],
    ["x"] * 20_000, {}, {"": 0}, {"vmName": {}},
)  # fmt: skip
_PATH_OF_THE_DOCUMENT = "file://docs/storage/Users/currentUser/Download/x.iso"
_quickly = settings(max_examples=20, deadline=None)
each_function = pytest.mark.parametrize("function", _FUNCTIONS, ids=lambda f: f.wire_name)


def over_the_wire(value: Any) -> Any:
    return json.loads(json.dumps(value))


def plain(hint: Any) -> Any:
    """The type without None and without limits."""
    if type(None) in typing.get_args(hint):
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    return typing.get_args(hint)[0] if typing.get_origin(hint) is Annotated else hint


def samples(function: Function) -> dict[str, Any]:
    """A good value for every parameter that has to be given."""
    return {p.name: _SAMPLES[plain(p.hint)] for p in function.parameters if p.required}


def needed(function: Function) -> dict[str, Any]:
    """Arguments on the wire with which a function can be called, none but the required ones."""
    answer = over_the_wire(function.write_arguments((), samples(function)))
    assert isinstance(answer, dict)
    return answer


def taker(kind: type) -> tuple[Function, Parameter]:
    """A function that takes a record, and its parameter for it."""
    return next(pair for pair in _PARAMETERS if plain(pair[1].hint) is kind)


def written(kind: type) -> dict[str, Any]:
    """The good record of a class on the wire."""
    function, parameter = taker(kind)
    values = {**samples(function), parameter.name: _SAMPLES[kind]}
    answer = over_the_wire(function.write_arguments((), values)[parameter.wire_name])
    assert isinstance(answer, dict)
    return answer


# There and back -----------------------------------------------------------------------------------


@each_function
@_quickly
@given(st.data())
def test_arguments_arrive_as_they_were_given(function: Function, data: st.DataObject) -> None:
    values = data.draw(
        st.fixed_dictionaries(
            {p.name: values_of(p.hint) for p in function.parameters if p.required},
            optional={p.name: values_of(p.hint) for p in function.parameters if not p.required},
        )
    )

    sent = over_the_wire(function.write_arguments((), values))

    defaults = {p.name: p.default for p in function.parameters if not p.required}
    given_values = {name: value for name, value in values.items() if value is not None}
    assert function.read_arguments(sent) == {**defaults, **given_values}


@each_function
@_quickly
@given(st.data())
def test_a_result_arrives_as_it_was_also_from_a_newer_manager(
    function: Function, data: st.DataObject
) -> None:
    result = data.draw(values_of(function.result))

    sent = over_the_wire(function.write_result(result))

    assert sent is not None
    assert function.read_result(sent) == result
    if dataclasses.is_dataclass(function.result):
        assert function.read_result({**sent, "future": [1]}) == result


def test_a_function_without_a_result_answers_with_an_empty_object() -> None:
    assert functions()["destroyVm"].write_result(None) == {}
    assert functions()["destroyVm"].read_result({}) is None


def test_a_list_of_machines_has_a_name_around_it() -> None:
    listing = functions()["listVms"]

    assert listing.write_result(()) == {"vms": []}
    assert listing.read_result({"vms": []}) == ()
    assert listing.result == tuple[VmInfo, ...]


# The spelling -------------------------------------------------------------------------------------


def test_names_are_in_camel_case() -> None:
    for function in _FUNCTIONS:
        for name in (function.wire_name, *(p.wire_name for p in function.parameters)):
            assert name.isidentifier()
            assert "_" not in name
    for kind in RECORDS.values():
        for field in dataclasses.fields(kind):
            assert "_" not in field_name(field.name)


def test_the_document_spells_some_of_them_in_its_own_way() -> None:
    assert functions().keys() >= {
        "getHostSN", "mountCDDriveToVm", "unmountCDDriveFromVm", "mountUSBToVm", "unmountUSBFromVm",
        "ModifyResolution", "LockGuest", "expandCapacity", "createVmView", "getSnapshotList",
    }  # fmt: skip
    assert written(MigrationOptions).keys() == {
        "guestOSImagePath", "isKeepSnapshots", "snapshotTime", "diskSize",
        "imageFormat", "compress",
    }  # fmt: skip
    assert written(UsbDevice).keys() == {"deviceId", "deviceInfo"}
    assert written(ChannelInfo).keys() >= {"channelName", "channelType", "channels"}


def test_a_function_is_found_by_its_name_in_python_too() -> None:
    assert functions_by_method()["mount_cd_drive_to_vm"] is functions()["mountCDDriveToVm"]
    assert len(functions_by_method()) == len(functions())


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [((), {}), (("a", "b", "c", "d"), {}), (("a",), {"colour": 1}), (("a",), {"vm_name": "a"})],
)
def test_a_call_that_python_would_refuse_is_refused(args, kwargs) -> None:
    with pytest.raises(TypeError):
        functions()["stopVm"].write_arguments(args, kwargs)


# Wrong arguments ----------------------------------------------------------------------------------


def test_a_member_that_is_not_known_is_refused() -> None:
    for function in _FUNCTIONS:
        for value in (1, None, {}):
            with pytest.raises(ParamError, match="not known") as caught:
                function.read_arguments({**needed(function), "vmname": value})
            assert caught.value.code is Code.INVALID_PARAM


def test_an_argument_that_has_to_be_given_has_to_be_and_null_is_not_given() -> None:
    for function, parameter in _PARAMETERS:
        without = needed(function)
        without.pop(parameter.wire_name, None)
        for arguments in (without, {**without, parameter.wire_name: None}):
            if parameter.required:
                with pytest.raises(ParamError, match=f"“{parameter.wire_name}” is missing"):
                    function.read_arguments(arguments)
            else:
                assert function.read_arguments(arguments)[parameter.name] == parameter.default


def test_a_value_of_a_wrong_type_is_refused_with_the_code_for_it() -> None:
    for function, parameter in _PARAMETERS:
        kind = plain(parameter.hint)
        for odd in _ODD:
            arguments = {**needed(function), parameter.wire_name: odd}
            try:
                value = function.read_arguments(arguments)[parameter.name]
            except ParamError as err:
                refused = type(err), err.code
            else:
                assert isinstance(value, kind)
                assert isinstance(value, bool) is isinstance(odd, bool)
                continue
            expected = _expected(kind, odd)
            assert refused == (expected, expected.default_code), (function.wire_name, kind, odd)


def _expected(kind: type, odd: object) -> type[ParamError]:
    """What a value is refused with that is none of this type."""
    if kind is CfgInfo and isinstance(odd, dict):
        return StartParamError
    could_be_a_path = isinstance(odd, str) and odd not in {"a\0b", "\ud800", _TOO_LONG}
    return PathError if kind is Path and could_be_a_path else ParamError


@pytest.mark.parametrize("kind", _RECORDS, ids=lambda kind: kind.__name__)
def test_a_record_with_a_member_that_is_not_known_is_refused(kind) -> None:
    function, parameter = taker(kind)
    arguments = {**needed(function), parameter.wire_name: {**written(kind), "surprise": 1}}

    with pytest.raises(ParamError, match="surprise") as caught:
        function.read_arguments(arguments)

    assert (caught.value.code is Code.START_PARAM_INVALID) is (kind is CfgInfo)


def test_every_record_that_is_asked_for_is_looked_at_here() -> None:
    asked = {plain(parameter.hint) for _, parameter in _PARAMETERS}

    assert {kind for kind in asked if dataclasses.is_dataclass(kind)} == {*_RECORDS, Permission}


def test_what_is_empty_in_a_record_is_said_in_the_documents_words() -> None:
    with pytest.raises(ParamError, match=DEVICE_ID_EMPTY):
        functions()["mountUSBToVm"].read_arguments({"vmName": "a", "device": {}})
    with pytest.raises(ParamError, match=IMAGE_PATH_MISSING):
        functions()["importVmDiskImage"].read_arguments({"vmName": "a", "options": {}})


def test_limits_are_kept_to_the_last_number() -> None:
    limited = [
        (function, parameter, extra)
        for function, parameter in _PARAMETERS
        for extra in typing.get_args(parameter.hint)
        if isinstance(extra, Bounds)
    ]
    assert len(limited) > 5
    for function, parameter, bounds in limited:
        arguments, low, high = needed(function), int(bounds.low), int(bounds.high)
        for number in (low, high):
            values = function.read_arguments({**arguments, parameter.wire_name: number})
            assert values[parameter.name] == number
        for number in (low - 1, high + 1):
            with pytest.raises(ParamError, match=f"a (whole )?number from {low} to "):
                function.read_arguments({**arguments, parameter.wire_name: number})


# Paths --------------------------------------------------------------------------------------------


def test_a_path_may_be_written_as_in_the_document() -> None:
    found = UserFolders.of_this_user().downloads / "x.iso"
    asking = [pair for pair in _PARAMETERS if plain(pair[1].hint) is Path]

    assert len(asking) > 8
    for function, parameter in asking:
        arguments = {**needed(function), parameter.wire_name: _PATH_OF_THE_DOCUMENT}
        assert function.read_arguments(arguments)[parameter.name] == found


@pytest.mark.parametrize("path", ["", "a.iso", "../a", "http://x/a", "file://docs/nowhere", "~a"])
def test_a_path_that_cannot_be_one_is_refused(path) -> None:
    function = functions()["grantPath"]

    with pytest.raises(PathError, match=INVALID_PATH) as caught:
        function.read_arguments({"path": path})

    assert caught.value.code is Code.INVALID_PATH


# Answers without sense ----------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [None, 5, "x", [], [1], {}, {"vms": 1}, {"vms": [1]}], ids=str)
def test_an_answer_of_another_kind_is_refused(answer) -> None:
    for function in _FUNCTIONS:
        if function.result is type(None):
            continue
        try:
            result = function.read_result(answer)
        except ParamError:
            continue
        kind = typing.get_origin(function.result) or function.result
        assert isinstance(result, kind)
