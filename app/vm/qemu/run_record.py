"""`run.json`: what a later manager has to know of a run that it did not start itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from app.atomic import write_atomically
from app.errors import StoreError
from app.reading import read_small_file
from app.vm.store import RUN_FILE

if TYPE_CHECKING:
    from app.vm.real_path import CheckedPath

_RUN_VERSION = 1
_RUN_BYTES = 1 << 20


class SnapshotMark(StrEnum):
    """What snapshots have made of the machine's memory, written down before it is so."""

    NONE = ""
    SAVING = "saving"
    LOADING = "loading"
    LOADED = "loaded"
    """It is a snapshot's, and the processors have not run since."""
    BROKEN = "broken"
    """It does not belong to the disks: the machine must not run on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """What was launched, written before the launch and removed at the end of the run.

    Adoption reads this and never the configuration, which may hold changes for the next start.
    """

    vm_id: str
    accelerator: str
    started_ms: int
    sockets: str
    argv: tuple[str, ...]
    cpus: int = 0
    memory_mib: int = 0
    paused_by: str = ""
    snapshot: SnapshotMark = SnapshotMark.NONE
    files: tuple[CheckedPath, ...] = ()

    def write(self, folder: Path) -> None:
        """Put it into the machine's folder."""
        document = {
            "version": _RUN_VERSION,
            "vm_id": self.vm_id,
            "accelerator": self.accelerator,
            "started_ms": self.started_ms,
            "sockets": self.sockets,
            "argv": list(self.argv),
            "cpus": self.cpus,
            "memory_mib": self.memory_mib,
            "paused_by": self.paused_by,
            "snapshot": self.snapshot,
            "files": [[str(file.path), file.device, file.inode] for file in self.files],
        }
        write_atomically(folder / RUN_FILE, json.dumps(document, ensure_ascii=False).encode())

    @classmethod
    def read(cls, folder: Path) -> RunRecord | None:
        """The record of a run that is not cleaned up yet; None when there is no good one."""
        try:
            document = json.loads(read_small_file(folder / RUN_FILE, _RUN_BYTES))
            return cls(
                vm_id=str(document["vm_id"]),
                accelerator=str(document["accelerator"]),
                started_ms=int(document["started_ms"]),
                sockets=str(document["sockets"]),
                argv=tuple(str(word) for word in document["argv"]),
                cpus=int(document.get("cpus", 0)),
                memory_mib=int(document.get("memory_mib", 0)),
                paused_by=str(document.get("paused_by", "")),
                snapshot=SnapshotMark(document.get("snapshot", "")),
                files=_checked_files(document.get("files", [])),
            )
        except (OSError, StoreError, ValueError, KeyError, TypeError, AttributeError):
            return None


def _checked_files(listed: Sequence[tuple[str, int, int]]) -> tuple[CheckedPath, ...]:
    from app.vm.real_path import CheckedPath, PathKind  # noqa: PLC0415 - not for the first paint

    return tuple(
        CheckedPath(path=Path(path), device=int(device), inode=int(inode), kind=PathKind.FILE)
        for path, device, inode in listed
    )
