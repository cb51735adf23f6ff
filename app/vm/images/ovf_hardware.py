"""Numbers, units and words about hardware in a machine's description.

Sources: DMTF DSP0004 annex C, "Units"; DMTF DSP0243; what VirtualBox and VMware write.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from app.errors import MediaError
from app.vm.images.bounds import damaged
from app.vm.images.ovf_xml import Element
from app.vm.model import Chipset, DiskBus, Firmware, NetModel, Profile, VideoModel

HINT_SPACE = "urn:duplex-vm:ovf:1"
"""Name space of what our own export adds for an equal machine; others pass over it."""
HINT = "Hardware"
NET_MODELS: Mapping[str, NetModel] = MappingProxyType(
    {
        "e1000": NetModel.E1000,
        "e1000e": NetModel.E1000E,
        "82540em": NetModel.E1000,
        "82543gc": NetModel.E1000,
        "82545em": NetModel.E1000,
        "virtio": NetModel.VIRTIO,
        "virtionet": NetModel.VIRTIO,
        "virtio-net": NetModel.VIRTIO,
        # A guest with drivers for these has one for the card that stands in for them.
        "pcnet32": NetModel.E1000,
        "vmxnet": NetModel.E1000,
        "vmxnet2": NetModel.E1000,
        "vmxnet3": NetModel.E1000E,
    }
)
"""Network cards, by `ResourceSubType` in small letters."""
MOST_MEMORY_BYTES = 64 << 40
_MOST_DIGITS = 20
_UNIT = re.compile(r"bytes?(?:\*(2|10)\^([0-9]{1,2}))?")
_OLD_UNITS = {"kilobyte": 10, "kb": 10, "megabyte": 20, "mb": 20, "gigabyte": 30, "gb": 30}
_LARGEST_POWER = 60
_VMWARE, _VIRTUALBOX = "http://www.vmware.com/", "http://www.virtualbox.org/"


@dataclass(frozen=True, slots=True)
class Hint:
    """Hardware that has no word in the standard.

    Attributes:
        profile: of the machine that was exported.
        buses: of its disks, in their order.
    """

    profile: Profile
    buses: tuple[DiskBus, ...]


def whole_number(text: str, name: str, what: str) -> int:
    """A number that is not absurdly long.

    Raises:
        MediaError: it is something else.
    """
    text = text.strip()
    if not re.fullmatch(r"[0-9]+", text):
        raise damaged(name, f"it gives no number of {what}")
    if len(text.lstrip("0")) > _MOST_DIGITS:
        raise MediaError(
            f"{name} gives a number of {what} that no machine can have.",
            remedy="Use another copy of it.",
        )
    return int(text)


def unit_bytes(unit: str, name: str) -> int:
    """How many bytes a unit has: ``byte * 2^30``, ``GigaBytes``.

    Raises:
        MediaError: it is not known.
    """
    plain = "".join(unit.split()).casefold()
    found = _UNIT.fullmatch(plain)
    if found is not None:
        base, power = int(found[1] or 1), int(found[2] or 0)
        if power <= _LARGEST_POWER:
            return int(base**power)
    power = _OLD_UNITS.get(plain.removesuffix("s"), 0)
    if not power:
        raise damaged(name, f"it counts in a unit that is not known: {ascii(unit)[1:-1][:40]}")
    return 1 << power


def memory_bytes(items: Sequence[Element], name: str) -> int | None:
    """Memory of the machine; None when it is not told.

    Raises:
        MediaError: nothing, or more than any machine has.
    """
    if not items:
        return None
    total = 0
    for item in items:
        unit = unit_bytes(item.text_of("AllocationUnits") or "MegaBytes", name)
        total += whole_number(item.text_of("VirtualQuantity"), name, "bytes of memory") * unit
    if not 0 < total <= MOST_MEMORY_BYTES:
        raise MediaError(
            f"{name} wants {total} bytes of memory, which no machine can have.",
            remedy="Change it where it came from, and export it again.",
        )
    return total


def firmware_in(system: Element, hardware: Element) -> Firmware | None:
    """Firmware that the description names; the standard has no place for it before 2.0."""
    for setting in hardware.children:
        is_firmware = setting.attributes.get("key", "").casefold() == "firmware"
        if setting.space.startswith(_VMWARE) and is_firmware:
            return _firmware(setting.attributes.get("value", ""))
    for machine in system.all("Machine"):
        if machine.space.startswith(_VIRTUALBOX):
            for element in machine.below("Firmware"):
                return _firmware(element.attributes.get("type", ""))
    return None


def hint_in(hardware: Element, disks: int) -> Hint | None:
    """What an export of ours has added; None when it is missing or does not fit."""
    for element in hardware.all(HINT):
        if element.space == HINT_SPACE:
            return _hint(element.attributes, disks)
    return None


def _firmware(word: str) -> Firmware | None:
    word = word.casefold()
    if word.startswith(("efi", "uefi")):
        return Firmware.UEFI
    return Firmware.BIOS if word == "bios" else None


def _hint(given: Mapping[str, str], disks: int) -> Hint | None:
    words = given.get("disks", "").split()
    try:
        buses = tuple(DiskBus(word) for word in words[:disks])
        profile = Profile(
            chipset=Chipset(given.get("chipset", "")),
            disk_bus=buses[0],
            net_model=NetModel(given.get("network", "")),
            video=VideoModel(given.get("video", "")),
            local_clock=given.get("clock") == "localtime",
        )
    except (ValueError, IndexError):
        return None
    return Hint(profile, buses) if len(words) == disks else None
