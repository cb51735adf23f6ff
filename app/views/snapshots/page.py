"""Snapshots of one machine: look, take, go back, rename, note, lock, delete."""

from __future__ import annotations

from collections.abc import Coroutine
from functools import partial

from PySide6.QtCore import QPoint

from app.errors import EngineError, StateError
from app.views.actions import Actions
from app.views.commands import Commands
from app.views.library_model import LibraryModel
from app.views.snapshots.menu import snapshot_menu
from app.views.snapshots.note_sheet import NoteSheet
from app.views.snapshots.questions import (
    DISKS,
    SAFE,
    SHUT_DOWN,
    go_back_sheet,
    no_memory_sheet,
    shut_down_sheet,
)
from app.views.snapshots.shown import ShownSnapshots
from app.views.snapshots.take_sheet import TakeSheet
from app.views.widgets.sheet import SheetHost
from app.views.widgets.toast import Toast
from app.vm.api import ManagerApi
from app.vm.model import VmInfo
from app.vm.records import Snapshot


class SnapshotsPage(ShownSnapshots):
    """The page of one machine at a time, with what can be done there."""

    def __init__(
        self,
        manager: ManagerApi,
        machines: LibraryModel,
        *,
        commands: Commands,
        actions: Actions,
        sheets: SheetHost,
        toast: Toast,
    ) -> None:
        super().__init__(manager, machines, actions=actions, toast=toast)
        self._commands, self._sheets = commands, sheets
        self.take.clicked.connect(self.ask_to_take)
        tree = self.tree
        tree.renamed.connect(self._rename)
        tree.go_back_wanted.connect(self.ask_to_go_back)
        tree.delete_wanted.connect(self.delete)
        tree.menu_wanted.connect(self._show_menu)
        tree.doubleClicked.connect(self.ask_to_go_back)

    def _show_menu(self, place: QPoint) -> None:
        info, one = self.info(), self.tree.chosen()
        if info is None or one is None:
            return
        menu = snapshot_menu(
            self,
            one,
            is_free=self.tree.rows.is_free,
            go_back=self.ask_to_go_back,
            go_back_to_disk=partial(self._ask, info, one, disks_only=True),
            rename=self.tree.edit_name,
            edit_note=partial(self._ask_note, info, one),
            set_locked=partial(self._set_locked, info, one),
            delete=self.delete,
        )
        menu.popup(place)

    def ask_to_take(self) -> None:
        """Ask for the name of a new snapshot."""
        info = self.info()
        if info is not None and self.take.isEnabled():
            sheet = TakeSheet(info)
            sheet.wanted.connect(partial(self._take, info.name))
            self._sheets.open_sheet(sheet)

    def _take(self, vm_name: str, name: str, note: str) -> None:
        async def work() -> None:
            await self._manager.create_snapshot(vm_name, name, note=note)

        title = self.tr("The snapshot could not be taken")
        self._run(self._busy(work(), self.tr("Taking a snapshot…")), title)

    def ask_to_go_back(self) -> None:
        """Go back to the present snapshot, after asking."""
        info, one = self.info(), self.tree.chosen()
        if info is not None and one is not None and self.tree.rows.can_go_back(one):
            self._ask(info, one, disks_only=False)

    def _ask(self, info: VmInfo, one: Snapshot, *, disks_only: bool) -> None:
        work = self._ask_and_restore(info, one, disks_only=disks_only)
        self._run(work, self.tr("%1 could not go back").replace("%1", info.name))

    async def _ask_and_restore(self, info: VmInfo, one: Snapshot, *, disks_only: bool) -> None:
        if info.state.has_process and (disks_only or not one.with_memory):
            if await self._sheets.ask(shut_down_sheet(info)) != SHUT_DOWN:
                return
            if not await self._commands.stop_or_ask(info.name):
                return
            info = await self._manager.get_vm_status(info.name)
        answer = await self._sheets.ask(go_back_sheet(info, one, disks_only=disks_only))
        if not answer:
            return
        restore = self._manager.restore_snapshot(
            info.name, one.snapshot_id, safety=answer == SAFE, disks_only=disks_only
        )
        try:
            await self._busy(restore, self.tr("Going back…"))
        except (StateError, EngineError) as err:
            if disks_only or not one.with_memory:
                raise
            if await self._sheets.ask(no_memory_sheet(info, err)) == DISKS:
                now = await self._manager.get_vm_status(info.name)
                await self._ask_and_restore(now, one, disks_only=True)

    async def _busy(self, work: Coroutine[object, object, None], word: str) -> None:
        """Do one thing after what waits to be deleted; `word` says so meanwhile."""
        self._doing = word
        if not self._has_left:
            self._show_machine()
        try:
            await self.settle()
            await work
        finally:
            work.close()
            self._doing = ""
            if not self._has_left:
                self._show_machine()
        await self._read()

    def _rename(self, snapshot_id: str, name: str) -> None:
        info = self.info()
        if info is None:
            return

        async def work() -> None:
            await self._manager.rename_snapshot(info.name, snapshot_id, name)
            await self._read()

        self._run(work(), self.tr("The snapshot could not be renamed"))

    def _ask_note(self, info: VmInfo, one: Snapshot) -> None:
        sheet = NoteSheet(one)
        title = self.tr("The note could not be changed")
        sheet.wanted.connect(lambda note: self._update(info, one, title, note=note))
        self._sheets.open_sheet(sheet)

    def _set_locked(self, info: VmInfo, one: Snapshot, locked: bool) -> None:
        title = self.tr("“%1” could not be changed").replace("%1", one.name)
        self._update(info, one, title, locked=locked)

    def _update(
        self,
        info: VmInfo,
        one: Snapshot,
        title: str,
        *,
        note: str | None = None,
        locked: bool | None = None,
    ) -> None:
        async def work() -> None:
            await self._manager.update_snapshot(
                info.name, one.snapshot_id, note=note, locked=locked
            )
            await self._read()

        self._run(work(), title)

    def delete(self) -> None:
        """Take the present snapshot out of sight; it goes when it cannot be taken back."""
        one = self.tree.chosen()
        if one is None or self._listed is None or not self.tree.rows.is_free:
            return
        if one.locked:
            self._toast.say(self.tr("“%1” is locked. Unlock it first.").replace("%1", one.name))
            return
        self._send_doomed()
        self._doomed = self._listed.vm_id, one.snapshot_id
        self._undo_time.start()
        self._show_list()
        text = self.tr("Deleted “%1”").replace("%1", one.name)
        self._undo = partial(self._take_back, one.snapshot_id)
        self._toast.say(text, self.tr("Undo"), self._undo)
