"""An OVA: a whole machine in one archive, for other programs and other computers.

It is a tar archive of a descriptor, a manifest with digests, and the disks, in this order, so that
it can be read while it comes in.

Source: DMTF DSP0243 "Open Virtualization Format Specification" 1.1, and the CIM resource types.
"""

from __future__ import annotations

import hashlib
import tarfile
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

from typing_extensions import override

from app.vm.hardware import disk_bus
from app.vm.images.file_copy import StoppedError
from app.vm.images.ovf_hardware import HINT, HINT_SPACE
from app.vm.model import DeviceKind, Firmware, NetModel, VideoModel, VmConfig

_OVF = "http://schemas.dmtf.org/ovf/envelope/1"
_RASD = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
_VSSD = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData"
_VMW = "http://www.vmware.com/schema/ovf"
_STREAM = "http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"
_CPU, _MEMORY, _NETWORK, _DISK, _CONTROLLER = "3", "4", "10", "17", "20"
_OTHER_64_BIT = "102"  # CIM_OperatingSystem.OSType
_NET_MODELS = {"e1000e": "E1000e"}
_NETWORK_HINTS = {
    "virtio-net-pci": NetModel.VIRTIO,
    "e1000e": NetModel.E1000E,
    "e1000": NetModel.E1000,
}
_VIDEO_HINTS = {"VGA": VideoModel.VGA, "virtio-vga": VideoModel.VIRTIO}
_LARGEST_USTAR = 8 << 30
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class OvaDisk:
    """One disk of the archive.

    Attributes:
        file: a stream-optimized VMDK.
        name: of the member.
        capacity_bytes: size of the disk as a guest sees it.
    """

    file: Path
    name: str
    capacity_bytes: int


def write_ova(
    target: Path,
    base_name: str,
    config: VmConfig,
    disks: Sequence[OvaDisk],
    *,
    tell: Callable[[float], None],
    stop: threading.Event,
) -> None:
    """Write the archive; blocks. What was written is the caller's to remove when this fails.

    Args:
        target: of a name that nothing has yet.
        base_name: of descriptor and manifest, without ending.
        config: the machine.
        disks: in its boot order.
        tell: told fractions of 1.
        stop: set to end it.

    Raises:
        StoppedError: `stop` was set.
        OSError: it cannot be written.
    """
    sizes = [disk.file.stat().st_size for disk in disks]
    pace = _Pace(2 * sum(sizes), tell, stop)  # Each is read twice: its digest stands before it.
    text = descriptor(config, disks, sizes)
    digests = [(f"{base_name}.ovf", hashlib.sha256(text).hexdigest())]
    digests += [(disk.name, _digest(disk.file, pace)) for disk in disks]
    manifest = "".join(f"SHA256({name})= {digest}\n" for name, digest in digests)
    form = tarfile.USTAR_FORMAT if max(sizes, default=0) < _LARGEST_USTAR else tarfile.GNU_FORMAT
    with tarfile.open(target, "w", format=form) as archive:
        for name, data in ((f"{base_name}.ovf", text), (f"{base_name}.mf", manifest.encode())):
            archive.addfile(_member(name, len(data)), BytesIO(data))
        for disk, size in zip(disks, sizes, strict=True):
            with disk.file.open("rb") as file:
                archive.addfile(_member(disk.name, size), _Paced(file, pace))


def descriptor(config: VmConfig, disks: Sequence[OvaDisk], sizes: Sequence[int]) -> bytes:
    """The OVF descriptor of a machine.

    Args:
        config: the machine.
        disks: in its boot order.
        sizes: of their files, bytes.
    """
    for prefix, space in (
        ("ovf", _OVF),
        ("rasd", _RASD),
        ("vssd", _VSSD),
        ("vmw", _VMW),
        ("duplex", HINT_SPACE),
    ):
        ET.register_namespace(prefix, space)
    root = ET.Element(_in(_OVF, "Envelope"))
    references = _add(root, "References")
    section = _add(root, "DiskSection")
    _add(section, "Info", "The disks")
    for number, (disk, size) in enumerate(zip(disks, sizes, strict=True), 1):
        _add(references, "File", id=f"file{number}", href=disk.name, size=str(size))
        _add(
            section,
            "Disk",
            diskId=f"vmdisk{number}",
            fileRef=f"file{number}",
            capacity=str(disk.capacity_bytes),
            capacityAllocationUnits="byte",
            format=_STREAM,
        )
    networks = _add(root, "NetworkSection")
    _add(networks, "Info", "The networks")
    _add(_add(networks, "Network", name="NAT"), "Description", "The host's own connection")
    _system(root, config, len(disks))
    ET.indent(root)
    data: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return data


def _system(root: ET.Element, config: VmConfig, disks: int) -> None:
    system = _add(root, "VirtualSystem", id="machine")
    _add(system, "Info", "A machine")
    _add(system, "Name", config.name)
    kind = _add(system, "OperatingSystemSection", id=_OTHER_64_BIT)
    _add(kind, "Info", "The guest's system")
    _add(kind, "Description", config.system)
    hardware = _add(system, "VirtualHardwareSection")
    _add(hardware, "Info", "What it needs")
    about = _add(hardware, "System")
    for name, text in (
        ("ElementName", "Virtual Hardware Family"),
        ("InstanceID", "0"),
        ("VirtualSystemIdentifier", config.name),
        ("VirtualSystemType", "vmx-13"),
    ):
        ET.SubElement(about, _in(_VSSD, name)).text = text
    for number, item in enumerate(_items(config, disks), 1):
        element = _add(hardware, "Item")
        # The schema wants them in the order of the alphabet.
        for name, text in sorted({**item, "InstanceID": str(number)}.items()):
            ET.SubElement(element, _in(_RASD, name)).text = text
    firmware = "efi" if config.hardware.firmware is Firmware.UEFI else "bios"
    setting = ET.SubElement(hardware, _in(_VMW, "Config"), {_in(_OVF, "required"): "false"})
    setting.set(_in(_VMW, "key"), "firmware")
    setting.set(_in(_VMW, "value"), firmware)
    # Other programs pass over it: what stands above is what they have, this is what it is here.
    hint = ET.SubElement(hardware, _in(HINT_SPACE, HINT), {_in(_OVF, "required"): "false"})
    for name, text in _hint(config, disks).items():
        hint.set(name, text)


def _hint(config: VmConfig, disks: int) -> dict[str, str]:
    hardware = config.hardware
    drivers = {device.kind: device.driver for device in hardware.devices}
    return {
        "chipset": hardware.chipset,
        "clock": hardware.clock,
        # One may have been added while the others were copied.
        "disks": " ".join(disk_bus(hardware, disk.id) for disk in config.disks[:disks]),
        "network": _NETWORK_HINTS.get(drivers.get(DeviceKind.NETWORK, ""), NetModel.E1000E),
        "video": _VIDEO_HINTS.get(drivers.get(DeviceKind.VIDEO, ""), VideoModel.VGA),
    }


def _items(config: VmConfig, disks: int) -> Iterator[dict[str, str]]:
    yield {
        "ResourceType": _CPU,
        "ElementName": f"{config.cpus} virtual CPU(s)",
        "AllocationUnits": "hertz * 10^6",
        "VirtualQuantity": str(config.cpus),
    }
    yield {
        "ResourceType": _MEMORY,
        "ElementName": f"{config.memory_mib} MiB of memory",
        "AllocationUnits": "byte * 2^20",
        "VirtualQuantity": str(config.memory_mib),
    }
    yield {
        "ResourceType": _CONTROLLER,
        "ResourceSubType": "AHCI",
        "ElementName": "SATA controller",
        "Address": "0",
    }
    for number in range(1, disks + 1):
        yield {
            "ResourceType": _DISK,
            "ElementName": f"Disk {number}",
            "HostResource": f"ovf:/disk/vmdisk{number}",
            "Parent": "3",  # the controller's InstanceID
            "AddressOnParent": str(number - 1),
        }
    for device in config.hardware.devices:
        if device.kind is DeviceKind.NETWORK:
            yield {
                "ResourceType": _NETWORK,
                "ResourceSubType": _NET_MODELS.get(device.driver, "E1000"),
                "ElementName": "Network card",
                "Connection": "NAT",
                "AutomaticAllocation": "true",
            }


class _Pace:
    """Tells how far the reading is, and stops it."""

    def __init__(self, total: int, tell: Callable[[float], None], stop: threading.Event) -> None:
        self._total, self._tell, self._stop = max(1, total), tell, stop
        self._done = 0

    def gone(self, count: int) -> None:
        if self._stop.is_set():
            raise StoppedError
        self._done += count
        self._tell(self._done / self._total)


class _Paced(BytesIO):
    """A disk's file as the archive reads it."""

    def __init__(self, file: IO[bytes], pace: _Pace) -> None:
        super().__init__()
        self._file, self._pace = file, pace

    @override
    def read(self, size: int | None = -1, /) -> bytes:
        data = self._file.read(-1 if size is None else size)
        self._pace.gone(len(data))
        return data


def _digest(path: Path, pace: _Pace) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(_CHUNK):
            digest.update(data)
            pace.gone(len(data))
    return digest.hexdigest()


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size = size
    member.mode = 0o644
    member.mtime = int(time.time())
    return member


def _add(parent: ET.Element, name: str, text: str = "", /, **attributes: str) -> ET.Element:
    named = {_in(_OVF, key): value for key, value in attributes.items()}
    element = ET.SubElement(parent, _in(_OVF, name), named)
    element.text = text or None
    return element


def _in(space: str, name: str) -> str:
    return f"{{{space}}}{name}"
