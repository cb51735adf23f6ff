"""What all commands have in common: ``--json``, a loop, an answer, what of the API they cover."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from typing_extensions import override

from app.cli.exit_codes import ExitCode, exit_code_of
from app.cli.names import machine_names
from app.cli.output import Answer, error_data, json_line, print_answer
from app.cli.outside import outside
from app.errors import INVALID_FILE_PATH, AppError, PathError

if TYPE_CHECKING:
    from app.cli.waiting import Waiting
    from app.cli.work import Work

VerbFunction = Callable[..., Awaitable[Answer | ExitCode]]
"""Takes a `Work` and its options. An exit code means that everything has been said already."""

NAME = click.argument("name", shell_complete=machine_names)


class _NamedPath(click.Path):
    """A path that names something; an empty one would be the present folder."""

    @override
    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str | bytes | os.PathLike[str]:
        """See `click.ParamType`."""
        if not os.fspath(value):
            raise PathError(f"{INVALID_FILE_PATH}: the path is empty.", remedy="Name the file.")
        return super().convert(value, param, ctx)


FILE = _NamedPath(path_type=Path)


class CommandFailedError(Exception):
    """A command failed after a part of it was done.

    Attributes:
        error: why.
        more: what was done, beside the error in the JSON.
    """

    def __init__(self, error: AppError, more: Mapping[str, object]) -> None:
        super().__init__(error.message)
        self.error, self.more = error, more


class Verb(click.Command):
    """One command.

    Attributes:
        covers: functions of the API that it calls, in the wire's spelling.
    """

    covers: tuple[str, ...] = ()


class Verbs(click.Group):
    """Commands on one subject.

    Attributes:
        usual: the one that is meant where none is named; empty when one has to be.
    """

    usual: str = ""

    @override
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """See `click.Group`; the usual verb stands in before options, as in ``posture --json``."""
        named = bool(args) and not args[0].startswith("-")
        if self.usual and not named and "--help" not in args and not ctx.resilient_parsing:
            args = [self.usual, *args]
        return super().parse_args(ctx, args)


def verbs(name: str, *members: click.Command, usual: str = "", about: str) -> Verbs:
    """A group of commands; `about` is its help text."""
    made = Verbs(name, help=about)
    made.usual = usual
    for member in members:
        made.add_command(member)
    return made


def verb(
    name: str, *, covers: Sequence[str] = (), lasting: bool = False
) -> Callable[[VerbFunction], Verb]:
    """Make a command of a coroutine function.

    Args:
        name: of the command.
        covers: functions of the API that it is there for, in the wire's spelling.
        lasting: it is meant to go on, so that nobody waits for its end.
    """

    def decorate(function: VerbFunction) -> Verb:
        def run(context: click.Context, /, *, as_json: bool, **options: Any) -> int:
            waiting = None if as_json or lasting else _waiting(options)
            try:
                said = _run(function, context, options, as_json=as_json, waiting=waiting)
            except AppError as err:
                if not (as_json and lasting):
                    raise
                click.echo(json_line({"error": error_data(err)}))  # Every line is an object.
                return exit_code_of(err)
            if isinstance(said, Answer):
                print_answer(said, as_json=as_json)
                return said.exit_code
            return said

        functools.update_wrapper(run, function)  # Its help text and its other options.
        as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
        made = click.command(name, cls=Verb)(as_json(click.pass_context(run)))
        made.covers = tuple(covers)
        return made

    return decorate


def _run(
    function: VerbFunction,
    context: click.Context,
    options: dict[str, Any],
    *,
    as_json: bool,
    waiting: Waiting | None,
) -> Answer | ExitCode:
    from app.cli.work import Work, run_to_end, the_manager  # noqa: PLC0415 - not for --help

    open_manager = outside(context).open_manager or the_manager
    work: Work = Work(open_manager, as_json=as_json, waiting=waiting)
    return run_to_end(function(work, **options), waiting)


def _waiting(options: Mapping[str, Any]) -> Waiting | None:
    """What a person at a terminal sees meanwhile; None where nobody looks."""
    if not sys.stderr.isatty():
        return None
    from app.cli.waiting import Waiting  # noqa: PLC0415 - only for terminals

    return Waiting(options.get("name") or "", limit_s=options.get("timeout_s"))


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
