"""From a text to the keys that write it. No Qt, no I/O.

The guest gets keys, not characters, and makes characters of them by its own layout. So a text can
only be typed for a guest whose layout is known; most have the layout of the keyboard on the desk.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from app.vm.display.keymap import Key

Stroke = tuple[int, ...]
"""Numbers of keys that are pressed one after the other and let go in reverse."""

_ALONE = {
    "`": "\N{COMBINING GRAVE ACCENT}",
    "^": "\N{COMBINING CIRCUMFLEX ACCENT}",
    "~": "\N{COMBINING TILDE}",
}
"""Marks that stand alone and that Unicode does not take apart."""
_CONTROL = {"\n": (Key.ENTER,), "\t": (Key.TAB,)}


@dataclass(frozen=True, slots=True)
class Layout:
    """What the keys of a keyboard write.

    Attributes:
        name: for people, such as ``de``.
        characters: the keys for each character that one key writes.
        dead: the keys for each combining character of Unicode; the next key gets that mark.
    """

    name: str
    characters: Mapping[str, Stroke]
    dead: Mapping[str, Stroke]


@dataclass(frozen=True, slots=True)
class TypedText:
    """A text as keys.

    Attributes:
        strokes: in their order.
        missing: the characters, each once, that no key of the layout writes; they are left out.
    """

    strokes: tuple[Stroke, ...]
    missing: str


def strokes_of(text: str, layout: Layout) -> TypedText:
    """Say which keys write `text`; line ends of any kind are the Enter key."""
    strokes: list[Stroke] = []
    missing: dict[str, None] = {}
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    for character in unicodedata.normalize("NFC", lines):
        found = _of_character(character, layout)
        if found:
            strokes += found
        else:
            missing[character] = None
    return TypedText(tuple(strokes), "".join(missing))


def _of_character(character: str, layout: Layout) -> list[Stroke]:
    stroke = _CONTROL.get(character) or layout.characters.get(character)
    if stroke is not None:
        return [stroke]
    # A mark goes before its letter; with the space bar it stands alone.
    alone = " " + _ALONE[character] if character in _ALONE else character
    base, *marks = list(unicodedata.normalize("NFKD", alone))
    keys = [layout.dead.get(mark, ()) for mark in marks]
    keys.append(layout.characters.get(base, ()))
    return keys if marks and all(keys) else []
