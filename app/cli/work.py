"""How a command gets at the manager: once, or again when the manager goes meanwhile.

Another process may be the manager for a moment only. When it goes during our call, we may be the
next manager ourselves, so what is safe to repeat is repeated.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from typing import TYPE_CHECKING, TypeVar

from app.cli.leaving import leave_manager_behind
from app.errors import ConnectionLostError
from app.vm.api import ManagerApi
from app.vm.client import RemoteManager
from app.vm.wire import ManagerEndedError

if TYPE_CHECKING:
    from app.cli.waiting import Waiting

ResultT = TypeVar("ResultT")
OpenManager = Callable[[], AbstractAsyncContextManager[ManagerApi]]

_ATTEMPTS = 4


@asynccontextmanager
async def the_manager() -> AsyncIterator[ManagerApi]:
    """The manager of this user's library: another process, or this one."""
    from app.vm.session import open_manager  # noqa: PLC0415 - brings the whole engine side

    async with open_manager() as manager:
        yield manager


def is_lost(manager: ManagerApi) -> bool:
    """Whether this was another process, which does not answer any more."""
    return isinstance(manager, RemoteManager) and not manager.connected


class Work:
    """Runs what commands ask of the manager.

    Args:
        open_manager: gives the manager.
        as_json: the answer shall be JSON; for commands that say it bit by bit.
        waiting: shows that the command waits.
    """

    def __init__(
        self,
        open_manager: OpenManager = the_manager,
        *,
        as_json: bool = False,
        waiting: Waiting | None = None,
    ) -> None:
        self.open_manager = open_manager
        self.as_json = as_json
        self._waiting = waiting

    async def ask(
        self,
        question: Callable[[ManagerApi], Awaitable[ResultT]],
        *,
        leaves_manager: bool = False,
    ) -> ResultT:
        """Do what is the same when done twice: ask, start, stop, pause, resume, kill.

        Args:
            question: what to do.
            leaves_manager: where this process itself was the manager and machines run, another
                one takes its place.
        """
        return await self._do(question, repeatable=True, leaves_manager=leaves_manager)

    async def change(self, step: Callable[[ManagerApi], Awaitable[ResultT]]) -> ResultT:
        """Do what may be done only once; repeated only when it was certainly not begun.

        Raises:
            ConnectionLostError: the manager was lost; nobody knows whether it happened.
        """
        return await self._do(step, repeatable=False, leaves_manager=False)

    def about(self, vm_name: str) -> None:
        """Tell which machine the work is on, where the command's words do not say it."""
        if self._waiting is not None:
            self._waiting.about(vm_name)

    async def _do(
        self,
        step: Callable[[ManagerApi], Awaitable[ResultT]],
        *,
        repeatable: bool,
        leaves_manager: bool,
    ) -> ResultT:
        for _ in range(_ATTEMPTS - 1):
            async with self.open_manager() as manager:
                try:
                    with self._present(manager, leaves_manager=leaves_manager):
                        return await step(manager)
                except ManagerEndedError:
                    continue
                except ConnectionLostError:
                    if not (repeatable and is_lost(manager)):
                        raise
        async with self.open_manager() as manager:
            with self._present(manager, leaves_manager=leaves_manager):
                return await step(manager)

    @contextmanager
    def _present(self, manager: ManagerApi, *, leaves_manager: bool) -> Iterator[None]:
        following = self._waiting.following(manager) if self._waiting else nullcontext()
        with following:
            try:
                yield
            finally:
                if leaves_manager:  # However it ended: a machine may run.
                    leave_manager_behind(manager)


def run_to_end(work: Awaitable[ResultT], waiting: Waiting | None = None) -> ResultT:
    """Run a command's work on a loop of its own; `waiting` shows that it takes time."""

    async def main() -> ResultT:
        return await (work if waiting is None else waiting.during(work))

    return asyncio.run(main())
