"""Read a small file that anybody may have put there: never wait for it, never take it whole.

A pipe in the place of a document would hold the reader for ever, a device or a huge file would take
all memory.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from app.errors import StoreError


def read_small_file(path: Path, limit: int) -> bytes:
    """Content of a regular file of at most `limit` bytes.

    Raises:
        FileNotFoundError: there is none.
        StoreError: it is no regular file, too large, or cannot be read.
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
        raise StoreError(f"{path.name} cannot be read.", detail=str(err)) from err
    if len(data) > limit:
        raise StoreError(f"{path.name} is far too large for what it should hold.")
    return data
