"""What is under way on one machine, in the panel of that machine."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.views.tasks import words
from app.views.tasks.board import TaskBoard
from app.views.widgets.buttons import Button
from app.views.widgets.labels import ElidedLabel
from app.views.widgets.layouts import column, row
from app.views.widgets.progress import Bar
from app.vm.records import TaskPhase


class TaskStrip(QWidget):
    """Words, a bar and a way to end it; hidden while there is nothing.

    Signals:
        cancel_wanted: end the task of this number.
    """

    cancel_wanted = Signal(object)

    def __init__(self, board: TaskBoard) -> None:
        super().__init__()
        self._board = board
        self._vm_id: UUID | None = None
        layout = column(self, spacing=6)
        head = row(spacing=8)
        self._text = ElidedLabel(role="caption")
        self._cancel = Button(self.tr("Cancel"), "ghost")
        self._cancel.clicked.connect(self._want_end)
        head.addWidget(self._text, 1)
        head.addWidget(self._cancel)
        self._bar = Bar()
        layout.addLayout(head)
        layout.addWidget(self._bar)
        board.changed.connect(lambda _: self.refresh())
        board.removed.connect(self.refresh)
        self.hide()

    def show_machine(self, vm_id: UUID) -> None:
        """Show what is under way on this machine."""
        self._vm_id = vm_id
        self.refresh()

    def refresh(self) -> None:
        """Show it as it is now."""
        known = None if self._vm_id is None else self._board.of_machine(self._vm_id)
        self.setVisible(known is not None)
        if known is None:
            return
        info = known.info
        is_counted = info.phase is TaskPhase.COPYING
        parts = [words.progress(info)]
        if not is_counted:
            parts = [words.title(info), words.step_names(info.kind)[words.step_number(info)]]
        left_s = self._board.left_s(known)
        if is_counted and left_s is not None:
            parts.append(words.left(left_s))
        self._text.setText(" · ".join(parts))
        self._bar.show_percent(info.progress if is_counted else None)
        self._bar.setAccessibleName(words.title(info))
        self._cancel.say(words.cancel(info.kind))

    def _want_end(self) -> None:
        known = None if self._vm_id is None else self._board.of_machine(self._vm_id)
        if known is not None:
            self.cancel_wanted.emit(known.info.task_id)
