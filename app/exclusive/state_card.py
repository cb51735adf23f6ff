"""What is said over the last picture of a machine that takes no input."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.exclusive.notes import label
from app.exclusive.overlay import Button, OverlayColors, Panel, Spinner
from app.vm.gate import GATE, GateStatus, PcMode
from app.vm.posture import Posture
from app.vm.space_guard import DISK_FULL
from app.vm.state import VmState

_WIDTH_PX = 380


class Step(Enum):
    """What a button of the card does."""

    RESUME = auto()
    START = auto()
    RECONNECT = auto()
    CONTINUE = auto()
    """Open the gate; what it has paused goes on."""
    KEEP_PAUSED = auto()
    OPEN_AND_RESUME = auto()
    OPEN_AND_START = auto()


@dataclass(frozen=True, slots=True)
class CardText:
    """What a card says, in English; without a step there is nothing that the person can do.

    `%1` stands for the machine's name.
    """

    title: object  # the stub of QT_TRANSLATE_NOOP says no more than that
    text: object = ""
    step: Step | None = None
    button: object = ""
    spins: bool = False
    other_step: Step | None = None
    other_button: object = ""


_STARTING = CardText(QT_TRANSLATE_NOOP("StateCard", "Starting…"), spins=True)
_CARDS = {
    VmState.CREATE: _STARTING,
    VmState.STARTING: _STARTING,
    VmState.PAUSING: CardText(QT_TRANSLATE_NOOP("StateCard", "Pausing…"), spins=True),
    VmState.PAUSED: CardText(
        QT_TRANSLATE_NOOP("StateCard", "Paused"),
        QT_TRANSLATE_NOOP("StateCard", "The machine stands still and uses no processor time."),
        Step.RESUME,
        QT_TRANSLATE_NOOP("StateCard", "Resume"),
    ),
    VmState.RESUMING: CardText(QT_TRANSLATE_NOOP("StateCard", "Resuming…"), spins=True),
    VmState.SNAPSHOTTING: CardText(
        QT_TRANSLATE_NOOP("StateCard", "Working on a snapshot…"), spins=True
    ),
    VmState.UPDATE: CardText(
        QT_TRANSLATE_NOOP("StateCard", "The disk is being worked on…"), spins=True
    ),
    VmState.STOPPED: CardText(
        QT_TRANSLATE_NOOP("StateCard", "The machine has been switched off"),
        "",
        Step.START,
        QT_TRANSLATE_NOOP("StateCard", "Start"),
    ),
    VmState.ERROR: CardText(
        QT_TRANSLATE_NOOP("StateCard", "The machine ended unexpectedly"),
        QT_TRANSLATE_NOOP("StateCard", "Its disk is as it was at that moment."),
        Step.START,
        QT_TRANSLATE_NOOP("StateCard", "Start again"),
    ),
    VmState.UNAVAILABLE: CardText(
        QT_TRANSLATE_NOOP("StateCard", "The machine's files are missing or damaged"),
        QT_TRANSLATE_NOOP("StateCard", "The main window says more."),
    ),
    VmState.DESTROY: CardText(QT_TRANSLATE_NOOP("StateCard", "The machine has been deleted")),
}
_CARDS[VmState.AVAILABLE] = _CARDS[VmState.STOPPED]

_LOST = CardText(
    QT_TRANSLATE_NOOP("StateCard", "The picture's connection was lost"),
    QT_TRANSLATE_NOOP("StateCard", "The machine itself may go on running."),
    Step.RECONNECT,
    QT_TRANSLATE_NOOP("StateCard", "Connect again"),
)

_DISK_FULL = CardText(
    QT_TRANSLATE_NOOP("StateCard", "This computer's disk is full. %1 was paused."),
    QT_TRANSLATE_NOOP("StateCard", "Make room, then let it go on. Nothing is lost."),
    Step.RESUME,
    QT_TRANSLATE_NOOP("StateCard", "Resume"),
)

_DETACHED = CardText(
    QT_TRANSLATE_NOOP("StateCard", "Keyboard detached. %1 was paused."),
    QT_TRANSLATE_NOOP("StateCard", "It goes on by itself when the keyboard is back."),
    Step.CONTINUE,
    QT_TRANSLATE_NOOP("StateCard", "Continue anyway"),
    other_step=Step.KEEP_PAUSED,
    other_button=QT_TRANSLATE_NOOP("StateCard", "Keep paused"),
)
_FOLDED = replace(
    _DETACHED,
    title=QT_TRANSLATE_NOOP("StateCard", "The computer is folded. %1 was paused."),
    text=QT_TRANSLATE_NOOP("StateCard", "It goes on by itself when the computer stands again."),
)
_MODE_OFF = replace(
    _DETACHED,
    title=QT_TRANSLATE_NOOP("StateCard", "PC mode is off. %1 was paused."),
    text=QT_TRANSLATE_NOOP("StateCard", "It goes on by itself when PC mode is on again."),
    button=QT_TRANSLATE_NOOP("StateCard", "Turn on"),
)
_NOT_NOW = QT_TRANSLATE_NOOP(
    "StateCard", "PC mode is off. Machines need a keyboard and an upright screen."
)
_BEHIND_GATE = {
    Step.START: (Step.OPEN_AND_START, QT_TRANSLATE_NOOP("StateCard", "Turn on and start")),
    Step.RESUME: (Step.OPEN_AND_RESUME, QT_TRANSLATE_NOOP("StateCard", "Turn on and resume")),
}


def card_for(state: VmState, reason: str, gate: GateStatus, *, lost: bool) -> CardText | None:
    """The card for a machine in this state; None when its picture speaks for itself.

    A machine that is shutting down has none: its system may be asking whether to save something.
    """
    if lost and state.has_process:
        return _LOST
    if state is VmState.PAUSED and reason == DISK_FULL and gate.open:
        return _DISK_FULL
    card = _CARDS.get(state)
    if card is None or gate.open:
        return card
    if state is VmState.PAUSED and reason == GATE:
        return _paused_by(gate)
    if card.step not in _BEHIND_GATE:
        return card
    step, button = _BEHIND_GATE[card.step]
    return replace(card, text=_NOT_NOW, step=step, button=button)


def gate_title(gate: GateStatus) -> str:
    """What keeps machines from being worked with, while theirs still runs."""
    translate = QCoreApplication.translate
    if gate.mode is PcMode.OFF:
        return translate("StateCard", "PC mode is off.")
    if gate.posture is Posture.FOLDED:
        return translate("StateCard", "The computer is folded.")
    return translate("StateCard", "Keyboard detached.")


def _paused_by(gate: GateStatus) -> CardText:
    if gate.mode is PcMode.OFF:
        return _MODE_OFF
    return _FOLDED if gate.posture is Posture.FOLDED else _DETACHED


class Scrim(QWidget):
    """Dims the last picture; the pointer goes through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._color = QColor()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_color(self, color: str) -> None:
        """Dim with this colour."""
        self._color = QColor(color)
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._color)
        painter.end()


class StateCard(Panel):
    """Dims the whole picture and says in its middle what the machine does."""

    chosen = Signal(Step)
    """One of the card's buttons was pressed."""

    def __init__(self, parent: QWidget, *, still: bool) -> None:
        super().__init__("card", parent)
        self._scrim = Scrim(parent)
        self._scrim.stackUnder(self)
        self._shown: tuple[CardText, str, str] | None = None
        self._spinner = Spinner(still=still)
        self._title = label(role="heading", wrap=True)
        self._text = label(role="body2", wrap=True)
        self._button, self._other = Button(kind="primary"), Button()
        for button in (self._button, self._other):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._button.clicked.connect(self._press)
        self._other.clicked.connect(self._press_other)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 26, 28, 26)
        column.setSpacing(10)
        column.addWidget(self._spinner, alignment=Qt.AlignmentFlag.AlignHCenter)
        for text in (self._title, self._text):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(text)
        column.addSpacing(6)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addStretch(1)
        buttons.addWidget(self._other)
        buttons.addWidget(self._button)
        buttons.addStretch(1)
        column.addLayout(buttons)

    @override
    def dress(self, colors: OverlayColors) -> None:
        super().dress(colors)
        self._scrim.set_color(colors.scrim)
        self._spinner.set_color(colors.brand)

    def settle(self) -> None:
        """Take the middle of the window, and dim all of it."""
        area = self.host.rect()
        self._scrim.setGeometry(area)
        self.shrink(max(_WIDTH_PX, self.minimumSizeHint().width()))
        self.move((area.width() - self.width()) // 2, (area.height() - self.height()) // 2)

    def say(self, card: CardText | None, *, name: str = "", detail: str = "") -> None:
        """Show this card, or none.

        Args:
            card: which one.
            name: the machine's.
            detail: a sentence already in the person's language, in the place of the card's text.
        """
        if card is None:
            self._shown = None
            self.hide()
            self._scrim.hide()
            return
        if self._shown == (card, name, detail):
            return
        self._shown = (card, name, detail)
        title = _tr(card.title).replace("%1", name)
        self._title.setText(title)
        self._text.setText(detail or _tr(card.text))
        self._text.setVisible(bool(self._text.text()))
        self._name_button(self._button, card.button, card.step)
        self._name_button(self._other, card.other_button, card.other_step)
        self._spinner.setVisible(card.spins)
        self.setAccessibleName(f"{title} {self._text.text()}".strip())
        # The button does not take the focus: who was typing must not start a machine by accident.
        self._scrim.show()
        self.show()
        self.settle()

    def _name_button(self, button: Button, english: object, step: Step | None) -> None:
        text = _tr(english)
        button.setText(text)
        button.setAccessibleName(text)
        button.setVisible(step is not None)

    def _press(self) -> None:
        if self._shown is not None and self._shown[0].step is not None:
            self.chosen.emit(self._shown[0].step)

    def _press_other(self) -> None:
        if self._shown is not None and self._shown[0].other_step is not None:
            self.chosen.emit(self._shown[0].other_step)


def _tr(english: object) -> str:
    return QCoreApplication.translate("StateCard", str(english)) if english else ""
