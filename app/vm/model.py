"""What a machine is: the values that the user decided and the hardware that follows from them.

Everything is frozen and valid by construction; change it with `dataclasses.replace`. Sizes carry
their unit in the name. `CfgInfo` is the `vm_manager` document's structure (section 5.1); what is
stored is `VmConfig`, which holds the machine's hardware record.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from uuid import UUID

from app.errors import Code, ParamError, StartParamError
from app.vm.state import Action, VmState

if TYPE_CHECKING:
    from app.vm.devices import ChannelInfo

MIN_MEMORY_MIB = 64
MIN_DISK_MIB = 16
MAX_NAME_CHARACTERS = 128
MAX_TEXT_CHARACTERS = 4096
SCHEMA_VERSION = 3
OPAQUE_NAMES = ("cD9", "cd9", "cD9H", "cd9H", "cd9h", "pasteboard", "processUriInMultipleRecord")
"""Members of the document's settings that nobody can interpret: accepted, kept, given back."""


class Firmware(StrEnum):
    """What starts the machine before its system does."""

    BIOS = "bios"
    UEFI = "uefi"
    FILE = "file"
    """A firmware image that the person brought along; the machine has a copy of its own."""


class NetMode(IntEnum):
    """How the machine reaches the network; names and numbers of the `vm_manager` API."""

    MODE_NAT = 0
    MODE_BRIDGE = 1


class Chipset(StrEnum):
    """Board profile. I440FX is for systems that do not run on the newer one."""

    Q35 = "q35"
    I440FX = "i440fx"


class DiskBus(StrEnum):
    """How the system disk is attached."""

    VIRTIO = "virtio"
    SATA = "sata"
    IDE = "ide"


class NetModel(StrEnum):
    """Which network card the guest sees."""

    VIRTIO = "virtio"
    E1000E = "e1000e"
    E1000 = "e1000"


class VideoModel(StrEnum):
    """Which graphics card the guest sees."""

    VGA = "vga"
    VIRTIO = "virtio"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Devices that suit a system; the catalogue chooses it, creation turns it into hardware."""

    chipset: Chipset = Chipset.Q35
    disk_bus: DiskBus = DiskBus.SATA
    net_model: NetModel = NetModel.E1000E
    video: VideoModel = VideoModel.VGA
    local_clock: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpaqueMember:
    """A member of the settings whose meaning is not known.

    Attributes:
        name: one of `OPAQUE_NAMES`.
        value: as it came, written as JSON.
    """

    name: str
    value: str

    def __post_init__(self) -> None:
        if self.name not in OPAQUE_NAMES:
            raise StartParamError(f"“{self.name}” is not known here.")
        _storable(self.name, self.value)
        try:
            json.loads(self.value)
        except (ValueError, RecursionError) as err:  # from a description that somebody else wrote
            raise StartParamError(f"{self.name} is no JSON.", detail=str(err)) from err


@dataclass(frozen=True, slots=True, kw_only=True)
class CfgInfo:
    """Settings of a machine as the `vm_manager` API takes them.

    Attributes:
        cpu_num: `cpuNum`, processors.
        memory_size: `memorySize`, MiB.
        disk_size: `diskSize`, MiB of the system disk.
        net_mode: `netMode`.
        bridge_ip: `bridgeIp`, kept for `MODE_BRIDGE`.
        bios_path: `biosPath`: ``bios``, ``uefi``, ``stratovirt-uefi``, or a firmware image's path.
        enhance_file_path: `enhanceFilePath`, a disc with tools for the guest; empty for none.
        system: identifier from the system catalogue (ours).
        profile: devices to give it (ours); the catalogue's choice for `system` when None.
        opaque: what came under `OPAQUE_NAMES`.
    """

    cpu_num: int
    memory_size: int
    disk_size: int
    net_mode: NetMode = NetMode.MODE_NAT
    bridge_ip: str = ""
    bios_path: str = "bios"
    enhance_file_path: str = ""
    system: str = "unknown"
    profile: Profile | None = None
    opaque: tuple[OpaqueMember, ...] = ()

    def __post_init__(self) -> None:
        _at_least("cpuNum", self.cpu_num, 1, "processor")
        _at_least("memorySize", self.memory_size, MIN_MEMORY_MIB, "MiB")
        _at_least("diskSize", self.disk_size, MIN_DISK_MIB, "MiB")
        for name, text in (
            ("bridgeIp", self.bridge_ip),
            ("biosPath", self.bios_path),
            ("enhanceFilePath", self.enhance_file_path),
            ("system", self.system),
        ):
            _storable(name, text)
        if self.bios_path not in _FIRMWARE_NAMES and "/" not in self.bios_path:
            raise StartParamError(
                f"biosPath “{self.bios_path}” is not known.",
                remedy="Use bios, uefi, stratovirt-uefi, or the path of a firmware image.",
            )

    @property
    def firmware(self) -> Firmware:
        """Firmware that `bios_path` names."""
        return _FIRMWARE_NAMES.get(self.bios_path, Firmware.FILE)


_FIRMWARE_NAMES = {
    "bios": Firmware.BIOS,
    "uefi": Firmware.UEFI,
    "stratovirt-uefi": Firmware.UEFI,
}


def _at_least(name: str, value: object, floor: int, unit: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < floor:
        raise StartParamError(
            f"{name} is {value!r}, but it has to be {floor} {unit} or more.",
            remedy=f"Give a whole number of {floor} or more.",
        )


def _storable(name: str, value: object) -> None:
    # "replace" makes half of a surrogate pair, which no file could hold, into a question mark.
    whole = isinstance(value, str) and value.encode(errors="replace").decode() == value
    if not whole or len(str(value)) > MAX_TEXT_CHARACTERS or "\0" in str(value):
        raise StartParamError(f"{name} is not a text that can be stored.")


class DeviceKind(StrEnum):
    """Role of a device in the hardware record; `app.vm.qemu.argv` knows how each is built."""

    DISK = "disk"
    CDROM = "cdrom"
    CONTROLLER = "controller"
    VIDEO = "video"
    USB = "usb"
    NETWORK = "network"
    SERIAL = "serial"
    SERIAL_PORT = "serial_port"
    RNG = "rng"
    BALLOON = "balloon"
    PANIC = "panic"
    ROOT_PORT = "root_port"


DRIVERS: Mapping[DeviceKind, frozenset[str]] = MappingProxyType(
    {
        DeviceKind.DISK: frozenset({"virtio-blk-pci", "ide-hd"}),
        DeviceKind.CDROM: frozenset({"ide-cd"}),
        DeviceKind.CONTROLLER: frozenset({"qemu-xhci", "ich9-ahci"}),
        DeviceKind.VIDEO: frozenset({"VGA", "virtio-vga"}),
        DeviceKind.USB: frozenset({"usb-tablet", "usb-mouse", "usb-kbd"}),
        DeviceKind.NETWORK: frozenset({"virtio-net-pci", "e1000e", "e1000"}),
        DeviceKind.SERIAL: frozenset({"virtio-serial-pci"}),
        DeviceKind.SERIAL_PORT: frozenset({"virtserialport"}),
        DeviceKind.RNG: frozenset({"virtio-rng-pci"}),
        DeviceKind.BALLOON: frozenset({"virtio-balloon-pci"}),
        DeviceKind.PANIC: frozenset({"pvpanic-pci"}),
        DeviceKind.ROOT_PORT: frozenset({"pcie-root-port"}),
    }
)
"""The engine's models that a description may name: another one could reach into this computer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One device of the record.

    Attributes:
        id: stable name, used in every command to the engine.
        kind: its role.
        driver: the engine's name of the device model.
        bus: bus or port it sits on.
        addr: slot on a PCI bus, such as ``0x5``; empty when the bus has no slots to choose.
        port: unit on an IDE bus, number on a virtio-serial bus, chassis of a root port.
        mac: of a network card.
        outputs: of a display device: so many screens can be plugged into it.
    """

    id: str
    kind: DeviceKind
    driver: str
    bus: str = ""
    addr: str = ""
    port: int = 0
    mac: str = ""
    outputs: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class HardwareRecord:
    """The machine as its guest sees it; made once, at creation, and never changed by an upgrade.

    Attributes:
        layout_version: rules by which `devices` was laid out; golden files exist for each.
        arch: ``x86_64``.
        machine_type: the engine's versioned board, such as ``pc-q35-7.2``.
        chipset: board family.
        firmware: BIOS, UEFI, or an image in the machine's folder.
        clock: what the guest takes the hardware clock for, ``utc`` or ``localtime``.
        devices: in the order in which the engine creates them, which decides what the guest sees.
    """

    layout_version: int
    arch: str
    machine_type: str
    chipset: Chipset
    firmware: Firmware
    clock: str
    devices: tuple[Device, ...]

    def device(self, device_id: str) -> Device:
        """Device of that id.

        Raises:
            KeyError: there is none.
        """
        for device in self.devices:
            if device.id == device_id:
                return device
        raise KeyError(device_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """A disk of the machine; `file` lies in the machine's folder, so that it can be moved."""

    id: str
    file: str
    size_mib: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VmConfig:
    """Everything about a machine that is stored in its `machine.json`.

    Attributes:
        id: for life; the name may change.
        name: unique in the library, see `check_name`.
        cpus: processors.
        memory_mib: 64 or more.
        disks: in boot order.
        disc: image in the CD drive, an absolute path; None for an empty drive.
        created_ms: milliseconds since 1970, UTC.
        last_started_ms: the same, 0 when it never ran.
        opaque: members of the settings that nobody can interpret.
    """

    id: UUID
    name: str
    cpus: int
    memory_mib: int
    disks: tuple[Disk, ...]
    hardware: HardwareRecord
    net_mode: NetMode = NetMode.MODE_NAT
    bridge_ip: str = ""
    enhance_file_path: str = ""
    system: str = "unknown"
    disc: Path | None = None
    created_ms: int = 0
    last_started_ms: int = 0
    opaque: tuple[OpaqueMember, ...] = ()

    def __post_init__(self) -> None:
        check_name(self.name)
        _at_least("cpuNum", self.cpus, 1, "processor")
        _at_least("memorySize", self.memory_mib, MIN_MEMORY_MIB, "MiB")
        for name, text in (
            ("bridgeIp", self.bridge_ip),
            ("enhanceFilePath", self.enhance_file_path),
            ("system", self.system),
            ("isoPath", str(self.disc or "")),
        ):
            _storable(name, text)
        for name, path in (("isoPath", self.disc), ("enhanceFilePath", self.enhance_file_path)):
            if path and not Path(path).is_absolute():
                raise ParamError(f"{name} has to be a whole path.")
        for disk in self.disks:
            if disk.file in {"", ".", ".."} or not {"/", "\0"}.isdisjoint(disk.file):
                raise ParamError(
                    f"The disk file “{disk.file}” lies outside of the machine's folder."
                )
            _at_least("diskSize", disk.size_mib, MIN_DISK_MIB, "MiB")
        self._check_devices()

    def _check_devices(self) -> None:
        for device in self.hardware.devices:
            if device.driver not in DRIVERS[device.kind]:
                raise ParamError(f"The device {device.id} is none that a machine may have.")
        ids = [device.id for device in self.hardware.devices]
        if len(set(ids)) != len(ids):
            raise ParamError("Two devices of the machine have the same id.")
        attached = {device.id for device in self.hardware.devices if device.kind is DeviceKind.DISK}
        if attached != {disk.id for disk in self.disks} or len(attached) != len(self.disks):
            raise ParamError("The machine's disks and its disk devices do not belong together.")


def check_name(name: str) -> str:
    """Return `name` in NFC when a machine may be called so.

    Raises:
        ParamError: empty, longer than 128 characters, blank at an end, or with characters that
            cannot be printed.
    """
    if not isinstance(name, str):
        raise ParamError("The machine's name has to be text.")
    normal = unicodedata.normalize("NFC", name)
    if not normal.strip(_INVISIBLE):
        raise ParamError("The machine needs a name.", remedy="Type a name.")
    if len(normal) > MAX_NAME_CHARACTERS:
        raise ParamError(
            f"The name has {len(normal)} characters; {MAX_NAME_CHARACTERS} are allowed.",
            remedy="Choose a shorter name.",
        )
    if normal != normal.strip():
        raise ParamError("The name begins or ends with a blank.", remedy="Remove the blank.")
    if any(not _is_name_character(character) for character in normal):
        raise ParamError(
            "The name has a character that cannot be shown.",
            remedy="Use letters, digits, signs and single blanks.",
        )
    return normal


def showable_name(text: str) -> str:
    """`text`, such as a folder's name, made into something that `check_name` accepts."""
    normal = unicodedata.normalize("NFC", text)
    shown = "".join(char if _is_name_character(char) else "\ufffd" for char in normal)
    shown = shown.strip()[:MAX_NAME_CHARACTERS].strip()
    return shown if shown.strip(_INVISIBLE) else "?"


_JOINERS = {"\u200c", "\u200d"}  # Zero-width joiners are part of emoji and of several scripts.
_INVISIBLE = " \u200c\u200d"


def _is_name_character(character: str) -> bool:
    return (
        character in _JOINERS
        or character == " "
        or (character.isprintable() and unicodedata.category(character) not in {"Cs", "Co", "Cn"})
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class VmInfo:
    """A machine as the views, the command line and the wire see it: one consistent moment.

    Attributes:
        state: present state; `reason` is why, a stable word or empty.
        problem: sentence for UNAVAILABLE and ERROR, else empty.
        remedy: what to do about `problem`.
        accelerator: ``kvm`` or ``tcg`` while it runs, else empty.
        started_ms: when this run began, milliseconds since 1970; 0 when off.
        disk_mib: size of the system disk as the guest sees it.
        thumbnail: last picture of its screen, None when there is none.
        folder: where its files are.
        window_id: of the bound view, None when there is none.
        opaque: members of the settings that nobody can interpret.
        channel_info: its devices, in the status of one machine; None in lists.
    """

    id: UUID
    name: str
    state: VmState
    reason: str = ""
    problem: str = ""
    remedy: str = ""
    problem_code: Code | None = None
    cpus: int = 0
    memory_mib: int = 0
    disk_mib: int = 0
    firmware: Firmware = Firmware.BIOS
    net_mode: NetMode = NetMode.MODE_NAT
    system: str = "unknown"
    disc: Path | None = None
    accelerator: str = ""
    started_ms: int = 0
    created_ms: int = 0
    last_started_ms: int = 0
    thumbnail: Path | None = None
    folder: Path = field(default_factory=Path)
    window_id: int | None = None
    actions: frozenset[Action] = frozenset()
    opaque: tuple[OpaqueMember, ...] = ()
    channel_info: ChannelInfo | None = None
