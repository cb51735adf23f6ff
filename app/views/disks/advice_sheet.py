"""What is to be done in the machine after its disk has grown."""

from __future__ import annotations

from PySide6.QtCore import Qt
from typing_extensions import override

from app.views.disks.sheet import WorkSheet
from app.views.icons import Glyph
from app.views.problems import sentence
from app.views.widgets.labels import label
from app.views.widgets.layouts import row


class AdviceSheet(WorkSheet):
    """Says so in steps that can be copied; there is nothing to decide."""

    def __init__(self, title: str, advice: tuple[str, ...]) -> None:
        """Show `advice`: what is so, and then the steps in their order."""
        super().__init__(title, title, self.tr("Close"), Glyph.CHECK, width_px=620)
        first, *steps = [sentence(text) for text in advice]
        self.content.addWidget(label(first, wrap=True))
        for number, text in enumerate(steps, start=1):
            line = row(spacing=10)
            if len(steps) > 1:
                line.addWidget(label(f"{number}.", "strong"), 0, Qt.AlignmentFlag.AlignTop)
            words = label(text, wrap=True)
            words.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            line.addWidget(words, 1)
            self.content.addLayout(line)
        self.setAccessibleDescription(" ".join([first, *steps]))
        self.drop_cancel()

    @override
    def go(self) -> None:
        self.accept()
