"""Files in a machine's folder that no machine uses: which are ours, and what they were.

Only names that this program gives are looked at, so that nothing which a person has put there is
ever called a leftover. All functions block.
"""

from __future__ import annotations

import logging
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from app.errors import StoreError
from app.vm.snapshots.manifest import load_manifest
from app.vm.store import CONFIG_FILE, GOOD_COPY, read_config

_log = logging.getLogger(__name__)

_BLOCK_BYTES = 512  # the unit of st_blocks, stat(2)
_UNFINISHED = re.compile(
    r"disk[0-9]+(-[0-9a-f]{8})?(\.before-repair-[0-9]{1,16})?\.qcow2\.part"
    r"|export-[0-9a-f]+\.qcow2\.part"
    r"|\.(disk[0-9]+(-[0-9a-f]{8})?\.qcow2\.)?[0-9a-f]{8}\.part(\.[a-z0-9]{1,8})?"
    # What `app.atomic` writes before it is renamed; mkstemp(3) chooses the ending.
    r"|\.((machine|run|snapshots|restore)\.json|machine\.json\.good|thumbnail\.png|vars\.fd)"
    r"\.[a-z0-9_]{8}"
)
_BEFORE_REPAIR = re.compile(r"disk[0-9]+(-[0-9a-f]{8})?\.before-repair-[0-9]{1,16}\.qcow2")
_DISK = re.compile(r"disk[0-9]+(-[0-9a-f]{8})?\.qcow2")


class LeftoverKind(Enum):
    """What a leftover was."""

    UNFINISHED = "Of work that was cut off; it is of no use"
    FORMER_DISK = "A disk that no machine uses, such as one that was replaced by an import"
    BEFORE_REPAIR = "The copy of a disk from before its repair"


@dataclass(frozen=True, slots=True)
class Leftover:
    """One file.

    Attributes:
        path: where it is.
        kind: what it was.
        size_bytes: what it takes up.
    """

    path: Path
    kind: LeftoverKind
    size_bytes: int


def find_leftovers(folder: Path) -> list[Leftover]:
    """Files of our names that neither a description nor a snapshot of the machine uses.

    Where a description cannot be read, nobody can say what it uses: then only unfinished files are
    leftovers.
    """
    used = _used_files(folder)
    found = []
    for name, info in _files(folder):
        kind = _kind_of(name)
        if kind is LeftoverKind.UNFINISHED or (kind and used is not None and name not in used):
            found.append(Leftover(folder / name, kind, info.st_blocks * _BLOCK_BYTES))
    return found


def disks_in(folder: Path) -> list[str]:
    """Names of the files that look like disks, the one that was written to last first."""
    found = [
        (info.st_mtime_ns, name)
        for name, info in _files(folder)
        if name.endswith(".qcow2") and not _BEFORE_REPAIR.fullmatch(name)
    ]
    return [name for _, name in sorted(found, reverse=True)]


def has_disks(folder: Path) -> bool:
    """Whether files lie there that look like disks."""
    return any(name.endswith(".qcow2") for name, _ in _files(folder))


def _kind_of(name: str) -> LeftoverKind | None:
    if _UNFINISHED.fullmatch(name):
        return LeftoverKind.UNFINISHED
    if _BEFORE_REPAIR.fullmatch(name):
        return LeftoverKind.BEFORE_REPAIR
    return LeftoverKind.FORMER_DISK if _DISK.fullmatch(name) else None


def _used_files(folder: Path) -> set[str] | None:
    used: set[str] = set()
    for name in (CONFIG_FILE, GOOD_COPY):
        try:
            config = read_config(folder / name)
        except StoreError:
            if name == CONFIG_FILE or os.path.lexists(folder / name):
                return None
        else:
            used |= {disk.file for disk in config.disks}
    try:
        kept = load_manifest(folder).entries
    except StoreError:
        return None
    return used.union(disk.file for entry in kept for disk in entry.config.disks)


def _files(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                info = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(info.st_mode):
                    yield entry.name, info
    except OSError as err:
        _log.info("%s cannot be looked at: %s", folder.name, err)
