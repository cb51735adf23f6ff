"""The benches' arithmetic and verdicts; the benches themselves are run by hand."""

from __future__ import annotations

import importlib

import pytest

from tests.bench.__main__ import BENCHES
from tests.bench.figures import Figure, interleaved, median, percentile


def test_a_percentile_is_a_value_that_was_measured():
    values = [5.0, 1.0, 4.0, 2.0, 3.0, 6.0]
    assert median(values) == 3.0
    assert percentile(values, 0.0) == 1.0
    assert percentile(values, 0.95) == percentile(values, 1.0) == 6.0


@pytest.mark.parametrize(("values", "share"), [([], 0.5), ([1.0], 1.5), ([1.0], -0.1)])
def test_there_is_no_percentile_of_nothing(values, share):
    with pytest.raises(ValueError, match="no percentile"):
        percentile(values, share)


@pytest.mark.parametrize(
    ("value", "budget", "more_is_better", "met"),
    [
        (35.0, 35.0, False, True),
        (35.1, 35.0, False, False),
        (1.5, 1.5, True, True),
        (1.4, 1.5, True, False),
        (None, 1.5, True, None),
        (1.0, None, False, None),
    ],
)
def test_a_figure_is_judged_by_its_budget(value, budget, more_is_better, met):
    figure = Figure(what="x", value=value, unit="ms", budget=budget, more_is_better=more_is_better)
    assert figure.is_met is met
    assert ("MISSES" in figure.line()) == (met is False)
    assert ("absent" in figure.line()) == (value is None)


def test_interleaved_subjects_take_turns_and_the_warm_up_does_not_count():
    calls: list[str] = []

    def subject(name):
        def measure():
            calls.append(name)
            return float(len(calls))

        return measure

    found = interleaved({"a": subject("a"), "b": subject("b")}, rounds=2)
    assert calls == ["a", "b", "b", "a", "a", "b"]
    assert found == {"a": [4.0, 5.0], "b": [3.0, 6.0]}


@pytest.mark.parametrize("name", BENCHES)
def test_every_bench_can_be_called_by_its_name(name):
    bench = importlib.import_module(f"tests.bench.{name}")
    assert callable(getattr(bench, name))
