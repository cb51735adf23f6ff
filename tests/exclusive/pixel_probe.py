"""Paints known pictures at one scale of the screen and prints what differs, as one line of JSON.

Run by test_surface.py in a process of its own, with QT_SCALE_FACTOR set: a process has one scale.
"""

from __future__ import annotations

import json
import random
import sys

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from Xlib import X
from Xlib.display import Display

from app.exclusive.surface import Surface
from app.vm.display.seam import Rect
from tests.exclusive.conftest import pixels
from tests.fakes.display import FakeDisplay
from tests.fakes.sink import DeafSink

SIZES = [(640, 400), (683, 384), (501, 333), (200, 151)]


def main() -> None:
    """Try every size."""
    app = QApplication(sys.argv)
    found = {}
    for width, height in SIZES:
        found[f"{width}x{height}"] = differences(app, width, height)
    print(json.dumps({"ratio": app.primaryScreen().devicePixelRatio(), "differences": found}))


def differences(app: QApplication, width: int, height: int) -> int:
    """Wrong pixels after a first picture and after small changes, on the screen's own pixels."""
    display, surface = FakeDisplay(), Surface(DeafSink())
    ratio = app.primaryScreen().devicePixelRatio()
    surface.resize(QSize(-int(-width // ratio), -int(-height // ratio)))
    chance = random.Random(width)
    framebuffer = display.resize(width, height)
    framebuffer.memory[:] = chance.randbytes(width * height * 4)
    display.show()
    surface.attach(display)
    surface.show()
    QTest.qWaitForWindowExposed(surface)
    settle(app)
    wrong = compare(surface, display)
    for _ in range(20):
        part = Rect(chance.randrange(width - 9), chance.randrange(height - 9), 9, 7)
        display.paint(part, (chance.randrange(256), chance.randrange(256), chance.randrange(256)))
        display.show(part)
        settle(app)
    wrong += compare(surface, display)
    surface.close()
    return wrong


def settle(app: QApplication) -> None:
    """Deliver the wake and the paint event."""
    for _ in range(4):
        app.processEvents()


def compare(surface: Surface, display: FakeDisplay) -> int:
    """Count the pixels of the window's own store that are not the guest's."""
    shown = store(surface)
    framebuffer, placement = display.framebuffer, surface.placement
    assert framebuffer is not None
    assert placement is not None
    assert placement.scale == 1.0
    wrong = 0
    for y in range(framebuffer.height_px):
        (row,) = framebuffer.rows(0, y, framebuffer.width_px, 1)
        line = bytes(shown.constScanLine(placement.y + y))
        start = placement.x * 4
        for at in range(0, len(row), 4):
            wrong += line[start + at : start + at + 3] != bytes(row[at : at + 3])
    return wrong


def store(surface: Surface) -> QImage:
    """What is on the screen. Only a real one shows what the paint events so far have left there."""
    if QGuiApplication.platformName() != "xcb":
        return pixels(surface)
    connection = Display()
    try:
        window = connection.create_resource_object("window", int(surface.winId()))
        size = window.get_geometry()
        data = window.get_image(0, 0, size.width, size.height, X.ZPixmap, 0xFFFFFFFF).data
    finally:
        connection.close()
    image = QImage(data, size.width, size.height, size.width * 4, QImage.Format.Format_RGB32)
    return image.copy()


main()
