"""Remembers which keys a person keeps for this computer, for each machine."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from app.desktop.machine_file import MachineFile
from app.vm.display.key_groups import USUALLY_KEPT, KeyGroup, chosen_groups


class KeptKeys(QObject):
    """All machines' choices; of the window's thread.

    Signals:
        changed: there is another choice for a machine.
    """

    changed = Signal()

    def __init__(self, file: Path) -> None:
        """Keep them in `file`; its folder is made when it is missing."""
        super().__init__()
        self._file = MachineFile(file, _names)

    @property
    def can_hand_back(self) -> bool:
        """Whether this desktop can be given single keys while a machine has all others."""
        from app.exclusive.xlib import qt_display  # noqa: PLC0415 - not for the first paint

        display = qt_display()
        return display is not None and display.can_play_keys

    def of_machine(self, vm_id: UUID) -> frozenset[KeyGroup]:
        """What stays with this computer while that machine has the keyboard."""
        names = self._file.get(vm_id.hex)
        return USUALLY_KEPT if names is None else chosen_groups(names)

    def choose(self, vm_id: UUID, groups: frozenset[KeyGroup]) -> None:
        """It was chosen now.

        Raises:
            OSError: it cannot be written; it holds all the same until the program ends.
        """
        try:
            self._file.put(vm_id.hex, sorted(group.value for group in groups))
        finally:
            self.changed.emit()


def _names(value: object) -> list[str] | None:
    if not isinstance(value, list):
        return None
    return [name for name in value if isinstance(name, str)]
