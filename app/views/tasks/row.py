"""One task in the list: what is done, how far it is, and the one thing to do about it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.views import words as general
from app.views.icons import Glyph
from app.views.problems import sentence
from app.views.tasks import words
from app.views.tasks.board import Known
from app.views.widgets.buttons import Button
from app.views.widgets.labels import ElidedLabel, GlyphLabel, label
from app.views.widgets.layouts import column, row, set_look
from app.views.widgets.progress import Bar
from app.vm.records import TaskInfo, TaskKind, TaskPhase

_GLYPHS = {
    TaskKind.IMPORT: Glyph.IMPORT,
    TaskKind.EXPORT: Glyph.EXPORT,
    TaskKind.DUPLICATE: Glyph.COPY,
    TaskKind.GROW: Glyph.DISK,
}
_ENDS = {
    TaskPhase.DONE: (Glyph.CHECK, "ok"),
    TaskPhase.FAILED: (Glyph.WARN, "bad"),
    TaskPhase.CANCELLED: (Glyph.CLOSE, "text2"),
}
_NEXT = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
_PERCENT_PX, _LEFT_PX = 48, 118


class TaskRow(QWidget):
    """Shows one task.

    Signals:
        cancel_wanted: end it.
        act_wanted: the button of a task that is over: open, show, or try it another way.
    """

    cancel_wanted = Signal()
    act_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        outer = row(self, margins=(16, 12, 12, 12), spacing=14)
        self._sign = GlyphLabel(Glyph.IMPORT, "brand_text", 20)
        outer.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignVCenter)
        middle = column(spacing=4)
        outer.addLayout(middle, 1)
        head = row(spacing=12)
        self._title = ElidedLabel(role="strong")
        self._going = QWidget()
        going = row(self._going, spacing=12)
        self._bar = Bar()
        self._percent = label(role="caption")
        self._percent.setFixedWidth(_PERCENT_PX)
        self._percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._left = label(role="caption")
        self._left.setFixedWidth(_LEFT_PX)
        going.addWidget(self._bar, 1)
        going.addWidget(self._percent)
        going.addWidget(self._left)
        self._when = label(role="caption")
        head.addWidget(self._title, 2)
        head.addWidget(self._going, 3)
        head.addWidget(self._when)
        middle.addLayout(head)
        self._steps = _Steps()
        self._problem = label(role="caption", wrap=True)
        middle.addWidget(self._steps)
        middle.addWidget(self._problem)
        self._cancel = Button(self.tr("Cancel"), "ghost")
        self._cancel.clicked.connect(self.cancel_wanted)
        self._act = Button("", "ghost")
        self._act.clicked.connect(self.act_wanted)
        for button in (self._cancel, self._act):
            outer.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_task(self, known: Known, left_s: int | None, action: str) -> None:
        """Show it as it is now; `action` is the text of its button when it is over, or empty."""
        info = known.info
        title = words.title(info)
        is_over = info.phase.is_over
        sign = _ENDS.get(info.phase, (_GLYPHS.get(info.kind, Glyph.GEAR), "brand_text"))
        self._sign.show_glyph(*sign)
        self._title.setText(title)
        self._going.setVisible(not is_over)
        self._steps.setVisible(not is_over)
        self._cancel.setVisible(not is_over)
        self._cancel.say(words.cancel(info.kind) + f": {info.vm_name}")
        self._show_progress(info, left_s)
        problem = self._problem_of(info)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        set_look(self._problem, tone="bad" if info.phase is TaskPhase.FAILED else "")
        self._when.setText(general.moment(known.ended_ms) if known.ended_ms else "")
        self._when.setVisible(is_over and bool(known.ended_ms))
        self._act.setText(action)
        self._act.say(f"{action}: {title}")
        self._act.setVisible(is_over and bool(action))

    def _show_progress(self, info: TaskInfo, left_s: int | None) -> None:
        is_counted = info.phase is TaskPhase.COPYING
        self._bar.show_percent(info.progress if is_counted else None)
        self._bar.setAccessibleName(words.title(info))
        self._percent.setText(words.percent(info) if is_counted else "")
        left = words.left(left_s) if left_s is not None and is_counted else ""
        self._left.setText(left)
        self._steps.show_step(words.step_names(info.kind), words.step_number(info))
        spoken = [words.title(info)]
        if not info.phase.is_over:
            spoken += [words.step_names(info.kind)[words.step_number(info)]]
            spoken += [words.percent(info)] if is_counted else []
        spoken += [left] if left else []
        self.setAccessibleName(", ".join(spoken))

    def _problem_of(self, info: TaskInfo) -> str:
        if info.phase is TaskPhase.CANCELLED:
            return self.tr("Nothing of it is left.")
        return sentence(info.error) if info.phase is TaskPhase.FAILED else ""


class _Steps(QWidget):
    """The steps beside each other, the present one in bold."""

    def __init__(self) -> None:
        super().__init__()
        layout = row(self, spacing=7)
        self._labels = [label(role="caption") for _ in range(3)]
        for number, text in enumerate(self._labels):
            if number:
                layout.addWidget(label(_NEXT, "caption"))
            layout.addWidget(text)
        layout.addStretch(1)

    def show_step(self, names: tuple[str, str, str], present: int) -> None:
        """Show these steps, with the one of this number as the present one."""
        for number, (text, name) in enumerate(zip(self._labels, names, strict=True)):
            text.setText(name)
            is_now = number == present
            set_look(text, role="step" if is_now else "caption", tone="brand" if is_now else "")
