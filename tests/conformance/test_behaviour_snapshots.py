"""Snapshots over the wire: kept with and without memory, listed as a tree, gone back to."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from app.errors import ParamError
from tests.conformance.serving import CFG, engine_of, served_wire
from tests.vm.disks import MIB, about, holds, write_pattern

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


async def hmp(engine: Any, line: str) -> str:
    words = {"command-line": line}
    return str(await engine.execute("human-monitor-command", words))


async def set_memory(engine: Any, byte: int) -> None:
    """Put a byte into a cell of the clock's memory, which firmwares leave alone.

    They use the same two ports for other cells, so it is tried until it fits.
    """
    while await _cell(engine) != byte:
        await hmp(engine, "o /b 0x70 0x70")
        await hmp(engine, f"o /b 0x71 {byte:#x}")


async def memory(engine: Any) -> int:
    while (found := await _cell(engine)) not in {0xA1, 0xA2}:
        pass
    return found


async def _cell(engine: Any) -> int:
    await hmp(engine, "o /b 0x70 0x70")
    found = re.search(r"= 0x([0-9a-f]+)", await hmp(engine, "i /b 0x71"))
    assert found is not None
    return int(found[1], 16)


async def write_disk(engine: Any, byte: int) -> None:
    """What the guest's device would do."""
    await hmp(engine, f'qemu-io -d disk0 "write -P {byte} 1M 2M"')
    await hmp(engine, 'qemu-io -d disk0 "flush"')


async def names(wire: Any) -> list[str]:
    return [one["name"] for one in await wire.ask("getSnapshotList", vmName="demo")]


async def test_a_running_machine_is_kept_with_its_memory_and_goes_back_to_it(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        await wire.ask("startVm", vmName="demo")
        image = Path(await wire.ask("getVmDiskImagePath", vmName="demo"))
        async with engine_of(root, manager.snapshot()[0]) as engine:
            await set_memory(engine, 0xA1)
            await write_disk(engine, 0x11)
            made = await wire.ask(
                "createSnapshot", vmName="demo", snapshotName="clean", note="before the driver"
            )
            await wire.until("vmStateChange", stateName="STATE_SNAPSHOTTING")
            await wire.until("vmStateChange", stateName="STATE_RUNNING")
            await set_memory(engine, 0xA2)
            await write_disk(engine, 0x22)

            await wire.ask("restoreSnapshot", vmName="demo", snapshotId=made["snapshotId"])

            assert await memory(engine) == 0xA1
        assert (await wire.ask("getVmStatus", vmName="demo"))["stateName"] == "STATE_RUNNING"
        clean, safety = await wire.ask("getSnapshotList", vmName="demo")
        assert clean["name"] == "clean"
        assert clean["note"] == "before the driver"
        assert clean["withMemory"]
        assert clean["sizeBytes"] > 0
        assert clean["diskSize"] == 16
        assert clean["current"]
        assert not clean["automatic"]
        assert clean["problem"] == ""
        assert clean["parent"] == ""
        picture = await asyncio.to_thread(Path(clean["picture"]).read_bytes)
        assert picture.startswith(b"\x89PNG")
        assert clean["createTime"] <= safety["createTime"]
        assert safety["automatic"]
        assert safety["parent"] == clean["snapshotId"]
        await wire.ask("forceStopVm", vmName="demo")
    assert holds(image, "qcow2", 0x11)


async def test_a_machine_that_is_off_goes_back_without_running(root: Path) -> None:
    async with served_wire(root) as (_, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        image = Path(await wire.ask("getVmDiskImagePath", vmName="demo"))
        write_pattern(image, 0x11)
        made = await wire.ask("createSnapshot", vmName="demo", snapshotName="clean")
        assert not made["withMemory"]
        await wire.ask("setVmDiskSize", vmName="demo", size=32)
        write_pattern(image, 0x22)

        await wire.ask(
            "restoreSnapshot", vmName="demo", snapshotId=made["snapshotId"], safety=False
        )

        assert (await wire.ask("getVmStatus", vmName="demo"))["stateName"] == "STATE_STOPPED"
        assert await names(wire) == ["clean"], "nothing was kept: nobody asked for it"
        assert await wire.ask("getVmDiskSize", vmName="demo") == 16
    assert holds(image, "qcow2", 0x11)
    assert about(image)["virtual-size"] == 16 * MIB


async def test_a_disk_that_came_later_has_to_go_before_the_machine_goes_back(root: Path) -> None:
    async with served_wire(root) as (_, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        made = await wire.ask("createSnapshot", vmName="demo", snapshotName="clean")
        disk_id = await wire.ask("addVmDisk", vmName="demo", size=16)
        (clean,) = await wire.ask("getSnapshotList", vmName="demo")
        assert "take that out first" in clean["problem"]
        wanted = {"vmName": "demo", "snapshotId": made["snapshotId"]}
        refused = await wire.refusal("restoreSnapshot", **wanted)
        assert "take that out first" in refused["desc"]
        await wire.ask("removeVmDisk", vmName="demo", diskId=disk_id)
        await wire.ask("restoreSnapshot", **wanted)


async def test_the_disks_alone_are_taken_out_of_a_snapshot_with_memory(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        image = Path(await wire.ask("getVmDiskImagePath", vmName="demo"))
        write_pattern(image, 0x11)
        await wire.ask("startVm", vmName="demo")
        made = await wire.ask("createSnapshot", vmName="demo", snapshotName="live")
        async with engine_of(root, manager.snapshot()[0]) as engine:
            await write_disk(engine, 0x22)
        wanted = {"vmName": "demo", "snapshotId": made["snapshotId"], "disksOnly": True}
        refused = await wire.refusal("restoreSnapshot", **wanted)
        assert refused["data"]["remedy"], "it runs"
        await wire.ask("forceStopVm", vmName="demo")

        await wire.ask("restoreSnapshot", **wanted)

        assert (await wire.ask("getVmStatus", vmName="demo"))["stateName"] == "STATE_STOPPED"
    assert holds(image, "qcow2", 0x11)


async def test_a_machine_that_is_off_goes_on_where_a_snapshot_with_memory_was(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        await wire.ask("startVm", vmName="demo")
        async with engine_of(root, manager.snapshot()[0]) as engine:
            await set_memory(engine, 0xA1)
        made = await wire.ask("createSnapshot", vmName="demo", snapshotName="live")
        await wire.ask("forceStopVm", vmName="demo")

        await wire.ask("restoreSnapshot", vmName="demo", snapshotId=made["snapshotId"])

        assert (await wire.ask("getVmStatus", vmName="demo"))["stateName"] == "STATE_RUNNING"
        async with engine_of(root, manager.snapshot()[0]) as engine:
            assert await memory(engine) == 0xA1


async def test_a_snapshot_is_renamed_and_forgotten_and_the_machine_stays(root: Path) -> None:
    async with served_wire(root) as (_, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        image = Path(await wire.ask("getVmDiskImagePath", vmName="demo"))
        first = await wire.ask("createSnapshot", vmName="demo", snapshotName="first")
        second = await wire.ask("createSnapshot", vmName="demo", snapshotName="second")
        assert second["parent"] == first["snapshotId"]
        write_pattern(image, 0x33)

        renamed = await wire.ask(
            "renameSnapshot", vmName="demo", snapshotId=first["snapshotId"], newName="début"
        )
        assert renamed["name"] == "début"
        assert await names(wire) == ["début", "second"]
        await wire.ask("destroySnapshot", vmName="demo", snapshotId=first["snapshotId"])

        (left,) = await wire.ask("getSnapshotList", vmName="demo")
        assert left["snapshotId"] == second["snapshotId"]
        assert left["parent"] == ""
        refused = await wire.refusal(
            "destroySnapshot", vmName="demo", snapshotId=first["snapshotId"]
        )
        assert refused["class"] == "VM_ERROR_INVALID_PARAM"
    assert holds(image, "qcow2", 0x33)


async def test_a_snapshot_is_noted_and_one_that_is_locked_stays(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        made = await wire.ask("createSnapshot", vmName="demo", snapshotName="first", note="old")
        one = {"vmName": "demo", "snapshotId": made["snapshotId"]}
        assert made["locked"] is False

        noted = await wire.ask("updateSnapshot", **one, note="new")
        assert (noted["note"], noted["locked"]) == ("new", False)
        locked = await wire.ask("updateSnapshot", **one, locked=True)
        assert (locked["note"], locked["locked"]) == ("new", True)
        refused = await wire.refusal("destroySnapshot", **one)
        assert refused["class"] == "VM_WRONG_STATE"
        assert refused["desc"] == "“first” is locked."
        assert await wire.ask("getSnapshotList", vmName="demo") == [locked]

        long = await wire.refusal("updateSnapshot", **one, note="x" * 2001)
        assert long["class"] == "VM_ERROR_INVALID_PARAM"
        with pytest.raises(ParamError):
            await manager.update_snapshot("demo", "0" * 32, locked=True)
        await wire.ask("updateSnapshot", **one, locked=False)
        await wire.ask("destroySnapshot", **one)
        assert await names(wire) == []
