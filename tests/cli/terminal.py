"""A person at a terminal, for tests: commands in this process, or as processes of their own."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import app
from app.cli.main import run_command_line
from app.cli.outside import Outside
from app.paths import library_dir
from app.vm.locks import FileLock
from app.vm.service import WireService
from app.vm.session import manager_socket
from app.vm.store import Library
from tests.fakes.wire_manager import WireManager

ROOT = Path(app.__file__).parent.parent
SMALL = ("--cpus", "1", "--memory", "64", "--disk", "16")
"""A machine that is made and started in no time."""
_RUN = "import sys; from app.cli import run; sys.exit(run(sys.argv[1:]))"


class Terminal:
    """Runs commands on one manager in memory and keeps what was printed.

    Attributes:
        manager: the manager.
        opened: how often a command asked for it.
        meanwhile: called on the command's loop as soon as it waits.
    """

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self.manager = WireManager()
        self.opened = 0
        self.meanwhile: list[Any] = []
        self._capture = capture

    def run(self, *argv: str) -> int:
        code = run_command_line(argv, Outside(self.open_manager))
        self.out, self.err = self._capture.readouterr()
        return code

    def run_json(self, *argv: str) -> tuple[int, dict[str, Any]]:
        code = self.run(*with_json(argv))
        answer = json.loads(self.out)
        assert isinstance(answer, dict)
        return code, answer

    @asynccontextmanager
    async def open_manager(self) -> AsyncIterator[WireManager]:
        self.opened += 1
        for step in self.meanwhile:
            asyncio.get_running_loop().call_soon(step)
        yield self.manager


def with_json(argv: Sequence[str]) -> list[str]:
    """The same command, answering in JSON."""
    words = list(argv).index("--") if "--" in argv else len(argv)
    return [*argv[:words], "--json", *argv[words:]]


def duplex_vm(*argv: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run a command as a process of its own, to its end."""
    return subprocess.run(
        [sys.executable, "-c", _RUN, *argv],
        cwd=more.pop("cwd", ROOT),
        env={**os.environ, "PYTHONPATH": str(ROOT), **more.pop("env", {})},
        stdout=more.pop("stdout", subprocess.PIPE),
        stderr=more.pop("stderr", subprocess.PIPE),
        text=True,
        timeout=60,
        check=False,
        **more,
    )


async def begin(*argv: str, **more: Any) -> asyncio.subprocess.Process:
    """Start a command as a process of its own; its output are pipes."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _RUN, *argv),
        cwd=more.pop("cwd", ROOT),
        env={**os.environ, "PYTHONPATH": str(ROOT), **more.pop("env", {})},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=more.pop("stdout", asyncio.subprocess.PIPE),
        stderr=more.pop("stderr", asyncio.subprocess.PIPE),
        **more,
    )


async def say(*argv: str, **more: Any) -> tuple[int, dict[str, Any]]:
    """Run a command with --json as a process of its own; its exit code and its answer."""
    done = await asyncio.to_thread(lambda: duplex_vm(*with_json(argv), **more))
    return done.returncode, json.loads(done.stdout)


async def next_line(process: asyncio.subprocess.Process) -> str:
    """The next line of a command's standard output; the test fails when it has ended."""
    assert process.stdout is not None
    async with asyncio.timeout(20):
        line = (await process.stdout.readline()).decode()
        if not line and process.stderr is not None:
            pytest.fail(f"it ended: {(await process.stderr.read()).decode()}")
        return line


async def next_object(process: asyncio.subprocess.Process) -> dict[str, Any]:
    """The same where every line is a JSON object."""
    answer = json.loads(await next_line(process))
    assert isinstance(answer, dict)
    return answer


@asynccontextmanager
async def manager_elsewhere(manager: WireManager) -> AsyncIterator[WireService]:
    """Be the manager of this user's library, as another process would be, with one in memory."""
    library = Library(library_dir())
    with FileLock(library.lock_path) as lock:
        assert lock.try_acquire()
        async with WireService(manager, manager_socket(library.root)) as service:
            yield service
        for _ in range(10):  # A connection that was just being made comes to its end.
            await asyncio.sleep(0)


def served() -> list[int]:
    """Numbers of this test's processes that are ``serve``."""
    return [pid for pid in _pids() if b"serve" in _words(pid) and _is_of_this_test(pid)]


def _pids() -> Iterator[int]:
    return (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())


def _words(pid: int) -> list[bytes]:
    return _read(pid, "cmdline").split(b"\0")


def _is_of_this_test(pid: int) -> bool:
    data_home = f"XDG_DATA_HOME={os.environ['XDG_DATA_HOME']}".encode()
    return data_home in _read(pid, "environ").split(b"\0")


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:  # It has ended.
        return b""
