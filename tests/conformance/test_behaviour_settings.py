"""What is said when a machine is made or started: kept, given back, refused, for one run only."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from app.vm.manager import VmManager
from app.vm.model import SCHEMA_VERSION, VmInfo
from app.vm.qemu.images import create_disk
from app.vm.state import VmState
from app.vm.store import CONFIG_FILE, Library
from tests.conformance.serving import CFG, engine_of, served_wire
from tests.vm.managing import managing, small

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

OLD_DESCRIPTION = Path(__file__).parent / "fixtures" / "machine-1.json"

OPAQUE: dict[str, Any] = {
    "cD9": 1,
    "cd9": "nobody knows",
    "cD9H": [1, 2, {"deep": True}],
    "cd9H": {"a": 1},
    "cd9h": 2.5,
    "pasteboard": {"enabled": False},
    "processUriInMultipleRecord": "file:///a",
}


def description(folder: Path) -> dict[str, Any]:
    """What is on disk of a machine."""
    found = json.loads((folder / CONFIG_FILE).read_bytes())
    assert isinstance(found, dict)
    return found


# -- Names that nobody can interpret ---------------------------------------------------------------


async def test_opaque_members_are_kept_over_a_restart_and_given_back(root: Path) -> None:
    async with served_wire(root) as (_, wire):
        made = await wire.ask("createVm", vmName="demo", cfg={**CFG, **OPAQUE})
        assert OPAQUE.items() <= made.items()
    async with served_wire(root) as (_, wire):
        status = await wire.ask("getVmStatus", vmName="demo")
        (listed,) = (await wire.ask("listVms"))["vms"]
        assert OPAQUE.items() <= status.items()
        assert OPAQUE.items() <= listed.items()
        await wire.ask("renameVm", vmName="demo", newName="other")
        assert OPAQUE.items() <= (await wire.ask("getVmStatus", vmName="other")).items()


async def test_a_name_that_the_document_does_not_have_is_refused(root: Path) -> None:
    async with served_wire(root) as (_, wire):
        refused = await wire.refusal("createVm", vmName="demo", cfg={**CFG, "cd10": 1})
        assert refused["class"] == "SA_VM_START_PARAM_INVALID"
        assert "cd10" in refused["desc"]
        assert (await wire.ask("listVms"))["vms"] == []


# -- A machine of an older version -----------------------------------------------------------------


async def test_a_machine_of_schema_version_1_is_read_run_and_written_as_of_today(
    root: Path,
) -> None:
    folder = root / "machines" / "von-fruher-68ef5dea"
    folder.mkdir(parents=True)
    await asyncio.to_thread(shutil.copy, OLD_DESCRIPTION, folder / CONFIG_FILE)
    await create_disk(folder / "disk0.qcow2", 16)

    async with managing(root) as manager:
        (info,) = await manager.list_vms()
        assert (info.name, info.state, info.opaque) == ("Von früher", VmState.STOPPED, ())
        assert await asyncio.to_thread(description, folder) == await asyncio.to_thread(
            lambda: json.loads(OLD_DESCRIPTION.read_bytes())
        ), "only looking at a machine does not change it"
        assert (await manager.start_vm(info.name)).state is VmState.RUNNING

    written = await asyncio.to_thread(description, folder)
    before = await asyncio.to_thread(lambda: json.loads(OLD_DESCRIPTION.read_bytes()))
    assert written["schema_version"] == SCHEMA_VERSION
    for device in before["hardware"]["devices"]:
        device["outputs"] = 1  # What it had before there was a word for it.
    assert written["hardware"] == before["hardware"], "no upgrade changes a machine's hardware"
    assert written["bridge_ip"] == "10.0.2.1"


async def second_drive(root: Path, info: VmInfo) -> list[str]:
    """What is in the tools' drive of a machine that runs."""
    async with engine_of(root, info) as engine:
        return [
            node["inserted"]["image"]["filename"]
            for node in await engine.execute("query-block")
            if "inserted" in node and "cd1" in str(node["qdev"]).split("/")
        ]


# -- Settings of a new machine ---------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["cpuNum", "memorySize", "diskSize"])
async def test_the_three_sizes_are_required(root: Path, missing: str) -> None:
    async with served_wire(root) as (_, wire):
        cfg = {name: value for name, value in CFG.items() if name != missing}
        refused = await wire.refusal("createVm", vmName="demo", cfg=cfg)
        assert refused["class"] == "SA_VM_START_PARAM_INVALID"
        assert missing in refused["desc"]


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("cpuNum", 0),
        ("cpuNum", "2"),
        ("memorySize", 63),
        ("memorySize", 64.5),
        ("diskSize", 15),
        ("diskSize", True),
        ("netMode", "MODE_TUNNEL"),
        ("netMode", 2),
        ("netMode", True),
        ("biosPath", "coreboot"),
        ("bridgeIp", 1),
    ],
)
async def test_a_value_that_cannot_be_right_is_refused(
    root: Path, member: str, value: object
) -> None:
    async with served_wire(root) as (_, wire):
        refused = await wire.refusal("createVm", vmName="demo", cfg={**CFG, member: value})
        assert refused["class"] == "SA_VM_START_PARAM_INVALID"
        assert member in refused["desc"]


async def test_the_floors_themselves_are_machines(root: Path) -> None:
    async with served_wire(root) as (_, wire):
        made = await wire.ask("createVm", vmName="demo", cfg=CFG)
        assert (made["cpuNum"], made["memorySize"], made["diskSize"]) == (1, 64, 16)


@pytest.mark.parametrize("mode", ["MODE_NAT", 0])
async def test_the_net_mode_is_a_name_or_a_number(root: Path, mode: object) -> None:
    async with served_wire(root) as (_, wire):
        made = await wire.ask("createVm", vmName="demo", cfg={**CFG, "netMode": mode})
        assert made["netMode"] == "MODE_NAT"


@pytest.mark.parametrize("mode", ["MODE_BRIDGE", 1])
async def test_the_bridge_is_refused_until_it_is_built(root: Path, mode: object) -> None:
    async with served_wire(root) as (_, wire):
        cfg = {**CFG, "netMode": mode, "bridgeIp": "192.168.7.2"}
        refused = await wire.refusal("createVm", vmName="demo", cfg=cfg)
        assert refused["class"] == "NOT_SUPPORT"
        assert (await wire.ask("listVms"))["vms"] == []


async def test_the_bridge_s_address_is_kept_for_when_it_is(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        await wire.ask("createVm", vmName="demo", cfg={**CFG, "bridgeIp": "192.168.7.2"})
        folder = manager.snapshot()[0].folder
        assert (await asyncio.to_thread(description, folder))["bridge_ip"] == "192.168.7.2"


@pytest.mark.parametrize(
    ("bios_path", "firmware"), [("bios", "bios"), ("uefi", "uefi"), ("stratovirt-uefi", "uefi")]
)
async def test_the_firmware_is_chosen_by_the_document_s_words(
    root: Path, bios_path: str, firmware: str
) -> None:
    async with served_wire(root) as (manager, wire):
        made = await wire.ask("createVm", vmName="demo", cfg={**CFG, "biosPath": bios_path})
        assert made["firmware"] == firmware
        folder = manager.snapshot()[0].folder
        has_store = await asyncio.to_thread((folder / "vars.fd").is_file)
        assert has_store is (firmware == "uefi")


async def test_a_firmware_image_of_one_s_own_is_copied_into_the_machine(
    root: Path, tmp_path: Path
) -> None:
    image = tmp_path / "own.rom"
    image.write_bytes(b"\xf4" * 65536)
    async with served_wire(root) as (manager, wire):
        cfg = {**CFG, "biosPath": image.as_uri()}
        made = await wire.ask("createVm", vmName="demo", cfg=cfg)
        assert made["firmware"] == "file"
        folder = manager.snapshot()[0].folder
        copies = await asyncio.to_thread(
            lambda: [path for path in folder.iterdir() if path.read_bytes() == b"\xf4" * 65536]
        )
        assert len(copies) == 1
        image.unlink()
        await wire.ask("startVm", vmName="demo")
        image.write_bytes(b"short")
        refused = await wire.refusal("createVm", vmName="other", cfg=cfg)
        assert refused["desc"].startswith("Invalid file path")


async def test_the_tools_disc_is_in_the_second_drive_of_the_running_machine(
    root: Path, tmp_path: Path
) -> None:
    tools = tmp_path / "tools.iso"
    tools.write_bytes(b"\0" * 65536)
    async with served_wire(root) as (manager, wire):
        cfg = {**CFG, "enhanceFilePath": str(tools)}
        await wire.ask("createVm", vmName="demo", cfg=cfg)
        await wire.ask("startVm", vmName="demo")
        assert await second_drive(root, manager.snapshot()[0]) == [str(tools)]


async def test_a_tools_disc_that_is_not_there_makes_no_machine(root: Path, tmp_path: Path) -> None:
    async with served_wire(root) as (_, wire):
        cfg = {**CFG, "enhanceFilePath": str(tmp_path / "tools.iso")}
        refused = await wire.refusal("createVm", vmName="demo", cfg=cfg)
        assert refused["desc"].startswith("Invalid file path")
        assert (await wire.ask("listVms"))["vms"] == []


# -- Settings of one run ---------------------------------------------------------------------------


async def test_settings_given_to_a_start_hold_for_that_run_alone(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        cpus = min(2, manager.host_size().cpus)
        for_now = {**CFG, "memorySize": 96, "cpuNum": cpus}
        run = await wire.ask("startVm", vmName="demo", cfg=for_now)
        assert (run["memorySize"], run["cpuNum"]) == (96, cpus)
        async with engine_of(root, manager.snapshot()[0]) as engine:
            summary = await engine.execute("query-memory-size-summary")
            assert summary["base-memory"] == 96 << 20
            assert len(await engine.execute("query-cpus-fast")) == cpus
        off = await wire.ask("forceStopVm", vmName="demo")
        assert (off["memorySize"], off["cpuNum"]) == (64, 1)
        again = await wire.ask("startVm", vmName="demo")
        assert (again["memorySize"], again["cpuNum"]) == (64, 1)


async def test_a_start_with_another_disk_size_is_refused_and_starts_nothing(root: Path) -> None:
    async with served_wire(root) as (_, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        refused = await wire.refusal("startVm", vmName="demo", cfg={**CFG, "diskSize": 32})
        assert refused["class"] == "SA_VM_START_PARAM_INVALID"
        assert "diskSize" in refused["desc"]
        assert refused["data"]["remedy"]
        assert (await wire.ask("getVmStatus", vmName="demo"))["stateName"] == "STATE_STOPPED"


async def test_a_tools_disc_for_one_run_is_there_in_that_run_alone(
    root: Path, tmp_path: Path
) -> None:
    tools = tmp_path / "tools.iso"
    tools.write_bytes(b"\0" * 65536)
    async with served_wire(root) as (manager, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        info = manager.snapshot()[0]
        as_url = {**CFG, "enhanceFilePath": tools.as_uri()}
        await wire.ask("startVm", vmName="demo", cfg=as_url)
        assert await second_drive(root, info) == [str(tools)]
        await wire.ask("forceStopVm", vmName="demo")
        await wire.ask("startVm", vmName="demo")
        assert await second_drive(root, info) == []


async def test_a_tools_disc_that_may_not_be_used_starts_nothing(root: Path, tmp_path: Path) -> None:
    async with served_wire(root) as (_, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        for path, words in (
            ("/etc/passwd", "share path is not authorized"),
            (str(tmp_path / "gone.iso"), "Invalid file path"),
            ("gone.iso", "Invalid path"),
        ):
            cfg = {**CFG, "enhanceFilePath": path}
            refused = await wire.refusal("startVm", vmName="demo", cfg=cfg)
            assert refused["desc"].startswith(words)
            status = await wire.ask("getVmStatus", vmName="demo")
            assert status["stateName"] == "STATE_STOPPED"


async def test_a_run_s_settings_are_known_to_the_manager_that_takes_it_over(root: Path) -> None:
    async with VmManager.open(Library(root)) as manager:
        await manager.create_vm("demo", small())
        await manager.start_vm("demo", small(memory_size=96))
    async with managing(root) as manager:
        info = await manager.get_vm_status("demo")
        assert (info.state, info.memory_mib) == (VmState.RUNNING, 96)
        assert info.channel_info is not None
        assert info.channel_info.memory_balloon_device is not None
        assert info.channel_info.memory_balloon_device.memory_mib == 96
        assert (await manager.force_stop_vm("demo")).memory_mib == 64
