"""A manager in a process of its own that does one thing, and how it and its engine are killed.

    python -m tests.vm.killing LIBRARY OPERATION OUTSIDE

It says ``ready`` before the operation begins, ``grown N`` for each size that a disk has got, and
``done`` or ``failed ...`` at the end. `OUTSIDE` is the folder of the person's files.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from app.errors import AppError
from app.vm.locks import lock_holder
from app.vm.manager import VmManager
from app.vm.records import MigrationOptions
from app.vm.store import PID_FILE, Library
from tests.vm.gating import Sensor
from tests.vm.makers import ROOT

Operation = Callable[[VmManager, Path], Awaitable[None]]

NAME, NEW = "demo", "new"
SIZE_MIB, STEP_MIB = 144, 8
GROWTHS = 8
"""A growth is short: so many are done one after the other."""
RAW, QCOW2, VMDK = "source.raw", "source.qcow2", "other.vmdk"
EXPORT, LIVE_EXPORT = "out.vmdk", "out.qcow2"
READY_S = 60.0
TOOL_S = 5.0
"""So long a converter may outlive the manager that began it."""


def say(words: str) -> None:
    """Tell whoever will kill us how far we are."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


async def _grow(manager: VmManager, _: Path) -> None:
    for number in range(1, GROWTHS + 1):
        size_mib = await manager.set_vm_disk_size(NAME, SIZE_MIB + number * STEP_MIB)
        say(f"grown {size_mib}")


async def _compact(manager: VmManager, _: Path) -> None:
    await manager.compact_vm_disk(NAME)


async def _duplicate(manager: VmManager, _: Path) -> None:
    await manager.duplicate_vm(NAME, NEW)


def _import(vm_name: str, source: str) -> Operation:
    async def work(manager: VmManager, outside: Path) -> None:
        options = MigrationOptions(guest_os_image_path=str(outside / source))
        await manager.import_vm_disk_image(vm_name, options)

    return work


def _export(target: str) -> Operation:
    async def work(manager: VmManager, outside: Path) -> None:
        options = MigrationOptions(guest_os_image_path=str(outside / target))
        await manager.export_vm_disk_image(NAME, options)

    return work


OPERATIONS: dict[str, Operation] = {
    "import": _import(NEW, RAW),
    "import-copy": _import(NEW, QCOW2),
    "import-replace": _import(NAME, VMDK),
    "export": _export(EXPORT),
    "export-live": _export(LIVE_EXPORT),
    "grow": _grow,
    "grow-live": _grow,
    "compact": _compact,
    "duplicate": _duplicate,
}


def is_live(operation: str) -> bool:
    """Whether the machine runs meanwhile."""
    return operation.endswith("-live")


async def work_on(root: Path, operation: str, outside: Path) -> None:
    """Do one operation."""
    async with VmManager.open(Library(root), sensor=Sensor()) as manager:
        if is_live(operation):
            await manager.start_vm(NAME)
        say("ready")
        try:
            await OPERATIONS[operation](manager, outside)
        except AppError as err:
            say(f"failed {type(err).__name__}: {err.message} {err.detail}")
        else:
            say("done")


class Worker:
    """The process that works.

    Args:
        process: says lines.
    """

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.process = process
        self.said: list[str] = []
        self._ready = threading.Event()
        self._over = threading.Event()
        self._reader = threading.Thread(target=self._read, args=(process.stdout,))
        self._reader.start()

    def wait_until_ready(self) -> float:
        """The moment when the operation begins, of the monotonic clock."""
        self._ready.wait(READY_S)
        assert "ready" in self.said, f"it does not begin: {self.said}"
        return time.monotonic()

    def is_over(self) -> bool:
        """Whether the operation has ended by itself."""
        return any(line == "done" or line.startswith("failed") for line in self.said)

    def work_for(self, seconds: float) -> None:
        """Let it work so long; not longer than the operation takes."""
        self._over.wait(seconds)

    def wait_out(self, seconds: float) -> None:
        """Let it come to its end by itself."""
        self.process.wait(seconds)
        self._reader.join()

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.wait_out(READY_S)

    def size_mib(self) -> int:
        """What the disk has grown to as far as was told."""
        grown = [int(line.split()[1]) for line in self.said if line.startswith("grown")]
        return grown[-1] if grown else SIZE_MIB

    def _read(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                self.said.append(line.strip())
                self._ready.set()
                if self.is_over():
                    self._over.set()
        self._ready.set()
        self._over.set()


@contextmanager
def working(root: Path, operation: str, outside: Path, words: Path) -> Iterator[Worker]:
    """The process, ended afterwards; `words` is the file that gets what it complains of."""
    with words.open("w") as complaints:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.vm.killing", str(root), operation, str(outside)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        )
        worker = Worker(process)
        try:
            yield worker
        finally:
            worker.kill()


def kill(worker: Worker, victim: str, folder: Path, *places: Path) -> None:
    """End them, at once and without a word.

    Args:
        worker: its manager.
        victim: ``manager``, ``engine``, ``both``, or ``tools`` for the manager and its converters.
        folder: of the machine.
        places: see `tools_at_work`.
    """
    engine = lock_holder(folder / PID_FILE)
    if victim in {"engine", "both"} and engine:
        os.kill(engine, signal.SIGKILL)
    if victim != "engine":
        worker.process.kill()
    worker.wait_out(READY_S)  # Without its engine it comes to an end by itself.
    if victim == "tools":
        for pid in tools_at_work(*places):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def tools_at_work(*places: Path) -> dict[int, str]:
    """Converters that have files in these folders: their processes and command lines."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = path.read_bytes()
            tool = os.path.basename(words.split(b"\0", 1)[0])  # noqa: PTH119 - bytes
            if tool == b"qemu-img" and any(os.fsencode(place) in words for place in places):
                found[int(path.parent.name)] = words.replace(b"\0", b" ").decode(errors="replace")
    return found


def wait_for_tools(since: float, *places: Path) -> float:
    """Wait until no converter is left; seconds since a moment of the monotonic clock."""
    pause = threading.Event()
    while left := tools_at_work(*places) or _dying_tools():
        assert time.monotonic() - since < TOOL_S, f"still at work: {left}"
        pause.wait(0.02)
    return time.monotonic() - since


def _dying_tools() -> list[int]:
    """Killed converters that have no command line any more, but a write under way."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "comm").read_text() != "qemu-img\n" or (process / "cmdline").read_bytes():
                continue
            threads = [path.read_text() for path in process.glob("task/*/stat")]
            if any(words.rpartition(")")[2].split()[0] not in "ZX" for words in threads):
                found.append(int(process.name))
    return found


@dataclass
class Row:
    """What became of one operation.

    Attributes:
        operation: which.
        duration_s: the longest of the ones that were not killed, or what it took at a moment that
            came too late.
        moments: how many were killed.
        inside: of these, while the operation was under way.
        before: how often the state was that of before.
        after: how often it was that of afterwards.
        victims: how often each was killed.
        leaks: how many clusters were won back.
        leftovers: how many files were found and removed.
        records: how often the next manager found the work in its journal.
        longest_tool_s: so long a converter outlived its manager at most.
        failures: what was not as it should be.
    """

    operation: str
    duration_s: float = 0.0
    moments: int = 0
    inside: int = 0
    before: int = 0
    after: int = 0
    victims: Counter[str] = field(default_factory=Counter)
    leaks: int = 0
    leftovers: int = 0
    records: int = 0
    longest_tool_s: float = 0.0
    failures: list[str] = field(default_factory=list)


def table(rows: list[Row]) -> list[str]:
    """The results as a table in Markdown."""
    heads = (
        "operation", "length, s", "moments", "inside", "before", "after", "killed",
        "leaks won back", "leftovers removed", "found in the journal", "longest tool, s",
        "failures",
    )  # fmt: skip
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for row in rows:
        victims = ", ".join(f"{name} {count}" for name, count in sorted(row.victims.items()))
        cells = (
            row.operation, f"{row.duration_s:.2f}", row.moments, row.inside, row.before, row.after,
            victims, row.leaks, row.leftovers, row.records, f"{row.longest_tool_s:.2f}",
            len(row.failures),
        )  # fmt: skip
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return lines


if __name__ == "__main__":
    asyncio.run(work_on(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
