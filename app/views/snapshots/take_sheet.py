"""Asks for the name and the note of a new snapshot."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QLocale, QSize, Signal
from PySide6.QtWidgets import QLineEdit
from typing_extensions import override

from app.views.widgets.buttons import Button
from app.views.widgets.fields import Field
from app.views.widgets.labels import breakable, label
from app.views.widgets.layouts import column, row
from app.views.widgets.sheet import Sheet
from app.vm.model import MAX_NAME_CHARACTERS, VmInfo
from app.vm.state import VmState

_MOST_NOTE_CHARACTERS = 1000


class TakeSheet(Sheet):
    """Name, pre-filled with the date, and note.

    Signals:
        wanted: name and note; the sheet closes after it.
    """

    wanted = Signal(str, str)

    def __init__(self, info: VmInfo) -> None:
        super().__init__(self.tr("Take snapshot"), QSize(460, 330))
        layout = column(self, margins=(24, 20, 20, 18), spacing=12)
        title = self.tr("Take a snapshot of “%1”").replace("%1", info.name)
        layout.addWidget(label(breakable(title), "heading", wrap=True))
        layout.addWidget(label(self._explanation(info), tone="text2", wrap=True))
        now = QDateTime.currentDateTime()
        self.name = QLineEdit(QLocale().toString(now, QLocale.FormatType.ShortFormat))
        self.name.setMaxLength(MAX_NAME_CHARACTERS)
        self.note = QLineEdit()
        self.note.setMaxLength(_MOST_NOTE_CHARACTERS)
        self._field = Field(self.tr("Name"), self.name)
        layout.addWidget(self._field)
        layout.addWidget(Field(self.tr("Note"), self.note))
        layout.addStretch(1)
        footer = row(spacing=10)
        cancel = Button(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        take = Button(self.tr("Take snapshot"), "primary")
        take.setDefault(True)
        take.clicked.connect(self._take)
        footer.addStretch(1)
        footer.addWidget(cancel)
        footer.addWidget(take)
        layout.addLayout(footer)
        self.name.textEdited.connect(lambda _: self._field.show_error(""))
        self.name.selectAll()

    @override
    def focus_first(self) -> None:
        """Begin in the name."""
        self.name.setFocus()

    def _explanation(self, info: VmInfo) -> str:
        if info.state in {VmState.RUNNING, VmState.VIEWING, VmState.PAUSED}:
            return self.tr("Its memory is kept too. It stands still meanwhile, then goes on.")
        return self.tr("The machine is off: its disks are kept.")

    def _take(self) -> None:
        name = self.name.text().strip()
        if not name:
            self._field.show_error(self.tr("A snapshot needs a name."))
            self.name.setFocus()
            return
        self.wanted.emit(name, self.note.text().strip())
        self.accept()
