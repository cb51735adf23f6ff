"""Twenty clients at once on a real manager whose machine is paused and resumed all the time.

Sixteen ask and read, one drives the machine, two read by fits and starts, one never reads.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import psutil
import pytest

from app.errors import AppError, Code, StateError, UnknownVmError
from app.vm.client import RemoteManager, connect
from app.vm.events import HostChanged, Resync, Subscription
from app.vm.manager import VmManager
from app.vm.session import manager_socket, open_manager
from app.vm.state import VmState
from tests.helpers.waiting import eventually
from tests.vm.managing import running_machine, small
from tests.vm.raw_client import RawClient, call

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

LOAD_S = 10.0
LONG_LOAD_S = 60.0
ASKING, SLOW = 16, 2
_WARM_UP_S = 3.0
_STALL_EVENTS = 450
_STALL_S = 7.0
_SEND_TIMEOUT_S = 8.0
_GROWTH_LIMIT_BYTES = 6 << 20
_BIG = "n" * 8000
"""Makes events so large that the kernel holds few, and who stands still falls behind."""
_MOVING = {VmState.RUNNING, VmState.PAUSING, VmState.PAUSED, VmState.RESUMING}


@dataclass
class Load:
    """What everybody shares, and what came of it."""

    manager: VmManager
    socket: Path
    vm_id: UUID
    over: asyncio.Event = field(default_factory=asyncio.Event)
    calls: Counter[str] = field(default_factory=Counter)
    read: list[int] = field(default_factory=list)
    resyncs: list[int] = field(default_factory=list)
    dead_was_let_go: bool = False


@pytest.mark.timeout_s(60)
async def test_twenty_clients_are_served_for_ten_seconds(tmp_path: Path, caplog) -> None:
    await _run(tmp_path / "library", LOAD_S, caplog)


@pytest.mark.long
@pytest.mark.timeout_s(180)
async def test_twenty_clients_are_served_for_a_minute(tmp_path: Path, caplog) -> None:
    await _run(tmp_path / "library", LONG_LOAD_S, caplog)


async def _run(root: Path, length_s: float, caplog: pytest.LogCaptureFixture) -> None:
    async with open_manager(root) as manager:
        assert isinstance(manager, VmManager)
        assert manager.service is not None
        manager.service.send_timeout_s = _SEND_TIMEOUT_S
        info = await running_machine(manager)
        load = Load(manager, manager_socket(root), info.id)
        try:
            grown_bytes = await _served(load, length_s)
        finally:
            await manager.force_stop_vm("demo")
    _judge(load, grown_bytes)
    warnings = {record.message for record in caplog.records if record.levelname == "WARNING"}
    assert warnings == {"let a client go that does not read"}


def _judge(load: Load, grown_bytes: int) -> None:
    assert len(load.read) == ASKING
    assert min(load.read) == max(load.read) > 300, load.read  # Nobody missed one, see `_read`.
    assert set(load.resyncs) <= {0, 1}, load.resyncs
    assert load.resyncs.count(1) >= SLOW, load.resyncs
    assert load.dead_was_let_go
    assert min(load.calls.values()) > 3, load.calls
    assert sum(load.calls.values()) > 300, load.calls
    assert grown_bytes < _GROWTH_LIMIT_BYTES, grown_bytes


async def _served(load: Load, length_s: float) -> int:
    """Let everybody work so long; by how many bytes the process grew after the warm-up."""
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        warm_bytes = 0

        def warmed_up() -> None:
            nonlocal warm_bytes
            warm_bytes = _resident_bytes()

        for number in range(ASKING):
            remote = await stack.enter_async_context(await connect(load.socket))
            tasks.create_task(_ask(load, remote, random.Random(number)))
            events = stack.enter_context(remote.subscribe())
            tasks.create_task(_read(load, events))
        for _ in range(SLOW):
            client = await stack.enter_async_context(RawClient(load.socket))
            tasks.create_task(_read_by_fits(load, client))
        dead = await stack.enter_async_context(RawClient(load.socket))
        tasks.create_task(_never_read(load, dead))
        driver = await stack.enter_async_context(await connect(load.socket))
        tasks.create_task(_drive(load, driver))
        assert load.manager.service is not None
        assert load.manager.service.client_count == 20
        tasks.create_task(_tick(load))
        loop.call_later(_WARM_UP_S, warmed_up)
        loop.call_later(length_s, load.over.set)
        await load.over.wait()
        return _resident_bytes() - warm_bytes


# Who drives ---------------------------------------------------------------------------------------


async def _drive(load: Load, remote: RemoteManager) -> None:
    """Pause and resume the machine; nobody else does, so that every answer is known before."""
    while not load.over.is_set():
        assert (await remote.pause_vm("demo")).state is VmState.PAUSED
        assert (await remote.resume_vm("demo")).state is VmState.RUNNING
        load.calls["drive"] += 1
        await _for_a_moment(load, 0.02)


async def _tick(load: Load) -> None:
    """Something large happens now and then; the last event of all is the one without words."""
    while not load.over.is_set():
        for _ in range(10):
            load.manager.events.publish(HostChanged(accelerator="tcg", notice=_BIG))
        await _for_a_moment(load, 0.05)
    load.manager.events.publish(HostChanged(accelerator="tcg"))


# Who asks and reads -------------------------------------------------------------------------------


async def _ask(load: Load, remote: RemoteManager, dice: random.Random) -> None:
    questions = [*_QUESTIONS.items()]
    while not load.over.is_set():
        name, question = dice.choice(questions)
        await question(load, remote)
        load.calls[name] += 1
        await _for_a_moment(load, dice.random() * 0.05)


async def _list(load: Load, remote: RemoteManager) -> None:
    (vm,) = await remote.list_vms()
    assert (vm.id, vm.name) == (load.vm_id, "demo")


async def _status(load: Load, remote: RemoteManager) -> None:
    vm = await remote.get_vm_status("DEMO")
    assert vm.id == load.vm_id
    assert vm.state in _MOVING
    assert vm.channel_info is not None


async def _ping(load: Load, remote: RemoteManager) -> None:
    assert (await remote.ping()).pid == os.getpid()


async def _sizes(load: Load, remote: RemoteManager) -> None:
    size, path, bytes_on_disk, cpus = await asyncio.gather(
        remote.get_vm_disk_size("demo"),
        remote.get_vm_disk_image_path("demo"),
        remote.get_vm_disk_image_file_size("demo"),
        remote.get_vm_available_cpu_num_range(),
    )
    assert (size, path.name, cpus.min) == (16, "disk0.qcow2", 1)
    assert bytes_on_disk > 0


async def _rules(load: Load, remote: RemoteManager) -> None:
    assert (await remote.get_pc_mode()).open
    assert await remote.get_granted_paths() == ()
    assert not await remote.check_vm_window_visible("demo")


async def _wrong(load: Load, remote: RemoteManager) -> None:
    with pytest.raises(UnknownVmError, match="nobody"):
        await remote.start_vm("nobody")
    with pytest.raises(AppError, match="already") as taken:
        await remote.create_vm("demo", small())
    assert taken.value.code is Code.NAME_TAKEN
    with pytest.raises(StateError):
        await remote.destroy_vm("demo")


_QUESTIONS: dict[str, Callable[[Load, RemoteManager], Awaitable[None]]] = {
    "list": _list,
    "status": _status,
    "ping": _ping,
    "sizes": _sizes,
    "rules": _rules,
    "wrong": _wrong,
}


async def _read(load: Load, events: Subscription) -> None:
    """Read everything that happens; not one may be missing."""
    first = await anext(events)
    assert not isinstance(first, Resync)
    seq = first.seq
    async for event in events:
        assert not isinstance(event, Resync), f"after {seq}"
        assert event.seq == seq + 1
        seq = event.seq
        if isinstance(event, HostChanged) and not event.notice:
            break
    load.read.append(seq)


# Who does not read --------------------------------------------------------------------------------


async def _read_by_fits(load: Load, client: RawClient) -> None:
    """Stand still, then catch up, again and again; count the resyncs of each time."""
    await client.negotiate()
    await client.ask(call("on", event="*"))
    seq = 0
    while not load.over.is_set():
        client.writer.transport.pause_reading()
        await _stand_still(load)
        client.writer.transport.resume_reading()
        newest, resyncs = load.manager.events.last_seq, 0
        while seq < newest:
            event = await client.receive()
            if event["event"] == "resync":
                resyncs += 1
                seq = 0
            else:
                assert seq in {0, event["data"]["seq"] - 1}, "a gap without a resync"
                seq = event["data"]["seq"]
        load.resyncs.append(resyncs)


async def _stand_still(load: Load) -> None:
    """Until more has happened than is kept for anybody; not so long as to be let go."""
    enough = load.manager.events.last_seq + _STALL_EVENTS
    with suppress(TimeoutError):
        async with asyncio.timeout(_STALL_S):
            while load.manager.events.last_seq < enough and not load.over.is_set():
                await _for_a_moment(load, 0.05)


async def _never_read(load: Load, client: RawClient) -> None:
    await client.negotiate()
    await client.ask(call("on", event="*"))
    client.writer.transport.pause_reading()
    await load.over.wait()
    service = load.manager.service
    assert service is not None
    await eventually(lambda: service.client_count == 19, timeout_s=_SEND_TIMEOUT_S)
    load.dead_was_let_go = True


async def _for_a_moment(load: Load, seconds: float) -> None:
    """Do something else for so long, at most until the end."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await load.over.wait()


def _resident_bytes() -> int:
    gc.collect()
    resident: int = psutil.Process().memory_info().rss
    return resident
