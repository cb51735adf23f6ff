"""One dialog for everybody who asks the same; it goes when it is not needed any more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.errors import ConnectionLostError
from app.vm.permissions import AskPerson, Choice, Permission, Request
from app.vm.questions import Question, Questions, Verdict
from tests.helpers.waiting import eventually
from tests.vm.asking import CAMERA, CLIPBOARD, HOST_ID, NAME, OTHER_RUN, OTHER_VM, RUN, VM, Person


class Keeper:
    """Keeps answers when it is told to, and notes them."""

    def __init__(self) -> None:
        self.taken: list[Choice] = []
        self.may_keep = asyncio.Event()
        self.may_keep.set()

    async def take(self, question: Question, choice: Choice) -> Verdict:
        self.taken.append(choice)
        await self.may_keep.wait()
        return Verdict.REFUSED if choice is Choice.DENY else Verdict.ALLOWED


@asynccontextmanager
async def questions_to(
    person: AskPerson | None, keeper: Keeper | None = None, *, limit_s: float = 60.0
) -> AsyncIterator[Questions]:
    async with asyncio.TaskGroup() as tasks:
        questions = Questions(tasks, (keeper or Keeper()).take, limit_s=limit_s)
        questions.ask_person = person
        try:
            yield questions
        finally:
            questions.let_go()


def a_request(permission: Permission = CAMERA, client: str = "", subject=VM) -> Request:
    return Request(subject=subject, vm_name=NAME, permission=permission, client=client)


def put(questions: Questions, request: Request, run_ms: int = RUN) -> asyncio.Task[Verdict]:
    return asyncio.ensure_future(questions.put(request, run_ms))


async def test_the_dialog_shows_who_wants_what_and_why() -> None:
    person = Person(Choice.ONCE)
    request = Request(subject=VM, vm_name=NAME, permission=CAMERA, client="obs", reason="to film")

    async with questions_to(person) as questions:
        assert await questions.put(request, RUN) is Verdict.ALLOWED

    assert person.asked == [request]


async def test_without_a_window_there_is_no_question() -> None:
    async with questions_to(None) as questions:
        assert await questions.put(a_request(), RUN) is Verdict.NO_WINDOW


async def test_everybody_who_asks_the_same_meanwhile_shares_the_dialog_and_its_answer() -> None:
    person = Person()
    async with questions_to(person) as questions:
        asking = [put(questions, a_request(client=name)) for name in ("a", "b", "c")]
        await person.choose(Choice.DENY)

        assert await asyncio.gather(*asking) == [Verdict.REFUSED] * 3
        assert [request.client for request in person.asked] == ["a"]


async def test_another_machine_or_permission_is_another_question() -> None:
    person = Person()
    async with questions_to(person) as questions:
        asking = [
            put(questions, a_request()),
            put(questions, a_request(CLIPBOARD)),
            put(questions, a_request(subject=OTHER_VM)),
        ]
        for task, choice, verdict in zip(
            asking,
            (Choice.ONCE, Choice.DENY, Choice.ONCE),
            (Verdict.ALLOWED, Verdict.REFUSED, Verdict.ALLOWED),
            strict=True,
        ):
            await person.dialog()
            assert len(person.open) == 1  # one at a time, in the order of asking
            await person.choose(choice)
            assert await task is verdict


async def test_time_runs_for_a_question_only_while_it_is_shown() -> None:
    person = Person()
    async with questions_to(person, limit_s=0.1) as questions:
        first, second = put(questions, a_request()), put(questions, a_request(CLIPBOARD))
        assert await first is Verdict.NO_ANSWER

        # It has waited its whole limit for its turn, and now has as much before the person.
        await eventually(lambda: second.done() or len(person.asked) == 2)
        assert not second.done()
        await person.choose(Choice.ONCE)
        assert await second is Verdict.ALLOWED


async def test_an_answer_on_its_way_to_the_disk_does_not_hold_up_the_next_question() -> None:
    person, keeper = Person(), Keeper()
    keeper.may_keep.clear()
    async with questions_to(person, keeper) as questions:
        asking = [put(questions, a_request()), put(questions, a_request(CLIPBOARD))]
        await person.choose(Choice.ONCE)
        await eventually(lambda: keeper.taken)

        await person.choose(Choice.DENY)
        keeper.may_keep.set()
        assert await asyncio.gather(*asking) == [Verdict.ALLOWED, Verdict.REFUSED]


async def test_a_question_withdrawn_before_its_turn_is_never_shown() -> None:
    person = Person()
    async with questions_to(person) as questions:
        asking = [
            put(questions, a_request(permission, name))
            for permission, name in ((CAMERA, "a"), (CLIPBOARD, "b"), (HOST_ID, "c"))
        ]
        await person.dialog()
        asking[1].cancel()
        await asyncio.wait([asking[1]])
        assert len(person.open) == 1

        await person.choose(Choice.ONCE)
        await asking[0]
        await person.choose(Choice.DENY)
        assert await asking[2] is Verdict.REFUSED
        assert [request.client for request in person.asked] == ["a", "c"]


async def test_another_run_is_another_question_that_comes_after_the_first() -> None:
    person = Person()
    async with questions_to(person) as questions:
        asking = [put(questions, a_request()), put(questions, a_request(), OTHER_RUN)]
        await person.choose(Choice.ONCE)
        await asking[0]
        await person.choose(Choice.DENY)

        assert await asyncio.gather(*asking) == [Verdict.ALLOWED, Verdict.REFUSED]
        assert person.most_open == {(VM, CAMERA): 1}


async def test_a_dialog_that_nobody_answers_is_a_no_and_disappears() -> None:
    person = Person()
    async with questions_to(person, limit_s=0.02) as questions:
        assert await questions.put(a_request(), RUN) is Verdict.NO_ANSWER
        await eventually(lambda: not person.open)

        again = put(questions, a_request())
        await person.choose(Choice.ONCE)
        assert await again is Verdict.ALLOWED


async def test_the_time_limit_is_for_the_person_and_not_for_the_disk() -> None:
    person, keeper = Person(Choice.ONCE), Keeper()
    keeper.may_keep.clear()
    async with questions_to(person, keeper, limit_s=0.02) as questions:
        asking = put(questions, a_request())
        await eventually(lambda: keeper.taken)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(asking), 0.05)

        keeper.may_keep.set()
        assert await asking is Verdict.ALLOWED


async def test_whoever_stops_waiting_leaves_the_question_to_the_others() -> None:
    person = Person()
    async with questions_to(person) as questions:
        first, second = put(questions, a_request()), put(questions, a_request())
        await person.dialog()
        first.cancel()
        await asyncio.wait([first])

        await person.choose(Choice.ONCE)
        assert await second is Verdict.ALLOWED
        assert first.cancelled()


async def test_a_question_that_nobody_waits_for_is_withdrawn() -> None:
    person, keeper = Person(), Keeper()
    async with questions_to(person, keeper) as questions:
        asking = [put(questions, a_request()), put(questions, a_request())]
        await person.dialog()
        for task in asking:
            task.cancel()
        await eventually(lambda: not person.open)

        again = put(questions, a_request())
        await person.choose(Choice.DENY)
        assert await again is Verdict.REFUSED
        assert len(person.asked) == 2
        assert keeper.taken == [Choice.DENY]


async def test_what_was_answered_is_kept_even_when_nobody_waits_any_more() -> None:
    person, keeper = Person(), Keeper()
    keeper.may_keep.clear()
    async with questions_to(person, keeper) as questions:
        asking = put(questions, a_request())
        await person.choose(Choice.ALWAYS)
        await eventually(lambda: keeper.taken)
        asking.cancel()
        await asyncio.wait([asking])

        joining = put(questions, a_request())
        keeper.may_keep.set()
        assert await joining is Verdict.ALLOWED
        assert len(person.asked) == 1


async def test_a_dialog_that_is_slow_to_go_is_gone_before_the_next_one_comes() -> None:
    leave = asyncio.Event()
    story = []

    async def slow_to_go(request: Request) -> Choice:
        story.append(f"{request.client} comes")
        try:
            await asyncio.Event().wait()
        finally:
            await leave.wait()
            story.append(f"{request.client} goes")
        return Choice.ALWAYS

    async with questions_to(slow_to_go) as questions:
        first = put(questions, a_request(client="first"))
        await eventually(lambda: story)
        first.cancel()
        await asyncio.wait([first])
        second = put(questions, a_request(client="second"))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(second), 0.02)
        assert story == ["first comes"]

        leave.set()
        await eventually(lambda: len(story) == 3)
        questions.settle(lambda question: True, Verdict.FORBIDDEN)
        assert await second is Verdict.FORBIDDEN

    assert story == ["first comes", "first goes", "second comes", "second goes"]


async def test_a_dialog_that_does_not_go_cannot_hold_anybody_up() -> None:
    pressed = asyncio.Event()

    async def stubborn(request: Request) -> Choice:
        while not pressed.is_set():
            try:
                await pressed.wait()
            except asyncio.CancelledError:
                continue
        return Choice.ALWAYS

    keeper = Keeper()
    async with questions_to(stubborn, keeper, limit_s=0.02) as questions:
        assert await questions.put(a_request(), RUN) is Verdict.NO_ANSWER
        assert await questions.put(a_request(), RUN) is Verdict.NO_ANSWER
        pressed.set()

    assert not keeper.taken


@pytest.mark.parametrize("answer", [None, "perhaps", True])
async def test_what_is_no_answer_is_a_no(answer, caplog: pytest.LogCaptureFixture) -> None:
    async def odd(request: Request):
        return answer

    async with questions_to(odd) as questions:
        assert await questions.put(a_request(), RUN) is Verdict.FAILED

    assert "cannot be asked" in caplog.text


async def test_a_dialog_that_fails_is_a_no_and_the_manager_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(request: Request) -> Choice:
        raise KeyError("the window has gone")

    async with questions_to(broken) as questions:
        assert await questions.put(a_request(), RUN) is Verdict.FAILED
        questions.ask_person = Person(Choice.ONCE)
        assert await questions.put(a_request(), RUN) is Verdict.ALLOWED

    assert "the window has gone" in caplog.text


async def test_a_dialog_that_is_closed_from_outside_is_a_no() -> None:
    person = Person()
    async with questions_to(person) as questions:
        asking = put(questions, a_request())
        await person.dialog()
        person.open[0].cancel()

        assert await asking is Verdict.FAILED


async def test_a_manager_that_leaves_takes_its_dialogs_along() -> None:
    person = Person()
    async with questions_to(person) as questions:
        asking = put(questions, a_request())
        await person.dialog()
        questions.let_go()

        assert await asking is Verdict.LEAVING
        with pytest.raises(ConnectionLostError):
            await questions.put(a_request(), RUN)

    assert not person.open


async def test_a_dialog_whose_parent_ends_before_it_began_leaves_nobody_waiting() -> None:
    asking = []

    async def fail() -> None:
        raise KeyError("another part of the manager")

    with pytest.RaisesGroup(KeyError):
        async with asyncio.TaskGroup() as tasks:
            questions = Questions(tasks, Keeper().take)
            questions.ask_person = Person()
            tasks.create_task(fail())
            asking.append(put(questions, a_request()))
            await asyncio.Event().wait()

    assert await asking[0] is Verdict.FAILED
