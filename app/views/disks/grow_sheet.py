"""Let a machine's disk grow."""

from __future__ import annotations

from PySide6.QtCore import Signal
from typing_extensions import override

from app.views import words
from app.views.disks.sheet import WorkSheet
from app.views.icons import Glyph
from app.views.widgets.note import Note
from app.views.wizard.amounts import AmountCard, Range

_GIB = 1024


class GrowSheet(WorkSheet):
    """Asks for the new size of a disk.

    Signals:
        wanted: let it grow to so many MiB.
    """

    wanted = Signal(int)

    def __init__(self, name: str, present_mib: int, free_mib: int) -> None:
        """Ask for a size from `present_mib` on; what is new must fit into `free_mib`."""
        super().__init__(
            self.tr("Make the disk larger"),
            self.tr("Make the disk of “%1” larger").replace("%1", name),
            self.tr("Make larger"),
            Glyph.DISK,
        )
        self._present_mib, self._free_mib = present_mib, free_mib
        most = present_mib + max(0, free_mib)
        self._card = AmountCard(Glyph.DISK, self.tr("Size"), is_size=True)
        # Steps of the slider are whole GB; a disk of an odd size keeps its own as the least.
        self._card.show_range(
            Range(least=present_mib, most=most, step=_GIB, good_from=0, good_to=0)
        )
        self._card.chosen.connect(self._choose)
        self.content.addWidget(self._card)
        self.content.addWidget(
            Note(
                "info",
                self.tr("Partitions inside the machine stay as they are."),
                self.tr("You are told afterwards how to let them grow there."),
            )
        )
        self._wished_mib = min(most, -(-(present_mib + 1) // _GIB) * _GIB)
        self._choose(self._wished_mib)

    @override
    def focus_first(self) -> None:
        self._card.box.setFocus()
        self._card.box.selectAll()

    @override
    def go(self) -> None:
        if self._wished_mib > self._present_mib:
            self.wanted.emit(self._wished_mib)
        else:
            self._card.box.setFocus()

    def _choose(self, mib: int) -> None:
        self._wished_mib = mib
        now = self.tr("Now %1, %2 are free on this computer")
        now = now.replace("%1", words.size(self._present_mib))
        now = now.replace("%2", words.size(self._free_mib))
        self._card.show_value(mib, now, warns=mib - self._present_mib >= self._free_mib)
