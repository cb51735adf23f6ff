"""The disks of a machine that runs: asked, grown, never shrunk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.errors import EngineError, ParamError, StateError
from app.vm.qemu.live_disks import busy, disk_bytes, grow_disk
from tests.vm.disks import MIB
from tests.vm.managing import managing, running_machine

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


async def test_the_engine_is_asked_before_it_would_shrink_a_disk(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        await running_machine(manager, disk_size=32)
        running = manager._registry.find("demo").live()
        with pytest.raises(ParamError, match="larger already"):
            await running.grow_disk("disk0", 16 * MIB)
        assert await running.disk_bytes("disk0") == 32 * MIB


async def test_a_disk_that_the_engine_does_not_have_is_said_so(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        await running_machine(manager)
        running = manager._registry.find("demo").live()
        with pytest.raises(EngineError, match="does not have this disk"):
            await running.disk_bytes("disk9")


async def test_what_the_engine_refuses_leaves_the_size_as_it_is(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        await running_machine(manager)
        running = manager._registry.find("demo").live()
        with pytest.raises(EngineError, match="could not grow") as caught:
            await running.grow_disk("disk0", 1 << 60)
        assert "block_resize" in caught.value.detail
        assert await running.disk_bytes("disk0") == 16 * MIB


async def test_the_size_is_asked_again_before_each_growth() -> None:
    asked: list[str] = []

    async def execute(command: str, arguments: Any = None, **_: Any) -> Any:
        asked.append(command)
        return [{"node-name": "disk0", "image": {"virtual-size": 7}}]

    assert await disk_bytes(execute, "disk0") == 7
    await grow_disk(execute, "disk0", 8)
    assert asked == ["query-named-block-nodes"] * 2 + ["block_resize"]
    with pytest.raises(ParamError):
        await grow_disk(execute, "disk0", 6)
    assert asked[3:] == ["query-named-block-nodes"]


def test_only_a_busy_disk_is_called_busy() -> None:
    assert isinstance(busy(EngineError("-", detail="Node 'disk0' is busy: backup")), StateError)
    assert busy(EngineError("-", detail="File too large")) is None
