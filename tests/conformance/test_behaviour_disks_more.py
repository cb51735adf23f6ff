"""Data disks, compacting and `diskId`, over the wire: what a stock client asks and is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.vm.store import load_config
from tests.conformance.serving import CFG, engine_of, served_wire
from tests.vm.disks import MIB, about, holds, write_pattern

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


def taken_up(path: Path) -> int:
    """Bytes that a file takes up on its disk."""
    return path.stat().st_blocks * 512


async def test_a_disk_is_added_listed_seen_by_the_engine_and_taken_out_again(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        disk_id = await wire.ask("addVmDisk", vmName="DEMO", size=24)
        await wire.until("vmStateChange", stateName="STATE_UPDATE")
        await wire.until("vmChanged")
        system, added = await wire.ask("listVmDisks", vmName="demo")
        assert (system["diskId"], system["system"], system["diskSize"]) == ("disk0", True, 16)
        assert (added["diskId"], added["system"], added["diskSize"]) == (disk_id, False, 24)
        path = Path(added["path"])
        assert path == manager.snapshot()[0].folder / added["file"]
        assert added["fileBytes"] == taken_up(path)

        await wire.ask("startVm", vmName="demo")
        async with engine_of(root, manager.snapshot()[0]) as engine:
            nodes = await engine.execute("query-named-block-nodes", {"flat": True})
            (disk,) = [node for node in nodes if node["node-name"] == disk_id]
            assert disk["image"]["virtual-size"] == 24 * MIB
        for command, more in (("addVmDisk", {"size": 24}), ("removeVmDisk", {"diskId": disk_id})):
            refused = await wire.refusal(command, vmName="demo", **more)
            assert refused["class"] == "VM_WRONG_STATE"
            assert refused["data"]["remedy"]
        await wire.ask("forceStopVm", vmName="demo")

        write_pattern(path, 0x42)
        assert await wire.ask("removeVmDisk", vmName="demo", diskId=disk_id) == str(path)
        _, kept = await wire.ask("listVmDisks", vmName="demo")
        assert (kept["diskId"], kept["file"], kept["diskSize"]) == ("", path.name, 24)
        assert await wire.ask("addVmDisk", vmName="demo", file=path.name) == disk_id
        assert holds(path, "qcow2", 0x42)
        refused = await wire.refusal("addVmDisk", vmName="demo", size=24, file=path.name)
        assert refused["class"] == "VM_ERROR_INVALID_PARAM"
        refused = await wire.refusal("removeVmDisk", vmName="demo", diskId="disk0")
        assert refused["class"] == "VM_ERROR_INVALID_PARAM"
        for command, more in (
            ("listVmDisks", {}),
            ("addVmDisk", {"size": 24}),
            ("removeVmDisk", {"diskId": disk_id}),
            ("compactVmDisk", {}),
        ):
            refused = await wire.refusal(command, vmName="nobody", **more)
            assert refused["class"] == "VM_NOT_FOUND"


async def test_every_question_about_a_disk_takes_its_id(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        disk_id = await wire.ask("addVmDisk", vmName="demo", size=24)
        which = {"vmName": "demo", "diskId": disk_id}
        path = Path(await wire.ask("getVmDiskImagePath", **which))
        assert path != Path(await wire.ask("getVmDiskImagePath", vmName="demo"))
        assert await wire.ask("getVmDiskSize", **which) == 24
        assert await wire.ask("setVmDiskSize", size=40, **which) == 40
        assert about(path)["virtual-size"] == 40 * MIB
        assert await wire.ask("getVmDiskSize", **which) == 40
        assert await wire.ask("getVmDiskSize", vmName="demo") == 16
        write_pattern(path, 0x11, mib=4)
        size = await wire.ask("getVmDiskImageFileSize", **which)
        assert size == taken_up(path) > 4 * MIB
        folder = manager.snapshot()[0].folder
        assert [disk.size_mib for disk in load_config(folder).disks] == [16, 40]
        for command, more in (
            ("getVmDiskImagePath", {}),
            ("getVmDiskImageFileSize", {}),
            ("getVmDiskSize", {}),
            ("setVmDiskSize", {"size": 64}),
            ("compactVmDisk", {}),
            ("removeVmDisk", {}),
        ):
            refused = await wire.refusal(command, vmName="demo", diskId="disk7", **more)
            assert refused["class"] == "VM_ERROR_INVALID_PARAM"
            assert "disk7" in refused["desc"]


async def test_a_disk_gives_back_what_is_not_used_and_tells_both_sizes(root: Path) -> None:
    async with served_wire(root) as (_, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        disk_id = await wire.ask("addVmDisk", vmName="demo", size=24)
        for which in ({}, {"diskId": disk_id}):
            image = Path(await wire.ask("getVmDiskImagePath", vmName="demo", **which))
            write_pattern(image, 0x33, at_mib=1, mib=8)
            write_pattern(image, 0, at_mib=3, mib=6)
            before = taken_up(image)
            done = await wire.ask("compactVmDisk", vmName="demo", **which)
            assert (done["kind"], done["phase"]) == ("compact", "done")
            assert done["beforeBytes"] == before
            assert done["afterBytes"] == taken_up(image) <= before - 6 * MIB
            assert holds(image, "qcow2", 0x33, at_mib=1, mib=2)
            told = await wire.until("vmDiskMigration", phase="done", kind="compact")
            assert told[-1]["data"]["afterBytes"] == done["afterBytes"]
            assert "vmChanged" in {event["event"] for event in told}


async def test_compacting_in_the_background_is_told_by_its_task(root: Path) -> None:
    async with served_wire(root) as (_, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        begun = await wire.ask("compactVmDisk", vmName="demo", background=True)
        assert begun["phase"] != "done"
        seen = await wire.until("vmDiskMigration", phase="done")
        assert seen[-1]["data"]["taskId"] == begun["taskId"]
        (task,) = await wire.ask("listTasks")
        assert task["beforeBytes"] == task["afterBytes"] > 0, "a new disk has nothing to give"
        await wire.ask("startVm", vmName="demo")
        refused = await wire.refusal("compactVmDisk", vmName="demo")
        assert refused["class"] == "VM_WRONG_STATE"
