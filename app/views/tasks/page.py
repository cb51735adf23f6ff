"""The page of long work: what is under way, and what became of the rest."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from app.views.commands import Commands
from app.views.icons import Glyph
from app.views.tasks.board import Known, TaskBoard
from app.views.tasks.cut_off import CutOffWork
from app.views.tasks.row import TaskRow
from app.views.widgets.buttons import Button
from app.views.widgets.labels import GlyphLabel, label
from app.views.widgets.layouts import Scrolled, column, frame, line, row
from app.vm.records import TaskKind, TaskPhase


class TasksPage(QWidget):
    """Shows the board, and above it what was cut off before.

    Attributes:
        cut_off: that.

    Signals:
        cancel_wanted: end the task of this number.
        act_wanted: do what the button of this task says (its `Known`).
    """

    cancel_wanted = Signal(object)
    act_wanted = Signal(object)

    def __init__(self, board: TaskBoard, commands: Commands) -> None:
        super().__init__()
        self._board = board
        self.cut_off = CutOffWork(commands)
        self.cut_off.refresh()
        commands.recovered.connect(self.cut_off.refresh)
        self._rows: dict[UUID, TaskRow] = {}
        self._order: list[UUID] = []
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = column(self, margins=(24, 20, 24, 0), spacing=14)
        head = row(spacing=16)
        head.addWidget(label(self.tr("Tasks"), "title"))
        head.addStretch(1)
        self.clear = Button(self.tr("Clear finished"))
        self.clear.clicked.connect(board.clear_over)
        head.addWidget(self.clear)
        outer.addLayout(head)
        outer.addWidget(self.cut_off)
        self._stack = QStackedWidget()
        self._empty = _nothing(
            self.tr("No tasks"),
            self.tr("Imports, exports and copies of machines are listed here."),
        )
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._build_list())
        outer.addWidget(self._stack, 1)
        board.changed.connect(self._show_task)
        board.ended.connect(lambda _: self._arrange())
        board.removed.connect(self._arrange)
        self._arrange()

    def row_of(self, task_id: UUID) -> TaskRow | None:
        """The row of the task of that number."""
        return self._rows.get(task_id)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.cut_off.refresh()
        self._arrange()

    def _build_list(self) -> QScrollArea:
        scroller = QScrollArea()
        scroller.setWidgetResizable(True)
        scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        held = Scrolled()
        layout = column(held, margins=(0, 0, 0, 24), spacing=0)
        self._card: QFrame = frame("card")
        self._card.setAccessibleName(self.tr("Tasks"))
        self._list: QVBoxLayout = column(self._card, margins=(0, 2, 0, 2), spacing=0)
        layout.addWidget(self._card)
        layout.addStretch(1)
        scroller.setWidget(held)
        return scroller

    def _show_task(self, known: Known) -> None:
        shown = self._rows.get(known.info.task_id)
        if shown is None:
            self._arrange()
        else:
            shown.show_task(known, self._board.left_s(known), self._action(known))

    def _arrange(self) -> None:
        """Put the rows in the order of the board, with a hairline between two."""
        tasks = self._board.tasks
        self._stack.setCurrentIndex(1 if tasks else 0)
        self.clear.setVisible(len(tasks) > self._board.under_way)
        order = [known.info.task_id for known in tasks]
        if order != self._order:
            self._lay_out(order)
        for known in tasks:
            shown = self._rows[known.info.task_id]
            shown.show_task(known, self._board.left_s(known), self._action(known))

    def _lay_out(self, order: list[UUID]) -> None:
        self._order = order
        for number in set(self._rows) - set(order):
            gone = self._rows.pop(number)
            gone.hide()
            gone.deleteLater()
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and not isinstance(widget, TaskRow):
                widget.deleteLater()
        for place, number in enumerate(order):
            if place:
                held = row(margins=(16, 0, 16, 0))
                held.addWidget(line())
                wrapped = QWidget()
                wrapped.setLayout(held)
                self._list.addWidget(wrapped)
            if number not in self._rows:
                self._rows[number] = self._make_row(number)
            self._list.addWidget(self._rows[number])

    def _make_row(self, number: UUID) -> TaskRow:
        made = TaskRow()
        made.cancel_wanted.connect(lambda: self.cancel_wanted.emit(number))
        made.act_wanted.connect(lambda: self._act(number))
        return made

    def _act(self, number: UUID) -> None:
        known = self._board.find(number)
        if known is not None:
            self.act_wanted.emit(known)

    def _action(self, known: Known) -> str:
        """Text of the button of a task that is over; empty when there is nothing to do."""
        match known.info.phase, known.info.kind:
            case TaskPhase.DONE, TaskKind.IMPORT:
                return self.tr("Open")
            case TaskPhase.DONE, TaskKind.EXPORT:
                return self.tr("Show") if known.target is not None else ""
            case TaskPhase.FAILED, TaskKind.EXPORT:
                return self.tr("Choose another folder")
            case TaskPhase.FAILED, (TaskKind.IMPORT | TaskKind.DUPLICATE):
                return self.tr("Try again…")
            case _:
                return ""


def _nothing(title: str, text: str) -> QWidget:
    """What stands in the place of an empty list."""
    page = QWidget()
    layout = column(page, spacing=10)
    layout.addStretch(2)
    layout.addWidget(GlyphLabel(Glyph.TASKS, "text3", 48), 0, Qt.AlignmentFlag.AlignHCenter)
    for words in (label(title, "heading"), label(text, tone="text2")):
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(words)
    layout.addStretch(3)
    return page
