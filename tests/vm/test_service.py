"""The manager's socket from outside: real sockets, a manager in memory, good and bad clients."""

from __future__ import annotations

import ast
import asyncio
import json
import os
import socket
import stat
import sys
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from qemu.qmp import ExecuteError, QMPClient

from app import __version__
from app.errors import StoreError
from app.vm import service as service_module
from app.vm import wire_connection
from app.vm.functions import functions
from app.vm.model import CfgInfo
from app.vm.service import WireService
from app.vm.wire import MESSAGE_LIMIT_BYTES
from app.vm.wire_commands import CONNECTION_COMMANDS, QUERY_COMMANDS
from tests.fakes.wire_manager import WireManager
from tests.helpers.waiting import eventually
from tests.vm.raw_client import RawClient, call, negotiated

_CFG = {"cpuNum": 1, "memorySize": 64, "diskSize": 16}


@pytest.fixture
def path(own_folders: Path) -> Path:
    return own_folders / "run" / "manager.sock"


@pytest.fixture
def manager() -> WireManager:
    return WireManager()


@asynccontextmanager
async def stock_client(path: Path) -> AsyncIterator[QMPClient]:
    client = QMPClient("test")
    await client.connect(str(path))
    try:
        yield client
    finally:
        with suppress(EOFError, OSError):
            await client.disconnect()


# The stock client ---------------------------------------------------------------------------------


async def test_the_stock_client_walks_a_machine_through_its_life(manager, path, tmp_path) -> None:
    async with WireService(manager, path), stock_client(path) as qmp:
        with qmp.listener() as events:
            await qmp.execute("on", {"event": "*"})
            iso = str(tmp_path / "a.iso")
            made = await qmp.execute("createVm", {"vmName": "demo", "cfg": _CFG, "isoPath": iso})
            assert (made["stateName"], made["isoPath"]) == ("STATE_STOPPED", iso)
            for name, state in [
                ("startVm", "STATE_RUNNING"),
                ("pauseVm", "STATE_PAUSED"),
                ("resumeVm", "STATE_RUNNING"),
                ("stopVm", "STATE_STOPPED"),
                ("startVm", "STATE_RUNNING"),
                ("forceStopVm", "STATE_STOPPED"),
            ]:
                assert (await qmp.execute(name, {"vmName": "demo"}))["stateName"] == state
            ejected = await qmp.execute("unmountCDDriveFromVm", {"vmName": "demo"})
            assert ejected["isoPath"] is None
            renamed = await qmp.execute("renameVm", {"vmName": "demo", "newName": "neu 🖥"})
            assert renamed["vmName"] == "neu 🖥"
            assert await qmp.execute("destroyVm", {"vmName": "neu 🖥"}) == {}
            assert await qmp.execute("listVms") == {"vms": []}
            back = await qmp.execute("undoDestroyVm", {"vmName": "neu 🖥"})
            assert back["vmId"] == made["vmId"]

            seen = []
            while not events.empty():
                seen.append(await events.get())
    assert [event["data"]["seq"] for event in seen] == list(range(1, manager.hub.last_seq + 1))
    states = [e["data"]["stateName"] for e in seen if e["event"] == "vmStateChange"]
    assert states[:4] == ["STATE_STARTING", "STATE_RUNNING", "STATE_PAUSING", "STATE_PAUSED"]
    assert {e["event"] for e in seen} >= {"vmCreated", "vmRenamed", "vmRemoved", "vmChanged"}


async def test_the_stock_client_gets_errors_as_class_and_sentence(manager, path) -> None:
    async with WireService(manager, path), stock_client(path) as qmp:
        with pytest.raises(ExecuteError, match="There is no machine “x”") as caught:
            await qmp.execute("startVm", {"vmName": "x"})

    assert caught.value.error_class == "VM_NOT_FOUND"
    assert caught.value.received["error"]["data"] == {"remedy": "Look at the list.", "detail": ""}


async def test_two_hundred_calls_of_the_stock_client_at_once_are_all_answered(
    manager, path
) -> None:
    async with WireService(manager, path), stock_client(path) as qmp, asyncio.TaskGroup() as tasks:
        answers = [tasks.create_task(qmp.execute("ping")) for _ in range(200)]

    assert {answer.result()["pid"] for answer in answers} == {os.getpid()}


async def test_commands_tell_their_names_to_shells_and_people(manager, path) -> None:
    async with WireService(manager, path), stock_client(path) as qmp:
        names = {entry["name"] for entry in await qmp.execute("query-commands")}
        assert await qmp.execute("queryCommands") == await qmp.execute("query-commands")

    assert names == {*functions(), *CONNECTION_COMMANDS, *QUERY_COMMANDS}


_SHELL_SESSION = """queryCommands
on event=vmCreated
createVm vmName=demo cfg={"cpuNum":1,"memorySize":64,"diskSize":16,'netMode':"MODE_NAT"}

startVm vmName=demo
stopVm vmName=nobody
mountCDDriveToVm vmName=demo
"""


async def test_the_packages_own_shell_lists_commands_runs_some_and_shows_an_event(
    manager, path, tmp_path
) -> None:
    async with WireService(manager, path):
        shell = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "qemu.qmp.qmp_shell", str(path),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "HOME": str(tmp_path)},
        )  # fmt: skip
        said, complaints = await shell.communicate(_SHELL_SESSION.encode())

    assert (shell.returncode, complaints) == (0, b"")
    lines = [line.removeprefix("(QEMU) ") for line in said.decode().splitlines()]
    major, minor, micro = __version__.split(".")
    assert f"Connected to QEMU {major}.{minor}.{micro}" in lines
    answers = [json.loads(line) for line in lines if line.startswith('{"')]
    names = [entry["name"] for entry in answers[0]["return"]]
    assert {"startVm", "createVmView", "on", "introduce"} <= set(names)
    assert answers[1] == {"return": {"events": ["vmCreated"]}}
    assert answers[2]["return"]["stateName"] == "STATE_STOPPED"
    assert answers[3]["return"]["stateName"] == "STATE_RUNNING"
    assert answers[4]["error"]["class"] == "VM_NOT_FOUND"
    assert answers[5]["error"]["class"] == "VM_ERROR_INVALID_PARAM"
    events = [ast.literal_eval(line) for line in lines if line.startswith("{'")]
    assert [event["event"] for event in events] == ["vmCreated"]
    assert events[0]["data"]["vmName"] == "demo"


# Order --------------------------------------------------------------------------------------------


async def test_commands_without_id_are_answered_in_order(manager, path) -> None:
    manager.gate.clear()
    async with WireService(manager, path), negotiated(path) as client:
        await client.ask(call("createVm", vmName="a", cfg=_CFG))
        client.send(call("startVm", vmName="a"), call("ping"), call("listVms"))
        await eventually(lambda: "start a" in manager.calls)
        manager.gate.set()
        answers = [await client.receive() for _ in range(3)]

    for answer, member in zip(answers, ["vmName", "pid", "vms"], strict=True):
        assert member in answer["return"]


async def test_what_is_wrong_is_answered_in_its_turn_too(manager, path) -> None:
    manager.gate.clear()
    async with WireService(manager, path), negotiated(path) as client:
        await client.ask(call("createVm", vmName="a", cfg=_CFG))
        client.send(call("startVm", vmName="a"), {"execute": 5}, b"{]", call("teleportVm"), b"x")
        await eventually(lambda: "start a" in manager.calls)
        manager.gate.set()
        assert (await client.receive())["return"]["stateName"] == "STATE_RUNNING"
        wrong = [(await client.receive())["error"]["class"] for _ in range(4)]
        assert await client.ended()

    invalid = "VM_ERROR_INVALID_PARAM"
    assert wrong == [invalid, invalid, "NOT_SUPPORT", invalid]


async def test_what_is_wrong_and_has_an_id_waits_for_nobody(manager, path) -> None:
    manager.gate.clear()
    async with WireService(manager, path), negotiated(path) as client:
        await client.ask(call("createVm", vmName="a", cfg=_CFG))
        client.send(call("startVm", vmName="a"), {"execute": 5, "id": "x"})
        refused = await client.receive()
        manager.gate.set()
        assert "return" in await client.receive()

    assert (refused["id"], refused["error"]["class"]) == ("x", "VM_ERROR_INVALID_PARAM")


async def test_a_command_with_id_overtakes_one_that_takes_long(manager, path) -> None:
    manager.gate.clear()
    async with WireService(manager, path), negotiated(path) as client:
        await client.ask(call("createVm", vmName="a", cfg=_CFG))
        client.send({**call("startVm", vmName="a"), "id": 1}, {**call("ping"), "id": [2, None]})
        assert (await client.receive())["id"] == [2, None]
        manager.gate.set()
        assert (await client.receive())["id"] == 1


async def test_nothing_is_done_before_the_connection_is_negotiated(manager, path) -> None:
    async with WireService(manager, path), RawClient(path) as client:
        await client.receive()
        refused = await client.ask({**call("createVm", vmName="a", cfg=_CFG), "id": 1})
        assert refused["error"]["class"] == "VM_ERROR_INVALID_PARAM"
        assert refused["id"] == 1
        assert await client.ask(call("qmp_capabilities", enable=[])) == {"return": {}}
        again = await client.ask(call("qmp_capabilities"))
        assert again["error"]["class"] == "VM_ERROR_INVALID_PARAM"

    assert await manager.list_vms() == ()


async def test_capabilities_that_we_do_not_have_cannot_be_enabled(manager, path) -> None:
    async with WireService(manager, path), RawClient(path) as client:
        await client.receive()
        refused = await client.ask(call("qmp_capabilities", enable=["oob"]))
        assert refused["error"]["class"] == "VM_ERROR_INVALID_PARAM"


async def test_the_events_of_a_command_come_before_its_answer(manager, path) -> None:
    async with WireService(manager, path), negotiated(path) as client:
        await client.ask(call("createVm", vmName="a", cfg=_CFG))
        await client.ask(call("on", event="vmStateChange"))
        client.send(call("startVm", vmName="a"))
        names = [next(iter(await client.receive())) for _ in range(3)]

    assert names == ["event", "event", "return"]


async def test_a_client_that_stops_sending_still_gets_its_answers(manager, path) -> None:
    async with WireService(manager, path), negotiated(path) as client:
        client.send(call("ping"), call("listVms"))
        client.writer.write_eof()
        assert "return" in await client.receive()
        assert await client.receive() == {"return": {"vms": []}}
        assert await client.ended()


# Events -------------------------------------------------------------------------------------------


async def test_only_chosen_events_are_sent(manager, path) -> None:
    async with WireService(manager, path), negotiated(path) as client:
        await manager.create_vm("before", _cfg())
        assert await client.ask(call("on", event="vmRemoved")) == {
            "return": {"events": ["vmRemoved"]}
        }
        await manager.create_vm("a", _cfg())
        await manager.destroy_vm("a")
        assert (await client.receive())["event"] == "vmRemoved"
        assert await client.ask(call("off", event="*")) == {"return": {"events": []}}
        await manager.destroy_vm("before")
        assert "return" in await client.ask(call("ping"))


async def test_an_event_that_does_not_exist_cannot_be_chosen(manager, path) -> None:
    async with WireService(manager, path), negotiated(path) as client:
        refused = await client.ask(call("on", event="vmTeleported"))

    assert refused["error"]["class"] == "VM_ERROR_INVALID_PARAM"
    assert "vmStateChange" in refused["error"]["data"]["remedy"]


async def test_twenty_clients_that_read_see_no_gap(manager, path) -> None:
    async def read(client: RawClient) -> list[int]:
        return [(await client.receive())["data"]["seq"] for _ in range(100)]

    async with WireService(manager, path) as service:
        clients = [RawClient(path) for _ in range(20)]
        for client in clients:
            await client.__aenter__()
            await client.negotiate()
            await client.ask(call("on", event="*"))
        assert service.client_count == 20
        async with asyncio.TaskGroup() as tasks:
            readers = [tasks.create_task(read(client)) for client in clients]
            for number in range(50):
                await manager.create_vm(f"vm{number}", _cfg())
                await manager.destroy_vm(f"vm{number}")
                await asyncio.sleep(0)
        for client in clients:
            await client.__aexit__(None, None, None)
        await eventually(lambda: service.client_count == 0)

    assert all(reader.result() == list(range(1, 101)) for reader in readers)


async def test_a_slow_reader_gets_one_resync_and_holds_nobody_up(manager, path) -> None:
    async with (
        WireService(manager, path),
        negotiated(path) as slow,
        negotiated(path) as quick,
    ):
        await slow.ask(call("on", event="*"))
        slow.writer.transport.pause_reading()
        name = "n" * 128
        published = 0
        while published < 6000:  # More than the socket, the buffers and the queue can hold.
            await manager.create_vm(name, _cfg())
            await manager.destroy_vm(name)
            await asyncio.sleep(0)  # A reader that keeps up would take both now.
            published += 2
            if published % 500 == 0:
                assert "return" in await quick.ask(call("ping"))
        slow.writer.transport.resume_reading()
        seen: list[dict[str, Any]] = []
        while not seen or seen[-1]["data"].get("seq") != published:
            seen.append(await slow.receive())

    missed = [position for position, event in enumerate(seen) if event["event"] == "resync"]
    before = [event["data"]["seq"] for event in seen[: missed[0]]]
    assert len(before) > 256
    assert before == list(range(1, len(before) + 1))
    assert len(seen) < published


async def test_a_client_that_never_reads_is_let_go(manager, path, caplog) -> None:
    async with WireService(manager, path, send_timeout_s=0.05) as service:
        async with negotiated(path) as client:
            await client.ask(call("on", event="*"))
            client.writer.transport.pause_reading()

            async def gone() -> bool:
                for _ in range(1000):
                    await manager.create_vm("n" * 128, _cfg())
                    await manager.destroy_vm("n" * 128)
                return service.client_count == 0

            await eventually(gone)
        async with negotiated(path) as other:
            assert "return" in await other.ask(call("ping"))

    assert "does not read" in caplog.text


async def test_a_client_that_does_not_negotiate_is_let_go_and_others_are_not(manager, path) -> None:
    service = WireService(manager, path, negotiation_s=0.5)
    async with service, negotiated(path) as patient, RawClient(path) as silent:
        assert await silent.ended()
        async with RawClient(path) as chatty:
            with suppress(EOFError, ConnectionError):  # Words alone do not keep it.
                while await chatty.receive():
                    chatty.send(call("ping"))
            await eventually(lambda: service.client_count == 1)
        assert "return" in await patient.ask(call("ping"))


async def test_a_client_that_died_frees_its_place_while_its_command_goes_on(
    manager, path, monkeypatch
) -> None:
    monkeypatch.setattr(wire_connection, "_LOOK_AGAIN_S", 0.01)
    manager.gate.clear()
    async with WireService(manager, path) as service:
        for name in ("a", "b"):
            await manager.create_vm(name, _cfg())
        async with negotiated(path) as quiet:  # It only says no more.
            quiet.send({**call("startVm", vmName="a"), "id": 1})
            quiet.writer.write_eof()
            async with negotiated(path) as dead:  # All is closed at once, as when a process dies.
                dead.send({**call("startVm", vmName="b"), "id": 2})
                await eventually(lambda: "start b" in manager.calls)
                assert service.client_count == 2
            await eventually(lambda: service.client_count == 1)
            manager.gate.set()
            assert (await quiet.receive())["return"]["stateName"] == "STATE_RUNNING"
        assert (await manager.get_vm_status("b")).state.name == "RUNNING"


async def test_a_client_with_too_many_commands_under_way_is_not_read_until_one_ends(
    manager, path, monkeypatch
) -> None:
    monkeypatch.setattr(wire_connection, "MAX_COMMANDS", 2)
    manager.gate.clear()
    names = ["a", "b", "c"]
    async with WireService(manager, path), negotiated(path) as client, negotiated(path) as other:
        for name in names:
            await manager.create_vm(name, _cfg())
        client.send(*[{**call("startVm", vmName=name), "id": name} for name in names])
        await eventually(lambda: "start b" in manager.calls)
        assert "return" in await other.ask(call("ping"))
        assert "start c" not in manager.calls
        manager.gate.set()
        answers = [await client.receive() for _ in names]

    assert sorted(answer["id"] for answer in answers) == names
    assert "start c" in manager.calls


async def test_commands_of_the_dead_are_not_heaped_up_without_end(
    manager, path, monkeypatch
) -> None:
    monkeypatch.setattr(wire_connection, "_LOOK_AGAIN_S", 0.01)
    monkeypatch.setattr(service_module, "MAX_COMMANDS_OF_ALL", 3)
    manager.gate.clear()
    async with WireService(manager, path) as service:
        for name in ("a", "b", "c"):
            await manager.create_vm(name, _cfg())
            async with negotiated(path) as client:
                client.send({**call("startVm", vmName=name), "id": 1})
                await eventually(lambda name=name: f"start {name}" in manager.calls)
            await eventually(lambda: service.client_count == 0)
        async with RawClient(path) as client:
            await client.receive()
            refused = await client.ask(call("qmp_capabilities"))
            assert refused["error"]["class"] == "VM_WRONG_STATE"
            assert refused["error"]["data"]["remedy"]
            manager.gate.set()
            await eventually(lambda: not service._commands)
            assert await client.ask(call("qmp_capabilities")) == {"return": {}}
            assert "return" in await client.ask(call("ping"))


# Peers and the socket file ------------------------------------------------------------------------


async def test_another_user_is_not_even_greeted(manager, path, caplog) -> None:
    other = os.getuid() + 1
    async with WireService(manager, path, peer=lambda _: other), RawClient(path) as client:
        assert await client.reader.read() == b""

    assert f"user {other}" in caplog.text


if os.getuid() == 0:

    def test_a_process_of_another_user_gets_not_one_byte(manager, path, caplog) -> None:
        with process_of_nobody(path) as stranger, asyncio.Runner() as runner:

            async def serve() -> None:
                async with WireService(manager, path), negotiated(path) as ours:
                    for entry, mode in (
                        (path.parents[1], 0o711),
                        (path.parent, 0o711),
                        (path, 0o666),
                    ):
                        entry.chmod(mode)  # The folders alone would keep it out.
                    assert await asyncio.to_thread(stranger) == "connected, 0 bytes"
                    path.parent.chmod(0o700)
                    assert "return" in await ours.ask(call("ping"))

            runner.run(serve())

        assert "user 65534" in caplog.text

else:

    async def test_without_root_the_process_of_another_user_is_a_made_up_one(
        manager, path, caplog
    ) -> None:
        async with WireService(manager, path, peer=lambda _: 65534), RawClient(path) as stranger:
            assert await stranger.reader.read() == b""

        assert "user 65534" in caplog.text


@contextmanager
def process_of_nobody(path: Path) -> Iterator[Callable[[], str]]:
    """A child that is another user; called, it connects, asks, and tells what it got.

    It is forked before the loop of this test, and does nothing there but wait at a pipe and talk to
    a socket: threads that earlier tests have left behind (3.12 warns of them) are not in its way.
    """
    turn, go = os.pipe()
    told, tell = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            os.close(go)
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            os.read(turn, 1)
            os.write(tell, _ask_as_a_stranger(path).encode())
        finally:
            os._exit(0)  # Nothing of the tests' process may happen twice.
    os.close(tell)
    os.close(turn)

    def take_turn() -> str:
        os.write(go, b"!")
        return os.read(told, 1000).decode()

    try:
        yield take_turn
    finally:
        os.close(go)
        os.close(told)
        os.waitpid(child, 0)


def _ask_as_a_stranger(path: Path) -> str:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        try:
            connection.connect(str(path))
        except OSError as err:
            return f"not connected: {err}"
        try:
            connection.sendall(b'{"execute":"qmp_capabilities"}')
            return f"connected, {len(connection.recv(1000))} bytes"
        except ConnectionError:
            return "connected, 0 bytes"


async def test_a_peer_that_cannot_be_named_is_refused(manager, path, caplog) -> None:
    def unknown(connection: socket.socket) -> int:
        raise OSError("no credentials")

    async with WireService(manager, path, peer=unknown), RawClient(path) as client:
        assert await client.reader.read() == b""

    assert "no credentials" in caplog.text


async def test_the_kernel_names_the_user_of_a_connection(manager, path) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs:
        assert service_module.peer_uid(ours) == os.getuid()


async def test_the_socket_is_for_its_owner_and_goes_with_the_service(manager, path) -> None:
    async with WireService(manager, path):
        assert stat.S_IMODE(path.lstat().st_mode) == 0o600

    assert not path.exists()


async def test_the_socket_of_a_dead_manager_is_replaced(manager, path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    async with WireService(manager, path), negotiated(path) as client:
        assert "return" in await client.ask(call("ping"))


async def test_a_socket_that_another_manager_has_put_there_stays(manager, path) -> None:
    first, second = WireService(manager, path), WireService(manager, path)
    await first.start()
    await second.start()
    await first.close()
    async with negotiated(path) as client:
        assert "return" in await client.ask(call("ping"))
    await second.close()


async def test_a_file_in_the_sockets_place_is_not_touched(manager, path) -> None:
    path.write_text("mine")
    with pytest.raises(StoreError, match="not a socket"):
        await WireService(manager, path).start()

    assert path.read_text() == "mine"
    path.unlink()


async def test_a_folder_that_others_can_enter_is_refused(manager, path) -> None:
    path.parent.chmod(0o755)
    with pytest.raises(StoreError, match="not private"):
        await WireService(manager, path).start()


async def test_a_path_too_long_for_a_socket_is_said(manager, path) -> None:
    folder = path.parent / ("x" * 100)
    folder.mkdir(mode=0o700)
    with pytest.raises(StoreError, match="cannot be made"):
        await WireService(manager, folder / "manager.sock").start()


async def test_closing_ends_clients_and_what_they_asked_for(manager, path) -> None:
    manager.gate.clear()
    service = WireService(manager, path)
    await service.start()
    async with negotiated(path) as client:
        await client.ask(call("createVm", vmName="a", cfg=_CFG))
        client.send(call("startVm", vmName="a"))
        await eventually(lambda: "start a" in manager.calls)
        await service.close(grace_s=0)
        await service.close()
        assert await client.ended()
    assert service.client_count == 0


async def test_closing_waits_for_what_was_begun_and_begins_nothing_new(manager, path) -> None:
    manager.gate.clear()
    service = WireService(manager, path)
    await service.start()
    async with negotiated(path) as client, asyncio.TaskGroup() as tasks:
        await client.ask(call("createVm", vmName="a", cfg=_CFG))
        client.send({**call("startVm", vmName="a"), "id": 1})
        await eventually(lambda: "start a" in manager.calls)
        tasks.create_task(service.close())
        await eventually(lambda: service.closing)
        refused = await client.ask({**call("startVm", vmName="b"), "id": 2})
        assert refused["error"]["data"]["begun"] is False
        manager.gate.set()
        assert (await client.receive())["return"]["stateName"] == "STATE_RUNNING"
        assert await client.ended()
    assert manager.calls == ["create a", "start a"]


async def test_who_hears_that_another_takes_over_can_begin_nothing_more(manager, path) -> None:
    manager.gate.clear()
    async with WireService(manager, path) as service:
        await manager.create_vm("a", _cfg())
        async with negotiated(path) as client, negotiated(path) as other:
            client.send({**call("startVm", vmName="a"), "id": 1})
            await eventually(lambda: "start a" in manager.calls)
            assert await other.ask(call("handOver")) == {"return": {}}
            assert manager.handed_over
            assert service.closing
            for command in ("listVms", "startVm", "ping", "on"):
                refused = await other.ask(call(command, vmName="a"))
                assert refused["error"]["data"]["begun"] is False
            async with RawClient(path) as late:
                assert await late.ended()
            manager.gate.set()
            assert (await client.receive())["return"]["stateName"] == "STATE_RUNNING"


async def test_a_manager_that_does_not_hand_over_goes_on(manager, path) -> None:
    manager.handover = False
    async with WireService(manager, path) as service, negotiated(path) as client:
        refused = await client.ask(call("handOver"))
        assert refused["error"]["class"] == "NOT_SUPPORT"
        assert not service.closing
        assert "return" in await client.ask(call("ping"))


async def test_a_command_goes_on_when_its_client_dies(manager, path) -> None:
    manager.gate.clear()
    async with WireService(manager, path) as service:
        async with negotiated(path) as client:
            await client.ask(call("createVm", vmName="a", cfg=_CFG))
            client.send({**call("startVm", vmName="a"), "id": 1})
            await eventually(lambda: "start a" in manager.calls)
            client.writer.transport.abort()
        manager.gate.set()
        await eventually(lambda: service.client_count == 0)
        assert (await manager.get_vm_status("a")).state.name == "RUNNING"


async def test_more_clients_than_allowed_are_turned_away(
    manager, path, monkeypatch, caplog
) -> None:
    monkeypatch.setattr(service_module, "MAX_CLIENTS", 1)
    async with WireService(manager, path) as service:
        async with negotiated(path), RawClient(path) as second:
            assert await second.ended()
        await eventually(lambda: service.client_count == 0)
        async with negotiated(path) as third:
            assert "return" in await third.ask(call("ping"))


# Hostile input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad",
    [b"hello", b"[1]", b'{"a":' * 10_000, b'{"a":"' + b"x" * (MESSAGE_LIMIT_BYTES + 1)],
    ids=["text", "list", "deep", "huge"],
)
async def test_a_stream_that_cannot_be_followed_is_answered_and_ended(manager, path, bad) -> None:
    async with WireService(manager, path):
        async with negotiated(path) as client:
            client.send(bad)
            answer = await client.receive()
            assert answer["error"]["class"] == "VM_ERROR_INVALID_PARAM"
            assert await client.ended()
        async with negotiated(path) as client:
            assert "return" in await client.ask(call("ping"))


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"{]", "VM_ERROR_INVALID_PARAM"),
        ({}, "VM_ERROR_INVALID_PARAM"),
        ({"execute": ["ping"]}, "VM_ERROR_INVALID_PARAM"),
        ({"execute": "ping", "arguments": "x"}, "VM_ERROR_INVALID_PARAM"),
        ({"execute": "ping", "extra": 1}, "VM_ERROR_INVALID_PARAM"),
        ({"execute": "teleportVm"}, "NOT_SUPPORT"),
        ({"execute": "__class__"}, "NOT_SUPPORT"),
        (call("ping", x=1), "VM_ERROR_INVALID_PARAM"),
        (call("getVmStatus"), "VM_ERROR_INVALID_PARAM"),
        (call("getVmStatus", vmName=5), "VM_ERROR_INVALID_PARAM"),
        (call("getVmStatus", vmName="a\0"), "VM_ERROR_INVALID_PARAM"),
        (call("getVmStatus", vmName="a" * 100_000), "VM_ERROR_INVALID_PARAM"),
        (call("getVmStatus", vmName="a", more=1), "VM_ERROR_INVALID_PARAM"),
        (call("createVm", vmName="a"), "VM_ERROR_INVALID_PARAM"),
        (call("createVm", vmName="a", cfg=[]), "VM_ERROR_INVALID_PARAM"),
        (call("createVm", vmName="a", cfg={}), "SA_VM_START_PARAM_INVALID"),
        (call("createVm", vmName="a", cfg=_CFG, isoPath="a.iso"), "VM_INVALID_PATH"),
        (call("createVm", vmName="\ud800", cfg=_CFG), "VM_ERROR_INVALID_PARAM"),
        (call("stopVm", vmName="a", timeoutSeconds=-1), "VM_ERROR_INVALID_PARAM"),
        (call("stopVm", vmName="a", timeoutSeconds=10**300), "VM_ERROR_INVALID_PARAM"),
        (call("stopVm", vmName="a", timeoutSeconds=True), "VM_ERROR_INVALID_PARAM"),
        (call("on"), "VM_ERROR_INVALID_PARAM"),
        (call("on", event=1), "VM_ERROR_INVALID_PARAM"),
    ],
)
async def test_a_wrong_command_is_refused_and_the_connection_goes_on(
    manager, path, message, code
) -> None:
    async with WireService(manager, path), negotiated(path) as client:
        assert (await client.ask(message))["error"]["class"] == code
        assert "return" in await client.ask(call("ping"))


async def test_a_bug_in_the_manager_answers_the_caller_and_is_logged(manager, path, caplog) -> None:
    manager.broken = ZeroDivisionError("oops")
    async with WireService(manager, path), negotiated(path) as client:
        answer = await client.ask(call("listVms"))
        assert answer["error"]["class"] == "VM_ERROR_IPC_FAILED"
        assert "return" in await client.ask(call("ping"))

    assert any(record.exc_info for record in caplog.records)


def _cfg() -> CfgInfo:
    return CfgInfo(cpu_num=1, memory_size=64, disk_size=16)
