"""Keys and shortcuts that a person may keep for this computer while a machine has the keyboard.

They are known by the places of the keys, as key numbers are, so that every layout has them.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from app.vm.display.chord import Modifier
from app.vm.display.keymap import Key


class KeyGroup(StrEnum):
    """What belongs together for a person; the values are what is written down."""

    SWITCH_WINDOWS = "switch-windows"
    SUPER = "super"
    CLOSE_WINDOW = "close-window"
    WORKSPACES = "workspaces"
    SCREENSHOT = "screenshot"
    VOLUME = "volume"
    PLAYER = "player"


USUALLY_KEPT = frozenset({KeyGroup.VOLUME, KeyGroup.PLAYER})
"""They are about this computer's own loudspeakers, whatever is on its screen."""

_ALONE = {
    Key.LEFT_META: KeyGroup.SUPER,
    Key.RIGHT_META: KeyGroup.SUPER,
    Key.PRINT: KeyGroup.SCREENSHOT,
    Key.MUTE: KeyGroup.VOLUME,
    Key.QUIETER: KeyGroup.VOLUME,
    Key.LOUDER: KeyGroup.VOLUME,
    Key.PLAY: KeyGroup.PLAYER,
    Key.STOP: KeyGroup.PLAYER,
    Key.NEXT_TRACK: KeyGroup.PLAYER,
    Key.PREVIOUS_TRACK: KeyGroup.PLAYER,
}
_WITH_ALT = {
    Key.TAB: KeyGroup.SWITCH_WINDOWS,
    Key.GRAVE: KeyGroup.SWITCH_WINDOWS,
    Key.F4: KeyGroup.CLOSE_WINDOW,
}
_ARROWS = frozenset({Key.UP, Key.DOWN, Key.LEFT, Key.RIGHT})


def group_of(number: int, held: Collection[int]) -> KeyGroup | None:
    """The group of a key that goes down while others are held; None for an ordinary key.

    Args:
        number: of the key (`app.vm.display.keymap`).
        held: numbers of the keys that are down already.
    """
    if number in _ALONE:
        return _ALONE[Key(number)]
    with_ctrl = _is_held(Modifier.CTRL, held)
    if not _is_held(Modifier.ALT, held) or _is_held(Modifier.META, held):
        return None
    if with_ctrl:
        return KeyGroup.WORKSPACES if number in _ARROWS else None
    return _WITH_ALT.get(Key(number)) if number in _WITH_ALT else None


def chosen_groups(names: Collection[str]) -> frozenset[KeyGroup]:
    """The groups of these names; what is none was written by another version, and is left out."""
    return frozenset(group for group in KeyGroup if group.value in names)


def _is_held(modifier: Modifier, held: Collection[int]) -> bool:
    return not modifier.numbers.isdisjoint(held)
