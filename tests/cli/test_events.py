"""``events``: what happens, as it happens, whoever is the manager meanwhile."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
from typing import Any
from uuid import UUID

import pytest

from app.cli.exit_codes import ExitCode
from app.cli.watching import line_of
from app.paths import library_dir
from app.vm.events import EventType, HostChanged, StateChanged, VmCreated
from app.vm.locks import is_locked
from app.vm.model import CfgInfo
from app.vm.state import VmState
from app.vm.store import Library
from app.vm.wire_events import event_to_wire
from tests.cli.terminal import begin, manager_elsewhere, next_line, next_object, say
from tests.fakes.wire_manager import WireManager
from tests.helpers.waiting import eventually

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

_CFG = CfgInfo(cpu_num=1, memory_size=64, disk_size=16)
_VM = UUID(int=7)


def started(name: str = "demo") -> StateChanged:
    return StateChanged(
        vm_id=_VM, vm_name=name, state=VmState.STARTING, previous=VmState.STOPPED, reason="asked"
    )


async def next_of(process: asyncio.subprocess.Process, kind: str) -> dict[str, Any]:
    """The next event of that name."""
    while (told := await next_object(process))["event"] != kind:
        continue
    return told


async def listens(process: asyncio.subprocess.Process, manager: WireManager) -> None:
    """Wait until the command hears what this manager tells; it has told `hostChange` then."""
    heard = asyncio.create_task(next_of(process, "hostChange"))

    def nudge() -> bool:
        manager.hub.publish(HostChanged(accelerator="tcg"))
        return heard.done()

    await eventually(nudge)
    await heard


# In this process ----------------------------------------------------------------------------------


def test_each_event_is_an_object_on_a_line_of_its_own(terminal) -> None:
    hub = terminal.manager.hub
    terminal.meanwhile = [lambda: hub.publish(started()), lambda: hub.publish(started("二号"))]

    assert terminal.run("events", "--json", "--count", "2") == 0
    told = [json.loads(line) for line in terminal.out.splitlines()]
    assert [event["event"] for event in told] == ["vmStateChange"] * 2
    assert [event["data"]["vmName"] for event in told] == ["demo", "二号"]
    assert [event["data"]["seq"] for event in told] == [1, 2]
    assert told[0]["data"]["stateName"] == "STATE_STARTING"
    assert terminal.out.isascii()


def test_people_see_when_about_what_and_what(terminal) -> None:
    terminal.meanwhile = [lambda: terminal.manager.hub.publish(started())]

    assert terminal.run("events", "--count", "1") == 0
    line = r"\d\d:\d\d:\d\d “demo” vmStateChange: stopped → starting \(asked\)\n"
    assert re.fullmatch(line, terminal.out)


def test_only_the_events_that_are_wanted_are_told_and_counted(terminal) -> None:
    hub = terminal.manager.hub
    terminal.meanwhile = [
        lambda: hub.publish(started()),
        lambda: hub.publish(HostChanged(accelerator="tcg")),
        lambda: hub.publish(VmCreated(vm_id=_VM, vm_name="demo")),
    ]
    wanted = ("--event", "hostChange", "--event", "vmCreated")

    assert terminal.run("events", "--json", *wanted, "--count", "2") == 0
    told = [json.loads(line)["event"] for line in terminal.out.splitlines()]
    assert told == ["hostChange", "vmCreated"]


def test_a_reader_that_fell_behind_is_told_and_goes_on(terminal) -> None:
    def flood() -> None:
        for _ in range(300):
            terminal.manager.hub.publish(started())

    terminal.meanwhile = [flood]

    assert terminal.run("events", "--json", "--count", "3") == 0
    told = [json.loads(line) for line in terminal.out.splitlines()]
    assert told[0] == {"event": "resync", "data": {}}
    assert len(told) == 4


def test_an_event_that_does_not_exist_is_a_wrong_value(terminal) -> None:
    assert terminal.run("events", "--event", "nope") == ExitCode.USAGE


@pytest.mark.parametrize("kind", list(EventType))
def test_every_event_can_be_asked_for(terminal, kind) -> None:
    terminal.meanwhile = [
        lambda: terminal.manager.hub.publish(started()),
        lambda: terminal.manager.hub.publish(HostChanged(accelerator="tcg")),
    ]
    chosen = ("--event", kind.value, "--event", "hostChange", "--event", "vmStateChange")

    assert terminal.run("events", *chosen, "--count", "1") == 0


def test_what_is_told_of_this_computer_is_one_line_in_words_and_two_as_data(terminal) -> None:
    event = HostChanged(accelerator="tcg", notice="It is slow.\nDisk space gets short.")
    told = line_of(*event_to_wire(event))
    assert told.endswith("hostChange: accelerator tcg, notice It is slow. Disk space gets short.")
    terminal.meanwhile = [lambda: terminal.manager.hub.publish(event)]
    assert terminal.run("events", "--json", "--count", "1") == 0
    data = json.loads(terminal.out)["data"]
    assert data["notice"] == event.notice


async def test_the_gate_and_permissions_are_told_in_words() -> None:
    manager = WireManager()
    await manager.create_vm("demo", _CFG)
    with manager.subscribe() as events:
        await manager.set_posture(None)
        name, data = event_to_wire(await anext(events))

    told = line_of(name, data)
    assert told.endswith(
        "tabletSwitchStateChange: PC mode automatic, posture keyboard-attached, machines may run"
    )


# As a process -------------------------------------------------------------------------------------


async def test_a_line_is_there_as_soon_as_it_happens_and_ctrl_c_ends_it_well() -> None:
    manager = WireManager()
    async with manager_elsewhere(manager):
        process = await begin("events", "--json", "--event", "vmCreated", "--event", "hostChange")
        await listens(process, manager)
        await manager.create_vm("demo", _CFG)

        assert (await next_of(process, "vmCreated"))["data"]["vmName"] == "demo"
        process.send_signal(signal.SIGINT)
        out, err = await process.communicate()

    assert (process.returncode, out, err.strip()) == (ExitCode.INTERRUPTED, b"", b"")


async def test_a_reader_that_goes_away_ends_it_at_once() -> None:
    reading, writing = os.pipe()
    async with manager_elsewhere(WireManager()) as service:
        process = await begin("events", stdout=writing)
        os.close(writing)
        await eventually(lambda: service.client_count == 1)
        os.close(reading)
        _, err = await process.communicate()

    assert (process.returncode, err) == (ExitCode.FAILED, b"")


async def test_a_reader_that_stands_still_holds_up_nobody_and_is_told_of_the_gap() -> None:
    manager = WireManager()
    async with manager_elsewhere(manager):
        process = await begin("events", "--json")
        await listens(process, manager)
        for _ in range(5000):
            manager.hub.publish(started())
            await asyncio.sleep(0)
        assert await next_of(process, "vmStateChange")
        assert await next_of(process, "resync") == {"event": "resync", "data": {}}
        process.terminate()
        await process.communicate()


async def test_it_goes_on_when_another_process_becomes_the_manager() -> None:
    first, second = WireManager(), WireManager()
    async with manager_elsewhere(first):
        process = await begin("events", "--json")
        await listens(process, first)
    async with manager_elsewhere(second):
        assert await next_of(process, "resync")
        await listens(process, second)
        await second.create_vm("demo", _CFG)
        assert await next_of(process, "vmCreated")
        process.send_signal(signal.SIGINT)
        await process.communicate()


async def test_as_the_manager_it_tells_what_others_do_and_hands_over_when_asked() -> None:
    process = await begin("events", "--json")
    await eventually(lambda: is_locked(Library(library_dir()).lock_path))
    code, answer = await say("ping")
    assert (code, answer["manager"]["pid"]) == (0, process.pid)
    assert answer["manager"]["handover"] is True

    assert (await say("posture", "set", "stand"))[0] == 0
    told = await next_object(process)
    assert (told["event"], told["data"]["posture"]) == ("tabletSwitchStateChange", "stand")

    assert (await say("hand-over"))[0] == 0
    assert (await next_object(process))["event"] == "resync"
    successor = WireManager()
    async with manager_elsewhere(successor):
        await listens(process, successor)
        process.send_signal(signal.SIGINT)
        await process.communicate()


async def test_a_manager_that_does_not_answer_is_an_error_on_one_line(own_folders) -> None:
    (own_folders / "run" / "duplex-vm").write_text("in the way of the sockets")
    process = await begin("events", "--json")
    line = await next_line(process)
    await process.communicate()
    (own_folders / "run" / "duplex-vm").unlink()

    assert json.loads(line)["error"]["code"] == "VM_DAMAGED"
    assert process.returncode == ExitCode.FAILED
