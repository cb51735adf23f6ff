"""The least PySide6 window: what any such program pays before it has done anything of its own."""

from __future__ import annotations

import signal
import sys

from PySide6.QtWidgets import QApplication, QLabel

signal.signal(signal.SIGTERM, signal.SIG_DFL)
application = QApplication(sys.argv)
label = QLabel("bare")
label.resize(1280, 760)
label.show()
sys.exit(application.exec())
