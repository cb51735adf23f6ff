"""What long work is under way, on disk, so that a crash does not lose the wish.

    <library>/tasks/<task id>.json      what it does, with all that is needed to begin it again
    <library>/tasks/<task id>.lock      locked while this manager or a converter of the task lives

A record is written before the work's first byte. It goes when the work is done, has failed, or was
cancelled by somebody. Work that ends only because its manager goes keeps its record: nobody has
taken the wish back, so the next manager offers to continue it.

Files here that are damaged, foreign, or of a newer version are shown as nothing and left alone.
All functions block.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from app.atomic import sync_folder, write_atomically
from app.errors import StoreError
from app.reading import read_small_file
from app.vm.codec import from_json, to_json
from app.vm.locks import is_locked
from app.vm.orphans import end_orphans
from app.vm.real_path import Identity
from app.vm.records import MigrationOptions, TaskInfo, TaskKind

_log = logging.getLogger(__name__)

_VERSION = 1
_MOST_BYTES = 256 << 10
_MOST_FILES = 1000
_LOCK = re.compile(r"[0-9a-f]{32}\.lock")
_UNFINISHED = re.compile(r"\.[0-9a-f]{32}\.json\.[a-z0-9_]{8}")
"""What `app.atomic` writes before it is renamed; mkstemp(3) chooses the ending."""
_RECORD = re.compile(r"[0-9a-f]{32}\.json")

continued: ContextVar[UUID | None] = ContextVar("continued", default=None)
"""The record whose work is just being begun again: it goes when the new one is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What a file was when the work began; a file of the same stamp holds the same.

    Attributes:
        path: of the file; a mere name is one in the machine's folder.
        stamp: device, inode, size in bytes, and time of change in nanoseconds.
    """

    path: str
    stamp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A file that the work has made outside of the library, and that is not whole yet.

    Attributes:
        path: of the file.
        identity: device and inode.
    """

    path: str
    identity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was asked for: the arguments of the API's function.

    Attributes:
        file: what it is about, for people; a path, or the name of a disk.
        options: of an import or export.
        is_new: an import makes a machine.
        new_name: of the second machine.
        disk_id: of the disk.
        size_mib: that the disk shall have.
    """

    file: str
    options: MigrationOptions | None = None
    is_new: bool = False
    new_name: str = ""
    disk_id: str = ""
    size_mib: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRecord:
    """One task, as it is on disk.

    Attributes:
        task_id: its number.
        kind: what it does.
        vm_id: of the machine; of one that is being made, the id that it will have.
        vm_name: as it was called.
        began_ms: milliseconds since 1970, UTC.
        wish: what was asked for.
        sources: what is read.
        parts: what has been made outside of the library.
    """

    task_id: UUID
    kind: TaskKind
    vm_id: UUID
    vm_name: str
    began_ms: int
    wish: Wish
    sources: tuple[Stamp, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def mark(self) -> str:
        """Stands in the names of the files that the task makes."""
        return self.task_id.hex[:8]


def stamp_of(path: Path) -> str:
    """The `Stamp.stamp` of a file now.

    Raises:
        OSError: it cannot be looked at.
    """
    info = path.stat()
    return f"{info.st_dev}:{info.st_ino}:{info.st_size}:{info.st_mtime_ns}"


def identity_text(identity: Identity) -> str:
    """Device and inode as a record has them."""
    return ":".join(map(str, identity))


class OpenRecord:
    """The record of a task that is under way.

    Attributes:
        record: as it is on disk.
        descriptor: of the lock, for the task's converters.
    """

    def __init__(self, journal: TaskJournal, record: TaskRecord) -> None:
        self._journal = journal
        self.record = record
        lock = journal.lock_path(record.task_id)
        self.descriptor = os.open(
            lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
        )
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            journal.write(record)
        except BaseException:
            os.close(self.descriptor)
            lock.unlink(missing_ok=True)
            raise

    def note_part(self, path: Path, identity: Identity) -> None:
        """Write down a file that was just made.

        Raises:
            OSError: it cannot be written.
        """
        part = Part(path=str(path), identity=identity_text(identity))
        self._change(replace(self.record, parts=(*self.record.parts, part)))

    def note_sources(self, paths: list[Path]) -> None:
        """Write down files that are read too.

        Raises:
            OSError: one cannot be looked at, or the record cannot be written.
        """
        known = {source.path for source in self.record.sources}
        more = tuple(
            Stamp(path=str(path), stamp=stamp_of(path))
            for path in dict.fromkeys(paths)
            if str(path) not in known
        )
        if more:
            self._change(replace(self.record, sources=(*self.record.sources, *more)))

    def close(self, *, keep: bool) -> None:
        """The task is over.

        Args:
            keep: the wish holds: the manager goes, and the next one shall know of it.
        """
        try:
            if not keep:
                self._journal.remove(self.record.task_id)
        except OSError as err:
            _log.warning("the record of a task cannot be removed: %s", err)
        finally:
            fcntl.flock(self.descriptor, fcntl.LOCK_UN)
            os.close(self.descriptor)

    def _change(self, record: TaskRecord) -> None:
        self._journal.write(record)
        self.record = record


class TaskJournal:
    """The records of one library. Only its manager may write.

    Args:
        folder: of the records; it is made when the first one is written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # The sweep takes a record that is just being written for one that a crash has left.
        self._writing = threading.RLock()

    def begin(
        self,
        info: TaskInfo,
        wish: Wish,
        sources: tuple[Path, ...],
        own: tuple[Path, ...] = (),
    ) -> OpenRecord:
        """Write down what is going to be done.

        Args:
            info: of the task.
            wish: what it does.
            sources: files that are read.
            own: files in the machine's folder that are read.

        Raises:
            OSError: a source cannot be looked at, or the record cannot be written.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        record = TaskRecord(
            task_id=info.task_id,
            kind=info.kind,
            vm_id=info.vm_id,
            vm_name=info.vm_name,
            began_ms=time.time_ns() // 1_000_000,
            wish=wish,
            sources=(
                *(Stamp(path=str(path), stamp=stamp_of(path)) for path in sources),
                *(Stamp(path=path.name, stamp=stamp_of(path)) for path in own),
            ),
        )
        with self._writing:
            opened = OpenRecord(self, record)
        before = continued.get()
        if before is not None:
            self.remove(before)
        return opened

    def records(self) -> list[TaskRecord]:
        """All records that are whole and ours, the oldest first."""
        found = []
        for name in self._names():
            path = self._folder / name
            try:
                data = read_small_file(path, _MOST_BYTES)
                record = from_json(TaskRecord, data, schema_version=_VERSION)
            except (StoreError, OSError) as err:
                _log.info("%s is left alone: %s", name, err)
            else:
                if record.task_id.hex == path.stem:
                    found.append(record)
        return sorted(found, key=lambda record: (record.began_ms, record.task_id))

    def end_orphans(self, task_id: UUID) -> int:
        """End the converters that a task left behind; how many.

        Raises:
            StateError: one does not end.
            OSError: the lock cannot be looked at.
        """
        return end_orphans(self.lock_path(task_id))

    def remove(self, task_id: UUID) -> None:
        """Forget a task.

        Raises:
            OSError: it cannot be removed.
        """
        self._path(task_id).unlink(missing_ok=True)
        self.lock_path(task_id).unlink(missing_ok=True)
        sync_folder(self._folder)

    def sweep(self) -> None:
        """Remove what a crash has left between two steps, such as a lock without a record.

        Raises:
            OSError: it cannot be removed.
        """
        if not self._folder.is_dir():
            return
        with self._writing:
            for path in list(self._folder.iterdir()):
                is_lock = _LOCK.fullmatch(path.name) and not path.with_suffix(".json").exists()
                if (is_lock and not is_locked(path)) or _UNFINISHED.fullmatch(path.name):
                    path.unlink(missing_ok=True)

    def write(self, record: TaskRecord) -> None:
        """Replace a record; the folder is there.

        Raises:
            OSError: it cannot be written.
        """
        data = to_json(record, schema_version=_VERSION)
        with self._writing:
            write_atomically(self._path(record.task_id), data)

    def lock_path(self, task_id: UUID) -> Path:
        """File of a task's lock."""
        return self._folder / f"{task_id.hex}.lock"

    def _path(self, task_id: UUID) -> Path:
        return self._folder / f"{task_id.hex}.json"

    def _names(self) -> list[str]:
        try:
            names = [path.name for path in self._folder.iterdir() if _RECORD.fullmatch(path.name)]
        except FileNotFoundError:
            return []
        except OSError as err:
            _log.warning("the records of tasks cannot be read: %s", err)
            return []
        return sorted(names)[:_MOST_FILES]


@contextmanager
def continuing(task_id: UUID) -> Iterator[None]:
    """What begins inside the block takes the place of this record."""
    token = continued.set(task_id)
    try:
        yield
    finally:
        continued.reset(token)
