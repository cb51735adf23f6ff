"""The note in a machine's folder that its disks have to be looked through before it runs again.

It is written before anything else of a run that had no clean end is cleared away, and removed when
the disks were found to be whole, so that no death in between loses it. All functions block shortly.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

from app.atomic import sync_folder

_log = logging.getLogger(__name__)

MARKER = "unclean"


def mark_unclean(folder: Path) -> None:
    """Note that the machine's run had no clean end, or that nobody saw it."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        os.close(os.open(folder / MARKER, flags, 0o600))
        sync_folder(folder)
    except OSError as err:  # Folders that only can be read start no machine either.
        _log.warning("%s: the unclean end cannot be noted: %s", folder.name, err)


def is_marked(folder: Path) -> bool:
    """Whether the disks have to be looked through; one look at the folder."""
    return os.path.lexists(folder / MARKER)


def unmark(folder: Path) -> None:
    """The disks are whole.

    Raises:
        OSError: the note cannot be removed.
    """
    (folder / MARKER).unlink(missing_ok=True)
    sync_folder(folder)
