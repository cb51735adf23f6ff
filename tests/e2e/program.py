"""The application as the shell starts it: its window, its command line, its processes and files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import app
from tests.e2e.desk import Desk
from tests.helpers.waiting import eventually_sync

ROOT = Path(app.__file__).parent.parent
TITLE = "Duplex VM"
_MAPS = Path("/proc")


def run(*argv: str, desk: Desk | None = None, timeout_s: float = 60) -> tuple[int, dict[str, Any]]:
    """Run one command with ``--json``; its exit code and its answer."""
    done = subprocess.run(
        [sys.executable, "-m", "app", argv[0], "--json", *argv[1:]],
        cwd=ROOT,
        env=desk.environment if desk else os.environ,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout)


def told(*argv: str, desk: Desk | None = None) -> dict[str, Any]:
    """The answer of a command that succeeds."""
    code, answer = run(*argv, desk=desk)
    assert code == 0, answer
    return answer


def machines() -> dict[str, dict[str, Any]]:
    """What ``list`` says, by name."""
    return {vm["vmName"]: vm for vm in told("list")["vms"]}


def state(name: str) -> str:
    """``STOPPED`` and so on."""
    return machines()[name]["stateName"].removeprefix("STATE_")


def library() -> Path:
    return Path(os.environ["XDG_DATA_HOME"], "duplex-vm")


def folders() -> list[Path]:
    """One folder a machine."""
    return sorted(path.parent for path in library().rglob("machine.json"))


def engines() -> dict[int, str]:
    """Command lines of all QEMU processes that use this library, by their numbers."""
    found = {}
    for folder in _MAPS.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            words = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if words.startswith(b"qemu-system") or b"/qemu-system" in words.partition(b"\0")[0]:
            text = words.decode(errors="surrogateescape")
            if str(library()) in text:
                found[int(folder.name)] = text
    return found


class Window:
    """The window application, in a process of its own."""

    def __init__(self, desk: Desk, *argv: str) -> None:
        self._desk = desk
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", *argv],
            cwd=ROOT,
            env=desk.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def wait(self) -> None:
        """Wait until the main window is there."""

        def is_there() -> bool:
            assert self.process.poll() is None, self.process.stdout.read().decode()
            return TITLE in self._desk.windows()

        eventually_sync(is_there, timeout_s=20, what="the main window")

    def kill(self) -> None:
        """End it as a crash would."""
        self.process.kill()
        self.process.wait()

    def end(self) -> str:
        """Ask it to leave, the machines go on; what it said on the terminal."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        words, _ = self.process.communicate(timeout=20)
        return words.decode(errors="replace")
