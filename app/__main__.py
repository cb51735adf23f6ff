"""Where the program begins: with a command the command line, without one the window.

duplex-vm                     the window
duplex-vm --show NAME         the window of one machine
duplex-vm FILE.iso            the window, with a new machine from that disc
duplex-vm FILE.qcow2          the window, to import that disk image; .vmdk, .vdi, .ova, ... too
duplex-vm COMMAND ...         the command line
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from app.file_kinds import DISC_ENDING, IMAGE_ENDINGS

if TYPE_CHECKING:
    from app.vm.display.places import Place


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns its exit code."""
    from app.cli import COMPLETION_VARIABLE, run  # noqa: PLC0415 - neither side pays for the other

    arguments = list(sys.argv[1:] if argv is None else argv)
    show, iso = _window_wishes(arguments)
    is_asked_by_shell = COMPLETION_VARIABLE in os.environ
    if is_asked_by_shell or (arguments and show is None and iso is None):
        return run(arguments, _open_viewer)
    from app.desktop.application import run_application  # noqa: PLC0415
    from app.desktop.wishes import Wishes  # noqa: PLC0415

    return run_application([sys.argv[0]], Wishes(show=show or "", iso=iso))


def _open_viewer(place: Place, title: str, fullscreen: bool) -> int:
    from app.desktop.viewer import run_viewer  # noqa: PLC0415 - only this command needs Qt

    return run_viewer(place, title=title, fullscreen=fullscreen)


def _window_wishes(arguments: list[str]) -> tuple[str | None, Path | None]:
    """Name of the machine to show, and disc or image to begin with, for the window."""
    match arguments:
        case ["--show", name]:
            return name, None
        case [word] if word.startswith("--show="):
            return word.removeprefix("--show="), None
        case [word] if word.lower().endswith((DISC_ENDING, *IMAGE_ENDINGS)):
            return None, _local_path(word)
        case _:
            return None, None


def _local_path(word: str) -> Path:
    """A file named by a path or, as desktops do, by a URL; absolute."""
    parts = urlsplit(word)
    return Path(unquote(parts.path) if parts.scheme == "file" else word).absolute()


if __name__ == "__main__":
    sys.exit(main())
