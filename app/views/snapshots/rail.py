"""The lines at the left of the rows, and the signs on them."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from app.views import theme
from app.views.snapshots.graph import NOW, Row
from app.views.widgets.status import paint_spinner

LANE_PX = 20
MOST_LANES = 6
_SIGN_PX = 5.5
_LINE_PX = 2.0


def paint_rail(painter: QPainter, box: QRectF, row: Row, *, spins: bool) -> None:
    """Paint the lines of one row; `box` begins at their left and has the row's height.

    The way from the machine as it is now to its past has the colour of the brand.
    """
    middle = QPointF(_x(box, row.lane), box.center().y())
    for lane, is_past in sorted(row.passes.items(), key=lambda line: line[1]):
        x = _x(box, lane)
        _line(painter, QPointF(x, box.top()), QPointF(x, box.bottom()), is_past=is_past)
    for lane, is_past in sorted(row.joins.items(), key=lambda line: line[1]):
        _line(painter, QPointF(_x(box, lane), box.top()), middle, is_past=is_past)
    if row.goes_on:
        end = QPointF(middle.x(), box.bottom())
        _line(painter, middle, end, is_past=row.is_past)
    if spins:
        circle = QRectF(middle.x() - 8, middle.y() - 8, 16, 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("card"))
        painter.drawEllipse(circle)
        paint_spinner(painter, circle.adjusted(1, 1, -1, -1), theme.colour("brand_text"))
        return
    _sign(painter, middle, row)


def _sign(painter: QPainter, middle: QPointF, row: Row) -> None:
    """A ring for the machine as it is now, a dot for a snapshot."""
    colour = _colour(is_past=row.is_past)
    is_now = row.key == NOW
    painter.setPen(QPen(colour, 2.2) if is_now else QPen(theme.colour("card"), 2))
    painter.setBrush(theme.colour("card") if is_now else colour)
    radius = _SIGN_PX + (1 if is_now else 0.5)
    painter.drawEllipse(middle, radius, radius)


def _line(painter: QPainter, start: QPointF, end: QPointF, *, is_past: bool) -> None:
    painter.setPen(
        QPen(_colour(is_past=is_past), _LINE_PX, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
    )
    painter.setBrush(Qt.BrushStyle.NoBrush)
    path = QPainterPath(start)
    if start.x() == end.x():
        path.lineTo(end)
    else:
        # Down, round the corner, and across into the sign.
        corner = QPointF(start.x(), end.y())
        turn = min(abs(end.x() - start.x()), end.y() - start.y(), 10.0)
        side = -turn if end.x() < start.x() else turn
        path.lineTo(corner - QPointF(0, turn))
        path.quadTo(corner, corner + QPointF(side, 0))
        path.lineTo(end)
    painter.drawPath(path)


def _x(box: QRectF, lane: int) -> float:
    return box.left() + (min(lane, MOST_LANES - 1) + 0.5) * LANE_PX


def _colour(*, is_past: bool) -> QColor:
    return theme.colour("brand" if is_past else "text3")
