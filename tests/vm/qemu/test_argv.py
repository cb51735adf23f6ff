"""QEMU's command line, word by word: golden files for every kind of machine.

`GOLDEN_UPDATE=1 pytest tests/vm/qemu/test_argv.py` writes them anew; then read the difference.
"""

from __future__ import annotations

import json
import os
from dataclasses import fields, replace
from itertools import product
from pathlib import Path
from uuid import UUID

import pytest

from app.errors import StoreError
from app.vm.hardware import (
    LAYOUT_VERSION,
    MOST_DISKS,
    MOST_SCREENS,
    SPARE_ROOT_PORTS,
    with_disk,
    with_plugged_disk,
)
from app.vm.model import (
    DRIVERS,
    Chipset,
    Device,
    DeviceKind,
    Disk,
    DiskBus,
    Firmware,
    HardwareRecord,
    NetMode,
    NetModel,
    OpaqueMember,
    Profile,
    VideoModel,
    VmConfig,
)
from app.vm.qemu.argv import SOCKETS, RunOptions, build_argv, disk_options, socket_path
from tests.vm.makers import a_config

GOLDEN = Path(__file__).parent / "golden"
FOLDER = Path("/library/machines/demo-12345678")
RUN = RunOptions(
    binary="/usr/bin/qemu-system-x86_64",
    accelerator="tcg",
    sockets=Path("/run/user/1000/duplex-vm/0123abcd/12345678"),
    uefi_code=Path("/usr/share/OVMF/OVMF_CODE_4M.fd"),
)
KINDS = list(
    product(Chipset, Firmware, (DiskBus.VIRTIO, DiskBus.SATA), ("kvm", "tcg"), (False, True))
)


def kind_name(kind: tuple[Chipset, Firmware, DiskBus, str, bool]) -> str:
    *words, disc = kind
    return "-".join([*map(str, words), "disc" if disc else "empty"])


def kind_argv(
    kind: tuple[Chipset, Firmware, DiskBus, str, bool], layout: int = LAYOUT_VERSION
) -> list[str]:
    chipset, firmware, bus, accelerator, disc = kind
    virtio = bus is DiskBus.VIRTIO
    profile = Profile(
        chipset=chipset,
        disk_bus=bus,
        net_model=NetModel.VIRTIO if virtio else NetModel.E1000E,
        video=VideoModel.VIRTIO if virtio else VideoModel.VGA,
        local_clock=not virtio,
    )
    config = a_config(
        profile=profile,
        firmware=firmware,
        cpus=2,
        memory_mib=2048,
        disc=Path("/home/user/Téléchargements/a,b = c.iso") if disc else None,
    )
    config = layout1(config) if layout == 1 else config
    return build_argv(config, FOLDER, replace(RUN, accelerator=accelerator))


def layout1(config: VmConfig) -> VmConfig:
    """The same machine as the first rules made it: with one screen."""
    devices = tuple(replace(device, outputs=1) for device in config.hardware.devices)
    return replace(config, hardware=replace(config.hardware, layout_version=1, devices=devices))


def golden(kind: tuple[Chipset, Firmware, DiskBus, str, bool], layout: int) -> str:
    """Only display devices that know several screens are another in the second layout."""
    same = kind[2] is not DiskBus.VIRTIO
    return f"layout{1 if same else layout}-{kind_name(kind)}.json"


@pytest.mark.parametrize("layout", [1, 2])
@pytest.mark.parametrize("chipset", list(Chipset), ids=str)
def test_the_command_line_is_the_one_that_was_reviewed(chipset: Chipset, layout: int) -> None:
    for kind in KINDS:
        if kind[0] is not chipset:
            continue
        file = GOLDEN / golden(kind, layout)
        argv = kind_argv(kind, layout)
        if os.environ.get("GOLDEN_UPDATE"):
            text = json.dumps(argv, indent=1, ensure_ascii=False)
            file.write_text(f"{text}\n", encoding="utf-8")
        assert argv == json.loads(file.read_text(encoding="utf-8")), file.name


def several_disks(chipset: Chipset, bus: DiskBus) -> VmConfig:
    """A machine with as many disks as it can have."""
    config = a_config(profile=Profile(chipset=chipset, disk_bus=bus))
    hardware, disks = config.hardware, list(config.disks)
    for _ in range(MOST_DISKS - 1):
        hardware, disk_id = with_disk(hardware)
        disks.append(Disk(id=disk_id, file=f"{disk_id}.qcow2", size_mib=16))
    return replace(config, hardware=hardware, disks=tuple(disks))


PLUGGED = "layout1-q35-virtio-plugged.json"
SEVERAL = [
    (Chipset.Q35, DiskBus.VIRTIO),
    (Chipset.Q35, DiskBus.SATA),
    (Chipset.I440FX, DiskBus.IDE),
]


@pytest.mark.parametrize(("chipset", "bus"), SEVERAL)
def test_several_disks_are_on_the_command_line_that_was_reviewed(
    chipset: Chipset, bus: DiskBus
) -> None:
    file = GOLDEN / f"layout1-{chipset}-{bus}-disks.json"
    argv = argv_of(layout1(several_disks(chipset, bus)))
    if os.environ.get("GOLDEN_UPDATE"):
        text = json.dumps(argv, indent=1, ensure_ascii=False)
        file.write_text(f"{text}\n", encoding="utf-8")
    assert argv == json.loads(file.read_text(encoding="utf-8"))


def test_disks_plugged_into_a_running_machine_are_on_ports_at_its_next_start() -> None:
    config = a_config(profile=Profile(chipset=Chipset.Q35, disk_bus=DiskBus.VIRTIO))
    for _ in range(SPARE_ROOT_PORTS):
        hardware, disk_id = with_plugged_disk(config.hardware)
        disk = Disk(id=disk_id, file=f"{disk_id}.qcow2", size_mib=16)
        config = replace(config, hardware=hardware, disks=(*config.disks, disk))
    file = GOLDEN / PLUGGED
    argv = argv_of(layout1(config))
    if os.environ.get("GOLDEN_UPDATE"):
        text = json.dumps(argv, indent=1, ensure_ascii=False)
        file.write_text(f"{text}\n", encoding="utf-8")
    assert argv == json.loads(file.read_text(encoding="utf-8"))
    started = [json.loads(word) for word in argv if word.startswith("{")]
    for disk in config.disks:
        assert [part in started for part in disk_options(config, FOLDER, disk.id)] == [True] * 3


def test_only_an_engine_that_can_push_its_pictures_is_told_to() -> None:
    plain = build_argv(a_config(), FOLDER, RUN)
    pushed = build_argv(a_config(), FOLDER, replace(RUN, dbus_display=True))
    assert plain[plain.index("-display") + 1] == "none"
    assert pushed[pushed.index("-display") + 1] == "dbus,p2p=on"
    assert [word for word in pushed if word != "dbus,p2p=on"] == [w for w in plain if w != "none"]


def test_there_is_no_golden_file_that_nobody_compares() -> None:
    expected = {golden(kind, layout) for kind in KINDS for layout in (1, 2)}
    expected |= {f"layout1-{chipset}-{bus}-disks.json" for chipset, bus in SEVERAL}
    expected |= {PLUGGED}

    assert {path.name for path in GOLDEN.iterdir()} == expected


BASE = a_config(
    firmware=Firmware.UEFI, profile=Profile(net_model=NetModel.VIRTIO), disc=Path("/d.iso")
)

# What a field becomes; the command line has to differ then.
CONFIG_CHANGES: dict[str, object] = {
    "id": UUID("87654321-1234-4678-9234-567812345678"),
    "name": "other",
    "cpus": 3,
    "memory_mib": 128,
    "disks": (Disk(id="disk0", file="other.qcow2", size_mib=16),),
    "hardware": replace(BASE.hardware, clock="localtime"),
    "disc": Path("/other.iso"),
    "enhance_file_path": "/tools.iso",
}
CONFIG_WITHOUT_EFFECT = {
    "net_mode": "only NAT is built; anything else is refused before",
    "bridge_ip": "belongs to the bridge, which is not built",
    "system": "has been resolved into the hardware record",
    "opaque": "nobody knows what it means",
    "created_ms": "is for people",
    "last_started_ms": "is for the order of the list",
}
HARDWARE_CHANGES: dict[str, object] = {
    "machine_type": "pc-q35-8.0",
    "chipset": Chipset.I440FX,
    "firmware": Firmware.BIOS,
    "clock": "localtime",
    "devices": BASE.hardware.devices[:-1],
}
HARDWARE_WITHOUT_EFFECT = {
    "layout_version": "says which rules made the devices",
    "arch": "x86_64 is the only one yet; the binary stands for it",
}
DISK_CHANGES: dict[str, object] = {"file": "other.qcow2"}
DISK_WITHOUT_EFFECT = {
    "size_mib": "is in the image's own header",
    "id": "has to be its device's, which is tested in the model",
}
# Field -> kinds of devices whose command line has it; for the others it stays at its default.
DEVICE_CHANGES: dict[str, object] = {
    "id": "other",
    "driver": "other",
    "bus": "other",
    "addr": "0x1f",
    "port": 7,
    "mac": "52:54:00:00:00:01",
    "outputs": 2,
}
DEVICE_FIELDS_OF_SOME = {
    "outputs": {DeviceKind.VIDEO},
    "port": {DeviceKind.CDROM, DeviceKind.SERIAL_PORT, DeviceKind.ROOT_PORT},
    "mac": {DeviceKind.NETWORK},
}
KIND_OF_DEVICE = {"kind": "decides how the others are written, see the next test"}


def argv_of(config: VmConfig) -> list[str]:
    return build_argv(config, FOLDER, RUN)


@pytest.mark.parametrize(
    ("cls", "changes", "without_effect"),
    [
        (VmConfig, CONFIG_CHANGES, CONFIG_WITHOUT_EFFECT),
        (HardwareRecord, HARDWARE_CHANGES, HARDWARE_WITHOUT_EFFECT),
        (Disk, DISK_CHANGES, DISK_WITHOUT_EFFECT),
        (Device, DEVICE_CHANGES, KIND_OF_DEVICE),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_no_field_was_forgotten(cls, changes, without_effect) -> None:
    assert {field.name for field in fields(cls)} == {*changes, *without_effect}
    assert not changes.keys() & without_effect.keys()


def test_every_setting_changes_the_command_line() -> None:
    for field, value in CONFIG_CHANGES.items():
        assert argv_of(replace(BASE, **{field: value})) != argv_of(BASE), field


def test_what_is_said_to_change_nothing_changes_nothing() -> None:
    changes: dict[str, object] = {
        "net_mode": NetMode.MODE_BRIDGE,
        "bridge_ip": "10.0.0.1",
        "system": "other",
        "created_ms": 1,
        "last_started_ms": 1,
        "opaque": (OpaqueMember(name="cd9", value="1"),),
    }

    assert changes.keys() == CONFIG_WITHOUT_EFFECT.keys()
    for field, value in changes.items():
        assert argv_of(replace(BASE, **{field: value})) == argv_of(BASE), field


def test_every_part_of_the_record_changes_the_command_line() -> None:
    for field, value in HARDWARE_CHANGES.items():
        config = replace(BASE, hardware=replace(BASE.hardware, **{field: value}))
        assert argv_of(config) != argv_of(BASE), field


def test_every_field_of_a_device_changes_the_command_line_where_it_has_a_meaning() -> None:
    meant = set()
    for index, device in enumerate(BASE.hardware.devices):
        for field, usual in DEVICE_CHANGES.items():
            value = usual
            if device.kind not in DEVICE_FIELDS_OF_SOME.get(field, {device.kind}):
                continue
            if field == "id" and device.kind in {DeviceKind.DISK, DeviceKind.SERIAL_PORT}:
                continue  # These ids are names that other parts know.
            if field == "driver":
                others = sorted(DRIVERS[device.kind] - {device.driver})
                if not others:
                    continue
                value = others[0]
            devices = list(BASE.hardware.devices)
            devices[index] = replace(device, **{field: value})
            config = replace(BASE, hardware=replace(BASE.hardware, devices=tuple(devices)))
            assert argv_of(config) != argv_of(BASE), (device.id, field)
            meant.add(field)
    assert meant == DEVICE_CHANGES.keys()


def test_the_order_of_the_record_is_the_order_of_creation() -> None:
    argv = argv_of(BASE)
    made = [
        json.loads(argv[index + 1])["id"] for index, word in enumerate(argv) if word == "-device"
    ]

    assert made == [device.id for device in BASE.hardware.devices] + ["serial0"]


def test_the_disk_starts_before_the_disc() -> None:
    argv = argv_of(BASE)
    order = {
        options["id"]: options["bootindex"]
        for options in (json.loads(word) for word in argv if word.startswith('{"driver"'))
        if "bootindex" in options
    }

    assert order == {"disk0": 1, "cd0": 2}


def test_nothing_is_written_through_a_cache_that_may_lose_it() -> None:
    assert not any("no-flush" in word or "unsafe" in word for word in argv_of(BASE))


def test_foreign_images_are_never_probed_and_never_writable() -> None:
    for word in argv_of(replace(BASE, enhance_file_path="/tools.iso")):
        if '"filename":"/d.iso"' in word or '"filename":"/tools.iso"' in word:
            options = json.loads(word)
            assert options["read-only"] is True
            assert options["driver"] == "file"
        if '"node-name":"cd' in word and '"file":' in word:
            assert json.loads(word)["driver"] == "raw"


def test_a_disk_s_header_cannot_make_the_engine_open_another_file() -> None:
    disks = [word for word in argv_of(BASE) if '"driver":"qcow2"' in word]

    assert len(disks) == len(BASE.disks)
    assert all(json.loads(word)["backing"] is None for word in disks)


def test_a_serial_port_that_is_not_known_is_damage_of_the_record() -> None:
    devices = tuple(
        replace(device, kind=DeviceKind.SERIAL_PORT, driver="virtserialport")
        if device.kind is DeviceKind.RNG
        else device
        for device in BASE.hardware.devices
    )

    with pytest.raises(StoreError, match="serial port"):
        argv_of(replace(BASE, hardware=replace(BASE.hardware, devices=devices)))


def test_a_uefi_machine_without_its_firmware_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="firmware"):
        build_argv(BASE, FOLDER, replace(RUN, uefi_code=None))


@pytest.mark.parametrize("text", ["a,b", "a=b", "a,,b", ",", "-x", 'q"q', "中文", "x,path=/etc"])
def test_no_name_and_no_path_becomes_an_option(text: str) -> None:
    plain = argv_of(BASE)
    config = replace(BASE, name=text, disc=Path("/", text), enhance_file_path=f"/{text}")
    argv = build_argv(config, Path("/", text), replace(RUN, sockets=Path("/", text)))

    for word in argv:
        if word.startswith(("socket,", "guest=", "unix:")):
            known = word.replace(text.replace(",", ",,"), "")
            assert known.count(",") == word.count(",") - text.count(",") * 2
    assert sum(word.startswith("-") for word in argv) >= sum(w.startswith("-") for w in plain)
    assert any(json.loads(word).get("filename") == f"/{text}" for word in argv if word[0] == "{")


def test_every_socket_of_a_run_is_on_the_command_line() -> None:
    config = a_config(
        firmware=Firmware.UEFI, profile=Profile(net_model=NetModel.VIRTIO, video=VideoModel.VIRTIO)
    )
    words = " ".join(argv_of(config))

    for name in SOCKETS:
        assert str(socket_path(RUN.sockets, name)) in words


def test_a_machine_of_the_first_layout_keeps_its_one_screen() -> None:
    config = a_config(profile=Profile(video=VideoModel.VIRTIO))
    assert argv_of(config).count("-vnc") == MOST_SCREENS
    assert argv_of(layout1(config)).count("-vnc") == 1
    assert "max_outputs" not in " ".join(argv_of(layout1(config)))
    assert argv_of(a_config(profile=Profile(video=VideoModel.VGA))).count("-vnc") == 1
