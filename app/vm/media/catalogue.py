"""Which machine suits a disc, and what will not work with it: defaults and warnings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.vm.media.facts import Architecture, DiscFacts, Notice, NoticeId
from app.vm.media.systems import (
    UNKNOWN,
    Certainty,
    Need,
    Recognition,
    System,
    architecture_of_machine,
    load_catalogue,
)
from app.vm.model import MIN_MEMORY_MIB, Firmware, Profile

GRAPHICAL_MEMORY_MIB = 2048
"""What an installer with windows and a mouse needs when nothing better is known."""

_MEMORY_STEP_MIB = 128
_GIB = 1024

# Names that programs give when a person gave none; they say nothing about the disc.
_GENERIC_LABELS = frozenset(
    {"isoimage", "cdrom", "cd_rom", "dvd", "dvdrom", "iso", "new", "new volume", "untitled"}
    | {"cdimage", "udf volume", "my disc", "disc", "boot", "linuxudf"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSize:
    """What the host can give.

    Attributes:
        cpus: processors that this process may use.
        memory_mib: installed memory, not what happens to be free.
        free_disk_mib: free space where the machine's disk will be.
        architecture: of machines that can be run.
    """

    cpus: int
    memory_mib: int
    free_disk_mib: int
    architecture: Architecture = Architecture.X86_64


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A machine for a disc.

    Attributes:
        system: entry of the catalogue; its `id` goes into the machine's settings.
        title: what was found, for people: ``Ubuntu 24.04``.
        machine_name: a name for the machine; the caller makes it unique.
        architecture: processor of the machine.
        firmware: what it should start with.
        cpus: processors.
        memory_mib: memory.
        disk_mib: size of the disk.
        min_memory_mib: the system does not install with less.
        min_disk_mib: the same for the disk.
        profile: devices.
        certainty: how well the disc was recognised.
        warnings: what should be known before the machine is made.
    """

    system: System
    title: str
    machine_name: str
    architecture: Architecture
    firmware: Firmware
    cpus: int
    memory_mib: int
    disk_mib: int
    min_memory_mib: int
    min_disk_mib: int
    profile: Profile
    certainty: Certainty
    warnings: tuple[Notice, ...] = ()


def suggest(facts: DiscFacts | None, host: HostSize, system_id: str = "") -> Suggestion:
    """Suggest a machine for a disc, or for an empty disk when `facts` is None.

    Args:
        facts: of the disc.
        host: where the machine will be.
        system_id: the system that a person chose instead of the recognised one.
    """
    recognised = _recognise(facts)
    found = _chosen(system_id, recognised) if system_id else recognised
    system = found.system
    firmware = choose_firmware(facts, system)
    memory_mib = _memory(system.memory_mib, host.memory_mib)
    warnings = list(mismatch(facts, firmware, host.architecture, system) if facts else ())
    warnings += _shortages(system, found.title, memory_mib, host.free_disk_mib)
    architecture = facts.architecture if facts else None
    return Suggestion(
        system=system,
        title=found.title,
        machine_name=_machine_name(recognised, facts, chosen=found.title if system_id else ""),
        architecture=architecture_of_machine(architecture) or host.architecture,
        firmware=firmware,
        cpus=max(1, min(system.cpus, host.cpus)),
        memory_mib=memory_mib,
        disk_mib=_disk(system.disk_mib, host.free_disk_mib),
        min_memory_mib=system.memory_mib.least,
        min_disk_mib=system.disk_mib.least,
        profile=profile_of(system.id),
        certainty=found.certainty,
        warnings=tuple(warnings),
    )


def _recognise(facts: DiscFacts | None) -> Recognition:
    catalogue = load_catalogue()
    if facts is not None:
        return catalogue.recognise(facts)
    unknown = catalogue.get(UNKNOWN)
    return Recognition(unknown, unknown.name, Certainty.UNKNOWN)


def _chosen(system_id: str, recognised: Recognition) -> Recognition:
    system = find_system(system_id)
    return Recognition(system, system.plain_name, recognised.certainty)


def choose_firmware(facts: DiscFacts | None, system: System) -> Firmware:
    """Of what the disc starts with, what suits the system best; the system's own without a disc."""
    offered = _offers(facts) if facts else set(Firmware)
    preferred: tuple[Firmware, ...] = (*system.firmware, *Firmware)
    for firmware in preferred:
        if firmware in offered:
            return firmware
    return system.firmware[0]


def mismatch(
    facts: DiscFacts,
    firmware: Firmware,
    arch_host: Architecture = Architecture.X86_64,
    system: System | None = None,
) -> list[Notice]:
    """What keeps the disc from starting on a machine with `firmware`, the gravest first.

    Args:
        facts: of the disc.
        firmware: what the machine starts with.
        arch_host: processor of the machines that can be run.
        system: when known, what it needs is looked at too.
    """
    notices = list(facts.problems)
    made_for = architecture_of_machine(facts.architecture)
    if made_for is not None and made_for is not arch_host:
        notices.append(_other_architecture(made_for, arch_host))
        return notices
    of_disc = list(_boot_notices(facts, firmware))
    if not of_disc and system is not None and firmware not in system.firmware:
        of_disc.append(_needs_firmware(system))
    return notices + of_disc


def find_system(system_id: str) -> System:
    """Entry of the catalogue, of the unknown system for an id that it does not have."""
    return load_catalogue().get(system_id)


def profile_of(system_id: str) -> Profile:
    """Devices and clock for the system of that id."""
    system = find_system(system_id)
    return replace(system.profile, local_clock=system.local_time)


def _offers(facts: DiscFacts) -> set[Firmware]:
    """Firmware of a 64-bit PC that finds something to start on the disc."""
    offered: set[Firmware] = set()
    if facts.boots_bios:
        offered.add(Firmware.BIOS)
    # A 64-bit UEFI does not load the 32-bit program, so that one alone is no offer.
    if facts.boots_uefi and facts.efi_architectures != (Architecture.I386,):
        offered.add(Firmware.UEFI)
    return offered


def _boot_notices(facts: DiscFacts, firmware: Firmware) -> Iterable[Notice]:
    offered = _offers(facts)
    if not offered:
        if not any(notice.id is NoticeId.BOOT_DAMAGED for notice in facts.problems):
            yield Notice(
                NoticeId.NO_BOOT_ENTRY,
                "No computer starts from this disc: it has no boot program for PCs.",
                "Choose the installation disc of the system; this one may hold drivers or data.",
            )
    elif firmware is Firmware.UEFI and firmware not in offered:
        yield Notice(
            NoticeId.BIOS_DISC_ON_UEFI,
            "The disc starts with BIOS only; with UEFI the machine would end in the UEFI shell.",
            "Choose BIOS as the firmware.",
        )
    elif firmware is Firmware.BIOS and firmware not in offered:
        yield Notice(
            NoticeId.UEFI_DISC_ON_BIOS,
            "The disc starts with UEFI only; with BIOS the machine would find nothing to start.",
            "Choose UEFI as the firmware.",
        )


def _other_architecture(made_for: Architecture, arch_host: Architecture) -> Notice:
    names = {"disc": _PROCESSORS[made_for], "host": _PROCESSORS[arch_host]}
    return Notice(
        NoticeId.OTHER_ARCHITECTURE,
        f"The system on this disc is made for {names['disc']} processors; "
        f"machines here have {names['host']}, which cannot run it.",
        f"Get the {names['host']} edition of the system.",
        names,
    )


_PROCESSORS = {
    Architecture.X86_64: "x86-64",
    Architecture.I386: "32-bit x86",
    Architecture.AARCH64: "ARM64",
    Architecture.ARM: "32-bit ARM",
    Architecture.RISCV64: "RISC-V",
    Architecture.LOONGARCH64: "LoongArch",
    Architecture.PPC64: "POWER",
    Architecture.S390X: "IBM Z",
}


def _needs_firmware(system: System) -> Notice:
    wanted = system.firmware[0].upper()
    return Notice(
        NoticeId.SYSTEM_NEEDS_FIRMWARE,
        f"{system.plain_name} starts with {wanted} only.",
        f"Choose {wanted} as the firmware.",
        {"system": system.plain_name, "firmware": wanted},
    )


def _shortages(system: System, title: str, memory_mib: int, free_disk_mib: int) -> Iterable[Notice]:
    """What the system wants and does not get from this host."""
    needed = system.memory_mib.least
    if memory_mib < needed:
        yield Notice(
            NoticeId.LITTLE_MEMORY,
            f"{title} needs {_mib(needed)} of memory, but half of this computer's is "
            f"{_mib(memory_mib)}.",
            "Give it more and close other programs, or choose a smaller system.",
            {"system": title, "needed_mib": needed, "given_mib": memory_mib},
        )
    needed = system.disk_mib.least
    if free_disk_mib < needed:
        yield Notice(
            NoticeId.LITTLE_DISK,
            f"{title} needs a disk of {_mib(needed)}, but {_mib(free_disk_mib)} are free.",
            "Make room, or choose another place for machines.",
            {"system": title, "needed_mib": needed, "free_mib": free_disk_mib},
        )
    if system.needs_tpm:
        yield Notice(
            NoticeId.NEEDS_TPM,
            "The set-up of Windows 11 asks for a TPM 2.0 and Secure Boot, which this machine "
            "does not have.",
            "Choose Windows 10 when the set-up refuses to go on.",
            {"system": title},
        )


def _memory(need: Need, host_mib: int) -> int:
    """What we give, at most half of the host's, in whole steps."""
    wanted = need.good or max(2 * need.least, GRAPHICAL_MEMORY_MIB)
    most = host_mib // 2
    if wanted > most:
        wanted = most - most % _MEMORY_STEP_MIB
    return max(wanted, MIN_MEMORY_MIB)


def _disk(need: Need, free_mib: int) -> int:
    """What we give, no more than is free, but never less than the system needs."""
    wanted = need.good or 2 * need.least
    if wanted > free_mib:
        wanted = free_mib - free_mib % _GIB
    return max(wanted, need.least)


def _machine_name(found: Recognition, facts: DiscFacts | None, *, chosen: str) -> str:
    if found.certainty is not Certainty.UNKNOWN:
        return found.title
    if chosen:
        return chosen
    label = (facts.joliet_volume_id or facts.volume_id) if facts else ""
    if not label or label.casefold() in _GENERIC_LABELS:
        return "New machine"
    return label


def _mib(size_mib: int) -> str:
    if size_mib < _GIB:
        return f"{size_mib} MiB"
    return f"{size_mib / _GIB:.1f} GiB".replace(".0 ", " ")
