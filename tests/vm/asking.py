"""A person who answers questions, and permissions to ask about."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from app.vm.permissions import (
    AskPerson,
    Choice,
    Permission,
    PermissionKind,
    Permissions,
    Request,
)

VM = UUID("0f8fad5b-d9cb-469f-a165-70867728950e")
OTHER_VM = UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7")
NAME = "Windows 11"
RUN, OTHER_RUN = 1_700_000_000_000, 1_800_000_000_000
CAMERA = Permission(PermissionKind.CAMERA)
MICROPHONE = Permission(PermissionKind.MICROPHONE)
CLIPBOARD = Permission(PermissionKind.CLIPBOARD_READ)
HOST_ID = Permission(PermissionKind.HOST_ID)
FOLDER = Permission(PermissionKind.SHARED_FOLDER, "/srv/my files")


class Person:
    """Sees dialogs and answers them: the prepared choices first, then by `choose`."""

    def __init__(self, *choices: Choice) -> None:
        self.asked: list[Request] = []
        self.open: list[asyncio.Future[Choice]] = []
        self.most_open: dict[tuple[UUID | None, Permission], int] = {}
        self._choices = list(choices)
        self._now: dict[tuple[UUID | None, Permission], int] = {}
        self._appeared = asyncio.Event()

    async def __call__(self, request: Request) -> Choice:
        self.asked.append(request)
        if self._choices:
            return self._choices.pop(0)
        key = (request.subject, request.permission)
        button = asyncio.get_running_loop().create_future()
        self.open.append(button)
        self._now[key] = self._now.get(key, 0) + 1
        self.most_open[key] = max(self._now[key], self.most_open.get(key, 0))
        self._appeared.set()
        try:
            return await button
        finally:
            self.open.remove(button)
            self._now[key] -= 1

    async def dialog(self) -> None:
        """Wait until a dialog is on the screen."""
        while not self.open:
            self._appeared.clear()
            await self._appeared.wait()

    async def choose(self, choice: Choice) -> None:
        """Press a button of the first dialog, as soon as there is one."""
        await self.dialog()
        self.open[0].set_result(choice)


@asynccontextmanager
async def permissions_in(
    library: Path, person: AskPerson | None = None, **limits: float
) -> AsyncIterator[Permissions]:
    """The permissions of `library` as one manager has them."""
    async with asyncio.TaskGroup() as tasks:
        permissions = Permissions(library, tasks, **limits)
        permissions.ask_person = person
        await permissions.load()
        try:
            yield permissions
        finally:
            permissions.let_go()
