"""The list of one machine's snapshots, as the page shows it, and what is going out of it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from uuid import UUID

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QImage, QKeyEvent
from typing_extensions import override

from app.errors import AppError, UnknownVmError
from app.views import words as library_words
from app.views.actions import Actions
from app.views.library_model import LibraryModel
from app.views.problems import sentence
from app.views.snapshots import words
from app.views.snapshots.layout import SnapshotsLayout
from app.views.snapshots.small_pictures import read_small_pictures
from app.views.widgets.labels import breakable
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


class ShownSnapshots(SnapshotsLayout):
    """Shows one machine at a time; what is deleted goes when its undo time is over."""

    def __init__(
        self,
        manager: ManagerApi,
        machines: LibraryModel,
        *,
        actions: Actions,
        toast: Toast,
    ) -> None:
        super().__init__()
        self._manager, self._machines = manager, machines
        self._actions, self._toast = actions, toast
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
