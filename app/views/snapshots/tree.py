"""The snapshots of one machine as a tree, walked with the arrow keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QImage, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QTreeView
from typing_extensions import override

from app.views import theme
from app.views.snapshots.delegate import GO, MORE, RowDelegate
from app.views.snapshots.graph import NOW
from app.views.snapshots.model import SnapshotModel
from app.views.widgets.layouts import set_look
from app.views.widgets.status import SPIN_INTERVAL_MS
from app.vm.records import Snapshot

_WALKING = frozenset(
    {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home,
     Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
)  # fmt: skip


class SnapshotTree(QTreeView):
    """Rows with lines between them; left leads to what a snapshot follows, right back again.

    Signals:
        renamed: id of a snapshot, and the name that was typed for it.
        go_back_wanted, delete_wanted: of the present snapshot.
        menu_wanted: the menu of the present snapshot is wanted at this place on the screen.
        left: Escape was pressed.
    """

    renamed = Signal(str, str)
    go_back_wanted = Signal()
    delete_wanted = Signal()
    menu_wanted = Signal(QPoint)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("snapshots")
        self.setAccessibleName(self.tr("Snapshots"))
        self.rows = SnapshotModel(self)
        self.rows.renamed.connect(self.renamed)
        self._delegate = RowDelegate(self, self.rows)
        self.setModel(self.rows)
        self.setItemDelegate(self._delegate)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setIndentation(0)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self._spinning = QTimer(self, interval=SPIN_INTERVAL_MS)
        self._spinning.timeout.connect(self._spin)

    def fill(
        self,
        snapshots: Sequence[Snapshot],
        pictures: Mapping[str, QImage],
        parents: Mapping[str, str],
    ) -> None:
        """Show these; what was chosen stays so, or its neighbour is, or the newest.

        Args:
            snapshots: oldest first.
            pictures: by id.
            parents: of these and of those that are out of sight, by id.
        """
        before, place = self.chosen_key(), self.currentIndex().row()
        self.rows.pictures = pictures
        self.rows.show(snapshots, parents)
        index = self.rows.index_of(before)
        if not index.isValid() and place > 0:
            index = self.rows.index(min(place, self.rows.rowCount() - 1))
        if not index.isValid():
            index = self.rows.index(min(1, self.rows.rowCount() - 1))
        self.setCurrentIndex(index)

    def tell(self, now_text: str, *, spins: bool, is_free: bool) -> None:
        """Say how the machine is now, and whether it may be kept and taken back."""
        rows = self.rows
        if (rows.now_text, rows.spins, rows.is_free) == (now_text, spins, is_free):
            return
        rows.now_text, rows.spins, rows.is_free = now_text, spins, is_free
        rows.changed()
        if spins and theme.motion_ms(1):
            self._spinning.start()
        else:
            self._spinning.stop()

    def chosen(self) -> Snapshot | None:
        """The present snapshot; None for the machine as it is now."""
        return self.rows.snapshot(self.currentIndex())

    def chosen_key(self) -> str:
        """Id of the present snapshot, or `NOW`; empty while there are none."""
        row = self.rows.row(self.currentIndex())
        return "" if row is None else row.key

    def choose(self, key: str) -> None:
        """Make the snapshot of that id the present one."""
        self.setCurrentIndex(self.rows.index_of(key))

    def edit_name(self) -> None:
        """Let the name of the present snapshot be edited in its place."""
        if self.chosen() is not None:
            self.edit(self.currentIndex())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if self.state() is QAbstractItemView.State.EditingState:
            event.accept()  # The Enter that ends it comes here too.
            return
        if key in _WALKING:
            set_look(self, kbd="true")
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.go_back_wanted.emit()
        elif key == Qt.Key.Key_F2:
            self.edit_name()
        elif key == Qt.Key.Key_Delete:
            self.delete_wanted.emit()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        elif key in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            self._follow_line(is_up=key == Qt.Key.Key_Right)
        else:
            super().keyPressEvent(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        hot = self._button_under(event.position().toPoint())
        if hot != self._delegate.hot:
            self._delegate.hot = hot
            self.viewport().update()
            hand = Qt.CursorShape.PointingHandCursor if hot[1] else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(hand)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        number, button = self._button_under(event.position().toPoint())
        if number != self.currentIndex().row():
            return
        if button == GO:
            self.go_back_wanted.emit()
        elif button == MORE:
            self.menu_wanted.emit(self._menu_place())

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._delegate.hot = (-1, "")
        self.viewport().update()

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        is_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        if is_mouse and not self.indexAt(event.pos()).isValid():
            return
        if self.chosen() is not None:
            self.menu_wanted.emit(event.globalPos() if is_mouse else self._menu_place())

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.viewport().update()

    def _follow_line(self, *, is_up: bool) -> None:
        """Go to the newest that follows the present one, or to what that one follows."""
        wanted = self.chosen_key()
        for number in range(self.rows.rowCount()):
            row = self.rows.row(self.rows.index(number))
            if row is not None and (row.parent if is_up else row.key) == wanted:
                self.choose(row.key if is_up else row.parent or row.key)
                return

    def _button_under(self, place: QPoint) -> tuple[int, str]:
        index = self.indexAt(place)
        if self.rows.snapshot(index) is None:
            return -1, ""
        return index.row(), self._delegate.button_at(self.visualRect(index), place.toPointF())

    def _menu_place(self) -> QPoint:
        box = self._delegate.boxes(self.visualRect(self.currentIndex()).toRectF()).more
        return self.viewport().mapToGlobal(box.bottomLeft().toPoint())

    def _spin(self) -> None:
        if self.isVisible():
            self.update(self.rows.index_of(NOW))
