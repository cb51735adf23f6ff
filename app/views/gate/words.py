"""What PC mode and posture are called, in the person's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.views.icons import Glyph
from app.vm.gate import GateStatus, PcMode, PostureSource
from app.vm.posture import Posture

POSTURE_GLYPHS = {
    Posture.KEYBOARD_ATTACHED: Glyph.LAPTOP,
    Posture.STAND: Glyph.STAND,
    Posture.TABLET: Glyph.TABLET,
    Posture.FOLDED: Glyph.FOLDED,
}


def pc_mode() -> str:
    """The name of the thing."""
    return QCoreApplication.translate("Gate", "PC mode")


def caption(status: GateStatus) -> str:
    """PC mode in one line: whether it is on, and what that follows from."""
    translate = QCoreApplication.translate
    if status.open:
        return _open_caption(status)
    match status.posture:
        case Posture.TABLET if status.mode is not PcMode.OFF:
            return translate("Gate", "Off while used as a tablet")
        case Posture.FOLDED if status.mode is not PcMode.OFF:
            return translate("Gate", "Off while folded")
        case _:
            return translate("Gate", "PC mode is off")


def _open_caption(status: GateStatus) -> str:
    translate = QCoreApplication.translate
    if status.source is PostureSource.ASSUMED:
        return translate("Gate", "No tablet sensor on this computer")
    if status.posture is Posture.STAND:
        text = translate("Gate", "On, standing upright")
    else:
        text = translate("Gate", "On, keyboard attached")
    if status.source is PostureSource.SIMULATED:
        return translate("Gate", "%1 (simulated)").replace("%1", text)
    return text


def need(status: GateStatus) -> str:
    """What machines need, and what is in the way of it."""
    translate = QCoreApplication.translate
    needed = translate("Gate", "Machines need a keyboard and an upright screen.")
    match status.posture:
        case Posture.TABLET:
            now = translate("Gate", "This computer is used as a tablet.")
        case Posture.FOLDED:
            now = translate("Gate", "This computer is folded.")
        case _:
            return needed
    return translate("Gate", "%1 %2", "two sentences").replace("%1", needed).replace("%2", now)


def mode_name(mode: PcMode) -> tuple[str, str]:
    """Name of a mode, and what it means."""
    translate = QCoreApplication.translate
    match mode:
        case PcMode.AUTOMATIC:
            return (
                translate("Gate", "Automatic"),
                translate("Gate", "On while the posture is right."),
            )
        case PcMode.ON:
            return (
                translate("Gate", "Always on"),
                translate("Gate", "A tablet or folded computer still stops machines."),
            )
        case PcMode.OFF:
            return translate("Gate", "Off"), translate(
                "Gate", "No machine starts; open ones are paused."
            )


def posture_name(posture: Posture) -> str:
    """How the computer stands."""
    translate = QCoreApplication.translate
    match posture:
        case Posture.KEYBOARD_ATTACHED:
            return translate("Gate", "Laptop")
        case Posture.STAND:
            return translate("Gate", "On its stand")
        case Posture.TABLET:
            return translate("Gate", "Tablet")
        case Posture.FOLDED:
            return translate("Gate", "Folded")


def source_name(status: GateStatus) -> str:
    """Where the posture comes from."""
    translate = QCoreApplication.translate
    match status.source:
        case PostureSource.SIMULATED:
            return translate("Gate", "simulated")
        case PostureSource.SENSOR:
            return translate("Gate", "from the sensor")
        case PostureSource.ASSUMED:
            return translate("Gate", "assumed")
