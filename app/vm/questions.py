"""Questions to a person: one dialog for everybody who asks the same, for so long and no longer.

A person is asked one thing at a time, and the time of a question runs while it is before them: one
that waits behind another must not expire unseen.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from enum import Enum, auto
from typing import Any
from uuid import UUID

from app.errors import ConnectionLostError
from app.vm.consent import AskPerson, Choice, Key, Permission, Request
from app.vm.unbroken import unbroken

_log = logging.getLogger(__name__)

ANSWER_LIMIT_S = 60.0
"""So long a dialog waits for a person; then the answer is no."""

_Key = tuple[UUID | None, Permission, int]


class Verdict(Enum):
    """How things stand, or how a question ended. UNKNOWN is for those who keep the answers."""

    ALLOWED = auto()
    FORBIDDEN = auto()
    REFUSED = auto()
    UNKNOWN = auto()
    NO_WINDOW = auto()
    NO_ANSWER = auto()
    FAILED = auto()
    ENDED = auto()
    LEAVING = auto()


class Question:
    """One dialog, from the first who asks to the verdict.

    Attributes:
        request: what it shows: the words of the first who asked.
        run_ms: the run that it is asked in.
    """

    def __init__(self, request: Request, run_ms: int) -> None:
        self.request = request
        self.run_ms = run_ms
        self._verdict: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self._waiting = 0
        self._dialog: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._end_turn: Callable[[], None] | None = None

    @property
    def key(self) -> _Key:
        """What makes another question the same."""
        return self.request.subject, self.request.permission, self.run_ms

    @property
    def settled(self) -> bool:
        """Whether there is a verdict; an answer that comes later is not wanted."""
        return self._verdict.done()

    def shown_by(self, dialog: asyncio.Task[None]) -> None:
        """The dialog is to come as soon as it is this question's turn."""
        self._dialog = dialog

    def turn_begins(self, timer: asyncio.TimerHandle, end_turn: Callable[[], None]) -> None:
        """The time limit has begun; `end_turn` is called once, as soon as nobody is asked more."""
        self._timer, self._end_turn = timer, end_turn

    def answered(self) -> None:
        """The dialog has gone by itself: no time limit any more, and nothing to take away."""
        self._dialog = None
        if self._timer is not None:
            self._timer.cancel()
        end_turn, self._end_turn = self._end_turn, None
        if end_turn is not None:
            end_turn()

    def settle(self, verdict: Verdict) -> None:
        """Tell everybody who waits, and take the dialog away; later verdicts are not heard."""
        if not self._verdict.done():
            self._verdict.set_result(verdict)
        if self._dialog is not None:
            self._dialog.cancel()
        self.answered()

    async def wait(self) -> Verdict:
        """The verdict. When the last who waits is cancelled, the question is withdrawn.

        What a person has answered already is not withdrawn: it is still to be kept.
        """
        self._waiting += 1
        try:
            return await asyncio.shield(self._verdict)
        finally:
            self._waiting -= 1
            if self._waiting == 0 and self._dialog is not None:
                self.settle(Verdict.ENDED)


class Questions:
    """All dialogs about permissions of one manager, on its loop.

    Args:
        tasks: the dialogs are tasks of it.
        take: keeps what a person chose and gives the verdict on it.
        limit_s: so long a dialog waits for the person, once it is its turn.

    Attributes:
        ask_person: shows a dialog; None while there is no window.
    """

    def __init__(
        self,
        tasks: asyncio.TaskGroup,
        take: Callable[[Question, Choice], Coroutine[Any, Any, Verdict]],
        *,
        limit_s: float = ANSWER_LIMIT_S,
    ) -> None:
        self.ask_person: AskPerson | None = None
        self._tasks = tasks
        self._take = take
        self._limit_s = limit_s
        self._open: dict[_Key, Question] = {}
        self._dialogs: dict[Key, asyncio.Task[None]] = {}
        self._turn = asyncio.Lock()
        self._has_let_go = False

    async def put(self, request: Request, run_ms: int) -> Verdict:
        """Ask a person, or wait with those who have asked the same.

        Raises:
            ConnectionLostError: the manager is leaving.
        """
        if self._has_let_go:
            raise leaving()
        question = self._open.get((request.subject, request.permission, run_ms))
        if question is None or question.settled:
            if self.ask_person is None:
                return Verdict.NO_WINDOW
            question = self._begin(self.ask_person, Question(request, run_ms))
        return await question.wait()

    def settle(self, chosen: Callable[[Question], bool], verdict: Verdict) -> None:
        """Give a verdict on all open questions that are `chosen`; their dialogs go."""
        for question in self._open.values():
            if chosen(question):
                question.settle(verdict)

    def let_go(self) -> None:
        """The manager leaves: all dialogs go, and nothing is asked any more."""
        self._has_let_go = True
        self.settle(lambda _: True, Verdict.LEAVING)

    def _begin(self, ask_person: AskPerson, question: Question) -> Question:
        # To a person the same question in another run is the same: never two of them on the screen.
        shown_as = question.key[:2]
        dialog = self._tasks.create_task(
            self._show(question, ask_person, self._dialogs.get(shown_as)), name="consent"
        )
        question.shown_by(dialog)
        dialog.add_done_callback(lambda _: self._dialog_gone(question, dialog))
        self._open[question.key] = question
        self._dialogs[shown_as] = dialog
        return question

    async def _show(
        self, question: Question, ask_person: AskPerson, earlier: asyncio.Task[None] | None
    ) -> None:
        try:
            await self._turn.acquire()
            # Not held until the dialog has gone: one that does not go would hold up all others, and
            # while an answer goes to the disk the next can be asked.
            timer = asyncio.get_running_loop().call_later(
                self._limit_s, question.settle, Verdict.NO_ANSWER
            )
            question.turn_begins(timer, self._turn.release)
            if earlier is not None:
                await asyncio.wait([earlier])
            choice = Choice(await ask_person(question.request))
            if not question.settled:
                question.answered()
                question.settle(await unbroken(self._take(question, choice)))
        except Exception:  # noqa: BLE001 - a dialog's trouble is a no, not the manager's end
            _log.exception("%s: cannot be asked", question.request.permission)

    def _dialog_gone(self, question: Question, dialog: asyncio.Task[None]) -> None:
        question.settle(Verdict.FAILED)
        if self._open.get(question.key) is question:
            del self._open[question.key]
        if self._dialogs.get(question.key[:2]) is dialog:
            del self._dialogs[question.key[:2]]


def leaving() -> ConnectionLostError:
    """What is asked of a manager that is leaving."""
    return ConnectionLostError("The manager is leaving.", remedy="Start Duplex VM again.")
