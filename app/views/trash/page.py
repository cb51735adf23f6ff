"""Settings, Storage: how long deleted machines are kept, and which there are."""

from __future__ import annotations

from collections.abc import Coroutine

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget
from typing_extensions import override

from app.views import words
from app.views.actions import Actions
from app.views.icons import Glyph
from app.views.library_model import LibraryModel
from app.views.widgets.buttons import Button
from app.views.widgets.labels import ElidedLabel, GlyphLabel, label
from app.views.widgets.layouts import column, line, row
from app.views.widgets.question import Choice, QuestionSheet
from app.views.widgets.sheet import SheetHost
from app.views.widgets.toast import Toast
from app.vm.api import ManagerApi
from app.vm.records import TrashedVm

_LIST = "trash"
_MIB = 1 << 20


class TrashCard(QFrame):
    """Shows the trash and takes machines out of it, one way or the other."""

    def __init__(
        self,
        manager: ManagerApi,
        model: LibraryModel,
        *,
        actions: Actions,
        sheets: SheetHost,
        toast: Toast,
    ) -> None:
        super().__init__()
        self._manager, self._actions = manager, actions
        self._sheets, self._toast = sheets, toast
        self._entries: tuple[TrashedVm, ...] = ()
        self.setProperty("kind", "card")
        self.setAccessibleName(self.tr("Trash"))
        layout = column(self, margins=(16, 10, 16, 10), spacing=4)
        head = row(spacing=12)
        head.addWidget(GlyphLabel(Glyph.TRASH, "text2", 20))
        self._title = label(self.tr("Trash"), "strong")
        head.addWidget(self._title, 1)
        self._empty = Button(self.tr("Empty"), "danger")
        self._empty.say(self.tr("Empty the trash"))
        self._empty.clicked.connect(self._ask_all)
        self._empty.hide()
        head.addWidget(self._empty)
        layout.addLayout(head)
        self._list: QVBoxLayout = column(spacing=0)
        layout.addLayout(self._list)
        for signal in (model.rowsInserted, model.rowsRemoved):
            signal.connect(self._reload)

    def load(self) -> None:
        """Ask the manager what is in the trash."""
        self._run(_LIST, self._show(), self.tr("The trash cannot be listed"))

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.load()

    def _reload(self) -> None:
        if self.isVisible():
            self.load()

    def _run(self, name: str, work: Coroutine[object, object, None], title: str) -> None:
        self._actions.run(work, name=name, title=title)

    async def _show(self) -> None:
        self._entries = await self._manager.list_trash()
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._title.setText(_summary(self._entries))
        self._empty.setVisible(bool(self._entries))
        for entry in self._entries:
            self._list.addWidget(line())
            shown = _Row(entry)
            shown.restore_wanted.connect(lambda entry=entry: self._restore(entry))
            shown.delete_wanted.connect(lambda entry=entry: self._ask_one(entry))
            self._list.addWidget(shown)

    def _restore(self, entry: TrashedVm) -> None:
        async def work() -> None:
            info = await self._manager.restore_from_trash(entry.trash_id)
            self._toast.say(self.tr("Restored “%1”").replace("%1", info.name))
            await self._show()

        title = self.tr("%1 could not be restored").replace("%1", entry.vm_name)
        self._run(f"restore {entry.trash_id}", work(), title)

    def _ask_one(self, entry: TrashedVm) -> None:
        title = self.tr("Delete “%1” for good?").replace("%1", entry.vm_name)
        text = self.tr("Its disks and everything on them are lost: %1.")
        text = text.replace("%1", _size(entry.size_bytes))
        self._ask(title, text, self.tr("Delete for good"), entry.trash_id)

    def _ask_all(self) -> None:
        names = self.tr(", ").join(f"“{entry.vm_name}”" for entry in self._entries[:3])
        if len(self._entries) > 3:
            names += self.tr(" and %1 more").replace("%1", str(len(self._entries) - 3))
        text = self.tr("%1: their disks and everything on them are lost.").replace("%1", names)
        self._ask(self.tr("Empty the trash?"), text, self.tr("Empty"), "")

    def _ask(self, title: str, text: str, verb: str, trash_id: str) -> None:
        sheet = QuestionSheet(
            title,
            text,
            [Choice("", self.tr("Cancel")), Choice("go", verb, "danger")],
            glyph=Glyph.TRASH,
            token="bad",  # noqa: S106 - a colour's name
        )

        async def work() -> None:
            try:
                freed = await self._manager.empty_trash(trash_id)
            finally:
                await self._show()
            self._toast.say(self.tr("%1 are free again").replace("%1", _size(freed)))

        def answered(_: int) -> None:
            if sheet.choice == "go":
                self._run(f"empty {trash_id}", work(), self.tr("The trash cannot be emptied"))

        sheet.finished.connect(answered)
        self._sheets.open_sheet(sheet)


class _Row(QWidget):
    """One machine in the trash."""

    restore_wanted = Signal()
    delete_wanted = Signal()

    def __init__(self, entry: TrashedVm) -> None:
        super().__init__()
        bar = row(self, margins=(0, 8, 0, 8), spacing=8)
        about = column(spacing=2)
        about.addWidget(ElidedLabel(entry.vm_name, "strong"))
        when = self.tr("Deleted: %1").replace("%1", words.moment(entry.destroyed_ms))
        about.addWidget(ElidedLabel(f"{when} · {_size(entry.size_bytes)}", "caption"))
        bar.addLayout(about, 1)
        restore = Button(self.tr("Restore"))
        restore.say(self.tr("Restore %1").replace("%1", entry.vm_name))
        restore.clicked.connect(self.restore_wanted)
        delete = Button(self.tr("Delete for good"), "danger")
        delete.say(self.tr("Delete %1 for good").replace("%1", entry.vm_name))
        delete.clicked.connect(self.delete_wanted)
        for button in (restore, delete):
            bar.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)


def _summary(entries: tuple[TrashedVm, ...]) -> str:
    translate = QCoreApplication.translate
    if not entries:
        return translate("TrashCard", "The trash is empty")
    size = _size(sum(entry.size_bytes for entry in entries))
    if len(entries) == 1:
        return translate("TrashCard", "Trash: 1 machine, %1").replace("%1", size)
    text = translate("TrashCard", "Trash: %1 machines, %2").replace("%1", str(len(entries)))
    return text.replace("%2", size)


def _size(size_bytes: int) -> str:
    return words.size(-(-size_bytes // _MIB))
