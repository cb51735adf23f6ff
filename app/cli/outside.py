"""What the command line is given from outside, because it may not reach there itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from app.cli.work import OpenManager
    from app.vm.display.places import Place

OpenViewer = Callable[["Place", str, bool], int]
"""Shows a display in a window until it is closed; takes its title and whether it fills the screen.

Returns the exit code. Raises an AppError when there is nobody at that place, or no screen.
"""


@dataclass(frozen=True, slots=True)
class Outside:
    """Given once, for one command.

    Attributes:
        open_manager: gives the manager, for tests.
        open_viewer: opens the bare viewer; the command line knows no windows.
    """

    open_manager: OpenManager | None = None
    open_viewer: OpenViewer | None = None


def outside(context: click.Context) -> Outside:
    """What the command was given; nothing where it is only looked at, as for completion."""
    return context.obj if isinstance(context.obj, Outside) else Outside()
