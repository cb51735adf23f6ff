"""Remembers what size a person gave to each machine's window on each monitor."""

from __future__ import annotations

import logging
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QSize

from app.desktop.machine_file import MachineFile, newest

_log = logging.getLogger(__name__)

_MOST_MONITORS = 16
_MOST_PX = 16384

_Monitors = dict[str, tuple[int, int]]


class ViewSizes:
    """All machines' sizes; of the window's thread. What cannot be written is logged, never raised.

    Args:
        file: where they are kept; the folder is made when it is missing.
    """

    def __init__(self, file: Path) -> None:
        self._file = MachineFile(file, _monitors)

    def of_machine(self, vm_id: UUID, head: int = 0) -> MachineSizes:
        """What is known of the window of one of the machine's screens."""
        return MachineSizes(self._file, f"{vm_id.hex}-{head}" if head else vm_id.hex)


class MachineSizes:
    """Implements `app.exclusive.machine_view.SizeMemory`."""

    def __init__(self, file: MachineFile[_Monitors], machine: str) -> None:
        self._file, self._machine = file, machine

    def size_on(self, monitor: str) -> QSize | None:
        """What was chosen on this monitor, or None."""
        size = (self._file.get(self._machine) or {}).get(monitor)
        return None if size is None else QSize(*size)

    def keep(self, monitor: str, size_px: QSize) -> None:
        """It was chosen now; told again and again with the same size."""
        size = (size_px.width(), size_px.height())
        monitors = dict(self._file.get(self._machine) or {})
        is_new = monitors.pop(monitor, None) != size
        monitors[monitor] = size
        try:
            self._file.put(self._machine, newest(monitors, _MOST_MONITORS), write=is_new)
        except OSError as err:
            _log.warning("The windows' sizes were not kept: %s", err)


def _monitors(value: object) -> _Monitors | None:
    if not isinstance(value, dict):
        return None
    return {monitor: (size[0], size[1]) for monitor, size in value.items() if _fits(size)}


def _fits(size: object) -> bool:
    return (
        isinstance(size, list)
        and len(size) == 2
        and all(type(side) is int and 0 < side <= _MOST_PX for side in size)
    )
