"""What a person names on the command line is opened to machines by that act.

A program that speaks to the manager may name files in a few open folders only. A person who types a
path means exactly that file: it is granted first, on the same connection, and the manager still
refuses what is never open to machines. A folder in the place of a file is nobody's wish, and its
grant would open everything in it: it is refused before. What was granted for a step that then fails
is taken back.
"""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import INVALID_FILE_PATH, AppError, ConnectionLostError, PathError

if TYPE_CHECKING:
    from app.vm.api import ManagerApi

_log = logging.getLogger(__name__)


class Meant(Enum):
    """What a path has to be."""

    FILE = "file"
    FILE_TO_WRITE = "file to write"
    """It need not be there yet."""
    FOLDER = "folder"


async def check_named(*paths: Path | None, meant: Meant = Meant.FILE) -> None:
    """Refuse what cannot be meant; None stands for a path that was not named.

    Raises:
        PathError: it is missing, a folder in the place of a file, or the other way round.
    """
    from app.vm.off_loop import ask  # noqa: PLC0415 - not for --help

    for path in paths:
        if path is not None:
            await ask(path, _check, path, meant)


@asynccontextmanager
async def granted(
    manager: ManagerApi, *paths: Path | None, meant: Meant = Meant.FILE
) -> AsyncIterator[None]:
    """Open these to machines; when the block fails, close what was not open before.

    Where the manager is lost during the block, they stay open: what was asked may have been done.

    Args:
        manager: whom to ask.
        *paths: absolute; None stands for one that was not named.
        meant: what they have to be.

    Raises:
        PathError: see `check_named`; or the folder of a file to write is missing.
        PathRefusedError: it is never open to machines.
    """
    named = [path for path in paths if path is not None]
    if not named:
        yield
        return
    await check_named(*named, meant=meant)
    before = frozenset(await manager.get_granted_paths())
    opened: set[Path] = set()
    try:
        for path in named:
            opened.add(await manager.grant_path(path))
        yield
    except ConnectionLostError:
        raise
    except Exception:
        await _take_back(manager, opened - before)
        raise


async def _take_back(manager: ManagerApi, paths: Iterable[Path]) -> None:
    try:
        # Nothing was granted for a place that was open anyway.
        for path in sorted(set(paths).intersection(await manager.get_granted_paths())):
            await manager.revoke_path(path)
    except AppError as err:  # The person has to hear why the step failed.
        _log.warning("%s stays open to machines: %s", ", ".join(map(str, sorted(paths))), err)


def _check(path: Path, meant: Meant) -> None:
    try:
        is_folder = stat.S_ISDIR(os.stat(path).st_mode)  # noqa: PTH116 - as `open` would, no more
    except (FileNotFoundError, NotADirectoryError) as err:
        if meant is Meant.FILE_TO_WRITE:
            return
        raise _wrong(path, "does not exist") from err
    except (OSError, ValueError) as err:  # The manager has the words for it.
        _log.debug("%s: %s", path, err)
        return
    if is_folder and meant is not Meant.FOLDER:
        raise _wrong(path, "is a folder, not a file")
    if not is_folder and meant is Meant.FOLDER:
        raise _wrong(path, "is not a folder")


def _wrong(path: Path, what: str) -> PathError:
    return PathError(f"{INVALID_FILE_PATH}: {path} {what}.", remedy="Look at the path.")
