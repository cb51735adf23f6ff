"""What a person can ask of one machine, from a button, a menu or a key."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from app.errors import AppError, StopRefusedError
from app.views.actions import Actions
from app.views.icons import Glyph
from app.views.problems import sentence
from app.views.widgets.question import Choice, QuestionSheet
from app.views.widgets.sheet import SheetHost
from app.vm.api import ManagerApi
from app.vm.model import VmInfo
from app.vm.records import Finding, RecoveryKind, RecoveryStep, Snapshot
from app.vm.state import Action

_log = logging.getLogger(__name__)

OpenMachine = Callable[[str, bool], Awaitable[None]]
"""Opens, or raises, the window of a running machine: its name, and whether in exclusive mode.

Raises an AppError when it cannot.
"""


class Commands(QObject):
    """Turns wishes into calls of the manager.

    Signals:
        deleted: the machine of this name is in the trash now.
        renamed: the old and the new name of a machine.
        snapshots_wanted: the VmInfo of the machine whose snapshots are to be shown.
        disks_wanted, growth_wanted: likewise, of the one whose disks are to be shown, or whose
            system disk is to grow.
        keys_wanted: likewise, of the one whose keys are to be chosen.
        snapshot_wanted: the VmInfo of the machine of which a new one is wanted.
        recovered: what became of a step of recovery (a sentence).
    """

    deleted = Signal(str)
    renamed = Signal(str, str)
    snapshots_wanted = Signal(object)
    disks_wanted = Signal(object)
    growth_wanted = Signal(object)
    snapshot_wanted = Signal(object)
    keys_wanted = Signal(object)
    recovered = Signal(str)

    def __init__(
        self,
        manager: ManagerApi,
        actions: Actions,
        sheets: SheetHost,
        open_machine: OpenMachine,
    ) -> None:
        super().__init__(sheets)
        self._manager, self._actions, self._sheets = manager, actions, sheets
        self._open_machine = open_machine

    def open(self, info: VmInfo, *, exclusive: bool = False) -> None:
        """Show the machine's window; starts it or lets it go on before, where that is needed."""
        if Action.OPEN in info.actions:
            work = self._open(info, exclusive=exclusive)
            again = partial(self.open, info, exclusive=exclusive)
            self._run("open", info, work, self._title_open(info), again)

    def start(self, info: VmInfo) -> None:
        """Start the machine without its window."""
        if Action.START in info.actions:
            again = partial(self.start, info)
            self._run("start", info, self._start(info), self._title_start(info), again)

    def resume(self, info: VmInfo) -> None:
        """Let a paused machine go on without its window."""
        if Action.RESUME in info.actions:
            again = partial(self.resume, info)
            self._run("resume", info, self._resume(info), self._title_resume(info), again)

    def pause(self, info: VmInfo) -> None:
        """Let the machine stand still."""
        if Action.PAUSE in info.actions:
            title = self.tr("%1 could not be paused").replace("%1", info.name)
            self._run("pause", info, self._pause(info), title)

    def toggle(self, info: VmInfo) -> None:
        """Start, pause or let go on: whatever the state allows."""
        self.start(info)
        self.pause(info)
        self.resume(info)

    def stop(self, info: VmInfo) -> None:
        """Press the power button; force is offered when the guest does not answer."""
        if Action.STOP in info.actions:
            title = self.tr("%1 could not be shut down").replace("%1", info.name)
            self._run("stop", info, self.stop_or_ask(info.name), title)

    def force_stop(self, info: VmInfo) -> None:
        """Cut the power, after asking."""
        if Action.FORCE_STOP in info.actions:
            title = self.tr("%1 could not be forced off").replace("%1", info.name)
            self._run("force", info, self._ask_and_force(info.name), title)

    def delete(self, info: VmInfo) -> None:
        """Move the machine into the trash."""
        if Action.DESTROY in info.actions:
            title = self.tr("%1 could not be deleted").replace("%1", info.name)
            self._run("delete", info, self._delete(info), title)

    def undo_delete(self, name: str) -> None:
        """Take the machine back from the trash."""

        async def work() -> None:
            await self._manager.undo_destroy_vm(name)

        title = self.tr("%1 could not be taken back").replace("%1", name)
        self._actions.run(work(), name=f"undo {name}", title=title)

    def rename(self, info: VmInfo, new_name: str) -> None:
        """Give the machine another name."""
        if Action.RENAME in info.actions and new_name != info.name:
            title = self.tr("%1 could not be renamed").replace("%1", info.name)
            self._run("rename", info, self._rename(info.name, new_name), title)

    def undo_rename(self, old_name: str, new_name: str) -> None:
        """Give the machine its former name back."""

        async def work() -> None:
            await self._manager.rename_vm(new_name, old_name)

        title = self.tr("%1 could not be renamed").replace("%1", new_name)
        self._actions.run(work(), name=f"undo {new_name}", title=title)

    def list_snapshots(
        self, info: VmInfo, tell: Callable[[VmInfo, tuple[Snapshot, ...] | None], None]
    ) -> None:
        """Ask for a machine's snapshots and `tell` them; None where they cannot be had now."""

        async def work() -> None:
            try:
                found = await self._manager.get_snapshot_list(info.name)
            except AppError as err:
                _log.debug("no snapshots of %s: %s", info.name, err.message)
                tell(info, None)
            else:
                tell(info, found)

        self._actions.run(work(), name=f"snapshots of {info.id}")

    def list_findings(
        self, info: VmInfo, tell: Callable[[VmInfo, tuple[Finding, ...]], None]
    ) -> None:
        """Ask what there is to do about a machine, and `tell` it."""

        async def work() -> None:
            try:
                found = await self._manager.list_findings()
            except AppError as err:
                _log.info("no findings of %s: %s", info.name, err.message)
                found = ()
            tell(info, tuple(finding for finding in found if finding.vm_id == info.id))

        self._actions.run(work(), name=f"findings of {info.id}")

    def list_cut_off(self, tell: Callable[[tuple[Finding, ...]], None]) -> None:
        """Ask for work that was cut off and whose machine is not in the library, and `tell` it."""

        async def work() -> None:
            try:
                listed = {vm.id for vm in await self._manager.list_vms()}
                found = await self._manager.list_findings()
            except AppError as err:
                _log.info("no work that was cut off: %s", err.message)
                return
            kind = RecoveryKind.INTERRUPTED_TASK
            tell(tuple(one for one in found if one.kind is kind and one.vm_id not in listed))

        self._actions.run(work(), name="work that was cut off")

    def recover(self, finding: Finding, step: RecoveryStep) -> None:
        """Do something about what was found; asks once where that changes or removes files."""
        from app.views.recovery.questions import GO, question  # noqa: PLC0415 - rarely needed

        # Without its disk, a machine is cleaned up as a whole: the file is the missing one.
        is_named = finding.kind in {RecoveryKind.LEFTOVER, RecoveryKind.INTERRUPTED_TASK}
        file = finding.file if is_named else ""

        async def work() -> None:
            sheet = question(finding, step)
            if sheet is not None and await self._sheets.ask(sheet) != GO:
                return
            name = finding.vm_name
            done = await self._manager.recover_user_data(name, step=step, file=file)
            self.recovered.emit(sentence(done.sentence))

        title = self.tr("%1 could not be recovered").replace("%1", finding.vm_name)
        self._run("recover", finding.vm_id, work(), title)

    def insert_disc(self, info: VmInfo, image: Path) -> None:
        """Put a disc image that the person has chosen into the drive."""

        async def work() -> None:
            await self._manager.grant_path(image)
            await self._manager.mount_cd_drive_to_vm(info.name, image)

        if Action.CHANGE_DISC in info.actions:
            title = self.tr("The disc could not be inserted into %1").replace("%1", info.name)
            self._run("disc", info, work(), title)

    def eject_disc(self, info: VmInfo) -> None:
        """Take the disc out of the drive."""

        async def work() -> None:
            await self._manager.unmount_cd_drive_from_vm(info.name)

        if Action.CHANGE_DISC in info.actions and info.disc is not None:
            title = self.tr("The disc could not be taken out of %1").replace("%1", info.name)
            self._run("disc", info, work(), title)

    async def stop_or_ask(self, name: str) -> bool:
        """Shut one machine down; asks when it does not answer. Whether it is off then."""
        while True:
            try:
                await self._manager.stop_vm(name)
            except StopRefusedError:
                answer = await self._sheets.ask(self._refused_sheet(name))
                if answer == "wait":
                    continue
                if answer == "force":
                    await self._manager.force_stop_vm(name)
                    return True
                return False
            return True

    def _run(
        self,
        verb: str,
        about: VmInfo | UUID,
        work: Coroutine[object, object, object],
        title: str,
        again: Callable[[], None] | None = None,
    ) -> None:
        async def without_result() -> None:
            await work

        name = f"{verb} {about if isinstance(about, UUID) else about.id}"
        if self._actions.is_running(name):
            work.close()
            return
        self._actions.run(without_result(), name=name, title=title, again=again)

    async def _open(self, info: VmInfo, *, exclusive: bool) -> None:
        # Not as it was when it was clicked: the gate may have let it go on meanwhile.
        now = await self._manager.get_vm_status(info.name)
        if Action.START in now.actions:
            await self._manager.start_vm(now.name)
        elif Action.RESUME in now.actions:
            await self._manager.resume_vm(now.name)
        await self._open_machine(now.name, exclusive)

    async def _start(self, info: VmInfo) -> None:
        await self._manager.start_vm(info.name)

    async def _pause(self, info: VmInfo) -> None:
        await self._manager.pause_vm(info.name)

    async def _resume(self, info: VmInfo) -> None:
        now = await self._manager.get_vm_status(info.name)
        if Action.RESUME in now.actions:
            await self._manager.resume_vm(now.name)

    async def _delete(self, info: VmInfo) -> None:
        await self._manager.destroy_vm(info.name)
        self.deleted.emit(info.name)

    async def _rename(self, old_name: str, new_name: str) -> None:
        await self._manager.rename_vm(old_name, new_name)
        self.renamed.emit(old_name, new_name)

    async def _ask_and_force(self, name: str) -> None:
        sheet = QuestionSheet(
            self.tr("Force off “%1”?").replace("%1", name),
            self.tr("This cuts the power. What the machine has not saved is lost."),
            [Choice("", self.tr("Cancel")), Choice("force", self.tr("Force off"), "danger")],
            glyph=Glyph.BOLT,
            token="bad",  # noqa: S106 - a colour's name
        )
        if await self._sheets.ask(sheet) == "force":
            await self._manager.force_stop_vm(name)

    def _refused_sheet(self, name: str) -> QuestionSheet:
        return QuestionSheet(
            self.tr("%1 did not switch itself off.").replace("%1", name),
            self.tr(
                "Its system may be busy, or may ignore the power button. "
                "Forcing it off loses what it has not saved."
            ),
            [Choice("wait", self.tr("Wait")), Choice("force", self.tr("Force off"), "danger")],
            glyph=Glyph.POWER,
            token="warn",  # noqa: S106 - a colour's name
        )

    def _title_open(self, info: VmInfo) -> str:
        if Action.START in info.actions:
            return self._title_start(info)
        return self.tr("%1 could not be opened").replace("%1", info.name)

    def _title_resume(self, info: VmInfo) -> str:
        return self.tr("%1 could not go on").replace("%1", info.name)

    def _title_start(self, info: VmInfo) -> str:
        return self.tr("%1 could not start").replace("%1", info.name)
