"""Looks at the file system that may never come back, in threads that nobody waits for.

A network folder whose server is gone holds every look at it, for ever. In asyncio's own pool a few
such looks would stop everything else that goes there, and the end of the program with it. So each
look has a thread of its own, of which there are only so many, and a limit after which it is given
up; the thread stays behind until the system answers or the program ends.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import ParamSpec, TypeVar

from app.errors import INVALID_FILE_PATH, PathError
from app.vm.document_paths import shown

ANSWER_S = 10.0
"""So long a place may take; a disk that sleeps needs seconds."""
_MOST_THREADS = 32
_ROOM_S = 0.02
"""So often is looked for room when all threads are taken."""

ResultT = TypeVar("ResultT")
P = ParamSpec("P")

_room = threading.BoundedSemaphore(_MOST_THREADS)


async def ask(
    place: object, function: Callable[P, ResultT], *args: P.args, **named: P.kwargs
) -> ResultT:
    """What `function` returns or raises; it looks at the file system in a thread.

    A result that comes when nobody waits any more is closed, when it can be.

    Args:
        place: what is looked at, for people.
        function: may block.
        *args: for it.
        **named: for it.

    Raises:
        PathError: there is no answer within `ANSWER_S`.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[ResultT] = loop.create_future()
    context = contextvars.copy_context()

    def settle(result: ResultT | None, err: BaseException | None) -> None:
        if answer.done():
            _close(result)
        elif err is not None:
            answer.set_exception(err)
        else:
            answer.set_result(result)  # type: ignore[arg-type] # without an error there is one

    def work() -> None:
        result: ResultT | None = None
        failure: BaseException | None = None
        try:
            result = context.run(function, *args, **named)
        except BaseException as err:  # noqa: BLE001 - handed to the caller, who raises it
            failure = err
        finally:
            _room.release()
        try:
            loop.call_soon_threadsafe(settle, result, failure)
        except RuntimeError:  # The loop has been closed meanwhile.
            _close(result)

    try:
        async with asyncio.timeout(ANSWER_S):
            # Threads of several loops share the room: no event of one loop tells of it.
            while not _room.acquire(blocking=False):  # noqa: ASYNC110 - see above
                await asyncio.sleep(_ROOM_S)
            _begin(work)
            return await answer
    except TimeoutError as err:
        if answer.done() and not answer.cancelled():
            raise  # its own, such as a network's
        raise PathError(
            f"{INVALID_FILE_PATH}: {shown(str(place))} does not answer.",
            remedy="Look after the drive or network share that it lies on, then try again.",
        ) from err


def _begin(work: Callable[[], None]) -> None:
    try:
        threading.Thread(target=work, name="path-look", daemon=True).start()
    except BaseException:
        _room.release()
        raise


def _close(result: object) -> None:
    """Let go of what nobody takes, such as an open file."""
    close = getattr(result, "close", None)
    if callable(close):
        with suppress(OSError):
            close()
