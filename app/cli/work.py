"""How a command gets at the manager: once, or again when the manager goes meanwhile.

Another process may be the manager for a moment only. When it goes during our call, we may be the
next manager ourselves, so what is safe to repeat is repeated.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeVar

from app.errors import ConnectionLostError
from app.vm.api import ManagerApi
from app.vm.client import RemoteManager
from app.vm.wire import ManagerEndedError

ResultT = TypeVar("ResultT")
OpenManager = Callable[[], AbstractAsyncContextManager[ManagerApi]]

_ATTEMPTS = 4


@asynccontextmanager
async def the_manager() -> AsyncIterator[ManagerApi]:
    """The manager of this user's library: another process, or this one."""
    from app.vm.session import open_manager  # noqa: PLC0415 - brings the whole engine side

    async with open_manager() as manager:
        yield manager


class Work:
    """Runs what commands ask of the manager.

    Args:
        open_manager: gives the manager.
    """

    def __init__(self, open_manager: OpenManager = the_manager) -> None:
        self._open_manager = open_manager

    async def ask(self, question: Callable[[ManagerApi], Awaitable[ResultT]]) -> ResultT:
        """Do what is the same when done twice: ask, start, stop, pause, resume, kill."""
        return await self._do(question, repeatable=True)

    async def change(self, step: Callable[[ManagerApi], Awaitable[ResultT]]) -> ResultT:
        """Do what may be done only once; repeated only when it was certainly not begun.

        Raises:
            ConnectionLostError: the manager was lost; nobody knows whether it happened.
        """
        return await self._do(step, repeatable=False)

    async def _do(
        self, step: Callable[[ManagerApi], Awaitable[ResultT]], *, repeatable: bool
    ) -> ResultT:
        for _ in range(_ATTEMPTS - 1):
            async with self._open_manager() as manager:
                try:
                    return await step(manager)
                except ManagerEndedError:
                    continue
                except ConnectionLostError:
                    lost = isinstance(manager, RemoteManager) and not manager.connected
                    if not (repeatable and lost):
                        raise
        async with self._open_manager() as manager:
            return await step(manager)


def run_to_end(work: Awaitable[ResultT]) -> ResultT:
    """Run a command's work on a loop of its own."""

    async def main() -> ResultT:
        return await work

    return asyncio.run(main())
