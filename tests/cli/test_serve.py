"""``serve`` is the manager without a window, and what a start leaves behind, with real machines."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import pytest

from app.cli.exit_codes import ExitCode
from app.cli.leaving import IDLE_EXIT_S, idle_exit_s, leave_manager_behind
from app.cli.main import run_command_line
from app.paths import library_dir, state_dir
from app.vm.client import connect
from app.vm.locks import is_locked
from app.vm.session import manager_socket, open_manager
from app.vm.store import Library
from tests.cli.terminal import (
    SMALL,
    begin,
    duplex_vm,
    manager_elsewhere,
    next_line,
    next_object,
    say,
    served,
)
from tests.fakes.wire_manager import WireManager
from tests.helpers.waiting import eventually

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


def managed() -> bool:
    """Whether somebody is the manager of this test's library."""
    return is_locked(Library(library_dir()).lock_path)


async def nobody_manages() -> None:
    """Wait until nobody is the manager, and nothing that was left behind still runs."""
    await eventually(lambda: not managed() and not served(), timeout_s=20)


# By hand ------------------------------------------------------------------------------------------


async def test_it_says_where_it_listens_as_soon_as_it_does() -> None:
    process = await begin("serve", "--json")
    assert await next_object(process) == {"socket": str(manager_socket(library_dir()))}
    code, answer = await say("ping")

    assert (code, answer["manager"]["pid"]) == (0, process.pid)
    assert (answer["manager"]["screen"], answer["manager"]["handover"]) == (False, True)
    process.terminate()
    assert await process.wait() == 0
    assert "manages" in (state_dir() / "serve.log").read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_a_signal_ends_it_well(number) -> None:
    process = await begin("serve")
    assert (await next_line(process)).startswith("Listening on /")
    process.send_signal(number)
    out, err = await process.communicate()

    assert (process.returncode, out, err) == (0, b"", b"")
    assert not managed()


async def test_it_goes_when_another_program_wants_to_be_the_manager() -> None:
    process = await begin("serve")
    await next_line(process)

    assert await say("hand-over") == (0, {"handedOver": True})
    async with asyncio.timeout(10):
        assert await process.wait() == 0
    assert not managed()


async def test_a_second_one_says_who_is_there_and_ends_well() -> None:
    first = await begin("serve")
    await next_line(first)
    code, answer = await say("serve", "--idle-exit", "30")

    assert (code, answer["manager"]["pid"]) == (0, first.pid)
    first.terminate()
    assert await first.wait() == 0


async def test_beside_a_command_that_is_the_manager_for_a_moment_it_waits_its_turn() -> None:
    command = WireManager()
    command.screen = command.handover = False
    async with manager_elsewhere(command) as service:
        process = await begin("serve", "--json")
        await eventually(lambda: service.client_count == 1)
        assert process.returncode is None

    assert await next_object(process) == {"socket": str(manager_socket(library_dir()))}
    process.terminate()
    assert await process.wait() == 0


async def test_it_can_be_ended_while_it_waits_its_turn() -> None:
    command = WireManager()
    command.screen = command.handover = False
    async with manager_elsewhere(command) as service:
        process = await begin("serve")
        await eventually(lambda: service.client_count == 1)
        process.terminate()
        assert await process.wait() == 0


async def test_with_nothing_to_do_it_ends_after_the_time_that_was_said() -> None:
    process = await begin("serve", "--idle-exit", "0.2")
    await next_line(process)

    async with asyncio.timeout(10):
        assert await process.wait() == 0


async def test_a_program_that_is_connected_keeps_it() -> None:
    process = await begin("serve", "--idle-exit", "0.3")
    await next_line(process)
    async with await connect(manager_socket(library_dir())):
        waiting = asyncio.create_task(process.wait())
        done, _ = await asyncio.wait([waiting], timeout=1.5)
        assert not done

    async with asyncio.timeout(20):
        assert await waiting == 0


@pytest.mark.timeout_s(90)
async def test_a_machine_that_runs_keeps_it_and_its_end_lets_it_go(machine) -> None:
    process = await begin("serve", "--idle-exit", "0.3")
    await next_line(process)
    async with await connect(manager_socket(library_dir())):
        assert (await say("start", machine))[0] == 0
    waiting = asyncio.create_task(process.wait())
    done, _ = await asyncio.wait([waiting], timeout=1.5)
    assert not done
    assert served() == [process.pid], "a command that was no manager leaves none behind"

    assert (await say("kill", machine))[0] == 0
    async with asyncio.timeout(20):
        assert await waiting == 0


# What a start leaves behind -----------------------------------------------------------------------


@pytest.mark.timeout_s(90)
async def test_a_start_without_a_manager_leaves_one_behind_that_goes_with_the_machine(
    machine,
) -> None:
    code, answer = await say("start", machine)
    assert (code, answer["vm"]["stateName"]) == (0, "STATE_RUNNING")

    async def is_served() -> bool:
        _, answer = await say("ping")
        return answer["manager"]["pid"] in served()

    await eventually(is_served, timeout_s=20)
    assert len(served()) == 1
    code, answer = await say("status", machine)
    assert (code, answer["vm"]["stateName"]) == (0, "STATE_RUNNING")
    assert (await say("posture", "set", "stand"))[0] == 0
    assert (await say("kill", machine))[0] == 0
    await nobody_manages()


@pytest.mark.timeout_s(120)
async def test_commands_in_quick_succession_work_and_leave_one_behind_only(machine) -> None:
    assert (await asyncio.to_thread(duplex_vm, "create", "second", *SMALL)).returncode == 0
    for name in (machine, "second"):
        code, answer = await say("start", name)
        assert (code, answer["vm"]["stateName"]) == (0, "STATE_RUNNING")
    assert (await say("list"))[0] == 0
    for verb, state in (("pause", "STATE_PAUSED"), ("resume", "STATE_RUNNING")):
        code, answer = await say(verb, machine)
        assert (code, answer["vm"]["stateName"]) == (0, state)
    await eventually(lambda: len(served()) == 1, timeout_s=20)
    for name in (machine, "second"):
        assert (await say("kill", name))[0] == 0
    await nobody_manages()


@pytest.mark.timeout_s(90)
async def test_a_resume_without_a_manager_leaves_one_behind(machine) -> None:
    assert (await say("start", machine))[0] == 0
    assert (await say("pause", machine))[0] == 0
    await eventually(managed, timeout_s=20)
    assert (await say("hand-over"))[0] == 0
    await nobody_manages()
    assert (await say("list"))[0] == 0
    assert served() == [], "a command that starts nothing leaves none behind"

    assert (await say("resume", machine))[0] == 0
    await eventually(lambda: served() != [], timeout_s=20)
    assert (await say("kill", machine))[0] == 0
    await nobody_manages()


@pytest.mark.timeout_s(90)
async def test_a_machine_that_is_made_and_started_at_once_has_a_manager_too() -> None:
    code, answer = await say("create", "demo", *SMALL, "--start")
    assert (code, answer["vm"]["stateName"]) == (0, "STATE_RUNNING")

    await eventually(lambda: len(served()) == 1, timeout_s=20)
    assert (await say("kill", "demo"))[0] == 0
    await nobody_manages()


@pytest.mark.timeout_s(90)
async def test_events_that_were_the_manager_leave_one_behind_while_a_machine_runs(machine) -> None:
    watcher = await begin("events", "--json", "--event", "vmStateChange")
    await eventually(managed)
    assert (await say("start", machine))[0] == 0
    assert (await next_object(watcher))["data"]["stateName"] == "STATE_STARTING"
    assert served() == [], "there is a manager"

    watcher.send_signal(signal.SIGINT)
    await watcher.communicate()
    assert watcher.returncode == ExitCode.INTERRUPTED
    await eventually(lambda: len(served()) == 1, timeout_s=20)
    assert (await say("kill", machine))[0] == 0
    await nobody_manages()


@pytest.fixture
def notebook(tmp_path, monkeypatch) -> Path:
    """Makes whatever this process starts of this program write its arguments down instead."""
    book, program = tmp_path / "started", tmp_path / "python"
    program.write_text(f'#!/bin/sh\necho "$PWD $*" >>"{book}"\n')
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    return book


def test_a_start_that_fails_leaves_nothing_behind(notebook) -> None:
    assert run_command_line(["start", "none"]) == ExitCode.UNKNOWN_VM
    assert not notebook.exists()


async def test_where_no_machine_runs_nothing_is_left_behind(notebook) -> None:
    async with open_manager() as manager:
        leave_manager_behind(manager)

    assert not notebook.exists()


def test_what_is_left_behind_is_apart_from_the_folder_and_the_terminal(notebook) -> None:
    assert run_command_line(["create", "demo", *SMALL]) == 0
    assert run_command_line(["start", "demo"]) == 0
    assert run_command_line(["kill", "demo"]) == 0

    lines = notebook.read_text().splitlines()
    assert lines == ["/ -P -m app serve --idle-exit=0.5"]


@pytest.mark.parametrize(
    ("text", "value"), [("", IDLE_EXIT_S), ("0", 0.0), ("2.5", 2.5), ("1e3", 1000.0)]
)
def test_the_time_can_be_set_from_outside(monkeypatch, text, value) -> None:
    monkeypatch.setenv("DUPLEX_VM_IDLE_EXIT_S", text)

    assert idle_exit_s() == value


@pytest.mark.parametrize("text", ["soon", "-1", "nan", "inf"])
def test_a_time_that_is_none_is_told_and_not_used(monkeypatch, caplog, text) -> None:
    monkeypatch.setenv("DUPLEX_VM_IDLE_EXIT_S", text)

    assert idle_exit_s() == IDLE_EXIT_S
    assert "DUPLEX_VM_IDLE_EXIT_S" in caplog.text


def test_a_program_that_cannot_be_started_ends_no_command(monkeypatch, caplog) -> None:
    assert run_command_line(["create", "demo", *SMALL]) == 0
    monkeypatch.setattr(sys, "executable", "/nowhere/python")

    assert run_command_line(["start", "demo"]) == 0
    assert run_command_line(["kill", "demo"]) == 0
    assert "nobody looks after its rules" in caplog.text


def test_without_any_time_it_ends_as_soon_as_it_listens() -> None:
    done = duplex_vm("serve", "--idle-exit=0", "--json", cwd="/")

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["socket"].startswith(os.environ["XDG_RUNTIME_DIR"])
