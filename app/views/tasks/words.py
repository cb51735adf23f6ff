"""What is said about long work, in the person's language."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.vm.records import TaskInfo, TaskPhase

_MINUTE_S = 60
_STEPS = (TaskPhase.CHECKING, TaskPhase.COPYING, TaskPhase.FINISHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What is said of one kind of work; %1 is the machine.

    Attributes:
        verb: in one word, for a card.
        step: the long one of its steps.
        doing: while it is under way.
        done: when it went well.
        failed: when it did not.
        cancelled: when somebody ended it.
        cancel: how to end it, for a menu.
    """

    verb: str
    step: str
    doing: str
    done: str
    failed: str
    cancelled: str
    cancel: str


def title(task: TaskInfo) -> str:
    """The line of one task: ``Importing Debian``, ``Export of Debian failed``."""
    words = _words(task.kind)
    text = {
        TaskPhase.DONE: words.done,
        TaskPhase.FAILED: words.failed,
        TaskPhase.CANCELLED: words.cancelled,
    }.get(task.phase, words.doing)
    return text.replace("%1", task.vm_name)


def progress(task: TaskInfo) -> str:
    """What goes on, for a card: ``Importing 42 %``."""
    return f"{_words(task.kind).verb} {percent(task)}"


def percent(task: TaskInfo) -> str:
    """How much is done: ``42 %``."""
    return f"{task.progress} %"


def step_names(kind: str) -> tuple[str, str, str]:
    """Names of the steps CHECKING, COPYING and FINISHING."""
    translate = QCoreApplication.translate
    return translate("Tasks", "Checking"), _words(kind).step, translate("Tasks", "Ready")


def step_number(task: TaskInfo) -> int:
    """Number of the present step, from 0; past the last one when it is over."""
    return _STEPS.index(task.phase) if task.phase in _STEPS else len(_STEPS)


def cancel(kind: str) -> str:
    """The entry of a menu that ends work of this kind."""
    return _words(kind).cancel


def left(seconds: int) -> str:
    """The time that is left, told no more exactly than it is known: ``3 min left``."""
    translate = QCoreApplication.translate
    if seconds < _MINUTE_S:
        amount = translate("Tasks", "%1 s").replace("%1", str(max(5, -(-seconds // 5) * 5)))
    else:
        hours, minutes = divmod(-(-seconds // _MINUTE_S), 60)
        amount = translate("Tasks", "%1 min").replace("%1", str(minutes))
        if hours:
            amount = translate("Tasks", "%1 h %2 min").replace("%1", str(hours))
            amount = amount.replace("%2", str(minutes))
    return translate("Tasks", "%1 left").replace("%1", amount)


def _words(kind: str) -> _Words:
    translate = QCoreApplication.translate
    match kind:
        case "import":
            return _Words(
                verb=translate("Tasks", "Importing"),
                step=translate("Tasks", "Converting"),
                doing=translate("Tasks", "Importing %1"),
                done=translate("Tasks", "Created %1"),
                failed=translate("Tasks", "Import of %1 failed"),
                cancelled=translate("Tasks", "Import of %1 cancelled"),
                cancel=translate("Tasks", "Cancel import"),
            )
        case "export":
            return _Words(
                verb=translate("Tasks", "Exporting"),
                step=translate("Tasks", "Writing"),
                doing=translate("Tasks", "Exporting %1"),
                done=translate("Tasks", "Exported %1"),
                failed=translate("Tasks", "Export of %1 failed"),
                cancelled=translate("Tasks", "Export of %1 cancelled"),
                cancel=translate("Tasks", "Cancel export"),
            )
        case "duplicate":
            return _Words(
                verb=translate("Tasks", "Duplicating"),
                step=translate("Tasks", "Copying"),
                doing=translate("Tasks", "Duplicating %1"),
                done=translate("Tasks", "Duplicated %1"),
                failed=translate("Tasks", "%1 could not be duplicated"),
                cancelled=translate("Tasks", "Duplicating %1 cancelled"),
                cancel=translate("Tasks", "Cancel duplicating"),
            )
        case "grow":
            return _Words(
                verb=translate("Tasks", "Enlarging"),
                step=translate("Tasks", "Enlarging"),
                doing=translate("Tasks", "Enlarging the disk of %1"),
                done=translate("Tasks", "The disk of %1 is larger now"),
                failed=translate("Tasks", "The disk of %1 could not grow"),
                cancelled=translate("Tasks", "Enlarging the disk of %1 cancelled"),
                cancel=translate("Tasks", "Cancel enlarging"),
            )
        case _:
            return _other_words(kind)


def _other_words(kind: str) -> _Words:
    """For work that is begun from elsewhere than this window."""
    translate = QCoreApplication.translate
    doing = {
        "check": translate("Tasks", "Checking the disk of %1"),
        "repair": translate("Tasks", "Repairing the disk of %1"),
        "recover": translate("Tasks", "Recovering %1"),
        "compact": translate("Tasks", "Compacting the disk of %1"),
    }.get(kind, translate("Tasks", "Working on %1"))
    verb = translate("Tasks", "Working")
    return _Words(
        verb=verb,
        step=verb,
        doing=doing,
        done=translate("Tasks", "%1: done").replace("%1", doing),
        failed=translate("Tasks", "%1: failed").replace("%1", doing),
        cancelled=translate("Tasks", "%1: cancelled").replace("%1", doing),
        cancel=translate("Tasks", "Cancel"),
    )
