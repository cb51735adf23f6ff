"""A manager is left behind where a command started a machine and nobody else looks after it.

Posture, permissions and events are kept by whoever is the manager, so a machine that runs should
have one. What is left is ``duplex-vm serve``, apart from us and from the terminal; it takes over as
soon as we have let go of the library, and ends by itself.
"""

from __future__ import annotations

import logging
import math
import os
from typing import TYPE_CHECKING

from app.cli.own_program import let_go, start_apart
from app.vm.client import RemoteManager

if TYPE_CHECKING:
    from app.vm.api import ManagerApi
    from app.vm.manager import VmManager

_log = logging.getLogger(__name__)

IDLE_EXIT_VARIABLE = "DUPLEX_VM_IDLE_EXIT_S"
IDLE_EXIT_S = 30.0


def idle_exit_s() -> float:
    """Seconds for which a manager that is left behind may have nothing to do."""
    text = os.environ.get(IDLE_EXIT_VARIABLE, "")
    try:
        value = float(text) if text else IDLE_EXIT_S
    except ValueError:
        value = math.nan
    if math.isfinite(value) and value >= 0:
        return value
    _log.warning("%s is no number of seconds; %g s hold", IDLE_EXIT_VARIABLE, IDLE_EXIT_S)
    return IDLE_EXIT_S


def own_manager(manager: ManagerApi) -> VmManager | None:
    """The manager when this process is it, else None."""
    if isinstance(manager, RemoteManager):
        return None
    from app.vm.manager import VmManager  # noqa: PLC0415 - a client does without the engine side

    return manager if isinstance(manager, VmManager) else None


def leave_manager_behind(manager: ManagerApi) -> None:
    """Start a manager in our place, if we are one and a machine runs."""
    own = own_manager(manager)
    if own is None or not any(vm.state.has_process for vm in own.snapshot()):
        return
    try:
        let_go(start_apart("serve", f"--idle-exit={idle_exit_s():g}"))
    except OSError as err:
        _log.warning("the machine runs, but nobody looks after its rules: %s", err)
