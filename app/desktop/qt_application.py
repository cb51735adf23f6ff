"""The one QApplication of a process."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app import APP_ID
from app.desktop.collector import collect_on_qts_thread


def make_application(arguments: Sequence[str]) -> QApplication:
    """The QApplication with our names; the last closed window does not end it."""
    QGuiApplication.setDesktopFileName(APP_ID)
    app = QApplication(list(arguments))
    app.setApplicationName("duplex-vm")
    app.setApplicationDisplayName("Duplex VM")
    app.setQuitOnLastWindowClosed(False)
    collect_on_qts_thread(app)
    return app
