"""A finished file takes its place among the person's, and replaces nothing there."""

from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path

from app.atomic import sync_folder
from app.errors import PathError
from app.vm.real_path import Identity

_AT_FDCWD = -100
_RENAME_NOREPLACE = 1
_LONGEST_NAME_BYTES = 180  # of 255, so that what stands around it has room


def part_beside(target: Path, number: str, *, extra: str = "") -> Path:
    """Where a file is written until it is whole: hidden, in the folder where it shall be."""
    name = os.fsencode(target.name)[:_LONGEST_NAME_BYTES].decode(errors="ignore")
    return target.with_name(f".{name}.{number}{extra}.part")


def refuse_taken(target: Path) -> None:
    """Raise a PathError when something is there; blocks."""
    if os.path.lexists(target):
        raise _taken(target)


def place_new(part: Path, target: Path) -> None:
    """Make `part` safe on disk and let it appear as `target`; blocks.

    Raises:
        PathError: something is there, whenever it came; it is as it was, and so is `part`.
        OSError: the file system refused.
    """
    handle = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        target.hardlink_to(part)
    except FileExistsError:
        raise _taken(target) from None
    except OSError as err:
        if err.errno not in {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}:
            raise
        _rename_new(part, target)
    else:
        part.unlink()
    sync_folder(target.parent)


def place_new_folder(part: Path, target: Path) -> None:
    """Let a folder whose files are safe on disk appear as `target`; blocks.

    Raises:
        PathError: something is there, whenever it came; it is as it was, and so is `part`.
        OSError: the file system refused.
    """
    try:
        _rename_new(part, target)
    except OSError as err:
        if err.errno not in {errno.EINVAL, errno.ENOSYS}:
            raise
        refuse_taken(target)
        part.rename(target)  # A folder replaces nothing but an empty one, rename(2).
    sync_folder(target.parent)


def identity_of(path: Path) -> Identity:
    """What a file is, whatever it will be called; blocks."""
    info = path.lstat()
    return info.st_dev, info.st_ino


def take_back(target: Path, placed: Identity) -> None:
    """Remove what `place_new` has placed, and nothing else; blocks."""
    try:
        if identity_of(target) == placed:
            target.unlink()
    except FileNotFoundError:
        return


def _rename_new(part: Path, target: Path) -> None:
    """Where there are no hard links, such as on sticks: renameat2(2)."""
    libc = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(part), os.fsencode(target)
    if not libc.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_NOREPLACE):
        return
    number = ctypes.get_errno()
    if number == errno.EEXIST:
        raise _taken(target)
    raise OSError(number, os.strerror(number), str(target))


def _taken(target: Path) -> PathError:
    return PathError(
        f"{target.name} is there already.", remedy="Choose another name, or remove that file."
    )
