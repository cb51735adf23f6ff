"""Values of every type that travels over the wire, made up by hypothesis from the type alone."""

from __future__ import annotations

import dataclasses
import json
import typing
from enum import Enum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from hypothesis import strategies as st

from app.errors import Code
from app.vm.api.bounds import Bounds
from app.vm.devices import ChannelInfo
from app.vm.model import (
    OPAQUE_NAMES,
    CfgInfo,
    Firmware,
    NetMode,
    OpaqueMember,
    Profile,
    VmInfo,
)
from app.vm.permissions import Permission, PermissionKind
from app.vm.records import MigrationOptions, UsbDevice
from app.vm.state import Action, VmState

_INTEGERS = st.integers(-(2**53 - 1), 2**53 - 1)
_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
_WORD = st.text(st.characters(codec="utf-8", exclude_characters="\0/"), min_size=1, max_size=8)
_PATHS = st.lists(_WORD.filter(lambda word: word not in {".", ".."}), min_size=1, max_size=4).map(
    lambda parts: Path("/", *parts)
)
_JSON_TEXT = st.one_of(_INTEGERS, _TEXT, st.lists(st.booleans(), max_size=2)).map(json.dumps)
_PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    type(None): st.none(),
    str: _TEXT,
    bool: st.booleans(),
    int: _INTEGERS,
    float: st.floats(allow_nan=False, allow_infinity=False),
    bytes: st.binary(max_size=200),
    UUID: st.uuids(),
    Path: _PATHS,
    dict[str, Any]: st.dictionaries(_TEXT, _INTEGERS | _TEXT, max_size=3),
}


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a type as it stands in a signature or a dataclass."""
    parts = typing.get_args(hint)
    if type(None) in parts:
        return st.none() | values_of(next(part for part in parts if part is not type(None)))
    if typing.get_origin(hint) is Annotated:
        return _bounded(*parts[:2])
    if typing.get_origin(hint) is tuple:
        return st.lists(values_of(parts[0]), max_size=3).map(tuple)
    if hint in _PLAIN:
        return _PLAIN[hint]
    return _of_class(hint)


def _of_class(kind: type[Any]) -> st.SearchStrategy[Any]:
    if kind in _SPECIAL:
        return _SPECIAL[kind]()
    return st.sampled_from(kind) if issubclass(kind, Enum) else _record(kind)


def _bounded(kind: type, bounds: Bounds) -> st.SearchStrategy[Any]:
    if kind is float:
        return st.floats(bounds.low, bounds.high)
    return st.integers(int(bounds.low), int(bounds.high))


def _record(kind: type[Any], **others: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    hints = typing.get_type_hints(kind, include_extras=True)
    own = {
        field.name: values_of(hints[field.name])
        for field in dataclasses.fields(kind)
        if field.name not in others
    }
    return st.builds(kind, **own, **others)


def _opaque() -> st.SearchStrategy[tuple[OpaqueMember, ...]]:
    # In the order in which they are read: it means nothing.
    return st.dictionaries(st.sampled_from(OPAQUE_NAMES), _JSON_TEXT, max_size=2).map(
        lambda found: tuple(
            OpaqueMember(name=name, value=found[name]) for name in OPAQUE_NAMES if name in found
        )
    )


def _settings() -> st.SearchStrategy[CfgInfo]:
    return st.builds(
        CfgInfo,
        cpu_num=st.integers(1, 1000),
        memory_size=st.integers(64, 2**40),
        disk_size=st.integers(16, 2**40),
        net_mode=st.sampled_from(NetMode),
        bridge_ip=_TEXT,
        bios_path=st.sampled_from(["bios", "uefi", "stratovirt-uefi"]),
        enhance_file_path=_TEXT,
        system=_TEXT,
        profile=st.none() | _record(Profile),
        opaque=_opaque(),
    )


def _machines() -> st.SearchStrategy[VmInfo]:
    return st.builds(
        VmInfo,
        id=st.uuids(),
        name=_TEXT,
        state=st.sampled_from(VmState),
        reason=_TEXT,
        problem=_TEXT,
        remedy=_TEXT,
        problem_code=st.none() | st.sampled_from(Code),
        cpus=st.integers(0, 1000),
        firmware=st.sampled_from(Firmware),
        net_mode=st.sampled_from(NetMode),
        disc=st.none() | _PATHS,
        thumbnail=st.none() | _PATHS,
        started_ms=st.integers(0, 2**52),
        folder=_PATHS,
        window_id=st.none() | st.integers(1, 99),
        actions=st.frozensets(st.sampled_from(Action)),
        opaque=_opaque(),
        channel_info=st.none() | values_of(ChannelInfo),
    )


def _permissions() -> st.SearchStrategy[Permission]:
    plain = st.sampled_from([kind for kind in PermissionKind if not kind.has_item]).map(Permission)
    device = st.just(Permission(PermissionKind.USB_DEVICE, "046d:c52b"))
    return plain | device | st.just(Permission(PermissionKind.SHARED_FOLDER, "/home/a b"))


_SPECIAL: dict[type[Any], Any] = {
    CfgInfo: _settings,
    VmInfo: _machines,
    Permission: _permissions,
    MigrationOptions: lambda: _record(MigrationOptions, guest_os_image_path=_TEXT.filter(bool)),
    UsbDevice: lambda: _record(UsbDevice, device_id=_TEXT.filter(bool)),
}
"""Types whose values have rules of their own."""
