"""A step that was begun is ended, whoever stops waiting for it."""

from __future__ import annotations

import asyncio
import threading

import pytest

from app.vm.unbroken import unbroken


async def test_the_result_and_the_error_are_the_step_s() -> None:
    async def good() -> int:
        return 7

    async def bad() -> None:
        raise KeyError("its own")

    assert await unbroken(good()) == 7
    with pytest.raises(KeyError, match="its own"):
        await unbroken(bad())


async def test_a_caller_that_is_cancelled_again_and_again_waits_for_the_end() -> None:
    go, done = threading.Event(), []

    def step() -> None:
        go.wait(10)
        done.append(True)

    task = asyncio.ensure_future(unbroken(asyncio.to_thread(step)))
    for _ in range(3):
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert done == [True]


async def test_a_step_that_fails_after_its_caller_left_is_no_unheard_error() -> None:
    leave = asyncio.Event()

    async def step() -> None:
        await leave.wait()
        raise KeyError("late")

    task = asyncio.ensure_future(unbroken(step()))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    leave.set()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_time_limit_around_it_holds_when_the_step_has_ended() -> None:
    ended = []

    async def step() -> None:
        await asyncio.sleep(0.05)
        ended.append(True)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await unbroken(step())
    assert ended
