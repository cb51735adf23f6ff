"""`setVmDiskSize` and `expandCapacity`: what the guest, the file and the description then say."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.vm.limits import HostSize
from tests.conformance.serving import CFG, engine_of, served_wire
from tests.vm.disks import MIB, about, holds, write_pattern

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


async def test_a_disk_grows_under_a_running_guest_then_off_and_never_shrinks(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        image = Path(await wire.ask("getVmDiskImagePath", vmName="demo"))
        write_pattern(image, 0x21)
        await wire.ask("startVm", vmName="demo")
        wire.told()

        assert await wire.ask("setVmDiskSize", vmName="demo", size=32) == 32
        async with engine_of(root, manager.snapshot()[0]) as engine:
            nodes = await engine.execute("query-named-block-nodes", {"flat": True})
            (disk,) = [node for node in nodes if node["node-name"] == "disk0"]
            assert disk["image"]["virtual-size"] == 32 * MIB
        seen = await wire.until("vmDiskMigration", phase="done")
        assert seen[-1]["data"]["kind"] == "grow"
        assert "vmChanged" in {event["event"] for event in seen}
        assert await wire.ask("getVmDiskSize", vmName="demo") == 32
        refused = await wire.refusal("setVmDiskSize", vmName="demo", size=31)
        assert refused["class"] == "VM_ERROR_INVALID_PARAM"
        assert "only grow" in refused["desc"]

        await wire.ask("forceStopVm", vmName="demo")
        assert await wire.ask("getVmDiskSize", vmName="demo") == 32
        assert await wire.ask("expandCapacity", vmName="demo", size=48) == 48
        await wire.until("vmStateChange", stateName="STATE_UPDATE")
        refused = await wire.refusal("expandCapacity", vmName="demo", size=47)
        assert refused["class"] == "VM_ERROR_INVALID_PARAM"
        assert (await wire.ask("getVmStatus", vmName="demo"))["diskSize"] == 48
    assert about(image)["virtual-size"] == 48 * MIB
    assert holds(image, "qcow2", 0x21)


async def test_growth_beyond_the_free_space_is_refused_in_the_document_s_words(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served_wire(root) as (manager, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        host = HostSize(cpus=1, memory_mib=1024, memory_total_mib=1024, free_disk_mib=100)
        monkeypatch.setattr(manager, "host_size", lambda: host)
        refused = await wire.refusal("setVmDiskSize", vmName="demo", size=117)
        assert refused["class"] == "SA_VM_DISK_LESS"
        assert "may grow by 101 MiB, 100 MiB are free" in refused["desc"]
        assert refused["data"]["remedy"]
        assert await wire.ask("setVmDiskSize", vmName="demo", size=116) == 116
