"""Our line icons: 24 px grid, drawn for this project, coloured when they are used."""

from __future__ import annotations

from enum import StrEnum
from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QDir, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app import APP_ID
from app.paths import resources_dir


class Glyph(StrEnum):
    """Names of the icons; each is a file in ``resources/icons/line``."""

    BADGE = "badge"
    BOLT = "bolt"
    BOX = "box"
    CAMERA = "camera"
    CHECK = "check"
    CHIP = "chip"
    CLIP = "clip"
    CLOCK = "clock"
    CLOSE = "close"
    COPY = "copy"
    DISC = "disc"
    DISK = "disk"
    DOWN = "down"
    EJECT = "eject"
    EXPAND = "expand"
    EXPORT = "export"
    FILE = "file"
    FIRMWARE = "firmware"
    FOLDED = "folded"
    FOLDER = "folder"
    GEAR = "gear"
    GROW = "grow"
    IMPORT = "import"
    INFO = "info"
    LAPTOP = "laptop"
    KEYBOARD = "keyboard"
    LEFT = "left"
    LOCK = "lock"
    MACHINE = "machine"
    MEMORY = "memory"
    MICROPHONE = "microphone"
    MORE = "more"
    NET = "net"
    PAUSE = "pause"
    PENCIL = "pencil"
    PLAY = "play"
    PLUS = "plus"
    POWER = "power"
    SEARCH = "search"
    SENSOR = "sensor"
    SNAPSHOT = "snapshot"
    STAND = "stand"
    SYSTEM = "system"
    TABLET = "tablet"
    TASKS = "tasks"
    TRASH = "trash"
    USB = "usb"
    WARN = "warn"


def add_search_path() -> None:
    """Let style sheets find images as ``icons:NAME``."""
    QDir.setSearchPaths("icons", [str(resources_dir() / "icons")])


def app_icon() -> QIcon:
    """The application's own icon."""
    return QIcon(str(resources_dir() / "icons" / f"{APP_ID}.svg"))


@lru_cache(maxsize=512)
def pixmap(glyph: Glyph, colour: str, size_px: int, ratio: float) -> QPixmap:
    """An icon as a picture.

    Args:
        glyph: which one.
        colour: ``#RRGGBB``.
        size_px: edge in logical pixels.
        ratio: device pixels for one logical pixel.
    """
    picture = QPixmap(round(size_px * ratio), round(size_px * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    drawing = _drawing(glyph).replace("currentColor", colour)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(0, 0, size_px, size_px))
    painter.end()
    return picture


def icon(glyph: Glyph, colour: str, size_px: int, ratio: float) -> QIcon:
    """An icon for a button, which looks the same when it is disabled but for the text beside it."""
    return QIcon(pixmap(glyph, colour, size_px, ratio))


@cache
def _drawing(glyph: Glyph) -> str:
    return (resources_dir() / "icons" / "line" / f"{glyph}.svg").read_text(encoding="utf-8")
