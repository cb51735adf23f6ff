"""What the person asked for when the program was started."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the person asked for on the command line.

    Attributes:
        show: name of the machine to open.
        iso: disc to begin a new machine from, or an image to import.
        reopen: machines whose windows were on another screen.
    """

    show: str = ""
    iso: Path | None = None
    reopen: tuple[str, ...] = ()
