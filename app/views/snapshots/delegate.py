"""Paints one row: day and time, lines, picture, name, what kind it is, size, and its buttons."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from typing_extensions import override

from app.views import icons, theme
from app.views.icons import Glyph
from app.views.problems import sentence
from app.views.snapshots import words
from app.views.snapshots.model import Index, SnapshotModel
from app.views.snapshots.rail import LANE_PX, MOST_LANES, paint_rail
from app.views.tokens import BODY_PX, CAPTION_PX
from app.vm.model import MAX_NAME_CHARACTERS
from app.vm.records import Snapshot

PICTURE = QSize(70, 42)
_NOW_PX, _ROW_PX, _PROBLEM_PX = 56, 68, 20
_EDGE_PX, _GAP_PX, _BUTTON_PX = 14, 14, 32
_LEAST_NAME_PX = 150
GO, MORE = "go", "more"
_FLAGS = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine


@dataclass(frozen=True, slots=True)
class Boxes:
    """Where things are in a row; what has no room has an empty box."""

    day: QRectF
    rail_left: float
    picture: QRectF
    words: QRectF
    size: QRectF
    go: QRectF
    more: QRectF


class RowDelegate(QStyledItemDelegate):
    """Paints and measures rows, and lets a name be edited in its place.

    Attributes:
        hot: row and button (``go`` or ``more``) under the pointer.
    """

    def __init__(self, parent: QWidget, model: SnapshotModel) -> None:
        super().__init__(parent)
        self._view, self._model = parent, model
        self.hot: tuple[int, str] = (-1, "")

    def button_at(self, row: QRect, place: QPointF) -> str:
        """The button of a snapshot's row at a place, ``go`` or ``more``; empty for none."""
        boxes = self.boxes(QRectF(row))
        if boxes.more.contains(place):
            return MORE
        return GO if boxes.go.contains(place) else ""

    def boxes(self, row: QRectF, *, has_buttons: bool = True) -> Boxes:
        """Divide a row: what is least needed goes first where there is little room."""
        small, strong = self._fonts()
        day_px = self._day_width(small, strong)
        lanes_px = min(self._model.lanes, MOST_LANES) * LANE_PX
        left = row.left() + _EDGE_PX + day_px + _GAP_PX
        rail_left = left
        left += lanes_px + _GAP_PX - 4
        right = row.right() - _EDGE_PX + 4
        middle = row.center().y()
        more = go = size = picture = QRectF()
        if has_buttons:
            more = QRectF(right - _BUTTON_PX, middle - _BUTTON_PX / 2, _BUTTON_PX, _BUTTON_PX)
            go_px = QFontMetricsF(strong).horizontalAdvance(self.go_text()) + 30
            go = QRectF(more.left() - 4 - go_px, more.top(), go_px, _BUTTON_PX)
            right = go.left() - _GAP_PX
        size_px = QFontMetricsF(small).horizontalAdvance(words.size(1023 << 20))
        if right - left > PICTURE.width() + size_px + 2 * _GAP_PX + _LEAST_NAME_PX:
            size = QRectF(right - size_px, row.top(), size_px, row.height())
            right = size.left() - _GAP_PX
        if right - left > PICTURE.width() + _GAP_PX + _LEAST_NAME_PX:
            top = middle - PICTURE.height() / 2
            picture = QRectF(left, top, PICTURE.width(), PICTURE.height())
            left = picture.right() + _GAP_PX
        name = QRectF(left, row.top(), max(0.0, right - left), row.height())
        day = QRectF(row.left() + _EDGE_PX, row.top(), day_px, row.height())
        return Boxes(day, rail_left, picture, name, size, go, more)

    def go_text(self) -> str:
        """What the button says."""
        return self.tr("Go back")

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        one = self._model.snapshot(index)
        if one is None:
            return QSize(0, _NOW_PX)
        has_three = bool(one.problem) and bool(one.note or words.chips(one))
        return QSize(0, _ROW_PX + (_PROBLEM_PX if has_three else 0))

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, one = self._model.row(index), self._model.snapshot(index)
        if row is None:
            return
        box = QRectF(option.rect)
        boxes = self.boxes(box, has_buttons=one is not None)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_ground(painter, box, option.state)
        self._paint_day(painter, boxes.day, index)
        paint_rail(painter, QRectF(boxes.rail_left, box.top(), 0, box.height()), row,
                   spins=one is None and self._model.spins)  # fmt: skip
        if one is None:
            self._paint_now(painter, boxes)
        else:
            self._paint_picture(painter, boxes.picture, one)
            self._paint_words(painter, boxes.words, one)
            self._paint_size(painter, boxes, one)
            self._paint_buttons(painter, boxes, one, index.row())
        painter.restore()

    @override
    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        edit = QLineEdit(parent)
        edit.setObjectName("snapshot_name")
        edit.setMaxLength(MAX_NAME_CHARACTERS)
        edit.setAccessibleName(self.tr("Name"))
        return edit

    @override
    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        box = self.boxes(QRectF(option.rect)).words
        height = max(34, editor.sizeHint().height())
        top = round(box.center().y() - height / 2)
        editor.setGeometry(round(box.left()) - 12, top, round(min(box.width() + 12, 420)), height)

    @override
    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, QLineEdit):
            model.setData(index, editor.text())

    @override
    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        return False

    def _fonts(self) -> tuple[QFont, QFont]:
        """The small font, and the strong one."""
        small, strong = QFont(self._view.font()), QFont(self._view.font())
        small.setPixelSize(CAPTION_PX)
        strong.setPixelSize(BODY_PX)
        strong.setWeight(QFont.Weight.DemiBold)
        return small, strong

    def _day_width(self, small: QFont, strong: QFont) -> float:
        model = self._model
        days = {model.day(number) for number in range(model.rowCount())}
        clocks = {model.clock(number) for number in range(model.rowCount())}
        strong.setPixelSize(CAPTION_PX)
        widths = [QFontMetricsF(strong).horizontalAdvance(text) for text in days]
        widths += [QFontMetricsF(small).horizontalAdvance(text) for text in clocks]
        strong.setPixelSize(BODY_PX)
        return min(max(widths, default=0) + 2, 120)

    def _paint_ground(self, painter: QPainter, box: QRectF, state: QStyle.StateFlag) -> None:
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        is_hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        if is_selected or is_hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("tint" if is_selected else "fill"))
            painter.drawRoundedRect(box.adjusted(0, 1, 0, -1), 12, 12)
        has_focus = is_selected and bool(state & QStyle.StateFlag.State_HasFocus)
        if has_focus and self._view.property("kbd") == "true":
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("brand"), 2))
            painter.drawRoundedRect(box.adjusted(1, 2, -1, -2), 11, 11)

    def _paint_day(self, painter: QPainter, box: QRectF, index: Index) -> None:
        small, strong = self._fonts()
        strong.setPixelSize(CAPTION_PX)
        day = self._model.day(index.row()) if self._model.opens_day(index) else ""
        clock = self._model.clock(index.row())
        lines = [(day, strong, "text")] if day else []
        if clock:
            lines.append((clock, small, "text2"))
        _paint_lines(painter, box, lines, 18)

    def _paint_now(self, painter: QPainter, boxes: Boxes) -> None:
        small, strong = self._fonts()
        box = boxes.words.adjusted(boxes.picture.left() - boxes.words.left(), 0, 0, 0)
        if boxes.picture.isEmpty():
            box = boxes.words
        name, said = self._model.now_name(), self._model.now_text
        painter.setFont(strong)
        painter.setPen(theme.colour("brand_text"))
        painter.drawText(box, _FLAGS, name)
        used = QFontMetricsF(strong).horizontalAdvance(name) + 10
        _paint_text(painter, box.adjusted(used, 0, 0, 0), said, small, "text2")

    def _paint_picture(self, painter: QPainter, box: QRectF, one: Snapshot) -> None:
        if box.isEmpty():
            return
        outline = QPainterPath()
        outline.addRoundedRect(box, 7, 7)
        image = self._model.pictures.get(one.snapshot_id)
        painter.save()
        painter.setClipPath(outline)
        if image is None:
            painter.fillRect(box, theme.colour("fill"))
            glyph = icons.pixmap(Glyph.SNAPSHOT, theme.colour("text3").name(), 20, _ratio(painter))
            painter.drawPixmap(box.center() - QPointF(10, 10), glyph)
        else:
            _paint_cover(painter, box, image)
        painter.restore()
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)

    def _paint_words(self, painter: QPainter, box: QRectF, one: Snapshot) -> None:
        small, strong = self._fonts()
        chips = words.chips(one)
        kinds = ["name"]
        if chips or one.note:
            kinds.append("note")
        if one.problem:
            kinds.append("problem")
        top = box.center().y() - (22 + 22 * (len(kinds) - 1)) / 2
        for number, kind in enumerate(kinds):
            line = QRectF(box.left(), top + 22 * number, box.width(), 22)
            if kind == "name":
                token = "text2" if one.problem else "text"
                if one.locked:
                    lock = icons.pixmap(
                        Glyph.LOCK, theme.colour("text2").name(), 14, _ratio(painter)
                    )
                    painter.drawPixmap(QPointF(line.left(), line.center().y() - 7), lock)
                    line.adjust(20, 0, 0, 0)
                _paint_text(painter, line, one.name, strong, token)
            elif kind == "note":
                left = _paint_chips(painter, line, chips, small)
                note = " ".join(one.note.split())
                _paint_text(painter, line.adjusted(left, 0, 0, 0), note, small, "text2")
            else:
                sign = icons.pixmap(Glyph.WARN, theme.colour("bad").name(), 14, _ratio(painter))
                painter.drawPixmap(QPointF(line.left(), line.center().y() - 7), sign)
                text = sentence(one.problem)
                _paint_text(painter, line.adjusted(20, 0, 0, 0), text, small, "bad")

    def _paint_size(self, painter: QPainter, boxes: Boxes, one: Snapshot) -> None:
        if not boxes.size.isEmpty():
            small, _ = self._fonts()
            painter.setFont(small)
            painter.setPen(theme.colour("text2"))
            flags = Qt.AlignmentFlag.AlignRight | _FLAGS
            painter.drawText(boxes.size, flags, words.size(one.size_bytes))

    def _paint_buttons(self, painter: QPainter, boxes: Boxes, one: Snapshot, number: int) -> None:
        _, strong = self._fonts()
        can = self._model.can_go_back(one)
        is_hot = self.hot == (number, GO) and can
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("fill2" if is_hot else "fill"))
        painter.drawRoundedRect(boxes.go, _BUTTON_PX / 2, _BUTTON_PX / 2)
        painter.setFont(strong)
        painter.setPen(theme.colour("text" if can else "text3"))
        painter.drawText(boxes.go, Qt.AlignmentFlag.AlignHCenter | _FLAGS, self.go_text())
        if self.hot == (number, MORE):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("fill2"))
            painter.drawEllipse(boxes.more)
        glyph = icons.pixmap(Glyph.MORE, theme.colour("text2").name(), 20, _ratio(painter))
        painter.drawPixmap(boxes.more.center() - QPointF(10, 10), glyph)


def _paint_lines(
    painter: QPainter, box: QRectF, lines: list[tuple[str, QFont, str]], height: float
) -> None:
    """Lines below each other in the middle of `box`, each with font and colour."""
    top = box.center().y() - height * len(lines) / 2
    for number, (text, font, token) in enumerate(lines):
        line = QRectF(box.left(), top + height * number, box.width(), height)
        _paint_text(painter, line, text, font, token)


def _paint_text(painter: QPainter, box: QRectF, text: str, font: QFont, token: str) -> None:
    shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.setFont(font)
    painter.setPen(theme.colour(token))
    painter.drawText(box, _FLAGS, shown)


def _paint_chips(painter: QPainter, box: QRectF, chips: list[str], font: QFont) -> float:
    """Chips beside each other; returns how much of the width they and a gap take."""
    left = 0.0
    for text in chips:
        width = QFontMetricsF(font).horizontalAdvance(text) + 14
        if left + width > box.width():
            break
        chip = QRectF(box.left() + left, box.center().y() - 9, width, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("fill"))
        painter.drawRoundedRect(chip, 7, 7)
        painter.setFont(font)
        painter.setPen(theme.colour("text2"))
        painter.drawText(chip, Qt.AlignmentFlag.AlignHCenter | _FLAGS, text)
        left += width + 6
    return left + 2 if left else 0.0


def _paint_cover(painter: QPainter, box: QRectF, image: QImage) -> None:
    """Fill `box` with the picture's middle, its shape kept."""
    shape = image.size().toSizeF()
    shape.scale(box.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
    target = QRectF(0, 0, shape.width(), shape.height())
    target.moveCenter(box.center())
    painter.drawImage(target, image)


def _ratio(painter: QPainter) -> float:
    device = painter.device()
    return device.devicePixelRatioF() if device is not None else 1.0
