"""The look through a library: what an unclean end, or somebody's hand, left of its machines.

Nothing is changed. All functions block.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from app.errors import NewerVersionError, StoreError
from app.vm.model import VmConfig, showable_name
from app.vm.records import Finding, RecoveryKind, RecoveryStep
from app.vm.recovery.checking import is_marked_corrupt
from app.vm.recovery.leftovers import LeftoverKind, find_leftovers, has_disks
from app.vm.recovery.marker import is_marked
from app.vm.recovery.unknown_snapshots import unknown_snapshots
from app.vm.state import VmState
from app.vm.store import load_config


@dataclass(frozen=True, slots=True)
class Patient:
    """A machine as the manager lists it, for a look from a thread.

    Attributes:
        vm_id: as it is listed.
        vm_name: the same.
        folder: of its files.
        config: its description; a stand-in when there is none that can be used.
        state: at this moment.
        problem: why it is UNAVAILABLE.
    """

    vm_id: UUID
    vm_name: str
    folder: Path
    config: VmConfig
    state: VmState
    problem: str = ""


def look_for_findings(patient: Patient) -> tuple[Finding, ...]:
    """What there is to do for one machine; nothing while it runs or is being changed."""
    if patient.state.has_process or patient.state.is_changing:
        return ()
    return (
        *_about_machine(patient),
        *_about_images(patient),
        *_about_snapshots(patient),
        *_about_leftovers(patient),
    )


def lacks_disks(patient: Patient) -> bool:
    """Whether it has a description, but no disk at all: there is nothing in it to lose."""
    try:
        config = load_config(patient.folder)
    except StoreError:
        return False
    return config.id == patient.vm_id and bool(config.disks) and not has_disks(patient.folder)


def _about_machine(patient: Patient) -> Iterator[Finding]:
    if patient.config.hardware.layout_version:  # Its description can be used.
        missing = [d.file for d in patient.config.disks if not (patient.folder / d.file).is_file()]
        if missing:
            steps = (RecoveryStep.CLEAN_UP,) if lacks_disks(patient) else ()
            sentence = f"A disk is missing: {missing[0]}."
            yield _found(patient, RecoveryKind.NO_DISK, sentence, file=missing[0], steps=steps)
        return
    try:
        load_config(patient.folder)
    except StoreError as err:
        if has_disks(patient.folder):
            sentence = f"There are disks, but no settings that can be read: {err.message}"
            is_newer = isinstance(err, NewerVersionError)
            steps = () if is_newer else (RecoveryStep.ADOPT,)
            yield _found(patient, RecoveryKind.NO_SETTINGS, sentence, steps=steps)
    else:
        yield _found(patient, RecoveryKind.COPY, patient.problem, steps=(RecoveryStep.ADOPT,))


def _about_images(patient: Patient) -> Iterator[Finding]:
    damaged = [disk.file for disk in patient.config.disks if _says_damaged(patient, disk.file)]
    for name in damaged:
        yield _found(
            patient, RecoveryKind.IMAGE_DAMAGED, f"The disk {name} is damaged.",
            file=name, steps=(RecoveryStep.REPAIR,),
        )  # fmt: skip
    if not damaged and patient.config.disks and is_marked(patient.folder):
        sentence = "Its last run had no clean end; its disks are looked through before the next."
        yield _found(patient, RecoveryKind.IMAGE_UNCHECKED, sentence, steps=(RecoveryStep.CHECK,))


def _says_damaged(patient: Patient, name: str) -> bool:
    path = patient.folder / name
    if patient.state is VmState.UNAVAILABLE and name in patient.problem and path.is_file():
        return True
    try:
        return is_marked_corrupt(path)
    except OSError:
        return False


def _about_snapshots(patient: Patient) -> Iterator[Finding]:
    for name in unknown_snapshots(patient.folder, patient.config):
        sentence = f"Its disks hold a snapshot that was made elsewhere: {showable_name(name)}."
        yield _found(
            patient, RecoveryKind.UNKNOWN_SNAPSHOT, sentence,
            file=name, steps=(RecoveryStep.CLEAN_UP,),
        )  # fmt: skip


def _about_leftovers(patient: Patient) -> Iterator[Finding]:
    for leftover in find_leftovers(patient.folder):
        yield Finding(
            vm_id=patient.vm_id,
            vm_name=patient.vm_name,
            kind=RecoveryKind.LEFTOVER,
            sentence=f"{leftover.kind.value}.",
            file=leftover.path.name,
            size_bytes=leftover.size_bytes,
            steps=(RecoveryStep.CLEAN_UP,),
        )


def chosen_leftovers(folder: Path, file: str, *, all_of_use: bool) -> list[Path]:
    """Files to remove: the one of that name, or what is certainly of no use any more.

    Args:
        folder: of the machine.
        file: its name; empty for all that may go without being named.
        all_of_use: copies from before a repair go too.
    """
    may_go = {LeftoverKind.UNFINISHED}
    if all_of_use:
        may_go.add(LeftoverKind.BEFORE_REPAIR)
    return [
        leftover.path
        for leftover in find_leftovers(folder)
        if (leftover.path.name == file if file else leftover.kind in may_go)
    ]


def _found(
    patient: Patient,
    kind: RecoveryKind,
    sentence: str,
    *,
    file: str = "",
    steps: tuple[RecoveryStep, ...] = (),
) -> Finding:
    return Finding(
        vm_id=patient.vm_id,
        vm_name=patient.vm_name,
        kind=kind,
        sentence=sentence,
        file=file,
        steps=steps,
    )
