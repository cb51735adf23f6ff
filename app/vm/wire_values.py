"""Machines and their settings in the wire's spelling, there and back.

The names are the `vm_manager` document's (camelCase) where it has one. Sizes are MiB, times are
milliseconds since 1970 UTC, states are a number and a name.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from app.errors import Code, StartParamError
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
from app.vm.state import Action, VmState
from app.vm.wire_fields import Fields
from app.vm.wire_types import camel, read_value, travels, write_value

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
        **_opaque_to_wire(cfg.opaque),
    }
    if cfg.profile is not None:
        wire["profile"] = write_value(cfg.profile)
    return wire


def cfg_from_wire(fields: Fields) -> CfgInfo:
    """Read settings; `fields` should raise StartParamError.

    Raises:
        StartParamError: something required is missing, of the wrong type, or out of range.
    """
    cfg = CfgInfo(
        cpu_num=fields.integer("cpuNum"),
        memory_size=fields.integer("memorySize"),
        disk_size=fields.integer("diskSize"),
        net_mode=read_value(fields, "netMode", NetMode, default=NetMode.MODE_NAT),
        bridge_ip=fields.text("bridgeIp", ""),
        bios_path=fields.text("biosPath", "bios"),
        enhance_file_path=fields.text("enhanceFilePath", ""),
        system=fields.text("system", "unknown"),
        profile=read_value(fields, "profile", Profile | None),
        opaque=_opaque(fields),
    )
    fields.finish()
    return cfg


def _opaque(fields: Fields) -> tuple[OpaqueMember, ...]:
    return tuple(
        OpaqueMember(name=name, value=json.dumps(fields.value(name)))
        for name in OPAQUE_NAMES
        if fields.has(name)
    )


def _opaque_to_wire(members: tuple[OpaqueMember, ...]) -> dict[str, Any]:
    return {member.name: json.loads(member.value) for member in members}


# Machines -----------------------------------------------------------------------------------------


def vm_to_wire(vm: VmInfo) -> dict[str, Any]:
    """A machine for the wire and for ``--json``."""
    return {
        "vmName": vm.name,
        "vmId": str(vm.id),
        **state_to_wire("state", vm.state),
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
        **_opaque_to_wire(vm.opaque),
        **({} if vm.channel_info is None else {"channelInfo": write_value(vm.channel_info)}),
    }


def vm_from_wire(fields: Fields) -> VmInfo:
    """A machine as a manager told it.

    Raises:
        ParamError: what came cannot be a machine.
    """
    code = fields.text("problemCode", "")
    return VmInfo(
        id=read_value(fields, "vmId", UUID),
        name=fields.text("vmName"),
        state=fields.member("state", VmState),
        reason=fields.text("reason", ""),
        problem=fields.text("problem", ""),
        remedy=fields.text("remedy", ""),
        problem_code=Code(code) if code in set(Code) else None,
        cpus=fields.integer("cpuNum", 0),
        memory_mib=fields.integer("memorySize", 0),
        disk_mib=fields.integer("diskSize", 0),
        firmware=read_value(fields, "firmware", Firmware, default=Firmware.BIOS),
        net_mode=read_value(fields, "netMode", NetMode, default=NetMode.MODE_NAT),
        system=fields.text("system", "unknown"),
        disc=read_value(fields, "isoPath", Path | None),
        accelerator=fields.text("accelerator", ""),
        started_ms=fields.integer("startTime", 0),
        created_ms=fields.integer("createTime", 0),
        last_started_ms=fields.integer("lastStartTime", 0),
        thumbnail=read_value(fields, "thumbnail", Path | None),
        folder=Path(fields.text("folder", "")),
        window_id=read_value(fields, "windowId", int | None),
        actions=_actions(fields.value("actions", [])),
        opaque=_opaque(fields),
        channel_info=read_value(fields, "channelInfo", ChannelInfo | None),
    )


_ACTION_TO_WIRE = {action: camel(action.value) for action in Action}
_ACTION_FROM_WIRE = {name: action for action, name in _ACTION_TO_WIRE.items()}


def _actions(value: object) -> frozenset[Action]:
    names = [name for name in value if isinstance(name, str)] if isinstance(value, list) else []
    return frozenset(_ACTION_FROM_WIRE[name] for name in names if name in _ACTION_FROM_WIRE)


def _path_to_wire(path: Path | None) -> str | None:
    return None if path is None else str(path)


def state_to_wire(name: str, state: VmState) -> dict[str, Any]:
    """A state as two members, its number and its name."""
    return {name: int(state), f"{name}Name": state.wire_name}


travels(
    CfgInfo,
    cfg_to_wire,
    lambda fields, name: cfg_from_wire(fields.record(name, error=StartParamError)),
)
travels(VmInfo, vm_to_wire, lambda fields, name: vm_from_wire(fields.record(name)))
