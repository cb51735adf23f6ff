"""What a person names on the command line is opened to machines by that act.

A program that speaks to the manager may name files in a few open folders only. A person who types a
path means exactly that file: it is granted first, on the same connection, and the manager still
refuses what is never open to machines.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import PathError, PathRefusedError

if TYPE_CHECKING:
    from app.vm.api import ManagerApi


async def grant(manager: ManagerApi, *paths: Path | None) -> None:
    """Open these files and folders to machines; None stands for one that was not named.

    Raises:
        PathError: nothing is there.
        PathRefusedError: it is never open to machines.
    """
    for path in paths:
        if path is not None:
            await manager.grant_path(path)


async def grant_target(manager: ManagerApi, target: Path) -> None:
    """Open the place of a file that is going to be written: the file, else its folder.

    Raises:
        PathError: there is no such folder.
        PathRefusedError: it is never open to machines.
    """
    try:
        await manager.grant_path(target)
    except PathRefusedError:
        raise
    except PathError:  # Not there yet.
        await manager.grant_path(target.parent)
