"""What all pages of the wizard have in common."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from app.views.widgets.labels import label
from app.views.widgets.layouts import column, ground
from app.views.widgets.note import Note
from app.views.wizard.plan import Plan
from app.views.wizard.source_check import notice_words
from app.vm.media.facts import Notice, NoticeId

_GRAVE = {NoticeId.NO_BOOT_ENTRY, NoticeId.OTHER_ARCHITECTURE}


class WizardPage(QScrollArea):
    """A heading, a line below it, and the content; scrolls where the window is low."""

    def __init__(self, plan: Plan, title: str, caption: str) -> None:
        super().__init__()
        self.plan = plan
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(title)
        content = ground("scrolled")
        self.setWidget(content)
        self.content: QVBoxLayout = column(content, margins=(32, 26, 32, 8), spacing=12)
        self.content.addWidget(label(title, "title", wrap=True))
        if caption:
            self.content.addWidget(label(caption, tone="text2", wrap=True))
        plan.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Show the plan as it is now."""

    def focus_first(self) -> None:
        """Give the keyboard to where the person begins."""

    def show_problem(self) -> bool:
        """Show what keeps the person from going on and put the keyboard there; whether any does."""
        return False


class Notices(QWidget):
    """A note for each notice, below each other."""

    def __init__(self) -> None:
        super().__init__()
        self._layout = column(self, spacing=8)
        self._shown: list[Notice] = []
        self.hide()

    def show_notices(self, notices: list[Notice]) -> None:
        """Show these and no others."""
        if notices == self._shown:
            return
        self._shown = list(notices)
        while (item := self._layout.takeAt(0)) is not None:
            note = item.widget()
            if note is not None:
                note.hide()
                note.deleteLater()
        for notice in notices:
            text, remedy = notice_words(notice)
            tone = "bad" if notice.id in _GRAVE else "warn"
            self._layout.addWidget(Note(tone, text, remedy))
        self.setVisible(bool(notices))
