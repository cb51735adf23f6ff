"""Values are valid by construction."""

from __future__ import annotations

import uuid
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Code, ParamError, StartParamError
from app.vm.model import (
    CfgInfo,
    Device,
    DeviceKind,
    Disk,
    Firmware,
    OpaqueMember,
    check_name,
    showable_name,
)
from tests.vm.makers import a_config

RNG = "virtio-rng-pci"
NOT_A_COUNT = [True, False, "1", 1.0, None, b"1"]


def cfg(**changes: object) -> CfgInfo:
    values: dict[str, object] = {"cpu_num": 1, "memory_size": 64, "disk_size": 16, **changes}
    return CfgInfo(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "below"), [("cpu_num", 0), ("memory_size", 63), ("disk_size", 15)]
)
def test_each_size_has_a_floor(field: str, below: int) -> None:
    assert getattr(cfg(**{field: below + 1}), field) == below + 1
    for bad in (below, 0, -1, *NOT_A_COUNT):
        with pytest.raises(StartParamError) as caught:
            cfg(**{field: bad})
        assert caught.value.code is Code.START_PARAM_INVALID
        assert caught.value.remedy


@pytest.mark.parametrize("missing", ["cpu_num", "memory_size", "disk_size"])
def test_the_three_sizes_have_to_be_given(missing: str) -> None:
    values = {"cpu_num": 1, "memory_size": 64, "disk_size": 16}
    del values[missing]

    with pytest.raises(TypeError, match=missing):
        CfgInfo(**values)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("path", "firmware"),
    [("bios", Firmware.BIOS), ("uefi", Firmware.UEFI), ("stratovirt-uefi", Firmware.UEFI)],
)
def test_the_firmware_has_the_document_s_names(path: str, firmware: Firmware) -> None:
    assert cfg(bios_path=path).firmware is firmware


@pytest.mark.parametrize("path", ["", "BIOS", "bios.bin"])
def test_another_firmware_is_refused(path: str) -> None:
    with pytest.raises(StartParamError, match="biosPath"):
        cfg(bios_path=path)


@pytest.mark.parametrize("field", ["bridge_ip", "enhance_file_path", "system"])
@pytest.mark.parametrize("text", ["\ud800", "a\0b", "x" * 5000, 7], ids=repr)
def test_a_text_that_could_not_be_stored_is_refused(field: str, text: object) -> None:
    with pytest.raises(StartParamError, match="can be stored"):
        cfg(**{field: text})


def test_a_machine_cannot_be_changed_behind_one_s_back() -> None:
    with pytest.raises(FrozenInstanceError):
        a_config().name = "other"  # type: ignore[misc]


@pytest.mark.parametrize("changes", [{"cpus": 0}, {"memory_mib": 63}, {"cpus": True}])
def test_a_stored_machine_has_the_same_floors(changes: dict[str, object]) -> None:
    with pytest.raises(StartParamError):
        replace(a_config(), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [{"system": "x" * 5000}, {"bridge_ip": "a\0"}, {"disc": Path("/" + "a" * 5000)}],
    ids=["system", "bridge", "disc"],
)
def test_a_text_that_no_message_could_carry_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ParamError):
        a_config(**changes)


@pytest.mark.parametrize("file", ["", ".", "..", "../x", "/etc/passwd", "a/b", "a\0b"])
def test_a_disk_outside_of_the_machine_s_folder_is_refused(file: str) -> None:
    with pytest.raises(ParamError, match="outside"):
        a_config(disks=(Disk(id="disk0", file=file, size_mib=16),))


def test_a_disk_without_its_device_is_refused() -> None:
    with pytest.raises(ParamError, match="belong together"):
        a_config(disks=(Disk(id="disk7", file="x", size_mib=16),))
    with pytest.raises(ParamError, match="belong together"):
        a_config(disks=())


@pytest.mark.parametrize("driver", ["usb-host", "vfio-pci", "usb-storage", "", "usb-tablet,a=b"])
def test_a_device_that_could_reach_into_this_computer_is_refused(driver: str) -> None:
    config = a_config()
    odd = Device(id="x0", kind=DeviceKind.USB, driver=driver, bus="usb0.0")
    devices = (*config.hardware.devices, odd)

    with pytest.raises(ParamError, match="x0 is none that a machine may have"):
        replace(config, hardware=replace(config.hardware, devices=devices))


@pytest.mark.parametrize("path", ["rel.iso", "~/x.iso", "file:///tmp/x.iso"])
def test_a_disc_without_a_whole_path_is_refused(path: str) -> None:
    for changes in ({"disc": Path(path)}, {"enhance_file_path": path}):
        with pytest.raises(ParamError, match="whole path"):
            a_config(**changes)


@pytest.mark.parametrize("value", ["{{{", "[" * 3000, ""])
def test_an_opaque_member_that_nobody_could_give_back_is_refused(value: str) -> None:
    with pytest.raises(ParamError, match="cd9"):
        OpaqueMember(name="cd9", value=value)


def test_two_devices_of_one_id_are_refused() -> None:
    config = a_config()
    twice = (*config.hardware.devices, Device(id="rng0", kind=DeviceKind.RNG, driver=RNG))

    with pytest.raises(ParamError, match="same id"):
        replace(config, hardware=replace(config.hardware, devices=twice))


def test_a_device_is_found_by_its_id() -> None:
    hardware = a_config().hardware

    assert hardware.device("disk0").kind is DeviceKind.DISK
    with pytest.raises(KeyError):
        hardware.device("disk9")


@pytest.mark.parametrize(
    "name",
    [
        "demo",
        "a,b=c",
        "-dash",
        "--",
        'it\'s "quoted"',
        "two words",
        "👩\u200d💻 box",
        "中" * 83,
        "é" * 128,
        "../x",
        ".hidden",
        "a/b",
        "NUL",
        "%s{0}",
    ],
)
def test_a_printable_name_is_accepted(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", " ", "a ", " a", "x" * 129, "a\nb", "a\tb", "\x1b[31m", "a\0", "\u202eabc", "\ud800",
     "\ue000", "\u00a0", "\u200d", "\u200c \u200d", "\u2028", "\ufeffa"],
    ids=ascii,
)  # fmt: skip
def test_a_name_that_cannot_be_shown_is_refused(name: str) -> None:
    with pytest.raises(ParamError) as caught:
        check_name(name)
    assert caught.value.code is Code.INVALID_PARAM


def test_a_name_is_kept_in_one_normal_form() -> None:
    assert check_name("e\u0301") == "é"


def test_something_else_than_text_is_no_name() -> None:
    with pytest.raises(ParamError):
        check_name(7)  # type: ignore[arg-type]


@given(st.text())
def test_anything_can_be_made_showable(text: str) -> None:
    name = showable_name(text)

    assert check_name(name) == name


def test_a_machine_s_id_is_for_life_and_unlike_others() -> None:
    assert a_config(id=uuid.uuid4()).id != a_config(id=uuid.uuid4()).id
