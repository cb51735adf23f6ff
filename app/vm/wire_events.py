"""Events in the wire's spelling, there and back; see `app.vm.wire_values` for machines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, assert_never
from uuid import UUID

from app.vm.events import (
    DataRecovery,
    DiskExported,
    DiskMigration,
    EventType,
    FocusChanged,
    HostChanged,
    HostEvent,
    PermissionChanged,
    Published,
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
from app.vm.gate import GateStatus
from app.vm.permissions import Answer, Permission
from app.vm.records import RecoveryKind, RecoveryStep, TaskInfo
from app.vm.state import VmState
from app.vm.wire_fields import Fields
from app.vm.wire_types import read_record, read_value, write_value
from app.vm.wire_values import state_to_wire

RESYNC = "resync"
"""Tells a slow reader that it missed events; sent whatever it asked for."""


def event_to_wire(event: VmEvent) -> tuple[str, dict[str, Any]]:  # noqa: PLR0912 - one row each
    """Name and data of an event."""
    name: str
    own: dict[str, Any] = {}
    match event:
        case StateChanged():
            name = EventType.VM_STATE_CHANGE
            own = {
                **state_to_wire("state", event.state),
                **state_to_wire("previous", event.previous),
                "reason": event.reason,
            }
        case ViewStateChanged():
            name = EventType.VM_VIEW_STATE_CHANGE
            own = {
                "windowId": event.window_id,
                "viewState": int(event.view_state),
                "viewStateName": event.view_state.name,
                "width": event.width_px,
                "height": event.height_px,
                "reason": event.reason,
            }
        case VmRenamed():
            name = EventType.VM_RENAMED
            own = {"oldName": event.old_name}
        case VmCreated():
            name = EventType.VM_CREATED
        case VmChanged():
            name = EventType.VM_CHANGED
        case VmRemoved():
            name = EventType.VM_REMOVED
        case FocusChanged():
            name = EventType.FOCUS_STATE_CHANGE
            own = {"windowId": event.window_id, "focused": event.focused}
        case DiskMigration() | DiskExported() | DataRecovery():
            name, own = _disk_event_to_wire(event)
        case HostChanged():
            name = EventType.HOST_CHANGE
            own = {"accelerator": event.accelerator, "notice": event.notice}
        case TabletSwitchChanged():
            name = EventType.TABLET_SWITCH_STATE_CHANGE
            own = write_value(event.gate)
        case PermissionChanged():
            name = EventType.PERMISSION_CHANGE
            own = {
                "vmId": write_value(event.vm_id),
                "permission": write_value(event.permission),
                "answer": write_value(event.answer),
            }
        case Resync():
            return RESYNC, {}
        case _:
            assert_never(event)
    return name, {**_common(event), **own}


def _disk_event_to_wire(
    event: DiskMigration | DiskExported | DataRecovery,
) -> tuple[str, dict[str, Any]]:
    match event:
        case DiskMigration():
            return EventType.VM_DISK_MIGRATION, write_value(event.task)
        case DiskExported():
            return EventType.VM_DISK_EXPORTED, {
                "taskId": str(event.task_id),
                "path": write_value(event.path),
                "fileSize": event.size_bytes,
            }
        case DataRecovery():
            return EventType.VM_DATA_RECOVERY, {
                "kind": write_value(event.kind),
                "step": write_value(event.step),
                "sentence": event.sentence,
                "file": event.file,
                "sizeBytes": event.size_bytes,
            }
        case _:
            assert_never(event)


def event_from_wire(name: str, data: Mapping[str, Any]) -> VmEvent | None:
    """An event as a manager told it; None for one that this version does not know.

    Raises:
        ParamError: it cannot be what its name says.
    """
    if name == RESYNC:
        return Resync()
    reader = _EVENT_READERS.get(name)
    return None if reader is None else reader(Fields(data, lenient=True))


def _common(event: Published) -> dict[str, Any]:
    when = {"seq": event.seq, "time": event.time_ms}
    if isinstance(event, HostEvent):
        return when
    return {"vmName": event.vm_name, "vmId": str(event.vm_id), **when}


def _machine_of(fields: Fields) -> dict[str, Any]:
    return {
        "vm_id": read_value(fields, "vmId", UUID),
        "vm_name": fields.text("vmName"),
        **_time_of(fields),
    }


def _time_of(fields: Fields) -> dict[str, Any]:
    return {"seq": fields.integer("seq", 0), "time_ms": fields.integer("time", 0)}


def _read_state_change(fields: Fields) -> VmEvent:
    return StateChanged(
        **_machine_of(fields),
        state=fields.member("state", VmState),
        previous=fields.member("previous", VmState),
        reason=fields.text("reason", ""),
    )


def _read_view_state_change(fields: Fields) -> VmEvent:
    return ViewStateChanged(
        **_machine_of(fields),
        window_id=fields.integer("windowId"),
        view_state=fields.member("viewState", ViewState),
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


def _read_focus_change(fields: Fields) -> VmEvent:
    return FocusChanged(
        **_machine_of(fields),
        window_id=fields.integer("windowId"),
        focused=fields.flag("focused"),
    )


def _read_disk_migration(fields: Fields) -> VmEvent:
    when = _time_of(fields)
    task = read_record(fields, TaskInfo)  # It says which machine, too, and each is read once.
    return DiskMigration(vm_id=task.vm_id, vm_name=task.vm_name, **when, task=task)


def _read_disk_exported(fields: Fields) -> VmEvent:
    return DiskExported(
        **_machine_of(fields),
        task_id=read_value(fields, "taskId", UUID),
        path=read_value(fields, "path", Path),
        size_bytes=fields.integer("fileSize"),
    )


def _read_data_recovery(fields: Fields) -> VmEvent:
    return DataRecovery(
        **_machine_of(fields),
        kind=read_value(fields, "kind", RecoveryKind | None),
        step=read_value(fields, "step", RecoveryStep | None),
        sentence=fields.text("sentence"),
        file=fields.text("file", ""),
        size_bytes=fields.integer("sizeBytes", 0),
    )


def _read_tablet_switch_change(fields: Fields) -> VmEvent:
    return TabletSwitchChanged(**_time_of(fields), gate=read_record(fields, GateStatus))


def _read_permission_change(fields: Fields) -> VmEvent:
    return PermissionChanged(
        **_time_of(fields),
        vm_id=read_value(fields, "vmId", UUID | None),
        permission=read_value(fields, "permission", Permission),
        answer=fields.word("answer", Answer),
    )


_EVENT_READERS: Mapping[str, Callable[[Fields], VmEvent]] = {
    EventType.VM_STATE_CHANGE: _read_state_change,
    EventType.VM_VIEW_STATE_CHANGE: _read_view_state_change,
    EventType.VM_CREATED: lambda fields: VmCreated(**_machine_of(fields)),
    EventType.VM_CHANGED: lambda fields: VmChanged(**_machine_of(fields)),
    EventType.VM_REMOVED: lambda fields: VmRemoved(**_machine_of(fields)),
    EventType.VM_RENAMED: lambda fields: VmRenamed(
        **_machine_of(fields), old_name=fields.text("oldName", "")
    ),
    EventType.VM_DISK_MIGRATION: _read_disk_migration,
    EventType.VM_DISK_EXPORTED: _read_disk_exported,
    EventType.VM_DATA_RECOVERY: _read_data_recovery,
    EventType.HOST_CHANGE: _read_host_change,
    EventType.FOCUS_STATE_CHANGE: _read_focus_change,
    EventType.TABLET_SWITCH_STATE_CHANGE: _read_tablet_switch_change,
    EventType.PERMISSION_CHANGE: _read_permission_change,
}
EVENT_NAMES = tuple(event.value for event in EventType)
"""Events that a client can choose with `on`; ``*`` means all of them."""
