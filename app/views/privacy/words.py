"""What permissions are called and what they mean, in the person's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.views.icons import Glyph
from app.vm.permissions import Answer, PermissionKind, Request

GLYPHS = {
    PermissionKind.CAMERA: Glyph.CAMERA,
    PermissionKind.MICROPHONE: Glyph.MICROPHONE,
    PermissionKind.HOST_ID: Glyph.BADGE,
    PermissionKind.CLIPBOARD_READ: Glyph.CLIP,
    PermissionKind.SHARED_FOLDER: Glyph.FOLDER,
    PermissionKind.USB_DEVICE: Glyph.USB,
    PermissionKind.FILE_REQUEST: Glyph.FILE,
}


def name(kind: PermissionKind) -> str:  # noqa: PLR0911 - one line a kind
    """What it is about, in one or two words."""
    translate = QCoreApplication.translate
    match kind:
        case PermissionKind.CAMERA:
            return translate("Privacy", "Camera")
        case PermissionKind.MICROPHONE:
            return translate("Privacy", "Microphone")
        case PermissionKind.HOST_ID:
            return translate("Privacy", "Identification number")
        case PermissionKind.CLIPBOARD_READ:
            return translate("Privacy", "Clipboard")
        case PermissionKind.SHARED_FOLDER:
            return translate("Privacy", "Shared folder")
        case PermissionKind.USB_DEVICE:
            return translate("Privacy", "USB device")
        case PermissionKind.FILE_REQUEST:
            return translate("Privacy", "Files")


def question(request: Request) -> str:
    """What the person is asked."""
    text = _question(request.permission.kind, is_machine=request.subject is not None)
    return text.replace("%1", request.vm_name)


def _question(kind: PermissionKind, *, is_machine: bool) -> str:  # noqa: PLR0911 - one line a kind
    translate = QCoreApplication.translate
    match kind:
        case PermissionKind.CAMERA:
            return translate("Privacy", "Let “%1” use the camera?")
        case PermissionKind.MICROPHONE:
            return translate("Privacy", "Let “%1” use the microphone?")
        case PermissionKind.HOST_ID:
            if is_machine:
                return translate("Privacy", "Let “%1” read this computer's identification number?")
            return translate(
                "Privacy", "Let programs on this computer read its identification number?"
            )
        case PermissionKind.CLIPBOARD_READ:
            return translate("Privacy", "Let “%1” read this computer's clipboard?")
        case PermissionKind.SHARED_FOLDER:
            return translate("Privacy", "Let “%1” use this folder?")
        case PermissionKind.USB_DEVICE:
            return translate("Privacy", "Let “%1” use this USB device?")
        case PermissionKind.FILE_REQUEST:
            return translate("Privacy", "Let “%1” ask for files of this computer?")


def consequence(kind: PermissionKind) -> str:  # noqa: PLR0911 - one line a kind
    """What follows from a yes, one sentence."""
    translate = QCoreApplication.translate
    match kind:
        case PermissionKind.CAMERA:
            return translate(
                "Privacy",
                "Programs in this machine can then see through it while the machine runs.",
            )
        case PermissionKind.MICROPHONE:
            return translate(
                "Privacy", "Programs in this machine can then listen while the machine runs."
            )
        case PermissionKind.HOST_ID:
            return translate(
                "Privacy", "Whoever knows the number can recognise this computer, also later."
            )
        case PermissionKind.CLIPBOARD_READ:
            return translate(
                "Privacy",
                "Programs in this machine can then read what you copy here, passwords too.",
            )
        case PermissionKind.SHARED_FOLDER:
            return translate(
                "Privacy", "Programs in this machine can then read and change everything in it."
            )
        case PermissionKind.USB_DEVICE:
            return translate(
                "Privacy",
                "The machine can then read and change everything on it; meanwhile this computer "
                "cannot use it.",
            )
        case PermissionKind.FILE_REQUEST:
            return translate(
                "Privacy",
                "Programs in this machine can then open files in the folders that are open to "
                "machines.",
            )


def asker(request: Request) -> str:
    """Who asks, when it is not the machine itself; empty when it is."""
    translate = QCoreApplication.translate
    if request.client:
        text = translate("Privacy", "Asked by a program that calls itself “%1”.")
        return text.replace("%1", request.client)
    if request.subject is None:
        return translate("Privacy", "Asked by a program that does not say its name.")
    return ""


def reason(request: Request) -> str:
    """Why, in the words of whoever asks, marked as theirs; empty without."""
    if not request.reason:
        return ""
    text = QCoreApplication.translate("Privacy", "Its reason: “%1”")
    return text.replace("%1", request.reason)


def answer(value: Answer, *, refused: bool = False) -> str:
    """An answer as the settings show it; `refused`: somebody said no for this run."""
    translate = QCoreApplication.translate
    match value:
        case Answer.ASK if refused:
            return translate("Privacy", "Not now")
        case Answer.ASK:
            return translate("Privacy", "Ask")
        case Answer.ONCE:
            return translate("Privacy", "This time")
        case Answer.ALWAYS:
            return translate("Privacy", "Allowed")
        case Answer.NEVER:
            return translate("Privacy", "Never")
