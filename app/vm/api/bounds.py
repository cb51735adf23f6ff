"""Limits of a number, written beside its type in a signature."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """Smallest and largest value that is taken: ``Annotated[int, Bounds(1, 16384)]``."""

    low: float
    high: float
