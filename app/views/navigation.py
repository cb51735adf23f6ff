"""The column at the left that leads to the pages."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QLabel, QWidget

from app.views.icons import Glyph, app_icon
from app.views.widgets.buttons import Button
from app.views.widgets.labels import label
from app.views.widgets.layouts import column, row

WIDE_PX, NARROW_PX = 208, 64


class Footer(QWidget):
    """What stands at the bottom of the column."""

    def show_texts(self, *, is_wide: bool) -> None:
        """All of it, or as narrow as an icon."""


class Navigation(QWidget):
    """One row a page.

    Signals:
        chosen: number of the page.
    """

    chosen = Signal(int)

    def __init__(self, pages: list[tuple[Glyph, str]]) -> None:
        super().__init__()
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._texts = [text for _, text in pages]
        self._footer: Footer | None = None
        self._layout = layout = column(self, margins=(12, 16, 12, 12), spacing=4)
        brand = row(margins=(8, 2, 0, 14), spacing=10)
        sign = label()
        sign.setPixmap(app_icon().pixmap(24, 24))
        sign.setFixedSize(24, 24)
        self._name = label("Duplex VM", "heading")
        brand.addWidget(sign)
        brand.addWidget(self._name, 1)
        layout.addLayout(brand)
        self._group = QButtonGroup(self)
        self._badges: dict[int, QLabel] = {}
        for number, (glyph, text) in enumerate(pages):
            button = Button("  " + text, "nav", glyph=glyph)
            button.say(text)
            button.setCheckable(True)
            self._group.addButton(button, number)
            layout.addWidget(button)
        layout.addStretch(1)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(self.chosen)
        self.show_texts(is_wide=True)

    def add_footer(self, footer: Footer) -> None:
        """Put something at the bottom; it is told when there is no room for texts."""
        self._footer = footer
        self._layout.addWidget(footer)

    def choose(self, number: int) -> None:
        """Mark the page as the present one."""
        self._group.button(number).setChecked(True)

    def show_count(self, number: int, count: int, spoken: str) -> None:
        """Put a count beside a page's name, none for 0; `spoken` is the name with it."""
        button = self._group.button(number)
        badge = self._badges.get(number)
        if badge is None:
            badge = self._badges[number] = label(role="badge")
            badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
            badge.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            row(button, margins=(0, 0, 6, 0)).addWidget(badge, 0, Qt.AlignmentFlag.AlignRight)
        badge.setText(str(count))
        badge.setVisible(count > 0)
        button.setAccessibleName(spoken if count else self._texts[number])

    def show_texts(self, *, is_wide: bool) -> None:
        """Icons with words, or icons only."""
        self.setFixedWidth(WIDE_PX if is_wide else NARROW_PX)
        self._name.setVisible(is_wide)
        for number, text in enumerate(self._texts):
            button = self._group.button(number)
            button.setText("  " + text if is_wide else "")
            button.setToolTip("" if is_wide else text)
        if self._footer is not None:
            self._footer.show_texts(is_wide=is_wide)
