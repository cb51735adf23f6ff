"""The document's device objects against what the running guest really has."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from qemu.qmp import QMPClient

from app.vm.devices import Channel, ChannelInfo, ChannelType
from app.vm.model import Chipset, DiskBus, NetMode, NetModel, Profile, VideoModel
from tests.conformance.serving import CFG, engine_of, served_wire
from tests.vm.managing import managing, small

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

Q35 = Profile()
VIRTIO = Profile(disk_bus=DiskBus.VIRTIO, net_model=NetModel.VIRTIO, video=VideoModel.VIRTIO)
OLD = Profile(chipset=Chipset.I440FX, disk_bus=DiskBus.IDE, net_model=NetModel.E1000)

# PCI class codes (PCI Code and ID Assignment Specification): display, network.
DISPLAY_CLASS, NETWORK_CLASS = 0x0300, 0x0200


async def type_of(engine: QMPClient, device_id: str) -> str:
    """The engine's name of the model of one of its devices."""
    arguments = {"path": f"/machine/peripheral/{device_id}", "property": "type"}
    return str(await engine.execute("qom-get", arguments))


async def value_of(engine: QMPClient, device_id: str, name: str) -> Any:
    path = f"/machine/peripheral/{device_id}"
    return await engine.execute("qom-get", {"path": path, "property": name})


async def pci_classes(engine: QMPClient) -> dict[str, int]:
    """Class codes of the PCI devices by their ids, those behind bridges too."""

    def below(bus: dict[str, Any]) -> dict[str, int]:
        found = {}
        for device in bus.get("devices", []):  # absent behind a port with nothing in it
            found[device["qdev_id"]] = device["class_info"]["class"]
            found |= below(device.get("pci_bridge", {}))
        return found

    return {
        name: code for bus in await engine.execute("query-pci") for name, code in below(bus).items()
    }


@pytest.mark.parametrize("profile", [Q35, VIRTIO, OLD], ids=["q35", "virtio", "i440fx"])
async def test_the_status_tells_the_devices_that_the_running_guest_has(
    root: Path, profile: Profile
) -> None:
    async with managing(root) as manager:
        await manager.create_vm("demo", small(profile=profile, disk_size=32))
        info = await manager.start_vm("demo")
        told = (await manager.get_vm_status("demo")).channel_info
        assert told is not None
        async with engine_of(root, info) as engine:
            classes = await pci_classes(engine)
            assert told.graphic_device is not None
            assert told.network_device is not None
            assert of_class(classes, DISPLAY_CLASS) == [told.graphic_device.device_id]
            assert of_class(classes, NETWORK_CLASS) == [told.network_device.device_id]
            await check_plain_devices(engine, told)
            await check_network(engine, told)
            await check_storage(engine, told)
            await check_balloon(engine, told, memory_mib=64)
            await check_channels(engine, told)


def of_class(classes: dict[str, int], code: int) -> list[str]:
    return [name for name, found in classes.items() if found == code]


async def check_plain_devices(engine: QMPClient, told: ChannelInfo) -> None:
    assert told.graphic_device is not None
    assert told.clipboard_device is not None
    assert told.connection_device is not None
    for device in (told.graphic_device, told.clipboard_device, told.connection_device):
        assert await type_of(engine, device.device_id) == device.model
    keyboard = told.keyboard_mouse_device
    assert keyboard is not None
    assert await type_of(engine, keyboard.device_id) == keyboard.model
    mice = await engine.execute("query-mice")
    assert keyboard.absolute is any(mouse["absolute"] for mouse in mice)
    assert keyboard.pointer_model == "usb-tablet"


async def check_network(engine: QMPClient, told: ChannelInfo) -> None:
    card = told.network_device
    assert card is not None
    assert await type_of(engine, card.device_id) == card.model
    assert str(await value_of(engine, card.device_id, "mac")).lower() == card.mac_address
    assert card.net_mode is NetMode.MODE_NAT


async def check_storage(engine: QMPClient, told: ChannelInfo) -> None:
    disk, *drives = told.storage_device
    assert (disk.removable, disk.size_mib) == (False, 32)
    assert [drive.removable for drive in drives] == [True, True]
    for device in told.storage_device:
        assert await type_of(engine, device.device_id) == device.model
        assert (await block_of(engine, device.device_id))["removable"] is device.removable
    image = (await block_of(engine, disk.device_id))["inserted"]["image"]
    assert image["virtual-size"] == disk.size_mib << 20


async def block_of(engine: QMPClient, device_id: str) -> dict[str, Any]:
    """What the engine says of a drive; it names some by the device, some by a part of it."""
    found = [
        node
        for node in await engine.execute("query-block")
        if device_id in str(node["qdev"]).split("/")
    ]
    assert len(found) == 1
    return dict(found[0])


async def check_balloon(engine: QMPClient, told: ChannelInfo, *, memory_mib: int) -> None:
    balloon = told.memory_balloon_device
    assert balloon is not None
    assert await type_of(engine, balloon.device_id) == balloon.model
    assert balloon.memory_mib == memory_mib
    assert (await engine.execute("query-balloon"))["actual"] == memory_mib << 20


async def check_channels(engine: QMPClient, told: ChannelInfo) -> None:
    assert told.channels == (
        Channel(channel_name="port-agent", channel_type=ChannelType.TYPE_VIRTIO, port=1),
        Channel(channel_name="port-qga", channel_type=ChannelType.TYPE_VIRTIO, port=2),
    )
    for channel in told.channels:
        assert await value_of(engine, channel.channel_name, "nr") == channel.port
    assert told.clipboard_device is not None
    name = await value_of(engine, told.clipboard_device.device_id, "name")
    assert name == "com.redhat.spice.0", "the port of the agent that carries the clipboard"


async def test_on_the_wire_the_device_objects_have_the_document_s_names(root: Path) -> None:
    async with served_wire(root) as (_, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        told = (await wire.ask("getVmStatus", vmName="demo"))["channelInfo"]
        (listed,) = (await wire.ask("listVms"))["vms"]

    assert "channelInfo" not in listed, "a list stays short"
    assert told.keys() == {
        "channelName",
        "channelType",
        "channels",
        "graphicDevice",
        "audioDevice",
        "inputDevice",
        "outputDevice",
        "networkDevice",
        "keyboardMouseDevice",
        "clipboardDevice",
        "cameraDevice",
        "storageDevice",
        "memoryBalloonDevice",
        "connectionDevice",
    }
    assert told["graphicDevice"] == {"deviceId": "video0", "model": "VGA"}
    assert told["networkDevice"]["netMode"] == 0
    assert told["channels"][0]["channelType"] == 1
    assert told["storageDevice"][0]["diskSize"] == 16
    assert told["memoryBalloonDevice"] == {
        "deviceId": "balloon0",
        "model": "virtio-balloon-pci",
        "memorySize": 64,
    }


async def test_a_device_that_no_machine_has_yet_is_told_as_none(root: Path) -> None:
    """Sound, microphone and camera come with their own work; until then nobody claims them."""
    async with managing(root) as manager:
        await manager.create_vm("demo", small())
        told = (await manager.get_vm_status("demo")).channel_info

    assert told is not None
    absent = {field.name for field in fields(told) if getattr(told, field.name) is None}
    assert absent == {"audio_device", "input_device", "output_device", "camera_device"}


async def test_settings_of_one_run_are_told_as_the_run_s_devices(root: Path) -> None:
    async with managing(root) as manager:
        await manager.create_vm("demo", small())
        info = await manager.start_vm("demo", small(memory_size=96))
        told = (await manager.get_vm_status("demo")).channel_info
        assert told is not None
        async with engine_of(root, info) as engine:
            await check_balloon(engine, told, memory_mib=96)


async def test_the_devices_stay_what_they_were_over_a_restart_of_the_manager(root: Path) -> None:
    async with managing(root) as manager:
        await manager.create_vm("demo", small())
        before = (await manager.get_vm_status("demo")).channel_info
    async with managing(root) as manager:
        assert (await manager.get_vm_status("demo")).channel_info == before
