"""Give a machine another name."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QLineEdit
from typing_extensions import override

from app.errors import ParamError
from app.paths import fold_name
from app.views.problems import sentence
from app.views.widgets.buttons import Button
from app.views.widgets.fields import Field
from app.views.widgets.labels import label
from app.views.widgets.layouts import column, row
from app.views.widgets.sheet import Sheet
from app.vm.model import check_name


class RenameSheet(Sheet):
    """Asks for a name that a machine may have and no other machine has.

    Signals:
        named: the new name; the sheet closes after it.
    """

    named = Signal(str)

    def __init__(self, name: str, taken: frozenset[str]) -> None:
        """Ask for a name other than `taken`, which are folded; `name` is the present one."""
        super().__init__(self.tr("Rename"), QSize(460, 220))
        self._taken = taken - {fold_name(name)}
        layout = column(self, margins=(24, 20, 20, 18), spacing=14)
        layout.addWidget(label(self.tr("Rename “%1”").replace("%1", name), "heading", wrap=True))
        self._edit = QLineEdit(name)
        self._field = Field(self.tr("Name"), self._edit)
        layout.addWidget(self._field)
        layout.addStretch(1)
        footer = row(spacing=10)
        cancel = Button(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        save = Button(self.tr("Rename"), "primary")
        save.setDefault(True)
        save.clicked.connect(self._save)
        footer.addStretch(1)
        footer.addWidget(cancel)
        footer.addWidget(save)
        layout.addLayout(footer)
        self._edit.textEdited.connect(self._check)
        self._edit.selectAll()

    @override
    def focus_first(self) -> None:
        """Begin in the field."""
        self._edit.setFocus()

    def _check(self) -> bool:
        problem = name_problem(self._edit.text(), self._taken)
        self._field.show_error(problem)
        return not problem

    def _save(self) -> None:
        if not self._check():
            self._edit.setFocus()
            return
        self.named.emit(check_name(self._edit.text()))
        self.accept()


def name_problem(name: str, taken: frozenset[str]) -> str:
    """Why no machine can have this name, a sentence; empty when one can.

    Args:
        name: what was typed.
        taken: folded names of other machines.
    """
    try:
        normal = check_name(name)
    except ParamError as err:
        return sentence(err.message)
    if fold_name(normal) in taken:
        return sentence(f"There is already a machine called “{normal}”.")
    return ""
