"""Keeps the library's model in step with the manager."""

from __future__ import annotations

import logging
from collections.abc import Callable

from app.errors import AppError, UnknownVmError
from app.views.library_model import LibraryModel
from app.vm.api import ManagerApi
from app.vm.events import HostChanged, Resync, VmEvent, VmRemoved

_log = logging.getLogger(__name__)


async def follow(
    manager: ManagerApi,
    model: LibraryModel,
    *,
    listed: Callable[[], None],
    host_changed: Callable[[HostChanged], None],
) -> None:
    """Show all machines, then every change, until cancelled.

    Args:
        manager: the truth.
        model: what people see.
        listed: called when the first list is there.
        host_changed: called with what is found out about this computer.

    Raises:
        AppError: the first list cannot be had.
    """
    with manager.subscribe() as events:
        model.reset(await manager.list_vms())
        listed()
        async for event in events:
            if isinstance(event, HostChanged):
                host_changed(event)
            elif model.apply(event):
                await _ask(manager, model, event)


async def _ask(manager: ManagerApi, model: LibraryModel, event: VmEvent) -> None:
    """Fetch what the event itself does not tell."""
    try:
        if isinstance(event, Resync):
            model.reset(await manager.list_vms())
        elif not isinstance(event, VmRemoved | HostChanged):
            known = model.find(event.vm_id)
            model.put(await manager.get_vm_status(known.name if known else event.vm_name))
    except UnknownVmError:
        _log.debug("%s is gone already", event)
    except AppError as err:
        _log.info("the list may be behind: %s", err.message)
