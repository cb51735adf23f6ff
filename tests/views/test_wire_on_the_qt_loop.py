"""The window is a manager and a client too: service and client live on Qt's loop."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from app.errors import ConnectionLostError
from app.vm.client import connect
from app.vm.events import StateChanged, VmCreated
from app.vm.model import CfgInfo
from app.vm.service import WireService
from app.vm.state import VmState
from tests.fakes.wire_manager import WireManager


async def test_service_client_and_events_work_on_the_qt_loop(own_folders: Path) -> None:
    manager, path = WireManager(), own_folders / "run" / "manager.sock"
    service = WireService(manager, path)
    await service.start()
    async with await connect(path) as remote:
        with remote.subscribe() as events:
            await remote.create_vm("a", CfgInfo(cpu_num=1, memory_size=64, disk_size=16))
            assert (await remote.start_vm("a")).state is VmState.RUNNING
            seen = [type(await anext(events)) for _ in range(3)]
        assert seen == [VmCreated, StateChanged, StateChanged]
        many = await asyncio.gather(*(remote.get_vm_status("a") for _ in range(100)))
        assert len(many) == 100
        await service.close()
        with pytest.raises(ConnectionLostError):
            await remote.list_vms()
    assert not path.exists()
