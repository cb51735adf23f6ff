"""The look of everything that floats over the guest: colours, sheet, and the small widgets."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from string import Template

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget
from typing_extensions import override

from app.exclusive import icons

_SHADOW_PX = 26
_SHADOW_DOWN_PX = 6
_SPIN_MS = 33


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlayColors:
    """The design's tokens that are needed here, written as style sheets want them.

    Attributes:
        raised: ground of the bar and of cards.
        line: hairline around them.
        text: body.
        text2: secondary text.
        text3: disabled text only.
        brand: ground of the primary button.
        on_brand: text on it.
        fill: ground of a button, translucent.
        tint: ground of a button that is on.
        ok: dot of a running machine.
        warn_tint: ground of a warning.
        scrim: over the last picture of a machine that stands still.
    """

    raised: str
    line: str
    text: str
    text2: str
    text3: str
    brand: str
    brand_hover: str
    brand_press: str
    on_brand: str
    fill: str
    fill2: str
    tint: str
    ok: str
    warn: str
    bad: str
    warn_tint: str
    scrim: str


DARK = OverlayColors(
    raised="#292D33",
    line="#33383F",
    text="#ECEDEF",
    text2="#ABB0B8",
    text3="#7B818A",
    brand="#246AF0",
    brand_hover="#3B7CF5",
    brand_press="#1A57CC",
    on_brand="#FFFFFF",
    fill="rgba(255,255,255,20)",
    fill2="rgba(255,255,255,36)",
    tint="#1B2C4D",
    ok="#5CC978",
    warn="#F0A04B",
    bad="#FF7A6B",
    warn_tint="#3A2A17",
    scrim="#99000000",
)
LIGHT = OverlayColors(
    raised="#FFFFFF",
    line="#DFE2E6",
    text="#17191C",
    text2="#585D65",
    text3="#868C95",
    brand="#0A59F7",
    brand_hover="#2C71F8",
    brand_press="#0848C8",
    on_brand="#FFFFFF",
    fill="rgba(16,28,48,18)",
    fill2="rgba(16,28,48,32)",
    tint="#E3EDFF",
    ok="#16723A",
    warn="#A54B05",
    bad="#C02A1D",
    warn_tint="#FDF0E0",
    scrim="#6E14161A",
)

_SHEET = Template("""
QFrame[kind="bar"], QFrame[kind="card"] {
    background: $raised; border: 1px solid $line; border-radius: 16px; }
QFrame[kind="hint"] { background: rgba(18,20,24,215); border: none; border-radius: 20px; }
QFrame[kind="note"] { background: $warn_tint; border: 1px solid $line; border-radius: 12px; }
QFrame[kind="line"] { background: $warn; border: none; }
QLabel { background: transparent; border: none; color: $text; font-size: 14px; }
QLabel[role="heading"] { font-size: 16px; font-weight: 600; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="caption"] { font-size: 12px; color: $text2; }
QLabel[role="body2"] { color: $text2; }
QFrame[kind="hint"] QLabel { color: #FFFFFF; }
QFrame[kind="hint"] QLabel[role="key"] { font-size: 12px; font-weight: 600;
    background: rgba(255,255,255,40); border-radius: 6px; padding: 3px 10px; }
QPushButton { min-height: 20px; padding: 7px 18px; border-radius: 17px; font-size: 14px;
    border: 1px solid transparent; background: $fill; color: $text; font-weight: 600; }
QPushButton:hover, QPushButton:pressed { background: $fill2; }
QPushButton:disabled { color: $text3; }
QPushButton[kbd="true"]:focus { border: 2px solid $brand; padding: 6px 17px; }
QPushButton[kind="primary"] { background: $brand; color: $on_brand; }
QPushButton[kind="primary"]:hover { background: $brand_hover; }
QPushButton[kind="primary"]:pressed { background: $brand_press; }
QPushButton[kind="primary"]:disabled { background: $fill; color: $text3; }
QPushButton[kind="primary"][kbd="true"]:focus { border: 2px solid $text; }
QPushButton[kind="icon"] { background: transparent; padding: 6px; min-width: 20px;
    border-radius: 10px; }
QPushButton[kind="icon"]:hover { background: $fill2; }
QPushButton[kind="icon"]:checked { background: $tint; }
QPushButton[kind="icon"][kbd="true"]:focus { border: 2px solid $brand; padding: 5px; }
QPushButton[kind="keys"] { padding: 6px 12px; border-radius: 12px; font-weight: 400; }
QPushButton[kind="keys"][kbd="true"]:focus { border: 2px solid $brand; padding: 5px 11px; }
""")


def sheet(colors: OverlayColors) -> str:
    """The style sheet for one floating part; never for the window, which is the guest's."""
    return _SHEET.substitute(asdict(colors))


def styled(widget: QWidget, **properties: str) -> None:
    """Set properties that the sheet asks for, and make them count at once."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class Panel(QFrame):
    """A floating part: its own ground, and a pointer that is the computer's."""

    def __init__(self, kind: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.host = parent
        self.setProperty("kind", kind)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.hide()

    def dress(self, colors: OverlayColors) -> None:
        """Take these colours."""
        self.setStyleSheet(sheet(colors))

    def shrink(self, width: int | None = None) -> None:
        """Take the size that the contents need; with a width, the height that follows from it."""
        layout = self.layout()
        if layout is None:
            return
        layout.activate()
        wide = self.sizeHint().width() if width is None else width
        high = layout.totalHeightForWidth(wide) if layout.hasHeightForWidth() else -1
        self.resize(wide, high if high >= 0 else self.sizeHint().height())


class Button(QPushButton):
    """A button of the overlay. Its ring shows only after the keyboard was used to reach it."""

    def __init__(self, text: str = "", *, kind: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        if kind:
            self.setProperty("kind", kind)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def name(self, text: str) -> None:
        """Name an icon for screen readers, and for everybody by a tool tip."""
        self.setAccessibleName(text)
        self.setToolTip(text)

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
            by_keyboard = event.type() == QEvent.Type.FocusIn and event.reason() in {  # type: ignore[attr-defined]
                Qt.FocusReason.TabFocusReason,
                Qt.FocusReason.BacktabFocusReason,
                Qt.FocusReason.ShortcutFocusReason,
            }
            styled(self, kbd="true" if by_keyboard else "false")
        return super().event(event)


class Glyph(QLabel):
    """An icon that is no button."""

    def __init__(self, name: str, size: int) -> None:
        super().__init__()
        self._name, self._size = name, size
        self.setFixedSize(size, size)

    def paint_with(self, color: str) -> None:
        """Draw it in this colour."""
        self.setPixmap(icons.pixmap(self._name, color, self._size))


class Dot(QWidget):
    """The machine's state as a colour; the word beside it says the same."""

    def __init__(self) -> None:
        super().__init__()
        self._color = QColor()
        self.setFixedSize(8, 8)

    def set_color(self, color: str) -> None:
        """Fill it with this colour."""
        self._color = QColor(color)
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._color)
        painter.drawEllipse(self.rect())
        painter.end()


class Spinner(QWidget):
    """Something is under way. It turns only while it is visible, and not with reduced motion."""

    def __init__(self, *, still: bool) -> None:
        super().__init__()
        self.setFixedSize(28, 28)
        self._color = QColor()
        self._angle = 0
        self._timer = QTimer(self, interval=_SPIN_MS)
        self._timer.timeout.connect(self._turn)
        self._still = still

    def set_color(self, color: str) -> None:
        """Draw it in this colour."""
        self._color = QColor(color)

    def _turn(self) -> None:
        self._angle = (self._angle - 12) % 360
        self.update()

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and not self._still:
            self._timer.start()
        elif event.type() == QEvent.Type.Hide:
            self._timer.stop()
        return super().event(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self._color, 2.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawArc(QRectF(3, 3, 22, 22), self._angle * 16, 270 * 16)
        painter.end()


class Shadow(QWidget):
    """The soft shadow of one panel, painted once for each size.

    A graphics effect would be worked out anew for every picture of the guest below it.
    """

    def __init__(self, panel: QWidget, radius: int) -> None:
        super().__init__(panel.parentWidget())
        self._panel, self._radius = panel, radius
        self._picture = QPixmap()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        panel.installEventFilter(self)
        self.hide()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.Move, QEvent.Type.Resize}:
            self.setGeometry(
                self._panel.geometry()
                .adjusted(-_SHADOW_PX, -_SHADOW_PX, _SHADOW_PX, _SHADOW_PX)
                .translated(0, _SHADOW_DOWN_PX)
            )
        elif event.type() == QEvent.Type.Show:
            self.stackUnder(self._panel)
            self.show()
        elif event.type() == QEvent.Type.Hide:
            self.hide()
        return False

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        if self._picture.deviceIndependentSize().toSize() != self.size():
            self._picture = self._draw(ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        painter.end()

    def _draw(self, ratio: float) -> QPixmap:
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for inset in range(2, _SHADOW_PX, 2):  # each ring darkens what lies within it
            painter.setBrush(QColor(0, 0, 0, 1 + 9 * inset**2 // _SHADOW_PX**2))
            corner = self._radius + _SHADOW_PX - inset
            painter.drawRoundedRect(
                QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), corner, corner
            )
        painter.end()
        return picture
