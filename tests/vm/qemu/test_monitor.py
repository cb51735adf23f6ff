"""One QMP connection with its rules: limits, bounded events, translated errors."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.errors import ConnectionLostError, EngineError
from app.vm.qemu.monitor import FAST_S, Monitor
from tests.helpers.waiting import eventually
from tests.vm.qemu.qmp_server import QmpServer

REFUSAL = {"error": {"class": "GenericError", "desc": "No medium in the drive"}}


@asynccontextmanager
async def connected(server: QmpServer, own_folders: Path) -> AsyncIterator[Monitor]:
    async with server.listening(own_folders / "qmp"):
        monitor = await Monitor.connect(own_folders / "qmp")
        try:
            yield monitor
        finally:
            await monitor.close()


async def test_a_command_returns_what_the_engine_returns(own_folders: Path) -> None:
    server = QmpServer()
    server.answer = lambda command, arguments: {"return": {command: arguments}}
    async with connected(server, own_folders) as monitor:
        answer = await monitor.execute("eject", {"id": "cd0"})

    assert answer == {"eject": {"id": "cd0"}}


async def test_a_refusal_is_told_with_its_class_and_text(own_folders: Path) -> None:
    server = QmpServer()
    server.answer = lambda *_: REFUSAL
    async with connected(server, own_folders) as monitor:
        with pytest.raises(EngineError) as caught:
            await monitor.execute("eject")

    assert "GenericError" in caught.value.detail
    assert "No medium" in caught.value.detail


async def test_silence_has_an_end_and_the_connection_still_serves(own_folders: Path) -> None:
    server = QmpServer()
    server.answer = lambda command, _: None if command == "slow" else {"return": {}}
    async with connected(server, own_folders) as monitor:
        with pytest.raises(ConnectionLostError, match="does not answer"):
            await monitor.execute("slow", timeout_s=0.05)
        assert await monitor.execute("quick") == {}


async def test_commands_run_side_by_side(own_folders: Path) -> None:
    server = QmpServer()
    async with connected(server, own_folders) as monitor:
        answers = await asyncio.gather(*(monitor.execute(f"c{n}") for n in range(50)))

    assert answers == [{}] * 50
    assert len(server.commands) == 50


async def test_a_link_that_dies_under_a_command_is_told(own_folders: Path) -> None:
    server = QmpServer()
    server.answer = lambda *_: server.hang_up()
    async with connected(server, own_folders) as monitor:
        with pytest.raises(ConnectionLostError, match="gone"):
            await monitor.execute("quit")
        with pytest.raises(ConnectionLostError, match="gone"):
            await monitor.execute("again")


@pytest.mark.slow  # waits for longer than the limit
async def test_a_command_without_a_limit_waits_until_the_link_dies(own_folders: Path) -> None:
    server = QmpServer()
    server.answer = lambda *_: None
    async with connected(server, own_folders) as monitor:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(FAST_S + 0.5):
                await monitor.execute("snapshot-save", timeout_s=None)
        asyncio.get_running_loop().call_later(0.1, server.hang_up)
        with pytest.raises(ConnectionLostError, match="gone"):
            await monitor.execute("snapshot-save", timeout_s=None)


async def test_an_event_of_ours_comes_behind_those_that_came(own_folders: Path) -> None:
    server = QmpServer()
    async with connected(server, own_folders) as monitor:
        server.event("STOP")
        await monitor.execute("sync")
        monitor.tell({"event": "OURS"})
        server.hang_up()
        assert [event["event"] async for event in monitor.events()] == ["STOP", "OURS"]


@pytest.mark.parametrize("greeting", [b"", b"hello", b'{"QMP": 7}', b"[]", b"\xff\xff", b"{}"])
async def test_what_is_no_monitor_is_found_out_in_time(own_folders: Path, greeting: bytes) -> None:
    server = QmpServer(greeting=greeting)
    async with server.listening(own_folders / "qmp"):
        with pytest.raises(ConnectionLostError):
            await Monitor.connect(own_folders / "qmp", timeout_s=0.2)


async def test_a_missing_a_stale_and_a_foreign_socket_are_told_the_same_way(
    own_folders: Path,
) -> None:
    async with QmpServer().listening(own_folders / "stale"):
        os.link(own_folders / "stale", own_folders / "kept")
    (own_folders / "file").touch()

    for name in ("missing", "kept", "file", "x" * 200):
        with pytest.raises(ConnectionLostError):
            await Monitor.connect(own_folders / name)


async def test_events_come_in_order_and_end_with_the_link(own_folders: Path) -> None:
    server = QmpServer()
    async with connected(server, own_folders) as monitor:
        for name in ("STOP", "RESUME", "SHUTDOWN"):
            server.event(name)
        await monitor.execute("sync")
        server.hang_up()
        names = [event["event"] async for event in monitor.events()]

    assert names == ["STOP", "RESUME", "SHUTDOWN"]


async def test_a_flood_of_events_takes_no_memory_and_keeps_the_newest(own_folders: Path) -> None:
    server = QmpServer()
    async with connected(server, own_folders) as monitor:
        for number in range(5000):
            server.event("RTC_CHANGE", offset=number)
        await monitor.execute("sync")
        server.hang_up()
        offsets = [event["data"]["offset"] async for event in monitor.events()]

    assert len(offsets) <= 256
    assert offsets[-1] == 4999
    assert offsets == sorted(offsets)


@pytest.mark.parametrize(
    ("message", "ends"),
    [
        ({"surprise": 1}, False),
        ({"return": {}, "id": "never asked"}, False),
        ({"event": 7}, False),
        ({"error": {"class": "GenericError", "desc": "cannot parse"}}, True),
    ],
    ids=str,
)
async def test_an_odd_message_ends_the_link_at_most(
    own_folders: Path, message: dict[str, object], ends: bool
) -> None:
    server = QmpServer()
    async with connected(server, own_folders) as monitor:
        server.say(message)
        if not ends:
            assert await monitor.execute("query-status") == {}
            return
        assert [event async for event in monitor.events()] == []
        with pytest.raises(ConnectionLostError):
            await monitor.execute("query-status")


@pytest.mark.parametrize("data", [b"\xff\xfe\r\n", b"[1]\r\n", b"{\r\n", b'"x"\r\n'], ids=repr)
async def test_what_is_no_message_ends_the_link_and_nothing_else(
    own_folders: Path, data: bytes
) -> None:
    server = QmpServer()
    async with connected(server, own_folders) as monitor:
        server.babble(data)
        assert [event async for event in monitor.events()] == []
        with pytest.raises(ConnectionLostError):
            await monitor.execute("query-status")


async def test_a_time_limit_that_ends_anywhere_in_a_connect_leaves_nothing(
    own_folders: Path,
) -> None:
    before = asyncio.all_tasks()
    for greeting in (b"\xff\xff", b"hello", None):
        async with QmpServer(greeting=greeting).listening(own_folders / "qmp"):
            for step in range(60):
                with contextlib.suppress(ConnectionLostError):
                    limit_s = step * 0.00004
                    monitor = await Monitor.connect(own_folders / "qmp", timeout_s=limit_s)
                    await monitor.close()
    await eventually(lambda: asyncio.all_tasks() <= before)
    gc.collect()  # which would tell of an exception that nobody has asked for


async def test_a_caller_that_leaves_leaves_the_connection_in_order(own_folders: Path) -> None:
    server = QmpServer()
    server.answer = lambda command, _: None if command == "slow" else {"return": {}}
    async with connected(server, own_folders) as monitor:
        task = asyncio.ensure_future(monitor.execute("slow"))
        await eventually(lambda: "slow" in server.commands)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await monitor.execute("quick") == {}


async def test_a_connection_that_is_closed_twice_leaves_no_task(own_folders: Path) -> None:
    before = asyncio.all_tasks()
    async with connected(QmpServer(), own_folders) as monitor:
        await monitor.close()
    await eventually(lambda: asyncio.all_tasks() <= before)


async def test_connecting_can_be_cancelled_at_any_moment(own_folders: Path) -> None:
    before = asyncio.all_tasks()
    async with QmpServer().listening(own_folders / "qmp"):
        for turns in range(12):
            task = asyncio.ensure_future(Monitor.connect(own_folders / "qmp"))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        monitor = await Monitor.connect(own_folders / "qmp")
        await monitor.close()
    await eventually(lambda: asyncio.all_tasks() <= before)
