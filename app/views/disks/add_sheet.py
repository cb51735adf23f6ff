"""Give a machine one more disk."""

from __future__ import annotations

from PySide6.QtCore import Signal
from typing_extensions import override

from app.views import words
from app.views.disks.sheet import WorkSheet
from app.views.icons import Glyph
from app.views.widgets.note import Note
from app.views.wizard.amounts import AmountCard, Range

_GIB = 1024
_USUAL_MIB = 64 * _GIB
_LEAST_MIB = 16


class AddDiskSheet(WorkSheet):
    """Asks for the size of a new, empty disk.

    Signals:
        wanted: of so many MiB.
    """

    wanted = Signal(int)

    def __init__(self, name: str, free_mib: int) -> None:
        """Ask for a size that fits into `free_mib`; such a disk grows as it fills."""
        super().__init__(
            self.tr("Add disk"),
            self.tr("Add a disk to “%1”").replace("%1", name),
            self.tr("Add"),
            Glyph.DISK,
        )
        self._free_mib = free_mib
        most = max(_LEAST_MIB, free_mib)
        self._card = AmountCard(Glyph.DISK, self.tr("Size"), is_size=True)
        self._card.show_range(Range(least=_LEAST_MIB, most=most, step=_GIB, good_from=0, good_to=0))
        self._card.chosen.connect(self._choose)
        self.content.addWidget(self._card)
        self.content.addWidget(
            Note(
                "info",
                self.tr("It is empty, and grows on this computer as it fills."),
                self.tr("Partition and format it in the machine, with its system's own tools."),
            )
        )
        self._wished_mib = min(_USUAL_MIB, most)
        self._choose(self._wished_mib)

    @override
    def focus_first(self) -> None:
        self._card.box.setFocus()
        self._card.box.selectAll()

    @override
    def go(self) -> None:
        self.wanted.emit(self._wished_mib)

    def _choose(self, mib: int) -> None:
        self._wished_mib = mib
        free = self.tr("%1 are free on this computer").replace("%1", words.size(self._free_mib))
        self._card.show_value(mib, free, warns=mib >= self._free_mib)
