"""Where things live: the library of machines, sockets, settings, logs, resources.

The library follows `XDG_DATA_HOME`; sockets follow `XDG_RUNTIME_DIR` and are always at the same
place for the same user and library, so that a new process finds running machines
(design: "On disk, and who may write").
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
import unicodedata
from functools import cache
from pathlib import Path

import platformdirs

from app import APP_NAME
from app.errors import StoreError

_SLUG_LENGTH = 32
_UNIX_PATH_BYTES = 107  # sun_path without its closing zero, unix(7)
_ROOM_BYTES = len("/01234567/qmp-input")  # the longest name of a machine's socket


def library_dir() -> Path:
    """Folder of all machines of this user; not created here."""
    return Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))


def config_dir() -> Path:
    """Folder of the settings file."""
    return Path(platformdirs.user_config_dir(APP_NAME, appauthor=False))


def cache_dir() -> Path:
    """Folder of what can be made again at any time, such as the acceleration probe's result."""
    return Path(platformdirs.user_cache_dir(APP_NAME, appauthor=False))


def state_dir() -> Path:
    """Folder of logs and of the window's geometry."""
    return Path(platformdirs.user_state_dir(APP_NAME, appauthor=False))


@cache
def resources_dir() -> Path:
    """Folder with icons, translations and the system catalogue, shipped beside the package."""
    return Path(__file__).resolve().parent.parent / "resources"


def runtime_dir(library: Path) -> Path:
    """Folder of the sockets that belong to `library`; made with mode 0700 when it is missing.

    The name holds a hash of the library's real path: two libraries of one user never meet, and
    the path stays below the 107 bytes that a unix socket's address may have.

    Raises:
        StoreError: the folder cannot be made, is not private to this user, or its path is too
            long for sockets.
    """
    base = _runtime_base()
    key = hashlib.sha256(os.fsencode(library.resolve())).hexdigest()[:8]
    chosen = base / APP_NAME / key
    if len(os.fsencode(chosen)) + _ROOM_BYTES > _UNIX_PATH_BYTES:
        raise StoreError(
            f"The path of the folder for sockets, {chosen}, is too long.",
            remedy="Set XDG_RUNTIME_DIR to a folder with a shorter path.",
        )
    for folder in (chosen.parent, chosen):
        _make_private(folder)
    return chosen


def _runtime_base() -> Path:
    chosen = os.environ.get("XDG_RUNTIME_DIR")
    # The base directory specification: a relative path is invalid and to be ignored.
    if chosen and Path(chosen).is_absolute() and Path(chosen).is_dir():
        return Path(chosen)
    uid = os.getuid()
    logind = Path(f"/run/user/{uid}")
    if logind.is_dir() and os.access(logind, os.W_OK):
        return logind
    private = Path(f"/tmp/{APP_NAME}-{uid}")  # noqa: S108 - owner and mode are checked below
    _make_private(private)
    return private


def _make_private(folder: Path) -> None:
    try:
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        info = folder.lstat()
    except OSError as err:
        raise StoreError(
            f"The folder for sockets, {folder}, cannot be made: {err.strerror}.",
            remedy="Set XDG_RUNTIME_DIR to a folder that you can write.",
        ) from err
    if not stat.S_ISDIR(info.st_mode) or info.st_uid != os.getuid() or info.st_mode & 0o077:
        raise StoreError(
            f"The folder for sockets, {folder}, is not private to you.",
            remedy="Remove it, or set XDG_RUNTIME_DIR to a folder that only you can enter.",
        )


def fold_name(name: str) -> str:
    """Key under which machine names are compared: case-folded NFC."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def slug(name: str) -> str:
    """ASCII part of a machine's folder name; may be empty (a name without Latin letters)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG_LENGTH].strip("-")
