"""The card at the bottom of the navigation that shows PC mode and turns it on and off."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy
from typing_extensions import override

from app.views.gate import words
from app.views.gate.switch import GateSwitch
from app.views.icons import Glyph
from app.views.navigation import Footer
from app.views.widgets.buttons import Button
from app.views.widgets.labels import GlyphLabel, label
from app.views.widgets.layouts import column, row
from app.views.widgets.toggle import Toggle


class PcModeCard(Footer):
    """A card with a toggle, or only its icon where the navigation is narrow.

    Signals:
        pressed: the person wants to see more.
    """

    pressed = Signal()

    def __init__(self, switch: GateSwitch) -> None:
        super().__init__()
        self._switch = switch
        self._wide = _Card()
        self._narrow = Button(kind="nav", glyph=Glyph.LAPTOP, name=words.pc_mode())
        for button in (self._wide, self._narrow):
            button.setAutoDefault(True)  # so that Enter presses it, too
            button.clicked.connect(self.pressed)
        self._wide.knob.clicked.connect(self._toggled)
        layout = column(self)
        layout.addWidget(self._wide)
        layout.addWidget(self._narrow)
        switch.changed.connect(self._show_status)
        self.show_texts(is_wide=True)
        self._show_status()

    @override
    def show_texts(self, *, is_wide: bool) -> None:
        self._wide.setVisible(is_wide)
        self._narrow.setVisible(not is_wide)

    def _show_status(self) -> None:
        status = self._switch.status
        is_open = status is not None and status.open
        text = words.caption(status) if status is not None else ""
        spoken = ": ".join(filter(None, (words.pc_mode(), text)))
        self._wide.show_state(text, is_open=is_open, is_known=status is not None)
        self._wide.setAccessibleName(spoken)
        self._narrow.say(spoken, tip=spoken)
        self._narrow.show_glyph(Glyph.LAPTOP, token="brand_text" if is_open else "text2")

    def _toggled(self, is_on: bool) -> None:
        if is_on:
            self._switch.turn_on()
        else:
            self._switch.turn_off()


class _Card(Button):
    """Icon, name and toggle, and the caption below; a click beside the toggle presses it."""

    def __init__(self) -> None:
        super().__init__("", "pccard", name=words.pc_mode())
        self._height_px = 0
        self.setToolTip("")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._sign = GlyphLabel(Glyph.LAPTOP, "text3", 20)
        name = label(words.pc_mode(), "strong")
        self.knob = Toggle(words.pc_mode())
        self._caption = label(role="caption", wrap=True)
        layout = column(self, margins=(13, 8, 11, 12), spacing=2)
        head = row(spacing=8)
        head.addWidget(self._sign)
        head.addWidget(name, 1)
        head.addWidget(self.knob)
        layout.addLayout(head)
        layout.addWidget(self._caption)
        for child in (self._sign, name, self._caption):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_state(self, caption: str, *, is_open: bool, is_known: bool) -> None:
        """Show whether PC mode is on, and why."""
        self._sign.show_glyph(Glyph.LAPTOP, "brand_text" if is_open else "text3")
        self._caption.setText(caption)
        with QSignalBlocker(self.knob):
            self.knob.setChecked(is_open)
        self.knob.setEnabled(is_known)
        self._fit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def sizeHint(self) -> QSize:
        return QSize(160, self._height_px)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._height_px)

    def _fit(self) -> None:
        """A push button does not ask its layout how high it has to be."""
        layout = self.layout()
        wanted = layout.totalHeightForWidth(self.width()) if layout is not None else 0
        if wanted != self._height_px:
            self._height_px = wanted
            self.updateGeometry()
