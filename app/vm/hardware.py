"""Layout of a new machine's hardware: from a profile to an ordered list of devices.

Done once, when the machine is made. Slots are written down, so that nothing that we change later
moves a device under a guest's feet. A change of these rules gets a new `LAYOUT_VERSION`; machines
keep the record that they were made with. Version 2 gave display devices several outputs.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace

from app.errors import ParamError, StateError
from app.vm.model import (
    Chipset,
    Device,
    DeviceKind,
    DiskBus,
    Firmware,
    HardwareRecord,
    NetModel,
    Profile,
    VideoModel,
    VmConfig,
)

LAYOUT_VERSION = 2
SYSTEM_DISK = "disk0"
INSTALL_DRIVE = "cd0"
TOOLS_DRIVE = "cd1"
AGENT_PORT = "port-agent"
GUEST_AGENT_PORT = "port-qga"
SPARE_ROOT_PORTS = 4
MOST_SCREENS = 4
"""That can be plugged into a new machine whose display device knows several; one is from the start.

The engine takes up to 16, and each has a display server of its own.
"""
MOST_DISKS = 8
"""Of a machine, the system disk among them."""

_ROOT_BUS = {Chipset.Q35: "pcie.0", Chipset.I440FX: "pci.0"}
_VIDEO = {VideoModel.VGA: "VGA", VideoModel.VIRTIO: "virtio-vga"}
_NET = {NetModel.VIRTIO: "virtio-net-pci", NetModel.E1000E: "e1000e", NetModel.E1000: "e1000"}
# OUI 52:54:00 is what QEMU and its users take for guests (locally administered).
_MAC_PREFIX = "52:54:00"
_LATER_SLOTS = range(0x14, 0x1F)
"""On the root bus, for what comes to a machine after it was laid out; 0x1f is the q35's bridge."""
_BUILT_IN_PORTS = {
    Chipset.Q35: tuple((f"ide.{number}", 0) for number in range(6)),
    Chipset.I440FX: tuple((f"ide.{number}", unit) for number in range(2) for unit in range(2)),
}
_AHCI = "ich9-ahci"
_AHCI_PORTS = 6


def lay_out(
    profile: Profile,
    *,
    firmware: Firmware,
    machine_type: str,
    mac: str,
) -> HardwareRecord:
    """Hardware of a new x86-64 machine.

    Args:
        profile: which models suit the system.
        firmware: BIOS or UEFI.
        machine_type: the engine's versioned board that belongs to `profile.chipset`.
        mac: address of the network card, see `new_mac`.
    """
    return HardwareRecord(
        layout_version=LAYOUT_VERSION,
        arch="x86_64",
        machine_type=machine_type,
        chipset=profile.chipset,
        firmware=firmware,
        clock="localtime" if profile.local_clock else "utc",
        devices=tuple(_devices(profile, mac)),
    )


def with_disk(hardware: HardwareRecord, bus: DiskBus | None = None) -> tuple[HardwareRecord, str]:
    """Hardware with one more disk, and the id that the disk has there.

    What was there stays where it is. A disk that finds no free port of the board's own controller
    brings a further one along, AHCI on both boards.

    Args:
        hardware: of a machine that is off.
        bus: how the guest sees it; as it sees the system disk when None.

    Raises:
        ParamError: no further disk has room.
    """
    disk_id = _free_disk_id(hardware)
    if (bus or disk_bus(hardware, SYSTEM_DISK)) is DiskBus.VIRTIO:
        root, addr = _ROOT_BUS[hardware.chipset], _free_slot(hardware)
        added = [_disk_device(disk_id, "virtio-blk-pci", root, addr=addr)]
    else:
        added = _on_free_port(hardware, disk_id)
    return replace(hardware, devices=(*hardware.devices, *added)), disk_id


def with_plugged_disk(hardware: HardwareRecord) -> tuple[HardwareRecord, str]:
    """Hardware with one more disk on a spare root port, and the id that the disk has there.

    A running machine takes no device on its root bus. On the port the disk stays at later starts:
    what runs and what is written down have to be the same to the memory of a snapshot.

    Args:
        hardware: of a machine that runs.

    Raises:
        StateError: it can be done while the machine is off only.
        ParamError: no further disk has room.
    """
    disk_id = _free_disk_id(hardware)
    remedy = "Shut the machine down first."
    if hardware.chipset is not Chipset.Q35 or disk_bus(hardware, SYSTEM_DISK) is not DiskBus.VIRTIO:
        raise StateError(
            "This machine's kind of disk cannot be added while it runs.", remedy=remedy
        )
    used = {device.bus for device in hardware.devices}
    ports = (device.id for device in hardware.devices if device.kind is DeviceKind.ROOT_PORT)
    port = next((name for name in ports if name not in used), None)
    if port is None:
        raise StateError(
            "The machine has no free place for another disk while it runs.", remedy=remedy
        )
    added = _disk_device(disk_id, "virtio-blk-pci", port, addr="0x0")
    return replace(hardware, devices=(*hardware.devices, added)), disk_id


def with_disks_of(config: VmConfig, disk_ids: frozenset[str]) -> VmConfig:
    """The machine with those of its disks only; what the others brought along stays."""
    devices = tuple(
        device
        for device in config.hardware.devices
        if device.kind is not DeviceKind.DISK or device.id in disk_ids
    )
    return replace(
        config,
        hardware=replace(config.hardware, devices=devices),
        disks=tuple(disk for disk in config.disks if disk.id in disk_ids),
    )


def disk_bus(hardware: HardwareRecord, disk_id: str) -> DiskBus:
    """How a guest sees a disk.

    Raises:
        KeyError: there is none of that id.
    """
    device = hardware.device(disk_id)
    if device.driver == "virtio-blk-pci":
        return DiskBus.VIRTIO
    is_built_in = (device.bus, device.port) in _BUILT_IN_PORTS[Chipset.I440FX]
    return DiskBus.IDE if hardware.chipset is Chipset.I440FX and is_built_in else DiskBus.SATA


def new_mac() -> str:
    """Address for a new network card, unlike any other's with near certainty."""
    tail = ":".join(f"{byte:02x}" for byte in secrets.token_bytes(3))
    return f"{_MAC_PREFIX}:{tail}"


def _devices(profile: Profile, mac: str) -> Iterator[Device]:
    root = _ROOT_BUS[profile.chipset]
    kind = DeviceKind
    yield Device(
        id="video0",
        kind=kind.VIDEO,
        driver=_VIDEO[profile.video],
        bus=root,
        addr=_video_slot(profile),
        outputs=MOST_SCREENS if profile.video is VideoModel.VIRTIO else 1,
    )
    if profile.chipset is Chipset.Q35:
        yield from _root_ports(root)
    yield Device(id="usb0", kind=kind.CONTROLLER, driver="qemu-xhci", bus=root, addr="0x3")
    yield Device(id="tablet0", kind=kind.USB, driver="usb-tablet", bus="usb0.0")
    yield Device(id="kbd0", kind=kind.USB, driver="usb-kbd", bus="usb0.0")
    yield Device(id="vser0", kind=kind.SERIAL, driver="virtio-serial-pci", bus=root, addr="0x4")
    yield _serial_port(AGENT_PORT, 1)
    yield _serial_port(GUEST_AGENT_PORT, 2)
    yield Device(id="rng0", kind=kind.RNG, driver="virtio-rng-pci", bus=root, addr="0x5")
    yield Device(
        id="balloon0", kind=kind.BALLOON, driver="virtio-balloon-pci", bus=root, addr="0x6"
    )
    yield Device(
        id="nic0", kind=kind.NETWORK, driver=_net_driver(profile), bus=root, addr="0x7", mac=mac
    )
    yield _system_disk(profile, root)
    yield from _optical_drives(profile)
    yield Device(id="panic0", kind=kind.PANIC, driver="pvpanic-pci", bus=root, addr="0x9")


def _video_slot(profile: Profile) -> str:
    return "0x1" if profile.chipset is Chipset.Q35 else "0x2"  # slot 1 is the PIIX3 there


def _net_driver(profile: Profile) -> str:
    if profile.chipset is Chipset.I440FX and profile.net_model is NetModel.E1000E:
        return _NET[NetModel.E1000]  # e1000e is a PCI Express card
    return _NET[profile.net_model]


def _root_ports(root: str) -> Iterator[Device]:
    for index in range(SPARE_ROOT_PORTS):
        yield Device(
            id=f"hp{index}",
            kind=DeviceKind.ROOT_PORT,
            driver="pcie-root-port",
            bus=root,
            addr=f"{0x10 + index:#x}",
            port=10 + index,
        )


def _serial_port(port_id: str, number: int) -> Device:
    return Device(
        id=port_id, kind=DeviceKind.SERIAL_PORT, driver="virtserialport", bus="vser0.0", port=number
    )


def _system_disk(profile: Profile, root: str) -> Device:
    if profile.disk_bus is DiskBus.VIRTIO:
        return Device(
            id=SYSTEM_DISK, kind=DeviceKind.DISK, driver="virtio-blk-pci", bus=root, addr="0x8"
        )
    # Both boards call their built-in buses ide.N; on q35 they are SATA ports.
    return Device(id=SYSTEM_DISK, kind=DeviceKind.DISK, driver="ide-hd", bus="ide.0")


def _optical_drives(profile: Profile) -> Iterator[Device]:
    places = (
        ((INSTALL_DRIVE, "ide.1", 0), (TOOLS_DRIVE, "ide.2", 0))
        if profile.chipset is Chipset.Q35
        else ((INSTALL_DRIVE, "ide.1", 0), (TOOLS_DRIVE, "ide.1", 1))
    )
    for drive, bus, unit in places:
        yield Device(id=drive, kind=DeviceKind.CDROM, driver="ide-cd", bus=bus, port=unit)


def _free_disk_id(hardware: HardwareRecord) -> str:
    ids = {device.id for device in hardware.devices if device.kind is DeviceKind.DISK}
    if len(ids) >= MOST_DISKS:
        raise ParamError(
            f"A machine can have {MOST_DISKS} disks at most.", remedy="Take another disk off first."
        )
    return next(name for number in range(MOST_DISKS) if (name := f"disk{number}") not in ids)


def _disk_device(disk_id: str, driver: str, bus: str, *, addr: str = "", port: int = 0) -> Device:
    return Device(id=disk_id, kind=DeviceKind.DISK, driver=driver, bus=bus, addr=addr, port=port)


def _on_free_port(hardware: HardwareRecord, disk_id: str) -> list[Device]:
    """A SATA or IDE disk, with the controller that it needs beyond the board's own."""
    known = hardware.devices
    controllers = [device.id for device in known if device.driver == _AHCI]
    ports = [*_BUILT_IN_PORTS[hardware.chipset], *_ahci_ports(controllers)]
    used = {(device.bus, device.port) for device in known}
    for bus, port in ports:
        if (bus, port) not in used:
            return [_disk_device(disk_id, "ide-hd", bus, port=port)]
    number = next(n for n in range(len(controllers) + 1) if f"ahci{n}" not in controllers)
    controller = Device(
        id=f"ahci{number}",
        kind=DeviceKind.CONTROLLER,
        driver=_AHCI,
        bus=_ROOT_BUS[hardware.chipset],
        addr=_free_slot(hardware),
    )
    return [controller, _disk_device(disk_id, "ide-hd", f"{controller.id}.0")]


def _ahci_ports(controllers: list[str]) -> Iterator[tuple[str, int]]:
    for controller in controllers:
        for number in range(_AHCI_PORTS):
            yield f"{controller}.{number}", 0


def _free_slot(hardware: HardwareRecord) -> str:
    root = _ROOT_BUS[hardware.chipset]
    used = {device.addr for device in hardware.devices if device.bus == root}
    for number in _LATER_SLOTS:
        if (slot := f"{number:#x}") not in used:
            return slot
    raise ParamError(
        "The machine's board has no free slot for another disk.",
        remedy="Take another device off first.",
    )
