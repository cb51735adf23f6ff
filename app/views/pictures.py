"""The machines' last pictures, decoded beside the GUI thread and kept for a while.

Decoding a picture takes milliseconds, and the GUI thread may be painting a guest.
"""

from __future__ import annotations

import stat
import zlib
from collections import OrderedDict
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import (
    QObject,
    QPointF,
    QRectF,
    QRunnable,
    QSize,
    Qt,
    QThreadPool,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QImage,
    QImageReader,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPixmap,
)
from typing_extensions import override

from app.views import icons, theme
from app.views.icons import Glyph
from app.vm.model import VmInfo
from app.vm.state import VmState

_KEPT = 128
_MOST_PIXELS = 4096 * 4096
_GROUNDS = (
    ("#1C4FD8", "#67B7FF"),
    ("#4B2A86", "#C08BE8"),
    ("#0E6B5C", "#7BD8A6"),
    ("#C06A2B", "#F3C98B"),
    ("#3A4652", "#8FA3B5"),
    ("#8A2350", "#F08BA8"),
)
_SIGNS = {
    VmState.PAUSED: Glyph.PAUSE,
    VmState.ERROR: Glyph.WARN,
    VmState.UNAVAILABLE: Glyph.WARN,
}


class PictureStore(QObject):
    """Loads pictures by path and hands out what is there.

    Signals:
        loaded: a picture that was asked for is there now, or is another one now.
    """

    loaded = Signal()
    _decoded = Signal(str, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._kept: OrderedDict[str, tuple[tuple[int, int], QPixmap]] = OrderedDict()
        self._asked: dict[str, tuple[int, int]] = {}
        self._decoded.connect(self._keep)

    def get(self, path: Path | None) -> QPixmap | None:
        """The picture at `path`, None while it is not there. It may be an older one for a moment.

        A file that was replaced is loaded again; asking costs one `stat`.
        """
        if path is None:
            return None
        try:
            status = path.stat()
        except OSError:
            return None
        if not stat.S_ISREG(status.st_mode):  # Opening a pipe would never return.
            return None
        name, version = str(path), (status.st_mtime_ns, status.st_size)
        kept = self._kept.get(name)
        if (kept is None or kept[0] != version) and self._asked.get(name) != version:
            self._asked[name] = version
            self._pool.start(_Decoding(self, name, version))
        if kept is None:
            return None
        self._kept.move_to_end(name)
        return kept[1]

    def finish(self) -> None:
        """Wait until nothing is decoded any more; for the end of the program."""
        self._pool.clear()
        self._pool.waitForDone()

    def _keep(self, name: str, version: tuple[int, int], image: QImage) -> None:
        # The version stays noted: a broken file is not tried again until it is replaced.
        if not image.isNull():
            self._kept[name] = (version, QPixmap.fromImage(image))
            while len(self._kept) > _KEPT:
                self._asked.pop(self._kept.popitem(last=False)[0], None)
        self.loaded.emit()


class _Decoding(QRunnable):
    """Reads one file in the pool's thread."""

    def __init__(self, store: PictureStore, name: str, version: tuple[int, int]) -> None:
        super().__init__()
        self._store, self._name, self._version = store, name, version

    @override
    def run(self) -> None:
        reader = QImageReader(self._name)
        size = reader.size()
        image = QImage()
        if size.isValid() and size.width() * size.height() <= _MOST_PIXELS:
            image = reader.read()
        self._store._decoded.emit(self._name, self._version, image)  # noqa: SLF001 - its helper


def paint_picture(
    painter: QPainter, box: QRectF, info: VmInfo, picture: QPixmap | None, *, radius_px: float
) -> None:
    """Paint a machine's picture into `box`; dimmed with a sign when it does not run."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    outline = QPainterPath()
    outline.addRoundedRect(box, radius_px, radius_px)
    painter.setClipPath(outline)
    if picture is None:
        _paint_ground(painter, box, info.id)
    else:
        _paint_cover(painter, box, picture)
    if info.state not in {VmState.RUNNING, VmState.VIEWING}:
        painter.fillRect(box, theme.colour("shade"))
        glyph = _SIGNS.get(info.state, Glyph.POWER)
        if is_coming(info):
            glyph = Glyph.IMPORT
        _paint_sign(painter, box, glyph, info)
    painter.restore()


def is_coming(info: VmInfo) -> bool:
    """Whether this machine is just being imported: it has no folder yet."""
    return info.state is VmState.UPDATE and info.folder == Path()


def _paint_cover(painter: QPainter, box: QRectF, picture: QPixmap) -> None:
    """Fill `box` with the picture's middle, its shape kept; text modes on black."""
    painter.fillRect(box, QColor("#000000"))
    have = QSize(picture.width(), picture.height())
    shown = have.scaled(
        box.size().toSize(), Qt.AspectRatioMode.KeepAspectRatioByExpanding
    ).toSizeF()
    target = QRectF(0, 0, shown.width(), shown.height())
    target.moveCenter(box.center())
    painter.drawPixmap(target, picture, QRectF(picture.rect()))


def _paint_ground(painter: QPainter, box: QRectF, vm_id: UUID) -> None:
    """A ground for a machine without a picture, always the same for the same machine."""
    start, end = _GROUNDS[zlib.crc32(vm_id.bytes) % len(_GROUNDS)]
    gradient = QLinearGradient(box.topLeft(), box.bottomRight())
    gradient.setColorAt(0, QColor(start))
    gradient.setColorAt(1, QColor(end))
    painter.fillRect(box, gradient)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(255, 255, 255, 26))
    width = box.width()
    painter.drawEllipse(box.topLeft() + QPointF(width * 0.12, width * 0.52), width / 3, width / 3)
    painter.drawEllipse(box.topLeft() + QPointF(width * 0.86, width * 0.1), width / 3, width / 3)


def _paint_sign(painter: QPainter, box: QRectF, glyph: Glyph, info: VmInfo) -> None:
    if info.state.is_changing and not is_coming(info):
        return
    radius = min(26.0, box.height() / 4)
    edge = round(radius)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(255, 255, 255, 48))
    painter.drawEllipse(box.center(), radius, radius)
    device = painter.device()
    ratio = device.devicePixelRatioF() if device is not None else 1.0
    drawing = icons.pixmap(glyph, "#FFFFFF", edge, ratio)
    painter.drawPixmap(box.center() - QPointF(edge / 2, edge / 2), drawing)
