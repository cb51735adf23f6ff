"""Emptying the trash: only files of names that we give are removed, and no link is followed.

An entry that is being emptied is called ``.emptying-<name>`` first, so that nobody takes half a
machine back; the next manager goes on with it. Its description goes last: it names the disks. Every
step is relative to an open folder, so that nothing can be exchanged for a link in between.

All functions block.
"""

from __future__ import annotations

import logging
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from app.atomic import sync_folder
from app.errors import StoreError, UnknownVmError
from app.vm.records import TrashedVm
from app.vm.store import Library, look

_log = logging.getLogger(__name__)

EMPTYING = ".emptying-"
_ENTRY = re.compile(r"(?P<ms>[0-9]{1,16})-.+", re.DOTALL)
_BLOCK_BYTES = 512  # the unit of st_blocks, stat(2)
_DESCRIPTIONS = re.compile(r"machine\.json(\.good|\.damaged)?")
_OURS = re.compile(
    r"unclean|run\.json|engine\.pid|engine\.log(\.1)?|thumbnail\.png|firmware\.bin|\.launch\.lock"
    r"|vars[0-9a-z-]*\.fd|(snapshots|restore)\.json(\.good|\.damaged)?"
    r"|disk[0-9]+(-[0-9a-f]{8})?(\.before-repair-[0-9]{1,16})?\.qcow2(\.part)?"
    r"|export-[0-9a-f]+\.qcow2\.part"
    r"|\.(disk[0-9]+(-[0-9a-f]{8})?\.qcow2\.)?[0-9a-f]{8}\.part(\.[a-z0-9]{1,8})?"
    r"|\.(machine\.json(\.good)?|run\.json|(snapshots|restore)\.json|thumbnail\.png|firmware\.bin"
    r"|vars\.fd)\.[a-z0-9_]{8}"
)
_SNAPSHOTS = "snapshots"
_OURS_OF_SNAPSHOT = re.compile(
    r"[0-9a-f-]{8,36}\.(png|fd|json|qcow2|bin)(\.part)?|\.[0-9a-f]{32}\.(png|fd)\.[a-z0-9_]{8}"
)

IsOurs = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Emptied:
    """What became of one entry.

    Attributes:
        vm_id: of the machine.
        freed_bytes: of the disk.
        gone: nothing is left of it.
    """

    vm_id: UUID
    freed_bytes: int
    gone: bool


def list_entries(library: Library) -> list[TrashedVm]:
    """What the trash holds, the newest first; not what is being emptied.

    Raises:
        OSError: it cannot be read.
    """
    found = [_look_at(library, name) for name in _names(library) if _ENTRY.fullmatch(name)]
    return sorted(found, key=lambda entry: (-entry.destroyed_ms, entry.trash_id))


def find_entry(library: Library, trash_id: str) -> Path:
    """Folder of an entry.

    Raises:
        UnknownVmError: there is none.
    """
    path = library.trash / trash_id
    plain = _ENTRY.fullmatch(trash_id) and "/" not in trash_id and "\0" not in trash_id
    if not plain or not os.path.lexists(path):
        raise UnknownVmError(
            "The trash does not hold this machine.", remedy="Look at the list of the trash."
        )
    return path


def empty_entry(library: Library, entry: Path) -> Emptied:
    """Remove an entry of the trash.

    Raises:
        OSError: something cannot be removed; it is tried again at the next start.
    """
    emptying = entry.with_name(EMPTYING + entry.name)
    vm_id = look(entry).config.id
    if os.path.lexists(emptying):  # An entry that came back under the name of a half-emptied one.
        raise StoreError(
            f"{entry.name} cannot be emptied: an older one of that name is in the way.",
            remedy=f"Look what is in {emptying}.",
        )
    entry.rename(emptying)
    sync_folder(library.trash)
    return _finish(library, emptying, vm_id)


def finish_emptying(library: Library) -> list[Emptied]:
    """Go on with what was cut off; what cannot be removed stays as it is."""
    done = []
    for name in _names(library):
        if name.startswith(EMPTYING) and _ENTRY.fullmatch(name.removeprefix(EMPTYING)):
            path = library.trash / name
            try:
                done.append(_finish(library, path, look(path).config.id))
            except OSError as err:
                _log.warning("%r cannot be emptied: %s", name, err)
    return done


def _finish(library: Library, emptying: Path, vm_id: UUID) -> Emptied:
    if emptying.is_symlink():  # The machine's folder was one: what it led to is not in the trash.
        emptying.unlink()
        return Emptied(vm_id, 0, gone=True)
    disks = {disk.file for disk in look(emptying).config.disks if disk.file.endswith(".qcow2")}
    with _folder(emptying) as handle:
        freed = _remove(handle, lambda name: name in disks or bool(_OURS.fullmatch(name)))
        freed += _remove_snapshots(handle)
        # Other things stay: then the description, which says what they belonged to, does too.
        others = [name for name in _listed(handle) if not _DESCRIPTIONS.fullmatch(name)]
        if not others:
            freed += _remove(handle, lambda name: bool(_DESCRIPTIONS.fullmatch(name)))
        gone = not _listed(handle)
    if gone:
        emptying.rmdir()
    else:
        _log.info("%r stays in the trash: it holds what is not ours", emptying.name)
        back = emptying.with_name(emptying.name.removeprefix(EMPTYING))
        if not os.path.lexists(back):
            emptying.rename(back)
    sync_folder(library.trash)
    return Emptied(vm_id, freed, gone=gone)


def _remove_snapshots(parent: int) -> int:
    try:
        kind = os.stat(_SNAPSHOTS, dir_fd=parent, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return 0
    if not stat.S_ISDIR(kind):
        return 0
    with _folder(_SNAPSHOTS, parent) as handle:
        freed = _remove(handle, lambda name: bool(_OURS_OF_SNAPSHOT.fullmatch(name)))
        is_empty = not _listed(handle)
    if is_empty:
        os.rmdir(_SNAPSHOTS, dir_fd=parent)
    return freed


def _remove(folder: int, is_ours: IsOurs) -> int:
    """Remove files and links of our names from an open folder; bytes that are free again."""
    freed = 0
    for name in _listed(folder):
        if not is_ours(name):
            continue
        info = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if not (stat.S_ISREG(info.st_mode) or stat.S_ISLNK(info.st_mode)):
            continue  # nothing that we make
        os.unlink(name, dir_fd=folder)
        if info.st_nlink == 1:
            freed += info.st_blocks * _BLOCK_BYTES
    return freed


def _listed(folder: int) -> list[str]:
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries]


@contextmanager
def _folder(path: Path | str, parent: int | None = None) -> Iterator[int]:
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(path, flags, dir_fd=parent)
    try:
        yield handle
    finally:
        os.close(handle)


def _names(library: Library) -> list[str]:
    """Names in the trash; one that is no text cannot be told to anybody."""
    try:
        names = [path.name for path in library.trash.iterdir()]
    except FileNotFoundError:
        return []
    return sorted(name for name in names if not any("\ud800" <= c <= "\udfff" for c in name))


def _look_at(library: Library, name: str) -> TrashedVm:
    config = look(library.trash / name).config
    return TrashedVm(
        trash_id=name,
        vm_id=config.id,
        vm_name=config.name,
        destroyed_ms=int(name.partition("-")[0]),
        size_bytes=_size_bytes(library.trash / name),
    )


def _size_bytes(folder: Path) -> int:
    if folder.is_symlink():
        return 0
    return sum(
        (Path(place) / name).lstat().st_blocks * _BLOCK_BYTES
        for place, _, names in os.walk(folder)
        for name in names
        if os.path.lexists(Path(place) / name)
    )
