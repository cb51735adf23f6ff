"""The chain of what happens around a machine that has keyboard and pointer (LockGuest).

Taken when the guest is given the keyboard, undone in reverse on every way out:

    always           auto-repeat, lock lights
    exclusive mode   all keys, sleep held off, screen lock held off, idle watch
    then             the picture comes at its full rate (`Attention`)

Each link is an object with a lifetime. One that fails is said and left out; the others go on, on
the way in and on the way out: a service that is missing must not cost anybody their keyboard.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Protocol

from app.exclusive.capture import Answer, Capture, HandedBack
from app.exclusive.verdicts import HandBack

_log = logging.getLogger(__name__)


class Attention(StrEnum):
    """How much of a machine the person sees; what the engine may save follows from it.

    Attributes:
        FOREGROUND: the person works in it, or has at least its window in front.
        BACKGROUND: it is in sight while another window has the focus.
        HIDDEN: nothing of it is in sight.
    """

    FOREGROUND = "foreground"
    BACKGROUND = "background"
    HIDDEN = "hidden"


class Link(Protocol):
    """One thing that is held while the guest has the keyboard; never blocks."""

    def start(self) -> None:
        """Take it; of one that is taken, look anew."""

    def stop(self) -> None:
        """Give it back; at any time, any number of times."""


@dataclass(frozen=True, slots=True)
class NamedLink:
    """A link and what it is called in the log."""

    name: str
    link: Link


class ChainCapture:
    """The chain in the place of the capture that an `InputController` commands.

    Args:
        lock: the chain.
        is_holding: whether the guest has the keyboard; it decides what the end of a capture means.
    """

    def __init__(self, lock: LockGuest, is_holding: Callable[[], bool]) -> None:
        self._lock, self._is_holding = lock, is_holding

    @property
    def refusal(self) -> str:
        """Why some keys stay with this computer."""
        return self._lock.refusal

    @property
    def hands_back(self) -> bool:
        """Whether single keys can be handed back to the desktop."""
        return self._lock.capture.hands_back

    @property
    def has_focus(self) -> bool:
        """Whether keys are the window's as soon as nobody holds the keyboard."""
        return self._lock.capture.has_focus

    def hand_back(self, key: HandBack, done: HandedBack) -> None:
        """Let the desktop have a key, and all that follows until it is up."""
        self._lock.capture.hand_back(key, done)

    def start(self, answer: Answer) -> None:
        """The guest has all of the keyboard."""
        self._lock.enter(answer)

    def stop(self) -> None:
        """It has it no longer, or only what an ordinary window gets."""
        if self._is_holding():
            self._lock.leave_exclusive()
        else:
            self._lock.leave()


class LockGuest:
    """Owns the chain of one window; of the window's thread.

    Args:
        capture: how this desktop gives all keys.
        always: held whenever the guest has the keyboard, in this order.
        exclusive: held after the capture, in exclusive mode only, in this order.
        attend: told how much of the machine is seen, each time that changes.
        failed: told the name of a link that failed; nothing else is to be done about it.
    """

    def __init__(
        self,
        capture: Capture,
        *,
        always: Sequence[NamedLink] = (),
        exclusive: Sequence[NamedLink] = (),
        attend: Callable[[Attention], None] = lambda _attention: None,
        failed: Callable[[str], None] = lambda _name: None,
    ) -> None:
        self.capture = capture
        self._always, self._exclusive = tuple(always), tuple(exclusive)
        self._attend, self._failed = attend, failed
        self._taken: list[tuple[str, Callable[[], None]]] = []  # how to undo, in order of taking
        self._outer = 0  # so many of them are not of exclusive mode
        self._is_entered = self._is_exclusive = False
        self._visible = self._active = False
        self._attention: Attention | None = None

    @property
    def refusal(self) -> str:
        """Why some keys stay with this computer when the capture's answer was no."""
        return self.capture.refusal

    @property
    def is_entered(self) -> bool:
        """Whether the guest has the keyboard."""
        return self._is_entered

    @property
    def is_exclusive(self) -> bool:
        """Whether the part of exclusive mode is taken, too."""
        return self._is_exclusive

    def enter(self, answer: Answer | None = None) -> None:
        """The guest has the keyboard; of a chain that is taken, add what is missing.

        Args:
            answer: for exclusive mode: told what becomes of the wish for all keys. Without it
                nothing of exclusive mode is taken, and what is taken of it stays.
        """
        self._is_entered = True
        self._take_always()
        if answer is not None and self._is_entered:
            self._take_exclusive(answer)
        self._tell()

    def leave_exclusive(self) -> None:
        """The guest keeps the keyboard, the desktop gets its shortcuts back."""
        self._is_exclusive = False
        self._undo(self._outer)

    def leave(self) -> None:
        """The guest has the keyboard no longer: undo everything, last things first."""
        self._is_entered = self._is_exclusive = False
        self._tell()
        self._undo(0)
        self._outer = 0

    def shown(self, *, visible: bool, active: bool) -> None:
        """The window came on the screen or left it, or the focus came or went."""
        self._visible, self._active = visible, active
        self._tell()

    def _take_always(self) -> None:
        if self._outer:  # a second hand-over: the links look anew, what undoes them is known
            for named in self._always:
                self._safely(named.name, named.link.start)
            return
        for named in self._always:
            if not self._is_entered:  # what a link did has ended it already
                return
            self._take(named.name, named.link.start, named.link.stop)
            self._outer = len(self._taken)

    def _take_exclusive(self, answer: Answer) -> None:
        if self._is_exclusive:
            self._safely("capture", partial(self.capture.start, answer))
            return
        self._is_exclusive = True
        self._take("capture", partial(self.capture.start, answer), self.capture.stop)
        for named in self._exclusive:
            if not self._is_exclusive:  # the desktop's answer has ended it already
                return
            self._take(named.name, named.link.start, named.link.stop)

    def _take(self, name: str, start: Callable[[], None], stop: Callable[[], None]) -> None:
        """Take one link. What undoes it is known first: it may be needed during `start`."""
        self._taken.append((name, stop))
        self._safely(name, start)

    def _undo(self, down_to: int) -> None:
        while len(self._taken) > down_to:
            name, stop = self._taken.pop()
            self._safely(name, stop)

    def _safely(self, name: str, step: Callable[[], None]) -> None:
        try:
            step()
        except Exception:  # noqa: BLE001 - see above: whatever it is, the rest has to go on
            _log.exception("%s failed; the rest goes on", name)
            self._failed(name)

    def _tell(self) -> None:
        if self._is_entered or (self._visible and self._active):
            attention = Attention.FOREGROUND
        else:
            attention = Attention.BACKGROUND if self._visible else Attention.HIDDEN
        if attention is self._attention:
            return
        self._attention = attention
        self._safely("attention", partial(self._attend, attention))
