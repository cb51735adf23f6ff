"""Reading the members of a JSON object that somebody else wrote, with their types checked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from app.errors import INVALID_FILE_PATH, ParamError, PathError
from app.vm.wire import printable

_LARGEST_INT = 2**53 - 1
"""What every JSON reader can hold exactly (RFC 8259, section 6)."""
_LONGEST_TEXT = 64 * 1024

_WordT = TypeVar("_WordT", bound=StrEnum)


class Fields:
    """The members of a JSON object, taken out one by one with their types checked.

    Args:
        values: the object.
        error: class of what is raised.
    """

    def __init__(self, values: Mapping[str, Any], *, error: type[ParamError] = ParamError) -> None:
        self._rest = dict(values)
        self._error = error

    def finish(self) -> None:
        """Refuse members that nobody took.

        Raises:
            ParamError: there are some; a misspelt one must not pass as "not given".
        """
        for name in sorted(self._rest):
            raise self._error(
                f"“{printable(name)}” is not known here.", remedy="Check the spelling."
            )

    def text(self, name: str, default: str | None = None) -> str:
        """A text, without what no file name or sentence can hold."""
        value = self._take(name, default)
        if not isinstance(value, str):
            raise self._wrong(name, "text")
        if len(value) > _LONGEST_TEXT or "\0" in value:
            raise self._wrong(name, "text of a reasonable length without null characters")
        return value

    def integer(self, name: str, default: int | None = None) -> int:
        """A whole number."""
        value = self._take(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _LARGEST_INT:
            raise self._wrong(name, "a whole number")
        return value

    def optional_integer(self, name: str) -> int | None:
        """A whole number, None when it is not given."""
        return self.integer(name) if self._has(name) else None

    def number(self, name: str, default: float, *, low: float, high: float) -> float:
        """A number from `low` to `high`."""
        value = self._take(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._wrong(name, "a number")
        if not low <= value <= high:
            raise self._wrong(name, f"a number from {low:g} to {high:g}")
        return float(value)

    def path(self, name: str) -> Path:
        """An absolute path; whether anything is there is for others to find out.

        Raises:
            PathError: it is not absolute, or no file can be called so.
        """
        text = self.text(name)
        try:
            os.fsencode(text)
        except UnicodeEncodeError as err:
            raise PathError(INVALID_FILE_PATH, detail=f"{name}: {err}") from err
        path = Path(text)
        if not path.is_absolute():
            raise PathError(
                f"Invalid path: {name} “{printable(text)}” is not absolute.",
                remedy="Give the whole path, beginning with a slash.",
            )
        return path

    def optional_path(self, name: str) -> Path | None:
        """The same, None when it is not given."""
        return self.path(name) if self._has(name) else None

    def word(self, name: str, kind: type[_WordT], default: _WordT) -> _WordT:
        """One of the words of `kind`."""
        text = self.text(name, default.value)
        try:
            return kind(text)
        except ValueError:
            raise self._wrong(name, f"one of {', '.join(kind)}") from None

    def record(self, name: str, *, error: type[ParamError] | None = None) -> Fields:
        """An object inside this one."""
        value = self._take(name, None)
        if not isinstance(value, dict):
            raise self._wrong(name, "an object")
        return Fields(value, error=error or self._error)

    def optional_record(self, name: str, *, error: type[ParamError] | None = None) -> Fields | None:
        """The same, None when it is not given."""
        return self.record(name, error=error) if self._has(name) else None

    def value(self, name: str, default: object) -> object:
        """Anything; the caller checks it."""
        return self._take(name, default)

    def _has(self, name: str) -> bool:
        if self._rest.get(name) is None:
            self._rest.pop(name, None)
        return name in self._rest

    def _take(self, name: str, default: object) -> object:
        if self._has(name):
            return self._rest.pop(name)
        if default is None:
            raise self._error(f"“{name}” is missing.", remedy=f"Give “{name}”.")
        return default

    def _wrong(self, name: str, wanted: str) -> ParamError:
        return self._error(f"“{name}” has to be {wanted}.")
