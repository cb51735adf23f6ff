"""A sheet that asks for the name of a new machine, whatever that is made of."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit
from typing_extensions import override

from app.views.disks.sheet import WorkSheet
from app.views.rename_sheet import name_problem
from app.views.widgets.fields import Field
from app.vm.model import check_name


class NamingSheet(WorkSheet):
    """Asks for a name until it can be one.

    Signals:
        wanted: begin, under this name.
    """

    wanted = Signal(str)

    def ask_for_name(self, title: str, help_text: str, name: str, taken: frozenset[str]) -> None:
        """Put the field below what is there; `name` is proposed, `taken` are folded names."""
        self._taken = taken
        self._edit = QLineEdit(name)
        self._field = Field(title, self._edit, help_text=help_text)
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
