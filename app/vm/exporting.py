"""A copy of a machine's disks leaves the library, with the machine off or running.

Nothing has the target's name before it is whole and safe on disk, and nothing that was there is
replaced. What is written meanwhile stands beside it, hidden, and goes when the work ends.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.errors import StateError
from app.paths import slug
from app.vm.events import DiskExported, Published
from app.vm.growth import LIVE
from app.vm.images.exporting import (
    ExportFormat,
    ExportPlan,
    check_image,
    check_room,
    needed_bytes,
    snapshot_at,
    snapshots_in,
    source_of,
    taken_up,
    write_image,
)
from app.vm.images.file_copy import copy_file, told_from_thread
from app.vm.images.ova_writer import OvaDisk, write_ova
from app.vm.images.placing import identity_of, part_beside, place_new, refuse_taken, take_back
from app.vm.images.source import ImageSource
from app.vm.machine import Machine
from app.vm.qemu.backup import PREFIX
from app.vm.real_path import Identity
from app.vm.records import TaskPhase
from app.vm.store import storing
from app.vm.tasks import Task
from app.vm.unbroken import unbroken
from app.vm.updating import updating

Tell = Callable[[float], None]


def check_export(machine: Machine, plan: ExportPlan) -> None:
    """Refuse at once what cannot be done; blocks for a look at the target.

    Raises:
        PathError: something is there already.
        StateError: the machine runs, and what is asked for can be had from one that is off only.
    """
    refuse_taken(plan.target)
    if machine.state not in LIVE:
        return
    if not plan.is_of_now:
        raise StateError(
            "Snapshots can be exported while the machine is off only.",
            remedy="Shut it down first, or export the disk as it is now.",
        )
    if plan.format is ExportFormat.OVA and len(machine.config.disks) > 1:
        raise StateError(
            "A machine with several disks can be exported as a whole while it is off only.",
            remedy="Shut it down first, or export its system disk alone.",
        )


@dataclass
class Export:
    """One export.

    Attributes:
        machine: whose disks.
        plan: what to write.
        is_alive: see `app.vm.engine.Engine`.
        publish: told when the copy is in its place.
    """

    machine: Machine
    plan: ExportPlan
    is_alive: Callable[[Path], bool]
    publish: Callable[[Published], None]
    _parts: list[Path] = field(default_factory=list)

    async def run(self, task: Task) -> None:
        """Do it. Failed or cancelled, nothing is left of it.

        Raises:
            PathError: something has come to where the copy should be.
            DiskLessError: it does not fit there.
            StateError: the machine is just changing its state, or its disk is busy.
            StoreError: a file cannot be read or written.
            EngineError: the machine ended meanwhile, or a tool refused.
        """
        target = self.plan.target
        await asyncio.to_thread(check_export, self.machine, self.plan)
        part = self._part(task)
        try:
            with storing("The copy cannot be written."):
                await self._make(task, part)
                if self.machine.state in LIVE:
                    await self._of_running(task, part)
                else:
                    async with updating(self.machine, self.is_alive):
                        await self._of_stopped(task, part)
                task.enter(TaskPhase.FINISHING)
                await self._place(part)
        finally:
            await unbroken(asyncio.to_thread(self._remove_parts))
        size = (await asyncio.to_thread(target.stat)).st_size
        self.publish(
            DiskExported(
                vm_id=self.machine.config.id,
                vm_name=self.machine.name,
                task_id=task.info.task_id,
                path=target,
                size_bytes=size,
            )
        )

    async def _place(self, part: Path) -> None:
        written = await asyncio.to_thread(identity_of, part)
        try:
            await unbroken(asyncio.to_thread(place_new, part, self.plan.target))
        except asyncio.CancelledError:
            await unbroken(asyncio.to_thread(take_back, self.plan.target, written))
            raise

    async def _of_stopped(self, task: Task, part: Path) -> None:
        sources = [await asyncio.to_thread(source_of, path) for path in self.images()]
        outside = self.plan.target.parent
        if self.plan.keep_snapshots:
            image = sources[0].path
            await asyncio.to_thread(lambda: check_room(outside, taken_up(image)))
            await told_from_thread(
                lambda tell, stop: copy_file(image, part, tell, stop, is_made=True), task.report
            )
            return
        if not self.plan.is_dense:
            needed = sum([await needed_bytes(source) for source in sources])
            await asyncio.to_thread(check_room, outside, needed)
        older = [""] * len(sources)
        if self.plan.snapshot_time_ms:
            moment = self.plan.snapshot_time_ms
            older = [snapshot_at(await snapshots_in(source), moment) for source in sources]
        await self._write(task, part, sources, task.report, older=older)

    async def _of_running(self, task: Task, part: Path) -> None:
        folder = self.machine.folder
        if await asyncio.to_thread(self._may_be_moved, folder):
            copies = await self._copy_running(task, end=1.0)
            await task.note_part(part, await asyncio.to_thread(identity_of, copies[0].path))
            if await asyncio.to_thread(_moved, copies[0].path, part):
                await check_image(copies[0].format, part)
                return
        else:
            copies = await self._copy_running(task, end=0.5)
        await self._write(task, part, copies, _share(task.report, 0.5, 1.0))

    async def _copy_running(self, task: Task, *, end: float) -> list[ImageSource]:
        """The disks as they are at this moment, in images of their own beside them."""
        running, folder = self.machine.live(), self.machine.folder
        originals = [await asyncio.to_thread(source_of, path) for path in self.images()]
        needed = sum([await needed_bytes(source, in_use=True) for source in originals])
        await asyncio.to_thread(self._check_rooms, folder, needed)
        copies = []
        for number, original in enumerate(originals):
            copy = folder / f"{PREFIX}{task.info.task_id.hex[:8]}{number}.qcow2.part"
            self._parts.append(copy)
            tell = _share(task.report, 0.0, end, number, len(originals))
            await running.copy_disk(self.machine.config.disks[number].id, copy, tell)
            copies.append(replace(original, path=copy))
        return copies

    async def _write(
        self,
        task: Task,
        part: Path,
        sources: list[ImageSource],
        tell: Tell,
        *,
        older: Sequence[str] = (),
    ) -> None:
        wanted = dict(enumerate(older))
        if self.plan.format is not ExportFormat.OVA:
            await write_image(sources[0], part, self.plan, tell, snapshot_id=wanted.get(0, ""))
            return
        base = slug(self.plan.target.stem) or "machine"
        disks = []
        for number, source in enumerate(sources):
            name = f"{base}-disk{number + 1}.vmdk"
            image = self._part(task, extra=f".{number}")
            await self._make(task, image)
            await write_image(
                source,
                image,
                self.plan,
                _share(tell, 0.0, 0.8, number, len(sources)),
                snapshot_id=wanted.get(number, ""),
                name=name,
            )
            disks.append(OvaDisk(file=image, name=name, capacity_bytes=source.virtual_bytes))
        config = self.machine.config
        await told_from_thread(
            lambda told, stop: write_ova(part, base, config, disks, tell=told, stop=stop),
            _share(tell, 0.8, 1.0),
        )

    def _check_rooms(self, folder: Path, needed: int) -> None:
        """Room for the copy in the machine's folder, and for what is made of it; blocks."""
        outside = self.plan.target.parent
        beside = 0 if self.plan.is_dense or self._may_be_moved(folder) else needed
        check_room(folder, needed + (beside if _together(folder, outside) else 0))
        check_room(outside, beside)

    def _may_be_moved(self, folder: Path) -> bool:
        """The engine's own copy is what is wanted already, and needs another name only; blocks."""
        is_plain = self.plan.format is ExportFormat.QCOW2 and not self.plan.compress
        return is_plain and _together(folder, self.plan.target.parent)

    def images(self) -> Iterator[Path]:
        """The disks that the format can hold, the system disk first."""
        disks = self.machine.config.disks
        for disk in disks if self.plan.format is ExportFormat.OVA else disks[:1]:
            yield self.machine.folder / disk.file

    async def _make(self, task: Task, part: Path) -> None:
        """Make a file before the tools write it, so that it is known for ours after a crash."""
        await task.note_part(part, await unbroken(asyncio.to_thread(_new_file, part)))

    def _part(self, task: Task, *, extra: str = "") -> Path:
        part = part_beside(self.plan.target, task.info.task_id.hex[:8], extra=extra)
        self._parts.append(part)
        return part

    def _remove_parts(self) -> None:
        for part in self._parts:
            part.unlink(missing_ok=True)


def _together(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev


def _new_file(part: Path) -> Identity:
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644))
    return identity_of(part)


def _moved(copy: Path, part: Path) -> bool:
    try:
        copy.rename(part)
    except OSError as err:
        if err.errno != errno.EXDEV:  # one file system, but two mounts of it
            raise
        return False
    return True


def _share(tell: Tell, start: float, end: float, number: int = 0, of: int = 1) -> Tell:
    """Tell a part of the work as a part of the whole: the `number`-th of `of` between the two."""

    def told(fraction: float) -> None:
        tell(start + (end - start) * (number + fraction) / of)

    return told
