"""Descriptions of other programs are understood; hostile, broken and absurd ones are refused."""

from __future__ import annotations

import itertools
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import MediaError
from app.vm.hardware import MOST_DISKS, with_disk
from app.vm.images.ova_writer import OvaDisk, descriptor
from app.vm.images.ovf import MOST_CPUS, MOST_FILES, OvfFile, OvfMachine, parse_ovf
from app.vm.limits import MAX_CPUS
from app.vm.media.systems import load_catalogue
from app.vm.model import Chipset, Disk, DiskBus, Firmware, NetModel, Profile, VideoModel
from tests.vm.images.descriptions import (
    MIB,
    cpus,
    described,
    disk_item,
    item,
    memory,
    of_virtualbox,
    of_vmware,
)
from tests.vm.makers import a_config

NOWHERE = Path("/x")  # a description is written without a look at the disks
AHCI = item(20, 3, ResourceSubType="AHCI")
FILE = '<File ovf:id="f1" ovf:href="{}"/>'


def read(data: bytes) -> OvfMachine:
    return parse_ovf(data, "m.ovf")


def refused(data: bytes, words: str) -> None:
    began = time.monotonic()
    with pytest.raises(MediaError, match=words) as caught:
        read(data)
    assert time.monotonic() - began < 5
    assert caught.value.message.startswith("m.ovf")
    assert caught.value.remedy


# What is understood.


def test_a_machine_of_virtualbox_is_understood() -> None:
    found = read(of_virtualbox())
    assert (found.name, found.cpus, found.memory_bytes) == ("Win 10", 4, 4096 * MIB)
    assert [disk.file and disk.file.names for disk in found.disks] == [
        ("Win 10-disk001.vmdk",),
        ("Win 10-disk002.vmdk",),
    ]
    assert [disk.capacity_bytes for disk in found.disks] == [16384 * MIB, 32 * MIB]
    assert [disk.bus for disk in found.disks] == [DiskBus.SATA, DiskBus.SATA]
    assert (found.firmware, found.net_model) == (Firmware.UEFI, NetModel.E1000)
    assert found.systems == ("windows-10",)
    assert found.hint is None


def test_a_machine_of_vmware_is_understood() -> None:
    found = read(of_vmware())
    assert (found.name, found.cpus, found.memory_bytes) == ("my server", 2, 8192 * MIB)
    (disk,) = found.disks
    assert disk.file == OvfFile(
        names=("my%20server-disk1.vmdk", "my server-disk1.vmdk"), size=4096, packed=False
    )
    assert (disk.capacity_bytes, disk.bus) == (40960 * MIB, None)
    assert (found.firmware, found.net_model) == (Firmware.UEFI, NetModel.E1000E)
    assert found.systems == ("debian",)
    assert len(found.files) == 2


@pytest.mark.parametrize(
    ("chipset", "bus"),
    [
        (Chipset.Q35, DiskBus.SATA),
        (Chipset.Q35, DiskBus.VIRTIO),
        (Chipset.I440FX, DiskBus.IDE),
        (Chipset.I440FX, DiskBus.VIRTIO),
    ],
)
@pytest.mark.parametrize("firmware", [Firmware.BIOS, Firmware.UEFI])
def test_a_machine_of_ours_is_understood_whole(
    chipset: Chipset, bus: DiskBus, firmware: Firmware
) -> None:
    profile = Profile(
        chipset=chipset, disk_bus=bus, net_model=NetModel.VIRTIO, video=VideoModel.VIRTIO,
        local_clock=True,
    )  # fmt: skip
    config = a_config(profile=profile, firmware=firmware, cpus=3, memory_mib=777, system="debian")
    hardware, disk_id = with_disk(config.hardware, DiskBus.VIRTIO)
    further = Disk(id=disk_id, file="disk1.qcow2", size_mib=32)
    config = replace(config, hardware=hardware, disks=(*config.disks, further), name='<B> & "ü"')
    parts = [
        OvaDisk(file=NOWHERE, name="d1.vmdk", capacity_bytes=16 * MIB),
        OvaDisk(file=NOWHERE, name="d2.vmdk", capacity_bytes=32 * MIB),
    ]
    found = read(descriptor(config, parts, [1, 2]))
    assert (found.name, found.cpus, found.memory_bytes) == (config.name, 3, 777 * MIB)
    assert [disk.capacity_bytes for disk in found.disks] == [16 * MIB, 32 * MIB]
    assert [disk.file and disk.file.size for disk in found.disks] == [1, 2]
    assert found.firmware is firmware
    assert found.systems == ("debian",)
    assert found.hint is not None
    assert found.hint.profile == profile
    assert found.hint.buses == (bus, DiskBus.VIRTIO)
    # A disk that was added while the first one was copied is not in it.
    found = read(descriptor(config, parts[:1], [1]))
    assert found.hint is not None
    assert found.hint.buses == (bus,)


@pytest.mark.parametrize(
    ("unit", "amount", "expected"),
    [
        ("byte * 2^20", 512, 512 * MIB),
        ("byte*2^30", 1, 1024 * MIB),
        ("MegaBytes", 512, 512 * MIB),
        ("GigaBytes", 2, 2048 * MIB),
        ("KB", 65536, 64 * MIB),
        ("byte * 10^6", 100, 100_000_000),
        ("bytes", 1 << 30, 1024 * MIB),
        ("", 64, 64 * MIB),
    ],
)
def test_memory_is_counted_in_any_unit(unit: str, amount: int, expected: int) -> None:
    data = described(hardware=(cpus(), memory(amount, unit), AHCI, disk_item(1, 3, 0)))
    assert read(data).memory_bytes == expected


@pytest.mark.parametrize(
    ("kind", "sub", "bus"),
    [
        (5, "PIIX4", DiskBus.IDE),
        (20, "AHCI", DiskBus.SATA),
        (20, "vmware.sata.ahci", DiskBus.SATA),
        (20, "VirtioSCSI", DiskBus.VIRTIO),
        (6, "lsilogic", None),
        (6, "virtio-scsi", DiskBus.VIRTIO),
    ],
)
def test_a_disk_has_the_bus_of_its_controller(kind: int, sub: str, bus: DiskBus | None) -> None:
    controller = item(kind, 3, ResourceSubType=sub)
    found = read(described(hardware=(cpus(), memory(), controller, disk_item(1, 3, 0))))
    assert found.disks[0].bus is bus


@pytest.mark.parametrize(
    ("word", "model"),
    [
        ("E1000e", NetModel.E1000E),
        ("VmxNet3 E1000", NetModel.E1000E),
        ("virtio", NetModel.VIRTIO),
        ("PCNet32", NetModel.E1000),
        ("other E1000", NetModel.E1000),
        ("other", None),
    ],
)
def test_the_network_card_is_one_that_the_guest_has_drivers_for(
    word: str, model: NetModel | None
) -> None:
    card = item(10, 9, ResourceSubType=word)
    found = read(described(hardware=(cpus(), memory(), AHCI, disk_item(1, 3, 0), card)))
    assert found.net_model is model


def test_disks_come_in_the_order_of_controllers_and_addresses() -> None:
    disks = "".join(f'<Disk ovf:diskId="d{n}" ovf:capacity="{n}"/>' for n in range(1, 5))
    found = read(
        described(
            disks=disks,
            hardware=(
                cpus(),
                memory(),
                item(5, 5),
                item(20, 3, ResourceSubType="AHCI"),
                disk_item(1, 3, 10),
                disk_item(2, 3, 9),
                disk_item(3, 5, 1),
                disk_item(4, 5, 0),
            ),
        )
    )
    assert [disk.capacity_bytes for disk in found.disks] == [4, 3, 2, 1]
    assert all(disk.file is None for disk in found.disks)


def test_a_disk_may_be_named_by_its_file() -> None:
    found = read(described(hardware=(cpus(), AHCI, disk_item(1, 3, 0, "ovf:/file/f1"))))
    assert found.disks[0].capacity_bytes == 0
    assert found.memory_bytes is None
    assert found.disks[0].file is not None


def test_items_of_ovf_2_are_read() -> None:
    storage = disk_item(1, 3, 0).replace("Item>", "StorageItem>")
    card = item(10, 9, tag="EthernetPortItem", ResourceSubType="E1000")
    found = read(described(hardware=(cpus(), memory(), AHCI, storage, card), number=2))
    assert found.net_model is NetModel.E1000
    assert len(found.disks) == 1


def test_of_several_configurations_the_usual_one_is_taken() -> None:
    options = (
        '<DeploymentOptionSection><Info/><Configuration ovf:id="small"/>'
        '<Configuration ovf:id="large" ovf:default="true"/></DeploymentOptionSection>'
    )
    hardware = (
        cpus(1),
        item(3, 1, extra=' ovf:configuration="small"', VirtualQuantity=2),
        item(3, 1, extra=' ovf:configuration="large"', VirtualQuantity=8),
        item(3, 1, extra=' ovf:bound="max"', VirtualQuantity=64),
        memory(), AHCI, disk_item(1, 3, 0),
    )  # fmt: skip
    data = described(hardware=hardware).decode()
    assert read(data.replace("<DiskSection>", f"{options}<DiskSection>").encode()).cpus == 8
    assert read(data.encode()).cpus == 1


def test_a_packed_file_is_known_as_one() -> None:
    (file,) = read(described(files=FILE.format('x.gz" ovf:compression="gzip'))).files
    assert file.packed


def test_the_systems_that_are_named_are_in_the_catalogue() -> None:
    from app.vm.images.ovf_systems import _NAMES  # noqa: PLC0415 - only here

    known = load_catalogue()
    assert all(known.get(system).id == system for _, system in _NAMES)


def test_the_parser_allows_as_many_processors_as_the_boards() -> None:
    assert MOST_CPUS == MAX_CPUS


# What is refused.

BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in itertools.pairwise("abcdefghi"))
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("before", "name"),
    [
        (BOMB, "&i;"),
        (OUTSIDE, "&secret;"),
        ('<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">', "a"),
        ('<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]>', "a"),
        ("<!DOCTYPE Envelope>", "a"),
    ],
)
def test_document_types_and_entities_are_refused(before: str, name: str) -> None:
    tracemalloc.start()
    try:
        refused(described(before=before, name=name), "document type or entities")
        assert tracemalloc.get_traced_memory()[1] < 4 * MIB
    finally:
        tracemalloc.stop()


def test_an_entity_that_nobody_defined_is_refused() -> None:
    refused(described(name="&secret;"), "not XML")


@pytest.mark.parametrize(
    "href",
    ["../disk.vmdk", "/etc/passwd", "file:///etc/passwd", "http://host/d.vmdk", "a/b.vmdk",
     "..", "", ".netrc", "%2e%2e%2fdisk.vmdk", "%2Fetc%2Fpasswd", "a%00b", "x\\y"],
)  # fmt: skip
def test_a_file_elsewhere_is_refused(href: str) -> None:
    refused(described(files=FILE.format(href)), "does not lie beside it")


@pytest.mark.parametrize("count", [0, 4096, 10**9, 256])
def test_absurd_processors_are_refused(count: int) -> None:
    refused(
        described(hardware=(cpus(count), memory(), AHCI, disk_item(1, 3, 0))),
        f"wants {count} processors",
    )


@pytest.mark.parametrize(
    ("amount", "unit"), [(0, "MB"), (10**30, "byte"), (10**18, "GB"), (1, "byte * 2^60")]
)
def test_absurd_memory_is_refused(amount: int, unit: str) -> None:
    hardware = (cpus(), memory(amount, unit), AHCI, disk_item(1, 3, 0))
    refused(described(hardware=hardware), "no machine can have")


@pytest.mark.parametrize("amount", ["-1", "1.5", "two", "", "٣", "1e3", "0x10"])
def test_what_is_no_number_is_refused(amount: str) -> None:
    hardware = (cpus(amount), memory(), AHCI, disk_item(1, 3, 0))
    refused(described(hardware=hardware), "no number")


DISK = '<Disk ovf:diskId="d1" {}/>'


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"disks": DISK.format('ovf:fileRef="f9" ovf:capacity="1"')}, "does not list"),
        ({"disks": DISK.format('ovf:fileRef="f1" ovf:capacity="0"')}, "size of 0"),
        ({"disks": DISK.format(f'ovf:fileRef="f1" ovf:capacity="{1 << 60}"')}, "64 TiB"),
        ({"disks": DISK.format('ovf:fileRef="f1" ovf:capacity="${size}"')}, "no number"),
        ({"disks": DISK.format('ovf:capacity="1" ovf:parentRef="d0"')}, "difference"),
        ({"disks": DISK.format('ovf:capacity="1"') * 2}, "one id"),
        (
            {"disks": DISK.format('ovf:capacity="1" ovf:capacityAllocationUnits="fathom"')},
            "unit that is not known",
        ),
        ({"disks": ""}, "does not describe"),
        ({"files": FILE.format("a") * 2}, "one id"),
        ({"files": FILE.format('a" ovf:chunkSize="1000')}, "cut into pieces"),
        ({"files": FILE.format('a" ovf:compression="zip')}, "packed with"),
        ({"files": "".join(FILE.replace("f1", f"f{n}").format(n) for n in range(MOST_FILES + 1))},
         "more than"),
        ({"hardware": (cpus(), memory())}, "no disk"),
        ({"hardware": (disk_item(1, 3, 0), disk_item(1, 3, 0).replace(">21<", ">22<"))}, "twice"),
        ({"hardware": (disk_item(1, 3, 0, "/etc/passwd"),)}, "does not describe"),
        ({"hardware": tuple(disk_item(n, 3, n) for n in range(MOST_DISKS + 1))}, "9 disks"),
        ({"number": 7}, "OVF 1 or 2"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_refused(change: dict[str, object], words: str) -> None:
    refused(described(**change), words)  # type: ignore[arg-type] # one of its parameters


def test_several_machines_are_refused() -> None:
    text = described().decode()
    start, end = text.index("<VirtualSystem "), text.index("</Envelope>")
    twice = f"<VirtualSystemCollection>{text[start:end] * 2}</VirtualSystemCollection>"
    refused(f"{text[:start]}{twice}{text[end:]}".encode(), "describes 2 machines")
    refused(f"{text[:start]}{text[end:]}".encode(), "no machine")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not XML"),
        (b"\0" * 100, "not XML"),
        (b"<a>", "not XML"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "not XML"),
        (b"<a/>", "OVF 1 or 2"),
        (b"<a>" + b" " * (1 << 20) + b"</a>", "larger than 1 MiB"),
        (b"<a>" + b"<b/>" * 30_000 + b"</a>", "more elements"),
        (b"<a>" * 60_000, "too deep"),
        (b"<a " + b" ".join(b'x%d=""' % n for n in range(5000)) + b"/>", "more elements"),
    ],
)
def test_what_is_no_description_is_refused(data: bytes, words: str) -> None:
    refused(data, words)


SAMPLES = (described(), of_virtualbox(), of_vmware(), described(before=BOMB, name="&i;"))


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(SAMPLES),
    st.lists(
        st.tuples(st.integers(0, 5000), st.binary(max_size=6), st.integers(0, 40)), max_size=4
    ),
)
def test_spoiled_descriptions_are_refused_or_understood(
    data: bytes, changes: list[tuple[int, bytes, int]]
) -> None:
    for at, new, gone in changes:
        place = at % len(data)
        data = data[:place] + new + data[place + gone :]
    try:
        found = read(data)
    except MediaError:
        return
    assert 1 <= len(found.disks) <= MOST_DISKS
    assert found.cpus is None or 1 <= found.cpus <= MOST_CPUS


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"<a>{text}</a>".encode()))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(MediaError):
        read(data)
