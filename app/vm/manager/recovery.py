"""Recovery of machines after unclean ends: `RecoveryApi`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from app.errors import AppError, ParamError, StateError, StoreError
from app.paths import fold_name
from app.vm.api.recovery import RecoveryApi
from app.vm.disks import disk_of
from app.vm.events import DataRecovery, VmCreated, VmRemoved
from app.vm.machine import Machine
from app.vm.manager.interrupted import Interrupted
from app.vm.off_loop import ask
from app.vm.records import Finding, Recovered, RecoveryStep, TaskKind
from app.vm.state import Trigger, VmState
from app.vm.store import storing
from app.vm.unbroken import unbroken
from app.vm.updating import updating

if TYPE_CHECKING:
    from app.vm.model import VmConfig
    from app.vm.records import TaskInfo
    from app.vm.recovery.adopting import Adoption
    from app.vm.recovery.findings import Patient
    from app.vm.task_journal import TaskRecord
    from app.vm.tasks import Task

_MIB = 1 << 20


class Recovery(Interrupted, RecoveryApi):
    """Functions of `RecoveryApi`."""

    @override
    async def list_findings(self) -> tuple[Finding, ...]:
        found: list[Finding] = []
        for machine in self._registry.machines():
            found += await self._findings(machine)
        return (*found, *await self._interrupted_findings())

    @override
    async def recover_user_data(
        self, vm_name: str, *, step: RecoveryStep | None = None, file: str = ""
    ) -> Recovered:
        if step is RecoveryStep.CONTINUE:
            return await self._continue(vm_name, file)
        if file and step is not RecoveryStep.CLEAN_UP:
            raise ParamError("A file can be named for a clean-up only.")
        cut_off = await self._interrupted_of(vm_name, file) if step is RecoveryStep.CLEAN_UP else []
        if cut_off and (file or self._registry.by_id(cut_off[0].vm_id) is None):
            return await self._clean_up_work(cut_off)
        machine = self._machine(vm_name)
        machine.refuse_unreachable()
        match step:
            case RecoveryStep.CLEAN_UP:
                return await self._clean_up(machine, file)
            case RecoveryStep.ADOPT:
                return await self._adopt(machine)
            case RecoveryStep.REPAIR:
                return await self._long(machine, step, TaskKind.REPAIR)
            case _:
                return await self._long(machine, RecoveryStep.CHECK, TaskKind.CHECK)

    @override
    async def copy_user_files(
        self, vm_name: str, target: Path, *, disk_id: str = "", background: bool = False
    ) -> TaskInfo:
        from app.vm.images.placing import refuse_taken  # noqa: PLC0415 - not for the first paint
        from app.vm.recovery.copying_out import copy_out  # noqa: PLC0415 - the same

        machine = self._machine(vm_name)
        machine.refuse_unreachable()
        _check_at_rest(machine, is_alive=self._engine.is_alive(machine.folder))
        image = machine.folder / disk_of(machine.config, disk_id).file
        folder = await ask(target, self.paths.check_target, target)
        await ask(target, refuse_taken, folder)

        async def work(task: Task) -> None:
            async with _reading(machine, self._engine.is_alive):
                done = await copy_out(image, folder, task)
            self.events.publish(
                DataRecovery(
                    vm_id=machine.config.id,
                    vm_name=machine.name,
                    sentence=done.sentence,
                    file=str(folder),
                    size_bytes=done.size_bytes,
                )
            )

        return await self.long_work.run(
            TaskKind.RECOVER, machine.name, machine.config.id, work, background=background
        )

    async def tell_findings(self) -> None:
        """Tell what there is to do, once, after the machines have answered."""
        for finding in await self.list_findings():
            self.events.publish(
                DataRecovery(
                    vm_id=finding.vm_id,
                    vm_name=finding.vm_name,
                    sentence=finding.sentence,
                    kind=finding.kind,
                    file=finding.file,
                    size_bytes=finding.size_bytes,
                )
            )

    async def _findings(self, machine: Machine) -> tuple[Finding, ...]:
        from app.vm.recovery.findings import look_for_findings  # noqa: PLC0415 - not for first paint

        return await asyncio.to_thread(look_for_findings, _patient(machine))

    async def _long(self, machine: Machine, step: RecoveryStep, kind: TaskKind) -> Recovered:
        said: list[str] = []

        async def work(task: Task) -> None:
            async with _mending(machine, self._engine.is_alive):
                is_repair = step is RecoveryStep.REPAIR
                said.append(await (_repair if is_repair else _check)(machine, task))

        await self.long_work.run(kind, machine.name, machine.config.id, work)
        return await self._done(machine, step, said[0])

    async def _adopt(self, machine: Machine) -> Recovered:
        from app.vm.recovery.adopting import plan_adoption  # noqa: PLC0415 - see `_findings`

        async with machine.editing:
            _check_at_rest(machine, is_alive=self._engine.is_alive(machine.folder))
            listed = self._registry.by_id(machine.config.id) is machine
            if not listed or machine.config.hardware.layout_version:
                raise StateError("This machine has settings of its own already.")
            adoption = await asyncio.to_thread(plan_adoption, machine.folder)
            with self._registry.reserved(self._name_for(machine), but=machine) as name:
                config = await adoption.config(name, self.host_size())
                return await unbroken(self._take_in(machine, adoption, config))

    async def _take_in(self, stand_in: Machine, adoption: Adoption, config: VmConfig) -> Recovered:
        await adoption.write(config)
        self._registry.remove(stand_in)
        self.events.publish(VmRemoved(vm_id=stand_in.config.id, vm_name=stand_in.name))
        state = VmState.STOPPED if adoption.original else VmState.AVAILABLE
        machine = Machine(config, stand_in.folder, self.events.publish, state=state)
        self._registry.enlist(machine)
        self.events.publish(VmCreated(vm_id=config.id, vm_name=config.name))
        sentence = f"It is a machine of its own now, called “{config.name}”."
        return await self._done(machine, RecoveryStep.ADOPT, sentence)

    def _name_for(self, machine: Machine) -> str:
        """A free name like the one under which it is listed."""
        taken = {fold_name(m.name) for m in self._registry.machines() if m is not machine}
        base = machine.name[:100].strip()
        names = (base, *(f"{base} {number}" for number in range(2, len(taken) + 3)))
        return next(name for name in names if fold_name(name) not in taken)

    async def _clean_up_work(self, records: list[TaskRecord]) -> Recovered:
        files, freed = await self._clean_up_interrupted(records)
        return await self._told(
            records[0], RecoveryStep.CLEAN_UP, _removed(files, freed),
            files=files, size_bytes=freed,
        )  # fmt: skip

    async def _clean_up(self, machine: Machine, file: str) -> Recovered:
        from app.vm.recovery.findings import chosen_leftovers, lacks_disks  # noqa: PLC0415 - see above

        if not file and await asyncio.to_thread(lacks_disks, _patient(machine)):
            return await self._throw_away_empty(machine)
        if bool(file) and await asyncio.to_thread(_is_unknown_snapshot, machine, file):
            return await self._forget_snapshot(machine, file)
        files, freed_by_work = 0, 0
        if not file:
            cut_off = await self._interrupted_of(machine.name)
            files, freed_by_work = await self._clean_up_interrupted(cut_off)
        async with machine.editing:
            _check_at_rest(machine, is_alive=self._engine.is_alive(machine.folder))
            chosen = await asyncio.to_thread(
                chosen_leftovers, machine.folder, file, all_of_use=True
            )
            if file and not chosen:
                raise ParamError(
                    f"{file} is in use, or none of this program's files.",
                    remedy="Look at the list of what was found.",
                )
            with storing("A file cannot be removed."):
                freed = await unbroken(asyncio.to_thread(_remove, chosen))
        files, freed = files + len(chosen), freed + freed_by_work
        return await self._done(
            machine, RecoveryStep.CLEAN_UP, _removed(files, freed), files=files, size_bytes=freed
        )

    async def _forget_snapshot(self, machine: Machine, name: str) -> Recovered:
        from app.vm.snapshots.editing import delete  # noqa: PLC0415 - see `_findings`

        await delete(machine, name, self._engine.is_alive)
        sentence = "The snapshot is gone from the machine's disks."
        return await self._done(machine, RecoveryStep.CLEAN_UP, sentence)

    async def _throw_away_empty(self, machine: Machine) -> Recovered:
        problem = machine.problem
        async with machine.editing:
            _check_at_rest(machine, is_alive=self._engine.is_alive(machine.folder))
            machine.apply(Trigger.DESTROY)
            try:
                with storing("The machine could not be moved to the trash."):
                    await unbroken(asyncio.to_thread(self.library.move_to_trash, machine.folder))
            except BaseException:
                machine.apply(Trigger.DESTROY_FAILED)
                if problem is not None:
                    machine.apply(Trigger.DAMAGED, problem=problem)
                raise
        self._forget_view(machine.config.id)
        self._registry.remove(machine)
        self.events.publish(VmRemoved(vm_id=machine.config.id, vm_name=machine.name))
        return self._tell_done(machine, RecoveryStep.CLEAN_UP, "It is in the trash.")

    async def _done(
        self,
        machine: Machine,
        step: RecoveryStep,
        sentence: str,
        *,
        files: int = 0,
        size_bytes: int = 0,
    ) -> Recovered:
        left = await self._findings(machine)
        return self._tell_done(
            machine, step, sentence, files=files, size_bytes=size_bytes, left=left
        )

    def _tell_done(
        self,
        machine: Machine,
        step: RecoveryStep,
        sentence: str,
        *,
        files: int = 0,
        size_bytes: int = 0,
        left: tuple[Finding, ...] = (),
    ) -> Recovered:
        self.events.publish(
            DataRecovery(
                vm_id=machine.config.id,
                vm_name=machine.name,
                sentence=sentence,
                step=step,
                size_bytes=size_bytes,
            )
        )
        return Recovered(
            vm_id=machine.config.id,
            vm_name=machine.name,
            step=step,
            sentence=sentence,
            files=files,
            size_bytes=size_bytes,
            findings=left,
        )


async def _check(machine: Machine, task: Task) -> str:  # noqa: ARG001 - as `_repair`
    from app.vm.recovery.findings import chosen_leftovers  # noqa: PLC0415 - not for the first paint
    from app.vm.recovery.unclean import look_at_disks  # noqa: PLC0415 - the same

    won_back = await look_at_disks(machine)
    with storing("An unfinished file cannot be removed."):
        chosen = await asyncio.to_thread(chosen_leftovers, machine.folder, "", all_of_use=False)
        await unbroken(asyncio.to_thread(_remove, chosen))
    said = "Its disks are whole."
    if won_back:
        said += f" Space that nothing used was won back: {won_back} clusters."
    return f"{said} {len(chosen)} unfinished files were removed." if chosen else said


async def _repair(machine: Machine, task: Task) -> str:
    from app.vm.recovery.checking import damage, look_through  # noqa: PLC0415 - see `_check`
    from app.vm.recovery.repairing import repair_with_copy  # noqa: PLC0415 - the same
    from app.vm.recovery.unclean import look_at_disks  # noqa: PLC0415 - the same

    copies: list[str] = []
    for disk in machine.config.disks:
        image = machine.folder / disk.file
        if not (await look_through(image)).corruptions:
            continue
        state, copy = await repair_with_copy(image, task.report)
        copies.append(copy.name)
        if state.corruptions:
            raise StoreError(
                f"{damage(disk.file, state).message} It could not be repaired any further.",
                remedy=f"Its copy from before the repair is {copy.name}, in the machine's folder. "
                "Go back to a backup or an export.",
            )
    await look_at_disks(machine)
    if not copies:
        return "Its disks are whole; nothing had to be repaired."
    return f"It was repaired. The disk from before is kept as {', '.join(copies)}."


@asynccontextmanager
async def _mending(machine: Machine, is_alive: Callable[[Path], bool]) -> AsyncIterator[None]:
    """`updating`, for a machine that is UNAVAILABLE too; it stays so when the block fails."""
    before = machine.problem if machine.state is VmState.UNAVAILABLE else None
    if machine.state is VmState.UNAVAILABLE:
        _check_whole_description(machine)
        machine.apply(Trigger.CHECKED, reason="checking")
    try:
        async with updating(machine, is_alive):
            try:
                yield
            except StoreError as err:
                machine.apply(Trigger.DAMAGED, reason="damaged", problem=err)
                raise
    except BaseException:
        if before is not None:
            machine.apply_if_possible(Trigger.DAMAGED, reason="damaged", problem=before)
        raise


@asynccontextmanager
async def _reading(machine: Machine, is_alive: Callable[[Path], bool]) -> AsyncIterator[None]:
    """`updating`, for a machine that is UNAVAILABLE too; it is so again afterwards."""
    if machine.state is not VmState.UNAVAILABLE:
        async with updating(machine, is_alive):
            yield
        return
    problem = machine.problem
    _check_whole_description(machine)
    machine.apply(Trigger.CHECKED, reason="reading")
    try:
        async with updating(machine, is_alive):
            yield
    finally:
        machine.apply_if_possible(Trigger.DAMAGED, reason="damaged", problem=problem)


def _check_whole_description(machine: Machine) -> None:
    if not machine.config.disks or machine.problem is None:
        raise machine.problem or StateError("The machine has no settings that can be used.")


def _check_at_rest(machine: Machine, *, is_alive: bool) -> None:
    if is_alive or machine.state.has_process or machine.state.is_changing:
        raise StateError("The machine is not off.", remedy="Shut it down first.")


def _removed(files: int, freed: int) -> str:
    return f"{files} files were removed; {freed // _MIB} MiB are free again."


def _remove(paths: list[Path]) -> int:
    """Remove leftovers; bytes that are free again. Blocks."""
    freed = 0
    for path in paths:
        freed += path.lstat().st_blocks * 512  # the unit of st_blocks, stat(2)
        path.unlink()
    return freed


def _patient(machine: Machine) -> Patient:
    from app.vm.recovery.findings import Patient  # noqa: PLC0415 - not for the first paint

    problem: AppError | None = machine.problem
    return Patient(
        vm_id=machine.config.id,
        vm_name=machine.name,
        folder=machine.folder,
        config=machine.config,
        state=machine.state,
        problem=problem.message if problem else "",
    )


def _is_unknown_snapshot(machine: Machine, name: str) -> bool:
    """Whether a snapshot of that name is in the disks and nobody here has made it; blocks."""
    from app.vm.recovery.unknown_snapshots import unknown_snapshots  # noqa: PLC0415 - see above

    return name in unknown_snapshots(machine.folder, machine.config)
