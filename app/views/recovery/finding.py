"""One thing that was found, with a button for each step that is offered."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame

from app.views.problems import sentence
from app.views.recovery.questions import size, verb
from app.views.widgets.buttons import Button
from app.views.widgets.labels import ElidedLabel, label
from app.views.widgets.layouts import column, frame, row
from app.vm.records import Finding, RecoveryKind, RecoveryStep


def finding_frame(
    finding: Finding, take: Callable[[Finding, RecoveryStep], None], *, is_told: bool = True
) -> QFrame:
    """Make it.

    Args:
        finding: what it is about.
        take: called with the step whose button was pressed.
        is_told: whether its sentence stands in it.
    """
    made = frame("quote")
    layout = column(made, margins=(14, 10, 10, 10), spacing=6)
    text = sentence(finding.sentence)
    if is_told:
        layout.addWidget(label(text, wrap=True))
    if finding.kind is RecoveryKind.LEFTOVER:
        about = f"{finding.file} · {size(finding)}"
        layout.addWidget(ElidedLabel(about, "caption", mode=Qt.TextElideMode.ElideMiddle))
    bar = row(spacing=8)
    for step in finding.steps:
        button = Button(verb(step))
        button.say(f"{verb(step)} {text}")
        button.clicked.connect(partial(_pressed, take, finding, step))
        bar.addWidget(button)
    bar.addStretch(1)
    layout.addLayout(bar)
    return made


def _pressed(
    take: Callable[[Finding, RecoveryStep], None],
    finding: Finding,
    step: RecoveryStep,
    *_: object,  # of the signal
) -> None:
    take(finding, step)
