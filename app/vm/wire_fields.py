"""Reading the members of a JSON object that somebody else wrote, with their types checked."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Any, TypeVar

from app.errors import INVALID_FILE_PATH, INVALID_PATH, ParamError, PathError
from app.vm.api.bounds import Bounds
from app.vm.document_paths import is_utf8, translate
from app.vm.user_folders import UserFolders
from app.vm.wire import printable

_ANY_INTEGER = Bounds(-(2**53 - 1), 2**53 - 1)
"""What every JSON reader can hold exactly (RFC 8259, section 6)."""
_ANY_NUMBER = Bounds(-sys.float_info.max, sys.float_info.max)
_LONGEST_TEXT = 64 * 1024
_MOST_ITEMS = 10_000

_WordT = TypeVar("_WordT", bound=StrEnum)
_NumberT = TypeVar("_NumberT", bound=IntEnum)


class Fields:
    """The members of a JSON object, taken out one by one with their types checked.

    A member that is null counts as not given.

    Args:
        values: the object.
        error: class of what is raised.
        lenient: a manager wrote it, which may be newer than we are: members that nobody takes are
            passed over, and file names need not be text. Else a client did.
    """

    def __init__(
        self,
        values: Mapping[str, Any],
        *,
        error: type[ParamError] = ParamError,
        lenient: bool = False,
    ) -> None:
        self._rest = {name: value for name, value in values.items() if value is not None}
        self._nulls = values.keys() - self._rest.keys()
        self._error = error
        self._lenient = lenient

    def finish(self) -> None:
        """Refuse members that nobody took, unless lenient.

        Raises:
            ParamError: there are some; a misspelt one must not pass as "not given".
        """
        if self._lenient:
            return
        for name in sorted(self._rest.keys() | self._nulls):
            raise self._error(
                f"“{printable(name)}” is not known here.", remedy="Check the spelling."
            )

    def has(self, name: str) -> bool:
        """Whether it is given."""
        self._nulls.discard(name)
        return name in self._rest

    def missing(self, name: str) -> ParamError:
        """What to raise when a member that has to be given is not."""
        return self._error(f"“{name}” is missing.", remedy=f"Give “{name}”.")

    def wrong(self, name: str, wanted: str) -> ParamError:
        """What to raise when it is not what it has to be."""
        return self._error(f"“{name}” has to be {wanted}.")

    def value(self, name: str, default: object = None) -> object:
        """Anything; the caller checks it. Without a default it has to be given."""
        if self.has(name):
            return self._rest.pop(name)
        if default is None:
            raise self.missing(name)
        return default

    def text(self, name: str, default: str | None = None) -> str:
        """A text, without what no sentence can hold."""
        value = self.value(name, default)
        if not isinstance(value, str):
            raise self.wrong(name, "text")
        if len(value) > _LONGEST_TEXT or "\0" in value:
            raise self.wrong(name, "text of a reasonable length without null characters")
        if not self._lenient and not is_utf8(value):
            raise self.wrong(name, "text in Unicode")
        return value

    def integer(
        self, name: str, default: int | None = None, *, bounds: Bounds | None = None
    ) -> int:
        """A whole number, within `bounds`."""
        value = self.value(name, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong(name, "a whole number")
        limits = bounds or _ANY_INTEGER
        if not limits.low <= value <= limits.high:
            raise self.wrong(name, f"a whole number from {limits.low:.0f} to {limits.high:.0f}")
        return value

    def number(self, name: str, *, bounds: Bounds | None = None) -> float:
        """A number, within `bounds`."""
        value = self.value(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(name, "a number")
        limits = bounds or _ANY_NUMBER
        if not limits.low <= value <= limits.high:
            raise self.wrong(name, f"a number from {limits.low:g} to {limits.high:g}")
        return float(value)

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self.value(name)
        if not isinstance(value, bool):
            raise self.wrong(name, "true or false")
        return value

    def path(self, name: str) -> Path:
        """A path; whether anything is there is for others to find out.

        Blocks, unless lenient: what a client's text means can depend on folders that are there.

        A client may write it as the document does (`app.vm.document_paths`); a manager tells
        absolute paths, in which a file's name need not be text.

        Raises:
            PathError: it is not absolute, or no file can be called so.
        """
        text = self.text(name)
        if not self._lenient:
            return translate(text, UserFolders.of_this_user())
        try:
            os.fsencode(text)
        except UnicodeEncodeError as err:
            raise PathError(INVALID_FILE_PATH, detail=f"{name}: {err}") from err
        path = Path(text)
        if not path.is_absolute():
            raise PathError(f"{INVALID_PATH}: {name} “{printable(text)}” is not absolute.")
        return path

    def word(self, name: str, kind: type[_WordT]) -> _WordT:
        """One of the words of `kind`."""
        text = self.text(name)
        try:
            return kind(text)
        except ValueError:
            raise self.wrong(name, f"one of {', '.join(kind)}") from None

    def member(self, name: str, kind: type[_NumberT]) -> _NumberT:
        """One of the numbers of `kind`, or its name."""
        value = self.value(name)
        try:
            if isinstance(value, str):
                return kind[value]
            number = value if type(value) is int else None  # True and 1.0 are none
            return kind(number)  # type: ignore[arg-type] # None is refused like any wrong number
        except (KeyError, ValueError):
            names = ", ".join(kind.__members__)
            raise self.wrong(name, f"one of {names}, or its number") from None

    def items(self, name: str) -> list[Any]:
        """A list of anything."""
        value = self.value(name)
        if not isinstance(value, list) or len(value) > _MOST_ITEMS:
            raise self.wrong(name, "a list")
        return value

    def record(self, name: str, *, error: type[ParamError] | None = None) -> Fields:
        """An object inside this one."""
        value = self.value(name)
        if not isinstance(value, dict):
            raise self.wrong(name, "an object")
        return Fields(value, error=error or self._error, lenient=self._lenient)

    def single(self, name: str, value: object) -> Fields:
        """An object by the same writer that holds `value` alone, for the items of a list."""
        return Fields({name: value}, error=self._error, lenient=self._lenient)
