"""The disks of a machine as snapshots see them: through the engine that runs it, or by a tool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from typing_extensions import override

from app.errors import EngineError
from app.vm.engine import DiskSnapshot, Running
from app.vm.machine import Machine
from app.vm.qemu import offline_snapshots

Held = Mapping[str, Sequence[DiskSnapshot]]
"""Snapshots that each disk of a machine holds, by the disk's id."""


class SnapshotDisks(Protocol):
    """All disks of one machine at once."""

    async def held(self) -> Held:
        """What they hold.

        Raises:
            AppError: they cannot be asked.
        """

    async def keep(self, tag: str) -> None:
        """Keep them under a tag, a running machine with its memory.

        Raises:
            AppError: it cannot be done; a disk may have the tag all the same.
        """

    async def remove(self, tag: str) -> None:
        """Forget a tag in every disk that has it.

        Raises:
            AppError: a disk has it still.
        """


@dataclass(frozen=True)
class LiveDisks(SnapshotDisks):
    """Disks of a machine that runs or stands still.

    Attributes:
        running: its engine.
        ids: of the disks, the system disk first.
    """

    running: Running
    ids: tuple[str, ...]

    @override
    async def held(self) -> Held:
        found = await self.running.snapshots()
        return {disk_id: found.get(disk_id, ()) for disk_id in self.ids}

    @override
    async def keep(self, tag: str) -> None:
        await self.running.save_snapshot(tag, self.ids)

    @override
    async def remove(self, tag: str) -> None:
        await self.running.delete_snapshot(tag, self.ids)


@dataclass(frozen=True)
class OffDisks(SnapshotDisks):
    """Disks of a machine that is off, and stays off meanwhile.

    Attributes:
        files: by the disk's id.
    """

    files: Mapping[str, Path]

    @override
    async def held(self) -> Held:
        return {
            disk_id: await offline_snapshots.list_in(file) for disk_id, file in self.files.items()
        }

    @override
    async def keep(self, tag: str) -> None:
        await offline_snapshots.create(list(self.files.values()), tag)

    @override
    async def remove(self, tag: str) -> None:
        left = total(await self.held(), tag)
        while left:  # A disk may have it twice, and the tool takes one at a time.
            before = left
            await offline_snapshots.delete(list(self.files.values()), tag)
            left = total(await self.held(), tag)
            if left >= before:
                raise EngineError("The snapshot cannot be deleted.", detail=f"{tag} is still there")

    async def revert(self, tag: str) -> None:
        """Take them all back.

        Raises:
            AppError: it cannot be done; disks may differ then.
        """
        await offline_snapshots.revert(list(self.files.values()), tag)


def live_disks(machine: Machine) -> LiveDisks:
    """Disks of a live machine.

    Raises:
        StateError: it is off.
    """
    config = machine.run_config or machine.config
    return LiveDisks(machine.live(), tuple(disk.id for disk in config.disks))


def off_disks(machine: Machine) -> OffDisks:
    """Disks of a machine that is off."""
    return OffDisks({disk.id: machine.folder / disk.file for disk in machine.config.disks})


def hold_all(held: Held, tag: str) -> bool:
    """Whether every disk has the tag."""
    return count(held, tag) == len(held) > 0


def count(held: Held, tag: str) -> int:
    """How many disks have the tag."""
    return sum(any(one.tag == tag for one in snapshots) for snapshots in held.values())


def total(held: Held, tag: str) -> int:
    """How often they have the tag, all together."""
    return sum(one.tag == tag for snapshots in held.values() for one in snapshots)


def memory_bytes(held: Held, tag: str) -> int:
    """Size of the memory that is kept under a tag, bytes; 0 for none."""
    sizes = [one.memory_bytes for disk in held.values() for one in disk if one.tag == tag]
    return max(sizes, default=0)
