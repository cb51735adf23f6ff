"""Which files an engine really has open, held against what was checked before it started.

The engine gets names and opens them itself, later than they were checked. Who exchanges a file, a
link or a folder in between would have it open something else. Before its first instruction runs,
the kernel is asked what it holds: `/proc/PID/fd` leads to the very files, not to their names
(proc(5)).

All functions block; call them in a thread.
"""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import PATH_NOT_AUTHORIZED, EngineError, PathRefusedError
from app.vm.document_paths import shown
from app.vm.real_path import CheckedPath, Identity, PathKind, identity_of


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A regular file that a process holds open; `name` is where it lies now."""

    name: Path
    identity: Identity


def check_open_files(pid: int, checked: Sequence[CheckedPath]) -> None:
    """Whether an engine has open the files that were checked, in the places where they were.

    Neither the number of a file nor its place is enough. The number of a file that was removed
    goes to the next one that is made, which may be the engine's own log; and in a place that was
    allowed something else may lie by now. Counted they are because a name is one file's at a time:
    a drive that has another one is a drive that lacks its own.

    Args:
        pid: the engine's process, standing still.
        checked: one entry for each drive; a file in two drives is named twice.

    Raises:
        PathRefusedError: a drive has another file, or its file was moved or replaced meanwhile.
        EngineError: it cannot be seen, or the engine has ended. Then nothing is known, and the
            machine must not run.
    """
    wanted = Counter(
        OpenFile(each.path, each.identity) for each in checked if each.kind is PathKind.FILE
    )
    if not wanted:
        return
    for file in wanted - Counter(open_files(pid)):
        raise _exchanged(file.name)


def open_files(pid: int) -> list[OpenFile]:
    """Every regular file that a process holds open, once for each descriptor.

    Raises:
        EngineError: it may not be looked at, or has ended.
    """
    try:
        descriptors = list(Path(f"/proc/{pid}/fd").iterdir())
        if not descriptors:  # a process that nobody has waited for yet
            raise _ended()
        return list(_held(descriptors))
    except FileNotFoundError as err:
        raise _ended() from err
    except OSError as err:
        raise EngineError(
            "It cannot be seen which files the machine's engine has opened.",
            remedy="Run QEMU as the same user as Duplex VM, or start the machine without discs.",
            detail=repr(err),
        ) from err


def _held(descriptors: Iterable[Path]) -> Iterable[OpenFile]:
    for descriptor in descriptors:
        try:
            info = descriptor.stat()
            name = descriptor.readlink()
        except FileNotFoundError:
            continue  # closed since the folder was read
        if stat.S_ISREG(info.st_mode):
            yield OpenFile(name, identity_of(info))


def _ended() -> EngineError:
    return EngineError(
        "The machine's engine ended while it was being started.", remedy="Start the machine again."
    )


def _exchanged(path: Path) -> PathRefusedError:
    return PathRefusedError(
        f"{PATH_NOT_AUTHORIZED}: {shown(str(path))} was exchanged while the machine started.",
        remedy="Look who changes this file, choose it again, and start the machine.",
    )
