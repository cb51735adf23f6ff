"""What all functions of the manager stand on: the machines, and what the person allows."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from app.errors import AppError, EngineError, NotSupportedError, StateError
from app.vm import limits
from app.vm.bindings import Bindings
from app.vm.engine import Engine
from app.vm.events import (
    EventHub,
    HostChanged,
    PermissionChanged,
    Subscription,
    TabletSwitchChanged,
    VmCreated,
)
from app.vm.gate import GATE_FILE, Gate, GateStatus, PostureSensor
from app.vm.host import HostReport, probe_host
from app.vm.machine import Machine
from app.vm.model import VmInfo
from app.vm.off_loop import ask
from app.vm.permissions import Answer, Permission, Permissions
from app.vm.posture import TabletSwitch
from app.vm.power import Power
from app.vm.qemu.facts import engine_facts
from app.vm.registry import Registry
from app.vm.space_guard import SpaceLimits
from app.vm.state import VmState
from app.vm.store import Library, look, storing
from app.vm.task_journal import TaskJournal
from app.vm.tasks import Tasks

if TYPE_CHECKING:
    from app.vm.path_policy import PathPolicy
    from app.vm.service import WireService
    from app.vm.thumbnail import ViewPicture

_log = logging.getLogger(__name__)


class Screen(Protocol):
    """The side of the manager that has windows; absent without a screen."""

    @property
    def display(self) -> str:
        """Where the windows are, such as ``wayland-0`` or ``:0``; empty when nobody can tell."""

    async def show(self, vm_name: str) -> None:
        """Open or raise the machine's window."""

    def raise_window(self, iso: Path | None) -> None:
        """Raise the main window; with `iso`, begin a new machine from it."""

    def request_window(self, activation_token: str) -> int:
        """Number for a window that opens when a machine is bound to it."""

    async def open_view(self, vm_name: str, window_id: int, width_px: int, height_px: int) -> None:
        """Open the window of that number, bound to the machine, at a size in device pixels."""

    def close_view(self, window_id: int) -> None:
        """Close the window, which frees it."""

    def resize_view(self, window_id: int, width_px: int, height_px: int) -> None:
        """Give the window's picture another size, device pixels."""

    def picture(self, window_id: int) -> ViewPicture | None:
        """What the window shows now; None when it is not in sight, so that it may be old."""

    async def ask_resolution(self, window_id: int, width_px: int, height_px: int) -> None:
        """Ask the guest for a picture of this size; returns when it has it.

        Raises:
            NotSupportedError: the guest's device has sizes of its own only.
            StateError: there is no picture now, or the guest did not take the size in time.
        """

    def lock_guest(self, window_id: int) -> None:
        """Go to exclusive mode."""

    def release_input(self, window_id: int) -> None:
        """Leave exclusive mode and give keyboard and pointer back, at once."""


class ManagerCore:
    """The parts that the manager's functions share. Belongs to one asyncio loop.

    Attributes:
        library: where everything is.
        events: what happened.
        bindings: which window shows which machine.
        gate: PC mode and posture.
        permissions: what machines and programs may.
        journal: where long work is written down.
        long_work: imports, exports, snapshots that are under way.
        screen: the windows, when this process has some.
        service: the socket, once it listens.
        handover: set when another process shall be the manager; None when that is not on offer.
    """

    def __init__(
        self,
        library: Library,
        engine: Engine,
        tasks: asyncio.TaskGroup,
        *,
        sensor: PostureSensor | None = None,
        space: SpaceLimits | None = None,
    ) -> None:
        self.library = library
        self.events = EventHub()
        self.bindings = Bindings()
        self.gate = Gate(library.root / GATE_FILE, sensor or TabletSwitch())
        self.permissions = Permissions(library.root, tasks)
        self.screen: Screen | None = None
        self.service: WireService | None = None
        self.handover: asyncio.Event | None = None
        self._engine = engine
        self._tasks = tasks
        self._space = space or SpaceLimits()
        self._space_notice = ""
        self.journal = TaskJournal(library.tasks)
        self.long_work = Tasks(tasks, self.events, self.journal)
        self._registry = Registry(library, engine, self.events, tasks)
        self._power = Power(
            library,
            engine,
            self._registry,
            host_report=self.host_report,
            check_gate=self.gate.check,
            paths=lambda: self.paths,
            space=self._space,
        )
        self._host: asyncio.Task[HostReport | AppError] | None = None
        self.permissions.on_change = self._tell_permission

    @cached_property
    def paths(self) -> PathPolicy:
        """Which files machines may have; made at the first question, after the first paint."""
        from app.vm.path_policy import PathPolicy  # noqa: PLC0415 - see above

        return PathPolicy.for_user(self.library.root)

    def snapshot(self) -> tuple[VmInfo, ...]:
        """`list_vms` for callers on the manager's own loop that cannot wait."""
        return self._registry.snapshot()

    def look_up(self, vm_id: UUID) -> VmInfo | None:
        """The machine with this id, None when it is not in the library; for its window."""
        machine = self._registry.by_id(vm_id)
        return machine.info() if machine is not None else None

    def subscribe(self) -> AbstractContextManager[Subscription]:
        """Read all events published from now on, inside a ``with`` block."""
        return self.events.subscribe()

    def gate_status(self) -> GateStatus:
        """`get_pc_mode` for callers on the manager's own loop that cannot wait."""
        return self.gate.status()

    def host_size(self) -> limits.HostSize:
        """What this computer has for machines now."""
        return limits.host_size(self.library.root)

    async def host_report(self) -> HostReport:
        """Whether KVM works here; the first call waits for the probe, at most about 2 s.

        Raises:
            NotSupportedError: there is no QEMU.
        """
        if self._host is None:
            self._host = self._tasks.create_task(self._probe(), name="host-probe")
        report = await asyncio.shield(self._host)
        if isinstance(report, AppError):
            self._host = None  # QEMU may be installed meanwhile: the next call looks again.
            raise report
        return report

    def _machine(self, vm_name: str) -> Machine:
        """The machine of this name.

        Raises:
            UnknownVmError: there is none.
        """
        return self._registry.find(vm_name)

    def _whole_machine(self, vm_name: str) -> Machine:
        """The machine of this name, whose files are all there.

        Raises:
            UnknownVmError: there is none.
            StateError: its files are missing or damaged.
        """
        machine = self._machine(vm_name)
        if machine.state is VmState.UNAVAILABLE:
            raise StateError(
                "The files of this machine are missing or damaged.",
                remedy="Look at the machine's status for what is wrong.",
            )
        return machine

    async def _usable_file(self, path: Path | str) -> Path:
        """Where a file really is that a machine may have, such as a disc; text is translated.

        Raises:
            PathError: it cannot be read, is empty, or may not be used.
        """
        checked = await ask(path, self.paths.check_file, path, not_empty=True)
        return checked.path

    async def _take_back(self, trashed: Path) -> Machine:
        """Bring a machine out of the trash into the library; the caller has its name reserved."""
        with storing("The machine cannot be taken out of the trash."):
            folder = await asyncio.to_thread(self.library.take_from_trash, trashed)
        machine = self._registry.add(await asyncio.to_thread(look, folder))
        self.events.publish(VmCreated(vm_id=machine.config.id, vm_name=machine.name))
        return machine

    def _need_screen(self) -> Screen:
        if self.screen is None:
            raise NotSupportedError(
                "This manager has no screen.", remedy="Start Duplex VM on a desktop."
            )
        return self.screen

    def _forget_view(self, vm_id: UUID) -> None:
        """Free the view of a machine that leaves the library; `app.vm.manager.views` does it."""

    async def _keep_before(self, machine: Machine, name: str) -> None:
        """Keep a machine before something changes for good; `app.vm.manager.snapshots` does it."""

    def _tell_gate(self, before: GateStatus, after: GateStatus) -> None:  # noqa: ARG002 - a listener's shape
        self.events.publish(TabletSwitchChanged(gate=after))

    def _tell_permission(
        self, subject: UUID | None, permission: Permission, answer: Answer
    ) -> None:
        self.events.publish(PermissionChanged(vm_id=subject, permission=permission, answer=answer))

    async def _probe(self) -> HostReport | AppError:
        """The probe's result or its failure, as a value: it must not end the other tasks."""
        try:
            report = await probe_host(await engine_facts())
        except AppError as err:
            return err
        except Exception as err:  # noqa: BLE001 - a bug here must not take the machines down
            _log.exception("the host cannot be probed")
            return EngineError("This computer cannot be probed.", detail=repr(err))
        self._tell_host(report.accelerator, report.notice)
        return report

    async def _tell_space(self, notice: str) -> None:
        """Space has become short, or, with an empty notice, that is over."""
        self._space_notice = notice
        try:
            report = await self.host_report()
        except AppError:
            self._tell_host("", "")
        else:
            self._tell_host(report.accelerator, report.notice)

    def _tell_host(self, accelerator: str, notice: str) -> None:
        """Tell all that is to be said of this computer: a window shows the last that it heard."""
        lines = [line for line in (notice, self._space_notice) if line]
        self.events.publish(HostChanged(accelerator=accelerator, notice="\n".join(lines)))
