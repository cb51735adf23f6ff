"""The page with all machines: search, grid, and the panel of the present one."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QPoint,
    QStandardPaths,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QHideEvent,
    QIcon,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QWidget,
)
from typing_extensions import override

from app.errors import AppError
from app.views import icons, theme
from app.views.actions import Actions
from app.views.cards import GAP_PX, RING_PX, CardView
from app.views.commands import Commands
from app.views.detail import DetailPanel
from app.views.disks.desk import DiskDesk
from app.views.empty import EmptyLibrary, NothingFound
from app.views.gate.switch import GateSwitch
from app.views.gate.words import need
from app.views.icons import Glyph
from app.views.library_model import LibraryModel, NameFilter
from app.views.machine_menu import machine_menu
from app.views.pictures import PictureStore
from app.views.problems import sentence
from app.views.rename_sheet import RenameSheet
from app.views.tasks.board import TaskBoard
from app.views.widgets.buttons import Button
from app.views.widgets.labels import label
from app.views.widgets.layouts import column, ground, row
from app.views.widgets.note import Note
from app.views.widgets.sheet import SheetHost
from app.vm.model import VmInfo
from app.vm.state import Action, VmState

_log = logging.getLogger(__name__)

WIDE_WINDOW_PX = 1100
"""From this width of the window on, the detail panel stands beside the grid."""
PICTURES_EVERY_MS = 5000

RefreshPicture = Callable[[str], Awaitable[None]]
"""Takes a new picture of a running machine; the manager tells by an event when it is there."""


class LibraryPage(QWidget):
    """Shows the model.

    Signals:
        create_wanted: the person wants to make a machine.
        import_wanted: the person has a machine or its disk already.
        gate_wanted: the person wants to know why PC mode is off.
    """

    create_wanted = Signal()
    import_wanted = Signal()
    gate_wanted = Signal()

    def __init__(
        self,
        model: LibraryModel,
        *,
        commands: Commands,
        actions: Actions,
        sheets: SheetHost,
        pictures: PictureStore,
        switch: GateSwitch,
        refresh_picture: RefreshPicture | None,
        disks: DiskDesk,
        board: TaskBoard,
    ) -> None:
        super().__init__()
        self._disks, self._board = disks, board
        self._model, self._commands, self._actions = model, commands, actions
        self._sheets, self._refresh_picture = sheets, refresh_picture
        self._switch = switch
        self._filter = NameFilter(model)
        self._is_listed = False
        self._is_wide = True
        self._detail_is_open = False
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        layout = row(self, spacing=0)
        self._middle = ground("page")
        layout.addWidget(self._middle, 1)
        self.view = CardView(self._filter, pictures, board)
        self._build_middle()
        self.detail = DetailPanel(commands, pictures, board)
        self.detail.back_wanted.connect(self.close_detail)
        self.detail.menu_wanted.connect(self._show_menu)
        self.detail.rename_wanted.connect(self.rename)
        self.detail.insert_wanted.connect(self.insert_disc)
        self.detail.cancel_wanted.connect(disks.cancel)
        layout.addWidget(self.detail)
        self._timer = QTimer(self, interval=PICTURES_EVERY_MS)
        self._timer.timeout.connect(self._refresh_pictures)
        self._connect()
        self._add_keys()
        self._show_content()

    def show_listed(self) -> None:
        """The manager's list is in the model now: an empty one is truly empty."""
        is_first = not self._is_listed
        self._is_listed = True
        self._show_content()
        self.view.select_first()
        self._show_current()
        self._refresh_pictures()
        if is_first and self.isVisible() and self._sheets.top is None:
            self.focus_first()

    def show_notice(self, text: str) -> None:
        """Say something about this computer until the person hides it; nothing when empty."""
        self._notice.setVisible(bool(text))
        if text:
            lines = "\n".join(sentence(line) for line in text.splitlines())
            self._notice.say("warn", lines, action=self.tr("Hide"))

    def select(self, info: VmInfo) -> None:
        """Make this machine the present one."""
        source = self._model.row_of(info.id)
        if source is not None:
            self._search.clear()
            self.view.select_row(source)

    def search(self) -> None:
        """Give the keyboard to the search field."""
        self.close_detail()
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def focus_first(self) -> None:
        """Give the keyboard to where people begin."""
        if self._stack.currentWidget() is self._empty:
            self._empty.button.setFocus()
        else:
            self.view.setFocus()

    def close_detail(self) -> None:
        """Go back to the grid where the panel fills the page."""
        if self._detail_is_open:
            self._detail_is_open = False
            self._arrange()
            self.view.setFocus()

    def rename(self) -> None:
        """Ask for another name for the present machine."""
        info = self.view.current()
        if info is None or Action.RENAME not in info.actions:
            return
        sheet = RenameSheet(info.name, self._model.names())
        sheet.named.connect(lambda name: self._commands.rename(info, name))
        self._sheets.open_sheet(sheet)

    def insert_disc(self) -> None:
        """Ask for a disc image for the present machine's drive."""
        info = self.view.current()
        if info is None or Action.CHANGE_DISC not in info.actions:
            return
        dialog = disc_dialog(self, self.tr("Insert a disc"), info.disc)
        dialog.fileSelected.connect(lambda name: self._commands.insert_disc(info, Path(name)))
        dialog.open()

    def delete(self) -> None:
        """Move the present machine into the trash."""
        info = self.view.current()
        if info is not None:
            self._commands.delete(info)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._colour_lens()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.window().width() >= WIDE_WINDOW_PX
        if is_wide != self._is_wide:
            self._is_wide = is_wide
            self._detail_is_open = False
            self._arrange()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._detail_is_open:
            self.close_detail()
        elif event.key() == Qt.Key.Key_Escape and self._search.text():
            self._search.clear()
            self.view.setFocus()
        elif event.key() == Qt.Key.Key_Down and self._search.hasFocus():
            self.view.setFocus()
            self.view.select_first()
        else:
            super().keyPressEvent(event)

    def _build_middle(self) -> None:
        layout = column(self._middle, margins=(24 - RING_PX, 20, 24 - GAP_PX, 0), spacing=12)
        head = row(margins=(RING_PX, 0, GAP_PX, 0), spacing=10)
        self._build_header(head)
        layout.addLayout(head)
        self._gate = Note("warn")
        self._gate.activated.connect(self._switch.turn_on)
        self._gate.explain_wanted.connect(self.gate_wanted)
        self._notice = Note("warn")
        self._notice.activated.connect(self._notice.hide)
        held = column(margins=(RING_PX, 0, GAP_PX, 0), spacing=8)
        for note in (self._gate, self._notice):
            note.hide()
            held.addWidget(note)
        layout.addLayout(held)
        self._show_gate()
        self._stack = QStackedWidget()
        self._loading = QWidget()
        self._empty = EmptyLibrary()
        self._empty.create_wanted.connect(self.create_wanted)
        self._empty.import_wanted.connect(self.import_wanted)
        self._nothing = NothingFound()
        self._nothing.clear_wanted.connect(self._search.clear)
        for page in (self._loading, self._empty, self._nothing, self.view):
            self._stack.addWidget(page)
        layout.addWidget(self._stack, 1)

    def _build_header(self, layout: QHBoxLayout) -> None:
        self._count = label(role="chip")
        self._count.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._search = QLineEdit()
        self._search.setProperty("pill", "true")
        self._search.setPlaceholderText(self.tr("Search"))
        self._search.setAccessibleName(self.tr("Search machines by name"))
        self._search.setClearButtonEnabled(True)
        self._search.setMinimumWidth(120)
        self._search.setMaximumWidth(200)
        self._search.textChanged.connect(self._search_changed)
        self._lens = self._search.addAction(QIcon(), QLineEdit.ActionPosition.LeadingPosition)
        self._colour_lens()
        self._new = Button(self.tr("New"), "primary", glyph=Glyph.PLUS)
        self._new.say(self.tr("New virtual machine"), tip=self.tr("New virtual machine (Ctrl+N)"))
        self._new.clicked.connect(self.create_wanted)
        self._other = Button(kind="square", glyph=Glyph.DOWN, name=self.tr("Other ways"))
        self._other.clicked.connect(self._show_ways)
        layout.addWidget(label(self.tr("Virtual machines"), "title"))
        layout.addWidget(self._count)
        layout.addStretch(1)
        layout.addWidget(self._search)
        layout.addWidget(self._new)
        layout.addWidget(self._other)

    def _connect(self) -> None:
        view, model = self.view, self._model
        view.opened.connect(self._open)
        view.space_pressed.connect(self._toggle)
        view.menu_wanted.connect(self._show_menu)
        view.cancel_wanted.connect(self._disks.cancel)
        view.moved.connect(self._show_current)
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self._show_content)
        model.dataChanged.connect(self._show_current)
        self._switch.changed.connect(self._show_gate)

    def _add_keys(self) -> None:
        for keys, act in (("F2", self.rename), ("Del", self.delete)):
            action = QAction(self)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(act)
            self.addAction(action)

    def _colour_lens(self) -> None:
        name = theme.colour("text2").name()
        self._lens.setIcon(icons.icon(Glyph.SEARCH, name, 18, self.devicePixelRatioF()))

    def _show_content(self) -> None:
        """Choose between the grid and what stands in its place."""
        total = self._model.rowCount()
        self._count.setText(str(total))
        self._count.setVisible(total > 0)
        self._search.setVisible(total > 0)
        self._new.setVisible(total > 0)
        self._other.setVisible(total > 0)
        page: QWidget = self.view
        if total == 0:
            page = self._empty if self._is_listed else self._loading
        elif self._filter.rowCount() == 0:
            page = self._nothing
        if page is not self._stack.currentWidget():
            self._stack.setCurrentWidget(page)
        if total > 0:
            self.view.select_first()
        self._show_current()

    def _show_gate(self) -> None:
        status = self._switch.status
        self._gate.setVisible(self._switch.is_closed)
        if status is not None and not status.open:
            title, action, why = self.tr("PC mode is off"), self.tr("Turn on"), self.tr("Why?")
            self._gate.say("warn", title, need(status), action, why)

    def _search_changed(self, text: str) -> None:
        self._filter.setFilterFixedString(text)
        self._show_content()

    def _show_current(self) -> None:
        info = self.view.current()
        if info is not None:
            self.detail.show_machine(info)
        self._arrange()

    def _arrange(self) -> None:
        """Put the panel beside the grid, or in its place, or away."""
        has_machine = self.view.current() is not None
        is_page = not self._is_wide and self._detail_is_open and has_machine
        self._middle.setVisible(not is_page)
        self.detail.setVisible(is_page or (self._is_wide and has_machine))
        self.detail.show_as_page(is_page=is_page)

    def _open(self) -> None:
        info = self.view.current()
        if info is None:
            return
        if self._is_wide:
            self._commands.open(info)
        else:
            self._detail_is_open = True
            self._arrange()
            self.detail.focus_main()

    def _toggle(self) -> None:
        info = self.view.current()
        if info is not None:
            self._commands.toggle(info)

    def _show_menu(self, place: QPoint) -> None:
        info = self.view.current()
        if info is not None:
            menu = machine_menu(
                self,
                info,
                self._commands,
                rename=self.rename,
                insert_disc=self.insert_disc,
                disks=self._disks,
                board=self._board,
            )
            if not menu.isEmpty():
                menu.popup(place)

    def _show_ways(self) -> None:
        """The ways to a machine, as a menu below the button."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        name, ratio = theme.colour("text2").name(), self.devicePixelRatioF()
        for glyph, text, signal in (
            (Glyph.DISC, self.tr("Create from ISO…"), self.create_wanted),
            (Glyph.IMPORT, self.tr("Import a disk or .ova…"), self.import_wanted),
        ):
            menu.addAction(icons.icon(glyph, name, 18, ratio), text).triggered.connect(signal)
        menu.popup(self._other.mapToGlobal(self._other.rect().bottomLeft()))

    def _refresh_pictures(self) -> None:
        """Ask for new pictures of the running machines that can be seen."""
        refresh = self._refresh_picture
        if refresh is None or not self.isVisible() or self.window().isMinimized():
            return
        seen = {info.id: info for info in self.view.visible_infos()}
        current = self.view.current()
        if current is not None:
            seen[current.id] = current
        wanted = {VmState.RUNNING}
        if self.isActiveWindow():  # else whoever works in a machine's own window pays for it
            wanted.add(VmState.VIEWING)
        for info in seen.values():
            if info.state in wanted:
                self._actions.run(_quietly(refresh, info.name), name=f"picture {info.id}")


async def _quietly(refresh: RefreshPicture, name: str) -> None:
    """A picture that could not be taken is no failure of what the person does."""
    try:
        await refresh(name)
    except AppError as err:
        _log.debug("no new picture of %s: %s", name, err.message)


def disc_dialog(parent: QWidget, title: str, start: Path | None) -> QFileDialog:
    """A dialog for a disc image, to be shown with `open()`; it deletes itself."""
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    translate = QCoreApplication.translate
    dialog.setNameFilters(
        [
            translate("LibraryPage", "Disc images") + " (*.iso *.ISO)",
            translate("LibraryPage", "All files") + " (*)",
        ]
    )
    folder = start.parent if start else _downloads()
    if folder.is_dir():
        dialog.setDirectory(str(folder))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog


def _downloads() -> Path:
    where = QStandardPaths.StandardLocation.DownloadLocation
    return Path(QStandardPaths.writableLocation(where))
