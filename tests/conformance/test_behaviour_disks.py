"""Where a machine's disk is, how large it is for the guest, and what it takes up here."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from app.errors import IMAGE_SIZE_FAILED, StateError, StoreError
from tests.conformance.serving import CFG, engine_of, served_wire
from tests.vm.managing import managing, small

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


def taken_up(path: Path) -> int:
    """Bytes that a file takes up on its disk."""
    return path.stat().st_blocks * 512


def append(path: Path, data: bytes) -> None:
    """As a guest's writes let the image grow."""
    with path.open("ab") as image:
        image.write(data)


async def test_path_size_and_file_size_are_what_the_file_and_the_engine_say(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        await wire.ask("createVm", vmName="demo", cfg={**CFG, "diskSize": 48})
        path = Path(await wire.ask("getVmDiskImagePath", vmName="DEMO"))
        assert path.parent == manager.snapshot()[0].folder
        assert await wire.ask("getVmDiskSize", vmName="demo") == 48, "MiB"
        size = await wire.ask("getVmDiskImageFileSize", vmName="demo")
        assert size == taken_up(path)
        assert size < 48 << 20, "a new disk is empty"

        await wire.ask("startVm", vmName="demo")
        async with engine_of(root, manager.snapshot()[0]) as engine:
            (disk,) = [
                node["inserted"]
                for node in await engine.execute("query-block")
                if node.get("inserted", {}).get("drv") == "qcow2"
            ]
        assert disk["image"]["filename"] == str(path)
        assert disk["image"]["virtual-size"] == 48 << 20


async def test_the_file_size_grows_with_what_is_written(root: Path) -> None:
    async with managing(root) as manager:
        await manager.create_vm("demo", small())
        path = await manager.get_vm_disk_image_path("demo")
        before = await manager.get_vm_disk_image_file_size("demo")
        await asyncio.to_thread(append, path, b"\1" * (2 << 20))
        after = await manager.get_vm_disk_image_file_size("demo")
        assert after >= before + (2 << 20)
        assert await manager.get_vm_disk_size("demo") == 16, "what the guest sees stays"


async def test_a_file_that_cannot_be_looked_at_is_said_in_the_document_s_words(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        await manager.create_vm("demo", small())
        path = await manager.get_vm_disk_image_path("demo")
        path.rename(path.with_name("elsewhere.qcow2"))
        with pytest.raises(StoreError, match=f"^{IMAGE_SIZE_FAILED}"):
            await manager.get_vm_disk_image_file_size("demo")
        refused = await wire.refusal("getVmDiskImageFileSize", vmName="demo")
        assert refused["desc"].startswith("GetVmDiskImageFileSize failed")
        assert refused["class"] == "VM_DAMAGED"
        assert refused["data"]["remedy"]


async def test_a_machine_whose_disk_was_gone_from_the_start_has_none_to_ask_about(
    root: Path,
) -> None:
    async with managing(root) as manager:
        await manager.create_vm("demo", small())
        (await manager.get_vm_disk_image_path("demo")).unlink()
    async with managing(root) as manager:
        for question in (
            manager.get_vm_disk_image_path,
            manager.get_vm_disk_image_file_size,
            manager.get_vm_disk_size,
        ):
            with pytest.raises(StateError):
                await question("demo")
