"""The last page: everything once more, with a way back to each of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame
from typing_extensions import override

from app.views import words
from app.views.icons import Glyph
from app.views.widgets.buttons import Button
from app.views.widgets.labels import ElidedLabel, GlyphLabel, label
from app.views.widgets.layouts import column, row
from app.views.wizard.page import Notices, WizardPage
from app.views.wizard.plan import Plan, SourceKind
from app.views.wizard.source_check import system_name
from app.vm.model import NetMode


class SummaryCard(QFrame):
    """One step in two lines.

    Signals:
        change_wanted: its button was pressed.
    """

    change_wanted = Signal()

    def __init__(self, glyph: Glyph, name: str, change: str) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        layout = row(self, margins=(16, 10, 8, 10), spacing=14)
        layout.addWidget(GlyphLabel(glyph, "brand_text", 22))
        lines = column(spacing=2)
        lines.addWidget(label(name, "caption"))
        self._first = ElidedLabel(role="strong", mode=Qt.TextElideMode.ElideMiddle)
        self._second = ElidedLabel(role="caption")
        lines.addWidget(self._first)
        lines.addWidget(self._second)
        layout.addLayout(lines, 1)
        self.button = Button(change, "ghost")
        self.button.say(f"{change}: {name}")
        self.button.clicked.connect(self.change_wanted)
        layout.addWidget(self.button)

    def show_lines(self, first: str, second: str) -> None:
        """Show what was chosen."""
        self._first.setText(first)
        self._second.setText(second)
        self._second.setVisible(bool(second))


class ReviewPage(WizardPage):
    """Shows the plan.

    Signals:
        step_wanted: number of the step to change.
    """

    step_wanted = Signal(int)

    def __init__(self, plan: Plan, title: str, caption: str) -> None:
        super().__init__(plan, title, caption)
        change = self.tr("Change")
        self.source = SummaryCard(Glyph.DISC, self.tr("Source"), change)
        self.system = SummaryCard(Glyph.SYSTEM, self.tr("System"), change)
        self.resources = SummaryCard(Glyph.CHIP, self.tr("Resources"), change)
        for number, card in enumerate((self.source, self.system, self.resources)):
            card.change_wanted.connect(lambda number=number: self.step_wanted.emit(number))
            self.content.addWidget(card)
        self._notices = Notices()
        self.content.addWidget(self._notices)
        self.content.addSpacing(4)
        self.start_now = QCheckBox(self.tr("Start now"))
        self.exclusive = QCheckBox(self.tr("Open in exclusive mode"))
        self.start_now.toggled.connect(lambda is_on: plan.change(start_now=is_on))
        self.exclusive.toggled.connect(lambda is_on: plan.change(exclusive=is_on))
        for box in (self.start_now, self.exclusive):
            box.setCursor(Qt.CursorShape.PointingHandCursor)
            self.content.addWidget(box)
        self.content.addStretch(1)
        self.refresh()

    @override
    def refresh(self) -> None:
        plan, suggestion = self.plan, self.plan.suggestion
        iso = plan.iso
        if plan.draft.kind is SourceKind.EMPTY or iso is None:
            self.source.show_lines(self.tr("Empty disk"), self.tr("No disc inserted"))
        else:
            self.source.show_lines(iso.name, str(iso.parent))
        is_chosen = bool(plan.draft.system) or suggestion.title == suggestion.system.name
        system = system_name(suggestion.system) if is_chosen else suggestion.title
        self.system.show_lines(plan.name, f"{system} · {words.firmware(plan.firmware)}")
        self.resources.show_lines(
            " · ".join((words.processors(plan.cpus), words.size(plan.memory_mib))),
            self.tr("%1 disk, network: %2")
            .replace("%1", words.size(plan.disk_mib))
            .replace("%2", words.network(NetMode.MODE_NAT)),
        )
        self._notices.show_notices(plan.notices)
        self.start_now.setChecked(plan.draft.start_now)
        self.exclusive.setChecked(plan.draft.exclusive)
        self.exclusive.setEnabled(plan.draft.start_now)
