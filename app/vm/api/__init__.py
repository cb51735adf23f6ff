"""The control plane's functions, as the window, the command line and the wire service share them.

Two things have this shape: `app.vm.manager.VmManager`, which is the manager, and
`app.vm.client.RemoteManager`, which talks to one over its socket. Names are the `vm_manager`
document's in Python's spelling. A function returns when what it names is true, or raises an
`AppError`. A machine is named by `vm_name`; case does not matter.

The signatures and docstrings in this package are the one place where a function is described: the
wire's spelling, the reading of arguments and `docs/api.md` follow from them
(`app.vm.functions`). The last lines of a docstring may name the ``Events:`` that a call brings.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from app.vm.api.devices import DevicesApi
from app.vm.api.disks import DisksApi
from app.vm.api.life import STOP_TIMEOUT_S, LifeApi
from app.vm.api.limits import LimitsApi
from app.vm.api.network import NetworkApi
from app.vm.api.recovery import RecoveryApi
from app.vm.api.rules import RulesApi
from app.vm.api.service import ServiceApi
from app.vm.api.snapshots import SnapshotsApi
from app.vm.api.tasks import TasksApi
from app.vm.api.trash import TrashApi
from app.vm.api.views import ViewsApi
from app.vm.events import Subscription

__all__ = ["GROUPS", "STOP_TIMEOUT_S", "ManagerApi"]

GROUPS: tuple[type, ...] = (
    LifeApi,
    LimitsApi,
    DisksApi,
    SnapshotsApi,
    TasksApi,
    TrashApi,
    RecoveryApi,
    ViewsApi,
    DevicesApi,
    NetworkApi,
    RulesApi,
    ServiceApi,
)
"""The functions by subject, in the order of the documentation."""


class ManagerApi(
    LifeApi,
    LimitsApi,
    DisksApi,
    SnapshotsApi,
    TasksApi,
    TrashApi,
    RecoveryApi,
    ViewsApi,
    DevicesApi,
    NetworkApi,
    RulesApi,
    ServiceApi,
    Protocol,
):
    """What can be asked of a manager."""

    def subscribe(self) -> AbstractContextManager[Subscription]:
        """Read all events published from now on, inside a ``with`` block."""
