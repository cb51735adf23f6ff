"""Asks for the note of a snapshot."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QPlainTextEdit
from typing_extensions import override

from app.views.widgets.buttons import Button
from app.views.widgets.fields import Field
from app.views.widgets.labels import breakable, label
from app.views.widgets.layouts import column, row
from app.views.widgets.sheet import Sheet
from app.vm.records import Snapshot
from app.vm.snapshots.manifest import MAX_NOTE_CHARACTERS


class NoteSheet(Sheet):
    """The note of one snapshot, which may have several lines.

    Signals:
        wanted: the new note; the sheet closes after it.
    """

    wanted = Signal(str)

    def __init__(self, one: Snapshot) -> None:
        super().__init__(self.tr("Edit note"), QSize(460, 300))
        layout = column(self, margins=(24, 20, 20, 18), spacing=12)
        title = self.tr("Note of “%1”").replace("%1", one.name)
        layout.addWidget(label(breakable(title), "heading", wrap=True))
        self.note = QPlainTextEdit(one.note)
        self.note.setTabChangesFocus(True)
        self._field = Field(self.tr("Note"), self.note)
        layout.addWidget(self._field, 1)
        footer = row(spacing=10)
        cancel = Button(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        self.save = Button(self.tr("Save"), "primary")
        self.save.setDefault(True)
        self.save.clicked.connect(self._save)
        footer.addStretch(1)
        footer.addWidget(cancel)
        footer.addWidget(self.save)
        layout.addLayout(footer)
        self.note.textChanged.connect(lambda: self._field.show_error(""))

    @override
    def focus_first(self) -> None:
        """Begin behind what is there."""
        self.note.setFocus()
        self.note.moveCursor(self.note.textCursor().MoveOperation.End)

    def _save(self) -> None:
        text = self.note.toPlainText().strip()
        if len(text) > MAX_NOTE_CHARACTERS:
            long = self.tr("At most %1 characters can be kept.")
            self._field.show_error(long.replace("%1", str(MAX_NOTE_CHARACTERS)))
            self.note.setFocus()
            return
        self.wanted.emit(text)
        self.accept()
