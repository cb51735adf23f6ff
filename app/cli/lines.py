"""Standard output for a command that goes on: line by line, and it ends when nobody reads any more.

Writing to a pipe that is full, or to a terminal that stands still, would stop the whole loop and
with it the manager that this process may be. So the loop waits until there is room; events that
come too fast meanwhile are dropped by their queue, which says so. A pipe whose reader has gone is
noticed at once, not at the next event.
"""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Self

_ROOM_BYTES = 4096  # A pipe that is ready takes so much without waiting: PIPE_BUF, pipe(7).


class Lines:
    """Writes lines to standard output inside an ``async with`` block.

    Leaving the block raises BrokenPipeError when the reader has gone.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._pipe = _stdout_if(lambda number: stat.S_ISFIFO(os.fstat(number).st_mode))
        self._slow = self._pipe if self._pipe is not None else _stdout_if(os.isatty)
        self._gone = False

    async def __aenter__(self) -> Self:
        if self._pipe is not None:
            # Nothing can be read from this end: it becomes "readable" by the hang-up only.
            self._loop.add_reader(self._pipe, self._hang_up)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, tb: TracebackType | None
    ) -> None:
        if self._pipe is not None:
            self._loop.remove_reader(self._pipe)
        if self._gone and self._task is not None:
            self._task.uncancel()
            raise BrokenPipeError from err

    async def put(self, line: str) -> None:
        """Write a line now; waits while the reader does not keep up."""
        text = f"{line}\n"
        if self._slow is None:
            sys.stdout.write(text)
            sys.stdout.flush()
            return
        data = text.encode(sys.stdout.encoding, errors="backslashreplace")
        for begin in range(0, len(data), _ROOM_BYTES):
            await self._room(self._slow)
            os.write(self._slow, data[begin : begin + _ROOM_BYTES])

    async def _room(self, descriptor: int) -> None:
        ready = asyncio.Event()
        self._loop.add_writer(descriptor, ready.set)
        try:
            await ready.wait()
        finally:
            self._loop.remove_writer(descriptor)

    def _hang_up(self) -> None:
        if self._pipe is not None:
            self._loop.remove_reader(self._pipe)
        if not self._gone and self._task is not None:
            self._gone = True
            self._task.cancel()


def _stdout_if(condition: Callable[[int], bool]) -> int | None:
    """Descriptor of standard output where that is true of it, with Python's buffer empty."""
    try:
        descriptor = sys.stdout.fileno()
        if not condition(descriptor):
            return None
    except (OSError, ValueError):  # Replaced by something in memory, or closed.
        return None
    sys.stdout.flush()
    return descriptor
