"""A machine's devices as the document sorts them, read off its hardware record."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.vm.devices import (
    Channel,
    ChannelInfo,
    ChannelType,
    DeviceObject,
    KeyboardMouseDevice,
    MemoryBalloonDevice,
    NetworkDevice,
    StorageDevice,
    channel_info,
)
from app.vm.model import Chipset, Device, DiskBus, NetMode, NetModel, Profile, VideoModel, VmConfig
from tests.vm.makers import MAC, a_config


def without(config: VmConfig, *device_ids: str) -> VmConfig:
    """The machine with some devices taken out."""
    hardware = config.hardware
    left = tuple(device for device in hardware.devices if device.id not in device_ids)
    return replace(config, hardware=replace(hardware, devices=left))


def changed(config: VmConfig, device_id: str, **changes: object) -> VmConfig:
    hardware = config.hardware
    devices: list[Device] = [
        replace(device, **changes) if device.id == device_id else device  # type: ignore[arg-type]
        for device in hardware.devices
    ]
    return replace(config, hardware=replace(hardware, devices=tuple(devices)))


def test_a_usual_machine_has_these() -> None:
    info = channel_info(a_config(net_mode=NetMode.MODE_BRIDGE, memory_mib=512))

    assert info == ChannelInfo(
        channels=(
            Channel(channel_name="port-agent", port=1),
            Channel(channel_name="port-qga", port=2),
        ),
        graphic_device=DeviceObject(device_id="video0", model="VGA"),
        network_device=NetworkDevice(
            device_id="nic0", model="e1000e", mac_address=MAC, net_mode=NetMode.MODE_BRIDGE
        ),
        keyboard_mouse_device=KeyboardMouseDevice(
            device_id="kbd0", model="usb-kbd", pointer_model="usb-tablet", absolute=True
        ),
        clipboard_device=DeviceObject(device_id="port-agent", model="virtserialport"),
        storage_device=(
            StorageDevice(device_id="disk0", model="ide-hd", removable=False, size_mib=16),
            StorageDevice(device_id="cd0", model="ide-cd", removable=True),
            StorageDevice(device_id="cd1", model="ide-cd", removable=True),
        ),
        memory_balloon_device=MemoryBalloonDevice(
            device_id="balloon0", model="virtio-balloon-pci", memory_mib=512
        ),
        connection_device=DeviceObject(device_id="vser0", model="virtio-serial-pci"),
    )


def test_what_no_machine_of_this_version_has_is_none() -> None:
    info = channel_info(a_config())

    for name in ("audio_device", "input_device", "output_device", "camera_device"):
        assert getattr(info, name) is None


@pytest.mark.parametrize("chipset", Chipset)
@pytest.mark.parametrize("bus", DiskBus)
@pytest.mark.parametrize("net", NetModel)
@pytest.mark.parametrize("video", VideoModel)
def test_every_profile_tells_the_models_that_the_record_holds(chipset, bus, net, video) -> None:
    config = a_config(profile=Profile(chipset=chipset, disk_bus=bus, net_model=net, video=video))

    info = channel_info(config)

    assert info.graphic_device is not None
    assert info.graphic_device.model == config.hardware.device("video0").driver
    assert info.network_device is not None
    assert info.network_device.model == config.hardware.device("nic0").driver
    assert [device.model for device in info.storage_device] == [
        config.hardware.device(name).driver for name in ("disk0", "cd0", "cd1")
    ]


@pytest.mark.parametrize(
    ("device_id", "name"),
    [
        ("video0", "graphic_device"),
        ("nic0", "network_device"),
        ("kbd0", "keyboard_mouse_device"),
        ("tablet0", "keyboard_mouse_device"),
        ("port-agent", "clipboard_device"),
        ("balloon0", "memory_balloon_device"),
        ("vser0", "connection_device"),
    ],
)
def test_a_device_that_a_machine_lacks_is_none(device_id, name) -> None:
    assert getattr(channel_info(without(a_config(), device_id)), name) is None


def test_a_mouse_does_not_go_where_it_is_put() -> None:
    info = channel_info(changed(a_config(), "tablet0", driver="usb-mouse"))

    assert info.keyboard_mouse_device is not None
    assert info.keyboard_mouse_device.pointer_model == "usb-mouse"
    assert not info.keyboard_mouse_device.absolute


def test_channel_types_have_the_documents_names() -> None:
    assert [(kind.name, kind.value) for kind in ChannelType] == [
        ("TYPE_USB", 0),
        ("TYPE_VIRTIO", 1),
    ]
