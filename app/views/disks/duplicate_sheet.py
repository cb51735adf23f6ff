"""Make a copy of a machine."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit
from typing_extensions import override

from app.views.disks.sheet import WorkSheet
from app.views.icons import Glyph
from app.views.rename_sheet import name_problem
from app.views.widgets.fields import Field
from app.vm.model import check_name


class DuplicateSheet(WorkSheet):
    """Asks for the copy's name.

    Signals:
        wanted: make the copy under this name.
    """

    wanted = Signal(str)

    def __init__(self, original: str, name: str, taken: frozenset[str]) -> None:
        """Ask for a name other than `taken`, which are folded; `name` is proposed."""
        super().__init__(
            self.tr("Duplicate"),
            self.tr("Duplicate “%1”").replace("%1", original),
            self.tr("Duplicate"),
            Glyph.COPY,
        )
        self._taken = taken
        self._edit = QLineEdit(name)
        self._field = Field(
            self.tr("Name of the copy"),
            self._edit,
            help_text=self.tr("The copy has its own disk and network address; no snapshots."),
        )
        self.content.addWidget(self._field)
        self._edit.textEdited.connect(self._check)
        self._edit.selectAll()

    def show_taken(self, problem: str) -> None:
        """Another machine has got the name meanwhile."""
        if self.is_open:
            self._field.show_error(problem)
            self._edit.setFocus()

    @override
    def focus_first(self) -> None:
        self._edit.setFocus()

    @override
    def go(self) -> None:
        if self._check():
            self.wanted.emit(check_name(self._edit.text()))
        else:
            self._edit.setFocus()

    def _check(self) -> bool:
        problem = name_problem(self._edit.text(), self._taken)
        self._field.show_error(problem)
        return not problem
