"""What a click started: its errors are told, it runs once, it ends with the window."""

from __future__ import annotations

import asyncio
import logging

import pytest

from app.errors import AppError, MemoryLessError
from app.views.actions import Actions
from tests.helpers.waiting import eventually


def told(actions: Actions) -> list[tuple[AppError, str]]:
    heard: list[tuple[AppError, str]] = []
    actions.failed.connect(lambda error, title: heard.append((error, title)))
    return heard


async def test_an_expected_error_is_told_with_what_failed(qapp) -> None:
    actions, error = Actions(), MemoryLessError("too little")
    heard = told(actions)

    async def work() -> None:
        raise error

    actions.run(work(), name="start", title="Windows could not start")
    await eventually(lambda: heard == [(error, "Windows could not start")])
    assert not actions.is_running("start")


async def test_a_bug_is_logged_and_told_too(qapp, caplog: pytest.LogCaptureFixture) -> None:
    actions = Actions()
    heard = told(actions)

    async def work() -> None:
        raise ZeroDivisionError

    with caplog.at_level(logging.CRITICAL):  # expected here, so it shall not fail the test
        actions.run(work(), name="bug")
        await eventually(lambda: heard)
    assert "ZeroDivisionError" in heard[0][0].detail
    assert heard[0][0].remedy


async def test_a_second_click_does_nothing_while_the_first_is_under_way(qapp) -> None:
    actions, gate, runs = Actions(), asyncio.Event(), []

    async def work() -> None:
        runs.append(1)
        await gate.wait()

    actions.run(work(), name="start x")
    actions.run(work(), name="start x")
    await eventually(lambda: runs)
    gate.set()
    await eventually(lambda: not actions.is_running("start x"))
    assert runs == [1]


async def test_closing_ends_what_is_under_way(qapp) -> None:
    actions, ended = Actions(), []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(1)

    actions.run(work(), name="long")
    await asyncio.sleep(0)
    await actions.close()
    assert ended == [1]
