"""The list of a machine's snapshots, and what people change in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.errors import ParamError, StateError
from app.vm.machine import Machine
from app.vm.records import Snapshot
from app.vm.snapshots.disks import Held, count, live_disks, off_disks
from app.vm.snapshots.listing import listed
from app.vm.snapshots.manifest import (
    Entry,
    EntryPhase,
    Manifest,
    change_manifest,
    check_note,
    check_snapshot_name,
    load_manifest,
)
from app.vm.snapshots.taking import remove
from app.vm.snapshots.working import LIVE, no_such, tidy, working
from app.vm.state import TRANSITIONS, Trigger
from app.vm.unbroken import unbroken


async def list_snapshots(
    machine: Machine, is_alive: Callable[[Path], bool]
) -> tuple[Snapshot, ...]:
    """See `SnapshotsApi.get_snapshot_list`."""
    held = await _held(machine, is_alive)
    return await asyncio.to_thread(_listed, machine.folder, held)


async def rename(
    machine: Machine, tag: str, name: str, is_alive: Callable[[Path], bool]
) -> Snapshot:
    """See `SnapshotsApi.rename_snapshot`."""
    name = check_snapshot_name(name)
    return await _edit(machine, tag, is_alive, lambda entry: replace(entry, name=name))


async def update(
    machine: Machine,
    tag: str,
    is_alive: Callable[[Path], bool],
    *,
    note: str | None,
    locked: bool | None,
) -> Snapshot:
    """See `SnapshotsApi.update_snapshot`."""
    if note is not None:
        note = check_note(note)

    def change(entry: Entry) -> Entry:
        changed = entry if note is None else replace(entry, note=note)
        return changed if locked is None else replace(changed, locked=locked)

    return await _edit(machine, tag, is_alive, change)


async def _edit(
    machine: Machine,
    tag: str,
    is_alive: Callable[[Path], bool],
    change: Callable[[Entry], Entry],
) -> Snapshot:
    """Replace what is known of one of ours; what the disks hold stays as it is."""
    _known(machine, tag, await _held(machine, is_alive))

    def step(manifest: Manifest) -> Manifest:
        entry = manifest.by_tag(tag)
        if entry is not None and entry.phase is EntryPhase.DELETING:
            raise no_such(machine)
        if entry is None:
            raise ParamError(
                "Only snapshots that were made here can be changed.",
                remedy="It stays as the disk has it.",
            )
        return manifest.with_entry(change(entry))

    await change_manifest(machine, step)
    machine.tell_changed()
    found = await list_snapshots(machine, is_alive)
    for one in found:
        if one.snapshot_id == tag:
            return one
    raise no_such(machine)


async def delete(machine: Machine, tag: str, is_alive: Callable[[Path], bool]) -> None:
    """See `SnapshotsApi.destroy_snapshot`."""
    _known(machine, tag, await _held(machine, is_alive))
    _refuse_locked(await asyncio.to_thread(load_manifest, machine.folder), tag)
    async with working(machine, is_alive, "deleting-snapshot") as disks:
        await tidy(machine, disks)
        manifest = load_manifest(machine.folder)
        _refuse_locked(manifest, tag)
        entry = manifest.by_tag(tag)
        if entry is None:
            await unbroken(disks.remove(tag))
        else:
            await unbroken(remove(machine, disks, entry))
    machine.tell_changed()


def _refuse_locked(manifest: Manifest, tag: str) -> None:
    entry = manifest.by_tag(tag)
    if entry is not None and entry.locked:
        raise StateError(f"“{entry.name}” is locked.", remedy="Unlock the snapshot first.")


async def _held(machine: Machine, is_alive: Callable[[Path], bool]) -> Held | None:
    """What the disks hold; None while a step is under way that they cannot be asked in."""
    if machine.state in LIVE:
        return await live_disks(machine).held()
    if (machine.state, Trigger.UPDATE) in TRANSITIONS and not is_alive(machine.folder):
        return await off_disks(machine).held()
    return None


def _listed(folder: Path, held: Held | None) -> tuple[Snapshot, ...]:
    return listed(load_manifest(folder), held, folder)


def _known(machine: Machine, tag: str, held: Held | None) -> None:
    in_disks = held is not None and count(held, tag) > 0
    if not in_disks and load_manifest(machine.folder).by_tag(tag) is None:
        raise no_such(machine)
