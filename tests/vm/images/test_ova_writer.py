"""The archive that we write is one that others can read: tar, XML, digests, disks in place."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import tarfile
import threading
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from app.vm.images.exporting import plan_export, source_of, write_image
from app.vm.images.file_copy import StoppedError, told_from_thread
from app.vm.images.ova_writer import OvaDisk, descriptor, write_ova
from app.vm.model import Firmware, NetModel, Profile
from app.vm.qemu.images import create_disk
from app.vm.records import MigrationOptions
from tests.vm.disks import MIB, same, write_pattern
from tests.vm.makers import a_config

NS = {
    "ovf": "http://schemas.dmtf.org/ovf/envelope/1",
    "rasd": "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData",
    "vmw": "http://www.vmware.com/schema/ovf",
}


def in_ovf(name: str) -> str:
    return f"{{{NS['ovf']}}}{name}"


def parsed(text: bytes) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - we wrote it ourselves


async def two_disks(folder: Path) -> tuple[list[Path], list[OvaDisk]]:
    """Two disks of a machine, and the same as parts of an archive."""
    images, parts = [], []
    for number in range(2):
        image = folder / f"disk{number}.qcow2"
        await create_disk(image, 16 + 16 * number)
        write_pattern(image, 0x30 + number)
        part = folder / f"part{number}.vmdk"
        plan = plan_export(MigrationOptions(guest_os_image_path="/x/a.ova"), folder / "machine.ova")
        name = f"machine-disk{number + 1}.vmdk"
        await write_image(source_of(image), part, plan, lambda _: None, name=name)
        images.append(image)
        parts.append(OvaDisk(file=part, name=name, capacity_bytes=(16 + 16 * number) * MIB))
    return images, parts


async def test_the_archive_has_descriptor_manifest_and_disks_in_this_order(tmp_path: Path) -> None:
    images, disks = await two_disks(tmp_path)
    target = tmp_path / "machine.ova"
    seen: list[float] = []
    config = a_config()
    await told_from_thread(
        lambda tell, stop: write_ova(target, "machine", config, disks, tell=tell, stop=stop),
        seen.append,
    )
    await asyncio.sleep(0)

    assert target.read_bytes()[257:263] == b"ustar\0", "POSIX tar, as the specification wants"
    with tarfile.open(target) as archive:
        members = archive.getmembers()
        assert [member.name for member in members] == [
            "machine.ovf",
            "machine.mf",
            "machine-disk1.vmdk",
            "machine-disk2.vmdk",
        ]
        contents = {}
        for member in members:
            assert member.isfile()
            file = archive.extractfile(member)
            assert file is not None
            contents[member.name] = file.read()
    manifest = contents.pop("machine.mf").decode()
    listed = dict(re.findall(r"^SHA256\((.+)\)= ([0-9a-f]{64})$", manifest, re.MULTILINE))
    assert listed == {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()}

    root = parsed(contents["machine.ovf"])
    files = root.findall("ovf:References/ovf:File", NS)
    assert [(f.get(in_ovf("href")), int(f.get(in_ovf("size"), "0"))) for f in files] == [
        (member.name, member.size) for member in members[2:]
    ]
    for image, member in zip(images, members[2:], strict=True):
        window = {"driver": "raw", "offset": member.offset_data, "size": member.size}
        file = {"driver": "file", "filename": str(target)}
        name = json.dumps({"driver": "vmdk", "file": {**window, "file": file}})
        assert same(image, f"json:{name}", "")
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_the_descriptor_tells_what_the_machine_has() -> None:
    profile = Profile(net_model=NetModel.E1000E)
    config = a_config(
        profile=profile, firmware=Firmware.UEFI, name='<Büro> & "more"', cpus=3, memory_mib=777
    )
    disk = OvaDisk(file=Path("/x"), name="d.vmdk", capacity_bytes=48 * MIB)
    root = parsed(descriptor(config, [disk], [4711]))

    found = root.find("ovf:DiskSection/ovf:Disk", NS)
    assert found is not None
    assert (found.get(in_ovf("capacity")), found.get(in_ovf("capacityAllocationUnits"))) == (
        str(48 * MIB),
        "byte",
    )
    assert root.findtext("ovf:VirtualSystem/ovf:Name", namespaces=NS) == config.name
    items = root.findall(".//ovf:Item", NS)
    by_kind = {item.findtext("rasd:ResourceType", namespaces=NS): item for item in items}
    assert by_kind["3"].findtext("rasd:VirtualQuantity", namespaces=NS) == "3"
    assert by_kind["4"].findtext("rasd:VirtualQuantity", namespaces=NS) == "777"
    assert by_kind["10"].findtext("rasd:ResourceSubType", namespaces=NS) == "E1000e"
    assert by_kind["17"].findtext("rasd:HostResource", namespaces=NS) == "ovf:/disk/vmdisk1"
    controller = by_kind["20"].findtext("rasd:InstanceID", namespaces=NS)
    assert by_kind["17"].findtext("rasd:Parent", namespaces=NS) == controller
    for item in items:
        names = [child.tag for child in item]
        assert names == sorted(names)
    settings = root.findall(".//vmw:Config", NS)
    assert [(s.get(f"{{{NS['vmw']}}}key"), s.get(f"{{{NS['vmw']}}}value")) for s in settings] == [
        ("firmware", "efi")
    ]


def test_a_machine_without_a_network_has_no_card_there() -> None:
    config = a_config()
    devices = tuple(device for device in config.hardware.devices if not device.mac)
    bare = replace(config, hardware=replace(config.hardware, devices=devices))
    text = descriptor(bare, [], [])
    kinds = parsed(text).findall(".//rasd:ResourceType", NS)
    assert {kind.text for kind in kinds} == {"3", "4", "20"}
    assert b'value="bios"' in text


def test_an_archive_that_is_stopped_ends_at_once(tmp_path: Path) -> None:
    disk = tmp_path / "d.vmdk"
    disk.write_bytes(bytes(MIB))
    stop = threading.Event()
    stop.set()
    parts = [OvaDisk(file=disk, name="d.vmdk", capacity_bytes=MIB)]
    with pytest.raises(StoppedError):
        write_ova(tmp_path / "a.ova", "a", a_config(), parts, tell=lambda _: None, stop=stop)


async def test_the_two_disks_differ(tmp_path: Path) -> None:
    (one, other), _ = await two_disks(tmp_path)
    assert not same(one, other), "otherwise the comparison above would prove nothing"
