"""Settings, Privacy: what was allowed and forbidden, and what is open to machines."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from functools import partial
from itertools import count
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QIcon, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.errors import UnknownVmError
from app.views import icons, theme
from app.views.actions import Actions
from app.views.icons import Glyph
from app.views.library_model import LibraryModel
from app.views.privacy import words
from app.views.privacy.table import (
    PermissionModel,
    PermissionTable,
    chosen_answer,
    fill_box,
)
from app.views.widgets.buttons import Button
from app.views.widgets.labels import GlyphLabel, label, plain_tip
from app.views.widgets.layouts import column, frame, row
from app.views.widgets.question import Choice, QuestionSheet
from app.views.widgets.sheet import SheetHost
from app.views.widgets.toast import Toast
from app.vm.api import ManagerApi
from app.vm.permissions import Answer, Permission, PermissionKind, PermissionState

_HOST_ID = Permission(PermissionKind.HOST_ID)
_LINE_PX = 36
_MOST_LINES = 6


class PrivacyPage(QWidget):
    """Shows what holds and changes it at once; follows the manager while it is on the screen."""

    def __init__(
        self,
        manager: ManagerApi,
        machines: LibraryModel,
        *,
        actions: Actions,
        sheets: SheetHost,
        toast: Toast,
    ) -> None:
        super().__init__()
        self._manager, self._machines = manager, machines
        self._actions, self._sheets, self._toast = actions, sheets, toast
        self._numbers = count()
        self._has_left = False
        self._computer: PermissionState | None = None
        self._model = PermissionModel(self)
        self._model.wanted.connect(self._set)
        layout = column(self, spacing=10)
        self._build_machines(layout)
        layout.addSpacing(8)
        self._build_computer(layout)
        layout.addSpacing(8)
        self._build_paths(layout)
        for signal in (machines.rowsInserted, machines.rowsRemoved, machines.modelReset):
            signal.connect(self._machines_changed)
        machines.dataChanged.connect(self._show_machines)

    def leave(self) -> None:
        """It is going to be deleted: what is still being read is not shown any more."""
        self._has_left = True

    def permission_changed(self, vm_id: UUID | None) -> None:
        """Something else holds for this machine, or for programs on this computer."""
        if self.isVisible():
            self._load([vm_id])

    def load(self) -> None:
        """Ask the manager for everything."""
        self._load([None, *(info.id for info in self._machines.infos)])
        self._run(self._load_paths(), self.tr("The open files and folders cannot be listed"))

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_machines()
        self.load()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            for number in range(self.paths.count()):
                item = self.paths.item(number)
                item.setIcon(self._icon(Glyph(item.data(Qt.ItemDataRole.UserRole))))

    # Machines.

    def _build_machines(self, layout: QVBoxLayout) -> None:
        head = row(spacing=10)
        words_of_head = column(spacing=2)
        words_of_head.addWidget(label(self.tr("What machines may use"), "heading"))
        words_of_head.addWidget(
            label(self.tr("Asked when it is used for the first time."), "caption", wrap=True)
        )
        self._forget = Button(self.tr("Forget all"))
        self._forget.clicked.connect(self._ask_to_forget)
        head.addLayout(words_of_head, 1)
        head.addWidget(self._forget, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addLayout(head)
        card = frame("card")
        held = column(card, margins=(16, 6, 8, 6))
        self.table = PermissionTable(self._model)
        self._no_machines = label(self.tr("No virtual machines yet"), tone="text2")
        self._no_machines.setContentsMargins(0, 10, 0, 10)
        held.addWidget(self.table)
        held.addWidget(self._no_machines)
        layout.addWidget(card)

    def _machines_changed(self) -> None:
        self._show_machines()
        if self.isVisible():
            self._load([info.id for info in self._machines.infos])

    def _show_machines(self) -> None:
        infos = self._machines.infos
        self._model.show_machines(infos)
        self.table.setVisible(bool(infos))
        self._no_machines.setVisible(not infos)

    def _set(self, name: str, permission: Permission, answer: Answer) -> None:
        async def work() -> None:
            await self._manager.set_permission(permission, answer, name)

        title = self.tr("The answer for %1 could not be changed").replace("%1", name)
        self._run(work(), title)

    def _ask_to_forget(self) -> None:
        sheet = QuestionSheet(
            self.tr("Forget all answers?"),
            self.tr(
                "What machines use now by these answers ends at once. "
                "They ask again at the next use."
            ),
            [
                Choice("", self.tr("Cancel")),
                Choice("forget", self.tr("Forget all"), "danger"),
            ],
        )

        def answered(_: int) -> None:
            if sheet.choice == "forget":
                self._run(self._forget_all(), self.tr("Not everything could be forgotten"))

        sheet.finished.connect(answered)
        self._sheets.open_sheet(sheet)

    async def _forget_all(self) -> None:
        answers: list[tuple[str | None, Permission]] = [*self._model.answers()]
        if _is_said(self._computer):
            answers.append((None, _HOST_ID))
        for name, permission in answers:
            await self._manager.set_permission(permission, Answer.ASK, name)

    # Programs on this computer.

    def _build_computer(self, layout: QVBoxLayout) -> None:
        layout.addWidget(label(self.tr("Programs on this computer"), "heading"))
        card = frame("card")
        bar = row(card, margins=(16, 12, 16, 12), spacing=14)
        bar.addWidget(GlyphLabel(words.GLYPHS[PermissionKind.HOST_ID], "text2", 20))
        texts = column(spacing=2)
        texts.addWidget(label(words.name(PermissionKind.HOST_ID), "strong"))
        caption = self.tr("Programs that command Duplex VM may read this computer's number.")
        texts.addWidget(label(caption, "caption", wrap=True))
        bar.addLayout(texts, 1)
        self.host_id = QComboBox()
        self.host_id.setMinimumWidth(150)
        self.host_id.setAccessibleName(words.name(PermissionKind.HOST_ID))
        self.host_id.setAccessibleDescription(caption)
        self.host_id.activated.connect(self._host_id_chosen)
        bar.addWidget(self.host_id, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(card)
        self._show_computer()

    def _show_computer(self) -> None:
        if self._computer is not None:
            fill_box(self.host_id, self._computer)
        self.host_id.setEnabled(self._computer is not None)
        self._forget.setEnabled(self._model.has_answers or _is_said(self._computer))

    def _host_id_chosen(self) -> None:
        answer = chosen_answer(self.host_id.currentData())
        self._show_computer()  # as it is, until the manager tells that it has changed
        if answer is None:
            return

        async def work() -> None:
            await self._manager.set_permission(_HOST_ID, answer)

        self._run(work(), self.tr("The answer could not be changed"))

    def _load(self, subjects: list[UUID | None]) -> None:
        self._run(self._read(subjects), self.tr("The permissions cannot be listed"))

    async def _read(self, subjects: list[UUID | None]) -> None:
        names = {info.id: info.name for info in self._machines.infos}
        computer, states = self._computer, {}
        for subject in subjects:
            name = None if subject is None else names.get(subject)
            if subject is None:
                known = {state.permission: state for state in await self._manager.get_permissions()}
                computer = known.get(_HOST_ID, computer)
            elif name is not None:
                try:
                    states[subject] = await self._manager.get_permissions(name)
                except UnknownVmError:
                    continue  # gone, or renamed: the list of machines is about to say so
        if self._has_left:
            return
        self._computer = computer
        self._model.put(states)
        self._show_computer()

    # Files and folders.

    def _build_paths(self, layout: QVBoxLayout) -> None:
        head = column(spacing=2)
        head.addWidget(label(self.tr("Files and folders open to machines"), "heading"))
        caption = self.tr("What you choose in a dialog or drop here is open to machines from then.")
        head.addWidget(label(caption, "caption", wrap=True))
        layout.addLayout(head)
        card = frame("card")
        held = column(card, margins=(8, 8, 8, 8), spacing=8)
        self.paths = QListWidget()
        self.paths.setObjectName("paths")
        self.paths.setAccessibleName(self.tr("Files and folders open to machines"))
        self.paths.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.paths.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.paths.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.paths.setUniformItemSizes(True)
        self.paths.setIconSize(QSize(18, 18))
        self.paths.itemSelectionChanged.connect(self._selection_changed)
        self._no_paths = label(self.tr("Nothing yet"), tone="text2")
        self._no_paths.setContentsMargins(8, 8, 8, 8)
        self._remove = Button(self.tr("Remove"), glyph=Glyph.TRASH)
        self._remove.clicked.connect(self._remove_chosen)
        held.addWidget(self.paths)
        held.addWidget(self._no_paths)
        held.addWidget(self._remove, 0, Qt.AlignmentFlag.AlignRight)
        layout.addWidget(card)
        key = QAction(self.paths)
        key.setShortcut(QKeySequence(QKeySequence.StandardKey.Delete))
        key.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        key.triggered.connect(self._remove_chosen)
        self.paths.addAction(key)
        self._show_paths([])

    def _show_paths(self, found: list[tuple[Path, Glyph]]) -> None:
        chosen = {item.text() for item in self.paths.selectedItems()}
        self.paths.clear()
        for path, glyph in found:
            item = QListWidgetItem(self._icon(glyph), str(path))
            item.setData(Qt.ItemDataRole.UserRole, glyph)
            item.setSizeHint(QSize(0, _LINE_PX))
            item.setToolTip(plain_tip(str(path)))
            self.paths.addItem(item)
            item.setSelected(str(path) in chosen)
        self.paths.setFixedHeight(min(len(found), _MOST_LINES) * _LINE_PX + 4)
        self.paths.setVisible(bool(found))
        self._remove.setVisible(bool(found))
        self._no_paths.setVisible(not found)
        self._selection_changed()

    def _selection_changed(self) -> None:
        self._remove.setEnabled(bool(self.paths.selectedItems()))

    def _remove_chosen(self) -> None:
        chosen = [Path(item.text()) for item in self.paths.selectedItems()]
        if chosen:
            self._run(self._revoke(chosen), self.tr("Not everything could be removed"))

    async def _revoke(self, chosen: list[Path]) -> None:
        try:
            for path in chosen:
                await self._manager.revoke_path(path)
        finally:
            await self._load_paths()
        if len(chosen) == 1:
            text = self.tr("Removed “%1”").replace("%1", chosen[0].name or str(chosen[0]))
        else:
            text = self.tr("Removed %1 entries").replace("%1", str(len(chosen)))
        self._toast.say(text, self.tr("Undo"), partial(self._take_back, chosen))

    def _take_back(self, chosen: list[Path]) -> None:
        async def work() -> None:
            try:
                for path in chosen:
                    await self._manager.grant_path(path)
            finally:
                await self._load_paths()

        self._run(work(), self.tr("Not everything could be taken back"))

    async def _load_paths(self) -> None:
        granted = await self._manager.get_granted_paths()
        found = await asyncio.to_thread(_with_glyphs, granted)
        if not self._has_left:
            self._show_paths(found)

    def _icon(self, glyph: Glyph) -> QIcon:
        name = theme.colour("text2").name()
        return icons.icon(glyph, name, 18, self.devicePixelRatioF())

    def _run(self, work: Coroutine[object, object, None], title: str) -> None:
        """Each in a task of its own: what is read is always the newest."""
        self._actions.run(work, name=f"privacy {next(self._numbers)}", title=title)


def _is_said(state: PermissionState | None) -> bool:
    return state is not None and (state.answer is not Answer.ASK or state.refused)


def _with_glyphs(paths: Iterable[Path]) -> list[tuple[Path, Glyph]]:
    """Each with the icon of what it is; that looks at the disk, and a far one takes its time."""
    return [(path, _glyph(path)) for path in paths]


def _glyph(path: Path) -> Glyph:
    try:
        return Glyph.FOLDER if path.is_dir() else Glyph.FILE
    except OSError:  # in a folder that may not be entered any more
        return Glyph.FILE
