"""The manifest: what is known of a machine's snapshots beside what its disks hold.

An entry is written before the engine or a tool takes the step that it tells of: ``creating`` before
the tag is made, ``deleting`` before it is removed. So whatever is cut off, the next one to look
knows whose tag it is (`app.vm.snapshots.listing`).

The file is not trusted: ids are uuids, texts are bounded, parents that go round in a circle are
cut. One that is damaged is set aside, one of a newer version is left alone (`KeptDocument`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from app.errors import NewerVersionError, ParamError, StateError, StoreError
from app.reading import UnreadableError
from app.vm.kept_document import KeptDocument
from app.vm.machine import Machine
from app.vm.model import MAX_NAME_CHARACTERS, VmConfig, check_name
from app.vm.store import SNAPSHOTS_FILE
from app.vm.unbroken import unbroken

_log = logging.getLogger(__name__)

MANIFEST_VERSION = 3
"""Of the file. It holds descriptions of machines too: a new version of those is a new one here."""
MAX_NOTE_CHARACTERS = 2000


class EntryPhase(StrEnum):
    """How far a snapshot has come."""

    CREATING = "creating"
    COMPLETE = "complete"
    DELETING = "deleting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One snapshot of ours.

    Attributes:
        id: for life; as `tag` it is the name in the disks.
        name: for people.
        note: the same, longer.
        parent: the snapshot that it follows, None for the first.
        created_ms: milliseconds since 1970, UTC.
        phase: how far it has come.
        automatic: made by a rule, not by a person.
        locked: is not deleted, by nobody, until a person unlocks it.
        with_memory: the engine was asked to keep the machine's memory too.
        memory_bytes: size of that memory, 0 until the disks were asked.
        was_running: it runs on when it is taken back to.
        accelerator: of the run, ``kvm`` or ``tcg``; empty when the machine was off.
        config: the machine as it was, with the settings of that run.
    """

    id: UUID
    name: str
    config: VmConfig
    note: str = ""
    parent: UUID | None = None
    created_ms: int = 0
    phase: EntryPhase = EntryPhase.COMPLETE
    automatic: bool = False
    locked: bool = False
    with_memory: bool = False
    memory_bytes: int = 0
    was_running: bool = False
    accelerator: str = ""

    def __post_init__(self) -> None:
        check_snapshot_name(self.name)
        check_note(self.note)
        if min(self.created_ms, self.memory_bytes) < 0:
            raise ParamError("A snapshot has a time or a size below nothing.")

    @property
    def tag(self) -> str:
        """Its name in the disks."""
        return self.id.hex


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All snapshots of ours that a machine has.

    Attributes:
        entries: in the order in which they were begun.
        current: the one that the machine stems from; None when it stems from none that is left.
    """

    entries: tuple[Entry, ...] = ()
    current: UUID | None = None

    def __post_init__(self) -> None:
        if len({entry.id for entry in self.entries}) != len(self.entries):
            raise ParamError("Two snapshots have the same id.")

    def find(self, entry_id: UUID | None) -> Entry | None:
        """The entry of this id."""
        return next((entry for entry in self.entries if entry.id == entry_id), None)

    def by_tag(self, tag: str) -> Entry | None:
        """The entry of this tag."""
        return next((entry for entry in self.entries if entry.tag == tag), None)

    def with_entry(self, changed: Entry) -> Manifest:
        """With this entry in the place of the one with its id, or as the last one."""
        if self.find(changed.id) is None:
            return replace(self, entries=(*self.entries, changed))
        return replace(
            self,
            entries=tuple(changed if entry.id == changed.id else entry for entry in self.entries),
        )

    def without(self, entry_id: UUID) -> Manifest:
        """Without this entry; what followed it follows its parent."""
        gone = self.find(entry_id)
        if gone is None:
            return self
        entries = tuple(
            replace(entry, parent=gone.parent) if entry.parent == gone.id else entry
            for entry in self.entries
            if entry.id != gone.id
        )
        return Manifest(
            entries=entries, current=gone.parent if self.current == gone.id else self.current
        )

    def as_tree(self) -> Manifest:
        """Without parents that are not there, or that go round in a circle."""
        ids = {entry.id for entry in self.entries}
        parents = {e.id: e.parent if e.parent in ids else None for e in self.entries}
        entries = tuple(
            replace(entry, parent=None if _goes_round(entry.id, parents) else parents[entry.id])
            for entry in self.entries
        )
        return Manifest(entries=entries, current=self.current if self.current in ids else None)


def check_snapshot_name(name: str) -> str:
    """Return `name` in NFC when a snapshot may be called so, by the rules of machines' names.

    Raises:
        ParamError: it cannot be kept.
    """
    try:
        return check_name(name)
    except ParamError as err:
        raise ParamError(
            "A snapshot cannot have this name.",
            remedy=f"Use 1 to {MAX_NAME_CHARACTERS} characters that can be shown, "
            "without a blank at either end.",
            detail=err.message,
        ) from None


def check_note(note: str) -> str:
    """Return `note` when it can be kept.

    Raises:
        ParamError: it is too long, or has characters that cannot be shown.
    """
    if not isinstance(note, str) or len(note) > MAX_NOTE_CHARACTERS:
        raise ParamError(
            f"A note can have at most {MAX_NOTE_CHARACTERS} characters.",
            remedy="Write a shorter note.",
        )
    if any(not (character.isprintable() or character in "\n\t") for character in note):
        raise ParamError(
            "The note has a character that cannot be shown.", remedy="Take it out of the note."
        )
    return note


def load_manifest(folder: Path) -> Manifest:
    """What the machine's manifest says; nothing when there is none, or it is damaged. Blocks.

    Nothing is written: a damaged one is set aside by whoever changes it.

    Raises:
        NewerVersionError: a newer version wrote it.
        UnreadableError: it cannot be read now.
    """
    try:
        found = _document(folder).peek()
    except (NewerVersionError, UnreadableError):
        raise
    except StoreError as err:
        _log.warning("%s: the list of snapshots is damaged: %s", folder.name, err)
        found = None
    return (found or Manifest()).as_tree()


async def change_manifest(machine: Machine, step: Callable[[Manifest], Manifest]) -> Manifest:
    """Replace a machine's manifest by what `step` makes of it; when it returns that is on disk.

    Raises:
        StoreError: it cannot be written, or what is there has to be left alone.
        DiskLessError: the disk is full.
        StateError: it would become too large.
    """
    async with machine.manifest_lock:
        return await unbroken(asyncio.to_thread(_change, machine.folder, step))


def _change(folder: Path, step: Callable[[Manifest], Manifest]) -> Manifest:
    document = _document(folder)
    before = (document.read() or Manifest()).as_tree()
    after = step(before)
    if after != before:
        if len(after.entries) > len(before.entries) and not document.fits(after):
            raise StateError(
                f"There is no room in the list for more than {len(before.entries)} snapshots.",
                remedy="Delete snapshots that nobody needs.",
            )
        document.write(after)
    return after


def _document(folder: Path) -> KeptDocument[Manifest]:
    return KeptDocument(
        folder / SNAPSHOTS_FILE,
        Manifest,
        schema_version=MANIFEST_VERSION,
        migrations={1: _as_it_is, 2: _as_it_is},
        what="the list of snapshots",
        without_it="snapshots are listed as the disks have them",
        cannot_write="The list of snapshots cannot be written.",
    )


def _as_it_is(document: dict[str, Any]) -> dict[str, Any]:
    """Version 1 knew no locked snapshots, version 2 no device with several outputs."""
    return document


def _goes_round(entry_id: UUID, parents: dict[UUID, UUID | None]) -> bool:
    """Whether the way from an entry to its parents leads back to it."""
    seen: set[UUID] = set()
    parent = parents[entry_id]
    while parent is not None and parent not in seen:
        seen.add(parent)
        parent = parents[parent]
    return entry_id in seen
