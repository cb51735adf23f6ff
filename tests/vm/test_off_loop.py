"""A place that does not answer holds up nobody for long, and nothing is lost by giving it up."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from app.errors import INVALID_FILE_PATH, PathError
from app.vm import off_loop
from app.vm.off_loop import ask
from tests.helpers.waiting import eventually
from tests.vm.makers import python

ENDS = """
import asyncio, threading
from app.vm import off_loop
off_loop.ANSWER_S = 0.05
try:
    asyncio.run(off_loop.ask("/net", threading.Event().wait))
except Exception as err:
    print(err)
"""


class Thing:
    """Something that has to be closed."""

    def __init__(self) -> None:
        self.closed = threading.Event()

    def close(self) -> None:
        self.closed.set()


async def test_what_the_function_returns_or_raises_comes_out() -> None:
    assert await ask("/a", int, "12", base=8) == 10
    with pytest.raises(ValueError, match="invalid literal"):
        await ask("/a", int, "x")


async def test_a_time_limit_of_the_function_itself_comes_out_as_it_is() -> None:
    def slow() -> None:
        raise TimeoutError("of a network")

    with pytest.raises(TimeoutError, match="of a network"):
        await ask("/a", slow)


async def test_a_place_that_does_not_answer_is_given_up(monkeypatch) -> None:
    monkeypatch.setattr(off_loop, "ANSWER_S", 0.05)
    hanging = threading.Event()

    with pytest.raises(PathError, match=r"/net/x does not answer") as caught:
        await ask(Path("/net/x"), hanging.wait)

    hanging.set()
    assert caught.value.message.startswith(INVALID_FILE_PATH)
    assert caught.value.remedy


async def test_places_that_do_not_answer_stop_no_other_work(monkeypatch) -> None:
    monkeypatch.setattr(off_loop, "ANSWER_S", 0.1)
    hanging = threading.Event()
    many = [ask("/net", hanging.wait) for _ in range(100)]

    answers = asyncio.gather(*many, return_exceptions=True)
    assert await asyncio.to_thread(lambda: 5) == 5
    found = await answers

    assert all(isinstance(each, PathError) for each in found)
    assert sum(thread.name == "path-look" for thread in threading.enumerate()) <= 32
    hanging.set()
    assert await ask("/a", int, "1") == 1


async def test_more_questions_than_threads_are_all_answered() -> None:
    assert await asyncio.gather(*(ask("/a", int, str(n)) for n in range(100))) == [*range(100)]


@pytest.mark.parametrize("leaving", ["limit", "cancelled"])
async def test_what_comes_too_late_is_closed(monkeypatch, leaving: str) -> None:
    thing, answers = Thing(), threading.Event()

    def late() -> Thing:
        answers.wait()
        return thing

    if leaving == "limit":
        monkeypatch.setattr(off_loop, "ANSWER_S", 0.05)
        with pytest.raises(PathError):
            await ask("/net", late)
    else:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ask("/net", late), 0.05)
    assert not thing.closed.is_set()

    answers.set()

    await eventually(thing.closed.is_set)


def test_what_comes_when_the_loop_is_closed_is_closed() -> None:
    thing, answers = Thing(), threading.Event()

    def late() -> Thing:
        answers.wait()
        return thing

    async def leave() -> None:
        async with asyncio.timeout(0.05):
            await ask("/net", late)

    with pytest.raises(TimeoutError):
        asyncio.run(leave())
    answers.set()

    assert thing.closed.wait(5)


def test_the_program_ends_while_a_place_does_not_answer() -> None:
    with python(ENDS) as child:
        said, _ = child.communicate(timeout=20)

    assert said.strip() == "Invalid file path: /net does not answer."
