"""Standard streams that are closed, full, or read by nobody any more."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from typing import TextIO

_STREAMS = ("stdin", "stdout", "stderr")
"""By their descriptors."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


def open_missing_streams() -> None:
    """Put nowhere in the place of the standard streams that the program was started without.

    Python has None for them. Their descriptors are taken too: else the next file that is opened,
    such as the library's lock, would be the standard output of the programs that we start.
    """
    for number, name in enumerate(_STREAMS):
        if getattr(sys, name) is not None:
            continue
        _open_if_closed(number)
        # Nobody closes it: it is there for as long as the program.
        setattr(sys, name, open(os.devnull, "r" if number == 0 else "w", encoding="utf-8"))  # noqa: PTH123, SIM115


def can_be_written(stream: TextIO) -> bool:
    """Whether all that was printed could be written; what could not is kept by the stream."""
    try:
        stream.flush()
    except (OSError, ValueError):
        return False
    return True


def is_about_output(err: OSError) -> bool:
    """Whether standard output could not be written.

    Of what the library cannot write its own errors tell. A stream without a buffer, as with
    PYTHONUNBUFFERED, keeps nothing to try again, so that only the number tells.
    """
    return err.errno in _FULL or not can_be_written(sys.stdout)


def write_to_nowhere(stream: TextIO) -> None:
    """Forget what cannot be written: the interpreter must not fail of it at its end."""
    with suppress(OSError, ValueError):  # Replaced by something in memory.
        number = stream.fileno()
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, number)
        os.close(nothing)


def _open_if_closed(number: int) -> None:
    with suppress(OSError):
        os.fstat(number)
        return
    nothing = os.open(os.devnull, os.O_RDWR)
    if nothing != number:
        os.dup2(nothing, number)
        os.close(nothing)
    os.set_inheritable(number, True)
