"""Buttons: their icons follow the theme, and each has a name for screen readers."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QButtonGroup, QFrame, QPushButton, QWidget
from typing_extensions import override

from app.views import icons, theme
from app.views.icons import Glyph
from app.views.widgets.labels import set_tip
from app.views.widgets.layouts import row

_ICON_TOKENS = {
    "primary": "on_brand",
    "ghost": "brand_text",
    "danger": "bad",
    "nav": "text2",
    "icon": "text2",
    "segment": "text2",
}
_ICON_PX = 18


class Button(QPushButton):
    """A button of one of the kinds ``plain primary danger ghost icon square nav``."""

    def __init__(
        self,
        text: str = "",
        kind: str = "plain",
        *,
        glyph: Glyph | None = None,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """Make one; a button without text needs `name`, which is its tip too."""
        super().__init__(text, parent)
        self._glyph, self._kind, self._token = glyph, kind, ""
        self.setProperty("kind", kind)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setIconSize(QSize(_ICON_PX, _ICON_PX))
        self.setAutoDefault(False)
        self.say(name or text, tip=name)
        self.toggled.connect(self._colour_icon)
        self._colour_icon()

    def say(self, name: str, *, tip: str = "") -> None:
        """Set what a screen reader says, and the tip."""
        self.setAccessibleName(name)
        set_tip(self, tip)

    def show_glyph(self, glyph: Glyph | None, *, token: str = "") -> None:
        """Show another icon, in the colour of `token` or that of the button's kind."""
        self._glyph, self._token = glyph, token
        self._colour_icon()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.EnabledChange}:
            self._colour_icon()

    def _colour_icon(self) -> None:
        if self._glyph is None:
            self.setIcon(QIcon())
            return
        name = theme.colour(self._icon_token()).name()
        self.setIcon(icons.icon(self._glyph, name, _ICON_PX, self.devicePixelRatioF()))

    def _icon_token(self) -> str:
        if not self.isEnabled():
            return "text3"
        if self.isChecked():
            return "brand_text"
        return self._token or _ICON_TOKENS.get(self._kind, "text")


class Segments(QFrame):
    """A few choices beside each other, exactly one of which is chosen."""

    def __init__(self, name: str, choices: list[tuple[str, str]]) -> None:
        """Make one from pairs of key and text; `name` is what is chosen here."""
        super().__init__()
        self.setProperty("kind", "segments")
        self.setAccessibleName(name)
        self.group = QButtonGroup(self)
        self._keys = [key for key, _ in choices]
        layout = row(self, margins=3, spacing=2)
        for number, (_, text) in enumerate(choices):
            button = Button(text, "segment", name=f"{name}: {text}")
            set_tip(button, "")
            button.setCheckable(True)
            self.group.addButton(button, number)
            layout.addWidget(button)
        self.group.button(0).setChecked(True)

    def key(self) -> str:
        """Key of what is chosen."""
        return self._keys[self.group.checkedId()]

    def choose(self, key: str) -> None:
        """Choose `key`; no signal of `group` is sent."""
        self.group.button(self._keys.index(key)).setChecked(True)

    def focus(self) -> None:
        """Give the keyboard to the chosen one."""
        self.group.button(self.group.checkedId()).setFocus()
