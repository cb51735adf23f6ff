"""The manager in another process has the same face: values, errors, events, and its death."""

from __future__ import annotations

import asyncio
import inspect
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.errors import (
    AppError,
    Code,
    ConnectionLostError,
    MemoryLessError,
    NotSupportedError,
    ParamError,
    StateError,
    StopRefusedError,
    UnknownVmError,
    error_from_code,
)
from app.vm import wire
from app.vm.api import ManagerApi
from app.vm.client import FollowingManager, RemoteManager, connect
from app.vm.events import Resync, StateChanged, VmCreated
from app.vm.model import CfgInfo, NetMode, Profile, VideoModel
from app.vm.service import WireService
from app.vm.state import VmState
from app.vm.wire import MESSAGE_LIMIT_BYTES, ManagerEndedError
from tests.fakes.wire_manager import WireManager
from tests.helpers.waiting import eventually

_CFG = CfgInfo(
    cpu_num=2,
    memory_size=512,
    disk_size=1024,
    net_mode=NetMode.MODE_BRIDGE,
    profile=Profile(video=VideoModel.VIRTIO),
)


@pytest.fixture
def path(own_folders: Path) -> Path:
    return own_folders / "run" / "manager.sock"


@pytest.fixture
def manager() -> WireManager:
    return WireManager()


@asynccontextmanager
async def remote_of(manager: WireManager, path: Path) -> AsyncIterator[RemoteManager]:
    async with WireService(manager, path), await connect(path) as remote:
        yield remote


async def test_a_machine_lives_through_the_remote_as_in_this_process(
    manager, path, tmp_path
) -> None:
    iso = tmp_path / 'a,b "c" 💿.iso'
    async with remote_of(manager, path) as remote:
        made = await remote.create_vm("démo", _CFG, iso=iso)
        assert made == await manager.get_vm_status("démo")
        assert await remote.list_vms() == await manager.list_vms()
        assert (await remote.start_vm("démo")).state is VmState.RUNNING
        assert (await remote.pause_vm("démo")).state is VmState.PAUSED
        assert (await remote.resume_vm("démo")).state is VmState.RUNNING
        picture = tmp_path / "p.png"
        assert await remote.screenshot_vm("démo", picture) == picture
        await remote.show_vm("démo")
        assert manager.shown == ["démo"]
        await remote.show_window()
        await remote.show_window(iso)
        assert manager.raised == [None, iso]
        assert (await remote.stop_vm("démo", timeout_s=2.5)).state is VmState.STOPPED
        assert manager.calls[-1] == "stop démo 2.5"
        assert (await remote.start_vm("démo", _CFG)).state is VmState.RUNNING
        assert (await remote.force_stop_vm("démo")).state is VmState.STOPPED
        assert (await remote.unmount_cd_drive_from_vm("démo", iso)).disc is None
        assert (await remote.mount_cd_drive_to_vm("démo", iso)).disc == iso
        assert (await remote.rename_vm("démo", "-neu")).name == "-neu"
        await remote.destroy_vm("-neu")
        assert (await remote.undo_destroy_vm("-neu")).id == made.id
        assert await remote.get_vm_status("-NEU") == await manager.get_vm_status("-neu")


def test_the_remote_has_every_function_of_the_manager_with_the_same_parameters() -> None:
    for name, wanted in inspect.getmembers(ManagerApi, inspect.isfunction):
        if not name.startswith("_"):
            offered = inspect.signature(getattr(RemoteManager, name))
            assert offered.parameters == inspect.signature(wanted).parameters


@pytest.mark.parametrize(
    ("ask", "kind"),
    [
        (lambda remote: remote.start_vm("none"), UnknownVmError),
        (lambda remote: remote.create_vm("", _CFG), ParamError),
        (lambda remote: remote.pause_vm("off"), StateError),
        (lambda remote: remote.stop_vm("on"), StopRefusedError),
        (lambda remote: remote.show_vm("on"), NotSupportedError),
        (lambda remote: remote.show_window(), NotSupportedError),
    ],
)
async def test_an_error_keeps_its_class_sentence_and_remedy(manager, path, ask, kind) -> None:
    manager.obedient = manager.screen = False
    for name in ("off", "on"):
        await manager.create_vm(name, _CFG)
    await manager.start_vm("on")
    with pytest.raises(kind) as here:
        await ask(manager)
    async with remote_of(manager, path) as remote:
        with pytest.raises(kind) as there:
            await ask(remote)

    assert type(there.value) is type(here.value)
    for part in ("code", "message", "remedy", "detail"):
        assert getattr(there.value, part) == getattr(here.value, part)


@pytest.mark.parametrize("code", [code for code in Code if code is not Code.OK])
async def test_every_code_comes_back_as_the_class_that_stands_for_it(manager, path, code) -> None:
    manager.broken = error_from_code(code, "no", remedy="do", detail="raw")
    async with remote_of(manager, path) as remote:
        with pytest.raises(AppError) as caught:
            await remote.list_vms()

    assert type(caught.value) is type(manager.broken)
    assert (caught.value.code, caught.value.remedy) == (code, "do")


async def test_calls_run_at_the_same_time(manager, path) -> None:
    manager.gate.clear()
    await manager.create_vm("a", _CFG)
    async with remote_of(manager, path) as remote, asyncio.TaskGroup() as tasks:
        start = tasks.create_task(remote.start_vm("a"))
        await eventually(lambda: "start a" in manager.calls)
        assert (await remote.get_vm_status("a")).state is VmState.STARTING
        manager.gate.set()
        assert (await start).state is VmState.RUNNING


async def test_every_reader_sees_all_events_without_a_gap(manager, path) -> None:
    async with remote_of(manager, path) as remote:
        with remote.subscribe() as first, remote.subscribe() as second:
            await manager.create_vm("a", _CFG)
            await remote.start_vm("a")
            for reader in (first, second):
                events = [await anext(reader) for _ in range(3)]
                assert [type(event) for event in events] == [VmCreated, StateChanged, StateChanged]
                assert [event.seq for event in events] == [1, 2, 3]


async def test_a_reader_that_falls_behind_gets_a_resync(manager, path) -> None:
    async with remote_of(manager, path) as remote:
        with remote.subscribe() as reader:
            for _ in range(300):
                await remote.create_vm("a", _CFG)
                await remote.destroy_vm("a")
            events = [await anext(reader)]
            while getattr(events[-1], "seq", 0) != manager.hub.last_seq:
                events.append(await anext(reader))

    assert isinstance(events[0], Resync)
    numbers = [event.seq for event in events[1:]]
    assert numbers == list(range(numbers[0], manager.hub.last_seq + 1))


async def test_the_death_of_the_manager_is_told_to_waiting_calls_and_to_readers(
    manager, path
) -> None:
    manager.gate.clear()
    await manager.create_vm("a", _CFG)
    service = WireService(manager, path)
    await service.start()
    async with await connect(path) as remote:
        with remote.subscribe() as reader:
            start = asyncio.get_running_loop().create_task(remote.start_vm("a"))
            assert isinstance(await anext(reader), StateChanged)
            await service.close(grace_s=0)
            with pytest.raises(ConnectionLostError, match="outcome is unknown") as lost:
                await start
            assert lost.value.remedy
            assert not isinstance(lost.value, ManagerEndedError)
            assert isinstance(await anext(reader), Resync)
        assert not remote.connected
        with pytest.raises(ManagerEndedError, match="nothing was done"):
            await remote.list_vms()
        with remote.subscribe() as late:
            assert isinstance(await anext(late), Resync)


async def test_a_manager_that_is_closing_says_that_nothing_was_begun(manager, path) -> None:
    manager.gate.clear()
    await manager.create_vm("a", _CFG)
    service = WireService(manager, path)
    await service.start()
    async with await connect(path) as remote, asyncio.TaskGroup() as tasks:
        start = tasks.create_task(remote.start_vm("a"))
        await eventually(lambda: "start a" in manager.calls)
        tasks.create_task(service.close())
        await eventually(lambda: service.closing)
        with pytest.raises(ManagerEndedError, match="nothing was done"):
            await remote.start_vm("b")
        manager.gate.set()
        assert (await start).state is VmState.RUNNING


async def test_nobody_on_the_socket_is_said_at_once(path) -> None:
    with pytest.raises(ConnectionLostError, match="no manager answers") as caught:
        await connect(path)

    assert caught.value.code is Code.IPC_FAILED
    assert caught.value.message.startswith("WriteInterfaceToken failed")


@asynccontextmanager
async def impostor(
    path: Path, talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]
) -> AsyncIterator[None]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (ConnectionError, EOFError):
            return
        finally:
            writer.close()

    server = await asyncio.start_unix_server(serve, path)
    try:
        yield
    finally:
        server.close()
        await asyncio.to_thread(path.unlink, missing_ok=True)
        await server.wait_closed()


async def test_a_manager_that_never_greets_is_given_up_in_time(path) -> None:
    over = asyncio.Event()

    async def silent(reader, writer) -> None:
        await over.wait()

    async with impostor(path, silent):
        with pytest.raises(ConnectionLostError, match="no manager answers"):
            await connect(path, timeout_s=0.05)
        over.set()


async def test_who_stops_waiting_for_a_connection_leaves_nothing_behind(path) -> None:
    over, came = asyncio.Event(), asyncio.Event()

    async def silent(reader, writer) -> None:
        came.set()
        await over.wait()

    async with impostor(path, silent):
        before = len(asyncio.all_tasks())
        connecting = asyncio.get_running_loop().create_task(connect(path))
        await came.wait()
        connecting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await connecting
        over.set()
        await eventually(lambda: len(asyncio.all_tasks()) == before)


async def test_something_else_on_the_socket_is_no_manager(path) -> None:
    async def http(reader, writer) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()

    async with impostor(path, http):
        with pytest.raises(ConnectionLostError, match="no manager answers"):
            await connect(path)


async def answer_all(reader, writer, returned: object, *events: dict[str, object]) -> None:
    """A manager that answers everything with `returned`, after `events`."""
    writer.write(wire.encode(wire.greeting()))
    stream = wire.DocumentStream()
    while data := await reader.read(4096):
        stream.feed(data)
        while (document := stream.next_document()) is not None:
            request = json.loads(document)
            plain = request["execute"] in {"qmp_capabilities", "on"}
            if not plain:
                for event in events:
                    writer.write(wire.encode(event))
            echo = {"id": request["id"]} if "id" in request else {}
            writer.write(wire.encode({"return": {} if plain else returned, **echo}))
            await writer.drain()


@pytest.mark.parametrize("returned", [5, [], {}, {"vms": 1}, {"vms": [1]}, {"vms": [{"vmId": 1}]}])
async def test_an_answer_without_sense_leaves_the_outcome_unknown(path, returned) -> None:
    async with (
        impostor(path, lambda reader, writer: answer_all(reader, writer, returned)),
        await connect(path) as remote,
    ):
        with pytest.raises(ConnectionLostError, match="outcome is unknown"):
            await remote.list_vms()


async def test_events_without_sense_cost_a_resync_and_unknown_ones_nothing(path, caplog) -> None:
    events = (
        wire.event("vmTeleported", {}, 0),
        wire.event("vmStateChange", {"state": "x"}, 0),
    )

    async with (
        impostor(path, lambda r, w: answer_all(r, w, {"vms": []}, *events)),
        await connect(path) as remote,
    ):
        with remote.subscribe() as reader:
            assert await remote.list_vms() == ()
            assert isinstance(await anext(reader), Resync)
            assert await remote.list_vms() == ()

    assert "makes no sense" in caplog.text


async def test_what_no_message_can_hold_is_refused_before_it_is_sent(manager, path) -> None:
    async with remote_of(manager, path) as remote:
        with pytest.raises(ParamError, match="more than a message can hold"):
            await remote.send_data_to_vm("a", "data", bytes(MESSAGE_LIMIT_BYTES))
        with pytest.raises(AppError):  # a large one that fits
            await remote.send_data_to_vm("a", "data", bytes(MESSAGE_LIMIT_BYTES // 2))
        assert remote.connected


async def test_a_call_that_python_would_refuse_is_not_sent(manager, path) -> None:
    async with remote_of(manager, path) as remote:
        for wrong in (
            remote.start_vm,
            lambda: remote.stop_vm("a", 2.5),
            lambda: remote.start_vm("a", colour="red"),
        ):
            with pytest.raises(TypeError):
                await wrong()
    assert manager.calls == []


async def test_the_first_question_after_connecting_is_answered_at_once(manager, path) -> None:
    needed_s = []
    while len(needed_s) < 20 and min(needed_s, default=1.0) > 0.02:  # others may be at work here
        async with WireService(manager, path):
            begun = time.perf_counter()
            async with await connect(path) as remote:
                await remote.ping()
                needed_s.append(time.perf_counter() - begun)

    assert min(needed_s) <= 0.02


async def test_a_memory_error_is_one_on_the_other_side_too(manager, path) -> None:
    manager.broken = MemoryLessError("Too little.", remedy="Close something.")
    async with remote_of(manager, path) as remote:
        with pytest.raises(MemoryLessError, match="Too little"):
            await remote.list_vms()


# Whoever is the manager ---------------------------------------------------------------------------


async def test_a_follower_needs_somebody_to_begin_with(path) -> None:
    with pytest.raises(ConnectionLostError, match="no manager answers"):
        async with FollowingManager(path):
            pytest.fail("there is nobody")


async def test_a_follower_asks_the_next_manager_and_its_readers_get_one_resync(path) -> None:
    first, second = WireManager(), WireManager()
    await second.create_vm("second", _CFG)
    service = WireService(first, path)
    await service.start()
    async with FollowingManager(path) as manager:
        with manager.subscribe() as one, manager.subscribe() as two:
            await first.create_vm("first", _CFG)
            for reader in (one, two):
                assert isinstance(await anext(reader), VmCreated)
            await service.close()
            async with asyncio.TaskGroup() as tasks:
                listed = tasks.create_task(manager.list_vms())  # waits for the next manager
                await eventually(lambda: not manager.connected)
                async with WireService(second, path):
                    assert [vm.name for vm in await listed] == ["second"]
                    assert manager.connected
                    await manager.start_vm("second")
                    for reader in (one, two):
                        assert isinstance(await anext(reader), Resync)
                        changes = [await anext(reader) for _ in range(2)]
                        assert [change.seq for change in changes] == [2, 3]


async def test_a_call_that_was_cut_off_is_not_repeated_by_a_follower(path) -> None:
    first, second = WireManager(), WireManager()
    first.gate.clear()
    for manager in (first, second):
        await manager.create_vm("a", _CFG)
    service = WireService(first, path)
    await service.start()
    async with FollowingManager(path) as manager, asyncio.TaskGroup() as tasks:
        start = tasks.create_task(outcome(manager.start_vm("a")))
        await eventually(lambda: "start a" in first.calls)
        await service.close(grace_s=0)
        async with WireService(second, path):
            assert type(await start) is ConnectionLostError
            assert (await manager.get_vm_status("a")).state is VmState.STOPPED
    assert "start a" not in second.calls


async def test_a_follower_waits_while_a_manager_gives_way(path) -> None:
    first, second = WireManager(), WireManager()
    first.gate.clear()
    for manager in (first, second):
        await manager.create_vm("a", _CFG)
    service = WireService(first, path)
    await service.start()
    async with FollowingManager(path) as manager, asyncio.TaskGroup() as tasks:
        start = tasks.create_task(manager.start_vm("a"))
        await eventually(lambda: "start a" in first.calls)
        await manager.hand_over()
        stop = tasks.create_task(manager.force_stop_vm("a"))  # not begun by the first
        first.gate.set()
        assert (await start).state is VmState.RUNNING
        await service.close()
        async with WireService(second, path):
            assert (await stop).state is VmState.STOPPED
    assert (await first.get_vm_status("a")).state is VmState.RUNNING


async def test_a_follower_says_that_nobody_came(path) -> None:
    service = WireService(WireManager(), path)
    await service.start()
    async with FollowingManager(path, patience_s=0.1) as manager:
        await manager.hand_over()
        with pytest.raises(ManagerEndedError):  # It gives way and does not go.
            await manager.list_vms()
        await service.close()
        with pytest.raises(ManagerEndedError, match="nothing was done"):
            await manager.list_vms()
        with manager.subscribe() as reader:  # Nobody came, nothing is to be asked.
            assert reader._queue.empty()


async def test_a_follower_outlives_twenty_managers(path) -> None:
    service = WireService(WireManager(), path)
    await service.start()
    async with FollowingManager(path) as manager:
        with manager.subscribe() as reader:
            for number in range(20):
                await service.close()
                fresh = WireManager()
                await fresh.create_vm(f"m{number}", _CFG)
                service = WireService(fresh, path)
                await service.start()
                assert [vm.name for vm in await manager.list_vms()] == [f"m{number}"]
                assert isinstance(await anext(reader), Resync)
            assert reader._queue.empty()
        assert len(manager._readers._readers) == 0
    await service.close()


async def outcome(call: Awaitable[object]) -> object:
    """What a call returned, or the error that it raised."""
    try:
        return await call
    except AppError as err:
        return err
