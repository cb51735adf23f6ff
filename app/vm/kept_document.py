"""One value that is kept in one file of the library.

What is in the file's place and cannot be used is never lost. A damaged file is set aside as
`NAME.damaged`, which overwrites nothing. One that a newer version wrote, that cannot be read, or
that cannot be set aside is left alone: as long as it is there, nothing is written. An I/O error or
a process without a free descriptor says nothing about the file, and the next start may read it.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Generic, TypeVar

from app.atomic import write_atomically
from app.errors import NewerVersionError, StoreError
from app.reading import UnreadableError, read_small_file
from app.vm.codec import MAX_DOCUMENT_BYTES, Migration, from_json, to_json
from app.vm.store import storing

_log = logging.getLogger(__name__)

ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True)
class _Obstacle:
    """Why nothing is written; each who asks gets an error of their own, with its own traceback."""

    kind: type[StoreError]
    message: str
    remedy: str
    detail: str

    def error(self) -> StoreError:
        return self.kind(self.message, remedy=self.remedy, detail=self.detail)


class KeptDocument(Generic[ValueT]):
    """A file that holds one value. Only the library's manager may have it; everything here blocks.

    Args:
        path: the file; it need not be there.
        kind: of the value.
        schema_version: the version of today.
        migrations: for each older version that can be read, the step to the next one.
        max_bytes: a larger file is damaged, and none is written.
        what: names the value in “A newer version of Duplex VM wrote …”.
        without_it: what holds instead of a damaged file, as part of a sentence for the log.
        cannot_write: a sentence for people.
        make_folder: `write` makes the folder when it is missing.
    """

    def __init__(
        self,
        path: Path,
        kind: type[ValueT],
        *,
        schema_version: int,
        what: str,
        without_it: str,
        cannot_write: str,
        migrations: Mapping[int, Migration] = MappingProxyType({}),
        max_bytes: int = MAX_DOCUMENT_BYTES,
        make_folder: bool = False,
    ) -> None:
        self.path = path
        self._kind = kind
        self._schema_version, self._migrations = schema_version, migrations
        self._max_bytes = max_bytes
        self._what, self._without_it, self._cannot_write = what, without_it, cannot_write
        self._make_folder = make_folder
        self._obstacle: _Obstacle | None = None
        self._is_damaged = False  # and still in its place

    def read(self) -> ValueT | None:
        """What the file says; None when there is none, or it was damaged and is set aside.

        Raises:
            NewerVersionError: a newer version wrote it; it is left alone.
            UnreadableError: it cannot be read; it is left alone, for it may be as good as ever.
            StoreError: it is damaged and cannot be set aside; it is left alone.
        """
        self._obstacle, self._is_damaged = None, False
        try:
            return self.peek()
        except (NewerVersionError, UnreadableError) as err:
            self._obstacle = _Obstacle(type(err), err.message, err.remedy, err.detail)
            raise
        except StoreError as err:
            _log.warning("%s is damaged, %s: %s", self.path.name, self._without_it, err)
            self._is_damaged = True
            obstacle = self.obstacle()
            if obstacle is not None:
                raise obstacle from err
            _log.warning("it was set aside as %s", self._aside.name)
            return None

    def peek(self) -> ValueT | None:
        """What the file says, None when there is none; for those who may not change anything.

        Raises:
            NewerVersionError, UnreadableError: as `read`.
            StoreError: it is damaged.
        """
        name = self.path.name
        try:
            data = read_small_file(self.path, self._max_bytes)
            return from_json(
                self._kind, data, schema_version=self._schema_version, migrations=self._migrations
            )
        except FileNotFoundError:
            return None
        except NewerVersionError as err:
            message = f"A newer version of Duplex VM wrote {self._what}."
            raise NewerVersionError(message, remedy=err.remedy) from err
        except UnreadableError as err:
            remedy = f"Look at the file {name} in the library, then start Duplex VM again."
            raise UnreadableError(err.message, remedy=remedy, detail=err.detail) from err.__cause__

    def obstacle(self) -> StoreError | None:
        """Why `write` would refuse, None when it would try; by what the last `read` has found.

        A damaged file that was in the way is tried to be set aside once more.
        """
        if self._is_damaged:
            self._set_aside()
        return None if self._obstacle is None else self._obstacle.error()

    def fits(self, value: ValueT) -> bool:
        """Whether a file with this value could be read again."""
        return len(self._encoded(value)) <= self._max_bytes

    def write(self, value: ValueT) -> None:
        """Replace the file; returns when it is safely on disk.

        Raises:
            StoreError: it cannot be written, or there is an `obstacle`; the file is as it was.
            DiskLessError: the disk is full.
        """
        obstacle = self.obstacle()
        if obstacle is not None:
            raise obstacle
        data = self._encoded(value)
        if len(data) > self._max_bytes:
            raise StoreError(self._cannot_write, detail=f"{len(data)} bytes are too many")
        with storing(self._cannot_write):
            if self._make_folder:
                self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomically(self.path, data)

    @property
    def _aside(self) -> Path:
        return self.path.with_name(f"{self.path.name}.damaged")

    def _encoded(self, value: ValueT) -> bytes:
        return to_json(value, schema_version=self._schema_version)

    def _set_aside(self) -> None:
        try:
            if os.path.lexists(self.path):  # Somebody may have put it away by hand.
                _rename_to_free_name(self.path, self._aside)
        except OSError as err:
            self._obstacle = _Obstacle(
                StoreError,
                f"{self.path.name} is damaged and could not be set aside.",
                f"Move {self.path.name} and {self._aside.name} out of the library.",
                str(err),
            )
        else:
            self._obstacle, self._is_damaged = None, False


def _rename_to_free_name(path: Path, new: Path) -> None:
    # Nobody but the library's manager makes files here, so nothing comes between look and rename.
    if os.path.lexists(new):
        raise FileExistsError(f"{new.name} is there already")
    path.rename(new)
