"""A field for a combination of keys: press it to choose it, press it again to try it."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget
from typing_extensions import override

from app.views.widgets.labels import label
from app.views.widgets.layouts import column, set_look
from app.vm.display import keymap
from app.vm.display.chord import Chord, chord_of
from app.vm.display.keymap import Key

_WIDTH_PX = 200


class _Step(Enum):
    REST = auto()
    RECORDING = auto()
    TRYING = auto()


class ChordField(QWidget):
    """Shows a combination; a click, or Space, and the next one that is pressed takes its place.

    Afterwards it can be tried: the field says whether it was pressed.

    Signals:
        chosen: another combination, in the settings' words.
    """

    chosen = Signal(str)

    def __init__(self, name: str, chord: Chord) -> None:
        """Show `chord`; `name` is for screen readers."""
        super().__init__()
        self._chord = chord
        self._step = _Step.REST
        self._down: list[int] = []
        self._found: Chord | None = None
        self.button = _KeyButton(self)
        self.button.setAccessibleName(name)
        self.button.setMinimumWidth(_WIDTH_PX)
        self.button.clicked.connect(self.record)
        self.words = label("", "caption")
        self.words.setAlignment(Qt.AlignmentFlag.AlignRight)
        layout = column(self, spacing=4)
        layout.addWidget(self.button)
        layout.addWidget(self.words)
        self._say("")

    @property
    def chord(self) -> Chord:
        """The one that is chosen."""
        return self._chord

    @property
    def is_listening(self) -> bool:
        """Whether keys are for the field, so that they may do nothing else."""
        return self._step is not _Step.REST

    def record(self) -> None:
        """Take the next combination that is pressed."""
        self._step, self._down, self._found = _Step.RECORDING, [], None
        self._say(self.tr("Press the keys together. Esc keeps what is there."))

    def moved(self, number: int, *, down: bool) -> bool:
        """A key moved while the button has the focus; whether it was for us."""
        if self._step is _Step.REST:
            return False
        if down:
            return self._pressed(number)
        if number in self._down:
            self._down.remove(number)
        if self._found is not None and not self._down:
            self._end(self._found)
        return True

    def leave(self) -> None:
        """The focus goes elsewhere."""
        self._step, self._down = _Step.REST, []
        self._say("")

    def _pressed(self, number: int) -> bool:
        if number == Key.ESC and not self._down:
            self.leave()
            return True
        if number == Key.TAB and not self._down and self._step is _Step.TRYING:
            return False
        if number not in self._down:
            self._down.append(number)
        made = chord_of(self._down)
        if made is not None and made.key is not None:
            self._end(made)
        else:
            self._found = made  # when all are let go it is what was meant
        return True

    def _end(self, made: Chord) -> None:
        self._down, self._found = [], None
        if self._step is _Step.TRYING:
            is_it = made == self._chord
            self._say(self._outcome(is_it), "ok" if is_it else "bad")
            return
        self._step = _Step.TRYING
        self._chord = made
        self._say(self.tr("Try it now: press %1.").replace("%1", made.label))
        self.chosen.emit(str(made))

    def _outcome(self, is_it: bool) -> str:
        if is_it:
            return self.tr("That is it: the machine gives keyboard and pointer back.")
        return self.tr("That was another combination.")

    def _say(self, text: str, tone: str = "") -> None:
        recording = self._step is _Step.RECORDING
        self.button.setText(self.tr("Press keys…") if recording else self._chord.label)
        self.button.setAccessibleDescription(f"{self.button.text()}. {text}")
        self.words.setText(text)
        self.words.setVisible(bool(text))
        set_look(self.words, tone=tone)


class _KeyButton(QPushButton):
    """Gives its field the physical keys, before shortcuts and before a button's own."""

    def __init__(self, field: ChordField) -> None:
        super().__init__()
        self._field = field
        self._taken: set[int] = set()

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and self._handle(event):
            event.accept()
            return True
        return super().event(event)

    def _handle(self, event: QKeyEvent) -> bool:
        number = keymap.from_x11(event.nativeScanCode())
        if number is None or event.isAutoRepeat():
            return bool(self._taken)
        if event.type() == QEvent.Type.ShortcutOverride:
            return self._field.is_listening
        down = event.type() == QEvent.Type.KeyPress
        if not down and number not in self._taken:
            return False  # the Space that began it
        (self._taken.add if down else self._taken.discard)(number)
        is_ours = self._field.moved(number, down=down)
        if not is_ours:
            self._taken.discard(number)
        return is_ours

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._taken.clear()
        self._field.leave()
        super().focusOutEvent(event)
