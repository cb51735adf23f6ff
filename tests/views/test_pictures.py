"""Pictures of machines: loaded beside the window, replaced with the file, harmless when broken."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from app.views.pictures import PictureStore, paint_picture
from app.vm.model import VmInfo
from app.vm.state import VmState
from tests.helpers.waiting import eventually


def write(path: Path, colour: str, *, at_ns: int) -> None:
    image = QImage(64, 40, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    assert image.save(str(path))
    os.utime(path, ns=(at_ns, at_ns))


async def test_a_replaced_file_gives_the_new_picture(qapp, tmp_path: Path) -> None:
    store, path = PictureStore(), tmp_path / "thumbnail.png"
    write(path, "#FF0000", at_ns=1)
    assert store.get(path) is None
    await eventually(lambda: store.get(path) is not None)
    write(path, "#0000FF", at_ns=2)

    def is_blue() -> bool:
        picture = store.get(path)
        return picture is not None and picture.toImage().pixelColor(5, 5) == QColor("#0000FF")

    await eventually(is_blue)
    path.unlink()
    assert store.get(path) is None
    store.finish()


async def test_a_broken_file_is_tried_once(qapp, tmp_path: Path) -> None:
    store, path = PictureStore(), tmp_path / "thumbnail.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n rubbish")
    loaded: list[int] = []
    store.loaded.connect(lambda: loaded.append(1))
    assert store.get(path) is None
    await eventually(lambda: loaded)
    assert store.get(path) is None
    store.finish()
    assert loaded == [1]


def test_a_pipe_in_the_place_of_a_picture_is_never_opened(qapp, tmp_path: Path) -> None:
    store, path = PictureStore(), tmp_path / "thumbnail.png"
    os.mkfifo(path)
    assert store.get(path) is None
    store.finish()


@pytest.mark.parametrize("state", list(VmState))
def test_every_state_can_be_painted_without_a_picture(qapp, state: VmState) -> None:
    canvas = QImage(200, 120, QImage.Format.Format_ARGB32)
    canvas.fill(QColor("#00000000"))
    painter = QPainter(canvas)
    info = VmInfo(id=uuid.UUID(int=7), name="x", state=state)
    paint_picture(painter, QRectF(0, 0, 200, 120), info, None, radius_px=10)
    painter.end()
    assert canvas.pixelColor(100, 20).alpha() == 255
    assert canvas.pixelColor(0, 0).alpha() == 0
