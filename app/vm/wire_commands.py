"""The commands of the wire service: names and arguments in, calls to the manager, results out.

The names are the `vm_manager` document's where it has one. What belongs to a connection (`on`,
`off`, `qmp_capabilities`) is in `app.vm.service`.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from app import __version__
from app.errors import StartParamError
from app.vm.api import STOP_TIMEOUT_S, ManagerApi
from app.vm.wire_fields import Fields
from app.vm.wire_values import cfg_from_wire, vm_to_wire

LONGEST_STOP_S = 24 * 3600.0

Command = Callable[[ManagerApi, Fields], Awaitable[object]]


async def _list_vms(manager: ManagerApi, fields: Fields) -> object:
    fields.finish()
    return {"vms": [vm_to_wire(vm) for vm in await manager.list_vms()]}


async def _get_vm_status(manager: ManagerApi, fields: Fields) -> object:
    name = _only_name(fields)
    return vm_to_wire(await manager.get_vm_status(name))


async def _create_vm(manager: ManagerApi, fields: Fields) -> object:
    name = fields.text("vmName")
    cfg = cfg_from_wire(fields.record("cfg", error=StartParamError))
    iso = fields.optional_path("isoPath")
    fields.finish()
    return vm_to_wire(await manager.create_vm(name, cfg, iso=iso))


async def _start_vm(manager: ManagerApi, fields: Fields) -> object:
    name = fields.text("vmName")
    record = fields.optional_record("cfg", error=StartParamError)
    cfg = None if record is None else cfg_from_wire(record)
    fields.finish()
    return vm_to_wire(await manager.start_vm(name, cfg))


async def _stop_vm(manager: ManagerApi, fields: Fields) -> object:
    name = fields.text("vmName")
    timeout_s = fields.number("timeoutSeconds", STOP_TIMEOUT_S, low=0, high=LONGEST_STOP_S)
    fields.finish()
    return vm_to_wire(await manager.stop_vm(name, timeout_s=timeout_s))


async def _force_stop_vm(manager: ManagerApi, fields: Fields) -> object:
    return vm_to_wire(await manager.force_stop_vm(_only_name(fields)))


async def _pause_vm(manager: ManagerApi, fields: Fields) -> object:
    return vm_to_wire(await manager.pause_vm(_only_name(fields)))


async def _resume_vm(manager: ManagerApi, fields: Fields) -> object:
    return vm_to_wire(await manager.resume_vm(_only_name(fields)))


async def _destroy_vm(manager: ManagerApi, fields: Fields) -> object:
    await manager.destroy_vm(_only_name(fields))
    return {}


async def _undo_destroy_vm(manager: ManagerApi, fields: Fields) -> object:
    return vm_to_wire(await manager.undo_destroy_vm(_only_name(fields)))


async def _rename_vm(manager: ManagerApi, fields: Fields) -> object:
    name, new_name = fields.text("vmName"), fields.text("newName")
    fields.finish()
    return vm_to_wire(await manager.rename_vm(name, new_name))


async def _mount_cd_drive_to_vm(manager: ManagerApi, fields: Fields) -> object:
    name, iso = fields.text("vmName"), fields.path("isoPath")
    fields.finish()
    return vm_to_wire(await manager.mount_cd_drive_to_vm(name, iso))


async def _unmount_cd_drive_from_vm(manager: ManagerApi, fields: Fields) -> object:
    name, iso = fields.text("vmName"), fields.optional_path("isoPath")
    fields.finish()
    return vm_to_wire(await manager.unmount_cd_drive_from_vm(name, iso))


async def _screenshot_vm(manager: ManagerApi, fields: Fields) -> object:
    name, target = fields.text("vmName"), fields.path("path")
    fields.finish()
    return {"path": str(await manager.screenshot_vm(name, target))}


async def _show_vm(manager: ManagerApi, fields: Fields) -> object:
    await manager.show_vm(_only_name(fields))
    return {}


async def _show_window(manager: ManagerApi, fields: Fields) -> object:
    iso = fields.optional_path("isoPath")
    fields.finish()
    await manager.show_window(iso)
    return {}


async def _ping(manager: ManagerApi, fields: Fields) -> object:  # noqa: ARG001 - answers for the process
    fields.finish()
    return {"version": __version__, "pid": os.getpid()}


async def _query_commands(manager: ManagerApi, fields: Fields) -> object:  # noqa: ARG001 - as above
    fields.finish()
    return [{"name": name} for name in (*CONNECTION_COMMANDS, *COMMANDS)]


def _only_name(fields: Fields) -> str:
    name = fields.text("vmName")
    fields.finish()
    return name


CONNECTION_COMMANDS = ("qmp_capabilities", "on", "off")
"""What a connection does by itself."""

COMMANDS: Mapping[str, Command] = MappingProxyType(
    {
        "listVms": _list_vms,
        "getVmStatus": _get_vm_status,
        "createVm": _create_vm,
        "startVm": _start_vm,
        "stopVm": _stop_vm,
        "forceStopVm": _force_stop_vm,
        "pauseVm": _pause_vm,
        "resumeVm": _resume_vm,
        "destroyVm": _destroy_vm,
        "undoDestroyVm": _undo_destroy_vm,
        "renameVm": _rename_vm,
        "mountCDDriveToVm": _mount_cd_drive_to_vm,
        "unmountCDDriveFromVm": _unmount_cd_drive_from_vm,
        "screenshotVm": _screenshot_vm,
        "showVm": _show_vm,
        "showWindow": _show_window,
        "ping": _ping,
        "queryCommands": _query_commands,
        "query-commands": _query_commands,  # QMP's spelling: its shells complete names by it
    }
)


async def run_command(manager: ManagerApi, name: str, arguments: Mapping[str, Any]) -> object:
    """Run the command of that name, which must be in `COMMANDS`, and return what goes out.

    Raises:
        AppError: whatever the manager raises, and ParamError for wrong arguments.
    """
    return await COMMANDS[name](manager, Fields(arguments))
