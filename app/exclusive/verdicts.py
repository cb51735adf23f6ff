"""What the key machine wants done, and why a guest lost its keyboard. No Qt, no I/O.

Key numbers are XT numbers, as in `app.vm.display.seam.Input`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.vm.display.seam import Button


class Reason(StrEnum):
    """Why the guest lost keyboard and pointer."""

    KEY = "key"
    CHORD = "chord"
    BUTTON = "button"
    EDGE = "edge"
    FOCUS = "focus"
    HIDDEN = "hidden"
    CLOSED = "closed"
    MACHINE = "machine"
    LOCKED = "locked"
    SLEEP = "sleep"
    POSTURE = "posture"
    QUESTION = "question"
    SILENT = "silent"


BY_PERSON = frozenset({Reason.KEY, Reason.CHORD, Reason.BUTTON, Reason.EDGE})
"""Ways in which the person took the keyboard back."""


@dataclass(frozen=True, slots=True)
class SendKey:
    """Tell the guest that a key went down or up."""

    number: int
    down: bool


@dataclass(frozen=True, slots=True)
class SendButton:
    """Tell the guest that a pointer button went down or up."""

    button: Button
    down: bool


@dataclass(frozen=True, slots=True)
class StartCapture:
    """Ask the desktop for all keys; the answer comes back by `Grab.capture_answered`."""


@dataclass(frozen=True, slots=True)
class StopCapture:
    """Give the desktop its keys back, or withdraw the question."""


@dataclass(frozen=True, slots=True)
class HandBack:
    """Let the desktop have this key, which goes down, and what follows until all keys are up.

    The answer comes back by `Grab.handed_back`.

    Attributes:
        code: of X11 (`QKeyEvent.nativeScanCode`).
        held: codes of the modifiers that were down with it.
    """

    code: int
    held: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LockPointer:
    """Hide the pointer and keep it in the picture; only its motion counts from now on."""


@dataclass(frozen=True, slots=True)
class UnlockPointer:
    """Let the pointer go."""


@dataclass(frozen=True, slots=True)
class Entered:
    """The guest has the keyboard now; say how to get it back."""


@dataclass(frozen=True, slots=True)
class Released:
    """The guest has it no longer."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Refused:
    """The desktop keeps some keys; say so."""


Verdict = (
    SendKey
    | SendButton
    | StartCapture
    | StopCapture
    | HandBack
    | LockPointer
    | UnlockPointer
    | Entered
    | Released
    | Refused
)
Verdicts = list[Verdict]
