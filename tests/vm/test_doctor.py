"""The checkup: each finding, its level and its remedy."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from qemu.qmp import ConnectError

from app.errors import ConnectionLostError, EngineError, NotSupportedError
from app.vm.codec import to_json
from app.vm.doctor import Finding, Level, Surroundings, _silent_service, examine, worst
from app.vm.gate import GATE_FILE, SCHEMA_VERSION, GateSettings, PcMode
from app.vm.host import HostReport, KvmVerdict
from app.vm.limits import HostSize
from app.vm.locks import FileLock
from app.vm.posture import NO_SENSOR, NoSensor, Posture, SensorGap
from app.vm.qemu.facts import EngineFacts
from app.vm.service import WireService
from app.vm.session import manager_socket
from app.vm.store import Library
from tests.fakes.wire_manager import WireManager

_FACTS = EngineFacts(
    binary="/usr/bin/qemu",
    version="9.1.0",
    machines={"q35": "pc-q35-9.1"},
    accelerators=("kvm", "tcg"),
    commands=(),
)
_SIZE = HostSize(cpus=4, memory_mib=8192, memory_total_mib=16384, free_disk_mib=100_000)


class Sensor:
    """Tells a posture, or why it cannot."""

    def __init__(self, posture: Posture | None = None, absence: NoSensor | None = NO_SENSOR):
        self.posture = posture
        self.absence = None if posture else absence
        self.followed = False

    async def start(self, changed: Callable[[], None]) -> None:
        self.followed = True

    def close(self) -> None:
        self.followed = False


async def facts() -> EngineFacts:
    return _FACTS


async def kvm_works(_: EngineFacts) -> HostReport:
    return HostReport(KvmVerdict.WORKS)


@pytest.fixture
def good(tmp_path) -> Surroundings:
    """A host on which nothing is wrong."""
    return Surroundings(
        library=tmp_path / "library",
        environment={"DISPLAY": ":1"},
        facts=facts,
        probe=kvm_works,
        find_program=lambda name: f"/usr/bin/{name}",
        size=lambda _: _SIZE,
        firmware=[firmware(tmp_path / "firmware")],
        sensor=Sensor,
    )


def firmware(folder: Path) -> Path:
    """A folder with the descriptor of a UEFI and its two files."""
    folder.mkdir()
    for name in ("code.fd", "vars.fd"):
        (folder / name).touch()
    descriptor = {
        "interface-types": ["uefi"],
        "features": [],
        "targets": [{"architecture": "x86_64", "machines": ["pc-q35-*"]}],
        "mapping": {
            "device": "flash",
            "executable": {"filename": str(folder / "code.fd"), "format": "raw"},
            "nvram-template": {"filename": str(folder / "vars.fd"), "format": "raw"},
        },
    }
    (folder / "50-uefi.json").write_text(json.dumps(descriptor))
    return folder


async def finding(around: Surroundings, check: str) -> Finding:
    return next(item for item in await examine(around) if item.id == check)


async def test_a_good_host_has_one_calm_finding_a_check(good) -> None:
    findings = await examine(good)

    ids = [item.id for item in findings]
    assert ids == [
        *("engine", "acceleration", "uefi", "image-tool", "library"),
        *("disk", "memory", "screen", "service", "pc-mode", "posture"),
    ]
    assert {item.level for item in findings} == {Level.OK}
    assert all(not item.remedy for item in findings if item.level is Level.OK)


async def test_the_checkup_makes_no_files(good) -> None:
    await examine(good)

    assert not good.library.exists()


@pytest.mark.parametrize(
    "error",
    [
        NotSupportedError("Load native module failed: no QEMU.", remedy="Install it."),
        EngineError("QEMU does not start.", remedy="Read.", detail="words"),
    ],
)
async def test_an_engine_that_is_missing_or_broken_is_in_the_way(good, error) -> None:
    async def fail() -> EngineFacts:
        raise error

    found = await finding(replace(good, facts=fail), "engine")

    assert (found.level, found.message, found.remedy, found.detail) == (
        Level.BLOCKING,
        error.message,
        error.remedy,
        error.detail,
    )


@pytest.mark.parametrize("verdict", [v for v in KvmVerdict if v is not KvmVerdict.WORKS])
async def test_slow_machines_are_a_warning_with_a_remedy(good, verdict) -> None:
    async def probe(_: EngineFacts) -> HostReport:
        return HostReport(verdict, "seen")

    found = await finding(replace(good, probe=probe), "acceleration")

    assert found.level is Level.WARNING
    assert found.remedy
    assert found.detail == f"{verdict}: seen"


async def test_a_board_that_the_engine_lacks_leaves_no_uefi(good) -> None:
    async def bare() -> EngineFacts:
        return replace(_FACTS, machines={})

    assert (await finding(replace(good, facts=bare), "uefi")).level is Level.WARNING


async def test_a_missing_image_tool_is_in_the_way(good) -> None:
    found = await finding(replace(good, find_program=lambda _: None), "image-tool")

    assert found.level is Level.BLOCKING
    assert "Install" in found.remedy


async def test_a_library_that_cannot_be_is_in_the_way(good, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    found = await finding(replace(good, library=tmp_path / "file" / "library"), "library")

    assert found.level is Level.BLOCKING
    assert found.message.startswith("Invalid file path: ")
    assert str(tmp_path / "file") in found.remedy


@pytest.mark.parametrize(
    ("check", "size", "level"),
    [
        ("disk", replace(_SIZE, free_disk_mib=100), Level.BLOCKING),
        ("disk", replace(_SIZE, free_disk_mib=5000), Level.WARNING),
        ("memory", replace(_SIZE, memory_mib=500), Level.WARNING),
    ],
)
async def test_little_room_is_told_by_its_gravity(good, check, size, level) -> None:
    found = await finding(replace(good, size=lambda _: size), check)

    assert found.level is level
    assert found.remedy


@pytest.mark.parametrize(
    ("environment", "level", "words"),
    [
        ({"DISPLAY": ":0"}, Level.OK, "X11"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, Level.OK, "Wayland"),
        ({"DISPLAY": ""}, Level.WARNING, "no screen"),
    ],
)
async def test_the_screen_is_named_or_missed(good, environment, level, words) -> None:
    found = await finding(replace(good, environment=environment), "screen")

    assert found.level is level
    assert words in found.message


async def test_a_manager_that_answers_is_well(good) -> None:
    async with WireService(WireManager(), manager_socket(good.library)):
        found = await finding(good, "service")

    assert found.level is Level.OK
    assert "answers" in found.message


async def test_a_library_that_can_only_be_read_does_not_end_the_checkup(good) -> None:
    Library(good.library).lock_path.mkdir(
        parents=True
    )  # Opening it to write is refused to root too.

    findings = await examine(good)

    assert any(finding.id == "service" for finding in findings)


async def test_a_manager_that_holds_the_lock_and_is_silent_is_in_the_way(good) -> None:
    with FileLock(Library(good.library).lock_path) as lock:
        assert lock.try_acquire()
        found = await finding(good, "service")

    assert found.level is Level.BLOCKING
    assert found.message.startswith("WriteInterfaceToken failed: ")
    assert "does not answer" in found.message


async def test_a_socket_folder_that_others_can_enter_is_in_the_way(
    good, own_folders: Path, remove_later: Callable[[Path], None]
) -> None:
    shared = own_folders / "run" / "duplex-vm"
    shared.mkdir(mode=0o755)
    shared.chmod(0o755)
    remove_later(shared)

    assert (await finding(good, "service")).level is Level.BLOCKING


@pytest.fixture
def remove_later():
    folders: list[Path] = []
    yield folders.append
    for folder in folders:
        folder.rmdir()


# There, but not for this account ------------------------------------------------------------------


async def missing() -> EngineFacts:
    raise NotSupportedError("Load native module failed: QEMU is not installed.", remedy="Install.")


@pytest.mark.parametrize(
    ("check", "program"), [("engine", "qemu-system-x86_64"), ("image-tool", "qemu-img")]
)
async def test_a_program_that_may_not_be_run_is_not_taken_for_missing(
    good, tmp_path, check, program
) -> None:
    path = tmp_path / "bin" / program
    path.parent.mkdir()
    path.touch(mode=0o644)
    around = replace(
        good, environment={"PATH": str(path.parent)}, facts=missing, find_program=lambda _: None
    )

    found = await finding(around, check)
    assert found.level is Level.BLOCKING
    assert found.message.startswith("permission denied: ")
    assert str(path) in found.message
    path.unlink()
    found = await finding(around, check)
    assert found.message.startswith("Load native module failed: ")


async def test_an_engine_that_the_system_does_not_let_us_run_is_a_matter_of_rights(good) -> None:
    async def refused() -> EngineFacts:
        raise EngineError("QEMU cannot be started: Permission denied.") from PermissionError(13, "")

    found = await finding(replace(good, facts=refused), "engine")

    assert (found.level, found.message) == (
        Level.BLOCKING,
        "permission denied: QEMU cannot be started: Permission denied.",
    )


def never(*closed: Path) -> Callable[[Path, int], bool]:
    """Rights as this account has them, but for these places."""
    return lambda path, bits: path not in closed and os.access(path, bits)


async def test_firmware_that_is_named_but_not_there_is_told(good) -> None:
    (good.firmware[0] / "code.fd").unlink()
    found = await finding(good, "uefi")

    assert found.level is Level.WARNING
    assert found.message.startswith("Invalid file path: ")
    assert "code.fd" in found.message
    assert "50-uefi.json" in found.detail


async def test_firmware_that_may_not_be_read_is_told(good) -> None:
    template = good.firmware[0] / "vars.fd"
    template.unlink()
    found = await finding(replace(good, may=never(template)), "uefi")
    assert found.message.startswith("Invalid file path: ")

    (good.firmware[0] / "50-uefi.json").write_text(
        (good.firmware[0] / "50-uefi.json").read_text().replace("pc-q35-*", "pc-other-*")
    )
    template.touch()
    found = await finding(replace(good, may=never(template)), "uefi")
    assert (found.level, found.message.partition(":")[0]) == (Level.WARNING, "permission denied")
    assert str(template) in found.message


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"interface-types": 7}'])
async def test_descriptors_of_another_kind_are_passed_over(good, text) -> None:
    (good.firmware[0] / "50-uefi.json").write_text(text)
    found = await finding(good, "uefi")

    assert (found.level, found.message) == (Level.WARNING, "UEFI firmware is not installed.")


@pytest.mark.parametrize(("bit", "word"), [(os.R_OK, "read"), (os.W_OK, "written")])
async def test_a_library_that_is_not_for_this_account_is_in_the_way(good, bit, word) -> None:
    good.library.mkdir()
    around = replace(good, may=lambda _, bits: not bits & bit)
    found = await finding(around, "library")

    assert found.level is Level.BLOCKING
    assert found.message.startswith("permission denied: ")
    assert f"cannot be {word}" in found.message


async def test_a_manager_that_refuses_us_is_not_taken_for_a_dead_one(good, caplog) -> None:
    with FileLock(Library(good.library).lock_path) as lock:
        assert lock.try_acquire()
        address = manager_socket(good.library)
        async with WireService(WireManager(), address, peer=lambda _: os.getuid() + 1):
            found = await finding(good, "service")

    assert found.level is Level.BLOCKING
    assert found.message.startswith("permission denied: ")
    assert "refuses" in found.message
    assert found.remedy


def test_a_socket_that_is_not_for_this_account_is_a_matter_of_rights(good) -> None:
    lost = ConnectionLostError("WriteInterfaceToken failed: no manager answers.", detail="x")
    lost.__cause__ = ConnectError("Failed", PermissionError(13, "Permission denied"))

    found = _silent_service(good, good.library / "manager.sock", lost)
    assert found.level is Level.BLOCKING
    assert found.message.startswith("permission denied: ")


# PC mode and posture ------------------------------------------------------------------------------


def store(library: Path, **settings: object) -> None:
    library.mkdir()
    text = to_json(GateSettings(**settings), schema_version=SCHEMA_VERSION)
    (library / GATE_FILE).write_bytes(text)


async def test_mode_and_posture_are_told_without_a_manager(good) -> None:
    mode, posture = (await finding(good, "pc-mode")), (await finding(good, "posture"))

    assert mode.message == "PC mode follows the posture."
    assert posture.message == "The keyboard is attached (assumed, there is no sensor)."


@pytest.mark.parametrize(
    ("settings", "sensor", "blocked"),
    [
        ({"mode": PcMode.OFF}, Sensor(), {"pc-mode"}),
        ({"mode": PcMode.ON}, Sensor(), set()),
        ({"mode": PcMode.ON}, Sensor(Posture.TABLET), {"posture"}),
        ({"mode": PcMode.OFF}, Sensor(Posture.TABLET), {"pc-mode", "posture"}),
        ({"simulated": Posture.FOLDED}, Sensor(), {"posture"}),
        ({"simulated": Posture.STAND}, Sensor(Posture.TABLET), set()),
    ],
)
async def test_what_the_gate_says_is_in_the_way(good, settings, sensor, blocked) -> None:
    store(good.library, **settings)
    findings = await examine(replace(good, sensor=lambda: sensor))

    found = {item.id: item for item in findings if item.level is Level.BLOCKING}
    assert set(found) == blocked
    assert all(item.message.startswith("not PC mode: ") and item.remedy for item in found.values())
    assert not sensor.followed


async def test_a_sensor_that_may_not_be_read_is_a_warning_until_the_posture_is_said(good) -> None:
    absence = NoSensor(SensorGap.UNREADABLE, "The sensor is not readable.", "Allow it.")
    around = replace(good, sensor=lambda: Sensor(absence=absence))
    found = await finding(around, "posture")
    assert (found.level, found.message, found.remedy) == (
        *(Level.WARNING, "The sensor is not readable.", "Allow it."),
    )

    store(good.library, simulated=Posture.STAND)
    found = await finding(around, "posture")
    assert (found.level, found.message) == (
        Level.OK,
        "The computer is on its stand (set by hand).",
    )


async def test_a_damaged_setting_is_told_and_left_as_it_is(good) -> None:
    good.library.mkdir()
    (good.library / GATE_FILE).write_text("{")
    found = await finding(good, "pc-mode")

    assert found.level is Level.WARNING
    assert [path.name for path in good.library.iterdir()] == [GATE_FILE]


async def test_a_setting_that_cannot_be_read_is_in_the_way_as_it_is_for_the_manager(good) -> None:
    good.library.mkdir()
    (good.library / GATE_FILE).symlink_to("/proc/self/mem")  # an I/O error, proc(5)
    found = await finding(good, "pc-mode")

    assert (found.level, found.message) == (Level.BLOCKING, "gate.json cannot be read.")
    assert found.remedy
    assert (await finding(good, "posture")).level is Level.OK


async def test_a_manager_that_runs_is_believed_about_mode_and_posture(good) -> None:
    manager = WireManager()
    manager.pc_mode = PcMode.OFF
    manager.posture = Posture.TABLET
    async with WireService(manager, manager_socket(good.library)):
        findings = await examine(good)

    levels = {item.id: item.level for item in findings}
    assert (levels["service"], levels["pc-mode"], levels["posture"]) == (
        *(Level.OK, Level.BLOCKING, Level.BLOCKING),
    )


def test_the_worst_level_counts() -> None:
    def of(*levels: Level) -> Level:
        return worst(tuple(Finding(id="x", level=level, message="x") for level in levels))

    assert of() is Level.OK
    assert of(Level.OK, Level.WARNING) is Level.WARNING
    assert of(Level.WARNING, Level.BLOCKING, Level.OK) is Level.BLOCKING
