"""The account of a copy ends it in time, and its report stays readable."""

from __future__ import annotations

import pytest

from app.vm.recovery import account as module
from app.vm.recovery.account import Account, NoRoomError, TooManyError


def test_room_is_counted_in_whole_blocks() -> None:
    account = Account(most_bytes=8192, tell=lambda _: None)
    account.take(1)
    account.take(4096)
    with pytest.raises(NoRoomError):
        account.take(1)


def test_entries_without_end_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ENTRIES", 3)
    account = Account(most_bytes=0, tell=lambda _: None)
    for _ in range(3):
        account.begin_entry()
    with pytest.raises(TooManyError):
        account.begin_entry()


def test_what_is_read_is_told() -> None:
    told: list[int] = []
    account = Account(most_bytes=0, tell=told.append)
    account.has_read(5)
    account.has_read(7)
    assert told == [5, 12]


def test_the_report_lists_some_and_counts_all() -> None:
    account = Account(most_bytes=0, tell=lambda _: None)
    for number in range(10_004):
        account.leave_out(f"link {number}", "a link")
    account.say("partition2: XFS")
    report = account.report()
    assert "Left out, a link: 10004.\n" in report
    assert "link 9999: a link\n" in report
    assert "link 10000: " not in report
    assert "partition2: XFS\n… and 4 more that are not listed.\n" in report
