"""A machine goes back to a snapshot: all of its disks, and its memory when it was kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from app.errors import AppError, EngineError, StateError
from app.vm.engine import Running, RunStatus
from app.vm.limits import MIB
from app.vm.machine import Machine
from app.vm.model import VmConfig, showable_name
from app.vm.snapshots.disks import Held, SnapshotDisks, count, live_disks, memory_bytes, off_disks
from app.vm.snapshots.files import put_back_variables_under_engine
from app.vm.snapshots.journal import Journal, begin, end, note_current, replay
from app.vm.snapshots.listing import problem_of
from app.vm.snapshots.manifest import Entry, load_manifest
from app.vm.snapshots.taking import Keeping
from app.vm.snapshots.working import no_such, snapshotting, tidy
from app.vm.state import Trigger, advance
from app.vm.unbroken import unbroken
from app.vm.updating import check_off, updating

_log = logging.getLogger(__name__)

StartFrom = Callable[[Machine, VmConfig, Callable[[Running], Awaitable[bool]]], Awaitable[object]]
"""Starts a machine with these settings; the function loads its memory before it runs, and tells
whether it shall run."""
_HALF = "The memory of the snapshot could not be loaded: the machine is off, with its disks."


@dataclass(frozen=True)
class Restoring:
    """Takes one machine back.

    Attributes:
        machine: which.
        keeping: makes the safety snapshot.
        is_alive: see `app.vm.engine.Engine`.
        accelerator: tells what a start would run with, ``kvm`` or ``tcg``.
        check_start: raises an AppError when the host cannot start a machine with these settings.
        start_from: starts it from memory.
    """

    machine: Machine
    keeping: Keeping
    is_alive: Callable[[Path], bool]
    accelerator: Callable[[], Awaitable[str]]
    check_start: Callable[[VmConfig], Awaitable[None]]
    start_from: StartFrom

    async def restore(self, tag: str, *, safety: bool, disks_only: bool) -> None:
        """Go back; see `SnapshotsApi.restore_snapshot`."""
        if self.machine.state.has_process:
            await self._restore_live(tag, safety=safety, disks_only=disks_only)
        else:
            await self._restore_off(tag, safety=safety, disks_only=disks_only)
        self.machine.tell_changed()

    # -- On --------------------------------------------------------------------------------------

    async def _restore_live(self, tag: str, *, safety: bool, disks_only: bool) -> None:
        machine = self.machine
        advance(machine.state, Trigger.SNAPSHOT)
        disks = live_disks(machine)
        held = await disks.held()
        self._check_there(held, tag)
        entry = self._entry(tag)
        if disks_only or entry is None or not memory_bytes(held, tag):
            raise StateError(
                "This takes the disks back, which is possible while the machine is off only.",
                remedy="Shut the machine down, or force it off, then go back.",
            )
        self._check_fits(entry, _of_run(machine), machine.live().accelerator)
        async with snapshotting(machine, "restoring-snapshot") as running:
            self._check_fits(entry, _of_run(machine), running.accelerator)  # it may have got a disk
            disks = live_disks(machine)
            await tidy(machine, disks)
            if safety:
                await self._keep_safe(disks, entry.name, entry)
            await unbroken(self._load(running, entry, disks.ids))

    async def _load(self, running: Running, entry: Entry, disk_ids: tuple[str, ...]) -> None:
        folder = self.machine.folder
        ran = await running.query_status() is RunStatus.RUNNING
        # It stands before anything is written down: should this process end now, nothing that the
        # guest does afterwards can be lost to the journal.
        await running.pause()
        try:
            await asyncio.to_thread(begin, folder, Journal(tag=entry.tag, resume=ran))
            await running.load_snapshot(entry.tag, disk_ids)
        except EngineError as err:
            await self._end_halfway(running)
            raise EngineError(_HALF, remedy="Start it.", detail=err.detail) from err
        except AppError:
            await asyncio.to_thread(end, folder)
            if ran:
                await running.resume()
            raise
        await asyncio.to_thread(put_back_variables_under_engine, folder, entry.tag)
        await note_current(self.machine, entry.tag)
        await asyncio.to_thread(end, folder)
        await self._note_sizes(running)
        if entry.was_running:
            await running.resume()

    async def _end_halfway(self, running: Running) -> None:
        """End an engine whose memory does not belong to its disks, and finish the disks."""
        machine = self.machine
        await running.kill()
        await machine.wait_for(lambda state: not state.has_process)
        async with updating(machine, self.is_alive):
            _log.warning("%s: only its disks went back", machine.name)

    async def _note_sizes(self, running: Running) -> None:
        """A snapshot may be of a time when a disk was smaller."""
        machine = self.machine
        try:
            sizes = {
                disk.id: await running.disk_bytes(disk.id) // MIB for disk in machine.config.disks
            }
            async with machine.editing:
                await machine.save(_with_sizes(machine.config, sizes))
            if machine.run_config is not None:
                machine.run_config = _with_sizes(machine.run_config, sizes)
        except AppError as err:
            _log.warning("%s: the sizes of its disks are not noted: %s", machine.name, err)

    # -- Off -------------------------------------------------------------------------------------

    async def _restore_off(self, tag: str, *, safety: bool, disks_only: bool) -> None:
        machine = self.machine
        check_off(machine, self.is_alive)
        entry = self._entry(tag)
        async with updating(machine, self.is_alive, to_another=True):
            disks = off_disks(machine)
            held = await disks.held()
            self._check_there(held, tag)
            with_memory = entry is not None and not disks_only and memory_bytes(held, tag) > 0
            if entry is not None and with_memory:
                self._check_fits(entry, None, await self.accelerator())
                await self.check_start(entry.config)
            await tidy(machine, disks)
            if safety:
                await self._keep_safe(disks, entry.name if entry else tag, entry)
            await unbroken(self._revert(tag))
        if entry is not None and with_memory:
            await self._start(entry)

    async def _revert(self, tag: str) -> None:
        await asyncio.to_thread(begin, self.machine.folder, Journal(tag=tag))
        await replay(self.machine)

    async def _start(self, entry: Entry) -> None:
        machine = self.machine
        disk_ids = tuple(disk.id for disk in machine.config.disks)

        async def load(running: Running) -> bool:
            try:
                await running.load_snapshot(entry.tag, disk_ids)
            except (EngineError, StateError) as err:
                raise EngineError(_HALF, remedy="Start it.", detail=err.detail) from err
            return entry.was_running

        config = replace(
            entry.config,
            id=machine.config.id,
            name=machine.config.name,
            disks=machine.config.disks,
        )
        await self.start_from(machine, config, load)

    # -- Both ------------------------------------------------------------------------------------

    async def _keep_safe(self, disks: SnapshotDisks, name: str, target: Entry | None) -> None:
        spared = target.id if target is not None else None
        await unbroken(self.keeping.keep(disks, safety_name(name), automatic=True, spared=spared))

    def _entry(self, tag: str) -> Entry | None:
        return load_manifest(self.machine.folder).by_tag(tag)

    def _check_there(self, held: Held, tag: str) -> None:
        if not count(held, tag) and self._entry(tag) is None:
            raise no_such(self.machine)
        problem = problem_of(held, tag, self._entry(tag))
        if problem:
            raise StateError(
                f"The machine cannot go back to this snapshot. {problem}",
                remedy="Choose another snapshot, or delete this one.",
            )

    def _check_fits(self, entry: Entry, config: VmConfig | None, accelerator: str) -> None:
        """Refuse memory that would not fit: a load finds out only after the disks went back."""
        if entry.accelerator != accelerator:
            raise StateError(
                f"The snapshot's memory was kept with {entry.accelerator.upper()}, but machines "
                f"run with {accelerator.upper()} now.",
                remedy="Go back to its disks only, with the machine off.",
            )
        present = config or self.machine.config
        same_disks = [d.id for d in present.disks] == [d.id for d in entry.config.disks]
        same_board = config is None or (
            (config.hardware, config.cpus, config.memory_mib)
            == (entry.config.hardware, entry.config.cpus, entry.config.memory_mib)
        )
        if not (same_disks and same_board):
            raise StateError(
                "The machine has other hardware now than the snapshot's memory knows.",
                remedy="Shut the machine down, then go back; or to its disks only.",
            )


def safety_name(name: str) -> str:
    """What the snapshot is called that is made before the way back to the one of this name."""
    return showable_name(f"Before going back to “{name[:90]}”")


def _of_run(machine: Machine) -> VmConfig:
    """The machine as its engine has it now."""
    return machine.run_config or machine.config


def _with_sizes(config: VmConfig, sizes: dict[str, int]) -> VmConfig:
    disks = tuple(
        replace(disk, size_mib=sizes.get(disk.id, disk.size_mib)) for disk in config.disks
    )
    return replace(config, disks=disks)
