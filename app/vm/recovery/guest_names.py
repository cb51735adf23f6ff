"""Names that a guest has given become names that are harmless in a folder of this computer."""

from __future__ import annotations

import unicodedata

_MOST_BYTES = 255
"""NAME_MAX of the usual file systems, pathconf(3)."""
_ROOM_FOR_NUMBER = 12
_UNSHOWABLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Categories that move the cursor, turn the reading direction, or show nothing."""


def harmless_name(raw: bytes) -> str:
    """The same name where it can be, else one that is like it: one segment, and showable."""
    text = raw.decode("utf-8", errors="replace")
    name = "".join("_" if c == "/" or unicodedata.category(c) in _UNSHOWABLE else c for c in text)
    if name in {"", ".", ".."}:
        return "_"
    return _shortened(name, _MOST_BYTES)


class NamesInFolder:
    """The names in one folder: no two are the same, not even where case does not count."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._numbers: dict[str, int] = {}

    def free(self, raw: bytes) -> str:
        """A harmless name like `raw` that nothing in this folder has; it is taken from now on."""
        name = harmless_name(raw)
        if (key := _key(name)) not in self._taken:
            self._taken.add(key)
            return name
        stem, dot, ending = name.rpartition(".")
        if not stem:
            stem, dot, ending = name, "", ""
        while True:
            number = self._numbers[key] = self._numbers.get(key, 1) + 1
            tail = f" ({number}){dot}{ending}"
            if len(tail.encode()) > _MOST_BYTES // 2:  # An ending as long as that is none.
                stem, tail = name, f" ({number})"
            name = _cut(stem, _MOST_BYTES - len(tail.encode())) + tail
            if (other := _key(name)) not in self._taken:
                self._taken.add(other)
                return name


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _shortened(name: str, most: int) -> str:
    if len(name.encode()) <= most:
        return name
    stem, dot, ending = name.rpartition(".")
    tail = f"{dot}{ending}"
    if not stem or len(tail.encode()) > most // 2:
        return _cut(name, most - _ROOM_FOR_NUMBER)
    return _cut(stem, most - _ROOM_FOR_NUMBER - len(tail.encode())) + tail


def _cut(text: str, most: int) -> str:
    return text.encode()[: max(1, most)].decode("utf-8", errors="ignore")
