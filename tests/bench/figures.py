"""What a bench has measured, how it is judged, and how it is printed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured value.

    Attributes:
        what: the thing that was measured, with its conditions.
        value: the figure itself; None when it could not be measured here.
        unit: of value and budget.
        budget: the greatest value that is good, or the least one when `more_is_better`; None for
            a figure that only stands beside another one, such as a peer's.
        note: spread, ratio, or why there is no value.
    """

    what: str
    value: float | None
    unit: str
    budget: float | None = None
    more_is_better: bool = False
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        """Whether it keeps its budget; None where there is nothing to judge."""
        if self.value is None or self.budget is None:
            return None
        return self.value >= self.budget if self.more_is_better else self.value <= self.budget

    def line(self) -> str:
        """One line for the terminal."""
        value = "absent" if self.value is None else f"{self.value:.4g} {self.unit}"
        budget = ""
        if self.budget is not None:
            sign = ">=" if self.more_is_better else "<="
            budget = f"{sign} {self.budget:.4g} {self.unit}"
        verdict = {True: "ok", False: "MISSES", None: ""}[self.is_met]
        return f"{self.what:<62} {value:>14}  {budget:<18} {verdict:<7} {self.note}".rstrip()


def percentile(values: Sequence[float], share: float) -> float:
    """The value below or at which `share` (0 to 1) of `values` lie: nearest rank, no guessing.

    Raises:
        ValueError: there are no values, or `share` is no share.
    """
    if not values or not 0 <= share <= 1:
        raise ValueError(f"no percentile {share} of {len(values)} values")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def median(values: Sequence[float]) -> float:
    """The lower middle one: a value that was really measured."""
    return percentile(values, 0.5)


def spread(values: Sequence[float], *, scale: float = 1000.0) -> str:
    """Least, 95th percentile and number of values; seconds are shown as milliseconds."""
    low, high = (scale * percentile(values, share) for share in (0.0, 0.95))
    return f"min {low:.1f}, p95 {high:.1f}, n {len(values)}"


def interleaved(
    subjects: Mapping[str, Callable[[], float]], *, rounds: int, warm_up: int = 1
) -> dict[str, list[float]]:
    """Measure every subject once a round, so that the machine's moods meet all of them.

    Rounds go forth and back in turn. The first `warm_up` rounds are thrown away.
    """
    found: dict[str, list[float]] = {name: [] for name in subjects}
    for number in range(warm_up + rounds):
        for name in list(subjects)[:: 1 if number % 2 == 0 else -1]:
            value = subjects[name]()
            if number >= warm_up:
                found[name].append(value)
    return found
