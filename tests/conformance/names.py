"""The data file of all names, `names.toml`, as values."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("names.toml")
IN_GROUPS = {"field", "member"}
"""Kinds whose names belong to a record or an enumeration."""


@dataclass(frozen=True, slots=True)
class Name:
    """One name.

    Attributes:
        kind: what it names, such as ``function``.
        group: the record or enumeration that it belongs to, or empty.
        name: as the document writes it.
        section: of the document, or ``ours``.
        proof: tests that show its behaviour.
        open: what it still waits for, as ``owner: reason``; empty when it is done.
        more: what else the file says.
    """

    kind: str
    group: str
    name: str
    section: str
    proof: tuple[str, ...]
    open: str
    more: Mapping[str, Any]

    @property
    def title(self) -> str:
        """For people and for the ids of tests."""
        return ".".join(part for part in (self.group, self.name) if part)


@cache
def all_names() -> tuple[Name, ...]:
    """Every name, in the order of the file."""
    return tuple(_read(tomllib.loads(FILE.read_text(encoding="utf-8"))))


def of_kind(kind: str) -> tuple[Name, ...]:
    """The names of one kind."""
    return tuple(name for name in all_names() if name.kind == kind)


def open_functions() -> tuple[str, ...]:
    """Functions that answer NOT_SUPPORT."""
    return tuple(name.name for name in of_kind("function") if name.open)


def _read(document: Mapping[str, Any]) -> Iterator[Name]:
    for kind, members in document.items():
        groups = members.items() if kind in IN_GROUPS else [("", members)]
        for group, names in groups:
            for name, said in names.items():
                more = dict(said)
                yield Name(
                    kind=kind,
                    group=group,
                    name=name,
                    section=more.pop("section"),
                    proof=tuple(more.pop("proof", ())),
                    open=more.pop("open", ""),
                    more=more,
                )
