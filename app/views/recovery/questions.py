"""What is asked before a step that changes or removes something."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.views import words
from app.views.icons import Glyph
from app.views.widgets.question import Choice, QuestionSheet
from app.vm.records import Finding, RecoveryKind, RecoveryStep

GO = "go"
"""The answer that lets the step begin."""
_MIB = 1 << 20


def verb(step: RecoveryStep) -> str:
    """What the button of a step says; three dots where it asks first."""
    translate = QCoreApplication.translate
    match step:
        case RecoveryStep.CHECK:
            return translate("Recovery", "Check")
        case RecoveryStep.REPAIR:
            return translate("Recovery", "Repair…")
        case RecoveryStep.ADOPT:
            return translate("Recovery", "Adopt")
        case RecoveryStep.CLEAN_UP:
            return translate("Recovery", "Clean up…")
        case RecoveryStep.CONTINUE:
            return translate("Recovery", "Continue")


def size(finding: Finding) -> str:
    """How large the file of a finding is."""
    return words.size(-(-finding.size_bytes // _MIB))


def question(finding: Finding, step: RecoveryStep) -> QuestionSheet | None:
    """The sheet to ask with, None for a step that cannot hurt."""
    translate = QCoreApplication.translate
    if step is RecoveryStep.REPAIR:
        return _sheet(
            translate("Recovery", "Repair the disk of “%1”?"),
            translate(
                "Recovery",
                "The disk is copied first, so that nothing can be lost by that; there has to be "
                "room for the copy. What cannot be saved is empty in the machine afterwards.",
            ),
            Choice(GO, translate("Recovery", "Copy and repair"), "primary"),
            finding,
        )
    if step is not RecoveryStep.CLEAN_UP:
        return None
    if finding.kind is RecoveryKind.LEFTOVER:
        text = translate("Recovery", "%1 in the machine's folder is removed for good: %2.")
        return _sheet(
            translate("Recovery", "Remove a file of “%1”?"),
            text.replace("%2", size(finding)).replace("%1", finding.file),
            Choice(GO, translate("Recovery", "Remove"), "danger"),
            finding,
        )
    if finding.kind is RecoveryKind.INTERRUPTED_TASK:
        return _sheet(
            translate("Recovery", "Clean up what is left of “%1”?"),
            translate(
                "Recovery",
                "The unfinished files of the work that was cut off are removed for good, and the "
                "work is not offered any more. Your own files stay as they are.",
            ),
            Choice(GO, translate("Recovery", "Clean up"), "danger"),
            finding,
        )
    return _sheet(
        translate("Recovery", "Move “%1” to the trash?"),
        translate("Recovery", "It has settings, but no disk. The trash keeps it for a while."),
        Choice(GO, translate("Recovery", "Move to trash"), "danger"),
        finding,
    )


def _sheet(title: str, text: str, choice: Choice, finding: Finding) -> QuestionSheet:
    cancel = Choice("", QCoreApplication.translate("Recovery", "Cancel"))
    is_safe = choice.kind == "primary"
    glyph, token = (Glyph.DISK, "brand_text") if is_safe else (Glyph.TRASH, "bad")
    return QuestionSheet(
        title.replace("%1", finding.vm_name), text, [cancel, choice], glyph=glyph, token=token
    )
