"""What the person has opened to machines by picking it, remembered in `<library>/grants.json`.

A grant names a real place: picked through a link, it is for what the link led to at that moment. A
file's grant is for that file alone, a folder's for everything in it. Whether the place is one that
no grant opens is not decided here.

A damaged file is set aside as `grants.json.damaged`. One that a newer version wrote is left alone;
grants then hold until this program ends.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from app.atomic import write_atomically
from app.errors import AppError, NewerVersionError, ParamError, StoreError
from app.reading import read_small_file
from app.vm.codec import MAX_DOCUMENT_BYTES, from_json, to_json
from app.vm.real_path import PathKind
from app.vm.store import storing

_log = logging.getLogger(__name__)

FILE_NAME = "grants.json"
SCHEMA_VERSION = 1
MAX_GRANTS = 512
_ROOM_BYTES = MAX_DOCUMENT_BYTES - (32 << 10)  # for one more path of the worst kind
_NOTE_USE_MS = 24 * 60 * 60 * 1000
"""The file is written again for a use only when the use before it is so long ago."""


def now_ms() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One place that the person has picked.

    Attributes:
        path: the real place.
        kind: a file alone, or a folder with what is in it.
        granted_ms: when, milliseconds since 1970, UTC.
        used_ms: when it last let something through, give or take a day after a restart.
    """

    path: Path
    kind: PathKind
    granted_ms: int
    used_ms: int

    def __post_init__(self) -> None:
        if not self.path.is_absolute() or ".." in self.path.parts or "\0" in str(self.path):
            raise ParamError("A grant has to name a real place.")

    def covers(self, real: Path) -> bool:
        """Whether that place is what was picked, or lies in it."""
        return real == self.path or (self.kind is PathKind.FOLDER and self.path in real.parents)


@dataclass(frozen=True, slots=True)
class _Document:
    grants: tuple[Grant, ...] = ()


class Grants:
    """The grants of one library; only the process that is its manager may have one.

    Methods block and may be called from several threads at once.

    Args:
        file: where they are kept; made with the first grant.
        limit: so many are kept; the ones that were not used for longest go first.
        clock: milliseconds since 1970.
    """

    def __init__(
        self, file: Path, *, limit: int = MAX_GRANTS, clock: Callable[[], int] = now_ms
    ) -> None:
        self._file = file
        self._limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._grants: dict[Path, Grant] | None = None  # None until somebody asks
        self._may_write = True

    def add(self, path: Path, kind: PathKind) -> Grant:
        """Remember that the person picked a real place.

        Raises:
            StoreError: it cannot be written; the grant holds until this program ends.
            DiskLessError: the same, for lack of room.
        """
        now = self._clock()
        grant = Grant(path=path, kind=kind, granted_ms=now, used_ms=now)
        with self._lock:
            known = self._known()
            known.pop(path, None)
            self._make_room(known)
            known[path] = grant
            self._write()
        return grant

    def remove(self, path: Path) -> bool:
        """Take a grant back; whether there was one of exactly this place.

        Raises:
            StoreError: it cannot be written; the grant is gone until this program ends.
            DiskLessError: the same, for lack of room.
        """
        with self._lock:
            if self._known().pop(path, None) is None:
                return False
            self._write()
        return True

    def listed(self) -> tuple[Grant, ...]:
        """All of them, by path."""
        with self._lock:
            return tuple(sorted(self._known().values(), key=lambda grant: grant.path))

    def cover(self, real: Path) -> bool:
        """Whether a grant is for this real place; notes that it was used."""
        with self._lock:
            known = self._known()
            found = [grant for grant in known.values() if grant.covers(real)]
            if not found:
                return False
            now = self._clock()
            stale = any(now - grant.used_ms >= _NOTE_USE_MS for grant in found)
            known.update((grant.path, replace(grant, used_ms=now)) for grant in found)
            if stale:
                self._note_use()
        return True

    def _make_room(self, known: dict[Path, Grant]) -> None:
        while len(known) >= self._limit or len(_encoded(known)) > _ROOM_BYTES:
            oldest = min(known.values(), key=lambda grant: grant.used_ms)
            _log.info("the grant for %s is dropped, the oldest that was not used", oldest.path)
            del known[oldest.path]

    def _note_use(self) -> None:
        try:
            self._write()
        except AppError as err:  # The grants themselves are as they were.
            _log.info("the use of a grant could not be noted: %s", err.detail)

    def _known(self) -> dict[Path, Grant]:
        if self._grants is None:
            self._grants = {grant.path: grant for grant in self._load().grants}
        return self._grants

    def _load(self) -> _Document:
        try:
            data = read_small_file(self._file, MAX_DOCUMENT_BYTES)
            return from_json(_Document, data, schema_version=SCHEMA_VERSION)
        except FileNotFoundError:
            return _Document()
        except NewerVersionError:
            self._may_write = False
            _log.warning("%s was written by a newer version; new grants will not last", FILE_NAME)
        except StoreError as err:
            self._set_aside(err)
        return _Document()

    def _set_aside(self, err: StoreError) -> None:
        _log.warning("%s is damaged and was set aside: %s", FILE_NAME, err)
        try:
            self._file.replace(self._file.with_name(FILE_NAME + ".damaged"))
        except OSError as rename_error:
            self._may_write = False  # What could not be saved is not overwritten.
            _log.warning("it could not be set aside: %s", rename_error)

    def _write(self) -> None:
        """Put all of them on disk; the caller holds the lock."""
        if not self._may_write:
            return
        with storing("What you have opened to machines cannot be remembered."):
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomically(self._file, _encoded(self._known()))


def _encoded(known: dict[Path, Grant]) -> bytes:
    return to_json(_Document(tuple(known.values())), schema_version=SCHEMA_VERSION)
