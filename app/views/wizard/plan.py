"""What the wizard is going to make: the person's entries over what the disc suggests.

Entries that the person did not make are absent and follow the suggestion: another disc brings
other values, but never overwrites what was typed.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.paths import fold_name
from app.views.rename_sheet import name_problem
from app.views.wizard.source_check import suggestion_for
from app.vm.limits import HostSize
from app.vm.media.catalogue import Suggestion, mismatch
from app.vm.media.facts import DiscFacts, Notice
from app.vm.model import (
    MAX_NAME_CHARACTERS,
    MIN_DISK_MIB,
    MIN_MEMORY_MIB,
    CfgInfo,
    Firmware,
)

_log = logging.getLogger(__name__)


class SourceKind(StrEnum):
    """Where the system comes from."""

    ISO = "iso"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The entries; empty and 0 mean: as suggested."""

    kind: SourceKind = SourceKind.ISO
    iso: str = ""
    system: str = ""
    name: str = ""
    firmware: str = ""
    cpus: int = 0
    memory_mib: int = 0
    disk_mib: int = 0
    start_now: bool = True
    exclusive: bool = True

    @property
    def has_entries(self) -> bool:
        """Whether something would be lost."""
        return self != Draft(start_now=self.start_now, exclusive=self.exclusive)


class Plan(QObject):
    """The draft, what is known about its disc, and what follows.

    Signals:
        changed: any of it is another one now.
    """

    changed = Signal()

    def __init__(self, host: HostSize, taken: Callable[[], frozenset[str]]) -> None:
        """Plan for `host`; `taken` gives the folded names of all machines."""
        super().__init__()
        self.host = host
        self.draft = Draft()
        self.facts: DiscFacts | None = None
        self._taken = taken
        self._suggestion = suggestion_for(None, host, "")

    @property
    def suggestion(self) -> Suggestion:
        """What suits the disc, or the system that the person chose."""
        return self._suggestion

    @property
    def name(self) -> str:
        """Name of the machine, the proposed one made unique."""
        return self.draft.name or unique_name(self._suggestion.machine_name, self._taken())

    @property
    def firmware(self) -> Firmware:
        """What the machine starts with."""
        return Firmware(self.draft.firmware or self._suggestion.firmware)

    @property
    def cpus(self) -> int:
        """Processors."""
        return self.draft.cpus or self._suggestion.cpus

    @property
    def memory_mib(self) -> int:
        """Memory."""
        return self.draft.memory_mib or self._suggestion.memory_mib

    @property
    def disk_mib(self) -> int:
        """Size of the disk."""
        return self.draft.disk_mib or self._suggestion.disk_mib

    @property
    def iso(self) -> Path | None:
        """The disc to put into the drive."""
        if self.draft.kind is SourceKind.EMPTY or not self.draft.iso:
            return None
        return Path(self.draft.iso).expanduser()

    @property
    def notices(self) -> list[Notice]:
        """What should be known about this disc on this machine."""
        if self.facts is None or self.draft.kind is SourceKind.EMPTY:
            return []
        return mismatch(self.facts, self.firmware, system=self._suggestion.system)

    @property
    def notices_of_disc(self) -> list[Notice]:
        """The same with the firmware that suits the disc best: what no choice will heal."""
        if self.facts is None or self.draft.kind is SourceKind.EMPTY:
            return []
        return list(self._suggestion.warnings)

    @property
    def name_problem(self) -> str:
        """Why the machine cannot have its name; empty when it can."""
        return name_problem(self.name, self._taken())

    def change(self, **entries: object) -> None:
        """Make entries; an empty one goes back to the suggestion."""
        before, self.draft = self.draft, replace(self.draft, **entries)  # type: ignore[arg-type]
        if before == self.draft:
            return
        if (before.system, before.kind) != (self.draft.system, self.draft.kind):
            self._suggest()
        self.changed.emit()

    def learn(self, facts: DiscFacts | None) -> None:
        """Take what is known about the disc now; None: nothing."""
        if facts != self.facts:
            self.facts = facts
            self._suggest()
            self.changed.emit()

    def use_recommended(self) -> None:
        """Forget the entries about resources."""
        self.change(cpus=0, memory_mib=0, disk_mib=0)

    def cfg(self) -> CfgInfo:
        """The settings to make the machine with."""
        return CfgInfo(
            cpu_num=self.cpus,
            memory_size=max(self.memory_mib, MIN_MEMORY_MIB),
            disk_size=max(self.disk_mib, MIN_DISK_MIB),
            bios_path=str(self.firmware),
            system=self._suggestion.system.id,
            profile=self._suggestion.profile,
        )

    def _suggest(self) -> None:
        facts = None if self.draft.kind is SourceKind.EMPTY else self.facts
        self._suggestion = suggestion_for(facts, self.host, self.draft.system)


def unique_name(name: str, taken: frozenset[str]) -> str:
    """`name`, or with the first free number behind it."""
    if fold_name(name) not in taken:
        return name
    number = 2
    while True:
        ending = f" {number}"
        candidate = name[: MAX_NAME_CHARACTERS - len(ending)].rstrip() + ending
        if fold_name(candidate) not in taken:
            return candidate
        number += 1


def save_draft(draft: Draft, file: Path) -> None:
    """Keep the entries for the case that the program ends before they are used."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(file.name + ".new")
        fresh.write_text(json.dumps(asdict(draft), ensure_ascii=False), encoding="utf-8")
        fresh.replace(file)
    except OSError as err:
        _log.info("the draft cannot be kept: %s", err)


def load_draft(file: Path) -> Draft | None:
    """Entries that were kept; None when there are none, or not of this version."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        draft = Draft(**document)
        draft = replace(draft, kind=SourceKind(draft.kind))
        if draft.firmware:
            Firmware(draft.firmware)
    except (OSError, ValueError, TypeError):
        return None
    if not all(isinstance(value, type(default)) for value, default in _pairs(draft)):
        return None
    return draft


def forget_draft(file: Path) -> None:
    """The entries were used, or are not wanted any more."""
    try:
        file.unlink(missing_ok=True)
    except OSError as err:
        _log.info("the draft cannot be removed: %s", err)


def _pairs(draft: Draft) -> list[tuple[object, object]]:
    return list(zip(asdict(draft).values(), asdict(Draft()).values(), strict=True))
