"""The checkup: each finding, its level and its remedy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import EngineError, NotSupportedError
from app.vm.doctor import Finding, Level, Surroundings, examine, worst
from app.vm.host import HostReport, KvmVerdict
from app.vm.limits import HostSize
from app.vm.locks import FileLock
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


async def facts() -> EngineFacts:
    return _FACTS


async def kvm_works(_: EngineFacts) -> HostReport:
    return HostReport(KvmVerdict.WORKS)


@pytest.fixture
def good(tmp_path) -> Surroundings:
    """A host on which nothing is wrong, perhaps but for the firmware of this computer."""
    return Surroundings(
        library=tmp_path / "library",
        environment={"DISPLAY": ":1"},
        facts=facts,
        probe=kvm_works,
        find_program=lambda name: f"/usr/bin/{name}",
        size=lambda _: _SIZE,
    )


async def finding(around: Surroundings, check: str) -> Finding:
    return next(item for item in await examine(around) if item.id == check)


async def test_a_good_host_has_one_calm_finding_a_check(good) -> None:
    findings = await examine(good)

    ids = [item.id for item in findings]
    assert ids == [
        *("engine", "acceleration", "uefi", "image-tool", "library"),
        *("disk", "memory", "screen", "service"),
    ]
    assert {item.level for item in findings if item.id != "uefi"} == {Level.OK}
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


def test_the_worst_level_counts() -> None:
    def of(*levels: Level) -> Level:
        return worst(tuple(Finding(id="x", level=level, message="x") for level in levels))

    assert of() is Level.OK
    assert of(Level.OK, Level.WARNING) is Level.WARNING
    assert of(Level.WARNING, Level.BLOCKING, Level.OK) is Level.BLOCKING
