"""The manager itself: who it is, what it offers, how it gives way, and how its errors look."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast
from uuid import UUID

import pytest
from qemu.qmp import ConnectError, QMPClient

from app import __version__
from app.errors import SERVICE_GONE, ConnectionLostError, NotSupportedError
from app.vm.api_names import all_names
from app.vm.client import connect
from app.vm.functions import functions
from app.vm.manager import VmManager
from app.vm.manager.core import Screen
from app.vm.records import TaskKind
from app.vm.session import manager_socket
from app.vm.tasks import Task
from tests.conformance.serving import CFG, served, served_wire


async def test_the_manager_says_who_it_is(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        info = await manager.ping()
        assert (info.version, info.pid, info.library) == (__version__, os.getpid(), root)
        assert await wire.ask("ping") == {
            "version": __version__,
            "pid": os.getpid(),
            "screen": False,
            "handover": False,
            "library": str(root),
            "display": "",
        }
        assert str(wire.qmp.greeting).find("duplex-vm") > 0, "said before anything is asked"


async def test_the_api_tells_every_name_of_itself(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        told = await wire.ask("queryApi")
        assert told == all_names() == await manager.query_api()
        names = [command["name"] for command in await wire.ask("queryCommands")]
    assert list(told["functions"]) == list(functions())
    assert set(told["functions"]) <= set(names)
    assert told["enumerations"]["VmState"]["STATE_RUNNING"] == 4
    assert told["functions"]["createVmView"]["parameters"]["width"] == {
        "type": "integer from 1 to 16384",
        "required": True,
    }
    assert "VM_NOT_PC_MODE" in told["functions"]["startVm"]["errors"]
    assert "vmStateChange" in told["functions"]["startVm"]["events"]


async def test_a_manager_gives_way_only_when_it_is_one_that_does(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        refused = await wire.refusal("handOver")
        assert refused["class"] == "NOT_SUPPORT"
        assert refused["data"]["remedy"]
        with pytest.raises(NotSupportedError):
            await manager.hand_over()
        manager.handover = asyncio.Event()
        assert (await wire.ask("ping"))["handover"] is True
        await wire.ask("handOver")
        assert manager.handover.is_set()


class Windows:
    """The windows of a manager, as far as they matter here."""

    display = ":7"


async def test_a_manager_with_windows_gives_way_to_where_they_are_wanted(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        manager.screen = cast("Screen", Windows())
        manager.handover = asyncio.Event()
        said = await wire.ask("ping")
        assert (said["screen"], said["handover"], said["display"]) == (True, False, ":7")
        assert (await wire.refusal("handOver"))["class"] == "NOT_SUPPORT"
        assert not manager.handover.is_set()
        async with long_work(manager):
            busy = await wire.refusal("handOver", toDisplay=":8")
            assert "would be cut off" in busy["desc"]
            assert busy["data"]["remedy"]
            assert not manager.handover.is_set()
        await wire.ask("handOver", toDisplay=":8")
        assert manager.handover.is_set()
        manager.screen = None


@asynccontextmanager
async def long_work(manager: VmManager) -> AsyncIterator[None]:
    """Something that takes as long as the block."""
    ends = asyncio.Event()
    begun = asyncio.Event()

    async def work(_: Task) -> None:
        begun.set()
        await ends.wait()

    async with asyncio.TaskGroup() as group:
        group.create_task(manager.long_work.run(TaskKind.EXPORT, "demo", UUID(int=1), work))
        await begun.wait()
        try:
            yield
        finally:
            ends.set()


async def test_a_service_that_has_gone_is_said_in_the_document_s_words(root: Path) -> None:
    async with served(root) as manager, await connect(manager_socket(root)) as remote:
        assert await remote.list_vms() == ()
        assert manager.service is not None
        await manager.service.close()
        with pytest.raises(ConnectionLostError) as caught:
            await remote.list_vms()
        assert caught.value.code == "VM_ERROR_IPC_FAILED"
        with pytest.raises(ConnectionLostError, match=f"^{SERVICE_GONE}"):
            await connect(manager_socket(root))
        qmp = QMPClient("late")
        with pytest.raises(ConnectError):
            await qmp.connect(str(manager_socket(root)))


async def test_an_error_has_a_code_a_sentence_and_a_remedy(root: Path) -> None:
    async with served_wire(root) as (_, wire):
        refused = await wire.refusal("startVm", vmName="nobody")
        assert refused.keys() == {"class", "desc", "data"}
        assert refused["class"] == "VM_NOT_FOUND"
        assert refused["desc"].endswith(".")
        assert refused["data"].keys() == {"remedy", "detail"}
        unknown = await wire.refusal("cloneVm", vmName="demo")
        assert unknown["class"] == "NOT_SUPPORT", "a function that does not exist"
        extra = await wire.refusal("createVm", vmName="demo", cfg=CFG, colour="red")
        assert extra["class"] == "VM_ERROR_INVALID_PARAM"
        assert "colour" in extra["desc"]
        missing = await wire.refusal("createVm", cfg=CFG)
        assert "vmName" in missing["desc"]
