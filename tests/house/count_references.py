"""Counts references to None, True and False around the Qt calls that we make.

Prints one line of JSON: how many calls were made, and for each call that lost references how many
it lost in a hundred rounds. A lost reference is a crash to come: when the count of None reaches
zero, the interpreter aborts. Run by test_qt_references.py, in a process of its own for that reason.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QRect, QSocketNotifier, Qt, QThread, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QLabel,
    QListWidget,
    QPushButton,
    QWidget,
)

ROUNDS = 2000
CONSTANTS = (None, True, False)


class Sender(QObject):
    """One signal of each kind that the constants pass through."""

    nothing = Signal()
    flag = Signal(bool)
    thing = Signal(object)


def on_anything(*_args: object) -> None:
    """Takes what comes: a slot in Python."""


def the_calls(app: QApplication) -> dict[str, Callable[[], object]]:
    """Every call to measure by name, for the message."""
    sender = Sender()
    for signal in (sender.nothing, sender.flag, sender.thing):
        signal.connect(on_anything)
    widget, label, box = QWidget(), QLabel("x"), QCheckBox("x")
    button, items, timer = QPushButton("x"), QListWidget(), QTimer()
    notifier = QSocketNotifier(0, QSocketNotifier.Type.Exception)
    picture = QPixmap(4, 4)

    def connect_and_disconnect() -> None:
        sender.nothing.connect(widget.update)
        sender.nothing.disconnect(widget.update)

    def paint() -> None:
        painter = QPainter(picture)
        painter.drawLine(0, 0, 1, 1)
        painter.end()

    def show_and_hide() -> None:
        widget.show()
        widget.hide()

    def add_and_clear() -> None:
        items.addItem("x")
        items.clear()

    return {
        "QSocketNotifier.setEnabled": lambda: notifier.setEnabled(False),
        "QSocketNotifier.isEnabled": notifier.isEnabled,
        "Signal.connect, disconnect": connect_and_disconnect,
        "Signal().emit": sender.nothing.emit,
        "Signal(bool).emit": lambda: sender.flag.emit(True),
        "Signal(object).emit": lambda: sender.thing.emit(None),
        "QObject.setProperty": lambda: sender.setProperty("flag", True),
        "QObject.property": lambda: sender.property("flag"),
        "QObject.blockSignals": lambda: sender.blockSignals(False),
        "QObject.setObjectName": lambda: sender.setObjectName("x"),
        "QObject.startTimer, killTimer": lambda: sender.killTimer(sender.startTimer(100_000)),
        "QObject.deleteLater": lambda: QObject().deleteLater(),
        "QTimer.start": lambda: timer.start(100_000),
        "QTimer.stop": timer.stop,
        "QTimer.setSingleShot": lambda: timer.setSingleShot(True),
        "QApplication.processEvents": app.processEvents,
        "QWidget.setEnabled": lambda: widget.setEnabled(True),
        "QWidget.setVisible": lambda: widget.setVisible(False),
        "QWidget.isVisible": widget.isVisible,
        "QWidget.show, hide": show_and_hide,
        "QWidget.update": widget.update,
        "QWidget.resize": lambda: widget.resize(10, 10),
        "QWidget.setMouseTracking": lambda: widget.setMouseTracking(True),
        "QWidget.setAttribute": lambda: widget.setAttribute(
            Qt.WidgetAttribute.WA_DeleteOnClose, False
        ),
        "QLabel.setText": lambda: label.setText("y"),
        "QLabel.text": label.text,
        "QCheckBox.setChecked": lambda: box.setChecked(True),
        "QCheckBox.isChecked": box.isChecked,
        "QPushButton.click": button.click,
        "QListWidget.addItem, clear": add_and_clear,
        "QPainter.begin, drawLine, end": paint,
        "QImage.isNull": lambda: QImage(4, 4, QImage.Format.Format_RGB32).isNull(),
        "QColor.isValid": lambda: QColor("red").isValid(),
        "QPoint.__eq__": lambda: QPoint(1, 2) == QPoint(1, 2),
        "QRect.contains": lambda: QRect(0, 0, 9, 9).contains(1, 1),
        "QThread.isRunning": QThread().isRunning,
        "QClipboard.setText": lambda: app.clipboard().setText("x"),
    }


def lost_in(call: Callable[[], object]) -> dict[str, int]:
    """References that a hundred rounds of `call` lost, by constant; what was gained is harmless."""
    call()  # the first one may fill caches
    before = [sys.getrefcount(constant) for constant in CONSTANTS]
    for _ in range(ROUNDS):
        call()
    after = [sys.getrefcount(constant) for constant in CONSTANTS]
    lost = {
        repr(constant): round((was - now) * 100 / ROUNDS)
        for constant, was, now in zip(CONSTANTS, before, after, strict=True)
    }
    return {name: count for name, count in lost.items() if count >= 10}


def main() -> None:
    """Measure every call and print the result."""
    app = QApplication(sys.argv)
    calls = the_calls(app)
    losses = {name: lost for name, call in calls.items() if (lost := lost_in(call))}
    print(json.dumps({"calls": len(calls) * ROUNDS, "losses": losses}))


if __name__ == "__main__":
    main()
