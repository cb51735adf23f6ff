"""The command line: everything that the window can do, for people at a terminal and for scripts.

Nothing is imported until `run` is called, because the window starts through the same program and
does not want to pay for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.cli.outside import OpenViewer

COMPLETION_VARIABLE = "_DUPLEX_VM_COMPLETE"
"""A shell that asks what could be completed sets it, and gives no arguments then."""


def run(argv: Sequence[str], open_viewer: OpenViewer | None = None) -> int:
    """Run one command.

    Args:
        argv: what stands behind the program's name; with nothing there, the help is shown.
        open_viewer: shows a display that is no machine's.

    Returns:
        The exit code, see `app.cli.exit_codes`. It is 0 only when what the command says is true.
    """
    from app.cli.main import run_command_line  # noqa: PLC0415 - see above
    from app.cli.outside import Outside  # noqa: PLC0415

    return run_command_line(argv, Outside(open_viewer=open_viewer))
