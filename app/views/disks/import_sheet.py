"""Bring in a disk image, or a whole machine, as a new machine."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit
from typing_extensions import override

from app.views.disks.sheet import WorkSheet
from app.views.icons import Glyph
from app.views.rename_sheet import name_problem
from app.views.widgets.fields import Field
from app.views.widgets.labels import ElidedLabel, GlyphLabel
from app.views.widgets.layouts import column, frame, row
from app.vm.model import check_name


class ImportSheet(WorkSheet):
    """Shows the file and asks for the new machine's name.

    Signals:
        wanted: import it under this name.
    """

    wanted = Signal(str)

    def __init__(self, path: Path, name: str, taken: frozenset[str]) -> None:
        """Ask for a name other than `taken`, which are folded; `name` is proposed."""
        super().__init__(
            self.tr("Import"), self.tr("Import as a new machine"), self.tr("Import"), Glyph.IMPORT
        )
        self._taken = taken
        quote = frame("quote")
        bar = row(quote, margins=(14, 10, 14, 10), spacing=12)
        bar.addWidget(GlyphLabel(Glyph.DISK, "text2", 22))
        words = column(spacing=2)
        file = ElidedLabel(path.name, "strong", mode=Qt.TextElideMode.ElideMiddle)
        self._where = ElidedLabel(str(path.parent), "caption", mode=Qt.TextElideMode.ElideMiddle)
        words.addWidget(file)
        words.addWidget(self._where)
        bar.addLayout(words, 1)
        self._bytes = ElidedLabel("", "caption")
        self._bytes.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._bytes.setMinimumWidth(72)
        self._bytes.setMaximumWidth(96)
        bar.addWidget(self._bytes)
        self.content.addWidget(quote)
        self._edit = QLineEdit(name)
        self._field = Field(
            self.tr("Name"),
            self._edit,
            help_text=self.tr("The file is copied; it stays as it is."),
        )
        self.content.addWidget(self._field)
        self._edit.textEdited.connect(self._check)
        self._edit.selectAll()

    def show_size(self, text: str) -> None:
        """Tell how large the file is."""
        if self.is_open:
            self._bytes.setText(text)

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
