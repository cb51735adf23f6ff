"""How a command answers: JSON of a stable shape, or lines for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

import click

from app.cli.exit_codes import ExitCode
from app.errors import AppError

if TYPE_CHECKING:
    from rich.console import Console

_ALLOWED = "\n\u200c\u200d"  # The joiners are part of emoji and of several scripts.


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command has to say at its end.

    Attributes:
        data: for ``--json``.
        show: prints the same for people.
        notes: sentences for people beside the answer, such as warnings; on standard error.
        exit_code: of the command.
    """

    data: Mapping[str, object]
    show: Callable[[Console], None]
    notes: tuple[str, ...] = ()
    exit_code: ExitCode = ExitCode.OK


def say(sentence: str) -> Callable[[Console], None]:
    """Prints one sentence."""
    return lambda console: console.print(sentence)


def facts(lines: Mapping[str, str]) -> Callable[[Console], None]:
    """Prints a line for each title that has something to say."""

    def show(console: Console) -> None:
        width = max(map(len, lines)) + 2
        for title, text in lines.items():
            if text:
                console.print(f"{title + ':':{width}}{harmless(text)}")

    return show


def table(
    titles: Sequence[str], rows: Iterable[Sequence[str]], *, empty: str
) -> Callable[[Console], None]:
    """Prints a table, or the sentence `empty` when it has no rows."""

    def show(console: Console) -> None:
        from rich.table import Table  # noqa: PLC0415 - only here
        from rich.text import Text  # noqa: PLC0415

        shown = Table(box=None, pad_edge=False, header_style="bold")
        for title in titles:
            shown.add_column(title, no_wrap=True)
        for row in rows:
            shown.add_row(*(Text(harmless(cell)) for cell in row))
        if shown.row_count:
            console.print(shown)
        else:
            console.print(empty)

    return show


def print_answer(answer: Answer, *, as_json: bool) -> None:
    """Print what a command has to say."""
    if as_json:
        _print_json(answer.data)
        return
    for note in answer.notes:
        say_aside(harmless(note))
    answer.show(_console())


def print_error(error: AppError, *, as_json: bool, more: Mapping[str, object]) -> None:
    """Print why a command failed; `more` goes beside the error in the JSON."""
    if as_json:
        _print_json({**more, "error": error_data(error)})
        return
    for sentence in (error.message, error.remedy):
        if sentence:
            say_aside(harmless(sentence))


def say_aside(text: str) -> None:
    """Print on standard error; where that cannot be written, the exit code has to do."""
    with suppress(OSError):
        click.echo(text, err=True)


def error_data(error: AppError) -> dict[str, str]:
    """An error's shape in JSON."""
    return {
        "code": str(error.code),
        "message": error.message,
        "remedy": error.remedy,
        "detail": error.detail,
    }


def survive_any_text(*streams: TextIO) -> None:
    """Names that the terminal's character set lacks must not end a command with an exception."""
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def harmless(text: str) -> str:
    """Text without control characters, which a terminal would obey."""
    return "".join(c if c.isprintable() or c in _ALLOWED else ascii(c)[1:-1] for c in text)


def json_line(data: Mapping[str, object]) -> str:
    """JSON in one line, for streams. ASCII only: any script reads it, no locale can spoil it."""
    return json.dumps(data)


def _print_json(data: Mapping[str, object]) -> None:
    click.echo(json.dumps(data, indent=2))


def _console() -> Console:
    from rich.console import Console  # noqa: PLC0415 - JSON does not need it

    console = Console(file=sys.stdout, markup=False, emoji=False, highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = 10_000  # A pipe has no right margin.
    return console
