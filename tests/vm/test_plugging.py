"""A disk more while the machine runs: at once, in the place that later starts give it too."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.errors import AppError, ConnectionLostError, EngineError, ParamError, StateError
from app.vm.images.exporting import write_image
from app.vm.machine import Machine
from app.vm.manager import VmManager
from app.vm.model import Chipset, DiskBus, Profile, VmInfo
from app.vm.qemu.argv import disk_options
from app.vm.qemu.engine import QemuRunning
from app.vm.records import MigrationOptions
from app.vm.state import VmState
from app.vm.store import RUN_FILE, load_config
from tests.conformance.serving import engine_of
from tests.vm.disks import MIB, about, files_in, write_pattern
from tests.vm.makers import ROOT
from tests.vm.managing import managing, running_machine, small
from tests.vm.snapshots.moments import manager_of

pytestmark = pytest.mark.slow  # real engines: seconds, not milliseconds

VIRTIO = Profile(disk_bus=DiskBus.VIRTIO)


def machine_of(manager: VmManager) -> Machine:
    return manager._registry.find("demo")


async def topology(root: Path, info: VmInfo) -> dict[str, Any]:
    """What the engine says of each disk: its slot and bus, and how its image is used."""
    async with engine_of(root, info) as engine:
        found = {}
        blocks = await engine.execute("query-block")
        assert isinstance(blocks, list)
        for block in blocks:
            name = Path(block["qdev"].removesuffix("/virtio-backend")).name
            if not name.startswith("disk"):
                continue
            place = f"/machine/peripheral/{name}"
            asked = ("addr", "parent_bus", "bootindex", "werror", "legacy-addr")
            device = {
                what: await engine.execute("qom-get", {"path": place, "property": what})
                for what in asked
            }
            inserted = block["inserted"]
            image = {what: inserted[what] for what in ("node-name", "cache", "detect_zeroes", "ro")}
            del image["cache"]["writeback"]  # The guest's firmware turns it when it gets there.
            found[name] = {**device, **image}
        return found


async def test_a_running_machine_gets_a_disk_where_its_next_start_has_it(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        info = await running_machine(manager, profile=VIRTIO)
        disk_id = await manager.add_vm_disk("demo", 24)
        assert (await manager.get_vm_status("demo")).state is VmState.RUNNING
        live = await topology(tmp_path, info)
        assert set(live) == {"disk0", disk_id}
        config = load_config(info.folder)
        assert config.hardware.device(disk_id).bus == "hp0"
        assert live[disk_id]["parent_bus"].endswith("/hp0/hp0")
        run = machine_of(manager).run_config
        assert run is not None
        assert run.hardware == config.hardware
        assert await manager.get_vm_disk_size("demo", disk_id=disk_id) == 24

        await manager.force_stop_vm("demo")
        await manager.start_vm("demo")
        assert await topology(tmp_path, info) == live
        words = json.loads((info.folder / RUN_FILE).read_text())["argv"]
        started = [json.loads(word) for word in words if word.startswith("{")]
        for part in disk_options(config, info.folder, disk_id):
            assert part in started


async def test_a_kept_disk_is_put_back_under_a_running_guest_that_then_grows_it(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path / "library") as manager:
        info = await manager.create_vm("demo", small(profile=VIRTIO))
        await manager.add_vm_disk("demo", 24)
        kept = await manager.remove_vm_disk("demo", "disk1")
        write_pattern(kept, 0x42)
        await manager.start_vm("demo")
        disk_id = await manager.add_vm_disk("demo", file=kept.name)
        running = machine_of(manager).live()
        assert isinstance(running, QemuRunning)
        line = {"command-line": f'qemu-io -d {disk_id} "read -P 0x42 0 1M"'}
        assert "verification failed" not in await running.execute("human-monitor-command", line)
        assert await manager.set_vm_disk_size("demo", 40, disk_id=disk_id) == 40
        assert await running.disk_bytes(disk_id) == 40 * MIB
        with pytest.raises(ParamError):
            await manager.add_vm_disk("demo", file=kept.name)
        with pytest.raises(StateError, match="running"):
            await manager.remove_vm_disk("demo", disk_id)
        ova = tmp_path / "demo.ova"
        with pytest.raises(StateError, match="several disks"):
            await manager.export_vm_disk_image(
                "demo", MigrationOptions(guest_os_image_path=str(ova))
            )
        image = tmp_path / "demo.qcow2"
        await manager.export_vm_disk_image("demo", MigrationOptions(guest_os_image_path=str(image)))
        assert about(image)["virtual-size"] == 16 * MIB
        assert [disk.size_mib for disk in load_config(info.folder).disks] == [16, 40]


async def test_a_snapshot_after_it_fits_the_run_and_the_next_one(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        await running_machine(manager, profile=VIRTIO)
        before = await manager.create_snapshot("demo", "before")
        disk_id = await manager.add_vm_disk("demo", 24)
        taken = await manager.create_snapshot("demo", "with the disk")
        assert taken.with_memory
        with pytest.raises(StateError):
            await manager.restore_snapshot("demo", before.snapshot_id)
        await manager.restore_snapshot("demo", taken.snapshot_id)
        assert (await manager.get_vm_status("demo")).state is VmState.RUNNING
        assert disk_id in await machine_of(manager).live().disk_ids()

        await manager.force_stop_vm("demo")
        await manager.start_vm("demo")
        await manager.restore_snapshot("demo", taken.snapshot_id)
        assert (await manager.get_vm_status("demo")).state is VmState.RUNNING


@pytest.mark.parametrize(
    "profile", [Profile(), Profile(chipset=Chipset.I440FX, disk_bus=DiskBus.VIRTIO)]
)
async def test_hardware_that_cannot_take_it_while_it_runs_says_so_and_stays(
    tmp_path: Path, profile: Profile
) -> None:
    async with managing(tmp_path) as manager:
        info = await running_machine(manager, profile=profile)
        before, names = load_config(info.folder), files_in(info.folder)
        assert "disk0" in await machine_of(manager).live().disk_ids()
        with pytest.raises(StateError, match="cannot be added while it runs") as caught:
            await manager.add_vm_disk("demo", 24)
        assert "Shut" in caught.value.remedy
        assert (load_config(info.folder), files_in(info.folder)) == (before, names)


async def test_what_the_engine_refuses_leaves_nothing_and_the_ports_can_run_out(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path) as manager:
        info = await running_machine(manager, profile=VIRTIO)
        machine = machine_of(manager)
        running = machine.live()
        assert isinstance(running, QemuRunning)
        before, names, run = load_config(info.folder), files_in(info.folder), machine.run_config
        # Somebody else's device sits on the port that the disk would have, under its name.
        other = {"driver": "virtio-rng-pci", "id": "disk1", "bus": "hp0", "addr": "0x0"}
        await running.execute("device_add", other)
        with pytest.raises(EngineError, match="could not be added"):
            await manager.add_vm_disk("demo", 24)
        assert (load_config(info.folder), files_in(info.folder)) == (before, names)
        assert machine.run_config == run
        nodes = await running.execute("query-named-block-nodes", {"flat": True})
        assert not [node for node in nodes if node["node-name"].startswith("disk1")]

        await manager.force_stop_vm("demo")
        await manager.start_vm("demo")
        for number in range(4):
            assert await manager.add_vm_disk("demo", 16) == f"disk{number + 1}"
        with pytest.raises(StateError, match="no free place"):
            await manager.add_vm_disk("demo", 16)
        await manager.force_stop_vm("demo")
        assert await manager.add_vm_disk("demo", 16) == "disk5"
        await manager.start_vm("demo")


async def test_a_later_manager_finds_the_disk_that_was_plugged_in(tmp_path: Path) -> None:
    async with manager_of(tmp_path) as manager:
        info = await running_machine(manager, profile=VIRTIO)
        await manager.pause_vm("demo")
        disk_id = await manager.add_vm_disk("demo", 24)
    async with managing(tmp_path) as manager:
        run = machine_of(manager).run_config
        assert run is not None
        assert run.hardware == load_config(info.folder).hardware
        assert await manager.get_vm_disk_size("demo", disk_id=disk_id) == 24
        await manager.create_snapshot("demo", "adopted")


async def test_a_copy_of_the_whole_machine_is_of_the_disks_that_it_began_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with managing(tmp_path / "library") as manager:
        await running_machine(manager, profile=VIRTIO)

        async def write_late(*args: Any, **named: Any) -> None:
            await manager.add_vm_disk("demo", 24)
            await write_image(*args, **named)

        monkeypatch.setattr("app.vm.exporting.write_image", write_late)
        ova = tmp_path / "demo.ova"
        await manager.export_vm_disk_image("demo", MigrationOptions(guest_os_image_path=str(ova)))
        assert len(await manager.list_vm_disks("demo")) == 2
        await manager.import_vm_disk_image("copy", MigrationOptions(guest_os_image_path=str(ova)))
        assert [disk.size_mib for disk in await manager.list_vm_disks("copy")] == [16]


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from app.vm.qemu import live_disks
from tests.vm.snapshots.moments import manager_of

plug, steps = live_disks.plug_disk, int(sys.argv[2])

async def cut_off(execute, options):
    left = steps

    async def counted(*args, **named):
        nonlocal left
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return await execute(*args, **named)

    await plug(counted, options)
    os.kill(os.getpid(), signal.SIGKILL)

async def main():
    live_disks.plug_disk = cut_off
    async with manager_of(Path(sys.argv[1])) as manager:
        await manager.add_vm_disk("demo", 24)

asyncio.run(main())
"""
"""A manager that is killed when the engine has carried out so many of its commands."""


@pytest.mark.parametrize("steps", range(4))
async def test_a_manager_that_is_killed_leaves_a_machine_with_the_disk_or_without(
    tmp_path: Path, steps: int
) -> None:
    async with manager_of(tmp_path) as manager:
        info = await running_machine(manager, profile=VIRTIO)
    words = [sys.executable, "-c", KILLED, str(tmp_path), str(steps)]
    ended = await asyncio.to_thread(
        subprocess.run, words, cwd=ROOT, check=False, timeout=60, capture_output=True
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    has_it = steps == len(("file", "image", "device"))
    async with managing(tmp_path) as manager:
        config = load_config(info.folder)
        assert [disk.id for disk in config.disks] == ["disk0", "disk1"]
        assert (info.folder / config.disks[1].file).exists()
        machine = machine_of(manager)
        running = machine.live()
        assert isinstance(running, QemuRunning)
        assert machine.run_config is not None
        assert ("disk1" in await running.disk_ids()) is has_it
        assert [disk.id for disk in machine.run_config.disks] == ["disk0", *["disk1"] * has_it]
        nodes = await running.execute("query-named-block-nodes", {"flat": True})
        named = {node["node-name"] for node in nodes}
        assert named & {"disk1", "disk1-file"} == ({"disk1", "disk1-file"} if has_it else set())
        assert await manager.add_vm_disk("demo", 24) == "disk2"
        assert (await manager.create_snapshot("demo", "as it runs")).with_memory
        await manager.force_stop_vm("demo")
        await manager.start_vm("demo")
        assert await machine.live().disk_ids() >= {"disk0", "disk1", "disk2"}


async def test_an_engine_that_does_not_answer_leaves_the_disk_in_the_description(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(*_: Any) -> None:
        raise ConnectionLostError("The machine's engine does not answer.")

    async with managing(tmp_path) as manager:
        info = await running_machine(manager, profile=VIRTIO)
        monkeypatch.setattr("app.vm.qemu.live_disks.plug_disk", lost)
        with pytest.raises(ConnectionLostError):
            await manager.add_vm_disk("demo", 24)
        monkeypatch.undo()
        config = load_config(info.folder)
        assert (info.folder / config.disks[1].file).exists()
        with pytest.raises(EngineError, match="does not have this disk"):
            await manager.get_vm_disk_size("demo", disk_id="disk1")
        with pytest.raises(AppError):
            await manager.create_snapshot("demo", "torn")
        assert await manager.get_snapshot_list("demo") == ()
        await manager.force_stop_vm("demo")
        await manager.start_vm("demo")
        assert await manager.get_vm_disk_size("demo", disk_id="disk1") == 24
