"""The host's cursor over the guest's picture."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QCursor, QImage, QPainter, QPen, QPixmap

from app.vm.display.seam import CursorShape

# X servers and compositors refuse larger cursors, and no person wants one.
_MAX_SIDE_PX = 256


def guest_cursor(shape: CursorShape, *, scale: float, ratio: float) -> QCursor:
    """The guest's cursor in the size in which its picture is shown.

    Args:
        shape: as the guest defined it; an empty one hides the cursor.
        scale: screen pixels to one guest pixel.
        ratio: screen pixels to one of the toolkit's, in which a hot spot is given.
    """
    if not shape.width or not shape.height:
        return QCursor(Qt.CursorShape.BlankCursor)
    shown = QImage(
        shape.argb, shape.width, shape.height, shape.width * 4, QImage.Format.Format_ARGB32
    )
    scale = min(scale, _MAX_SIDE_PX / max(shape.width, shape.height))
    size = QSize(max(1, round(shape.width * scale)), max(1, round(shape.height * scale)))
    if size != shown.size():
        shown = shown.scaled(
            size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
    pixmap = QPixmap.fromImage(shown)  # copies: the shape's bytes need not live on
    pixmap.setDevicePixelRatio(ratio)
    return QCursor(pixmap, round(shape.hot_x * scale / ratio), round(shape.hot_y * scale / ratio))


def dot_cursor() -> QCursor:
    """For a guest that never told its cursor.

    It most likely paints one itself, so ours must not be in the way; but it may also have none,
    and then the person still has to see where the pointer is.
    """
    side = 9
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(0, 0, 0, 160), 1.5))
    painter.setBrush(QColor(255, 255, 255, 230))
    painter.drawEllipse(2, 2, side - 5, side - 5)
    painter.end()
    return QCursor(pixmap, side // 2, side // 2)
