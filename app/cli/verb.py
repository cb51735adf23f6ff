"""What all commands have in common: ``--json``, a loop, an answer."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.output import Answer, print_answer
from app.errors import INVALID_FILE_PATH, AppError, PathError

if TYPE_CHECKING:
    from app.cli.work import Work

NAME = click.argument("name")


class CommandFailedError(Exception):
    """A command failed after a part of it was done.

    Attributes:
        error: why.
        more: what was done, beside the error in the JSON.
    """

    def __init__(self, error: AppError, more: Mapping[str, object]) -> None:
        super().__init__(error.message)
        self.error, self.more = error, more


def verb(name: str) -> Callable[[Callable[..., Awaitable[Answer]]], click.Command]:
    """Make a command of a coroutine function that takes a `Work` and its options."""

    def decorate(function: Callable[..., Awaitable[Answer]]) -> click.Command:
        def run(context: click.Context, /, *, as_json: bool, **options: Any) -> int:
            answer = _run(function, context, options)
            print_answer(answer, as_json=as_json)
            return answer.exit_code

        functools.update_wrapper(run, function)  # Its help text and its other options.
        as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
        return click.command(name)(as_json(click.pass_context(run)))

    return decorate


def _run(
    function: Callable[..., Awaitable[Answer]], context: click.Context, options: dict[str, Any]
) -> Answer:
    from app.cli.work import Work, run_to_end, the_manager  # noqa: PLC0415 - not for --help

    work: Work = Work(context.obj or the_manager)
    return run_to_end(function(work, **options))


def absolute(path: Path) -> Path:
    """The path as seen from where the command was called; links stay as they are.

    Raises:
        PathError: the present folder does not exist any more.
    """
    try:
        return path.absolute()
    except OSError as err:
        raise PathError(
            f"{INVALID_FILE_PATH}: the present folder is gone, so {path} means nothing.",
            remedy="Give the whole path, or change to another folder.",
        ) from err
