"""A combination of keys that gives keyboard and pointer back, as the settings write it.

``ctrl+alt`` is pressed and let go together, with nothing else between; ``ctrl+alt+g`` acts when its
last key goes down. Letters and signs name the places of a US keyboard, as key numbers do.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from typing_extensions import override

from app.errors import ParamError
from app.vm.display.keymap import Key


class Modifier(StrEnum):
    """A key that is held; left and right are the same, but AltGr is a key of its own."""

    CTRL = "ctrl"
    SHIFT = "shift"
    ALT = "alt"
    META = "super"

    @property
    def numbers(self) -> frozenset[int]:
        """The keys' numbers."""
        return _NUMBERS[self]


_NUMBERS = {
    Modifier.CTRL: frozenset({Key.LEFT_CTRL, Key.RIGHT_CTRL}),
    Modifier.SHIFT: frozenset({Key.LEFT_SHIFT, Key.RIGHT_SHIFT}),
    Modifier.ALT: frozenset({Key.LEFT_ALT, Key.RIGHT_ALT}),
    Modifier.META: frozenset({Key.LEFT_META, Key.RIGHT_META}),
}
_ROWS = {0x02: "1234567890", 0x10: "qwertyuiop", 0x1E: "asdfghjkl", 0x2C: "zxcvbnm"}
_NAMES: dict[int, str] = {
    **{first + place: sign for first, row in _ROWS.items() for place, sign in enumerate(row)},
    **{Key.F1 + index: f"f{index + 1}" for index in range(10)},
    Key.F11: "f11",
    Key.F12: "f12",
    Key.ESC: "esc",
    Key.SPACE: "space",
    Key.TAB: "tab",
    Key.BACKSPACE: "backspace",
    Key.ENTER: "enter",
    Key.INSERT: "insert",
    Key.DELETE: "delete",
    Key.HOME: "home",
    Key.END: "end",
    Key.PAGE_UP: "pageup",
    Key.PAGE_DOWN: "pagedown",
    Key.UP: "up",
    Key.DOWN: "down",
    Key.LEFT: "left",
    Key.RIGHT: "right",
    Key.PAUSE: "pause",
    Key.SCROLL_LOCK: "scrolllock",
    Key.MENU: "menu",
}
_BY_NAME = {name: number for number, name in _NAMES.items()}
_FOR_THE_GUEST = frozenset({"ctrl+alt+delete"})
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Chord:
    """Keys that are held at once.

    Attributes:
        modifiers: two or more, or one and more with a `key`.
        key: number of the last key; None when the modifiers alone are the chord.
    """

    modifiers: frozenset[Modifier]
    key: int | None = None

    @override
    def __str__(self) -> str:
        """As the settings write it."""
        words = [modifier.value for modifier in Modifier if modifier in self.modifiers]
        return "+".join([*words, *([] if self.key is None else [_NAMES[self.key]])])

    @property
    def label(self) -> str:
        """As it stands on keys."""
        return "+".join(word.capitalize() for word in str(self).split("+"))

    def is_held_by(self, down: Collection[int]) -> bool:
        """Whether these keys are the modifiers, one of each, and nothing else."""
        return len(down) == len(self.modifiers) and all(
            any(number in modifier.numbers for number in down) for modifier in self.modifiers
        )


CTRL_ALT = Chord(frozenset({Modifier.CTRL, Modifier.ALT}))


def parse_chord(text: str) -> Chord:
    """Read what the settings hold.

    Raises:
        ParamError: it is no combination, or one that the guest needs.
    """
    words = text.lower().split("+") if len(text) <= _LONGEST else [""]
    modifiers = [Modifier(word) for word in words if word in set(Modifier)]
    others = [word for word in words if word not in set(Modifier)]
    is_known = all(word in _BY_NAME for word in others) and len(set(modifiers)) == len(modifiers)
    if not is_known or not modifiers or len(others) > 1 or len(words) < 2:
        raise ParamError(
            f"“{text[:_LONGEST]}” is no combination of keys.",
            remedy="Write at least two, such as ctrl+alt or ctrl+alt+g.",
        )
    chord = Chord(frozenset(modifiers), _BY_NAME[others[0]] if others else None)
    if str(chord) in _FOR_THE_GUEST:
        raise ParamError(f"{chord.label} is needed by machines.", remedy="Choose another one.")
    return chord


def chosen_chord(text: str) -> Chord:
    """What the settings hold, or Ctrl+Alt where that is none: there is always a way out."""
    try:
        return parse_chord(text)
    except ParamError:
        return CTRL_ALT


def chord_of(down: Collection[int]) -> Chord | None:
    """The combination that these keys make; None when they make none.

    Args:
        down: the numbers of the keys that are held, the last one pressed at the end.
    """
    found = {modifier for modifier in Modifier if modifier.numbers & set(down)}
    others = [number for number in down if not any(number in one.numbers for one in Modifier)]
    if len(others) > 1 or any(number not in _NAMES for number in others):
        return None
    try:
        return parse_chord(str(Chord(frozenset(found), others[0] if others else None)))
    except ParamError:
        return None
