"""Hostile clients by the thousand: each gets answers or is hung up on, and the honest go on.

Every session is made from its number, so that one which fails can be had again.
"""

from __future__ import annotations

import asyncio
import gc
import random
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from typing_extensions import override

from app.errors import Code
from app.vm.service import WireService
from tests.fakes.wire_manager import WireManager
from tests.helpers.descriptors import open_descriptors
from tests.helpers.waiting import eventually
from tests.vm.mutator import session, spoiled
from tests.vm.raw_client import RawClient, call, negotiated

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

SESSIONS = 2500
LONG_SESSIONS = 250_000
_BATCH = 500
_AT_ONCE = 16
_SESSION_LIMIT_S = 20.0
_MORE_BLOCKS = 2000
"""Blocks of memory that may be in use more at the end than after the first batch: caches fill."""
_HONEST = {str(code) for code in Code} - {Code.IPC_FAILED, Code.OK}
"""`IPC_FAILED` is what a client gets for a bug."""


class Harmless(WireManager):
    """Touches no file, whatever path it is given; stays the manager; leaves no window behind."""

    def __init__(self) -> None:
        super().__init__()
        self.handover = False

    @override
    async def destroy_vm(self, vm_name: str) -> None:
        bound = self.bindings.of_machine((await self.get_vm_status(vm_name)).id)
        if bound is not None:
            await self.destroy_vm_view(bound.window_id)
        await super().destroy_vm(vm_name)

    @override
    async def screenshot_vm(self, vm_name: str, target: Path) -> Path:
        return target

    @override
    async def grant_path(self, path: Path) -> Path:
        return path


@pytest.fixture
def path(own_folders: Path) -> Path:
    return own_folders / "run" / "manager.sock"


async def test_what_the_mutator_starts_from_is_all_right(path: Path) -> None:
    async with WireService(Harmless(), path):
        for number in range(100):
            async with RawClient(path) as client:
                messages = session(random.Random(number))
                client.send(*messages)
                client.writer.write_eof()
                answers = await _answers(client, number)
                assert len(answers) == len(messages)
                wrong = [answer for answer in answers if _code(answer) == Code.INVALID_PARAM]
                assert not [error for error in wrong if "not valid JSON" in str(error)]


@pytest.mark.timeout_s(180)
async def test_thousands_of_spoiled_sessions_harm_nobody(path: Path) -> None:
    await _campaign(path, SESSIONS)


@pytest.mark.long
@pytest.mark.timeout_s(3600)
async def test_a_hundred_times_as_many_spoiled_sessions_harm_nobody_either(path: Path) -> None:
    await _campaign(path, LONG_SESSIONS)


async def _campaign(path: Path, sessions: int) -> None:
    service = WireService(Harmless(), path)
    async with service, negotiated(path) as honest:
        tasks_before, files_before = len(asyncio.all_tasks()), open_descriptors()
        blocks = []
        for first in range(0, sessions, _BATCH):
            service.manager = Harmless()  # Its machines are not the service's memory.
            await _batch(path, range(first, min(first + _BATCH, sessions)))
            await eventually(lambda: service.client_count == 1)
            assert "pid" in (await honest.ask(call("ping")))["return"]
            async with negotiated(path) as late:
                assert "return" in await late.ask(call("listVms"))
            await eventually(lambda: service.client_count == 1)
            assert len(asyncio.all_tasks()) == tasks_before
            blocks.append(_blocks_in_use())
        assert open_descriptors() == files_before
    assert blocks[-1] - blocks[0] < _MORE_BLOCKS, blocks


async def _batch(path: Path, numbers: range) -> None:
    """Run these sessions, some at the same time."""
    waiting = iter(numbers)
    async with asyncio.TaskGroup() as tasks:
        for _ in range(_AT_ONCE):
            tasks.create_task(_attack_by(path, waiting))


async def _attack_by(path: Path, waiting: Iterator[int]) -> None:
    for number in waiting:
        dice = random.Random(number)
        stream = spoiled(dice)
        try:
            async with asyncio.timeout(_SESSION_LIMIT_S), RawClient(path) as client:
                await _attack(client, dice, stream, number)
        except TimeoutError:
            pytest.fail(f"session {number} hangs: {stream[:2000]!r}")


async def _attack(client: RawClient, dice: random.Random, stream: bytes, number: int) -> None:
    """Say it all, and listen meanwhile; or go away in the middle of it."""
    if dice.random() < 0.3:
        with suppress(ConnectionError):
            await _say(client, _pieces(dice, stream[: dice.randint(0, 50_000)]))
        client.writer.transport.abort()
        return
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_answers(client, number))
        with suppress(ConnectionError):  # It may hang up on us before all is said.
            await _say(client, _pieces(dice, stream))
            client.writer.write_eof()


async def _say(client: RawClient, pieces: Iterable[bytes]) -> None:
    for piece in pieces:
        client.writer.write(piece)
        await client.writer.drain()
        await asyncio.sleep(0)  # The service reads what has come so far.


def _pieces(dice: random.Random, stream: bytes) -> Iterator[bytes]:
    """The stream in slices; a short one sometimes byte by byte."""
    if dice.random() < 0.03 and len(stream) < 1500:
        size = 1
    else:
        size = dice.choice([len(stream) or 1, 4096, max(1, len(stream) // dice.randint(2, 9))])
    for start in range(0, len(stream), size):
        yield stream[start : start + size]


async def _answers(client: RawClient, number: int) -> list[dict[str, object]]:
    """Everything that came until the end; each message one that a client could expect."""
    found = []
    with suppress(EOFError, ConnectionError):
        assert "QMP" in await client.receive()
        while True:
            message = await client.receive()
            kinds = message.keys() & {"return", "error", "event"}
            assert len(kinds) == 1, (number, message)
            assert "error" not in message or _code(message) in _HONEST, (number, message)
            if "event" not in message:
                found.append(message)
    return found


def _code(message: dict[str, object]) -> object:
    error = message.get("error")
    return error["class"] if isinstance(error, dict) else None


def _blocks_in_use() -> int:
    """Pieces of memory that are not free; unlike the process's size it does not depend on gaps."""
    gc.collect()
    return sys.getallocatedblocks()
