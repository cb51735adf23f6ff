"""Remembers what size a person gave to each machine's window on each monitor."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from PySide6.QtCore import QSize

from app.atomic import write_atomically

_log = logging.getLogger(__name__)

_MOST_MACHINES = 500
_MOST_MONITORS = 16
_MOST_BYTES = 1 << 20
_MOST_PX = 16384

_V = TypeVar("_V")
_Sizes = dict[str, dict[str, tuple[int, int]]]


class ViewSizes:
    """One small file for all machines. Of the window's thread; writes only what is new.

    The least lately chosen sizes are forgotten first. A file that cannot be read or written is
    only a loss of comfort: that is logged, never raised.

    Args:
        file: where they are kept; the folder is made when it is missing.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._sizes: _Sizes | None = None  # read when the first window opens

    def of_machine(self, vm_id: UUID) -> MachineSizes:
        """What is known of one machine's window."""
        return MachineSizes(self, vm_id.hex)

    def look_up(self, machine: str, monitor: str) -> QSize | None:
        """The size that was chosen there, screen pixels."""
        size = self._known().get(machine, {}).get(monitor)
        return None if size is None else QSize(*size)

    def note(self, machine: str, monitor: str, size_px: QSize) -> None:
        """It was chosen now."""
        size = (size_px.width(), size_px.height())
        known = self._known()
        monitors = known.pop(machine, {})
        is_new = monitors.pop(monitor, None) != size
        monitors[monitor] = size
        known[machine] = _newest(monitors, _MOST_MONITORS)
        self._sizes = _newest(known, _MOST_MACHINES)
        if is_new:
            self._write()

    def _known(self) -> _Sizes:
        if self._sizes is None:
            self._sizes = _read(self._file)
        return self._sizes

    def _write(self) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomically(self._file, json.dumps(self._sizes, indent=1).encode())
        except OSError as err:
            _log.warning("The windows' sizes were not kept: %s", err)


class MachineSizes:
    """Implements `app.exclusive.machine_view.SizeMemory`."""

    def __init__(self, sizes: ViewSizes, machine: str) -> None:
        self._sizes, self._machine = sizes, machine

    def size_on(self, monitor: str) -> QSize | None:
        """What was chosen on this monitor, or None."""
        return self._sizes.look_up(self._machine, monitor)

    def keep(self, monitor: str, size_px: QSize) -> None:
        """It was chosen now; told again and again with the same size."""
        self._sizes.note(self._machine, monitor, size_px)


def _newest(known: dict[str, _V], most: int) -> dict[str, _V]:
    return dict(list(known.items())[-most:])


def _read(file: Path) -> _Sizes:
    try:
        with file.open("rb") as stream:
            document = json.loads(stream.read(_MOST_BYTES))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as err:
        _log.warning("The windows' sizes cannot be read: %s", err)
        return {}
    if not isinstance(document, dict):
        return {}
    return {
        machine: {monitor: (size[0], size[1]) for monitor, size in monitors.items() if _fits(size)}
        for machine, monitors in document.items()
        if isinstance(monitors, dict)
    }


def _fits(size: object) -> bool:
    return (
        isinstance(size, list)
        and len(size) == 2
        and all(type(side) is int and 0 < side <= _MOST_PX for side in size)
    )
