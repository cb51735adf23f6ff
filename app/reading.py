"""Read a small file that anybody may have put there: never wait for it, never take it whole.

A pipe in the place of a document would hold the reader for ever, a device or a huge file would take
all memory.

    StoreError           what is there is no such file: a folder, a device, far too large
    └── UnreadableError  the system does not give it, which says nothing about what it holds

Who keeps documents may set aside what is no document. What cannot be read may be in perfect order:
a process without a free descriptor, a disk's error and a missing right all pass.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from app.errors import StoreError

_NO_FILE = {errno.EISDIR, errno.ELOOP, errno.ENXIO, errno.ENODEV}
"""A folder; a link that leads to itself; a socket; a device that nobody serves (open(2)). Waiting
does not make a document of them, so they are what every other thing that is no file is."""


class UnreadableError(StoreError):
    """It is there, as far as can be told, but the system does not let us read it: hands off."""


def read_small_file(path: Path, limit: int) -> bytes:
    """Content of a regular file of at most `limit` bytes.

    Raises:
        FileNotFoundError: there is none.
        UnreadableError: it cannot be read now.
        StoreError: it is no regular file, or too large.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise StoreError(f"{path.name} is not a file.")
            data = file.read(limit + 1)
    except FileNotFoundError:
        raise
    except OSError as err:
        if err.errno in _NO_FILE:
            raise StoreError(f"{path.name} is not a file.", detail=str(err)) from err
        raise UnreadableError(f"{path.name} cannot be read.", detail=str(err)) from err
    if len(data) > limit:
        raise StoreError(f"{path.name} is far too large for what it should hold.")
    return data
