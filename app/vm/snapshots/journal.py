"""The way back to a snapshot, written down before the first disk changes.

    <machine>/restore.json

As long as it is there the disks may be of two moments. Nobody uses them before the way is gone to
its end, whoever cut it off: going back is the same step, however often it is taken.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from pathlib import Path

from app.errors import AppError, NewerVersionError, ParamError, StateError, StoreError
from app.reading import UnreadableError
from app.vm.engine import RunStatus
from app.vm.kept_document import KeptDocument
from app.vm.machine import Machine
from app.vm.qemu.image_size import with_real_sizes
from app.vm.qemu.run_record import RunRecord, SnapshotMark
from app.vm.snapshots.disks import count, off_disks
from app.vm.snapshots.files import put_back_variables, put_back_variables_under_engine
from app.vm.snapshots.manifest import Manifest, change_manifest, load_manifest
from app.vm.store import RESTORE_FILE, storing
from app.vm.unbroken import unbroken

_log = logging.getLogger(__name__)

_VERSION = 1
_FAILURE = "The way back to the snapshot cannot be written down."
_LONGEST_TAG = 255  # bytes of a name in a qcow2 image: docs/interop/qcow2.txt, "Snapshots"


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """One way back.

    Attributes:
        tag: of the snapshot, in every disk.
        resume: the machine ran; it runs on when it has not gone back after all.
    """

    tag: str
    resume: bool = False

    def __post_init__(self) -> None:
        if not 0 < len(self.tag.encode(errors="replace")) <= _LONGEST_TAG:
            raise ParamError("A snapshot cannot have this tag.")


def is_pending(folder: Path) -> bool:
    """Whether a way back was begun in a machine's folder and is not at its end."""
    return (folder / RESTORE_FILE).exists()


def begin(folder: Path, journal: Journal) -> None:
    """Write down where the disks go; blocks.

    Raises:
        StoreError: it cannot be written.
    """
    document = _document(folder)
    document.read()  # one that is damaged is set aside first
    document.write(journal)


def end(folder: Path) -> None:
    """The disks are of one moment; blocks.

    Raises:
        StoreError: it cannot be removed.
    """
    with storing(_FAILURE):
        (folder / RESTORE_FILE).unlink(missing_ok=True)


async def replay(machine: Machine) -> None:
    """Go to the end of the way that was begun; the machine is off, and held by `updating`.

    Raises:
        StateError: the journal is damaged, and the machine has several disks: they may be of two
            moments.
        AppError: it cannot be done now. The journal stays.
    """
    document = _document(machine.folder)
    try:
        journal = await asyncio.to_thread(document.peek)
    except (NewerVersionError, UnreadableError):
        raise
    except StoreError as err:
        if len(machine.config.disks) > 1:
            raise StateError(
                "The machine was going back to a snapshot, and nobody can tell which: its disks "
                "may be of different moments.",
                remedy="Go back to a snapshot: that gives all disks the same moment.",
                detail=err.detail or err.message,
            ) from err
        journal = await asyncio.to_thread(document.read)  # which sets it aside
    if journal is not None:
        await unbroken(_revert(machine, journal.tag))


async def finish_live(machine: Machine) -> bool:
    """Look after a way back that another manager began while the machine lived.

    That one had stopped the machine first. Whatever it came to, the engine tells whether memory
    and disks belong together.

    Returns:
        Whether the machine lives on; else its engine was ended, and `replay` is due.

    Raises:
        AppError: the engine cannot be asked or ended.
    """
    running = machine.live()
    journal = await asyncio.to_thread(_document(machine.folder).read)
    if await running.query_status() is RunStatus.BROKEN:
        _log.warning("%s: a way back to a snapshot failed; it is ended", machine.name)
        await unbroken(running.kill())
        return False
    runs = journal is not None and journal.resume
    if journal is not None and await asyncio.to_thread(_is_loaded, machine.folder):
        await asyncio.to_thread(put_back_variables_under_engine, machine.folder, journal.tag)
        await note_current(machine, journal.tag)
        await _note_sizes(machine)
        entry = load_manifest(machine.folder).by_tag(journal.tag)
        runs = entry is not None and entry.was_running
    await asyncio.to_thread(end, machine.folder)
    if runs:
        await running.resume()
    return True


async def note_current(machine: Machine, tag: str) -> None:
    """Write down which snapshot the machine stems from now; it does not hinder that it does."""

    def step(manifest: Manifest) -> Manifest:
        entry = manifest.by_tag(tag)
        return replace(manifest, current=entry.id if entry else None)

    try:
        await change_manifest(machine, step)
    except AppError as err:
        _log.warning("%s: what it stems from is not written down: %s", machine.name, err)


async def _revert(machine: Machine, tag: str) -> None:
    disks = off_disks(machine)
    if not count(await disks.held(), tag):
        _log.warning("%s: no disk has the snapshot %s any more", machine.name, tag)
    else:
        await disks.revert(tag)
        await asyncio.to_thread(put_back_variables, machine.folder, tag)
        await note_current(machine, tag)
    await _note_sizes(machine)
    await asyncio.to_thread(end, machine.folder)
    machine.tell_changed()


async def _note_sizes(machine: Machine) -> None:
    """A snapshot may be of a time when the disk was smaller."""
    sizes = await asyncio.to_thread(with_real_sizes, machine.config, machine.folder)
    if sizes == machine.config:
        return
    async with machine.editing:
        await machine.save(replace(machine.config, disks=sizes.disks))
    if machine.run_config is not None:
        machine.run_config = replace(machine.run_config, disks=sizes.disks)


def _is_loaded(folder: Path) -> bool:
    """Whether the memory of the engine that runs there is a snapshot's; blocks."""
    record = RunRecord.read(folder)
    return record is not None and record.snapshot is SnapshotMark.LOADED


def _document(folder: Path) -> KeptDocument[Journal]:
    return KeptDocument(
        folder / RESTORE_FILE,
        Journal,
        schema_version=_VERSION,
        what="the way back to a snapshot",
        without_it="the disks are taken as they are",
        cannot_write=_FAILURE,
    )
