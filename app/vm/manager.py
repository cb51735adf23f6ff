"""The manager of one library: the `vm_manager` API in Python.

One process a library is the manager (`app.vm.session` sees to that). It belongs to one asyncio
loop. The machines belong to nobody: when the manager goes, they run on, and the next one takes
them over.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol
from uuid import UUID, uuid4

from app.errors import (
    INVALID_FILE_PATH,
    AppError,
    EngineError,
    NotSupportedError,
    PathError,
    StateError,
)
from app.vm import limits
from app.vm.api import STOP_TIMEOUT_S
from app.vm.bindings import Binding, Bindings
from app.vm.engine import Engine, Running
from app.vm.events import (
    EventHub,
    HostChanged,
    Subscription,
    ViewState,
    ViewStateChanged,
    VmCreated,
    VmRemoved,
    VmRenamed,
)
from app.vm.host import HostReport, probe_host
from app.vm.machine import Machine
from app.vm.making import check_disc, make_files, new_config
from app.vm.model import CfgInfo, VmInfo
from app.vm.power import Power
from app.vm.qemu.engine import QemuEngine
from app.vm.qemu.facts import engine_facts
from app.vm.registry import Registry
from app.vm.state import Trigger, VmState
from app.vm.store import Library, load_config, look, storing
from app.vm.thumbnail import take_thumbnail
from app.vm.unbroken import unbroken

_log = logging.getLogger(__name__)


class Screen(Protocol):
    """The side of the manager that has windows; absent without a screen."""

    async def show(self, vm_name: str) -> None:
        """Open or raise the machine's window."""

    def raise_window(self, iso: Path | None) -> None:
        """Raise the main window; with `iso`, begin a new machine from it."""


class VmManager:
    """Implements `app.vm.api.ManagerApi`; make it with `open`."""

    def __init__(self, library: Library, engine: Engine, tasks: asyncio.TaskGroup) -> None:
        self.library = library
        self.events = EventHub()
        self.bindings = Bindings()
        self.screen: Screen | None = None
        self._engine = engine
        self._tasks = tasks
        self._registry = Registry(library, engine, self.events, tasks)
        self._power = Power(library, engine, self._registry, self.host_report)
        self._host: asyncio.Task[HostReport | AppError] | None = None
        self._adopting: asyncio.Task[None] | None = None

    @classmethod
    @asynccontextmanager
    async def open(
        cls, library: Library, *, wait_for_machines: bool = True
    ) -> AsyncIterator[VmManager]:
        """Manage `library` inside the block; the caller holds the library's lock.

        Machines that run are taken over at once; with `wait_for_machines` before the block begins,
        else while it runs already, so that a window need not wait for twenty engines to answer.

        Leaving lets go of every machine and leaves it running.
        """
        failure: Exception | None = None
        async with asyncio.TaskGroup() as tasks:
            manager = cls(library, QemuEngine(), tasks)
            try:
                await manager.load()
                if wait_for_machines:
                    await manager.adopted()
                yield manager
            except Exception as err:  # noqa: BLE001 - kept out of the group, raised below as it is
                failure = err
            finally:
                manager.let_go()
        if failure is not None:
            raise failure

    async def load(self) -> None:
        """Find the machines and begin to take over the ones that run."""
        await self._registry.load()
        self._adopting = self._tasks.create_task(self._registry.adopt_all(), name="adopt")

    async def adopted(self) -> None:
        """Wait until every machine that ran at the start has answered or is unreachable."""
        if self._adopting is not None:
            await asyncio.shield(self._adopting)

    def let_go(self) -> None:
        """Stop following the machines, which run on, and end what is under way."""
        self._registry.let_go()
        for task in (self._host, self._adopting):
            if task is not None:
                task.cancel()

    # -- What is there ---------------------------------------------------------------------------

    async def list_vms(self) -> tuple[VmInfo, ...]:
        """All machines, running ones first, then by last use."""
        return self.snapshot()

    def snapshot(self) -> tuple[VmInfo, ...]:
        """`list_vms` for callers on the manager's own loop that cannot wait."""
        return self._registry.snapshot()

    async def get_vm_status(self, vm_name: str) -> VmInfo:
        """One machine."""
        return self._registry.find(vm_name).info()

    def look_up(self, vm_id: UUID) -> VmInfo | None:
        """The machine with this id, None when it is not in the library; for its window."""
        machine = self._registry.by_id(vm_id)
        return machine.info() if machine is not None else None

    def subscribe(self) -> AbstractContextManager[Subscription]:
        """Read all events published from now on, inside a ``with`` block."""
        return self.events.subscribe()

    async def host_report(self) -> HostReport:
        """Whether KVM works here; the first call waits for the probe, at most about 2 s."""
        if self._host is None:
            self._host = self._tasks.create_task(self._probe(), name="host-probe")
        report = await asyncio.shield(self._host)
        if isinstance(report, AppError):
            self._host = None  # QEMU may be installed meanwhile: the next call looks again.
            raise report
        return report

    def host_size(self) -> limits.HostSize:
        """What this computer has for machines now."""
        return limits.host_size(self.library.root)

    # -- Life ------------------------------------------------------------------------------------

    async def create_vm(self, vm_name: str, cfg: CfgInfo, *, iso: Path | None = None) -> VmInfo:
        """Make a machine with an empty disk; returns when it is STOPPED and safely on disk.

        Raises:
            ParamError: the name is taken or cannot be one.
            StartParamError, DiskLessError: more than this computer has.
            PathError: `iso` is no readable file.
            NotSupportedError: QEMU or the firmware is missing, or the mode is not built yet.
        """
        name = self._registry.free_name(vm_name)
        host = self.host_size()
        limits.check_cpus(cfg.cpu_num, host)
        limits.check_memory_ever(cfg.memory_size, host)
        limits.check_new_disk(cfg.disk_size, host)
        if iso is not None:
            iso = await asyncio.to_thread(check_disc, iso)
        if cfg.enhance_file_path:
            tools = await asyncio.to_thread(check_disc, Path(cfg.enhance_file_path))
            cfg = replace(cfg, enhance_file_path=str(tools))
        facts = await engine_facts()
        config = new_config(uuid4(), self._registry.free_name(name), cfg, facts, disc=iso)
        machine = Machine(config, Path(), self.events.publish, state=VmState.CREATE)
        self._registry.enlist(machine)
        try:
            with storing("The machine's files cannot be made."):
                building = await make_files(self.library, config)
                await unbroken(self._appear(machine, building))
        finally:
            if machine.state is VmState.CREATE:
                self._registry.remove(machine)
        return machine.info()

    async def start_vm(self, vm_name: str, cfg: CfgInfo | None = None) -> VmInfo:
        """Start it; returns when it is RUNNING. `cfg` holds for this run only.

        A machine that runs already is a success; a paused one is not: resume it.
        """
        return await self._power.start(self._registry.find(vm_name), cfg)

    async def stop_vm(self, vm_name: str, *, timeout_s: float = STOP_TIMEOUT_S) -> VmInfo:
        """Press the power button and wait; force is offered, never used.

        Raises:
            StopRefusedError: the guest did not switch itself off in time; it runs on.
        """
        return await self._power.stop(self._registry.find(vm_name), timeout_s)

    async def force_stop_vm(self, vm_name: str) -> VmInfo:
        """Cut the power; what the guest had not saved is lost.

        Raises:
            EngineError: not even force ended the engine.
        """
        return await self._power.force_stop(self._registry.find(vm_name))

    async def pause_vm(self, vm_name: str) -> VmInfo:
        """Let the machine stand still.

        Raises:
            StateError: it ended, or went on by itself, meanwhile.
        """
        return await self._power.pause(self._registry.find(vm_name))

    async def resume_vm(self, vm_name: str) -> VmInfo:
        """Let a paused machine go on.

        Raises:
            StateError: it ended, or was stopped again at once (a disk that is still full).
        """
        return await self._power.resume(self._registry.find(vm_name))

    async def destroy_vm(self, vm_name: str) -> None:
        """Move a stopped machine into the trash; `undo_destroy_vm` takes it back."""
        machine = self._registry.find(vm_name)
        machine.refuse_unreachable()
        async with machine.editing:
            if self._engine.is_alive(machine.folder):  # started by somebody else's hand
                raise StateError(
                    "The machine is running.", remedy="Shut it down first, then delete it."
                )
            problem = machine.problem if machine.state is VmState.UNAVAILABLE else None
            machine.apply(Trigger.DESTROY)
            await unbroken(self._throw_away(machine, problem))

    async def undo_destroy_vm(self, vm_name: str) -> VmInfo:
        """Take the machine of that name that was destroyed last out of the trash.

        Raises:
            UnknownVmError: the trash has none.
            ParamError: another machine has the name now.
            StoreError: it is damaged, or the library cannot be written.
        """
        with storing("The trash cannot be read."):
            trashed = await asyncio.to_thread(self.library.newest_in_trash, vm_name)
        config = await asyncio.to_thread(load_config, trashed)
        if self._registry.by_id(config.id) is not None:
            raise StateError("This machine is in the library already.")
        with self._registry.reserved(config.name):
            machine = await unbroken(self._take_back(trashed))
        return machine.info()

    async def rename_vm(self, vm_name: str, new_name: str) -> VmInfo:
        """Give it another name; files and folder keep theirs."""
        machine = self._registry.find(vm_name)
        with self._registry.reserved(new_name, but=machine) as name:
            async with machine.editing:
                if machine.state is VmState.UNAVAILABLE or machine.state.is_changing:
                    raise StateError(
                        "This machine cannot be renamed now.",
                        remedy="Wait until it has reached another state.",
                    )
                await unbroken(self._rename(machine, name))
        return machine.info()

    # -- Disc ------------------------------------------------------------------------------------

    async def mount_cd_drive_to_vm(self, vm_name: str, iso_path: Path) -> VmInfo:
        """Put a disc image into the drive of a stopped machine."""
        machine = self._registry.find(vm_name)
        _refuse_unless_off(machine)
        disc = await asyncio.to_thread(check_disc, iso_path)
        return await self._change_disc(machine, disc)

    async def unmount_cd_drive_from_vm(self, vm_name: str, iso_path: Path | None = None) -> VmInfo:
        """Take the disc out; with `iso_path` only when it is that one."""
        machine = self._registry.find(vm_name)
        _refuse_unless_off(machine)
        if iso_path is not None and not _holds(machine, iso_path):
            raise PathError(
                f"{INVALID_FILE_PATH}: {iso_path} is not in the drive.",
                remedy="Look at the machine's status for the disc that is.",
            )
        return await self._change_disc(machine, None)

    # -- Picture and window ----------------------------------------------------------------------

    async def screenshot_vm(self, vm_name: str, target: Path) -> Path:
        """Write the present picture of a live machine as PNG to `target`."""
        machine = self._registry.find(vm_name)
        if not target.parent.is_dir():
            raise PathError(
                f"{INVALID_FILE_PATH}: the folder {target.parent} does not exist.",
                remedy="Choose a folder that exists.",
            )
        try:
            await machine.live().screenshot(target)
        except OSError as err:
            raise PathError(
                f"{INVALID_FILE_PATH}: {target} cannot be written.", detail=str(err)
            ) from err
        return target

    async def refresh_thumbnail(self, vm_name: str) -> None:
        """Take a new small picture of a live machine and tell that there is one."""
        machine = self._registry.find(vm_name)
        if machine.state not in {VmState.RUNNING, VmState.VIEWING, VmState.PAUSED}:
            return
        await take_thumbnail(machine.live(), machine.folder)
        machine.tell_changed()

    async def show_vm(self, vm_name: str) -> None:
        """Open, or raise, the machine's window on this manager's screen."""
        machine = self._registry.find(vm_name)
        if self.screen is None:
            raise NotSupportedError(
                "This manager has no screen.", remedy="Start Duplex VM on a desktop."
            )
        await self.screen.show(machine.name)

    async def show_window(self, iso: Path | None = None) -> None:
        """Raise the main window, and begin a new machine from `iso` when given."""
        if self.screen is None:
            raise NotSupportedError(
                "This manager has no screen.", remedy="Start Duplex VM on a desktop."
            )
        self.screen.raise_window(iso)

    def create_vm_view(
        self, vm_name: str, window_id: int, width_px: int, height_px: int
    ) -> Binding:
        """`createVmView`: bind the machine's picture to exactly one window."""
        machine = self._registry.find(vm_name)
        if machine.state is VmState.UNAVAILABLE:
            raise StateError("The files of this machine are missing or damaged.")
        binding = self.bindings.bind(machine.config.id, window_id, width_px, height_px)
        machine.set_window(window_id)
        self._tell_view(binding, ViewState.BOUND)
        return binding

    def destroy_vm_view(self, window_id: int) -> None:
        """`destroyVmView`: free the window; the machine goes on."""
        binding = self.bindings.release(window_id)
        machine = self._registry.by_id(binding.vm_id)
        if machine is not None:
            machine.set_window(None)
        self._tell_view(binding, ViewState.RELEASED)

    def set_vm_view_size(
        self, width_px: int, height_px: int, window_id: int | None = None
    ) -> Binding:
        """`setVmViewSize`: note the wished size in guest pixels; the window passes it on."""
        return self.bindings.resize(width_px, height_px, window_id)

    def tell_view_state(self, window_id: int, view_state: ViewState, reason: str = "") -> None:
        """The window side reports what became of a bound view."""
        binding = self.bindings.of_window(window_id)
        if binding is not None:
            self._tell_view(binding, view_state, reason)

    def running(self, vm_name: str) -> Running:
        """The live engine of a machine, for its view.

        Raises:
            StateError: the machine is off.
        """
        return self._registry.find(vm_name).live()

    # -- Inside ----------------------------------------------------------------------------------

    async def _appear(self, machine: Machine, building: Path) -> None:
        try:
            machine.folder = await asyncio.to_thread(self.library.finish, building, machine.config)
        except OSError:
            await asyncio.to_thread(self.library.discard, building)
            raise
        self.events.publish(VmCreated(vm_id=machine.config.id, vm_name=machine.name))
        machine.apply(Trigger.CREATED)

    async def _throw_away(self, machine: Machine, problem: AppError | None) -> None:
        try:
            with storing("The machine could not be moved to the trash."):
                await asyncio.to_thread(self.library.move_to_trash, machine.folder)
        except AppError:
            machine.apply(Trigger.DESTROY_FAILED)
            if problem is not None:
                machine.apply(Trigger.DAMAGED, problem=problem)
            raise
        self._registry.remove(machine)
        self.events.publish(VmRemoved(vm_id=machine.config.id, vm_name=machine.name))

    async def _take_back(self, trashed: Path) -> Machine:
        with storing("The machine cannot be taken out of the trash."):
            folder = await asyncio.to_thread(self.library.take_from_trash, trashed)
        machine = self._registry.add(await asyncio.to_thread(look, folder))
        self.events.publish(VmCreated(vm_id=machine.config.id, vm_name=machine.name))
        return machine

    async def _rename(self, machine: Machine, new_name: str) -> None:
        old_name = machine.name
        await machine.save(replace(machine.config, name=new_name))
        self.events.publish(VmRenamed(vm_id=machine.config.id, vm_name=new_name, old_name=old_name))

    async def _change_disc(self, machine: Machine, disc: Path | None) -> VmInfo:
        async with machine.editing:
            _refuse_unless_off(machine)
            await unbroken(machine.save(replace(machine.config, disc=disc)))
        machine.tell_changed()
        return machine.info()

    def _tell_view(self, binding: Binding, state: ViewState, reason: str = "") -> None:
        machine = self._registry.by_id(binding.vm_id)
        self.events.publish(
            ViewStateChanged(
                vm_id=binding.vm_id,
                vm_name=machine.name if machine else "",
                window_id=binding.window_id,
                view_state=state,
                width_px=binding.width_px,
                height_px=binding.height_px,
                reason=reason,
            )
        )

    async def _probe(self) -> HostReport | AppError:
        """The probe's result or its failure, as a value: it must not end the other tasks."""
        try:
            report = await probe_host(await engine_facts())
        except AppError as err:
            return err
        except Exception as err:  # noqa: BLE001 - a bug here must not take the machines down
            _log.exception("the host cannot be probed")
            return EngineError("This computer cannot be probed.", detail=repr(err))
        self.events.publish(HostChanged(accelerator=report.accelerator, notice=report.notice))
        return report


def _refuse_unless_off(machine: Machine) -> None:
    if machine.state not in {VmState.STOPPED, VmState.ERROR, VmState.AVAILABLE}:
        raise StateError(
            "The disc can only be changed while the machine is off.",
            remedy="Shut the machine down first.",
        )
    machine.refuse_unreachable()


def _holds(machine: Machine, disc: Path) -> bool:
    return machine.config.disc == disc.expanduser().absolute()
