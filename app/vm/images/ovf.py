"""A machine's description in the Open Virtualization Format: bytes in, values out.

Taken over is what a machine here can have: name, processors, memory, disks, firmware, network card,
system. Where the standard leaves a word to the makers, those of VirtualBox, VMware and our own
export are known.

Sources: DMTF DSP0243 1.1.1 and 2.1.1, chapters "References", "DiskSection" and
"VirtualHardwareSection"; CIM_ResourceAllocationSettingData, `ResourceType`; what the two programs
write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from app.errors import MediaError
from app.vm.hardware import MOST_DISKS
from app.vm.images.bounds import check_virtual_size, damaged
from app.vm.images.ovf_hardware import (
    NET_MODELS,
    Hint,
    firmware_in,
    hint_in,
    memory_bytes,
    unit_bytes,
    whole_number,
)
from app.vm.images.ovf_systems import systems_named
from app.vm.images.ovf_xml import Element, parse_xml
from app.vm.images.tar_index import plain_name
from app.vm.model import DiskBus, Firmware, NetModel

MOST_CPUS = 255
"""What the boards here can have, see `app.vm.limits`."""
MOST_FILES = 64
_SPACES = frozenset(f"http://schemas.dmtf.org/ovf/envelope/{number}" for number in (1, 2))
_CPU, _MEMORY, _IDE, _SCSI, _NETWORK, _DISK, _OTHER = "3", "4", "5", "6", "10", "17", "20"
_ITEMS = frozenset({"Item", "StorageItem", "EthernetPortItem"})
_HOST_RESOURCE = re.compile(r"(?:ovf:)?//?(disk|file)/(.+)")
_PACKED = {"": False, "identity": False, "gzip": True}
_REMEDY = "Export the machine again where it came from."


@dataclass(frozen=True, slots=True, kw_only=True)
class OvfFile:
    """A file that the description refers to.

    Attributes:
        names: what it may be called: as it is written, and with its ``%20`` read.
        size: bytes; None when it is not told.
        packed: with gzip.
    """

    names: tuple[str, ...]
    size: int | None
    packed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OvfDisk:
    """A disk of the machine.

    Attributes:
        file: with its content; None for an empty disk.
        capacity_bytes: size as a guest sees it; 0 when only the image tells.
        bus: how the guest saw it; None for one that machines here do not have.
    """

    file: OvfFile | None
    capacity_bytes: int
    bus: DiskBus | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OvfMachine:
    """What a description says.

    Attributes:
        name: as it stands there, perhaps none that a machine may have.
        cpus: None when it is not told, as with all that follows.
        memory_bytes: of memory.
        disks: the first is the one to start from.
        files: all that belong to the machine, disks or not.
        systems: identifiers that the catalogue of systems may have, the likeliest first.
        hint: the rest of the hardware, from an archive of ours.
    """

    name: str
    cpus: int | None
    memory_bytes: int | None
    disks: tuple[OvfDisk, ...]
    files: tuple[OvfFile, ...]
    firmware: Firmware | None
    net_model: NetModel | None
    systems: tuple[str, ...]
    hint: Hint | None


def parse_ovf(data: bytes, name: str) -> OvfMachine:
    """What a description says.

    Args:
        data: the whole file.
        name: of it, for people.

    Raises:
        MediaError: it is none, is damaged or hostile, or describes what cannot be a machine here.
    """
    root = parse_xml(data, name)
    if root.name != "Envelope" or root.space not in _SPACES:
        raise MediaError(f"{name} is not a machine's description in OVF 1 or 2.", remedy=_REMEDY)
    system = _only_system(root, name)
    hardware = system.first("VirtualHardwareSection")
    if hardware is None:
        raise damaged(name, "it does not say what hardware the machine has")
    files = _files(root, name)
    items = _items(hardware, _default_configuration(root))
    cpus = [
        whole_number(item.text_of("VirtualQuantity"), name, "processors")
        for item in items
        if item.text_of("ResourceType") == _CPU
    ]
    disks = tuple(_disks(items, _disk_table(root, files, name), files, name))
    return OvfMachine(
        name=system.text_of("Name") or system.attributes.get("id", ""),
        cpus=_checked_cpus(sum(cpus), name) if cpus else None,
        memory_bytes=memory_bytes(_of_type(items, _MEMORY), name),
        disks=disks,
        files=tuple(files.values()),
        firmware=firmware_in(system, hardware),
        net_model=_net_model(items),
        systems=_systems(system),
        hint=hint_in(hardware, len(disks)),
    )


def _only_system(root: Element, name: str) -> Element:
    found = list(root.below("VirtualSystem"))
    if len(found) > 1:
        raise MediaError(
            f"{name} describes {len(found)} machines; only one can be imported at a time.",
            remedy="Export the machines one by one where they came from.",
        )
    if not found:
        raise damaged(name, "it describes no machine")
    return found[0]


def _files(root: Element, name: str) -> dict[str, OvfFile]:
    """All that is referred to, by id."""
    references = root.first("References")
    found: dict[str, OvfFile] = {}
    for element in references.all("File") if references else ():
        if len(found) >= MOST_FILES:
            raise damaged(name, f"it refers to more than {MOST_FILES} files")
        given = element.attributes
        href, file_id = given.get("href", ""), given.get("id", "")
        if given.get("chunkSize", "") not in {"", "0"}:
            raise MediaError(
                f"{name} has a file that is cut into pieces, which cannot be read.",
                remedy="Export the machine again without cutting it into pieces.",
            )
        compression = given.get("compression", "").casefold()
        if compression not in _PACKED:
            raise MediaError(
                f"{name} has a file that is packed with {compression[:20]!a}.",
                remedy="Export the machine again, packed with gzip or not at all.",
            )
        if file_id in found:
            raise damaged(name, "it has two files with one id")
        size = whole_number(given["size"], name, "bytes of a file") if "size" in given else None
        found[file_id] = OvfFile(names=_names(href, name), size=size, packed=_PACKED[compression])
    return found


def _names(href: str, name: str) -> tuple[str, ...]:
    written = href.removeprefix("./")
    names = tuple(dict.fromkeys((written, unquote(written, errors="replace"))))
    if not all(map(plain_name, names)):
        raise MediaError(
            f"{name} refers to a file that does not lie beside it: {ascii(href)[1:-1][:80]}",
            remedy="Put all files of the machine into one folder, or export it again.",
        )
    return names


def _default_configuration(root: Element) -> str:
    section = root.first("DeploymentOptionSection")
    options = list(section.all("Configuration")) if section else []
    chosen = [o for o in options if o.attributes.get("default") in {"true", "1"}] or options
    return chosen[0].attributes.get("id", "") if chosen else ""


def _items(hardware: Element, configuration: str) -> list[Element]:
    """The devices, of the configuration that is taken when nobody chooses one."""
    plain: dict[str, Element] = {}
    for number, item in enumerate(hardware.children):
        wanted = item.attributes.get("configuration", "").split()
        is_range = item.attributes.get("bound", "normal") != "normal"
        if item.name not in _ITEMS or is_range or (wanted and configuration not in wanted):
            continue
        key = item.text_of("InstanceID") or f"#{number}"
        if wanted or key not in plain or not plain[key].attributes.get("configuration"):
            plain[key] = item
    return list(plain.values())


def _of_type(items: list[Element], kind: str) -> list[Element]:
    return [item for item in items if item.text_of("ResourceType") == kind]


def _checked_cpus(cpus: int, name: str) -> int:
    if not 1 <= cpus <= MOST_CPUS:
        raise MediaError(
            f"{name} wants {cpus} processors; a machine can have 1 to {MOST_CPUS}.",
            remedy="Give it fewer where it came from, and export it again.",
        )
    return cpus


def _disk_table(root: Element, files: dict[str, OvfFile], name: str) -> dict[str, OvfDisk]:
    """The disks that the description has, attached or not, by id."""
    section = root.first("DiskSection")
    found: dict[str, OvfDisk] = {}
    for element in section.all("Disk") if section else ():
        given = element.attributes
        disk_id, reference = given.get("diskId", ""), given.get("fileRef", "")
        if given.get("parentRef"):
            raise MediaError(
                f"{name} has a disk that is stored as the difference to another one.",
                remedy="Remove the machine's snapshots where it came from, and export it again.",
            )
        if disk_id in found:
            raise damaged(name, "it has two disks with one id")
        if reference and reference not in files:
            raise damaged(name, "a disk in it refers to a file that it does not list")
        units = unit_bytes(given.get("capacityAllocationUnits", "byte"), name)
        capacity = whole_number(given.get("capacity", ""), name, "bytes of a disk") * units
        check_virtual_size(capacity, name)
        found[disk_id] = OvfDisk(
            file=files[reference] if reference else None, capacity_bytes=capacity, bus=None
        )
    return found


def _disks(
    items: list[Element], known: dict[str, OvfDisk], files: dict[str, OvfFile], name: str
) -> Iterator[OvfDisk]:
    """The attached disks, by controller and address."""
    places = {item.text_of("InstanceID"): number for number, item in enumerate(items)}
    attached = _of_type(items, _DISK)
    if not attached:
        raise damaged(name, "the machine in it has no disk")
    if len(attached) > MOST_DISKS:
        raise MediaError(
            f"{name} has {len(attached)} disks; a machine here can have {MOST_DISKS}.",
            remedy="Take disks off where it came from, and export it again.",
        )
    order = []
    for number, item in enumerate(attached):
        at = places.get(item.text_of("Parent"), -1)
        address = item.text_of("AddressOnParent") or item.text_of("Address")
        order.append((at, int(address) if re.fullmatch(r"[0-9]{1,9}", address) else number, number))
    used = set()
    for at, _, number in sorted(order):
        reference = attached[number].text_of("HostResource")
        if reference in used:
            raise damaged(name, "it attaches one disk twice")
        used.add(reference)
        disk = _referred(reference, known, files, name)
        bus = _bus(items[at]) if at >= 0 else None
        yield OvfDisk(file=disk.file, capacity_bytes=disk.capacity_bytes, bus=bus)


def _referred(
    reference: str, known: dict[str, OvfDisk], files: dict[str, OvfFile], name: str
) -> OvfDisk:
    found = _HOST_RESOURCE.fullmatch(reference)
    if found is not None:
        kind, wanted = found.groups()
        if kind == "disk" and wanted in known:
            return known[wanted]
        if kind == "file" and wanted in files:
            return OvfDisk(file=files[wanted], capacity_bytes=0, bus=None)
    raise damaged(name, "it attaches a disk that it does not describe")


def _bus(controller: Element) -> DiskBus | None:
    kind = controller.text_of("ResourceType")
    if kind == _IDE:
        return DiskBus.IDE
    if kind in {_SCSI, _OTHER} and "virtio" in controller.text_of("ResourceSubType").casefold():
        return DiskBus.VIRTIO
    return DiskBus.SATA if kind == _OTHER else None


def _net_model(items: list[Element]) -> NetModel | None:
    for item in _of_type(items, _NETWORK):
        for word in item.text_of("ResourceSubType").casefold().split():
            if word in NET_MODELS:
                return NET_MODELS[word]
    return None


def _systems(system: Element) -> tuple[str, ...]:
    section = system.first("OperatingSystemSection")
    if section is None:
        return ()
    of_vmware = section.attributes.get("osType", "")
    return systems_named(section.text_of("Description"), of_vmware, section.text_of("OSType"))
