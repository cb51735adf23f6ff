"""Small pictures of snapshots, read beside the GUI thread."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from app.vm.records import Snapshot

_MOST_PIXELS = 4096 * 4096
_SMALL = QSize(210, 126)


def read_small_pictures(snapshots: Iterable[Snapshot]) -> dict[str, QImage]:
    """By id; a picture that cannot be read is left out."""
    found = {}
    for one in snapshots:
        image = QImage() if one.picture is None else _read(one.picture)
        if not image.isNull():
            found[one.snapshot_id] = image
    return found


def _read(path: Path) -> QImage:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # Opening a pipe would never return.
            return QImage()
    except OSError:
        return QImage()
    reader = QImageReader(str(path))
    size = reader.size()
    if not size.isValid() or size.width() * size.height() > _MOST_PIXELS:
        return QImage()
    reader.setScaledSize(size.scaled(_SMALL, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    return reader.read()
