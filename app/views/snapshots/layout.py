"""The parts of the page of snapshots, and where they are."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.views.icons import Glyph
from app.views.snapshots.tree import SnapshotTree
from app.views.widgets.buttons import Button
from app.views.widgets.labels import GlyphLabel, label
from app.views.widgets.layouts import column, frame, row
from app.views.widgets.note import Note
from app.views.widgets.status import StateSign


class SnapshotsLayout(QWidget):
    """What the page consists of, without its contents.

    Signals:
        back_wanted: the person is done here.
    """

    back_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._build()

    def _build(self) -> None:
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        # The text of the first button stands above the others, not its edge.
        outer = column(self, margins=(12, 14, 24, 20), spacing=8)
        back = Button(self.tr("Virtual machines"), "ghost", glyph=Glyph.LEFT)
        back.clicked.connect(self.back_wanted)
        outer.addWidget(back, 0, Qt.AlignmentFlag.AlignLeft)
        layout = column(margins=(12, 0, 0, 0), spacing=8)
        outer.addLayout(layout, 1)
        head = row(spacing=16)
        words_of_head = column(spacing=4)
        self._title = label("", "title", wrap=True)
        words_of_head.addWidget(self._title)
        state = row(spacing=7)
        self._sign = StateSign()
        self._state = label("", "caption")
        state.addWidget(self._sign)
        state.addWidget(self._state, 1)
        words_of_head.addLayout(state)
        self._used = label("", "caption")
        self.take = Button(self.tr("Take snapshot"), "primary", glyph=Glyph.SNAPSHOT)
        head.addLayout(words_of_head, 1)
        head.addWidget(self._used)
        head.addWidget(self.take)
        layout.addLayout(head)
        layout.addSpacing(6)
        self._note = Note("bad")
        self._note.hide()
        layout.addWidget(self._note)
        self._build_list(layout)

    def _build_list(self, layout: QVBoxLayout) -> None:
        self._card = frame("card")
        self.tree = SnapshotTree()
        self.tree.left.connect(self.back_wanted)
        column(self._card, margins=8).addWidget(self.tree)
        layout.addWidget(self._card, 1)
        self._empty = QWidget()
        held = column(self._empty, margins=(0, 90, 0, 0), spacing=10)
        centre = Qt.AlignmentFlag.AlignHCenter
        held.addWidget(GlyphLabel(Glyph.CLOCK, "text3", 48), 0, centre)
        held.addWidget(label(self.tr("No snapshots yet"), "heading"), 0, centre)
        text = self.tr("A snapshot keeps this machine as it is now, so that you can go back to it.")
        held.addWidget(label(text, tone="text2"), 0, centre)
        held.addStretch(1)
        layout.addWidget(self._empty, 1)
