"""What is kept of a snapshot beside the disks: the picture, and the firmware's variables.

    <machine>/snapshots/<tag>.png    the screen then
    <machine>/snapshots/<tag>.fd     the firmware's variables then

The variables of a machine with memory travel in that memory too, and the engine writes them back
when the machine runs on (QEMU 7.2, hw/block/pflash_cfi01.c); the copy is for disks without memory.

All functions block.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

from app.atomic import write_atomically
from app.errors import StoreError
from app.reading import read_small_file
from app.vm.store import SNAPSHOTS_FOLDER, THUMBNAIL, VARIABLES_FILE, storing

_log = logging.getLogger(__name__)

_LARGEST_VARIABLES = 64 << 20  # the largest flash that the board can map (hw/i386/pc_sysfw.c)
_LARGEST_PICTURE = 64 << 20
_READS = 8
_FAILURE = "What belongs to the snapshot cannot be written."


def picture_file(folder: Path, tag: str) -> Path:
    """Where the picture of a snapshot of ours lies, if there is one."""
    return folder / SNAPSHOTS_FOLDER / f"{tag}.png"


def variables_file(folder: Path, tag: str) -> Path:
    """Where the copy of the firmware's variables lies, if there is one."""
    return folder / SNAPSHOTS_FOLDER / f"{tag}.fd"


def make_folder(folder: Path) -> None:
    """Make the place for pictures and variables in a machine's folder.

    Raises:
        StoreError: something else is in its place.
    """
    place = folder / SNAPSHOTS_FOLDER
    with storing(_FAILURE):
        if place.is_symlink():  # What is written there would land anywhere.
            raise StoreError(
                f"{SNAPSHOTS_FOLDER} is not a folder.", remedy=f"Move {place} out of the way."
            )
        place.mkdir(mode=0o700, exist_ok=True)


def keep_variables(folder: Path, tag: str) -> None:
    """Copy the firmware's variables, if the machine has some; it may run.

    The firmware writes them so that a cut at any moment leaves it something whole to go on with,
    so any two equal looks at the file are good.

    Raises:
        StoreError: they cannot be read or written.
    """
    with storing(_FAILURE):
        try:
            data = read_small_file(folder / VARIABLES_FILE, _LARGEST_VARIABLES)
        except FileNotFoundError:
            return
        for _ in range(_READS):
            again = read_small_file(folder / VARIABLES_FILE, _LARGEST_VARIABLES)
            if again == data:
                break
            data = again
        write_atomically(variables_file(folder, tag), data)


def put_back_variables(folder: Path, tag: str) -> None:
    """Give the firmware the variables of a snapshot, if it has a copy; no engine runs.

    Raises:
        StoreError: they cannot be read or written.
    """
    with storing("The firmware's settings cannot be put back."):
        try:
            data = read_small_file(variables_file(folder, tag), _LARGEST_VARIABLES)
        except FileNotFoundError:
            if (folder / VARIABLES_FILE).exists():
                _log.warning("%s: no firmware settings were kept for %s", folder.name, tag)
            return
        if data:
            write_atomically(folder / VARIABLES_FILE, data)


def put_back_variables_under_engine(folder: Path, tag: str) -> None:
    """The same while an engine has the file open and has loaded the snapshot's memory.

    It writes the variables out of that memory when the machine runs on. One that stands, and is
    ended so, would keep the later ones: they are written into the very file that it has open.
    """
    try:
        data = read_small_file(variables_file(folder, tag), _LARGEST_VARIABLES)
        handle = os.open(folder / VARIABLES_FILE, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            if os.fstat(handle).st_size == len(data):
                os.pwrite(handle, data, 0)
                os.fsync(handle)
        finally:
            os.close(handle)
    except FileNotFoundError:
        return
    except (OSError, StoreError) as err:
        _log.warning("%s: the firmware's settings stay until it runs: %s", folder.name, err)


def keep_thumbnail(folder: Path, tag: str) -> None:
    """Take the machine's last picture for the snapshot of a machine that is off."""
    try:
        data = read_small_file(folder / THUMBNAIL, _LARGEST_PICTURE)
        write_atomically(picture_file(folder, tag), data)
    except FileNotFoundError:
        return
    except (OSError, StoreError) as err:
        _log.info("%s: the snapshot gets no picture: %s", folder.name, err)


def forget_files(folder: Path, tag: str) -> None:
    """Remove picture and variables of a snapshot; what cannot be removed stays."""
    for path in (picture_file(folder, tag), variables_file(folder, tag)):
        try:
            path.unlink(missing_ok=True)
        except OSError as err:
            _log.warning("%s cannot be removed: %s", path, err)
