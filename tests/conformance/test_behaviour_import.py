"""`importVmDiskImage`: a new name makes a machine that starts; a hostile image makes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from qemu.qmp.qmp_client import ExecuteError

from tests.conformance.serving import served_wire
from tests.vm.disks import run, same, write_pattern

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


def an_image(folder: Path) -> Path:
    """A disk with content."""
    image = folder / "old.qcow2"
    run("qemu-img", "create", "-q", "-f", "qcow2", image, "16M")
    write_pattern(image, 0x5A)
    return image


async def test_a_new_name_makes_a_machine_with_the_image_s_content(
    root: Path, tmp_path: Path
) -> None:
    image = an_image(tmp_path)
    async with served_wire(root) as (_, wire):
        wished = {"guestOSImagePath": str(image)}
        task = await wire.ask("importVmDiskImage", vmName="demo", options=wished)
        assert (task["kind"], task["phase"], task["progress"]) == ("import", "done", 100)
        seen = await wire.until("vmDiskMigration", phase="done")
        assert "vmCreated" in [event["event"] for event in seen]
        status = await wire.ask("getVmStatus", vmName="demo")
        assert status["stateName"] == "STATE_AVAILABLE"
        disk = Path(await wire.ask("getVmDiskImagePath", vmName="demo"))
        assert same(disk, image)
        await wire.ask("startVm", vmName="demo")
        await wire.until("vmStateChange", stateName="STATE_RUNNING")
        await wire.ask("forceStopVm", vmName="demo")


async def test_an_archive_becomes_the_machine_that_it_describes(root: Path, tmp_path: Path) -> None:
    async with served_wire(root) as (_, wire):
        cfg = {"cpuNum": 1, "memorySize": 192, "diskSize": 16}
        await wire.ask("createVm", vmName="old", cfg=cfg)
        disk = Path(await wire.ask("getVmDiskImagePath", vmName="old"))
        write_pattern(disk, 0x5A)
        wished = {"guestOSImagePath": str(tmp_path / "a.ova")}
        await wire.ask("exportVmDiskImage", vmName="old", options=wished)
        await wire.ask("importVmDiskImage", vmName="new", options=wished)
        status = await wire.ask("getVmStatus", vmName="new")
        assert (status["stateName"], status["memorySize"]) == ("STATE_AVAILABLE", 192)
        assert same(Path(await wire.ask("getVmDiskImagePath", vmName="new")), disk)
        with pytest.raises(ExecuteError, match="whole machine"):
            await wire.ask("importVmDiskImage", vmName="old", options=wished)


async def test_an_image_that_leads_to_another_file_is_refused(root: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.qcow2"
    backing = an_image(tmp_path)
    run("qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", backing, bad)
    async with served_wire(root) as (manager, wire):
        wished = {"guestOSImagePath": str(bad)}
        with pytest.raises(ExecuteError, match="does not stand alone"):
            await wire.ask("importVmDiskImage", vmName="demo", options=wished)
        assert manager.snapshot() == ()
