"""What a copy of a disk's files has taken and left out so far, and how much it may still take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_ENTRIES = 5_000_000
_MOST_TOLD = 10_000
_BLOCK = 4096


class NoRoomError(Exception):
    """There is no room for the next piece."""


class TooManyError(Exception):
    """The disk claims more files than any person has."""


@dataclass
class Account:
    """Running totals of one copy.

    Attributes:
        most_bytes: so much may be taken up.
        tell: told the bytes that were read.
        files: copied.
        folders: made.
        copied_bytes: read from the disk.
        left_out: how many things are not in the copy, by the reason.
    """

    most_bytes: int
    tell: Callable[[int], None]
    files: int = 0
    folders: int = 0
    copied_bytes: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    _taken_bytes: int = 0
    _entries: int = 0
    _told: int = 0
    _lines: list[str] = field(default_factory=list)

    def begin_entry(self) -> None:
        """One more thing is looked at.

        Raises:
            TooManyError: there are too many.
        """
        self._entries += 1
        if self._entries > MOST_ENTRIES:
            raise TooManyError
        self.tell(self.copied_bytes)

    def take(self, size: int) -> None:
        """Room for this many bytes is needed.

        Raises:
            NoRoomError: there is none.
        """
        self._taken_bytes += -(-size // _BLOCK) * _BLOCK
        if self._taken_bytes > self.most_bytes:
            raise NoRoomError

    def has_read(self, size: int) -> None:
        """So much was read."""
        self.copied_bytes += size
        self.tell(self.copied_bytes)

    def leave_out(self, path: str, why: str) -> None:
        """Something is not in the copy; `path` is harmless already."""
        self.left_out[why] += 1
        self._told += 1
        if self._told <= _MOST_TOLD:
            self._lines.append(f"{path}: {why}")

    def say(self, line: str) -> None:
        """Put a line into the report."""
        self._lines.append(line)

    def report(self) -> str:
        """The report of it all."""
        head = [
            f"Copied: {self.files} files in {self.folders} folders, {self.copied_bytes} bytes.",
            "Changes that a file system had noted in its journal only are not in the copy.",
            *(f"Left out, {why}: {number}." for why, number in self.left_out.most_common()),
        ]
        more = self._told - _MOST_TOLD
        tail = [f"… and {more} more that are not listed."] if more > 0 else []
        return "\n".join([*head, "", *self._lines, *tail, ""])
