"""What a window tells about machine, keyboard and pointer, over the picture."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.exclusive.connection import TAKES_INPUT
from app.exclusive.controller import InputController
from app.exclusive.floating import Floating
from app.exclusive.machine_view import HintMemory, MachineSession
from app.exclusive.state_card import card_for, gate_title
from app.exclusive.verdicts import BY_PERSON, Reason
from app.exclusive.view_options import ViewOptions
from app.vm.state import VmState

_SILENCE_MS = 8000
_BAR_AFTER_RELEASE_MS = 4000
_INTRODUCTION_MS = 4000

_HAS_PROBLEM = frozenset({VmState.ERROR, VmState.UNAVAILABLE, VmState.PAUSED})
_SAID_ELSEWHERE = frozenset({Reason.POSTURE, Reason.QUESTION})


class Commentary:
    """Says each thing once, in the place for it, and takes it away when it is not true any more.

    Attributes:
        options: the person's choices.
    """

    def __init__(
        self,
        session: MachineSession,
        controller: InputController,
        floating: Floating,
        hints: HintMemory,
        options: ViewOptions,
    ) -> None:
        self.options = options
        self._session, self._input = session, controller
        self._floating, self._bar, self._hints = floating, floating.bar, hints
        self._introduced = False  # the bar was seen once
        self._gate_said = False
        self._was_open = False  # this has to be said
        self._ended = False

    def end(self) -> None:
        """The window closes: nothing more is said about the keyboard."""
        self._ended = True

    def machine(self, *, live: bool, lost: str) -> None:
        """Follow its state.

        Args:
            live: it takes input.
            lost: why there is no connection to its picture; empty when nothing is wrong.
        """
        self._show_card(lost)
        self._show_gate(live=live)

    def _show_card(self, lost: str) -> None:
        session = self._session
        card = card_for(session.state, session.reason, session.gate, lost=bool(lost))
        problem = session.problem if session.state in _HAS_PROBLEM and not lost else lost
        self._floating.card.say(card, name=session.name, detail=session.in_words(problem))
        if card is None:
            return
        for part in (self._floating.toast, self._floating.line):
            part.hide()
        if self._is_exclusive:
            self._bar.open(linger_ms=_BAR_AFTER_RELEASE_MS)  # the way out, without a search

    def _show_gate(self, *, live: bool) -> None:
        """Say why a machine that runs gets no keys; one that stands still has a card for that."""
        gate = self._session.gate
        is_said, self._gate_said = self._gate_said, live and not gate.open
        if is_said and not self._gate_said:
            self._floating.note.hide()
        if not self._gate_said:
            return
        why = QCoreApplication.translate(
            "ExclusiveWindow", "Keyboard and pointer are yours. %1 is paused in a moment."
        )
        self._floating.warn(gate_title(gate), why.replace("%1", self._session.name), passes=False)

    def silent(self) -> None:
        """The machine has not answered for long."""
        self._bar.open(linger_ms=_SILENCE_MS)
        self._floating.say(
            QCoreApplication.translate("ExclusiveWindow", "The machine does not answer.")
        )

    def already_open(self) -> None:
        """Somebody has opened the window once more; said again when the keyboard is there."""
        self._was_open = True
        self._floating.say(
            QCoreApplication.translate("ExclusiveWindow", "Already open on this screen.")
        )

    def entered(self) -> None:
        """The machine has the keyboard."""
        for part in (self._floating.line, self._floating.toast, self._floating.note):
            part.hide()
        if self._was_open:
            self.already_open()
            self._was_open = False
        self._bar.set_refusal("")
        self._bar.set_holding(True)
        if self._introduced:
            self._bar.close_soon()
        else:
            self._introduced = True
            self._bar.open(linger_ms=_INTRODUCTION_MS)
        if self._is_exclusive:
            self.way_out()

    def released(self, reason: Reason) -> None:
        """The person has the keyboard again."""
        for part in (self._floating.hint, self._floating.note):
            part.hide()
        self._bar.set_holding(False)
        self._bar.set_refusal("")
        if reason is Reason.KEY and not self._hints.release_learned:
            self._hints.learn_release()
        if self._ended or self._session.state not in TAKES_INPUT or reason in _SAID_ELSEWHERE:
            return
        if self._is_exclusive or reason in BY_PERSON:
            self._floating.show_line()
        if reason in BY_PERSON:
            self._bar.open(linger_ms=_BAR_AFTER_RELEASE_MS)
            self._floating.say(
                QCoreApplication.translate(
                    "ExclusiveWindow", "Keyboard is back. Click the machine to hand it over again."
                )
            )

    def refused(self) -> None:
        """The desktop keeps some or all keys."""
        why = self._input.refusal
        self._bar.set_refusal(why)
        self._floating.warn(
            QCoreApplication.translate(
                "ExclusiveWindow", "Some shortcuts stay with this computer."
            ),
            why,
            passes=True,
        )

    def way_out(self) -> None:
        """How the person gets keyboard and pointer back."""
        self._floating.show_hint(
            self.options.release_key.label,
            self.options.release_chord.label,
            learned=self._hints.release_learned,
            by_key_only=self._input.grab.pointer_locked,
        )

    @property
    def _is_exclusive(self) -> bool:
        return self._input.grab.exclusive
