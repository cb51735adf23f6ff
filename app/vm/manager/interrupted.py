"""Work that an end of the manager cut off: found, continued, cleaned up."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, cast

from app.errors import AppError, ParamError, StateError, UnknownVmError
from app.paths import fold_name
from app.vm.events import DataRecovery
from app.vm.manager.core import ManagerCore
from app.vm.records import Finding, Recovered, RecoveryStep, TaskKind
from app.vm.store import storing
from app.vm.task_journal import continuing
from app.vm.unbroken import unbroken

if TYPE_CHECKING:
    from pathlib import Path

    from app.vm.api import ManagerApi
    from app.vm.machine import Machine
    from app.vm.task_journal import TaskJournal, TaskRecord

_log = logging.getLogger(__name__)

_MIB = 1 << 20


class Interrupted(ManagerCore):
    """What `app.vm.manager.recovery` does about records of tasks that nobody carries out."""

    async def settle_interrupted(self) -> None:
        """End what works on for nobody, and forget work that had come to its end; at the start.

        Work that can be continued is only told: whether it shall go on is the person's to say.
        """
        if not self.long_work.busy():
            await asyncio.to_thread(_sweep, self.journal)
        for record in await self._cut_off():
            try:
                if await self._was_done(record):
                    await self._clear(record)
                else:
                    with storing("The records of tasks cannot be read."):
                        await asyncio.to_thread(self.journal.end_orphans, record.task_id)
            except AppError as err:
                _log.warning("the work %s of %s: %s", record.kind, record.vm_name, err)

    async def _interrupted_findings(self) -> tuple[Finding, ...]:
        found = []
        for record in await self._cut_off():
            if await self._was_done(record):
                continue
            found.append(await self._finding(record))
        return tuple(found)

    async def _interrupted_of(self, vm_name: str, file: str = "") -> list[TaskRecord]:
        """Records of work on a machine, by the name under which it is listed or was to be."""
        wanted = fold_name(vm_name)
        return [
            record
            for record in await self._cut_off()
            if fold_name(self._listed_name(record)) == wanted
            and (not file or record.wish.file == file)
            and not await self._was_done(record)
        ]

    async def _continue(self, vm_name: str, file: str) -> Recovered:
        records = await self._interrupted_of(vm_name, file)
        if not records:
            if not any(fold_name(m.name) == fold_name(vm_name) for m in self._registry.machines()):
                raise UnknownVmError(f"There is no machine called “{vm_name}”.")
            raise StateError("No work on this machine was cut off.")
        if len({record.wish.file for record in records}) > 1:
            raise ParamError(
                "Several pieces of work on this machine were cut off.",
                remedy="Name the file of the one to continue.",
            )
        record = records[0]
        from app.vm.recovery.interrupted import (  # noqa: PLC0415 - not for the first paint
            check_continuing,
            remove_what_is_left,
        )

        await check_continuing(record, self._registry, lambda: self.paths, self._engine.is_alive)
        with storing("The records of tasks cannot be read."):
            await asyncio.to_thread(self.journal.end_orphans, record.task_id)
        folder = self._folder_of(record)
        await unbroken(asyncio.to_thread(remove_what_is_left, record, folder))
        with continuing(record.task_id):
            await self._begin_again(record)
        await self._forget(record)
        return await self._told(record, RecoveryStep.CONTINUE, "The work that was cut off is done.")

    async def _begin_again(self, record: TaskRecord) -> None:
        """The same request as before, by the same door."""
        api = cast("ManagerApi", self)
        wish, name = record.wish, self._listed_name(record)
        options = wish.options
        if record.kind is TaskKind.IMPORT and options is not None:
            await api.import_vm_disk_image(name, options)
        elif record.kind is TaskKind.EXPORT and options is not None:
            await api.export_vm_disk_image(name, options)
        elif record.kind is TaskKind.COMPACT:
            await api.compact_vm_disk(name, disk_id=wish.disk_id)
        elif record.kind is TaskKind.GROW:
            await api.set_vm_disk_size(name, wish.size_mib, disk_id=wish.disk_id)
        elif record.kind is TaskKind.DUPLICATE:
            await api.duplicate_vm(name, wish.new_name)
        else:
            raise StateError("This kind of work cannot be continued.")

    async def _clean_up_interrupted(self, records: list[TaskRecord]) -> tuple[int, int]:
        """Remove what work left that was cut off, and its records; files and bytes."""
        files = freed = 0
        for record in records:
            removed = await self._clear(record)
            files, freed = files + removed[0], freed + removed[1]
        return files, freed

    async def _clear(self, record: TaskRecord) -> tuple[int, int]:
        from app.vm.recovery.interrupted import remove_what_is_left  # noqa: PLC0415 - see above

        with storing("The records of tasks cannot be read."):
            await asyncio.to_thread(self.journal.end_orphans, record.task_id)
        removed = await unbroken(
            asyncio.to_thread(remove_what_is_left, record, self._folder_of(record))
        )
        await self._forget(record)
        return removed

    async def _forget(self, record: TaskRecord) -> None:
        with storing("The record of a task cannot be removed."):
            await unbroken(asyncio.to_thread(self.journal.remove, record.task_id))

    async def _cut_off(self) -> list[TaskRecord]:
        records = await asyncio.to_thread(self.journal.records)
        ours = {info.task_id for info in self.long_work.infos()}
        return [record for record in records if record.task_id not in ours]

    async def _was_done(self, record: TaskRecord) -> bool:
        from app.vm.recovery.interrupted import was_done  # noqa: PLC0415 - see above

        machine = self._machine_of(record)
        return await asyncio.to_thread(was_done, record, machine.config if machine else None)

    async def _finding(self, record: TaskRecord) -> Finding:
        from app.vm.recovery.interrupted import (  # noqa: PLC0415 - see above
            check_continuing,
            finding_of,
        )

        refusal: AppError | None = None
        try:
            await check_continuing(
                record, self._registry, lambda: self.paths, self._engine.is_alive
            )
        except AppError as err:
            refusal = err
        return finding_of(record, self._listed_name(record), refusal)

    def _machine_of(self, record: TaskRecord) -> Machine | None:
        return self._registry.by_id(record.vm_id)

    def _folder_of(self, record: TaskRecord) -> Path | None:
        machine = self._machine_of(record)
        return machine.folder if machine is not None else None

    def _listed_name(self, record: TaskRecord) -> str:
        machine = self._machine_of(record)
        return machine.name if machine is not None else record.vm_name

    async def _told(
        self,
        record: TaskRecord,
        step: RecoveryStep,
        sentence: str,
        *,
        files: int = 0,
        size_bytes: int = 0,
    ) -> Recovered:
        """What became of it, told and returned; the machine may be one that is new, or none."""
        name = self._listed_name(record)
        named = [m for m in self._registry.machines() if fold_name(m.name) == fold_name(name)]
        vm_id = named[0].config.id if named else record.vm_id
        self.events.publish(
            DataRecovery(
                vm_id=vm_id, vm_name=name, sentence=sentence, step=step, size_bytes=size_bytes
            )
        )
        left = await cast("ManagerApi", self).list_findings()
        return Recovered(
            vm_id=vm_id,
            vm_name=name,
            step=step,
            sentence=sentence,
            files=files,
            size_bytes=size_bytes,
            findings=tuple(one for one in left if one.vm_id in {vm_id, record.vm_id}),
        )


def _sweep(journal: TaskJournal) -> None:
    try:
        journal.sweep()
    except OSError as err:
        _log.warning("the records of tasks cannot be looked through: %s", err)
