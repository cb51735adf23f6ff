"""`listTrash`, `restoreFromTrash` and `emptyTrash`, as a stock client sees them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.serving import CFG, served_wire

pytestmark = pytest.mark.slow  # qemu-img makes the disks


async def test_a_destroyed_machine_is_listed_restored_and_removed_for_good(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        vm_id = str(manager.snapshot()[0].id)
        await wire.ask("destroyVm", vmName="demo")
        (entry,) = await wire.ask("listTrash")
        assert (entry["vmName"], entry["vmId"]) == ("demo", vm_id)
        assert entry["destroyedMs"] > 0
        wire.told()

        await wire.ask("restoreFromTrash", trashId=entry["trashId"])
        await wire.until("vmCreated", vmName="demo")
        assert await wire.ask("listTrash") == []
        refused = await wire.refusal("restoreFromTrash", trashId=entry["trashId"])
        assert refused["class"] == "VM_NOT_FOUND"

        await wire.ask("destroyVm", vmName="demo")
        (entry,) = await wire.ask("listTrash")
        assert await wire.ask("emptyTrash", trashId=entry["trashId"]) == entry["sizeBytes"]
        assert await wire.ask("listTrash") == []
        assert await wire.ask("emptyTrash") == 0
