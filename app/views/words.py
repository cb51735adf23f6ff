"""What the library says about a machine, in the person's language."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from app.errors import Code
from app.vm.model import Firmware, NetMode, VmInfo
from app.vm.state import VmState

_GIB = 1024
_MINUTE_MS = 60_000
_FAR_FUTURE_MS = 1 << 53  # no date that a clock ever showed


def state_word(info: VmInfo) -> str:  # noqa: PLR0911, PLR0912 - one line a state
    """State of a machine in one or two words."""
    translate = QCoreApplication.translate
    match info.state:
        case VmState.AVAILABLE | VmState.STOPPED:
            return translate("Words", "Off")
        case VmState.CREATE:
            return translate("Words", "Creating…")
        case VmState.STARTING:
            return translate("Words", "Starting…")
        case VmState.RUNNING | VmState.VIEWING:
            return translate("Words", "Running")
        case VmState.PAUSING:
            return translate("Words", "Pausing…")
        case VmState.PAUSED:
            return translate("Words", "Paused")
        case VmState.RESUMING:
            return translate("Words", "Resuming…")
        case VmState.STOPPING:
            return translate("Words", "Shutting down…")
        case VmState.SNAPSHOTTING:
            return translate("Words", "Working on a snapshot…")
        case VmState.UPDATE:
            return translate("Words", "Updating…")
        case VmState.DESTROY:
            return translate("Words", "Deleting…")
        case VmState.ERROR:
            return translate("Words", "Problem")
        case VmState.UNAVAILABLE:
            if info.problem_code is Code.DAMAGED:
                return translate("Words", "Damaged")
            return translate("Words", "Files missing")


def state_token(state: VmState) -> str:
    """Colour of a state's dot, by its name in the theme."""
    match state:
        case VmState.RUNNING | VmState.VIEWING:
            return "ok"
        case VmState.PAUSED:
            return "warn"
        case VmState.ERROR | VmState.UNAVAILABLE:
            return "bad"
        case VmState.UPDATE:
            return "brand"
        case _:
            return "text3"


def size(mib: int) -> str:
    """An amount of memory or disk: ``512 MB``, ``1.5 GB``, ``64 GB``; in binary units."""
    if mib < _GIB:
        return f"{mib} MB"
    locale = QLocale()
    # Sizes are typed, too: in “1,000.5” the first sign could be a decimal one.
    locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
    whole, rest = divmod(mib, _GIB)
    if rest == 0:
        return f"{locale.toString(whole)} GB"
    return f"{locale.toString(mib / _GIB, 'f', 1)} GB"


def processors(count: int) -> str:
    """A number of processors."""
    if count == 1:
        return QCoreApplication.translate("Words", "1 processor")
    return QCoreApplication.translate("Words", "%1 processors").replace("%1", str(count))


def short_size(info: VmInfo) -> str:
    """Processors and memory for a card: ``2 CPU · 4 GB``; empty when nothing is known."""
    if info.cpus == 0:
        return ""
    return f"{info.cpus} CPU · {size(info.memory_mib)}"


def firmware(value: Firmware) -> str:
    """Name of a firmware; the same in all languages."""
    return {Firmware.BIOS: "BIOS", Firmware.UEFI: "UEFI", Firmware.FILE: "ROM"}[value]


def network(mode: NetMode) -> str:
    """How the machine reaches the network."""
    if mode is NetMode.MODE_NAT:
        return QCoreApplication.translate("Words", "Shared (NAT)")
    return QCoreApplication.translate("Words", "Bridge")


def accelerator(name: str) -> tuple[str, str]:
    """Chip for how the machine runs, and what it means; both empty when it does not run."""
    match name:
        case "kvm":
            return "KVM", QCoreApplication.translate("Words", "Runs with hardware acceleration.")
        case "tcg":
            return (
                QCoreApplication.translate("Words", "Emulated"),
                QCoreApplication.translate(
                    "Words", "Runs without hardware acceleration, which is slow."
                ),
            )
        case _:
            return "", ""


def running_time(started_ms: int, now_ms: int) -> str:
    """How long a run has lasted: ``2 h 14 min``; empty when it is not known."""
    if started_ms <= 0 or now_ms < started_ms:
        return ""
    hours, minutes = divmod((now_ms - started_ms) // _MINUTE_MS, 60)
    days, hours = divmod(hours, 24)
    if days:
        text = QCoreApplication.translate("Words", "%1 d %2 h")
        return text.replace("%1", str(days)).replace("%2", str(hours))
    if hours:
        text = QCoreApplication.translate("Words", "%1 h %2 min")
        return text.replace("%1", str(hours)).replace("%2", str(minutes))
    return QCoreApplication.translate("Words", "%1 min").replace("%1", str(minutes))


def moment(time_ms: int) -> str:
    """A point in time near today: ``Today 09:12``, ``Yesterday 17:40``, ``18 Nov``."""
    if not 0 < time_ms < _FAR_FUTURE_MS:
        return QCoreApplication.translate("Words", "Never")
    when = QDateTime.fromMSecsSinceEpoch(time_ms)
    clock = QLocale().toString(when.time(), QLocale.FormatType.ShortFormat)
    days = when.date().daysTo(QDateTime.currentDateTime().date())
    if days == 0:
        return QCoreApplication.translate("Words", "Today %1").replace("%1", clock)
    if days == 1:
        return QCoreApplication.translate("Words", "Yesterday %1").replace("%1", clock)
    is_this_year = when.date().year() == QDateTime.currentDateTime().date().year()
    if is_this_year:
        pattern = QCoreApplication.translate("Words", "d MMM", "date without a year, Qt's letters")
        return QLocale().toString(when.date(), pattern)
    return QLocale().toString(when.date(), QLocale.FormatType.ShortFormat)


def now_ms() -> int:
    """Milliseconds since 1970, UTC."""
    return round(datetime.now(tz=UTC).timestamp() * 1000)


def spoken(info: VmInfo) -> str:
    """Everything that a card shows, for screen readers."""
    parts = [info.name, state_word(info)]
    if info.cpus:
        parts += [processors(info.cpus), size(info.memory_mib)]
    return ", ".join(parts)
