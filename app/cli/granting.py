"""What a person names on the command line is opened to machines by that act.

A program that speaks to the manager may name files in a few open folders only. A person who types a
path means exactly that file: it is granted first, on the same connection, and the manager still
refuses what is never open to machines.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.vm.api import ManagerApi


async def grant(manager: ManagerApi, *paths: Path | None) -> None:
    """Open these files and folders to machines; None stands for one that was not named.

    A file that is still to be written may be among them.

    Raises:
        PathError: its folder is missing.
        PathRefusedError: it is never open to machines.
    """
    for path in paths:
        if path is not None:
            await manager.grant_path(path)
