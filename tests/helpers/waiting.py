"""Wait until something is true, with a deadline: for what sends no event of its own.

Where the tested code offers an event, await the event. These two are for the world outside:
another process, a file, a window.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

ResultT = TypeVar("ResultT")

_POLL_S = 0.01


class NotInTimeError(AssertionError):
    """The condition did not become true before the deadline."""


async def eventually(
    condition: Callable[[], ResultT | Awaitable[ResultT]],
    *,
    timeout_s: float = 10.0,
    what: str = "",
) -> ResultT:
    """Await the first true value of `condition` and return it.

    Args:
        condition: called every 10 ms; may be a plain function or return an awaitable. An
            AssertionError that it raises counts as "not yet", so it may hold plain asserts
            and return True.
        timeout_s: after this many seconds the test fails.
        what: words for the failure; the function's name when empty.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        last: object
        try:
            value = condition()
            found = await value if inspect.isawaitable(value) else value
        except AssertionError as err:
            last = err
        else:
            if found:
                return found
            last = found
        if time.monotonic() >= deadline:
            raise NotInTimeError(_failure(condition, what, timeout_s, last))
        await asyncio.sleep(_POLL_S)


def eventually_sync(
    condition: Callable[[], ResultT], *, timeout_s: float = 10.0, what: str = ""
) -> ResultT:
    """Wait without a loop for the first true value of `condition` and return it.

    It blocks the calling thread: never call it from a coroutine. Parameters as for `eventually`.
    """
    deadline = time.monotonic() + timeout_s
    pause = threading.Event()
    while True:
        last: object
        try:
            found = condition()
        except AssertionError as err:
            last = err
        else:
            if found:
                return found
            last = found
        if time.monotonic() >= deadline:
            raise NotInTimeError(_failure(condition, what, timeout_s, last))
        pause.wait(_POLL_S)


def _failure(condition: object, what: str, timeout_s: float, last: object) -> str:
    name = what or getattr(condition, "__qualname__", repr(condition))
    return f"not within {timeout_s:g} s: {name}; the last answer was {last!r}"
