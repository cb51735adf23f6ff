"""Machines, settings and events in the wire's spelling, there and back.

The names are the `vm_manager` document's (camelCase) where it has one. Sizes are MiB, times are
milliseconds since 1970 UTC, states are a number and a name. What comes in is checked field by
field: from a client (`cfg_from_wire`, strict about names it does not know) and from a manager,
which may be newer than we are (`vm_from_wire`, `event_from_wire`, lenient about them).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, assert_never
from uuid import UUID

from app.errors import Code, ParamError, StartParamError
from app.vm.events import (
    HostChanged,
    Published,
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

RESYNC = "resync"
"""Tells a slow reader that it missed events; sent whatever it asked for."""


# Settings -----------------------------------------------------------------------------------------


def cfg_to_wire(cfg: CfgInfo) -> dict[str, Any]:
    """`CfgInfo` as the document writes it, with `system` and `profile` of ours."""
    wire: dict[str, Any] = {
        "cpuNum": cfg.cpu_num,
        "memorySize": cfg.memory_size,
        "diskSize": cfg.disk_size,
        "netMode": cfg.net_mode.name,
        "bridgeIp": cfg.bridge_ip,
        "biosPath": cfg.bios_path,
        "enhanceFilePath": cfg.enhance_file_path,
        "system": cfg.system,
    }
    if cfg.profile is not None:
        wire["profile"] = {
            "chipset": cfg.profile.chipset.value,
            "diskBus": cfg.profile.disk_bus.value,
            "netModel": cfg.profile.net_model.value,
            "video": cfg.profile.video.value,
        }
    return wire


def cfg_from_wire(fields: Fields) -> CfgInfo:
    """Read settings; `fields` should raise StartParamError.

    Raises:
        StartParamError: something required is missing, of the wrong type, or out of range.
    """
    profile = fields.optional_record("profile")
    cfg = CfgInfo(
        cpu_num=fields.integer("cpuNum"),
        memory_size=fields.integer("memorySize"),
        disk_size=fields.integer("diskSize"),
        net_mode=_net_mode(fields.value("netMode", NetMode.MODE_NAT.name)),
        bridge_ip=fields.text("bridgeIp", ""),
        bios_path=fields.text("biosPath", "bios"),
        enhance_file_path=fields.text("enhanceFilePath", ""),
        system=fields.text("system", "unknown"),
        profile=None if profile is None else _profile(profile),
    )
    fields.finish()
    return cfg


def _net_mode(value: object) -> NetMode:
    for mode in NetMode:
        if value == mode.name or (value == mode.value and not isinstance(value, bool)):
            return mode
    raise StartParamError(
        "“netMode” is not known.",
        remedy=f"Use one of {', '.join(NetMode.__members__)}, or its number.",
    )


def _profile(fields: Fields) -> Profile:
    usual = Profile()
    profile = Profile(
        chipset=fields.word("chipset", Chipset, usual.chipset),
        disk_bus=fields.word("diskBus", DiskBus, usual.disk_bus),
        net_model=fields.word("netModel", NetModel, usual.net_model),
        video=fields.word("video", VideoModel, usual.video),
    )
    fields.finish()
    return profile


# Machines -----------------------------------------------------------------------------------------


def vm_to_wire(vm: VmInfo) -> dict[str, Any]:
    """A machine for the wire and for ``--json``."""
    return {
        "vmName": vm.name,
        "vmId": str(vm.id),
        **_state_to_wire("state", vm.state),
        "reason": vm.reason,
        "problem": vm.problem,
        "problemCode": None if vm.problem_code is None else str(vm.problem_code),
        "remedy": vm.remedy,
        "cpuNum": vm.cpus,
        "memorySize": vm.memory_mib,
        "diskSize": vm.disk_mib,
        "firmware": vm.firmware.value,
        "netMode": vm.net_mode.name,
        "system": vm.system,
        "isoPath": _path_to_wire(vm.disc),
        "accelerator": vm.accelerator,
        "startTime": vm.started_ms,
        "createTime": vm.created_ms,
        "lastStartTime": vm.last_started_ms,
        "thumbnail": _path_to_wire(vm.thumbnail),
        "folder": str(vm.folder),
        "windowId": vm.window_id,
        "actions": sorted(_ACTION_TO_WIRE[action] for action in vm.actions),
    }


def vm_from_wire(values: Mapping[str, Any]) -> VmInfo:
    """A machine as a manager told it.

    Raises:
        ParamError: what came cannot be a machine.
    """
    fields = Fields(values)
    code = fields.text("problemCode", "")
    return VmInfo(
        id=_uuid(fields.text("vmId")),
        name=fields.text("vmName"),
        state=_state(fields.integer("state")),
        reason=fields.text("reason", ""),
        problem=fields.text("problem", ""),
        remedy=fields.text("remedy", ""),
        problem_code=Code(code) if code in set(Code) else None,
        cpus=fields.integer("cpuNum", 0),
        memory_mib=fields.integer("memorySize", 0),
        disk_mib=fields.integer("diskSize", 0),
        firmware=fields.word("firmware", Firmware, Firmware.BIOS),
        net_mode=_net_mode(fields.value("netMode", NetMode.MODE_NAT.name)),
        system=fields.text("system", "unknown"),
        disc=fields.optional_path("isoPath"),
        accelerator=fields.text("accelerator", ""),
        started_ms=fields.integer("startTime", 0),
        created_ms=fields.integer("createTime", 0),
        last_started_ms=fields.integer("lastStartTime", 0),
        thumbnail=fields.optional_path("thumbnail"),
        folder=Path(fields.text("folder", "")),
        window_id=fields.optional_integer("windowId"),
        actions=_actions(fields.value("actions", [])),
    )


def _camel(word: str) -> str:
    first, *rest = word.split("_")
    return first + "".join(part.capitalize() for part in rest)


_ACTION_TO_WIRE = {action: _camel(action.value) for action in Action}
_ACTION_FROM_WIRE = {name: action for action, name in _ACTION_TO_WIRE.items()}


def _actions(value: object) -> frozenset[Action]:
    names = [name for name in value if isinstance(name, str)] if isinstance(value, list) else []
    return frozenset(_ACTION_FROM_WIRE[name] for name in names if name in _ACTION_FROM_WIRE)


def _path_to_wire(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _state_to_wire(name: str, state: VmState) -> dict[str, Any]:
    return {name: int(state), f"{name}Name": state.wire_name}


def _state(number: int) -> VmState:
    try:
        return VmState(number)
    except ValueError:
        raise ParamError(f"There is no state {number}.") from None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ParamError("“vmId” is not an id.") from None


# Events -------------------------------------------------------------------------------------------


def event_to_wire(event: VmEvent) -> tuple[str, dict[str, Any]]:
    """Name and data of an event."""
    name: str
    own: dict[str, Any] = {}
    match event:
        case StateChanged():
            name = "vmStateChange"
            own = {
                **_state_to_wire("state", event.state),
                **_state_to_wire("previous", event.previous),
                "reason": event.reason,
            }
        case ViewStateChanged():
            name = "vmViewStateChange"
            own = {
                "windowId": event.window_id,
                "viewState": int(event.view_state),
                "viewStateName": event.view_state.name,
                "width": event.width_px,
                "height": event.height_px,
                "reason": event.reason,
            }
        case VmRenamed():
            name = "vmRenamed"
            own = {"oldName": event.old_name}
        case VmCreated():
            name = "vmCreated"
        case VmChanged():
            name = "vmChanged"
        case VmRemoved():
            name = "vmRemoved"
        case HostChanged():
            name = "hostChange"
            own = {"accelerator": event.accelerator, "notice": event.notice}
        case Resync():
            return RESYNC, {}
        case _:
            assert_never(event)
    return name, {**_common(event), **own}


def event_from_wire(name: str, data: Mapping[str, Any]) -> VmEvent | None:
    """An event as a manager told it; None for one that this version does not know.

    Raises:
        ParamError: it cannot be what its name says.
    """
    if name == RESYNC:
        return Resync()
    reader = _EVENT_READERS.get(name)
    return None if reader is None else reader(Fields(data))


def _common(event: Published) -> dict[str, Any]:
    when = {"seq": event.seq, "time": event.time_ms}
    if isinstance(event, HostChanged):
        return when
    return {"vmName": event.vm_name, "vmId": str(event.vm_id), **when}


def _machine_of(fields: Fields) -> dict[str, Any]:
    return {
        "vm_id": _uuid(fields.text("vmId")),
        "vm_name": fields.text("vmName"),
        **_time_of(fields),
    }


def _time_of(fields: Fields) -> dict[str, Any]:
    return {"seq": fields.integer("seq", 0), "time_ms": fields.integer("time", 0)}


def _read_state_change(fields: Fields) -> VmEvent:
    return StateChanged(
        **_machine_of(fields),
        state=_state(fields.integer("state")),
        previous=_state(fields.integer("previous")),
        reason=fields.text("reason", ""),
    )


def _read_view_state_change(fields: Fields) -> VmEvent:
    number = fields.integer("viewState")
    if number not in set(ViewState):
        raise ParamError(f"There is no view state {number}.")
    return ViewStateChanged(
        **_machine_of(fields),
        window_id=fields.integer("windowId"),
        view_state=ViewState(number),
        width_px=fields.integer("width", 0),
        height_px=fields.integer("height", 0),
        reason=fields.text("reason", ""),
    )


def _read_host_change(fields: Fields) -> VmEvent:
    return HostChanged(
        accelerator=fields.text("accelerator"),
        notice=fields.text("notice", ""),
        **_time_of(fields),
    )


_EVENT_READERS: Mapping[str, Callable[[Fields], VmEvent]] = {
    "vmStateChange": _read_state_change,
    "vmViewStateChange": _read_view_state_change,
    "vmCreated": lambda fields: VmCreated(**_machine_of(fields)),
    "vmChanged": lambda fields: VmChanged(**_machine_of(fields)),
    "vmRemoved": lambda fields: VmRemoved(**_machine_of(fields)),
    "vmRenamed": lambda fields: VmRenamed(
        **_machine_of(fields), old_name=fields.text("oldName", "")
    ),
    "hostChange": _read_host_change,
}
EVENT_NAMES = tuple(_EVENT_READERS)
"""Events that a client can choose with `on`; ``*`` means all of them."""
