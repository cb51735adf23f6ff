"""Work that was cut off: what became of it, whether it can be begun again, what it left.

A record says what to look at, and is not trusted: what is begun again goes through the same checks
as a new request, and of the person's own files only those go that the work itself has made.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

from app.errors import AppError, PathError, StateError
from app.vm.images.placing import identity_of, part_beside, refuse_taken
from app.vm.machine import Machine
from app.vm.model import VmConfig
from app.vm.off_loop import ask
from app.vm.path_policy import PathPolicy
from app.vm.records import Finding, RecoveryKind, RecoveryStep, TaskKind
from app.vm.recovery.leftovers import find_leftovers
from app.vm.registry import Registry
from app.vm.store import storing
from app.vm.task_journal import Stamp, TaskRecord, identity_text, stamp_of
from app.vm.updating import check_off

_EXTRA = re.compile(r"\.[0-9]{1,4}")
_BLOCK_BYTES = 512  # the unit of st_blocks, stat(2)
_NO_OTHER = "The machine is not in the library any more."


def what_was_cut_off(record: TaskRecord) -> str:
    """A sentence for people."""
    file = record.wish.file
    match record.kind:
        case TaskKind.IMPORT:
            return f"The import of {file} was cut off."
        case TaskKind.EXPORT:
            return f"The export to {file} was cut off."
        case TaskKind.COMPACT:
            return f"Compacting the disk {file} was cut off."
        case TaskKind.GROW:
            return f"The growth of the disk {file} was cut off."
        case TaskKind.DUPLICATE:
            return f"Duplicating it to “{file}” was cut off."
        case _:
            return f"Work on {file} was cut off."


def finding_of(record: TaskRecord, vm_name: str, refusal: AppError | None) -> Finding:
    """What is told of it.

    Args:
        record: the work.
        vm_name: how its machine is called now.
        refusal: why it cannot go on.
    """
    sentence = what_was_cut_off(record)
    steps: tuple[RecoveryStep, ...] = (RecoveryStep.CONTINUE, RecoveryStep.CLEAN_UP)
    if refusal is not None:
        sentence, steps = f"{sentence} It cannot go on: {refusal.message}", steps[1:]
    return Finding(
        vm_id=record.vm_id,
        vm_name=vm_name,
        kind=RecoveryKind.INTERRUPTED_TASK,
        sentence=sentence,
        file=record.wish.file,
        steps=steps,
    )


def was_done(record: TaskRecord, config: VmConfig | None) -> bool:
    """Whether it was at its end, and only its record was left; blocks for a look at its target.

    Args:
        record: the work.
        config: of its machine, None when there is none.
    """
    if record.kind is TaskKind.IMPORT and config is not None:
        replaced = bool(config.disks) and config.disks[0].file == f"disk0-{record.mark}.qcow2"
        return record.wish.is_new or replaced
    if record.kind is TaskKind.GROW and config is not None:
        sizes = {disk.id: disk.size_mib for disk in config.disks}
        return sizes.get(record.wish.disk_id, 0) >= record.wish.size_mib
    if record.kind is TaskKind.EXPORT:
        made = {part.identity for part in record.parts}
        try:
            return identity_text(identity_of(Path(record.wish.file))) in made
        except (OSError, ValueError):
            return False
    return False


async def check_continuing(
    record: TaskRecord,
    registry: Registry,
    paths: Callable[[], PathPolicy],
    is_alive: Callable[[Path], bool],
) -> None:
    """Refuse what cannot be begun again.

    Args:
        record: the work.
        registry: the machines.
        paths: which files they may have.
        is_alive: see `app.vm.engine.Engine`.

    Raises:
        AppError: why not.
    """
    machine = registry.by_id(record.vm_id)
    if record.wish.is_new:
        registry.free_name(record.vm_name)
    elif machine is None:
        raise StateError(_NO_OTHER, remedy="Clean up what is left of the work.")
    else:
        machine.refuse_unreachable()
        if machine.problem is not None:
            raise machine.problem
        _check_state(record, machine, is_alive)
    if record.wish.new_name:
        registry.free_name(record.wish.new_name)
    if record.kind is TaskKind.EXPORT:
        target = await ask(record.wish.file, paths().check_target, record.wish.file)
        await ask(target, refuse_taken, target)
    for source in record.sources:
        await _check_source(source, machine, paths)


def _check_state(record: TaskRecord, machine: Machine, is_alive: Callable[[Path], bool]) -> None:
    # What was copied out of a machine that ran can be had from one that runs only or is off.
    if record.kind is TaskKind.GROW or (record.kind is TaskKind.EXPORT and not record.sources):
        return
    check_off(machine, is_alive)


async def _check_source(
    source: Stamp, machine: Machine | None, paths: Callable[[], PathPolicy]
) -> None:
    path = Path(source.path)
    if path.name == source.path and machine is not None:
        path = machine.folder / source.path
    else:
        path = (await ask(path, paths().check_file, path)).path
    try:
        now = await ask(path, stamp_of, path)
    except OSError as err:
        raise PathError(
            f"{path.name} cannot be looked at.",
            remedy="Look whether it is there and may be read.",
            detail=str(err),
        ) from err
    if now != source.stamp:
        raise StateError(
            f"{path.name} is another than it was when the work began.",
            remedy="Clean up what is left of the work, then start it anew.",
        )


def remove_what_is_left(record: TaskRecord, folder: Path | None) -> tuple[int, int]:
    """Remove the files that the work has made and that are not whole; blocks.

    Args:
        record: the work; nothing of it lives any more.
        folder: of its machine, None when there is none.

    Returns:
        How many they were, and how many bytes are free again.

    Raises:
        StoreError: one cannot be removed.
    """
    files = freed = 0
    with storing("An unfinished file cannot be removed."):
        for path in _left(record, folder):
            info = path.lstat()
            freed += info.st_blocks * _BLOCK_BYTES if info.st_nlink == 1 else 0
            path.unlink()
            files += 1
    return files, freed


def _left(record: TaskRecord, folder: Path | None) -> list[Path]:
    found = []
    for part in record.parts:
        path = Path(part.path)
        if _is_ours(record, path) and os.path.lexists(path):
            info = path.lstat()
            made = identity_text((info.st_dev, info.st_ino)) == part.identity
            if made and stat.S_ISREG(info.st_mode) and path not in found:
                found.append(path)
    if folder is not None:
        found += [one.path for one in find_leftovers(folder) if record.mark in one.path.name]
    return found


def _is_ours(record: TaskRecord, path: Path) -> bool:
    """Whether it has the name that the work gives to what is not whole, and no other."""
    target = Path(record.wish.file)
    if record.kind is not TaskKind.EXPORT or not target.is_absolute():
        return False
    whole = part_beside(target, record.mark)
    if path == whole:
        return True
    extra = path.name.removeprefix(whole.name.removesuffix(".part")).removesuffix(".part")
    return bool(_EXTRA.fullmatch(extra)) and path == part_beside(target, record.mark, extra=extra)
