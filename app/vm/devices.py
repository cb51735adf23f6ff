"""What a guest has to work with, as the `vm_manager` document sorts it (sections 5.2 and 10.1).

`ChannelInfo` holds one typed record for each of the document's device objects. For a machine it is
derived from the hardware record, so it tells what the guest really has; a device that a machine
lacks is None. Channels for data are listed in `channels`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from app.vm.hardware import AGENT_PORT
from app.vm.model import Device, DeviceKind, Disk, NetMode, VmConfig


class ChannelType(IntEnum):
    """What carries a channel (`ChannelType`)."""

    TYPE_USB = 0
    TYPE_VIRTIO = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceObject:
    """One device as the guest sees it.

    Attributes:
        device_id: its id in the hardware record.
        model: the engine's name of the model.
    """

    device_id: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkDevice(DeviceObject):
    """A network card: its address, and how it reaches the network."""

    mac_address: str
    net_mode: NetMode


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyboardMouseDevice(DeviceObject):
    """Keyboard and pointer; `absolute` tells that the pointer goes where it is put."""

    pointer_model: str
    absolute: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageDevice(DeviceObject):
    """A disk or a drive; `size_mib` is 0 for a drive."""

    removable: bool
    size_mib: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryBalloonDevice(DeviceObject):
    """Gives the guest's unused memory back; `memory_mib` is what the guest has at most."""

    memory_mib: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A way for data: a numbered port of the machine's serial bus."""

    channel_name: str
    channel_type: ChannelType = ChannelType.TYPE_VIRTIO
    port: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelInfo:
    """The document's `ChannelInfo`.

    Attributes:
        channel_name: of the channel to make; empty in a machine's status.
        channel_type: what carries it.
        channels: ways for data that there are.
        graphic_device: graphics card.
        audio_device: sound card.
        input_device: microphone.
        output_device: loudspeaker.
        network_device: network card.
        keyboard_mouse_device: keyboard and pointer.
        clipboard_device: port of the agent that carries the clipboard.
        camera_device: camera.
        storage_device: disks and drives, in the order in which the machine starts from them.
        memory_balloon_device: takes memory back.
        connection_device: bus of the channels.
    """

    channel_name: str = ""
    channel_type: ChannelType = ChannelType.TYPE_VIRTIO
    channels: tuple[Channel, ...] = ()
    graphic_device: DeviceObject | None = None
    audio_device: DeviceObject | None = None
    input_device: DeviceObject | None = None
    output_device: DeviceObject | None = None
    network_device: NetworkDevice | None = None
    keyboard_mouse_device: KeyboardMouseDevice | None = None
    clipboard_device: DeviceObject | None = None
    camera_device: DeviceObject | None = None
    storage_device: tuple[StorageDevice, ...] = ()
    memory_balloon_device: MemoryBalloonDevice | None = None
    connection_device: DeviceObject | None = None


def channel_info(config: VmConfig) -> ChannelInfo:
    """The devices of a machine, by its hardware record."""
    devices = config.hardware.devices
    ports = tuple(_of_kind(devices, DeviceKind.SERIAL_PORT))
    return ChannelInfo(
        channels=tuple(Channel(channel_name=port.id, port=port.port) for port in ports),
        graphic_device=_plain(_first(devices, DeviceKind.VIDEO)),
        network_device=_network(config),
        keyboard_mouse_device=_keyboard_mouse(devices),
        clipboard_device=_plain(next((port for port in ports if port.id == AGENT_PORT), None)),
        storage_device=tuple(_storage(config)),
        memory_balloon_device=_balloon(config),
        connection_device=_plain(_first(devices, DeviceKind.SERIAL)),
    )


def _of_kind(devices: Iterable[Device], kind: DeviceKind) -> Iterable[Device]:
    return (device for device in devices if device.kind is kind)


def _first(devices: Iterable[Device], kind: DeviceKind) -> Device | None:
    return next(iter(_of_kind(devices, kind)), None)


def _plain(device: Device | None) -> DeviceObject | None:
    return None if device is None else DeviceObject(device_id=device.id, model=device.driver)


def _network(config: VmConfig) -> NetworkDevice | None:
    card = _first(config.hardware.devices, DeviceKind.NETWORK)
    if card is None:
        return None
    return NetworkDevice(
        device_id=card.id, model=card.driver, mac_address=card.mac, net_mode=config.net_mode
    )


def _keyboard_mouse(devices: Iterable[Device]) -> KeyboardMouseDevice | None:
    usb = {device.driver: device for device in _of_kind(devices, DeviceKind.USB)}
    keyboard = usb.get("usb-kbd")
    pointer = usb.get("usb-tablet") or usb.get("usb-mouse")
    if keyboard is None or pointer is None:
        return None
    return KeyboardMouseDevice(
        device_id=keyboard.id,
        model=keyboard.driver,
        pointer_model=pointer.driver,
        absolute=pointer.driver == "usb-tablet",
    )


def _storage(config: VmConfig) -> Iterable[StorageDevice]:
    disks: dict[str, Disk] = {disk.id: disk for disk in config.disks}
    for device in _of_kind(config.hardware.devices, DeviceKind.DISK):
        yield StorageDevice(
            device_id=device.id,
            model=device.driver,
            removable=False,
            size_mib=disks[device.id].size_mib,
        )
    for device in _of_kind(config.hardware.devices, DeviceKind.CDROM):
        yield StorageDevice(device_id=device.id, model=device.driver, removable=True)


def _balloon(config: VmConfig) -> MemoryBalloonDevice | None:
    balloon = _first(config.hardware.devices, DeviceKind.BALLOON)
    if balloon is None:
        return None
    return MemoryBalloonDevice(
        device_id=balloon.id, model=balloon.driver, memory_mib=config.memory_mib
    )
