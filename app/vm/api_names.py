"""Every name of the API, read off the code: what `queryApi` answers and `docs/api.md` is made of.

Nothing is written down twice here: functions come from the signatures, fields from the dataclasses,
enumerations and codes from their classes. Only what travels in a shape of its own (`cfg`, a
machine's status) has its members listed; a test compares them with what really travels.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import typing
from collections.abc import Iterator, Mapping
from enum import Enum, IntEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any
from uuid import UUID

from app import errors
from app.errors import AppError, Code
from app.vm import capability, devices, gate, limits, model, permissions, posture, records
from app.vm.api.bounds import Bounds
from app.vm.events import EventType, ViewState
from app.vm.functions import Function, functions
from app.vm.model import OPAQUE_NAMES
from app.vm.state import Action, VmState
from app.vm.wire_types import camel, field_name, is_optional

ENUMERATIONS: Mapping[str, type[Enum]] = MappingProxyType(
    {
        "VmState": VmState,
        "VmViewState": ViewState,
        "NetMode": model.NetMode,
        "ChannelType": devices.ChannelType,
        "StorageType": records.StorageType,
        "RecoveryKind": records.RecoveryKind,
        "RecoveryStep": records.RecoveryStep,
        "TaskKind": records.TaskKind,
        "TaskPhase": records.TaskPhase,
        "EventType": EventType,
        "VmErrorCode": Code,
        "PcMode": gate.PcMode,
        "Posture": posture.Posture,
        "PostureSource": gate.PostureSource,
        "Permission": permissions.PermissionKind,
        "Answer": permissions.Answer,
        "Firmware": model.Firmware,
        "Action": Action,
    }
)
"""Enumerations under the document's names, then ours."""

RECORDS: Mapping[str, type] = MappingProxyType(
    {
        "MigrationOptions": records.MigrationOptions,
        "USBDevice": records.UsbDevice,
        "ChannelInfo": devices.ChannelInfo,
        "Channel": devices.Channel,
        "DeviceObject": devices.DeviceObject,
        "NetworkDevice": devices.NetworkDevice,
        "KeyboardMouseDevice": devices.KeyboardMouseDevice,
        "StorageDevice": devices.StorageDevice,
        "MemoryBalloonDevice": devices.MemoryBalloonDevice,
        "SharedFolder": records.SharedFolder,
        "Snapshot": records.Snapshot,
        "TaskInfo": records.TaskInfo,
        "TrashedVm": records.TrashedVm,
        "DiskInfo": records.DiskInfo,
        "Finding": records.Finding,
        "Recovered": records.Recovered,
        "FileDescriptorRequest": records.FileDescriptorRequest,
        "ViewInfo": records.ViewInfo,
        "ValueRange": limits.ValueRange,
        "Capability": capability.Capability,
        "GateStatus": gate.GateStatus,
        "Reason": gate.Reason,
        "PermissionState": permissions.PermissionState,
        "ManagerInfo": records.ManagerInfo,
    }
)
"""Values that travel as objects, under their names in the document, or ours."""

CFG_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "cpuNum": "processors",
        "memorySize": "MiB, 64 or more",
        "diskSize": "MiB of the system disk, 16 or more",
        "netMode": "a name or number of `NetMode`",
        "bridgeIp": "kept for `MODE_BRIDGE`",
        "biosPath": "`bios`, `uefi`, `stratovirt-uefi`, or the path of a firmware image",
        "enhanceFilePath": "path of a disc with tools for the guest",
        "system": "identifier of the system catalogue (ours)",
        "profile": "devices to give it (ours): `chipset`, `diskBus`, `netModel`, `video`",
        **dict.fromkeys(OPAQUE_NAMES, "accepted, kept, given back, not interpreted"),
    }
)
"""Members of `CfgInfo`; the first three are required."""

MACHINE_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "vmName": "present name",
        "vmId": "id, which a rename does not change",
        "state": "number of `VmState`",
        "stateName": "its name",
        "reason": "why it is in this state, a stable word or empty",
        "problem": "sentence for `STATE_ERROR` and `STATE_UNAVAILABLE`, else empty",
        "problemCode": "its code, or null",
        "remedy": "what can be done about the problem",
        "cpuNum": "processors; of this run while it runs",
        "memorySize": "MiB; of this run while it runs",
        "diskSize": "MiB of the system disk",
        "firmware": "a word of `Firmware`",
        "netMode": "a name of `NetMode`",
        "system": "identifier of the system catalogue",
        "isoPath": "disc in the drive, or null",
        "accelerator": "`kvm` or `tcg` while it runs, else empty",
        "startTime": "when this run began, milliseconds since 1970 UTC; 0 when off",
        "createTime": "when it was made, likewise",
        "lastStartTime": "when it was started last, likewise; 0 for never",
        "thumbnail": "path of the last picture of its screen, or null",
        "folder": "where its files are",
        "windowId": "window of its view, or null",
        "actions": "what can be asked of it now, words of `Action`",
        "channelInfo": "its devices (`ChannelInfo`), in the status of one machine; not in lists",
    }
)
"""Members of a machine's status, beside the opaque ones that its settings had."""

_RAISES = re.compile(r"^    (\w+): ", re.MULTILINE)
_EVENTS = re.compile(r"^Events: (.+)\.$", re.MULTILINE)


@cache
def texts() -> Mapping[str, str]:
    """Texts of errors that are part of the contract, by the name of their constant."""
    return {
        name: value
        for name, value in vars(errors).items()
        if name.isupper() and isinstance(value, str) and not name.startswith("_")
    }


def errors_of(function: Function) -> tuple[type[AppError], ...]:
    """What a function raises, by its docstring."""
    _, _, part = function.doc.partition("Raises:\n")
    return tuple(getattr(errors, name) for name in _RAISES.findall(part))


def events_of(function: Function) -> tuple[str, ...]:
    """Events that a function brings, by its docstring."""
    found = _EVENTS.search(function.doc)
    return tuple(found[1].split(", ")) if found else ()


def type_name(hint: Any) -> str:
    """A type as people write it: ``integer from 1 to 16384``, ``list of Reason``."""
    if is_optional(hint):
        plain = next(part for part in typing.get_args(hint) if part is not type(None))
        return type_name(plain)
    if typing.get_origin(hint) is Annotated:
        plain, *extras = typing.get_args(hint)
        limits_of = (
            f" from {_number(extra.low)} to {_number(extra.high)}"
            for extra in extras
            if isinstance(extra, Bounds)
        )
        return type_name(plain) + "".join(limits_of)
    if typing.get_origin(hint) is tuple:
        return f"list of {type_name(typing.get_args(hint)[0])}"
    if typing.get_origin(hint) is dict:
        return "object"
    return _names_of_types().get(hint) or str(hint.__name__)


@cache
def _names_of_types() -> Mapping[Any, str]:
    named = {kind: name for name, kind in (*ENUMERATIONS.items(), *RECORDS.items())}
    return {**named, **_PLAIN_NAMES}


_PLAIN_NAMES: Mapping[Any, str] = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "true or false",
    bytes: "bytes in base64",
    type(None): "nothing",
    model.VmInfo: "machine",
    permissions.Permission: "permission",
    Path: "path",
    UUID: "id",
}


def _number(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:g}"


def record_fields(kind: type) -> Iterator[tuple[str, str]]:
    """Names on the wire of a record's members, with their types."""
    hints = typing.get_type_hints(kind, include_extras=True)
    for field in dataclasses.fields(kind):
        yield field_name(field.name), type_name(hints[field.name])
    if kind is gate.GateStatus:
        yield "open", type_name(bool)


def words_of(kind: type[Enum]) -> Mapping[str, int] | tuple[str, ...]:
    """An enumeration of numbers as names with numbers, one of texts as its texts."""
    if not issubclass(kind, IntEnum):
        spelled = camel if kind is Action else str
        return tuple(spelled(str(member.value)) for member in kind)
    return {_spelling(member): int(member) for member in kind}


def _spelling(member: IntEnum) -> str:
    return member.wire_name if isinstance(member, VmState) else member.name


def all_names() -> dict[str, Any]:
    """The whole API as one JSON object, for programs."""
    return {
        "functions": {name: _function(function) for name, function in functions().items()},
        "events": [event.value for event in EventType],
        "enumerations": {name: _plain(words_of(kind)) for name, kind in ENUMERATIONS.items()},
        "records": {
            "CfgInfo": dict(CFG_FIELDS),
            "machine": dict(MACHINE_FIELDS),
            **{name: dict(record_fields(kind)) for name, kind in RECORDS.items()},
        },
        "texts": dict(texts()),
        "opaque": list(OPAQUE_NAMES),
    }


def _function(function: Function) -> dict[str, Any]:
    return {
        "summary": inspect.cleandoc(function.doc).splitlines()[0],
        "parameters": {
            parameter.wire_name: {
                "type": type_name(parameter.hint),
                "required": parameter.required,
            }
            for parameter in function.parameters
        },
        "result": type_name(function.result),
        "errors": [str(error.default_code) for error in errors_of(function)],
        "events": list(events_of(function)),
    }


def _plain(words: Mapping[str, int] | tuple[str, ...]) -> object:
    return dict(words) if isinstance(words, Mapping) else list(words)
