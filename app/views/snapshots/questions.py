"""What is asked before a machine goes back."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.errors import AppError
from app.views.icons import Glyph
from app.views.problems import sentence
from app.views.widgets.question import Choice, ErrorSheet, QuestionSheet
from app.vm.model import VmInfo
from app.vm.records import Snapshot

SAFE, BACK, SHUT_DOWN, DISKS = "safe", "back", "stop", "disks"


def go_back_sheet(info: VmInfo, one: Snapshot, *, disks_only: bool) -> QuestionSheet:
    """Asks whether to keep the machine as it is now first; answers `SAFE` or `BACK`."""
    translate = QCoreApplication.translate
    text = translate(
        "SnapshotQuestions", "What you did after it is lost unless you take a snapshot now."
    )
    parts = [text]
    title = translate("SnapshotQuestions", "Go back to “%1”?")
    if disks_only:
        title = translate("SnapshotQuestions", "Go back to the disk of “%1” only?")
        without = translate("SnapshotQuestions", "Its memory is left out; the machine stays off.")
        parts = [without, text]
    elif one.with_memory and not info.state.has_process:
        parts.append(
            translate("SnapshotQuestions", "The machine starts and goes on from that moment.")
        )
    return QuestionSheet(
        title.replace("%1", one.name),
        "\n".join(parts),
        [
            Choice("", translate("SnapshotQuestions", "Cancel")),
            Choice(SAFE, translate("SnapshotQuestions", "Snapshot, then go back"), "primary"),
            Choice(BACK, translate("SnapshotQuestions", "Go back"), "danger"),
        ],
        glyph=Glyph.CLOCK,
    )


def shut_down_sheet(info: VmInfo) -> QuestionSheet:
    """Says that the machine has to be off before; answers `SHUT_DOWN`."""
    translate = QCoreApplication.translate
    return QuestionSheet(
        translate("SnapshotQuestions", "Shut %1 down first?").replace("%1", info.name),
        translate("SnapshotQuestions", "Only a machine that is off can go back to a disk."),
        [
            Choice("", translate("SnapshotQuestions", "Cancel")),
            Choice(SHUT_DOWN, translate("SnapshotQuestions", "Shut down"), "primary"),
        ],
        glyph=Glyph.POWER,
    )


def no_memory_sheet(info: VmInfo, error: AppError) -> ErrorSheet:
    """Says why the machine did not go back with its memory; may answer `DISKS`."""
    translate = QCoreApplication.translate
    title = translate("SnapshotQuestions", "%1 could not go back").replace("%1", info.name)
    return ErrorSheet(
        title,
        sentence(error.message),
        sentence(error.remedy),
        "\n".join(filter(None, (str(error.code), error.message, error.detail))),
        [
            Choice("", translate("SnapshotQuestions", "Close")),
            Choice(DISKS, translate("SnapshotQuestions", "Go back to the disk only…"), "primary"),
        ],
    )
