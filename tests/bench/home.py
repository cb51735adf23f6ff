"""A person's home for the length of a bench: own folders, own library, own screen."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.vm.codec import to_json
from app.vm.model import SCHEMA_VERSION
from app.vm.store import CONFIG_FILE
from tests.bench.outside import until
from tests.vm.makers import DISK_FILE, ROOT, a_config

_FOLDERS = {
    "XDG_DATA_HOME": "data",
    "XDG_CONFIG_HOME": "config",
    "XDG_CACHE_HOME": "cache",
    "XDG_STATE_HOME": "state",
    "XDG_RUNTIME_DIR": "run",
}
_DISK_BYTES = 8 << 30
_END_S = 15.0


@dataclass(frozen=True, slots=True)
class Home:
    """Where one person's program keeps everything; and the screen it opens its windows on."""

    root: Path
    environment: dict[str, str]

    @property
    def library(self) -> Path:
        """Folder of the machines."""
        return self.root / "data" / "duplex-vm"

    def open_application(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start the window application; end it with `end`."""
        return subprocess.Popen(
            [sys.executable, "-m", "app", *arguments], cwd=ROOT, env=self.environment
        )

    def command(self, *arguments: str) -> Any:
        """Run one command and return its JSON answer.

        Raises:
            subprocess.CalledProcessError: it failed.
        """
        done = subprocess.run(
            [sys.executable, "-m", "app", *arguments, "--json"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            check=True,
            timeout=90,
        )
        return json.loads(done.stdout)


@contextmanager
def home(display: str) -> Iterator[Home]:
    """Make a home on that screen; everything in it is removed at the end."""
    root = Path(tempfile.mkdtemp(prefix="dvm-bench-"))
    try:
        environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        for variable, folder in _FOLDERS.items():
            (root / folder).mkdir(mode=0o700)
            environment[variable] = str(root / folder)
        environment.pop("WAYLAND_DISPLAY", None)
        # Installed programs have their byte code; a checkout that is being edited may not.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment["PYTHONPYCACHEPREFIX"] = str(root / "bytecode")
        yield Home(root, environment)
    finally:
        shutil.rmtree(root)


def fill_library(library: Path, count: int) -> None:
    """Put `count` machines that are off into a library, each with a sparse disk."""
    for number in range(count):
        config = a_config(id=uuid.uuid4(), name=f"Machine {number:04}")
        folder = library / "machines" / f"machine-{number:04}-{config.id.hex[:8]}"
        folder.mkdir(parents=True, mode=0o700)
        (folder / CONFIG_FILE).write_bytes(to_json(config, schema_version=SCHEMA_VERSION))
        with (folder / DISK_FILE).open("wb") as disk:
            disk.truncate(_DISK_BYTES)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process of ours to leave; force it when it does not."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def engine_pid(folder: Path) -> int:
    """Process number of the engine that runs the machine in `folder`."""
    return int(until((folder / "engine.pid").read_text, "the engine's pidfile"))
