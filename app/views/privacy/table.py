"""What each machine may use: one row a machine, one column a permission.

Folders and devices are allowed one by one; each has a row of its own below its machine's. The
model shows what the manager told; a choice in a cell is a wish, and the cell changes when it has
come true.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)
from typing_extensions import override

from app.views import icons, theme
from app.views.icons import Glyph
from app.views.privacy import words
from app.views.widgets.labels import plain_tip
from app.views.widgets.layouts import set_look
from app.vm.model import VmInfo
from app.vm.permissions import Answer, Permission, PermissionKind, PermissionState

COLUMNS = (
    PermissionKind.CLIPBOARD_READ,
    PermissionKind.CAMERA,
    PermissionKind.MICROPHONE,
    PermissionKind.FILE_REQUEST,
)
"""Permissions that every machine has a say about."""
_CHOICES = (Answer.ASK, Answer.ALWAYS, Answer.NEVER)
_TONES = {Answer.ALWAYS: "ok", Answer.ONCE: "brand_text", Answer.NEVER: "bad"}
_NAME_COLUMN, _ITEM_COLUMN = 0, len(COLUMNS)
_ROW_PX, _BOX_PX, _INDENT_PX = 46, 36, 14
_LEAST_NAME_PX, _AROUND_ANSWER_PX = 112, 58
_MOST_PX = 8 * _ROW_PX

_NO_INDEX = QModelIndex()
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Row:
    """A machine, or one folder or device of it.

    Attributes:
        vm_id: the machine's id.
        name: its name.
        item: the one folder or device that the row is about; None for the machine itself.
    """

    vm_id: UUID
    name: str
    item: Permission | None = None

    def permission(self, column: int) -> Permission | None:
        """What the cell in `column` is about; None for a cell without anything in it."""
        if self.item is not None:
            return self.item if column == _ITEM_COLUMN else None
        return Permission(COLUMNS[column - 1]) if column > _NAME_COLUMN else None


class PermissionModel(QAbstractTableModel):
    """Rows by the machines' names.

    Signals:
        wanted: the machine's name, the Permission and the Answer that the person chose.
    """

    wanted = Signal(str, object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._machines: dict[UUID, str] = {}
        self._states: dict[UUID, dict[Permission, PermissionState]] = {}
        self._rows: list[Row] = []

    @property
    def has_answers(self) -> bool:
        """Whether anything would be forgotten."""
        return any(True for _ in self.answers())

    def answers(self) -> Iterator[tuple[str, Permission]]:
        """Every machine's name and what somebody has answered for it."""
        for vm_id, states in self._states.items():
            for permission, state in states.items():
                if state.answer is not Answer.ASK or state.refused:
                    yield self._machines[vm_id], permission

    def row(self, number: int) -> Row:
        """The row of that number."""
        return self._rows[number]

    def show_machines(self, infos: tuple[VmInfo, ...]) -> None:
        """Have rows for these machines and no others; what is known of them stays."""
        self._machines = {info.id: info.name for info in infos}
        self._states = {vm_id: self._states.get(vm_id, {}) for vm_id in self._machines}
        self._arrange()

    def put(self, states: Mapping[UUID, Iterable[PermissionState]]) -> None:
        """Show what holds for these machines now."""
        for vm_id in states.keys() & self._machines.keys():
            self._states[vm_id] = {state.permission: state for state in states[vm_id]}
        self._arrange()

    def state(self, index: _Index) -> PermissionState | None:
        """What holds for a cell; None for a cell without anything in it."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        permission = row.permission(index.column())
        if permission is None:
            return None
        nothing = PermissionState(permission=permission, answer=Answer.ASK)
        return self._states[row.vm_id].get(permission, nothing)

    @override
    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: _Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else 1 + len(COLUMNS)

    @override
    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self.tr("Machine") if section == _NAME_COLUMN else words.name(COLUMNS[section - 1])

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(index)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(index)
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == _NAME_COLUMN:
            return plain_tip(row.item.item if row.item else row.name)
        return None

    @override
    def flags(self, index: _Index) -> Qt.ItemFlag:
        flag = Qt.ItemFlag
        if not index.isValid():
            return flag.NoItemFlags
        fixed = flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemNeverHasChildren
        return fixed | flag.ItemIsEditable if self.state(index) is not None else fixed

    @override
    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Send the wish; the cell shows it when the manager has told that it is so."""
        state = self.state(index)
        answer = chosen_answer(value)
        if state is None or answer is None or (answer is state.answer and not state.refused):
            return False
        self.wanted.emit(self._rows[index.row()].name, state.permission, answer)
        return False

    def _arrange(self) -> None:
        rows = list(self._wanted_rows())
        if rows == self._rows:
            if rows:
                last = self.index(len(rows) - 1, _ITEM_COLUMN)
                self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def _wanted_rows(self) -> Iterator[Row]:
        by_name = sorted(self._machines.items(), key=lambda one: (one[1].casefold(), one[0]))
        for vm_id, name in by_name:
            yield Row(vm_id, name)
            for permission, state in self._states[vm_id].items():
                is_said = state.answer is not Answer.ASK or state.refused
                if permission.kind.has_item and is_said:
                    yield Row(vm_id, name, permission)

    def _text(self, index: _Index) -> str:
        state, row = self.state(index), self._rows[index.row()]
        if state is not None:
            return words.answer(state.answer, refused=state.refused)
        if index.column() != _NAME_COLUMN:
            return ""
        return row.item.item if row.item else row.name

    def _spoken(self, index: _Index) -> str:
        row, state = self._rows[index.row()], self.state(index)
        if state is None:
            return self._text(index)
        what = words.name(state.permission.kind)
        parts = [row.name, what, state.permission.item, self._text(index)]
        return ", ".join(filter(None, parts))


class PermissionTable(QTableView):
    """Arrows walk the cells; Enter, Space or a click opens the choices of one."""

    def __init__(self, model: PermissionModel) -> None:
        super().__init__()
        self._model = model
        self._kept: tuple[Row, int] | None = None
        self.setObjectName("permissions")
        self.setAccessibleName(self.tr("What machines may use"))
        self.setModel(model)
        self._delegate = AnswerDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setWordWrap(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_PX)
        header = self.horizontalHeader()
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setFixedHeight(36)
        self.clicked.connect(self._choose)
        model.modelAboutToBeReset.connect(self._keep_current)
        model.modelReset.connect(self._arranged)
        model.dataChanged.connect(lambda *_: self._fit_columns())
        self._arranged()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._fit_columns()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        set_look(self, kbd="true")
        keys = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_F4}
        if event.key() in keys:
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    @override
    def sizeHint(self) -> QSize:
        rows = self._model.rowCount() * _ROW_PX
        return QSize(480, self.horizontalHeader().height() + min(rows, _MOST_PX) + 2)

    def _choose(self, index: QModelIndex) -> None:
        if self._model.state(index) is not None:
            self.setCurrentIndex(index)
            self.edit(index)

    def _keep_current(self) -> None:
        index = self.currentIndex()
        self._kept = (self._model.row(index.row()), index.column()) if index.isValid() else None

    def _arranged(self) -> None:
        self.clearSpans()
        for number in range(self._model.rowCount()):
            row = self._model.row(number)
            if row.item is not None:
                self.setSpan(number, _NAME_COLUMN, 1, _ITEM_COLUMN)
            if self._kept is not None and row == self._kept[0]:
                self.setCurrentIndex(self._model.index(number, self._kept[1]))
        if not self.currentIndex().isValid() and self._model.rowCount():
            self.setCurrentIndex(self._model.index(0, 1))
        self._fit_columns()
        self.setFixedHeight(self.sizeHint().height())

    def _fit_columns(self) -> None:
        """Every answer has room, and the names what is left; a narrow table cuts both fairly."""
        metrics = self.fontMetrics()
        shown = [words.answer(value) for value in Answer]
        shown += [words.answer(Answer.ASK, refused=True), *(words.name(kind) for kind in COLUMNS)]
        widest = max(metrics.horizontalAdvance(text) for text in shown)
        room = self.viewport().width()
        width = min(widest + _AROUND_ANSWER_PX, (room - _LEAST_NAME_PX) // len(COLUMNS))
        for column in range(1, 1 + len(COLUMNS)):
            self.setColumnWidth(column, width)
        self.setColumnWidth(_NAME_COLUMN, room - len(COLUMNS) * width)


class AnswerDelegate(QStyledItemDelegate):
    """Paints an answer as the combo box that it becomes while it is changed."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._edited = QPersistentModelIndex()

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        view = self.parent()
        model = index.model()
        if not isinstance(view, PermissionTable) or not isinstance(model, PermissionModel):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(view.font())
        row, state = model.row(index.row()), model.state(index)
        rect = _rect(option)
        if row.item is None and index.row() > 0:
            painter.setPen(QPen(theme.colour("line"), 1))
            painter.drawLine(rect.topLeft(), rect.topRight())
        if index == self._edited:
            pass  # the combo box lies there
        elif state is not None:
            ring = view.property("kbd") == "true" and view.hasFocus()
            _paint_answer(
                painter,
                _box(rect),
                state,
                str(index.data()),
                is_current=ring and index == view.currentIndex(),
                ratio=view.devicePixelRatioF(),
            )
        elif index.column() == _NAME_COLUMN:
            _paint_name(painter, rect, row, ratio=view.devicePixelRatioF())
        painter.restore()

    @override
    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        model = index.model()
        state = model.state(index) if isinstance(model, PermissionModel) else None
        box = QComboBox(parent)
        if state is None:
            return box
        self._edited = QPersistentModelIndex(index)
        fill_box(box, state)
        box.setAccessibleName(str(index.data(Qt.ItemDataRole.AccessibleTextRole)))
        box.activated.connect(lambda _: self._chosen(box))
        QTimer.singleShot(0, box, box.showPopup)
        return box

    @override
    def destroyEditor(self, editor: QWidget, index: _Index) -> None:
        self._edited = QPersistentModelIndex()
        super().destroyEditor(editor, index)

    @override
    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        """The box was filled when it was made; it is not changed under the person's hand."""

    @override
    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentData())

    @override
    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        editor.setGeometry(_box(_rect(option)))

    def _chosen(self, box: QComboBox) -> None:
        self.commitData.emit(box)
        self.closeEditor.emit(box, QAbstractItemDelegate.EndEditHint.NoHint)


def fill_box(box: QComboBox, state: PermissionState) -> None:
    """Offer the answers that a person can give; what holds is chosen, also when it is none."""
    box.clear()
    shown = words.answer(state.answer, refused=state.refused)
    if state.answer not in _CHOICES or state.refused:
        box.addItem(shown, None)
    for answer in _CHOICES:
        box.addItem(words.answer(answer), answer.value)
    box.setCurrentIndex(box.findText(shown))


def chosen_answer(data: object) -> Answer | None:
    """The answer behind an entry of such a box; None for what holds already."""
    return Answer(data) if isinstance(data, str) else None


def _rect(option: QStyleOptionViewItem) -> QRect:
    rect: QRect = option.rect
    return rect


def _box(cell: QRect) -> QRect:
    """Where the answer lies in its cell."""
    top = cell.top() + (cell.height() - _BOX_PX) // 2
    return QRect(cell.left(), top, cell.width() - 8, _BOX_PX)


def _paint_answer(
    painter: QPainter,
    box: QRect,
    state: PermissionState,
    text: str,
    *,
    is_current: bool,
    ratio: float,
) -> None:
    painter.setPen(QPen(theme.colour("brand"), 2) if is_current else Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("fill"))
    painter.drawRoundedRect(QRectF(box).adjusted(1, 1, -1, -1), 11, 11)
    arrow = icons.pixmap(Glyph.DOWN, theme.colour("text2").name(), 14, ratio)
    painter.drawPixmap(QPoint(box.right() - 22, box.center().y() - 6), arrow)
    left = box.left() + 12
    tone = _TONES.get(state.answer)
    if tone is not None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(tone))
        painter.drawEllipse(QRectF(left, box.center().y() - 3, 8, 8))
        left += 15
    room = QRect(left, box.top(), box.right() - 24 - left, box.height())
    _paint_text(painter, room, text, "text", Qt.TextElideMode.ElideRight)


def _paint_name(painter: QPainter, rect: QRect, row: Row, *, ratio: float) -> None:
    room = rect.adjusted(0, 0, -16, 0)
    if row.item is None:
        font = painter.font()
        font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        _paint_text(painter, room, row.name, "text", Qt.TextElideMode.ElideRight)
        return
    sign = icons.pixmap(words.GLYPHS[row.item.kind], theme.colour("text2").name(), 18, ratio)
    room.adjust(_INDENT_PX, 0, 0, 0)
    painter.drawPixmap(QPoint(room.left(), room.center().y() - 8), sign)
    room.adjust(26, 0, 0, 0)
    _paint_text(painter, room, row.item.item, "text2", Qt.TextElideMode.ElideMiddle)


def _paint_text(
    painter: QPainter, room: QRect, text: str, token: str, mode: Qt.TextElideMode
) -> None:
    painter.setPen(theme.colour(token))
    shown = QFontMetrics(painter.font()).elidedText(text, mode, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)
