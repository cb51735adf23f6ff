"""Make a copy of a machine."""

from __future__ import annotations

from app.views.disks.naming_sheet import NamingSheet
from app.views.icons import Glyph


class DuplicateSheet(NamingSheet):
    """Asks for the copy's name."""

    def __init__(self, original: str, name: str, taken: frozenset[str]) -> None:
        """Ask for a name other than `taken`, which are folded; `name` is proposed."""
        super().__init__(
            self.tr("Duplicate"),
            self.tr("Duplicate “%1”").replace("%1", original),
            self.tr("Duplicate"),
            Glyph.COPY,
        )
        self.ask_for_name(
            self.tr("Name of the copy"),
            self.tr("The copy has its own disk and network address; no snapshots."),
            name,
            taken,
        )
