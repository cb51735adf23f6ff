"""The layout of new machines: slots never clash, and never move."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import product

import pytest

from app.errors import ParamError, StateError
from app.vm.hardware import (
    LAYOUT_VERSION,
    MOST_DISKS,
    SPARE_ROOT_PORTS,
    disk_bus,
    lay_out,
    new_mac,
    with_disk,
    with_disks_of,
    with_plugged_disk,
)
from app.vm.model import (
    Chipset,
    DeviceKind,
    Disk,
    DiskBus,
    Firmware,
    HardwareRecord,
    NetModel,
    Profile,
    VideoModel,
)
from tests.vm.makers import BOARDS, MAC, a_config

PROFILES = [
    Profile(chipset=chipset, disk_bus=disk, net_model=net, video=video)
    for chipset, disk, net, video in product(Chipset, DiskBus, NetModel, VideoModel)
]


def record(profile: Profile) -> HardwareRecord:
    return lay_out(profile, firmware=Firmware.BIOS, machine_type=BOARDS[profile.chipset], mac=MAC)


def test_no_two_devices_share_an_id_or_a_slot() -> None:
    for profile in PROFILES:
        devices = record(profile).devices
        slots = [(device.bus, device.addr) for device in devices if device.addr]
        places = [
            (device.bus, device.port)
            for device in devices
            if device.kind in {DeviceKind.CDROM, DeviceKind.SERIAL_PORT}
            or device.driver == "ide-hd"
        ]
        ids = [device.id for device in devices]
        for things in (ids, slots, places):
            assert [thing for thing, count in Counter(things).items() if count > 1] == []


def test_a_device_comes_after_the_one_that_it_is_plugged_into() -> None:
    for profile in PROFILES:
        seen = {"pcie.0", "pci.0", "ide.0", "ide.1", "ide.2"}
        for device in record(profile).devices:
            assert device.bus in seen
            seen |= {device.id, f"{device.id}.0"}


def test_every_device_on_a_pci_bus_has_its_slot_written_down() -> None:
    for profile in PROFILES:
        for device in record(profile).devices:
            assert bool(device.addr) == device.bus.startswith("pci")


def test_the_disk_comes_before_the_discs() -> None:
    kinds = [device.kind for device in record(Profile()).devices]

    assert kinds.index(DeviceKind.DISK) < kinds.index(DeviceKind.CDROM)


def test_every_machine_has_what_the_other_parts_rely_on() -> None:
    for profile in PROFILES:
        hardware = record(profile)
        for device_id in ("disk0", "cd0", "cd1", "nic0", "video0", "usb0", "tablet0", "kbd0",
                          "port-agent", "port-qga", "balloon0", "rng0"):  # fmt: skip
            assert hardware.device(device_id).id == device_id
        assert hardware.device("port-agent").port == 1
        assert hardware.device("port-qga").port == 2
        assert hardware.layout_version == LAYOUT_VERSION


def test_spare_root_ports_are_there_for_what_is_plugged_in_later() -> None:
    ports = [d for d in record(Profile()).devices if d.kind is DeviceKind.ROOT_PORT]

    assert len(ports) == 4
    assert len({port.port for port in ports}) == 4


def test_a_pci_express_card_is_not_given_to_the_older_board() -> None:
    for profile in PROFILES:
        if profile.chipset is Chipset.I440FX:
            assert record(profile).device("nic0").driver != "e1000e"
            assert all(d.kind is not DeviceKind.ROOT_PORT for d in record(profile).devices)


@pytest.mark.parametrize(("local", "clock"), [(True, "localtime"), (False, "utc")])
def test_the_clock_follows_the_system(local: bool, clock: str) -> None:
    assert record(Profile(local_clock=local)).clock == clock


def test_new_addresses_are_local_and_differ() -> None:
    addresses = {new_mac() for _ in range(200)}

    assert len(addresses) > 190
    assert all(address.startswith("52:54:00:") and len(address) == 17 for address in addresses)


def with_disks(hardware: HardwareRecord, *buses: DiskBus | None) -> HardwareRecord:
    for bus in buses:
        hardware, _ = with_disk(hardware, bus)
    return hardware


@pytest.mark.parametrize("bus", [None, *DiskBus])
def test_further_disks_have_places_of_their_own_and_move_nothing(bus: DiskBus | None) -> None:
    for profile in PROFILES:
        before = record(profile)
        after = with_disks(before, *[bus] * (MOST_DISKS - 1))

        assert after.devices[: len(before.devices)] == before.devices
        disks = [d for d in after.devices if d.kind is DeviceKind.DISK]
        assert [disk.id for disk in disks] == [f"disk{number}" for number in range(MOST_DISKS)]
        slots = [(device.bus, device.addr) for device in after.devices if device.addr]
        ports = [
            (device.bus, device.port)
            for device in after.devices
            if device.kind is DeviceKind.CDROM or device.driver == "ide-hd"
        ]
        assert len(set(slots)) == len(slots)
        assert len(set(ports)) == len(ports)
        expected = bus or profile.disk_bus
        virtio = {disk_bus(after, disk.id) is DiskBus.VIRTIO for disk in disks[1:]}
        assert virtio == {expected is DiskBus.VIRTIO}


def test_a_controller_comes_before_the_disks_on_it() -> None:
    for profile in PROFILES:
        seen = set()
        for device in with_disks(record(profile), *[DiskBus.SATA] * (MOST_DISKS - 1)).devices:
            owner = device.bus.rpartition(".")[0]
            assert owner in {*seen, "pcie", "pci", "ide", ""}
            seen.add(device.id)


def test_a_disk_for_a_running_machine_goes_onto_a_free_root_port() -> None:
    hardware = before = with_disks(record(Profile(disk_bus=DiskBus.VIRTIO)), None)
    for number in range(SPARE_ROOT_PORTS):
        hardware, disk_id = with_plugged_disk(hardware)
        disk = hardware.device(disk_id)
        assert (disk_id, disk.bus, disk.addr) == (f"disk{number + 2}", f"hp{number}", "0x0")
        assert disk_bus(hardware, disk_id) is DiskBus.VIRTIO
    assert hardware.devices[: len(before.devices)] == before.devices
    with pytest.raises(StateError, match="no free place"):
        with_plugged_disk(hardware)
    less = replace(hardware, devices=tuple(d for d in hardware.devices if d.id != "disk3"))
    again, disk_id = with_plugged_disk(less)
    assert (disk_id, again.device(disk_id).bus) == ("disk3", "hp1")
    with pytest.raises(ParamError, match="8 disks"):
        with_plugged_disk(with_disks(hardware, None, None))


def test_a_board_or_a_disk_that_nothing_can_be_plugged_beside_is_told_apart() -> None:
    for profile in PROFILES:
        if profile.chipset is Chipset.Q35 and profile.disk_bus is DiskBus.VIRTIO:
            continue
        with pytest.raises(StateError, match="cannot be added while it runs") as caught:
            with_plugged_disk(record(profile))
        assert caught.value.remedy


def test_only_disks_are_left_out_when_a_guest_does_not_have_them_all() -> None:
    config = a_config(profile=Profile(disk_bus=DiskBus.SATA))
    hardware, disks = config.hardware, list(config.disks)
    for _ in range(5):  # the last ones bring a controller along
        hardware, disk_id = with_disk(hardware)
        disks.append(Disk(id=disk_id, file=f"{disk_id}.qcow2", size_mib=16))
    config = replace(config, hardware=hardware, disks=tuple(disks))
    less = with_disks_of(config, frozenset({"disk0", "disk4"}))
    assert [disk.id for disk in less.disks] == ["disk0", "disk4"]
    gone = {"disk1", "disk2", "disk3", "disk5"}
    assert [d for d in hardware.devices if d.id not in gone] == list(less.hardware.devices)
    assert with_disks_of(config, frozenset(disk.id for disk in disks)) == config


def test_no_machine_has_more_disks_than_are_allowed() -> None:
    full = with_disks(record(Profile()), *[None] * (MOST_DISKS - 1))
    with pytest.raises(ParamError, match="8 disks") as caught:
        with_disk(full)
    assert caught.value.remedy


def test_the_id_of_a_disk_that_was_taken_off_is_free_again() -> None:
    three = with_disks(record(Profile(disk_bus=DiskBus.VIRTIO)), None, None)
    devices = tuple(device for device in three.devices if device.id != "disk1")
    again, disk_id = with_disk(replace(three, devices=devices))

    assert disk_id == "disk1"
    assert again.device("disk1").addr == three.device("disk1").addr
    assert again.device("disk2") == three.device("disk2")


def test_the_bus_of_a_disk_is_known_from_its_device() -> None:
    for profile in PROFILES:
        built_in = DiskBus.IDE if profile.chipset is Chipset.I440FX else DiskBus.SATA
        expected = DiskBus.VIRTIO if profile.disk_bus is DiskBus.VIRTIO else built_in
        assert disk_bus(record(profile), "disk0") is expected
