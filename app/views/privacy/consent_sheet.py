"""The question whether a machine, or a program, may use something of this computer."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QWidget
from typing_extensions import override

from app.views.privacy import words
from app.views.widgets.labels import ElidedLabel, breakable, label
from app.views.widgets.layouts import column, frame
from app.views.widgets.question import Choice, QuestionSheet
from app.vm import permissions
from app.vm.permissions import Request

ARM_MS = 500
"""So long an answer is not taken."""
_CHOICES = {
    "": permissions.Choice.DENY,
    "once": permissions.Choice.ONCE,
    "always": permissions.Choice.ALWAYS,
}


class ConsentSheet(QuestionSheet):
    """Asks; the safe answer, which Esc and Enter give, is no.

    What comes from whoever asks is shown as their words, never as ours. The sheet comes unasked, so
    for its first moment it takes no answer: a key or a click that was meant for what is below it
    must not decide.
    """

    def __init__(self, request: Request) -> None:
        super().__init__(
            words.question(request),
            words.consequence(request.permission.kind),
            [
                Choice("", self.tr("Don't allow"), "primary"),
                Choice("once", self.tr("This time")),
                Choice("always", self.tr("Always")),
            ],
            glyph=words.GLYPHS[request.permission.kind],
        )
        self._arming = QTimer(self, singleShot=True, interval=ARM_MS)
        self._arming.timeout.connect(self._arm)
        for button in self._buttons:
            button.setEnabled(False)
        self._place = 2  # below the question and its consequence
        if request.permission.item:
            item = ElidedLabel(request.permission.item, mode=Qt.TextElideMode.ElideMiddle)
            self._add(_box(item))
        who, why = words.asker(request), words.reason(request)
        if who or why:
            theirs = (label(breakable(text), "caption", wrap=True) for text in (who, why) if text)
            self._add(_box(*theirs))
        where = label(
            self.tr("You can change this under Settings > Privacy."), "caption", wrap=True
        )
        self._add(where)
        spoken = [words.consequence(request.permission.kind), request.permission.item, who, why]
        self.setAccessibleDescription(" ".join(filter(None, [*spoken, where.text()])))

    @property
    def answer(self) -> permissions.Choice:
        """What was chosen."""
        return _CHOICES[self.choice]

    @override
    def focus_first(self) -> None:
        (self._buttons[0] if self._buttons[0].isEnabled() else self).setFocus()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._arming.start()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._arming.isActive():
            event.accept()
        else:
            super().keyPressEvent(event)

    def _arm(self) -> None:
        for button in self._buttons:
            button.setEnabled(True)
        if self.hasFocus():
            self.focus_first()

    def _add(self, part: QWidget) -> None:
        self._body.insertWidget(self._place, part)
        self._place += 1


def _box(*texts: QLabel) -> QFrame:
    """A ground of its own for words that are not ours."""
    box = frame("quote")
    layout = column(box, margins=(12, 9, 12, 9), spacing=3)
    for text in texts:
        layout.addWidget(text)
    return box
