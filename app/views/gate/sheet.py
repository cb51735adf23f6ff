"""The sheet behind the card: PC mode, why it is off when it is, and how the computer stands."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QScrollArea, QVBoxLayout
from typing_extensions import override

from app.views.gate import words
from app.views.gate.switch import GateSwitch
from app.views.icons import Glyph
from app.views.problems import refusal, sentence
from app.views.widgets.buttons import Button
from app.views.widgets.labels import GlyphLabel, label
from app.views.widgets.layouts import Scrolled, column, line, row
from app.views.widgets.note import Note
from app.views.widgets.sheet import Sheet
from app.vm.gate import GateStatus, PcMode
from app.vm.posture import Posture

_WIDTH_PX = 560
_MODES = (PcMode.AUTOMATIC, PcMode.ON, PcMode.OFF)
_POSTURES = (None, *Posture)
_INDENT_PX = 33


class PcModeSheet(Sheet):
    """Shows PC mode and changes it at once."""

    def __init__(self, switch: GateSwitch) -> None:
        super().__init__(words.pc_mode(), QSize(_WIDTH_PX, 10_000))
        self._switch = switch
        outer = column(self, margins=(0, 20, 0, 18), spacing=10)
        head = row(margins=(24, 0, 24, 0), spacing=12)
        head.addWidget(GlyphLabel(Glyph.LAPTOP, "brand_text", 26))
        head.addWidget(label(words.pc_mode(), "heading"), 1)
        outer.addLayout(head)
        self._build_body(outer)
        footer = row(margins=(24, 8, 24, 0))
        self._done = Button(self.tr("Done"), "primary")
        self._done.setDefault(True)
        self._done.clicked.connect(self.accept)
        footer.addStretch(1)
        footer.addWidget(self._done)
        outer.addLayout(footer)
        switch.changed.connect(self._show_status)
        self._show_status()

    @override
    def wanted_size(self, room: QSize) -> QSize:
        width = min(_WIDTH_PX, room.width())
        layout = self.layout()
        if layout is None:
            return QSize(width, room.height())
        rest = layout.minimumSize().height() - self._scroller.minimumSizeHint().height()
        height = rest + self._body.totalHeightForWidth(width)
        return QSize(width, min(height, room.height()))

    @override
    def focus_first(self) -> None:
        """Begin at the mode that is set."""
        (self._modes.checkedButton() or self._done).setFocus()

    def _build_body(self, layout: QVBoxLayout) -> None:
        self._scroller = scroller = QScrollArea()
        scroller.setWidgetResizable(True)
        scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content = Scrolled()
        scroller.setWidget(content)
        layout.addWidget(scroller, 1)
        self._body = column(content, margins=(24, 0, 24, 0), spacing=10)
        self._why = Note("warn")
        self._body.addWidget(self._why)
        self._build_modes(self._body)
        self._body.addWidget(line())
        self._build_postures(self._body)
        self._body.addStretch(1)

    def _build_modes(self, layout: QVBoxLayout) -> None:
        self._modes = QButtonGroup(self)
        for number, mode in enumerate(_MODES):
            name, meaning = words.mode_name(mode)
            button = QRadioButton(name)
            button.setAccessibleName(name)
            button.setAccessibleDescription(meaning)
            self._modes.addButton(button, number)
            held = column(spacing=0)
            held.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            caption = label(meaning, "caption", wrap=True)
            caption.setContentsMargins(_INDENT_PX, 0, 0, 0)
            held.addWidget(caption)
            layout.addLayout(held)
        self._modes.idClicked.connect(lambda number: self._switch.set_mode(_MODES[number]))

    def _build_postures(self, layout: QVBoxLayout) -> None:
        self._now = label(role="strong", wrap=True)
        self._sensor = label(role="caption", wrap=True)
        layout.addWidget(self._now)
        layout.addWidget(self._sensor)
        self._postures = QButtonGroup(self)
        tiles = row(spacing=8)
        for number, posture in enumerate(_POSTURES):
            self._add_tile(tiles, number, posture)
        layout.addLayout(tiles)
        self._postures.idClicked.connect(lambda number: self._switch.set_posture(_POSTURES[number]))

    def _add_tile(self, tiles: QHBoxLayout, number: int, posture: Posture | None) -> None:
        if posture is None:
            tile = TileButton(Glyph.SENSOR, self.tr("Sensor"))
            tile.setAccessibleName(self.tr("Follow the sensor"))
        else:
            tile = TileButton(words.POSTURE_GLYPHS[posture], words.posture_name(posture))
            name = self.tr("Simulate: %1").replace("%1", words.posture_name(posture))
            tile.setAccessibleName(name)
        self._postures.addButton(tile, number)
        tiles.addWidget(tile, 1)

    def _show_status(self) -> None:
        status = self._switch.status
        for group in (self._modes, self._postures):
            for button in group.buttons():
                button.setEnabled(status is not None)
        if status is None:
            self._why.hide()
            return
        self._modes.button(_MODES.index(status.mode)).setChecked(True)
        self._postures.button(_POSTURES.index(status.simulated)).setChecked(True)
        self._show_why(status)
        now = self.tr("Posture now: %1 (%2)").replace("%1", words.posture_name(status.posture))
        self._now.setText(now.replace("%2", words.source_name(status)))
        note = status.sensor_note
        text = " ".join((sentence(note.message), sentence(note.remedy))).strip() if note else ""
        if not text and not status.sensor:
            text = sentence("No tablet sensor on this computer.")
        self._sensor.setText(text)
        self._sensor.setVisible(bool(text))
        self.resized.emit()

    def _show_why(self, status: GateStatus) -> None:
        causes = [refusal(reason.message) for reason in status.reasons]
        remedies = dict.fromkeys(sentence(reason.remedy) for reason in status.reasons)
        self._why.setVisible(bool(causes))
        self._why.say("warn", " ".join(causes), " ".join(remedies))


class TileButton(Button):
    """One of a few choices beside each other: an icon above a word."""

    def __init__(self, glyph: Glyph, text: str) -> None:
        super().__init__("", "tile", name=text)
        self.setToolTip("")
        self.setCheckable(True)
        self.setMinimumWidth(64)
        layout = column(self, margins=(4, 10, 4, 8), spacing=4)
        sign = GlyphLabel(glyph, "text", 26)
        name = label(text, "caption", wrap=True)
        name.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(sign, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(name, 1)
        for child in (sign, name):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
