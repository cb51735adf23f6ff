"""The list of a machine's snapshots: what the disks hold, with what the manifest knows of it.

Pure, but for the look for pictures.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from app.vm.model import showable_name
from app.vm.records import Snapshot
from app.vm.snapshots.disks import Held, count, hold_all, memory_bytes
from app.vm.snapshots.files import picture_file
from app.vm.snapshots.manifest import Entry, EntryPhase, Manifest

GONE = "What it kept is gone from the machine's disks."
IN_PART = "Only some of the machine's disks have it."
ADDED = "The machine has got another disk since: take that out first."
AMBIGUOUS = "A disk has several of this name."


@dataclass(frozen=True, slots=True)
class Settled:
    """What was begun and is not at its end, decided by what the disks hold.

    Attributes:
        manifest: as it has to be once that is done.
        to_remove: tags of ours that must not be in any disk.
    """

    manifest: Manifest
    to_remove: tuple[str, ...]


def settle(manifest: Manifest, held: Held) -> Settled:
    """Decide about every entry that is not complete: on all disks it is whole, else it is none."""
    to_remove = []
    for entry in manifest.entries:
        if entry.phase is EntryPhase.CREATING and hold_all(held, entry.tag):
            manifest = completed(manifest, entry, memory_bytes(held, entry.tag))
        elif entry.phase is not EntryPhase.COMPLETE:
            to_remove.append(entry.tag)
            manifest = manifest.without(entry.id)
    return Settled(manifest, tuple(to_remove))


def completed(manifest: Manifest, entry: Entry, memory: int) -> Manifest:
    """With an entry that the disks hold; the machine stems from it unless it has gone elsewhere.

    Args:
        manifest: as it is.
        entry: which.
        memory: bytes of memory that are kept.
    """
    known = manifest.find(entry.id) or entry  # Its name may be another one by now.
    changed = manifest.with_entry(
        replace(known, phase=EntryPhase.COMPLETE, memory_bytes=memory, with_memory=memory > 0)
    )
    return replace(changed, current=entry.id) if manifest.current == known.parent else changed


def is_unsettled(manifest: Manifest) -> bool:
    """Whether something was begun and is not at its end."""
    return any(entry.phase is not EntryPhase.COMPLETE for entry in manifest.entries)


def listed(manifest: Manifest, held: Held | None, folder: Path) -> tuple[Snapshot, ...]:
    """The list, oldest first; blocks for a look for each picture.

    Args:
        manifest: what is known.
        held: what the disks hold; None when they cannot be asked just now, because a step is under
            way: then what is known counts.
        folder: of the machine.
    """
    found: list[Snapshot] = []
    if held is not None:
        known = {entry.tag for entry in manifest.entries}
        found += _foreign(held, known)
        manifest = settle(manifest, held).manifest
    for entry in manifest.entries:
        if entry.phase is EntryPhase.COMPLETE:
            found.append(shown(entry, manifest, held, folder))
    return tuple(sorted(found, key=lambda snapshot: snapshot.created_ms))


def shown(entry: Entry, manifest: Manifest, held: Held | None, folder: Path) -> Snapshot:
    """One of ours, for people; blocks for a look for its picture."""
    memory = entry.memory_bytes if held is None else memory_bytes(held, entry.tag)
    picture = picture_file(folder, entry.tag)
    return Snapshot(
        snapshot_id=entry.tag,
        name=entry.name,
        note=entry.note,
        parent=entry.parent.hex if entry.parent else "",
        created_ms=entry.created_ms,
        size_bytes=memory,
        with_memory=memory > 0,
        automatic=entry.automatic,
        locked=entry.locked,
        current=manifest.current == entry.id,
        disk_mib=entry.config.disks[0].size_mib if entry.config.disks else 0,
        picture=picture if picture.is_file() else None,
        problem="" if held is None else problem_of(held, entry.tag, entry),
    )


def problem_of(held: Held, tag: str, entry: Entry | None = None) -> str:
    """Why a machine cannot be taken back to a tag, one sentence; empty when it can.

    Args:
        held: what its disks hold.
        tag: which snapshot.
        entry: what is known of it, when it is one of ours.
    """
    if not count(held, tag):
        return GONE
    if not hold_all(held, tag):
        before = {disk.id for disk in entry.config.disks} if entry else set()
        its_own = {disk: found for disk, found in held.items() if disk in before}
        return ADDED if len(its_own) == len(before) and hold_all(its_own, tag) else IN_PART
    if any(sum(one.tag == tag for one in disk) > 1 for disk in held.values()):
        return AMBIGUOUS
    # The tools take such a name for a number of theirs first (qcow2-snapshot.c of QEMU 7.2).
    return AMBIGUOUS if tag.isdecimal() else ""


def _foreign(held: Held, known: set[str]) -> Iterator[Snapshot]:
    """What the disks hold and nobody here has made; without its hardware the memory is no use."""
    times = {one.tag: one.created_ms for disk in reversed(list(held.values())) for one in disk}
    for tag, created_ms in times.items():
        if tag in known or not tag:
            continue
        yield Snapshot(
            snapshot_id=tag,
            name=showable_name(tag),
            created_ms=created_ms,
            size_bytes=memory_bytes(held, tag),
            problem=problem_of(held, tag),
        )
