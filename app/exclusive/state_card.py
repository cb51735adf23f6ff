"""What is said over the last picture of a machine that takes no input."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from app.exclusive.notes import label
from app.exclusive.overlay import Button, OverlayColors, Panel, Spinner
from app.vm.state import VmState

_WIDTH_PX = 380


class Step(Enum):
    """What the card's one button does."""

    RESUME = auto()
    START = auto()
    RECONNECT = auto()


@dataclass(frozen=True, slots=True)
class CardText:
    """What a card says, in English; without a step there is nothing that the person can do."""

    title: object  # the stub of QT_TRANSLATE_NOOP says no more than that
    text: object = ""
    step: Step | None = None
    button: object = ""
    spins: bool = False


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
        QT_TRANSLATE_NOOP("StateCard", "Taking a snapshot…"), spins=True
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


def card_for(state: VmState, *, lost: bool) -> CardText | None:
    """The card for a machine in this state; None when its picture speaks for itself.

    A machine that is shutting down has none: its system may be asking whether to save something.
    """
    if lost and state.has_process:
        return _LOST
    return _CARDS.get(state)


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
    """The card's button was pressed."""

    def __init__(self, parent: QWidget, *, still: bool) -> None:
        super().__init__("card", parent)
        self._scrim = Scrim(parent)
        self._scrim.stackUnder(self)
        self._shown: tuple[CardText, str] | None = None
        self._step: Step | None = None
        self._spinner = Spinner(still=still)
        self._title = label(role="heading", wrap=True)
        self._text = label(role="body2", wrap=True)
        self._button = Button(kind="primary")
        self._button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._button.clicked.connect(self._press)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 26, 28, 26)
        column.setSpacing(10)
        column.addWidget(self._spinner, alignment=Qt.AlignmentFlag.AlignHCenter)
        for text in (self._title, self._text):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(text)
        column.addSpacing(6)
        column.addWidget(self._button, alignment=Qt.AlignmentFlag.AlignHCenter)

    @override
    def dress(self, colors: OverlayColors) -> None:
        super().dress(colors)
        self._scrim.set_color(colors.scrim)
        self._spinner.set_color(colors.brand)

    def settle(self) -> None:
        """Take the middle of the window, and dim all of it."""
        area = self.host.rect()
        self._scrim.setGeometry(area)
        self.shrink(_WIDTH_PX)
        self.move((area.width() - self.width()) // 2, (area.height() - self.height()) // 2)

    def say(self, card: CardText | None, detail: str = "") -> None:
        """Show this card, or none; `detail` is a sentence already in the person's language."""
        if card is None:
            self._shown = None
            self.hide()
            self._scrim.hide()
            return
        if self._shown == (card, detail):
            return
        self._shown, self._step = (card, detail), card.step
        title, text, button = (_tr(words) for words in (card.title, card.text, card.button))
        self._title.setText(title)
        self._text.setText(detail or text)
        self._text.setVisible(bool(self._text.text()))
        self._button.setText(button)
        self._button.setAccessibleName(button)
        self._button.setVisible(card.step is not None)
        self._spinner.setVisible(card.spins)
        self.setAccessibleName(f"{title} {self._text.text()}".strip())
        # The button does not take the focus: who was typing must not start a machine by accident.
        self._scrim.show()
        self.show()
        self.settle()

    def _press(self) -> None:
        if self._step is not None:
            self.chosen.emit(self._step)


def _tr(english: object) -> str:
    return QCoreApplication.translate("StateCard", str(english)) if english else ""
