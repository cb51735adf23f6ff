"""What a machine's life promises beside its events: names, lists, status, disc, trash, refusals."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from app.vm.api_names import MACHINE_FIELDS
from app.vm.devices import ChannelInfo
from app.vm.model import OPAQUE_NAMES
from app.vm.qemu.facts import find_binary
from app.vm.state import Action, VmState
from tests.conformance.serving import CFG, a_qemu, engine_of, served_wire
from tests.vm.managing import managing, running_machine, runs, small

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

S = VmState
NO_MACHINE = f"""#!/bin/sh
# A QEMU that answers questions about itself and starts no machine.
case "$*" in *-pidfile*) echo 'qemu-system-x86_64: no luck today' >&2; exit 1 ;; esac
exec {find_binary()} "$@"
"""


def a_disc(path: Path) -> Path:
    path.write_bytes(b"\0" * 65536)
    return path


# -- Names and lists -------------------------------------------------------------------------------


async def test_a_name_is_one_machine_s_whatever_its_case(root: Path) -> None:
    async with served_wire(root) as (_, wire):
        made = await wire.ask("createVm", vmName="Straße", cfg=CFG)
        for spelling in ("Straße", "straße", "STRASSE"):
            status = await wire.ask("getVmStatus", vmName=spelling)
            assert (status["vmId"], status["vmName"]) == (made["vmId"], "Straße")
            taken = await wire.refusal("createVm", vmName=spelling, cfg=CFG)
            assert taken["class"] == "VM_NAME_TAKEN"
        await wire.ask("createVm", vmName="other", cfg=CFG)
        taken = await wire.refusal("renameVm", vmName="other", newName="STRASSE")
        assert taken["class"] == "VM_NAME_TAKEN"
        renamed = await wire.ask("renameVm", vmName="straße", newName="STRASSE")
        assert renamed["vmName"] == "STRASSE", "its own name in another case"


@pytest.mark.parametrize("name", ["", " ", "a\n", " demo", "x" * 129, "\u202e"])
async def test_a_name_that_cannot_be_shown_is_none(root: Path, name: str) -> None:
    async with served_wire(root) as (_, wire):
        refused = await wire.refusal("createVm", vmName=name, cfg=CFG)
        assert refused["class"] == "VM_ERROR_INVALID_PARAM"


async def test_the_list_has_running_machines_first_and_then_the_last_used(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        for name in ("never", "earlier", "later", "now"):
            await manager.create_vm(name, small())
        for name in ("earlier", "later"):
            await manager.start_vm(name)
            await manager.force_stop_vm(name)
        await manager.start_vm("now")
        listed = (await wire.ask("listVms"))["vms"]
        assert [vm["vmName"] for vm in listed] == ["now", "later", "earlier", "never"]
        assert [vm.name for vm in await manager.list_vms()] == [vm["vmName"] for vm in listed]


# -- Status ----------------------------------------------------------------------------------------


async def test_a_machine_s_status_has_these_members_and_no_others(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        await wire.ask("createVm", vmName="demo", cfg={**CFG, "cd9": 1})
        await wire.ask("startVm", vmName="demo")
        status = await wire.ask("getVmStatus", vmName="demo")
        assert status.keys() == {*MACHINE_FIELDS, "cd9"}
        assert (status["state"], status["stateName"]) == (4, "STATE_RUNNING")
        info = await manager.get_vm_status("demo")
        assert status["vmId"] == str(info.id)
        assert status["startTime"] == info.started_ms > status["createTime"]
        assert status["folder"] == str(info.folder)
        assert isinstance(info.channel_info, ChannelInfo)
        assert not set(OPAQUE_NAMES) & set(MACHINE_FIELDS)


async def test_what_can_be_asked_of_a_machine_is_told_with_it(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        off = await wire.ask("createVm", vmName="demo", cfg=CFG)
        rest = ["changeDisc", "destroy", "open", "rename", "snapshot", "start", "update"]
        assert off["actions"] == rest
        on = await wire.ask("startVm", vmName="demo")
        live = ["forceStop", "open", "pause", "rename", "screenshot", "snapshot", "stop"]
        assert on["actions"] == live
        paused = await wire.ask("pauseVm", vmName="demo")
        assert "resume" in paused["actions"]
        assert Action.RESUME in (await manager.get_vm_status("demo")).actions


async def test_a_machine_whose_files_are_gone_is_shown_as_unavailable(root: Path) -> None:
    async with managing(root) as manager:
        await manager.create_vm("demo", small())
        (await manager.get_vm_disk_image_path("demo")).unlink()
    async with served_wire(root) as (_, wire):
        (vm,) = (await wire.ask("listVms"))["vms"]
        assert (vm["state"], vm["stateName"]) == (1, "STATE_UNAVAILABLE")
        assert "disk0.qcow2" in vm["problem"]
        assert vm["problemCode"] == "VM_DAMAGED"
        assert vm["remedy"]
        assert vm["actions"] == ["destroy"]
        status = await wire.ask("getVmStatus", vmName="demo")
        assert vm.items() <= status.items()
        assert status["channelInfo"]["storageDevice"][0]["diskSize"] == 16, "as it should be"
        refused = await wire.refusal("startVm", vmName="demo")
        assert (refused["class"], refused["desc"]) == ("VM_DAMAGED", vm["problem"])


async def test_a_description_that_nobody_can_read_is_shown_without_devices(root: Path) -> None:
    async with managing(root) as manager:
        folder = (await manager.create_vm("demo", small())).folder
    for name in ("machine.json", "machine.json.good"):
        (folder / name).write_text("{")
    async with served_wire(root) as (_, wire):
        (vm,) = (await wire.ask("listVms"))["vms"]
        assert (vm["stateName"], vm["problemCode"]) == ("STATE_UNAVAILABLE", "VM_DAMAGED")
        told = (await wire.ask("getVmStatus", vmName=vm["vmName"]))["channelInfo"]
        assert (told["graphicDevice"], told["storageDevice"], told["channels"]) == (None, [], [])
        for command in ("getVmDiskSize", "getVmDiskImagePath", "getVmDiskImageFileSize"):
            refused = await wire.refusal(command, vmName=vm["vmName"])
            assert refused["class"] == "VM_WRONG_STATE", command


async def test_a_catalogued_system_and_a_profile_choose_the_devices(root: Path) -> None:
    async with served_wire(root) as (_, wire):
        await wire.ask("createVm", vmName="catalogued", cfg={**CFG, "system": "debian"})
        by_hand = {"chipset": "i440fx", "diskBus": "ide", "netModel": "e1000", "video": "vga"}
        await wire.ask("createVm", vmName="by hand", cfg={**CFG, "profile": by_hand})
        told = {}
        for name in ("catalogued", "by hand"):
            status = await wire.ask("getVmStatus", vmName=name)
            devices = status["channelInfo"]
            told[name] = (
                devices["networkDevice"]["model"],
                devices["storageDevice"][0]["model"],
                status["system"],
            )
    assert told["by hand"] == ("e1000", "ide-hd", "unknown")
    assert told["catalogued"] == ("virtio-net-pci", "virtio-blk-pci", "debian")


# -- Disc and trash --------------------------------------------------------------------------------


async def test_a_disc_is_in_the_drive_of_the_next_run(root: Path, tmp_path: Path) -> None:
    disc = a_disc(tmp_path / "a.iso")
    async with served_wire(root) as (manager, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        put = await wire.ask("mountCDDriveToVm", vmName="demo", isoPath=disc.as_uri())
        assert put["isoPath"] == str(disc)
        await wire.ask("startVm", vmName="demo")
        async with engine_of(root, manager.snapshot()[0]) as engine:
            blocks = await engine.execute("query-block")
        files = [block["inserted"]["file"] for block in blocks if "inserted" in block]
        assert str(disc) in files
        for command in ("mountCDDriveToVm", "unmountCDDriveFromVm"):
            refused = await wire.refusal(command, vmName="demo", isoPath=str(disc))
            assert refused["class"] == "VM_WRONG_STATE", "while it is on"
        await wire.ask("forceStopVm", vmName="demo")
        other = await wire.refusal("unmountCDDriveFromVm", vmName="demo", isoPath="/another.iso")
        assert other["class"] == "VM_INVALID_PATH"
        taken = await wire.ask("unmountCDDriveFromVm", vmName="demo", isoPath=disc.as_uri())
        assert taken["isoPath"] is None
        assert (await wire.ask("unmountCDDriveFromVm", vmName="demo"))["isoPath"] is None


async def test_a_destroyed_machine_is_in_the_trash_and_comes_back_whole(root: Path) -> None:
    async with served_wire(root) as (_, wire):
        made = await wire.ask("createVm", vmName="demo", cfg={**CFG, "cd9": 1})
        assert await wire.ask("destroyVm", vmName="demo") == {}
        assert (await wire.ask("listVms"))["vms"] == []
        kept = await asyncio.to_thread(lambda: list((root / "trash").glob("*/disk0.qcow2")))
        assert len(kept) == 1, "nothing deletes a disk"
        back = await wire.ask("undoDestroyVm", vmName="demo")
        assert (back["vmId"], back["cd9"]) == (made["vmId"], 1)
        assert back["stateName"] == "STATE_STOPPED"
        gone = await wire.refusal("undoDestroyVm", vmName="demo")
        assert gone["class"] == "VM_NOT_FOUND"


# -- Pause and resume ------------------------------------------------------------------------------


async def test_a_pause_stops_the_engine_and_a_resume_lets_it_go_on(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        info = await running_machine(manager)
        async with engine_of(root, info) as engine:
            assert (await wire.ask("pauseVm", vmName="demo"))["stateName"] == "STATE_PAUSED"
            assert (await engine.execute("query-status"))["status"] == "paused"
            assert (await wire.ask("pauseVm", vmName="demo"))["stateName"] == "STATE_PAUSED"
            assert (await wire.ask("resumeVm", vmName="demo"))["stateName"] == "STATE_RUNNING"
            assert (await engine.execute("query-status"))["status"] == "running"
            assert (await wire.ask("resumeVm", vmName="demo"))["stateName"] == "STATE_RUNNING"


# -- What is refused -------------------------------------------------------------------------------


async def test_what_is_right_but_not_now_is_said_so(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        for command in ("pauseVm", "resumeVm"):
            refused = await wire.refusal(command, vmName="demo")
            assert refused["class"] == "VM_WRONG_STATE", command
            assert refused["data"]["remedy"], command
        shot = await wire.refusal("screenshotVm", vmName="demo", path=str(root.parent / "a.png"))
        assert shot["class"] == "VM_WRONG_STATE"
        await wire.ask("startVm", vmName="demo")
        refused = await wire.refusal("destroyVm", vmName="demo")
        assert refused["class"] == "VM_WRONG_STATE"
        await wire.ask("pauseVm", vmName="demo")
        refused = await wire.refusal("startVm", vmName="demo")
        assert refused["class"] == "VM_WRONG_STATE", "it is resumed instead"
        assert runs(manager.snapshot()[0])


async def test_a_start_that_the_engine_refuses_has_the_engine_s_code(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_qemu(tmp_path / "bin", NO_MACHINE, monkeypatch)
    async with served_wire(root) as (_, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        refused = await wire.refusal("startVm", vmName="demo")
        assert refused["class"] == "STRATOVIRT_START_FAILED"
        assert "no luck today" in refused["desc"]
        status = await wire.ask("getVmStatus", vmName="demo")
        assert status["stateName"] == "STATE_ERROR"
        assert status["problemCode"] == "STRATOVIRT_START_FAILED"
        assert "start" in status["actions"]
