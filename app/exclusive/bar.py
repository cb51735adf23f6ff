"""The bar at the top edge of the guest's picture, and the panel of key combinations below it."""

from __future__ import annotations

from PySide6.QtCore import (
    QEasingCurve,
    QEvent,
    QPoint,
    QPropertyAnimation,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QWidget
from typing_extensions import override

from app.exclusive import icons
from app.exclusive.keys import COMBINATIONS
from app.exclusive.notes import label
from app.exclusive.overlay import Button, Dot, OverlayColors, Panel, Shadow
from app.vm.state import Action, VmState, allowed

_TOP_PX = 10
_GAP_PX = 8
_SLIDE_MS = 200
_LINGER_MS = 1500
_RADIUS_PX = 16
_NAME_PX = 220
_LEAST_NAME_PX = 40
_COLUMNS = 4


class SendKeys(Panel):
    """Combinations that the desktop or this window may keep for themselves.

    It is a part of the window, not a menu: a menu would take the keyboard from the guest.
    """

    sent = Signal(tuple)
    """The numbers of the keys of the chosen combination."""
    typeClicked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__("bar", parent)
        self._shadow = Shadow(self, _RADIUS_PX)
        self.buttons: list[Button] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(10, 10, 10, 10)
        grid.setSpacing(6)
        for index, combination in enumerate(COMBINATIONS):
            button = Button(combination.text, kind="keys")
            button.setAccessibleName(self.tr("Send %1").replace("%1", combination.text))
            button.clicked.connect(lambda _=False, keys=combination.numbers: self.sent.emit(keys))
            grid.addWidget(button, index // _COLUMNS, index % _COLUMNS)
            self.buttons.append(button)
        self.type = Button(kind="keys")
        self._say_type()
        self.type.clicked.connect(self.typeClicked)
        self.buttons.append(self.type)
        grid.addWidget(self.type, grid.rowCount(), 0, 1, _COLUMNS)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._say_type()
        super().changeEvent(event)

    def _say_type(self) -> None:
        self.type.setText(self.tr("Type clipboard text"))
        self.type.setAccessibleName(self.type.text())


class Bar(Panel):
    """The machine's name and state, and what can be done; slides down, goes away by itself."""

    pauseClicked = Signal()
    resumeClicked = Signal()
    modeClicked = Signal()
    releaseClicked = Signal()
    handOverClicked = Signal()
    sendKeys = Signal(tuple)
    """Key numbers to be pressed one after the other."""
    typeClipboard = Signal()
    screenClicked = Signal()
    actualClicked = Signal(bool)
    """Whether a picture larger than the window is shown pixel by pixel."""

    def __init__(self, parent: QWidget, *, still: bool) -> None:
        super().__init__("bar", parent)
        self._shadow = Shadow(self, _RADIUS_PX)
        self._colors: OverlayColors | None = None
        self._holding = False
        self._exclusive = False
        self._machine = ""
        self._state = VmState.STOPPED
        self._live = False
        self._gate_open = True
        self._dot = Dot()
        self._name = label(role="strong")
        self._word = label(role="caption")
        self._pause = Button(kind="icon")
        self._keys = Button(kind="icon")
        self._warn = Button(kind="icon")
        self._mode = Button(kind="icon")
        self._actual = Button(kind="icon")
        self._screen = Button(kind="icon")
        self._pin = Button(kind="icon")
        self._hand = Button(kind="primary")
        self.panel = SendKeys(parent)
        self._arrange()
        self._connect()
        self._linger = QTimer(self, singleShot=True)
        self._linger.timeout.connect(self._leave)
        self._slide = QPropertyAnimation(self, b"pos", self)
        self._slide.setDuration(0 if still else _SLIDE_MS)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._slide.finished.connect(self._slid)
        self._opening = False

    @property
    def is_open(self) -> bool:
        """Whether it is on the screen, or on its way."""
        return self._opening

    # Contents.

    @override
    def dress(self, colors: OverlayColors) -> None:
        super().dress(colors)
        self._colors = colors
        self.panel.dress(colors)
        self._refresh()

    def set_machine(self, name: str, state: VmState, *, live: bool, gate_open: bool) -> None:
        """Show this machine in this state.

        Args:
            name: its name.
            state: its state.
            live: it takes input.
            gate_open: machines may be worked with now.
        """
        self._machine, self._state, self._live = name, state, live and gate_open
        self._gate_open = gate_open
        self._refresh()

    def set_holding(self, holding: bool) -> None:
        """Say who has the keyboard: the bar's own buttons can have it while the guest has not."""
        self._holding = holding
        policy = Qt.FocusPolicy.NoFocus if holding else Qt.FocusPolicy.TabFocus
        for button in (*self._buttons(), *self.panel.buttons):
            button.setFocusPolicy(policy)
        self._refresh()

    def set_exclusive(self, exclusive: bool) -> None:
        """Offer the way to the other mode."""
        self._exclusive = exclusive
        self._refresh()

    def set_refusal(self, text: str) -> None:
        """Keep saying, by a sign, that some keys stay with this computer; empty when none do."""
        self._warn.setVisible(bool(text))
        self._warn.name(text)
        self.settle()

    # Coming and going.

    def open(self, *, linger_ms: int = _LINGER_MS) -> None:
        """Slide down; go away after `linger_ms` unless the pointer comes onto it."""
        self._linger.start(linger_ms)
        if self._opening:
            return
        self._opening = True
        self.settle()
        self.move(self._place(out=True))
        self.show()
        self.raise_()
        self._slide_to(self._place(out=False))

    def close_soon(self) -> None:
        """Go away as soon as the pointer does, if it is not on it already."""
        self._linger.start(_LINGER_MS)

    def settle(self) -> None:
        """Take the right size and place in the window."""
        self._fit()
        if self._slide.state() != QPropertyAnimation.State.Running:
            self.move(self._place(out=not self._opening))
        self.panel.adjustSize()
        self.panel.move(
            (self.host.width() - self.panel.width()) // 2,
            _TOP_PX + self.height() + _GAP_PX,
        )

    def _fit(self) -> None:
        """Give up the state's word, then the end of the name, where the window is narrow."""
        room = self.host.width() - 2 * _TOP_PX
        self._set_name(_NAME_PX)
        self._word.setText(self._state_word())
        self._word.setVisible(bool(self._word.text()))
        self.shrink()
        if self.width() > room:
            self._word.hide()
            self.shrink()
        if self.width() > room:
            self._set_name(max(_LEAST_NAME_PX, self._name.width() - self.width() + room))
            self.shrink()

    def _set_name(self, width: int) -> None:
        mode = Qt.TextElideMode.ElideRight
        shown = self._name.fontMetrics().elidedText(self._machine, mode, width)
        self._name.setText(shown)
        self._name.setToolTip(self._machine if shown != self._machine else "")

    def _place(self, *, out: bool) -> QPoint:
        x = (self.host.width() - self.width()) // 2
        return QPoint(x, -self.height() - 2 * _TOP_PX if out else _TOP_PX)

    def _slide_to(self, place: QPoint) -> None:
        self._slide.stop()
        self._slide.setStartValue(self.pos())
        self._slide.setEndValue(place)
        self._slide.start()

    def _leave(self) -> None:
        if self._pin.isChecked():
            return
        if self._is_in_use():
            self._linger.start(_LINGER_MS)
            return
        self._opening = False
        self._keys.setChecked(False)
        self._slide_to(self._place(out=True))

    def _is_in_use(self) -> bool:
        focus = self.window().focusWidget()
        has_focus = focus in {*self._buttons(), *self.panel.buttons}
        under = self.underMouse() or self.panel.underMouse()
        return under or (has_focus and not self._holding)

    def offer_actual(self, offered: bool) -> None:
        """The picture is larger than the window, or not: only then there is a choice."""
        if self._actual.isHidden() == offered:
            self._actual.setVisible(offered)
            self.settle()

    def offer_screen(self, offered: bool) -> None:
        """One more screen can be plugged into the machine, or not."""
        if self._screen.isHidden() == offered:
            self._screen.setVisible(offered)
            self.settle()

    def hide_pause(self) -> None:
        """What is shown cannot be paused from here."""
        self._pause.hide()

    def _slid(self) -> None:
        if not self._opening:
            self.hide()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._refresh()
        super().changeEvent(event)

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        self._linger.stop()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._linger.start(_LINGER_MS)

    # Inside.

    def _buttons(self) -> tuple[Button, ...]:
        return (
            self._pause, self._keys, self._warn, self._mode, self._screen, self._actual, self._pin,
            self._hand,
        )  # fmt: skip

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(11, 6, 10, 6)
        row.setSpacing(2)
        row.addWidget(self._dot)
        row.addSpacing(6)
        row.addWidget(self._name)
        row.addSpacing(4)
        row.addWidget(self._word)
        row.addSpacing(6)
        small = (
            self._pause, self._keys, self._mode, self._screen, self._actual, self._pin, self._warn,
        )  # fmt: skip
        for button in small:
            button.setFixedSize(40, 36)
            row.addWidget(button)
        row.addSpacing(6)
        row.addWidget(self._hand)
        self._hand.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        for button in (self._warn, self._actual, self._screen):
            button.hide()
        for button in (self._keys, self._actual, self._pin):
            button.setCheckable(True)

    def _connect(self) -> None:
        self._pause.clicked.connect(self._toggle_pause)
        self._mode.clicked.connect(self.modeClicked)
        self._screen.clicked.connect(self.screenClicked)
        self._hand.clicked.connect(self._toggle_hand)
        self._keys.toggled.connect(self._show_panel)
        self._actual.toggled.connect(self.actualClicked)
        self._pin.toggled.connect(self.close_soon)
        self.panel.sent.connect(self._send)
        self.panel.typeClicked.connect(self._type)

    def _toggle_pause(self) -> None:
        paused = Action.RESUME in allowed(self._state)
        (self.resumeClicked if paused else self.pauseClicked).emit()

    def _toggle_hand(self) -> None:
        (self.releaseClicked if self._holding else self.handOverClicked).emit()

    def _show_panel(self, shown: bool) -> None:
        self.panel.setVisible(shown)
        if shown:
            self.settle()
            self.panel.raise_()

    def _send(self, numbers: tuple[int, ...]) -> None:
        self._keys.setChecked(False)
        self.sendKeys.emit(numbers)

    def _type(self) -> None:
        self._keys.setChecked(False)
        self.typeClipboard.emit()

    def _refresh(self) -> None:
        if self._colors is None:
            return
        colors, actions = self._colors, allowed(self._state)
        self._dot.set_color(self._dot_color(colors))
        self._dot.setAccessibleName(self._state_word() or self.tr("Running"))
        self._dot.setToolTip(self._dot.accessibleName())
        paused = Action.RESUME in actions
        self._draw(self._pause, "play" if paused else "pause", colors.text)
        self._pause.name(self.tr("Resume") if paused else self.tr("Pause"))
        self._pause.setEnabled((paused and self._gate_open) or Action.PAUSE in actions)
        self._draw(self._keys, "keyboard", colors.text)
        self._keys.name(self.tr("Send keys"))
        self._keys.setEnabled(self._live)
        self._draw(self._mode, "shrink" if self._exclusive else "expand", colors.text)
        self._mode.name(self.tr("Window") if self._exclusive else self.tr("Exclusive mode"))
        self._mode.setEnabled(self._exclusive or self._gate_open)
        self._draw(self._screen, "screen", colors.text)
        self._screen.name(self.tr("One more screen"))
        self._draw(self._actual, "actual", colors.text)
        self._actual.name(self.tr("Actual size"))
        self._draw(self._pin, "pin", colors.text)
        self._pin.name(self.tr("Keep the bar open"))
        self._draw(self._warn, "warn", colors.warn)
        self._refresh_hand(colors)
        self.settle()

    def _refresh_hand(self, colors: OverlayColors) -> None:
        release, hand_over = self.tr("Release"), self.tr("Hand over")
        self._draw(self._hand, "lock" if self._holding else "keyboard", colors.on_brand)
        widths = []
        for text in (hand_over, release):
            self._hand.setText(text)
            widths.append(self._hand.sizeHint().width())
        self._hand.setText(release if self._holding else hand_over)
        self._hand.setFixedWidth(max(widths))  # nothing jumps when the words change
        self._hand.setAccessibleName(self._hand.text())
        self._hand.setEnabled(self._live)

    def _draw(self, button: Button, name: str, color: str) -> None:
        if self._colors is not None:
            button.setIcon(icons.icon(name, color, disabled=self._colors.text3))
            button.setIconSize(QSize(18, 18))

    def _dot_color(self, colors: OverlayColors) -> str:
        match self._state:
            case VmState.RUNNING | VmState.VIEWING:
                return colors.ok
            case VmState.PAUSED:
                return colors.warn
            case VmState.ERROR | VmState.UNAVAILABLE:
                return colors.bad
            case _:
                return colors.text3

    def _state_word(self) -> str:
        """Empty for a running machine, which is what everybody expects."""
        words = {
            VmState.CREATE: self.tr("Starting…"),
            VmState.STARTING: self.tr("Starting…"),
            VmState.PAUSING: self.tr("Pausing…"),
            VmState.PAUSED: self.tr("Paused"),
            VmState.RESUMING: self.tr("Starting…"),
            VmState.STOPPING: self.tr("Shutting down…"),
            VmState.SNAPSHOTTING: self.tr("Working on a snapshot…"),
            VmState.UPDATE: self.tr("Working on the disk…"),
            VmState.DESTROY: self.tr("Deleting…"),
            VmState.ERROR: self.tr("Problem"),
            VmState.UNAVAILABLE: self.tr("Files missing"),
            VmState.STOPPED: self.tr("Off"),
            VmState.AVAILABLE: self.tr("Off"),
        }
        return words.get(self._state, "")
