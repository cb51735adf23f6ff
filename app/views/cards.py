"""Machines as cards in a grid: painted, not built, so that a thousand of them cost nothing."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from typing_extensions import override

from app.views import icons, theme, words
from app.views.icons import Glyph
from app.views.library_model import NameFilter, info_at
from app.views.pictures import PictureStore, paint_picture
from app.views.tasks import words as task_words
from app.views.tasks.board import Known, TaskBoard
from app.views.tokens import BODY_PX, CAPTION_PX
from app.views.widgets.progress import paint_bar
from app.views.widgets.status import SPIN_INTERVAL_MS, paint_dot, paint_spinner
from app.vm.model import VmInfo
from app.vm.state import VmState

LEAST_CARD_PX, MOST_CARD_PX, GAP_PX = 200, 280, 16
RING_PX = 4
"""Room at the left and above for the focus ring, taken from the gap."""
_PADDING_PX = 10
_WORDS_PX = 62
_MORE_PX = 32
_Index = QModelIndex | QPersistentModelIndex


class CardDelegate(QStyledItemDelegate):
    """Paints one card: picture, name, state and size, and the button for more."""

    def __init__(self, parent: QWidget, pictures: PictureStore, board: TaskBoard) -> None:
        super().__init__(parent)
        self._pictures, self._board = pictures, board
        self.cell = QSize(LEAST_CARD_PX + GAP_PX, card_height(LEAST_CARD_PX) + GAP_PX)

    @staticmethod
    def card_box(cell: QRect) -> QRect:
        """The card in its cell of the grid; the rest is the gap."""
        return cell.adjusted(RING_PX, RING_PX, RING_PX - GAP_PX, RING_PX - GAP_PX)

    def more_box(self, cell: QRect) -> QRect:
        """The button for more actions in a cell."""
        card = self.card_box(cell)
        top = card.bottom() - _WORDS_PX + 2
        return QRect(card.right() - _PADDING_PX - _MORE_PX + 4, top, _MORE_PX, _MORE_PX)

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return self.cell

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        info = info_at(index)
        if info is None:
            return
        cell: QRect = option.rect
        state: QStyle.StateFlag = option.state
        card = QRectF(self.card_box(cell))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, card, state)
        thumb = card.adjusted(_PADDING_PX, _PADDING_PX, -_PADDING_PX, -_WORDS_PX)
        picture = self._pictures.get(info.thumbnail)
        paint_picture(painter, thumb, info, picture, radius_px=10)
        known = self._board.of_machine(info.id)
        self._paint_words(painter, card, info, known)
        if known is not None:
            bar = QRectF(card.left() + 14, card.bottom() - 10, card.width() - 28, 4)
            paint_bar(painter, bar, known.info.progress / 100)
        if info.state is VmState.UPDATE and known is not None:
            self._paint_more(painter, QRectF(self.more_box(cell)), Glyph.CLOSE)
        elif state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected):
            self._paint_more(painter, QRectF(self.more_box(cell)))
        painter.restore()

    def _paint_ground(self, painter: QPainter, card: QRectF, state: QStyle.StateFlag) -> None:
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        has_focus = is_selected and bool(state & QStyle.StateFlag.State_HasFocus)
        is_hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.setBrush(theme.colour("card"))
        edge = "brand" if is_selected else "text3" if is_hovered else "line"
        width = 2.0 if is_selected else 1.0
        painter.setPen(QPen(theme.colour(edge), width))
        inset = width / 2
        painter.drawRoundedRect(card.adjusted(inset, inset, -inset, -inset), 16, 16)
        view = self.parent()
        if has_focus and isinstance(view, QWidget) and view.property("kbd") == "true":
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("brand"), 2))
            painter.drawRoundedRect(card.adjusted(-3, -3, 3, 3), 19, 19)

    def _paint_words(
        self, painter: QPainter, card: QRectF, info: VmInfo, known: Known | None
    ) -> None:
        left = card.left() + _PADDING_PX + 4
        width = card.width() - 2 * _PADDING_PX - 8
        top = card.bottom() - _WORDS_PX + 8
        name_font = _font(painter.font(), BODY_PX, QFont.Weight.DemiBold)
        painter.setFont(name_font)
        painter.setPen(theme.colour("text"))
        name_width = width - _MORE_PX
        name = QFontMetricsF(name_font).elidedText(
            info.name, Qt.TextElideMode.ElideRight, name_width
        )
        box = QRectF(left, top, name_width, 20)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(box, flags, name)
        caption = " · ".join(filter(None, (words.state_word(info), words.short_size(info))))
        if known is not None:
            caption = self._caption_of(info, known)
        self._paint_state(painter, QRectF(left, top + 22, width, 20), info, caption, known)

    def _caption_of(self, info: VmInfo, known: Known) -> str:
        """What goes on; a machine that is not held by it tells its state before."""
        parts = [] if info.state is VmState.UPDATE else [words.state_word(info)]
        parts.append(task_words.progress(known.info))
        left_s = self._board.left_s(known)
        if left_s is not None:
            parts.append(task_words.left(left_s))
        return " · ".join(parts)

    @staticmethod
    def _paint_state(
        painter: QPainter, box: QRectF, info: VmInfo, caption: str, known: Known | None
    ) -> None:
        sign = QRectF(box.left(), box.top() + 5, 10, 10)
        if info.state.is_changing and known is None:
            paint_spinner(painter, sign, theme.colour("brand_text"))
        else:
            token = words.state_token(info.state)
            paint_dot(painter, sign.adjusted(1, 1, -1, -1), theme.colour(token))
        caption_font = _font(painter.font(), CAPTION_PX, QFont.Weight.Normal)
        painter.setFont(caption_font)
        painter.setPen(theme.colour("text2"))
        text = box.adjusted(16, 0, 0, 0)
        shown = QFontMetricsF(caption_font).elidedText(
            caption, Qt.TextElideMode.ElideRight, text.width()
        )
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(text, flags, shown)

    def _paint_more(self, painter: QPainter, box: QRectF, glyph: Glyph = Glyph.MORE) -> None:
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        drawing = icons.pixmap(glyph, theme.colour("text2").name(), 20, ratio)
        painter.drawPixmap(box.center() - QPointF(10, 10), drawing)


class CardView(QListView):
    """The grid of cards.

    Signals:
        opened: double click or Enter on a machine.
        toggled: Space on a machine: start, pause or go on.
        menu_wanted: the menu of the present machine is wanted at this place on the screen.
        cancel_wanted: end the task of this number.
        moved: another machine, or none, is the present one.
    """

    opened = Signal()
    space_pressed = Signal()
    menu_wanted = Signal(QPoint)
    cancel_wanted = Signal(object)
    moved = Signal()

    def __init__(self, model: NameFilter, pictures: PictureStore, board: TaskBoard) -> None:
        super().__init__()
        self._board = board
        self.setObjectName("machines")
        self.setAccessibleName(self.tr("Virtual machines"))
        self._delegate = CardDelegate(self, pictures, board)
        self.setItemDelegate(self._delegate)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setModel(model)
        self.selectionModel().currentChanged.connect(lambda _now, _before: self.moved.emit())
        pictures.loaded.connect(self.viewport().update)
        board.changed.connect(lambda _: self.viewport().update())
        board.removed.connect(self.viewport().update)
        self._spinning = QTimer(self, interval=SPIN_INTERVAL_MS)
        self._spinning.timeout.connect(self._spin)
        for signal in (model.dataChanged, model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self._watch_changes)

    def current(self) -> VmInfo | None:
        """The present machine."""
        return info_at(self.currentIndex())

    def visible_infos(self) -> list[VmInfo]:
        """Machines whose cards can be seen at present."""
        if not self.isVisible():
            return []
        room = self.viewport().rect()
        model = self.model()
        found = []
        first = self.indexAt(QPoint(GAP_PX, GAP_PX)).row()
        for row in range(max(0, first), model.rowCount()):
            index = model.index(row, 0)
            if not self.visualRect(index).intersects(room):
                break
            info = info_at(index)
            if info is not None:
                found.append(info)
        return found

    def select_first(self) -> None:
        """Make the first machine the present one, when there is none."""
        if not self.currentIndex().isValid() and self.model().rowCount():
            self.select_row(0)

    def select_row(self, row: int) -> None:
        """Make the machine in that row of the filtered list the present one."""
        index = self.model().index(row, 0)
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(index, flag)
        self.scrollTo(index)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in {
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        }
        if plain and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.opened.emit()
        elif plain and event.key() == Qt.Key.Key_Space:
            self.space_pressed.emit()
        else:
            super().keyPressEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        if not index.isValid() or event.button() is not Qt.MouseButton.LeftButton:
            return
        more = self._delegate.more_box(self.visualRect(index))
        if not more.contains(event.position().toPoint()):
            return
        info = info_at(index)
        known = None if info is None else self._board.of_machine(info.id)
        if known is not None and info is not None and info.state is VmState.UPDATE:
            self.cancel_wanted.emit(known.info.task_id)
        else:
            self.menu_wanted.emit(self.viewport().mapToGlobal(more.bottomLeft()))

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        place = event.position().toPoint()
        index = self.indexAt(place)
        is_left = event.button() is Qt.MouseButton.LeftButton
        if is_left and index.isValid():
            cell = self.visualRect(index)
            on_more = self._delegate.more_box(cell).contains(place)
            if not on_more and self._delegate.card_box(cell).contains(place):
                self.opened.emit()

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = event.globalPos()
        if event.reason() is not QContextMenuEvent.Reason.Mouse:
            cell = self.visualRect(self.currentIndex())
            place = self.viewport().mapToGlobal(self._delegate.more_box(cell).bottomLeft())
        elif not self.indexAt(event.pos()).isValid():
            return
        if self.current() is not None:
            self.menu_wanted.emit(place)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.viewport().update()

    def _fit(self) -> None:
        """Give the cards the width at which as many as fit fill a row."""
        # What QListView itself reckons with, whether the scroll bar is shown or not.
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent, None, self)
        room = self.maximumViewportSize().width() - bar - 1
        columns = max(1, room // (LEAST_CARD_PX + GAP_PX))
        card = min(MOST_CARD_PX, room // columns - GAP_PX)
        cell = QSize(card + GAP_PX, card_height(card) + GAP_PX)
        if cell != self._delegate.cell:
            self._delegate.cell = cell
            self.setGridSize(cell)

    def _watch_changes(self) -> None:
        """Turn the spinners while a card has one, and only then."""
        self._fit()
        model = self.model()
        spins = any(
            (info := info_at(model.index(row, 0))) is not None and info.state.is_changing
            for row in range(model.rowCount())
        )
        if spins and theme.motion_ms(1):
            self._spinning.start()
        else:
            self._spinning.stop()

    def _spin(self) -> None:
        if not self.isVisible():
            return
        model = self.model()
        for row in range(model.rowCount()):
            index = model.index(row, 0)
            info = info_at(index)
            if info is not None and info.state.is_changing:
                self.update(index)


def card_height(width_px: int) -> int:
    """Height of a card with a picture of 5:3."""
    return round((width_px - 2 * _PADDING_PX) * 3 / 5) + _PADDING_PX + _WORDS_PX


def _font(base: QFont, size_px: int, weight: QFont.Weight) -> QFont:
    font = QFont(base)
    font.setPixelSize(size_px)
    font.setWeight(weight)
    return font
