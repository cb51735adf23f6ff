"""What the library shows when there is nothing in it, or nothing that fits the search."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.views import theme
from app.views.icons import Glyph
from app.views.widgets.buttons import Button
from app.views.widgets.labels import label
from app.views.widgets.layouts import column, row


class TwoScreens(QWidget):
    """A line drawing: one screen in front of another one."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(QSize(176, 132))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("text3"), 2))
        painter.setBrush(theme.colour("base"))
        painter.drawRoundedRect(QRectF(12, 8, 104, 74), 10, 10)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("fill"))
        for top in (26, 40, 54):
            painter.drawRoundedRect(QRectF(26, top, 40, 5), 2.5, 2.5)
        painter.setPen(QPen(theme.colour("brand"), 2.4))
        painter.setBrush(theme.colour("card"))
        painter.drawRoundedRect(QRectF(54, 36, 110, 76), 10, 10)
        painter.drawLine(92, 124, 126, 124)
        painter.drawLine(109, 112, 109, 124)
        painter.setBrush(theme.colour("tint"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(QRectF(66, 48, 86, 52), 5, 5)
        cap = Qt.PenCapStyle.RoundCap
        painter.setPen(QPen(theme.colour("brand_text"), 2.6, Qt.PenStyle.SolidLine, cap))
        painter.drawLine(109, 64, 109, 84)
        painter.drawLine(99, 74, 119, 74)


class EmptyLibrary(QWidget):
    """The way to the first machine.

    Signals:
        create_wanted: the button was pressed.
        import_wanted: the person has a machine or its disk already.
    """

    create_wanted = Signal()
    import_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        layout = column(self, spacing=10)
        layout.addStretch(2)
        layout.addWidget(TwoScreens(), 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(10)
        heading = label(self.tr("No virtual machines yet"), "title")
        line = label(
            self.tr("Install a system from an ISO file, or bring in one you already have."),
            tone="text2",
        )
        drop = label(self.tr("or drop a file here"), "caption")
        for text in (heading, line, drop):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.button = Button(self.tr("Create from ISO"), "primary", glyph=Glyph.PLUS)
        self.button.clicked.connect(self.create_wanted)
        layout.addWidget(heading)
        layout.addWidget(line)
        middle = row(margins=(0, 12, 0, 2), spacing=10)
        middle.addStretch(1)
        middle.addWidget(self.button)
        bring = Button(self.tr("Import a disk or .ova"), glyph=Glyph.IMPORT)
        bring.clicked.connect(self.import_wanted)
        middle.addWidget(bring)
        middle.addStretch(1)
        layout.addLayout(middle)
        layout.addWidget(drop)
        layout.addStretch(3)


class NothingFound(QWidget):
    """No machine fits the search.

    Signals:
        clear_wanted: the person wants to see all of them again.
    """

    clear_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        layout = column(self, spacing=10)
        layout.addStretch(2)
        heading = label(self.tr("No machine fits the search"), "heading")
        heading.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(heading)
        clear = Button(self.tr("Show all machines"))
        clear.clicked.connect(self.clear_wanted)
        layout.addWidget(clear, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
