"""The table of known systems: its values, how it is loaded, and which of them a disc holds.

The table is `catalogue.toml` among the resources. It is part of the program: what is wrong in it
is a bug, found when it is loaded, and no error for people.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

import cattrs

from app.paths import resources_dir
from app.vm.media.facts import Architecture, DiscFacts
from app.vm.model import MIN_DISK_MIB, MIN_MEMORY_MIB, Firmware, Profile

UNKNOWN = "unknown"
SCHEMA_VERSION = 1


class Family(StrEnum):
    """Kinds of systems that are treated alike."""

    WINDOWS = "windows"
    LINUX = "linux"
    BSD = "bsd"
    OTHER = "other"


class Certainty(StrEnum):
    """How well a disc was recognised.

    CERTAIN: a file on it or two of its identifiers agree. LIKELY: one label says so, and labels
    are free text. UNKNOWN: nothing fits.
    """

    CERTAIN = "certain"
    LIKELY = "likely"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """An amount in MiB: what a system does not install with less of, and what we give."""

    least: int
    good: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """Range of Windows build numbers, both ends included."""

    least: int
    most: int = 2**31


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One way to recognise a disc; fields that are given have to fit, see `catalogue.toml`.

    Attributes:
        vague: discs of other systems may look like this too.
    """

    volume: str = ""
    system: str = ""
    publisher: str = ""
    preparer: str = ""
    application: str = ""
    disk_info: str = ""
    release: str = ""
    products: str = ""
    arch_version: str = ""
    grub: bool = False
    build: Build | None = None
    vague: bool = False

    def __post_init__(self) -> None:
        if not any(self.patterns().values()) and self.build is None:
            raise ValueError("a mark that fits every disc")
        for pattern in self.patterns().values():
            re.compile(pattern)

    def patterns(self) -> Mapping[str, str]:
        """Regular expressions by the name of the field in `DiscFacts` that they are for."""
        return {
            "volume_id": self.volume,
            "system_id": self.system,
            "publisher_id": self.publisher,
            "preparer_id": self.preparer,
            "application_id": self.application,
            "disk_info": self.disk_info,
            "release_family": self.release,
            "suse_products": self.products,
            "arch_version": self.arch_version,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A known system.

    Attributes:
        id: stable; machines remember it.
        name: with groups of the patterns in braces, such as ``Ubuntu {version}``.
        profile: devices that it runs on without further drivers.
        firmware: what it starts with, the better one first.
        memory_mib: what it needs.
        disk_mib: the same for its disk.
        cpus: what we give.
        local_time: it takes the hardware clock for local time, not for UTC.
        needs_tpm: its set-up asks for TPM 2.0 and Secure Boot.
        disc: ways to recognise its disc; none for the unknown system.
    """

    id: str
    name: str
    family: Family
    profile: Profile
    firmware: tuple[Firmware, ...]
    memory_mib: Need
    disk_mib: Need
    cpus: int
    local_time: bool = False
    needs_tpm: bool = False
    disc: tuple[Mark, ...] = ()

    def __post_init__(self) -> None:
        sizes = [
            (self.memory_mib, MIN_MEMORY_MIB),
            (self.disk_mib, MIN_DISK_MIB),
            (Need(least=self.cpus), 1),
        ]
        for need, floor in sizes:
            if need.least < floor or (need.good is not None and need.good < need.least):
                raise ValueError(f"{self.id}: {need}")
        if not self.firmware or len(set(self.firmware)) != len(self.firmware):
            raise ValueError(f"{self.id}: firmware {self.firmware}")
        if not self.disc and self.id != UNKNOWN:
            raise ValueError(f"{self.id}: cannot be recognised")

    @property
    def plain_name(self) -> str:
        """The name without a version, nor the V in front of one."""
        return self.name.partition("{")[0].removesuffix(" V").rstrip()


@dataclass(frozen=True, slots=True)
class Recognition:
    """Which system a disc holds.

    Attributes:
        title: the system's name with the version found, for people.
    """

    system: System
    title: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All known systems by their id."""

    systems: Mapping[str, System]

    def get(self, system_id: str) -> System:
        """System of that id; the unknown one for ids of older or newer versions of the table."""
        return self.systems.get(system_id, self.systems[UNKNOWN])

    def recognise(self, facts: DiscFacts) -> Recognition:
        """Find the system on a disc: most different facts that fit, then longer patterns."""
        fits = [fit for system in self.systems.values() if (fit := _fit(system, facts))]
        if not fits:
            unknown = self.systems[UNKNOWN]
            return Recognition(unknown, unknown.name, Certainty.UNKNOWN)
        best = max(fits, key=lambda fit: (len(fit.fields), fit.pattern_characters))
        sure = len(best.fields) > 1 or not best.fields.isdisjoint(_TOLD_BY_FILES)
        return Recognition(
            best.system,
            _title(best.system, best.groups, facts),
            Certainty.CERTAIN if sure and not best.vague else Certainty.LIKELY,
        )


_TOLD_BY_FILES = frozenset(
    {"disk_info", "release_family", "suse_products", "arch_version", "windows_build"}
)


@cache
def load_catalogue(path: Path | None = None) -> Catalogue:
    """Load the table, once.

    Raises:
        ValueError: it is not valid (`cattrs.BaseValidationError` is not caught either).
    """
    path = path or resources_dir() / "catalogue.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    if table["schema_version"] != SCHEMA_VERSION:
        raise ValueError(f"{path}: schema {table['schema_version']}")
    converter = cattrs.Converter(forbid_extra_keys=True)
    profiles = converter.structure(table["profile"], dict[str, Profile])
    converter.register_structure_hook(Profile, lambda name, _: profiles[name])
    systems = converter.structure(table["system"], tuple[System, ...])
    by_id = {system.id: system for system in systems}
    if len(by_id) != len(systems) or UNKNOWN not in by_id:
        raise ValueError(f"{path}: an id is there twice, or {UNKNOWN} is not")
    return Catalogue(by_id)


@dataclass(slots=True)
class _Fit:
    system: System
    fields: set[str] = field(default_factory=set)
    pattern_characters: int = 0
    groups: dict[str, str] = field(default_factory=dict)
    vague: bool = True


def _fit(system: System, facts: DiscFacts) -> _Fit | None:
    """Everything about `facts` that speaks for `system`; None when nothing does."""
    fit = _Fit(system)
    for mark in system.disc:
        found = _matches(mark, facts)
        if found is None:
            continue
        fit.fields |= found.keys()
        fit.vague = fit.vague and mark.vague
        for match in found.values():
            if match is not None:
                fit.pattern_characters += len(match.re.pattern)
                groups = {name: text for name, text in match.groupdict().items() if text}
                fit.groups = groups | fit.groups
    return fit if fit.fields else None


def _matches(mark: Mark, facts: DiscFacts) -> dict[str, re.Match[str] | None] | None:
    """Match of every fact that `mark` names; None when one of them does not fit."""
    found: dict[str, re.Match[str] | None] = {}
    for name, pattern in mark.patterns().items():
        if pattern:
            match = re.search(pattern, getattr(facts, name), re.IGNORECASE)
            if match is None:
                return None
            found[name] = match
    if mark.grub:
        if not facts.has_grub:
            return None
        found["has_grub"] = None
    if mark.build is not None:
        build = facts.windows_build
        if build is None or not mark.build.least <= build <= mark.build.most:
            return None
        found["windows_build"] = None
    return found


def _title(system: System, groups: dict[str, str], facts: DiscFacts) -> str:
    """Name with the version found; without it when the disc does not tell one."""
    groups = dict(groups)
    if re.fullmatch(r"[0-9][0-9A-Za-z.]{0,15}", facts.release_version):
        groups.setdefault("version", facts.release_version)
    readable = {name: _readable(text) for name, text in groups.items()}
    wanted = set(_placeholders(system.name))
    if not wanted <= readable.keys():
        return system.plain_name
    return system.name.format_map(readable)


def _placeholders(name: str) -> Iterator[str]:
    return (match[1] for match in re.finditer(r"\{(\w+)\}", name))


def _readable(version: str) -> str:
    """``9-6`` and ``14_3`` as 9.6 and 14.3; other dashes as blanks."""
    return re.sub(r"(?<=\d)[-_](?=\d)", ".", version).replace("-", " ").replace("_", " ")


def architecture_of_machine(architecture: Architecture | None) -> Architecture | None:
    """Processor of a machine that runs `architecture`: 32-bit x86 runs on 64-bit machines."""
    return Architecture.X86_64 if architecture is Architecture.I386 else architecture
