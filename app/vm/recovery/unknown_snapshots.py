"""Snapshots in a machine's disks that nobody here has made: another program did, or a hand."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from app.errors import StoreError
from app.vm.images.qcow2_snapshots import (
    HEADER_BYTES,
    MOST_TABLE_BYTES,
    read_names,
    read_table_place,
)
from app.vm.model import VmConfig
from app.vm.snapshots.manifest import load_manifest

_log = logging.getLogger(__name__)


def unknown_snapshots(folder: Path, config: VmConfig) -> tuple[str, ...]:
    """Names in the disks that the machine's list does not have, each once; blocks for a short read.

    Nothing is said where the list itself cannot be read: then nobody can tell what is unknown.
    """
    names = list(dict.fromkeys(name for disk in config.disks for name in _names(folder, disk.file)))
    if not names:
        return ()
    try:
        known = {entry.tag for entry in load_manifest(folder).entries}
    except StoreError as err:
        _log.info("%s: its snapshots are not compared: %s", folder.name, err)
        return ()
    return tuple(name for name in names if name and name not in known)


def _names(folder: Path, file: str) -> Iterator[str]:
    try:
        with (folder / file).open("rb") as image:
            place = read_table_place(image.read(HEADER_BYTES))
            if place is None or not place.count:
                return
            image.seek(place.offset)
            yield from read_names(image.read(MOST_TABLE_BYTES), place.count)
    except (OSError, ValueError, OverflowError) as err:  # the last two for a place that is none
        _log.info("%s: the snapshots in %s cannot be read: %s", folder.name, file, err)
