"""A real manager on real QEMU that listens on its socket, and the plain QMP package as its client.

The client is `qemu.qmp` as anybody gets it: nothing of ours stands between a test and the wire.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from qemu.qmp import EventListener, ExecuteError, QMPClient

from app import paths
from app.vm.manager import VmManager
from app.vm.model import VmInfo
from app.vm.qemu.argv import MONITOR_AUX, socket_path
from app.vm.service import WireService
from app.vm.session import manager_socket
from tests.vm.managing import managing

CFG: Mapping[str, Any] = {"cpuNum": 1, "memorySize": 64, "diskSize": 16}
"""The smallest machine, as the wire has it."""


class Wire:
    """One connection of a stock client: what it asks, and the events that it has seen.

    Attributes:
        qmp: the client itself.
    """

    def __init__(self, qmp: QMPClient, listener: EventListener) -> None:
        self.qmp = qmp
        self._listener = listener

    async def ask(self, command: str, /, **arguments: object) -> Any:
        """Send a command and return what it answers."""
        return await self.qmp.execute(command, arguments)

    async def refusal(self, command: str, /, **arguments: object) -> dict[str, Any]:
        """The error that a command answers: `class`, `desc`, and `data` with the remedy."""
        with pytest.raises(ExecuteError) as caught:
            await self.qmp.execute(command, arguments)
        error = caught.value.received["error"]
        assert isinstance(error, dict)
        return error

    async def next_event(self) -> dict[str, Any]:
        """The next event, as it came."""
        return dict(await self._listener.get())

    async def until(self, name: str, **data: object) -> list[dict[str, Any]]:
        """All events up to the first of this name with these members, that one included."""
        seen = []
        while True:
            event = await self.next_event()
            seen.append(event)
            if event["event"] == name and data.items() <= event["data"].items():
                return seen

    def told(self) -> list[dict[str, Any]]:
        """The events that have come and nobody has looked at."""
        return [dict(event) for event in self._listener.clear()]


@asynccontextmanager
async def served(root: Path, **options: Any) -> AsyncIterator[VmManager]:
    """The manager of the library `root`, serving; afterwards its machines are off."""
    async with (
        managing(root, **options) as manager,
        WireService(manager, manager_socket(root)) as service,
    ):
        manager.service = service
        yield manager


@asynccontextmanager
async def wire_to(root: Path, *, events: str = "*") -> AsyncIterator[Wire]:
    """A stock client of the manager of `root` that has chosen `events`."""
    qmp = QMPClient("conformance")
    await qmp.connect(str(manager_socket(root)))
    try:
        with qmp.listener() as listener:
            if events:
                await qmp.execute("on", {"event": events})
            yield Wire(qmp, listener)
    finally:
        with suppress(EOFError, OSError):  # The service may have hung up first.
            await qmp.disconnect()


@asynccontextmanager
async def served_wire(root: Path, **options: Any) -> AsyncIterator[tuple[VmManager, Wire]]:
    """Both ends."""
    async with served(root, **options) as manager, wire_to(root) as wire:
        yield manager, wire


@asynccontextmanager
async def engine_of(root: Path, info: VmInfo) -> AsyncIterator[QMPClient]:
    """The engine that runs a machine, asked past the manager: its second monitor."""
    sockets = paths.runtime_dir(root) / info.id.hex[:8]
    qmp = QMPClient("engine")
    await qmp.connect(str(socket_path(sockets, MONITOR_AUX)))
    try:
        yield qmp
    finally:
        await qmp.disconnect()


def a_qemu(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another QEMU comes first on the path."""
    folder.mkdir()
    binary = folder / "qemu-system-x86_64"
    binary.write_text(script)
    binary.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
