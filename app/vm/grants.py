"""What the person has opened to machines by picking it, remembered in `<library>/grants.json`.

A grant names a real place: picked through a link, it is for what the link led to at that moment. A
file's grant is for that file alone, a folder's for everything in it. Whether the place is one that
no grant opens is not decided here.

A file that `KeptDocument` leaves alone opens nothing; new grants then hold until this program ends.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.errors import ParamError, StoreError
from app.vm.kept_document import KeptDocument
from app.vm.real_path import PathKind

_log = logging.getLogger(__name__)

FILE_NAME = "grants.json"
SCHEMA_VERSION = 2
MAX_GRANTS = 512


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
    """

    path: Path
    kind: PathKind
    granted_ms: int

    def __post_init__(self) -> None:
        if not self.path.is_absolute() or ".." in self.path.parts or "\0" in str(self.path):
            raise ParamError("A grant has to name a real place.")

    def covers(self, real: Path) -> bool:
        """Whether that place is what was picked, or lies in it."""
        return real == self.path or (self.kind is PathKind.FOLDER and self.path in real.parents)


@dataclass(frozen=True, slots=True)
class _Document:
    grants: tuple[Grant, ...] = ()


def _without_uses(document: dict[str, Any]) -> dict[str, Any]:
    """Version 1 noted when each grant was last used, to drop the oldest of a full list."""
    for grant in document["grants"]:
        grant.pop("used_ms")
    return document


class Grants:
    """The grants of one library; only the process that is its manager may have one.

    Methods block and may be called from several threads at once.

    Args:
        file: where they are kept; made with the first grant.
        limit: so many are kept. One more is refused: to drop another would close what the person
            has opened.
        clock: milliseconds since 1970.
    """

    def __init__(
        self, file: Path, *, limit: int = MAX_GRANTS, clock: Callable[[], int] = now_ms
    ) -> None:
        self._kept = KeptDocument(
            file,
            _Document,
            schema_version=SCHEMA_VERSION,
            migrations={1: _without_uses},
            what=file.name,
            without_it="nothing is open to machines by hand",
            cannot_write="What you have opened to machines cannot be remembered.",
            make_folder=True,
        )
        self._limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._grants: dict[Path, Grant] | None = None  # None until somebody asks

    def add(self, path: Path, kind: PathKind) -> Grant:
        """Remember that the person picked a real place.

        Raises:
            StoreError: there are too many, and nothing has changed; or it cannot be written, and
                the grant holds until this program ends.
            DiskLessError: it cannot be written, for lack of room.
        """
        grant = Grant(path=path, kind=kind, granted_ms=self._clock())
        with self._lock:
            wanted = {**self._known(), path: grant}
            if len(wanted) > self._limit or not self._kept.fits(_document(wanted)):
                raise StoreError(
                    "Too many files and folders are opened to machines.",
                    remedy="Remove some, under Settings > Privacy or with “duplex-vm grant”.",
                )
            self._grants = wanted
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
        """Whether a grant is for this real place."""
        with self._lock:
            return any(grant.covers(real) for grant in self._known().values())

    def _known(self) -> dict[Path, Grant]:
        if self._grants is None:
            self._grants = {grant.path: grant for grant in self._load().grants}
        return self._grants

    def _load(self) -> _Document:
        try:
            return self._kept.read() or _Document()
        except StoreError as err:
            _log.warning("nothing is open by hand, and new grants will not last: %s", err)
            return _Document()

    def _write(self) -> None:
        """Put all of them on disk; the caller holds the lock."""
        if self._kept.obstacle() is None:  # Of one in the way the log has told already.
            self._kept.write(_document(self._known()))


def _document(known: dict[Path, Grant]) -> _Document:
    return _Document(tuple(known.values()))
