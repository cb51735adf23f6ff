"""Who has the keyboard and the pointer, and what the guest believes to be down. No Qt, no I/O.

Events come in as method calls, verdicts go out; whoever calls carries them out in their order.

The guest is given input while these hold at once: the person handed it over, the window has the
focus and is visible, no question lies over it, the machine runs, and machines may be worked with
(the gate: PC mode and posture). **After any sequence of events that ends otherwise,
the guest holds no key and no button, and nothing is captured** (property-tested). An engine never
lifts a key by itself, so every way out goes through `_end`.

The release key is held back when it is pressed alone. What follows decides: let go again, it was
the release key and the guest never hears of it; anything else pressed with it, it was a modifier
and goes to the guest first.

A key that the person keeps for this computer is handed back to the desktop, with all that follows
until the last key is up; meanwhile the guest hears of releases only.

Keys are XT numbers, as in `app.vm.display.seam.Input`.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum, auto

from app.exclusive.verdicts import (
    Entered,
    HandBack,
    LockPointer,
    Reason,
    Refused,
    Released,
    SendButton,
    SendKey,
    StartCapture,
    StopCapture,
    UnlockPointer,
    Verdicts,
)
from app.vm.display import keymap
from app.vm.display.chord import CTRL_ALT, Chord, Modifier
from app.vm.display.key_groups import KeyGroup, group_of
from app.vm.display.keymap import Key
from app.vm.display.seam import Button

# Without the right Alt: as AltGr it is no modifier that the toolkit reports.
_REPORTED = frozenset().union(*(modifier.numbers for modifier in Modifier)) - {Key.RIGHT_ALT}


class Capture(Enum):
    """What we know of the desktop's answer to our wish for all keys."""

    IDLE = auto()
    ASKED = auto()
    GRANTED = auto()
    REFUSED = auto()


class Grab:
    """Decides for one window. A new one has no focus, is not visible and its machine stands still.

    Args:
        release_key: the key that, tapped alone, gives everything back.
        chord: the combination that does so, too.
        kept: keys that stay with this computer. Captured ones are handed back to the desktop;
            where nothing is captured, the desktop had its turn before us.
        hands_back: whether captured keys can be handed back; where not, all are the guest's.

    Attributes:
        release_key, chord, kept: as above; the person may choose others at any time.
    """

    def __init__(
        self,
        release_key: int = Key.RIGHT_CTRL,
        chord: Chord = CTRL_ALT,
        *,
        kept: frozenset[KeyGroup] = frozenset(),
        hands_back: bool = False,
    ) -> None:
        self.release_key, self.chord, self.kept = release_key, chord, kept
        self._hands_back = hands_back
        self._lent = False
        self._wanted = self._focused = self._visible = self._live = self._closed = False
        self._gate_open, self._asked = True, False
        self._exclusive = False
        self._absolute = True
        self._holding = False
        self._pointer_locked = False
        self._capture = Capture.IDLE
        self._keys: list[int] = []
        self._buttons: list[Button] = []
        self._held_back = False
        self._chord_armed = False
        self._confirmed: set[int] = set()

    @property
    def holding(self) -> bool:
        """Whether the guest has the keyboard."""
        return self._holding

    @property
    def is_hindered(self) -> bool:
        """Whether only the focus is missing: the person wants it, and another program has it."""
        return self._may_but_for_focus() and not self._focused

    @property
    def takes_pointer(self) -> bool:
        """Whether pointer motion and wheel go to the guest now."""
        return self._holding and (self._absolute or self._pointer_locked)

    @property
    def pointer_locked(self) -> bool:
        """Whether the pointer is kept in the picture, for a guest that knows only motion."""
        return self._pointer_locked

    @property
    def exclusive(self) -> bool:
        """Whether the desktop's own shortcuts are wanted too."""
        return self._exclusive

    @property
    def capture(self) -> Capture:
        """What became of the wish for all keys."""
        return self._capture

    @property
    def is_lent(self) -> bool:
        """Whether the desktop has the keyboard for a moment, for a key that is kept."""
        return self._lent

    @property
    def keys_down(self) -> tuple[int, ...]:
        """Keys the guest believes to be down, in the order they went down."""
        return tuple(self._keys)

    @property
    def buttons_down(self) -> tuple[Button, ...]:
        """Pointer buttons the guest believes to be down."""
        return tuple(self._buttons)

    # What the world does.

    def focus(self, *, has: bool) -> Verdicts:
        """The window was given the keyboard focus, or lost it. The wish to hand over stays."""
        self._focused = has
        return self._settle(Reason.FOCUS)

    def shown(self, *, visible: bool) -> Verdicts:
        """The window came on the screen, or left it."""
        self._visible = visible
        return self._settle(Reason.HIDDEN)

    def machine(self, *, live: bool) -> Verdicts:
        """The machine takes input, or does not: it was paused, ended, or cannot be reached."""
        self._live = live
        return self._settle(Reason.MACHINE)

    def gate(self, *, is_open: bool) -> Verdicts:
        """Machines may be worked with, or may not; then only a new `hand_over` gives it back.

        While it is closed nothing can be handed over either: a click changes nothing.
        """
        self._gate_open = is_open
        self._wanted = self._wanted and is_open
        return self._settle(Reason.POSTURE)

    def question(self, *, is_open: bool) -> Verdicts:
        """The person is being asked something over the picture; afterwards it is as before."""
        self._asked = is_open
        return self._settle(Reason.QUESTION)

    def mode(self, *, exclusive: bool) -> Verdicts:
        """The window became exclusive, which captures all keys, or an ordinary one again."""
        if exclusive == self._exclusive:
            return []
        self._exclusive = exclusive
        if not self._holding:
            return []
        return [*self._ask_capture(), Entered()] if exclusive else self._drop_capture()

    def pointer_mode(self, *, absolute: bool) -> Verdicts:
        """The guest takes absolute positions, or only motion. Motion needs a click to begin."""
        self._absolute = absolute
        return self._unlock() if absolute else []

    def capture_answered(self, *, granted: bool) -> Verdicts:
        """The desktop answered `StartCapture`, or changed its mind.

        An answer that nobody waits for is handed back.
        """
        if self._capture is Capture.IDLE:
            return [StopCapture()] if granted else []
        was, self._capture = self._capture, Capture.GRANTED if granted else Capture.REFUSED
        if was is self._capture:
            return []
        if not granted:
            self._lent = False
            return [Refused()]
        return [Entered()] if was is Capture.REFUSED else []

    def handed_back(self, down: Collection[int]) -> Verdicts:
        """What `HandBack` asked for is over, and keys are captured again.

        Args:
            down: what is physically down now; whatever else the guest holds was let go meanwhile.
        """
        if not self._lent:
            return []
        self._lent = False
        gone = [number for number in reversed(self._keys) if number not in down]
        return [verdict for number in gone for verdict in self._lift(number)]

    # What the person decides.

    def hand_over(self) -> Verdicts:
        """Give keyboard and pointer to the guest as soon as everything else allows it."""
        self._wanted = self._gate_open
        return self._settle(Reason.FOCUS)

    def release(self, reason: Reason) -> Verdicts:
        """Take everything back; it stays so until the next `hand_over`."""
        self._wanted = False
        return self._settle(reason)

    def close(self) -> Verdicts:
        """The window goes away; nothing is given to the guest ever after."""
        self._closed = True
        return self._settle(Reason.CLOSED)

    # What comes from keyboard and pointer.

    def key(self, number: int, *, down: bool, repeat: bool = False) -> Verdicts:
        """A physical key moved. Repeats are dropped: the guest repeats by itself."""
        if repeat or not self._holding:
            return []
        return self._key_down(number) if down else self._key_up(number)

    def foreign_key(self, code: int) -> Verdicts:
        """A key went down that no guest knows, such as one for the brightness of the screen.

        Args:
            code: of X11.
        """
        return self._hand_back(code) if self._holding and self._hands_back else []

    def modifiers(self, *, active: bool) -> Verdicts:
        """An event says whether any of Shift, Ctrl, Alt and Super is held.

        A window manager that acts on a shortcut swallows the release of its modifier and sends no
        focus event. A modifier that was once seen to be held, and now is not, is lifted. One that
        was never seen so is left alone: the person may have made it another key.
        """
        if active:
            self._confirmed.update(self._modifiers_down())
            return []
        stale = [number for number in self._modifiers_down() if number in self._confirmed]
        self._confirmed.clear()
        if self.release_key in stale:
            self._held_back = False
        return [verdict for number in stale for verdict in self._lift(number)]

    def button(self, button: Button, *, down: bool) -> Verdicts:
        """A pointer button moved over the picture.

        The click that hands over, or that catches the pointer, is not the guest's.
        """
        if not down:
            return self._button_up(button)
        if not self._holding:
            return self.hand_over()
        if not self.takes_pointer:
            self._pointer_locked = True
            return [LockPointer()]
        verdicts = self.wheel()
        if button not in self._buttons:
            self._buttons.append(button)
            verdicts.append(SendButton(button, down=True))
        return verdicts

    def wheel(self) -> Verdicts:
        """The wheel turned, or a button follows: what was held back is a modifier, not a tap."""
        self._chord_armed = False
        return self._let_through() if self.takes_pointer else []

    def combination(self, numbers: tuple[int, ...]) -> Verdicts:
        """Press these keys one after the other and let them go: for the "send keys" panel.

        It needs no focus. What the guest holds is lifted first, so that it cannot mix with it.
        """
        if not self._live or not self._gate_open or self._closed:
            return []
        verdicts = self._lift_all()
        verdicts += [SendKey(number, down=True) for number in numbers]
        verdicts += [SendKey(number, down=False) for number in reversed(numbers)]
        return verdicts

    # Inside.

    def _settle(self, reason: Reason) -> Verdicts:
        may = self._focused and self._may_but_for_focus()
        if may and not self._holding:
            self._holding = True
            return [*(self._ask_capture() if self._exclusive else []), Entered()]
        if self._holding and not may:
            return self._end(reason)
        return []

    def _may_but_for_focus(self) -> bool:
        is_there = self._visible and self._live and not self._closed
        return is_there and self._wanted and self._gate_open and not self._asked

    def _end(self, reason: Reason) -> Verdicts:
        self._holding = self._lent = False
        verdicts = self._lift_all()
        verdicts += self._unlock()
        verdicts += self._drop_capture()
        verdicts.append(Released(reason))
        return verdicts

    def _lift_all(self) -> Verdicts:
        verdicts: Verdicts = [SendButton(button, down=False) for button in self._buttons]
        verdicts += [SendKey(number, down=False) for number in reversed(self._keys)]
        self._buttons.clear()
        self._keys.clear()
        self._confirmed.clear()
        self._held_back = self._chord_armed = False
        return verdicts

    def _unlock(self) -> Verdicts:
        if not self._pointer_locked:
            return []
        self._pointer_locked = False
        return [UnlockPointer()]

    def _ask_capture(self) -> Verdicts:
        self._capture = Capture.ASKED
        return [StartCapture()]

    def _drop_capture(self) -> Verdicts:
        was, self._capture = self._capture, Capture.IDLE
        self._lent = False
        return [] if was is Capture.IDLE else [StopCapture()]  # a no may still become a yes

    def _key_down(self, number: int) -> Verdicts:
        if number in self._keys or (number == self.release_key and self._held_back):
            return []
        if number == self.release_key and not self._keys and not self._buttons:
            self._held_back = True
            return []
        if self._lent:  # but the way out is never lent
            return []
        held = [self.release_key, *self._keys] if self._held_back else self._keys
        if number == self.chord.key and self.chord.is_held_by(held):
            return self.release(Reason.CHORD)  # its last key is not the guest's
        if self._stays(number, held):
            code = keymap.to_x11(number)
            return [] if code is None else self._hand_back(code)
        verdicts = self._let_through()
        self._keys.append(number)
        verdicts.append(SendKey(number, down=True))
        self._chord_armed = self.chord.key is None and self.chord.is_held_by(self._keys)
        return verdicts

    def _stays(self, number: int, held: list[int]) -> bool:
        if self._capture is Capture.GRANTED and not self._hands_back:
            return False
        return bool(self.kept) and group_of(number, held) in self.kept

    def _hand_back(self, code: int) -> Verdicts:
        if self._lent or self._capture is not Capture.GRANTED:
            return []
        held = (keymap.to_x11(number) for number in self._modifiers_down())
        verdict = HandBack(code, tuple(code for code in held if code is not None))
        self._lent, self._held_back, self._chord_armed = True, False, False
        return [verdict]

    def _key_up(self, number: int) -> Verdicts:
        if number == self.release_key and self._held_back:
            self._held_back = False
            return self.release(Reason.KEY)
        verdicts = self._lift(number)
        if verdicts and self._chord_armed and not self._keys:
            verdicts += self.release(Reason.CHORD)
        return verdicts

    def _let_through(self) -> Verdicts:
        if not self._held_back:
            return []
        self._held_back = False
        self._keys.append(self.release_key)
        return [SendKey(self.release_key, down=True)]

    def _lift(self, number: int) -> Verdicts:
        if number not in self._keys:
            return []
        self._keys.remove(number)
        return [SendKey(number, down=False)]

    def _button_up(self, button: Button) -> Verdicts:
        if button not in self._buttons:
            return []
        self._buttons.remove(button)
        return [SendButton(button, down=False)]

    def _modifiers_down(self) -> list[int]:
        held = [self.release_key] if self._held_back else []
        return [number for number in (*held, *self._keys) if number in _REPORTED]
