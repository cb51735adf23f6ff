"""Line icons over the guest's picture: 24 px grid, round ends, coloured at run time."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_STROKE = 1.7
_RATIO = 3.0  # sharp up to 300 %; an icon has a thousand pixels, so that costs nothing

_PATHS = {
    "actual": "M4 6h16v12H4z M8.5 9.5v5 M15.5 9.5v5 M12 10.5h.01 M12 13.5h.01",
    "expand": "M4 9V4h5 M20 9V4h-5 M4 15v5h5 M20 15v5h-5",
    "keyboard": "M3 7h18v10H3z M7 10.5h.01 M11 10.5h.01 M15 10.5h.01 M8 14h8",
    "lock": "M6 11h12v9H6z M9 11V8a3 3 0 0 1 6 0v3",
    "pause": "M8 5v14 M16 5v14",
    "pin": "M9 4h6l-1 7 3 3H7l3-3z M12 14v6",
    "play": "M8 5l11 7-11 7z",
    "power": "M12 4v8 M7.5 7a7 7 0 1 0 9 0",
    "screen": "M3 5h13v9H3z M7 18h5 M9.5 14v4 M20 9v6 M17 12h6",
    "shrink": "M9 4v5H4 M15 4v5h5 M9 20v-5H4 M15 20v-5h5",
    "warn": "M12 4l9 16H3z M12 10v4 M12 17h.01",
}


def pixmap(name: str, color: str, size: int) -> QPixmap:
    """One icon as a picture of `size` logical pixels; `color` as in SVG."""
    source = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" '
        f'stroke="{color}" stroke-width="{_STROKE}" stroke-linecap="round" '
        f'stroke-linejoin="round"><path d="{_PATHS[name]}"/></svg>'
    )
    picture = QPixmap(round(size * _RATIO), round(size * _RATIO))
    picture.setDevicePixelRatio(_RATIO)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return picture


def icon(name: str, color: str, *, disabled: str, size: int = 18) -> QIcon:
    """The same for buttons, with the colour that it has while the button is disabled."""
    made = QIcon(pixmap(name, color, size))
    made.addPixmap(pixmap(name, disabled, size), QIcon.Mode.Disabled)
    return made
