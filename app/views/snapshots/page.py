"""Snapshots of one machine: look, take, go back, rename, delete."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from uuid import UUID

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QImage, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from app.errors import AppError, EngineError, StateError, UnknownVmError
from app.views import words as library_words
from app.views.actions import Actions
from app.views.commands import Commands
from app.views.icons import Glyph
from app.views.library_model import LibraryModel
from app.views.problems import sentence
from app.views.snapshots import words
from app.views.snapshots.menu import snapshot_menu
from app.views.snapshots.questions import (
    DISKS,
    SAFE,
    SHUT_DOWN,
    go_back_sheet,
    no_memory_sheet,
    shut_down_sheet,
)
from app.views.snapshots.small_pictures import read_small_pictures
from app.views.snapshots.take_sheet import TakeSheet
from app.views.snapshots.tree import SnapshotTree
from app.views.widgets.buttons import Button
from app.views.widgets.labels import GlyphLabel, breakable, label
from app.views.widgets.layouts import column, frame, row
from app.views.widgets.note import Note
from app.views.widgets.sheet import SheetHost
from app.views.widgets.status import StateSign
from app.views.widgets.toast import SHOWN_MS, Toast
from app.vm.api import ManagerApi
from app.vm.model import VmInfo
from app.vm.records import Snapshot
from app.vm.state import Action


@dataclass
class _Listed:
    """What the manager said of one machine."""

    vm_id: UUID
    snapshots: tuple[Snapshot, ...] = ()
    pictures: dict[str, QImage] = field(default_factory=dict)
    is_known: bool = False


class SnapshotsPage(QWidget):
    """The page of one machine at a time; what is deleted goes when its undo time is over.

    Signals:
        back_wanted: the person is done here.
    """

    back_wanted = Signal()

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
        super().__init__()
        self._manager, self._machines, self._commands = manager, machines, commands
        self._actions, self._sheets, self._toast = actions, sheets, toast
        self._numbers = count()
        self._has_left = False
        self._listed: _Listed | None = None
        self._doing = ""
        self._deleting = asyncio.Lock()
        self._going: set[str] = set()
        self._doomed: tuple[UUID, str] | None = None
        self._undo = partial(self._take_back, "")
        self._undo_time = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._undo_time.timeout.connect(self._send_doomed)
        self._build()
        machines.dataChanged.connect(self._show_machine)
        for signal in (machines.rowsRemoved, machines.modelReset):
            signal.connect(self._show_machine)

    def show_machine(self, info: VmInfo) -> None:
        """Show the snapshots of this machine."""
        if self._listed is None or info.id != self._listed.vm_id:
            self._send_doomed()
            self._listed = _Listed(info.id)
            self._show_list()
        self._show_machine()
        self.load()
        self.tree.setFocus()

    def machine_changed(self, vm_id: UUID | None) -> None:
        """Something of this machine, or of any when None, is another now."""
        if self.isVisible() and self._listed is not None and vm_id in {None, self._listed.vm_id}:
            self.load()

    def info(self) -> VmInfo | None:
        """The machine that is shown."""
        return None if self._listed is None else self._machines.find(self._listed.vm_id)

    def leave(self) -> None:
        """It is going to be deleted: what waits for its undo time is sent, nothing is shown."""
        self._send_doomed()
        self._has_left = True

    async def settle(self) -> None:
        """Delete what still waits for its undo time; returns when nothing is being deleted."""
        doomed = self._doom()
        if doomed is not None:
            await self._destroy(*doomed)
        async with self._deleting:
            return

    def load(self) -> None:
        """Ask the manager for the list."""
        self._run(self._read(), self.tr("The snapshots cannot be listed"))

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous() and not self._has_left:
            self._send_doomed()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.back_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _build(self) -> None:
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        # The text of the first button stands above the others, not its edge.
        outer = column(self, margins=(12, 14, 24, 20), spacing=8)
        back = Button(self.tr("Virtual machines"), "ghost", glyph=Glyph.LEFT)
        back.clicked.connect(self.back_wanted)
        outer.addWidget(back, 0, Qt.AlignmentFlag.AlignLeft)
        layout = column(margins=(12, 0, 0, 0), spacing=8)
        outer.addLayout(layout, 1)
        head = row(spacing=16)
        words_of_head = column(spacing=4)
        self._title = label("", "title", wrap=True)
        words_of_head.addWidget(self._title)
        state = row(spacing=7)
        self._sign = StateSign()
        self._state = label("", "caption")
        state.addWidget(self._sign)
        state.addWidget(self._state, 1)
        words_of_head.addLayout(state)
        self._used = label("", "caption")
        self.take = Button(self.tr("Take snapshot"), "primary", glyph=Glyph.SNAPSHOT)
        self.take.clicked.connect(self.ask_to_take)
        head.addLayout(words_of_head, 1)
        head.addWidget(self._used)
        head.addWidget(self.take)
        layout.addLayout(head)
        layout.addSpacing(6)
        self._note = Note("bad")
        self._note.hide()
        layout.addWidget(self._note)
        self._build_list(layout)

    def _build_list(self, layout: QVBoxLayout) -> None:
        self._card = frame("card")
        self.tree = SnapshotTree()
        tree = self.tree
        tree.renamed.connect(self._rename)
        tree.go_back_wanted.connect(self.ask_to_go_back)
        tree.delete_wanted.connect(self.delete)
        tree.menu_wanted.connect(self._show_menu)
        tree.left.connect(self.back_wanted)
        tree.doubleClicked.connect(self.ask_to_go_back)
        column(self._card, margins=8).addWidget(tree)
        layout.addWidget(self._card, 1)
        self._empty = QWidget()
        held = column(self._empty, margins=(0, 90, 0, 0), spacing=10)
        centre = Qt.AlignmentFlag.AlignHCenter
        held.addWidget(GlyphLabel(Glyph.CLOCK, "text3", 48), 0, centre)
        held.addWidget(label(self.tr("No snapshots yet"), "heading"), 0, centre)
        text = self.tr("A snapshot keeps this machine as it is now, so that you can go back to it.")
        held.addWidget(label(text, tone="text2"), 0, centre)
        held.addStretch(1)
        layout.addWidget(self._empty, 1)

    # What is shown.

    def _show_machine(self) -> None:
        info = self.info()
        if info is None:
            if self._listed is not None and self.isVisible():
                self.back_wanted.emit()
            return
        title = self.tr("Snapshots of %1").replace("%1", info.name)
        self._title.setText(breakable(title))
        spins = bool(self._doing) or info.state.is_changing
        word = self._doing or library_words.state_word(info)
        self._sign.show_state(library_words.state_token(info.state), spins=spins)
        self._state.setText(word)
        is_free = Action.SNAPSHOT in info.actions and not self._doing
        self.take.setEnabled(is_free)
        self.tree.tell(self._now_text(info), spins=spins, is_free=is_free)

    def _now_text(self, info: VmInfo) -> str:
        if self._doing:
            return self._doing
        shown = self._listed.snapshots if self._listed is not None else ()
        since = next((one.created_ms for one in shown if one.current), 0)
        has_run = info.state.has_process or info.last_started_ms > since
        if not since or not has_run:
            return ""
        text = self.tr("changed since %1")
        return text.replace("%1", words.moment(since, short=True))

    def _show_list(self) -> None:
        listed = self._listed
        if listed is None:
            return
        gone = self._going | ({self._doomed[1]} if self._doomed is not None else set())
        shown = [one for one in listed.snapshots if one.snapshot_id not in gone]
        parents = {one.snapshot_id: one.parent for one in listed.snapshots}
        had_focus = self.tree.hasFocus()
        self.tree.fill(shown, listed.pictures, parents)
        self._card.setVisible(bool(shown))
        self._empty.setVisible(not shown and listed.is_known)
        used = words.size(sum(one.size_bytes for one in shown))
        self._used.setText(self.tr("used %1").replace("%1", used) if used else "")
        self._show_machine()
        if had_focus and not shown:
            self.take.setFocus()

    async def _read(self) -> None:
        info, listed = self.info(), self._listed
        if info is None or listed is None:
            return
        try:
            found = await self._manager.get_snapshot_list(info.name)
        except UnknownVmError:
            return  # gone, or renamed: the list of machines is about to say so
        except AppError as err:
            if not self._has_left and listed is self._listed:
                self._note.say("bad", sentence(err.message), sentence(err.remedy))
                self._note.show()
            return
        fresh = [one for one in found if one.snapshot_id not in listed.pictures]
        pictures = await asyncio.to_thread(read_small_pictures, fresh)
        if self._has_left or listed is not self._listed:
            return
        self._note.hide()
        listed.pictures |= pictures
        if found != listed.snapshots or pictures or not listed.is_known:
            listed.snapshots, listed.is_known = found, True
            self._show_list()

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
            delete=self.delete,
        )
        menu.popup(place)

    # What is done.

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

    def delete(self) -> None:
        """Take the present snapshot out of sight; it goes when it cannot be taken back."""
        one = self.tree.chosen()
        if one is None or self._listed is None or not self.tree.rows.is_free:
            return
        self._send_doomed()
        self._doomed = self._listed.vm_id, one.snapshot_id
        self._undo_time.start()
        self._show_list()
        text = self.tr("Deleted “%1”").replace("%1", one.name)
        self._undo = partial(self._take_back, one.snapshot_id)
        self._toast.say(text, self.tr("Undo"), self._undo)

    def _take_back(self, snapshot_id: str) -> None:
        if self._doomed is not None and self._doomed[1] == snapshot_id:
            self._take_doomed()
            self._show_list()
            self.tree.choose(snapshot_id)

    def _take_doomed(self) -> tuple[UUID, str] | None:
        if self._doomed is None:
            return None
        self._undo_time.stop()
        self._toast.withdraw(self._undo)
        doomed, self._doomed = self._doomed, None
        return doomed

    def _doom(self) -> tuple[UUID, str] | None:
        """What waits for its undo time, which is over; it stays out of sight."""
        doomed = self._take_doomed()
        if doomed is not None:
            self._going.add(doomed[1])
        return doomed

    def _send_doomed(self) -> None:
        doomed = self._doom()
        if doomed is not None:
            self._run(self._destroy(*doomed), self.tr("The snapshot could not be deleted"))

    async def _destroy(self, vm_id: UUID, snapshot_id: str) -> None:
        info = self._machines.find(vm_id)
        if info is None:
            return
        try:
            async with self._deleting:
                await self._manager.destroy_snapshot(info.name, snapshot_id)
        finally:
            if not self._has_left:
                await self._read()
            self._going.discard(snapshot_id)
            if not self._has_left:
                self._show_list()

    def _run(self, work: Coroutine[object, object, None], title: str) -> None:
        self._actions.run(work, name=f"snapshots {next(self._numbers)}", title=title)
