"""What the page says about snapshots, in the person's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from app.views import words
from app.views.problems import sentence
from app.vm.records import Snapshot

_MIB = 1 << 20
_FAR_FUTURE_MS = 1 << 53  # no date that a clock ever showed


def day_and_clock(time_ms: int) -> tuple[str, str]:
    """Day and time of day: ``Yesterday`` and ``17:40``; both empty when nobody noted the time."""
    if not 0 < time_ms < _FAR_FUTURE_MS:
        return "", ""
    when, now = QDateTime.fromMSecsSinceEpoch(time_ms), QDateTime.currentDateTime()
    clock = QLocale().toString(when.time(), QLocale.FormatType.ShortFormat)
    days = when.date().daysTo(now.date())
    if days == 0:
        return QCoreApplication.translate("SnapshotWords", "Today"), clock
    if days == 1:
        return QCoreApplication.translate("SnapshotWords", "Yesterday"), clock
    if when.date().year() == now.date().year():
        pattern = QCoreApplication.translate("Words", "d MMM", "date without a year, Qt's letters")
        return QLocale().toString(when.date(), pattern), clock
    return QLocale().toString(when.date(), QLocale.FormatType.ShortFormat), clock


def moment(time_ms: int, *, short: bool = False) -> str:
    """Day and time of day in one; of today only the time, if it may be `short`."""
    day, clock = day_and_clock(time_ms)
    if short and day == day_and_clock(words.now_ms())[0]:
        return clock
    return " ".join(filter(None, (day, clock)))


def size(size_bytes: int) -> str:
    """What is kept, rounded up to whole MiB; empty for nothing."""
    return words.size(-(-size_bytes // _MIB)) if size_bytes > 0 else ""


def chips(one: Snapshot) -> list[str]:
    """What kind of snapshot it is, in a word or two each."""
    found = []
    if one.with_memory:
        found.append(QCoreApplication.translate("SnapshotWords", "with memory"))
    if one.automatic:
        found.append(QCoreApplication.translate("SnapshotWords", "automatic"))
    if one.locked:
        found.append(QCoreApplication.translate("SnapshotWords", "locked"))
    return found


def spoken(one: Snapshot, level: int) -> str:
    """Everything that a row shows, for screen readers."""
    parts = [one.name, level_word(level), moment(one.created_ms), size(one.size_bytes)]
    parts += [*chips(one), one.note, sentence(one.problem)]
    return ", ".join(filter(None, parts))


def level_word(level: int) -> str:
    """How deep in the tree a row is."""
    return QCoreApplication.translate("SnapshotWords", "Level %1").replace("%1", str(level))
