"""A machine is kept as it is now: its entry first, then the disks, then the entry again."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

from app.errors import AppError, DiskLessError, NotSupportedError
from app.vm.engine import Running, RunStatus
from app.vm.limits import in_gib
from app.vm.machine import Machine
from app.vm.records import Snapshot
from app.vm.snapshots.disks import LiveDisks, SnapshotDisks, memory_bytes
from app.vm.snapshots.files import (
    forget_files,
    keep_thumbnail,
    keep_variables,
    make_folder,
    picture_file,
)
from app.vm.snapshots.listing import completed, shown
from app.vm.snapshots.manifest import (
    Entry,
    EntryPhase,
    Manifest,
    change_manifest,
    check_note,
    check_snapshot_name,
    load_manifest,
)
from app.vm.snapshots.working import tidy, working
from app.vm.unbroken import unbroken

_log = logging.getLogger(__name__)

MOST_AUTOMATIC = 10
"""So many of a machine's automatic snapshots are kept; a person's own are never counted."""
_SPARE_MIB = 64
"""Beside the memory: tables of the image, the picture, the manifest."""


class Keeping:
    """Makes snapshots of one machine.

    Args:
        machine: which.
        is_alive: see `app.vm.engine.Engine`.
        free_mib: tells the free space where the machines are kept.
    """

    def __init__(
        self, machine: Machine, is_alive: Callable[[Path], bool], free_mib: Callable[[], int]
    ) -> None:
        self._machine = machine
        self._is_alive = is_alive
        self._free_mib = free_mib

    async def take(self, name: str, note: str = "", *, automatic: bool = False) -> Snapshot:
        """Keep the machine as it is now; see `SnapshotsApi.create_snapshot`."""
        name, note = check_snapshot_name(name), check_note(note)
        machine = self._machine
        async with working(machine, self._is_alive, "taking-snapshot") as disks:
            entry = await unbroken(self.keep(disks, name, note, automatic=automatic))
            held = await disks.held()
        machine.tell_changed()
        manifest = await asyncio.to_thread(load_manifest, machine.folder)
        return shown(entry, manifest, held, machine.folder)

    async def before_change(self, name: str) -> Snapshot | None:
        """Keep a machine that is off before something about it changes for good.

        The change goes on whether this can be done or not: it is a comfort, and asks for room that
        the change itself may not need. None when nothing was kept: the machine never ran, it was
        kept since it ran last, it lives (its memory would have to be kept too, which takes long),
        or it cannot be now.

        Args:
            name: for people, what is going to change.
        """
        machine = self._machine
        if machine.state.has_process or not machine.config.last_started_ms:
            return None
        try:
            manifest = await asyncio.to_thread(load_manifest, machine.folder)
            last = manifest.find(manifest.current)
            if last is not None and last.created_ms > machine.config.last_started_ms:
                return None
            return await self.take(name, automatic=True)
        except AppError as err:
            _log.info("%s: not kept before a change: %s", machine.name, err)
            return None

    async def keep(
        self,
        disks: SnapshotDisks,
        name: str,
        note: str = "",
        *,
        automatic: bool,
        spared: UUID | None = None,
    ) -> Entry:
        """The same for a machine that is held already, by `working`.

        All or nothing: what cannot be written down is not kept either.

        Args:
            disks: of the machine.
            name: for people.
            note: the same, longer.
            automatic: made by a rule; then the oldest ones of that kind may have to go.
            spared: never goes for it.
        """
        machine = self._machine
        running = disks.running if isinstance(disks, LiveDisks) else None
        await self._check(running)
        manifest = await tidy(machine, disks)
        entry = await self._entry(running, manifest, name, note, automatic=automatic)
        await change_manifest(machine, lambda present: present.with_entry(entry))
        try:
            await self._keep_files(running, entry.tag)
            await disks.keep(entry.tag)
            memory = memory_bytes(await disks.held(), entry.tag)
            await change_manifest(machine, lambda present: completed(present, entry, memory))
        except AppError:
            await self._take_back(disks, entry)
            raise
        await self._thin_out(disks, spared)
        return entry

    async def _check(self, running: Running | None) -> None:
        """Say before anything happens what would hinder it."""
        if running is not None:
            blocker = await running.snapshot_blocker()
            if blocker:
                raise NotSupportedError(
                    blocker,
                    remedy="Detach it first, or shut the machine down: then its disks are kept.",
                )
        needed_mib = _SPARE_MIB + (running.resident_mib if running is not None else 0)
        free_mib = self._free_mib()
        if needed_mib > free_mib:
            raise DiskLessError(
                f"Not enough disk space in the machines folder: the snapshot may take "
                f"{in_gib(needed_mib)}, {in_gib(free_mib)} are free.",
                remedy="Make room, delete a snapshot, or shut the machine down first.",
            )

    async def _entry(
        self, running: Running | None, manifest: Manifest, name: str, note: str, *, automatic: bool
    ) -> Entry:
        machine = self._machine
        runs = running is not None and await running.query_status() is RunStatus.RUNNING
        # One that only the gate lets stand still runs, as far as its person is concerned.
        runs = runs or machine.noted_by_gate
        return Entry(
            id=uuid4(),
            name=name,
            note=note,
            parent=manifest.current,
            created_ms=time.time_ns() // 1_000_000,
            phase=EntryPhase.CREATING,
            automatic=automatic,
            with_memory=running is not None,
            was_running=runs,
            accelerator=running.accelerator if running is not None else "",
            config=(machine.run_config or machine.config) if running else machine.config,
        )

    async def _keep_files(self, running: Running | None, tag: str) -> None:
        folder = self._machine.folder
        await asyncio.to_thread(make_folder, folder)
        if running is None:
            await asyncio.to_thread(keep_thumbnail, folder, tag)
        else:
            try:
                await running.screenshot(picture_file(folder, tag))
            except AppError as err:
                _log.info("%s: the snapshot gets no picture: %s", self._machine.name, err)
        await asyncio.to_thread(keep_variables, folder, tag)

    async def _take_back(self, disks: SnapshotDisks, entry: Entry) -> None:
        """Leave nothing of one that failed; what stays is settled the next time."""
        try:
            await disks.remove(entry.tag)
            await asyncio.to_thread(forget_files, self._machine.folder, entry.tag)
            await change_manifest(self._machine, lambda present: present.without(entry.id))
        except AppError as err:
            _log.warning("%s: a snapshot is not taken back: %s", self._machine.name, err)

    async def _thin_out(self, disks: SnapshotDisks, spared: UUID | None) -> None:
        """Let the oldest automatic ones go; never the one that the machine stems from."""
        manifest = await asyncio.to_thread(load_manifest, self._machine.folder)
        for entry in surplus(manifest, spared):
            try:
                await remove(self._machine, disks, entry)
            except AppError as err:
                _log.warning("%s: “%s” stays: %s", self._machine.name, entry.name, err)


async def remove(machine: Machine, disks: SnapshotDisks, entry: Entry) -> None:
    """Forget one of ours, in disks, list and folder; cut off, the next one to look finishes it.

    Raises:
        AppError: a disk has it still, or the list cannot be written.
    """
    gone = entry.id
    await change_manifest(machine, lambda present: _marked(present, entry))
    await disks.remove(entry.tag)
    await asyncio.to_thread(forget_files, machine.folder, entry.tag)
    await change_manifest(machine, lambda present: present.without(gone))


def surplus(manifest: Manifest, spared: UUID | None) -> tuple[Entry, ...]:
    """Automatic ones that are too many, the oldest first.

    Args:
        manifest: what there is.
        spared: stays, and so do the one that the machine stems from and the locked ones.
    """
    automatic = [
        entry
        for entry in manifest.entries
        if entry.automatic and not entry.locked and entry.phase is EntryPhase.COMPLETE
    ]
    too_many = max(0, len(automatic) - MOST_AUTOMATIC)
    stay = {manifest.current, spared}
    return tuple([entry for entry in automatic if entry.id not in stay][:too_many])


def _marked(manifest: Manifest, entry: Entry) -> Manifest:
    known = manifest.find(entry.id)
    if known is None:
        return manifest
    return manifest.with_entry(replace(known, phase=EntryPhase.DELETING))
