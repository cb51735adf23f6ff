"""Keeps what the windows show in step with the manager."""

from __future__ import annotations

import logging
from typing import Protocol
from uuid import UUID

from app.errors import AppError, UnknownVmError
from app.views.library_model import LibraryModel
from app.vm.api import ManagerApi
from app.vm.events import (
    DataRecovery,
    DiskExported,
    DiskMigration,
    HostChanged,
    MachineEvent,
    PermissionChanged,
    Resync,
    TabletSwitchChanged,
    VmEvent,
    VmRemoved,
)
from app.vm.gate import GateStatus
from app.vm.records import TaskInfo

_log = logging.getLogger(__name__)


class Listener(Protocol):
    """Who is told what is no machine's: the main window."""

    def listed(self) -> None:
        """The first list is in the model."""

    def host_changed(self, event: HostChanged) -> None:
        """Something was found out about this computer."""

    def gate_changed(self, status: GateStatus) -> None:
        """PC mode and posture, at first and after each change."""

    def permission_changed(self, event: PermissionChanged) -> None:
        """A permission was given or taken."""

    def machine_changed(self, vm_id: UUID | None) -> None:
        """Something of this machine, or of any when None, is another now."""

    def permissions_lost(self) -> None:
        """Events were missed: any permission may be another one now."""

    def tasks_listed(self, tasks: tuple[TaskInfo, ...]) -> None:
        """All long work of the manager, at first and after events were missed."""

    def task_changed(self, task: TaskInfo) -> None:
        """Long work has begun, goes on, or is over."""

    def exported(self, event: DiskExported) -> None:
        """A copy of a machine is whole and in its place."""


async def follow(manager: ManagerApi, model: LibraryModel, listener: Listener) -> None:
    """Show all machines, then every change, until cancelled.

    Args:
        manager: the truth.
        model: what people see of the machines.
        listener: told of everything else.

    Raises:
        AppError: the first list cannot be had.
    """
    with manager.subscribe() as events:
        listener.gate_changed(await manager.get_pc_mode())
        model.reset(await manager.list_vms())
        listener.listed()
        listener.tasks_listed(await manager.list_tasks())
        async for event in events:
            await _take(manager, model, listener, event)


async def _take(
    manager: ManagerApi, model: LibraryModel, listener: Listener, event: VmEvent
) -> None:
    match event:
        case HostChanged():
            listener.host_changed(event)
        case TabletSwitchChanged():
            listener.gate_changed(event.gate)
        case PermissionChanged():
            listener.permission_changed(event)
        case DiskMigration():
            listener.task_changed(event.task)
        case DiskExported():
            listener.exported(event)
        case DataRecovery():
            listener.machine_changed(event.vm_id)
        case Resync():
            await _look_again(manager, model, listener)
        case _:
            if model.apply(event):
                await _ask(manager, model, event)
                listener.machine_changed(event.vm_id)


async def _look_again(manager: ManagerApi, model: LibraryModel, listener: Listener) -> None:
    try:
        listener.gate_changed(await manager.get_pc_mode())
        model.reset(await manager.list_vms())
        listener.tasks_listed(await manager.list_tasks())
    except AppError as err:
        _log.info("the list may be behind: %s", err.message)
    listener.permissions_lost()
    listener.machine_changed(None)


async def _ask(manager: ManagerApi, model: LibraryModel, event: MachineEvent) -> None:
    """Fetch what the event itself does not tell."""
    if isinstance(event, VmRemoved):
        return
    known = model.find(event.vm_id)
    try:
        model.put(await manager.get_vm_status(known.name if known else event.vm_name))
    except UnknownVmError:
        _log.debug("%s is gone already", event)
    except AppError as err:
        _log.info("the list may be behind: %s", err.message)
