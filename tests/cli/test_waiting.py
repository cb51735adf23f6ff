"""What a person at a terminal sees while a command waits, and that nobody else sees anything."""

from __future__ import annotations

import asyncio
import codecs
import os
import pty
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.exit_codes import ExitCode
from app.vm.model import CfgInfo, VmInfo
from tests.cli.terminal import begin, manager_elsewhere
from tests.fakes.wire_manager import WireManager
from tests.helpers.waiting import eventually

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

_CFG = CfgInfo(cpu_num=1, memory_size=64, disk_size=16)
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")
_ERASE_LINE = "\x1b[2K"
_SHOW_CURSOR = "\x1b[?25h"


class Screen:
    """The master side of a terminal: everything that was written to it."""

    def __init__(self) -> None:
        self.master, self.slave = pty.openpty()
        os.set_blocking(self.master, False)
        self.text = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")()  # a piece may end anywhere

    def read(self) -> str:
        """Take what came; what was shown, without the signs that move the cursor."""
        while True:
            try:
                self.text += self._decoder.decode(os.read(self.master, 65536))
            except (BlockingIOError, OSError):
                return _CONTROL.sub("", self.text)

    def close(self) -> None:
        for descriptor in (self.master, self.slave):
            os.close(descriptor)


@pytest.fixture
def screen() -> Iterator[Screen]:
    made = Screen()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def usual_terminal(monkeypatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


async def with_machine() -> WireManager:
    manager = WireManager()
    await manager.create_vm("demo", _CFG)
    return manager


async def test_a_command_that_takes_long_shows_the_machines_state_and_erases_it(screen) -> None:
    manager = await with_machine()
    manager.gate.clear()
    async with manager_elsewhere(manager):
        process = await begin("start", "demo", stderr=screen.slave)
        await eventually(lambda: "“demo” is starting…" in screen.read())
        manager.gate.set()
        out, _ = await process.communicate()

    assert (process.returncode, out.decode()) == (0, "“demo” is running.\n")
    screen.read()
    assert screen.text.endswith(_ERASE_LINE)
    assert _SHOW_CURSOR in screen.text


async def test_the_state_follows_what_the_manager_tells(screen) -> None:
    manager = await with_machine()
    released = asyncio.Event()

    async def slowly(vm_name: str) -> VmInfo:
        await released.wait()
        return await manager.get_vm_status(vm_name)

    manager.force_stop_vm = slowly
    async with manager_elsewhere(manager):
        process = await begin("kill", "DEMO", stderr=screen.slave)
        await eventually(lambda: "“DEMO” is stopped…" in screen.read())
        await manager.start_vm("demo")
        await eventually(lambda: "“DEMO” is running…" in screen.read())
        released.set()
        await process.communicate()

    assert process.returncode == 0


async def test_a_stop_shows_how_much_of_its_time_is_left(screen) -> None:
    manager = await with_machine()
    await manager.start_vm("demo")
    released = asyncio.Event()

    async def slowly(vm_name: str, *, timeout_s: float) -> VmInfo:
        await released.wait()
        return await manager.force_stop_vm(vm_name)

    manager.stop_vm = slowly
    async with manager_elsewhere(manager):
        process = await begin("stop", "demo", "--timeout", "40", stderr=screen.slave)
        await eventually(lambda: re.search(r"“demo” is running… +━+ +3\d s left", screen.read()))
        await eventually(lambda: "38 s left" in screen.read())
        released.set()
        out, _ = await process.communicate()

    assert (process.returncode, out.decode()) == (0, "“demo” is off.\n")


async def test_what_is_quick_shows_nothing(screen) -> None:
    async with manager_elsewhere(await with_machine()):
        process = await begin("start", "demo", stderr=screen.slave)
        await process.communicate()

    assert process.returncode == 0
    assert screen.read() == ""


@pytest.mark.parametrize("argv", [("start", "demo", "--json"), ("start", "demo")])
async def test_where_nobody_looks_nothing_is_shown(screen, argv) -> None:
    manager = await with_machine()
    manager.gate.clear()
    stderr = screen.slave if "--json" in argv else asyncio.subprocess.PIPE
    async with manager_elsewhere(manager):
        process = await begin(*argv, stderr=stderr)
        await eventually(lambda: "start demo" in manager.calls)
        waiting = asyncio.create_task(process.communicate())
        await asyncio.wait([waiting], timeout=1.2)
        manager.gate.set()
        _, err = await waiting

    assert process.returncode == 0
    assert not err
    assert screen.read() == ""


async def test_an_interrupted_wait_leaves_the_terminal_as_it_was(screen) -> None:
    manager = await with_machine()
    manager.gate.clear()
    async with manager_elsewhere(manager):
        process = await begin("start", "demo", stderr=screen.slave)
        await eventually(lambda: "“demo”" in screen.read())
        process.send_signal(signal.SIGINT)
        await process.communicate()
        manager.gate.set()

    assert process.returncode == ExitCode.INTERRUPTED
    screen.read()
    assert _SHOW_CURSOR in screen.text
    assert "Traceback" not in screen.text


async def test_a_terminal_of_another_alphabet_ends_no_command(screen, monkeypatch) -> None:
    manager = await with_machine()
    manager.gate.clear()
    plain = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}
    async with manager_elsewhere(manager):
        process = await begin("start", "demo", stderr=screen.slave, env=plain)
        await eventually(lambda: "is starting" in screen.read())
        manager.gate.set()
        out, _ = await process.communicate()

    assert (process.returncode, out) == (0, b"\\u201cdemo\\u201d is running.\n")
    assert screen.read().isascii()


async def test_an_error_after_a_wait_stands_alone_on_the_terminal(screen) -> None:
    manager = await with_machine()
    released = asyncio.Event()

    async def refuse(vm_name: str) -> VmInfo:
        await released.wait()
        return await manager.get_vm_status("none")

    manager.pause_vm = refuse
    async with manager_elsewhere(manager):
        process = await begin("pause", "demo", stderr=screen.slave)
        await eventually(lambda: "“demo” is stopped…" in screen.read())
        released.set()
        await process.communicate()

    assert process.returncode == ExitCode.UNKNOWN_VM
    screen.read()
    last = screen.text.rpartition(_ERASE_LINE)[2]
    assert last.splitlines()[:2] == ["There is no machine “none”.", "Look at the list."]


async def test_data_of_a_channel_reaches_standard_output_as_it_is(tmp_path: Path) -> None:
    manager = await with_machine()

    async def take(vm_name: str, channel_name: str, *, timeout_s: float = 0.0) -> bytes:
        return b"\x00\xff\r\n"

    manager.recv_data_from_vm = take
    async with manager_elsewhere(manager):
        process = await begin("channel", "receive", "demo", "data")
        out, err = await process.communicate()

    assert (process.returncode, out, err) == (0, b"\x00\xff\r\n", b"")
