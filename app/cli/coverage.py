"""Which verb does which function of the API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click

from app.cli.main import commands
from app.cli.verb import Verb


def verbs() -> Mapping[str, str]:
    """For each function in the wire's spelling the words that do it, such as ``disk size``.

    Where several do, the first one in the order of the help.
    """
    found: dict[str, str] = {}
    for words, verb in walk(commands):
        for function in verb.covers:
            found.setdefault(function, words)
    return found


def walk(group: click.Group, *before: str) -> Iterator[tuple[str, Verb]]:
    """Every verb with the words that a person types for it."""
    for name, command in group.commands.items():
        words = (*before, name)
        if isinstance(command, click.Group):
            yield from walk(command, *words)
        elif isinstance(command, Verb):
            yield " ".join(words), command
