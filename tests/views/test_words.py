"""What is said about a machine."""

from __future__ import annotations

import uuid

import pytest

from app.errors import Code
from app.views import words
from app.views.tokens import LIGHT
from app.vm.model import VmInfo
from app.vm.state import VmState

NOON_MS = 1_800_000_000_000


def info(state: VmState, **known: object) -> VmInfo:
    return VmInfo(id=uuid.uuid4(), name="x", state=state, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize("state", list(VmState))
def test_every_state_has_a_word_and_a_colour(qapp, state: VmState) -> None:
    assert words.state_word(info(state))
    assert hasattr(LIGHT, words.state_token(state))
    assert words.state_word(info(state)).endswith("…") is state.is_changing


def test_a_damaged_machine_is_told_from_one_whose_files_are_missing(qapp) -> None:
    assert words.state_word(info(VmState.UNAVAILABLE)) == "Files missing"
    damaged = info(VmState.UNAVAILABLE, problem_code=Code.DAMAGED)
    assert words.state_word(damaged) == "Damaged"


@pytest.mark.parametrize(
    ("mib", "text"), [(512, "512 MB"), (1024, "1 GB"), (1536, "1.5 GB"), (65536, "64 GB")]
)
def test_sizes(appearance: object, mib: int, text: str) -> None:
    assert words.size(mib) == text


@pytest.mark.parametrize(
    ("lasted_ms", "text"),
    [(59_000, "0 min"), (8_040_000, "2 h 14 min"), (93_600_000, "1 d 2 h"), (-5, "")],
)
def test_how_long_a_machine_has_run(appearance: object, lasted_ms: int, text: str) -> None:
    assert words.running_time(NOON_MS, NOON_MS + lasted_ms) == text


@pytest.mark.parametrize("time_ms", [0, -1, 1 << 60, 1 << 70])
def test_no_date_is_no_date(appearance: object, time_ms: int) -> None:
    assert words.moment(time_ms) == "Never"


def test_days_near_today_have_names(appearance: object) -> None:
    assert words.moment(words.now_ms()).startswith("Today ")
    assert words.moment(words.now_ms() - 86_400_000).startswith("Yesterday ")
