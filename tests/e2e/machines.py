"""Machines made through the command line, small and quick."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.e2e import program

SMALL = ("--cpus", "1", "--memory", "64", "--disk", "256")


def create(name: str, disc: Path, *, start: bool = True) -> dict[str, Any]:
    """Make a machine, and start it unless told otherwise; what the answer says of it."""
    words = (*SMALL, "--iso", str(disc), *(["--start"] if start else []))
    return program.told("create", *words, "--", name)["vm"]
