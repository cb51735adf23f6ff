"""A slider and a number field that show one amount, with the recommended range marked."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QValidator
from PySide6.QtWidgets import QFrame, QSlider, QSpinBox
from typing_extensions import override

from app.views import theme, words
from app.views.icons import Glyph
from app.views.widgets.labels import ElidedLabel, GlyphLabel, label
from app.views.widgets.layouts import column, row, set_look

_GIB = 1024
_HANDLE_PX = 22
_UNITS = (("gib", _GIB), ("gb", _GIB), ("g", _GIB), ("mib", 1), ("mb", 1), ("m", 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """An amount's limits.

    Attributes:
        least: the smallest that can be typed.
        most: the largest.
        step: of the slider.
        good_from: where the recommended range begins.
        good_to: where it ends.
    """

    least: int
    most: int
    step: int
    good_from: int
    good_to: int


class SizeBox(QSpinBox):
    """A number of MiB, typed and shown as ``512 MB``, ``1.5 GB`` or ``64 GB``."""

    @override
    def textFromValue(self, val: int) -> str:
        return words.size(val)

    @override
    def valueFromText(self, text: str) -> int:
        return parse_size(text) or self.value()

    @override
    def validate(self, input: str, pos: int) -> tuple[QValidator.State, str, int]:
        value = parse_size(input)
        if value is not None and self.minimum() <= value <= self.maximum():
            return QValidator.State.Acceptable, input, pos
        return QValidator.State.Intermediate, input, pos

    @override
    def fixup(self, input: str) -> str:
        value = parse_size(input)
        if value is None:
            return words.size(self.value())
        return words.size(min(max(value, self.minimum()), self.maximum()))


def parse_size(text: str) -> int | None:
    """MiB from ``8``, ``8 GB``, ``1,5 G``, ``512 MB``; without a unit GB. None for no size."""
    cleaned = text.strip().lower().replace(",", ".").replace("\u202f", "").replace("\u00a0", "")
    factor = _GIB
    for ending, value in _UNITS:
        if cleaned.endswith(ending):
            cleaned, factor = cleaned.removesuffix(ending), value
            break
    try:
        amount = float(cleaned)
    except ValueError:
        return None
    if not 0 < amount < 1e9:
        return None
    return max(1, round(amount * factor))


class BandSlider(QSlider):
    """A slider with the recommended range marked below its groove."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._good = (0, 0)
        self.setFixedHeight(32)

    def mark(self, good_from: int, good_to: int) -> None:
        """Mark this range, in the slider's own units."""
        self._good = (good_from, good_to)
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        span = self.maximum() - self.minimum()
        if span > 0 and self._good[1] > self._good[0]:
            room = self.width() - _HANDLE_PX
            left = _HANDLE_PX / 2 + room * (self._good[0] - self.minimum()) / span
            right = _HANDLE_PX / 2 + room * (self._good[1] - self.minimum()) / span
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("ok"))
            painter.drawRoundedRect(QRectF(left, self.height() - 4, right - left, 3), 1.5, 1.5)
            painter.end()
        super().paintEvent(event)


class AmountCard(QFrame):
    """One resource: icon, name, help, number field and slider.

    Signals:
        chosen: the person chose this amount.
    """

    chosen = Signal(int)

    def __init__(self, glyph: Glyph, name: str, *, is_size: bool) -> None:
        """Make one for a size in MiB, or for a plain number."""
        super().__init__()
        self.setProperty("kind", "card")
        self._range = Range(least=1, most=1, step=1, good_from=1, good_to=1)
        layout = column(self, margins=(16, 12, 16, 8), spacing=4)
        head = row(spacing=10)
        self._help = ElidedLabel(role="caption")
        self.box: QSpinBox = SizeBox() if is_size else QSpinBox()
        self.box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.box.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.box.setFixedWidth(112)
        self.box.setKeyboardTracking(False)
        self.box.setAccessibleName(name)
        self.slider = BandSlider()
        self.slider.setAccessibleName(name)
        head.addWidget(GlyphLabel(glyph, "brand_text", 20))
        head.addWidget(label(name, "strong"))
        head.addWidget(self._help, 1)
        head.addWidget(self.box)
        layout.addLayout(head)
        layout.addWidget(self.slider)
        self.box.valueChanged.connect(self._typed)
        self.slider.valueChanged.connect(self._slid)

    def show_range(self, limits: Range) -> None:
        """Take other limits; the value stays where it is possible."""
        self._range = limits
        step = limits.step
        with QSignalBlocker(self.box), QSignalBlocker(self.slider):
            self.box.setRange(limits.least, max(limits.most, limits.least))
            self.box.setSingleStep(step)
            self.slider.setRange(max(1, limits.least // step), max(1, limits.most // step))
            self.slider.setPageStep(max(1, (limits.most // step) // 8))
        self.slider.mark(limits.good_from // step, limits.good_to // step)

    def show_value(self, value: int, help_text: str, *, warns: bool) -> None:
        """Show an amount and what is to say about it."""
        with QSignalBlocker(self.box), QSignalBlocker(self.slider):
            self.box.setValue(value)
            self.slider.setValue(round(value / self._range.step))
        self._help.setText(help_text)
        set_look(self._help, tone="warn" if warns else "")
        self.box.setAccessibleDescription(help_text)
        self.slider.setAccessibleDescription(help_text)

    def _typed(self, value: int) -> None:
        self.chosen.emit(value)

    def _slid(self, position: int) -> None:
        value = position * self._range.step
        self.chosen.emit(min(max(value, self._range.least), self._range.most))
