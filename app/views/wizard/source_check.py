"""The wizard's way to the disc reader and the catalogue of systems."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication

from app.views import words
from app.vm.limits import HostSize
from app.vm.media import catalogue
from app.vm.media.catalogue import Suggestion, suggest
from app.vm.media.facts import Architecture, DiscFacts, Notice, NoticeId
from app.vm.media.reader import inspect_disc
from app.vm.media.systems import UNKNOWN, System, load_catalogue

_MIB_BYTES = 1 << 20
_ARCHITECTURES = {
    Architecture.X86_64: "x86-64",
    Architecture.I386: "x86",
    Architecture.AARCH64: "ARM64",
    Architecture.ARM: "ARM",
    Architecture.RISCV64: "RISC-V",
    Architecture.LOONGARCH64: "LoongArch",
    Architecture.PPC64: "POWER",
    Architecture.S390X: "IBM Z",
}


async def look_at(path: Path) -> DiscFacts:
    """What the disc image at `path` holds, within 2 s.

    Raises:
        MediaError: it is no disc image, or cannot be read.
    """
    return await inspect_disc(path)


def suggestion_for(facts: DiscFacts | None, host: HostSize, system_id: str) -> Suggestion:
    """A machine for the disc, or for an empty disk without one; `system_id`: what was chosen."""
    return suggest(facts, _size(host), system_id)


def all_systems() -> list[System]:
    """Every known system by name, the unknown one last."""
    systems = load_catalogue().systems.values()
    return sorted(systems, key=lambda one: (one.id == UNKNOWN, one.plain_name.casefold()))


def system_name(system: System) -> str:
    """Name of a system in a list."""
    if system.id == UNKNOWN:
        return QCoreApplication.translate("Wizard", "Another system")
    return system.plain_name


def found(suggestion: Suggestion, facts: DiscFacts) -> str:
    """What was found on a disc, in one line: ``Ubuntu 24.04, x86-64, UEFI and BIOS, 4.5 GB``."""
    what = suggestion.title
    if suggestion.system.id == UNKNOWN:
        unknown = QCoreApplication.translate("Wizard", "a disc that is not in the list of systems")
        label = facts.joliet_volume_id or facts.volume_id
        what = f"{unknown} ({label})" if label else unknown
    parts = [what]
    if facts.architecture is not None:
        parts.append(_ARCHITECTURES[facts.architecture])
    if facts.boots_uefi and facts.boots_bios:
        parts.append(QCoreApplication.translate("Wizard", "UEFI and BIOS"))
    elif facts.boots_uefi:
        parts.append("UEFI")
    elif facts.boots_bios:
        parts.append("BIOS")
    parts.append(words.size(max(1, facts.size_bytes // _MIB_BYTES)))
    return ", ".join(parts)


def notice_words(notice: Notice) -> tuple[str, str]:
    """Sentence and remedy of a notice in the person's language."""
    translate = QCoreApplication.translate
    values = {
        key.removesuffix("_mib").removesuffix("_bytes"): _shown(key, value)
        for key, value in notice.params.items()
    }
    text, remedy = notice.message, notice.remedy
    match notice.id:
        case NoticeId.CUT_SHORT:
            text = translate("Wizard", "The file is cut short: %missing of %announced are missing.")
            remedy = translate("Wizard", "Download it again; the installation would fail half-way.")
        case NoticeId.BOOT_DAMAGED:
            text = translate("Wizard", "The disc's start program is damaged.")
            remedy = translate("Wizard", "Download it again, and compare its checksum.")
        case NoticeId.NO_BOOT_ENTRY:
            text = translate("Wizard", "No computer starts from this disc.")
            remedy = translate("Wizard", "Choose the installation disc of the system.")
        case NoticeId.BIOS_DISC_ON_UEFI:
            text = translate(
                "Wizard", "The disc starts with BIOS only; with UEFI it would not start."
            )
            remedy = translate("Wizard", "Choose BIOS as the firmware.")
        case NoticeId.UEFI_DISC_ON_BIOS:
            text = translate(
                "Wizard", "The disc starts with UEFI only; with BIOS it would not start."
            )
            remedy = translate("Wizard", "Choose UEFI as the firmware.")
        case NoticeId.OTHER_ARCHITECTURE:
            text = translate(
                "Wizard", "This system is made for %disc processors; this computer has %host."
            )
            remedy = translate("Wizard", "Get the %host edition of the system.")
        case NoticeId.SYSTEM_NEEDS_FIRMWARE:
            text = translate("Wizard", "%system starts with %firmware only.")
            remedy = translate("Wizard", "Choose %firmware as the firmware.")
        case NoticeId.LITTLE_MEMORY:
            text = translate(
                "Wizard", "%system needs %needed of memory; half of this computer's is %given."
            )
            remedy = translate("Wizard", "Give it more and close other programs.")
        case NoticeId.LITTLE_DISK:
            text = translate("Wizard", "%system needs a disk of %needed; %free are free.")
            remedy = translate("Wizard", "Make room before you go on.")
        case NoticeId.NEEDS_TPM:
            text = translate("Wizard", "The set-up of %system asks for a TPM and Secure Boot.")
            remedy = translate(
                "Wizard", "This machine has neither yet; the set-up may refuse to go on."
            )
    return _fill(text, values), _fill(remedy, values)


def _fill(text: str, values: dict[str, str]) -> str:
    for key, value in values.items():
        text = text.replace(f"%{key}", value)
    return text


def _shown(key: str, value: str | int) -> str:
    if isinstance(value, str):
        return value
    return words.size(value if key.endswith("_mib") else max(1, value // _MIB_BYTES))


def _size(host: HostSize) -> catalogue.HostSize:
    return catalogue.HostSize(
        cpus=host.cpus,
        memory_mib=host.memory_total_mib,
        free_disk_mib=host.free_disk_mib,
    )
