"""The checkup: is everything here that machines need, and what to do about what is not.

It changes nothing and starts no manager. Each check gives one finding, in a fixed order. Where the
`vm_manager` document has a text for what is wrong (section 13), the finding begins with it:
`Load native module failed` when the engine is missing, `permission denied` when something is there
but not for this account, `Invalid file path` when it is not what it should be, `WriteInterfaceToken
failed` when the manager does not answer, `not PC mode` when machines may not run. What cannot be
read is never taken for missing.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from qemu.qmp import ConnectError

from app import paths
from app.errors import (
    ENGINE_MISSING,
    INVALID_FILE_PATH,
    PERMISSION_DENIED,
    SERVICE_GONE,
    AppError,
    ConnectionLostError,
    DiskLessError,
    StoreError,
)
from app.reading import UnreadableError
from app.vm import limits
from app.vm.client import connect
from app.vm.gate import (
    GATE_FILE,
    GateSettings,
    GateStatus,
    PcMode,
    PostureSensor,
    PostureSource,
    Reason,
    ReasonId,
    gate_document,
    status_of,
)
from app.vm.host import HostReport, probe_host
from app.vm.locks import is_locked
from app.vm.model import Chipset
from app.vm.posture import Posture, SensorGap, TabletSwitch
from app.vm.qemu.facts import EngineFacts, engine_facts
from app.vm.qemu.firmware import DESCRIPTOR_FOLDERS, find_uefi
from app.vm.session import manager_socket
from app.vm.store import Library

ROOMY_DISK_MIB = 16 * 1024
"""Less free space than this holds no usual system."""
ROOMY_MEMORY_MIB = 2048
"""The same for memory; the installers of desktop systems want this much."""
_ENGINES = ("qemu-system-x86_64", "/usr/libexec/qemu-kvm")
_IMAGE_TOOL = "qemu-img"
_ASK_RIGHTS = "Give your account the right to it, or ask whoever looks after this computer."
_POSTURES = {
    Posture.KEYBOARD_ATTACHED: "The keyboard is attached",
    Posture.STAND: "The computer is on its stand",
    Posture.TABLET: "The computer is used as a tablet",
    Posture.FOLDED: "The computer is folded",
}
_SOURCES = {
    PostureSource.SIMULATED: "set by hand",
    PostureSource.SENSOR: "told by the sensor",
    PostureSource.ASSUMED: "assumed, there is no sensor",
}


class Level(StrEnum):
    """How grave a finding is."""

    OK = "ok"
    WARNING = "warning"
    BLOCKING = "blocking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found.

    Attributes:
        id: stable name of the check.
        message: one sentence.
        remedy: what to do, empty when all is well.
        detail: raw material, never needed to understand.
    """

    id: str
    level: Level
    message: str
    remedy: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the checks look at; tests put their own in.

    Attributes:
        library: folder of the machines.
        environment: environment variables.
        facts: asks the engine about itself.
        probe: tries the acceleration.
        find_program: path of a program, None when it is not installed.
        size: what the host has, by the folder of the machines.
        may: whether this account may do with a file what the bits say, as `os.access`.
        firmware: folders with the descriptors of UEFI firmware.
        sensor: tells the posture.
    """

    library: Path = field(default_factory=paths.library_dir)
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    facts: Callable[[], Awaitable[EngineFacts]] = engine_facts
    probe: Callable[[EngineFacts], Awaitable[HostReport]] = probe_host
    find_program: Callable[[str], str | None] = shutil.which
    size: Callable[[Path], limits.HostSize] = limits.host_size
    may: Callable[[Path, int], bool] = os.access
    firmware: Iterable[Path] = DESCRIPTOR_FOLDERS
    sensor: Callable[[], PostureSensor] = TabletSwitch


async def examine(around: Surroundings | None = None) -> tuple[Finding, ...]:
    """Run all checks; takes up to about 3 s the first time, because acceleration is tried out."""
    here = around or Surroundings()
    async with asyncio.TaskGroup() as tasks:
        engine = tasks.create_task(_engine(here), name="doctor-engine")
        service = tasks.create_task(_service(here), name="doctor-service")
    answering, gate = service.result()
    size = here.size(here.library)
    return (
        *engine.result(),
        _image_tool(here),
        _library(here),
        _disk(size),
        _memory(size),
        _screen(here),
        answering,
        *(_about_gate(gate) if gate is not None else await _gate_without_manager(here)),
    )


def worst(findings: tuple[Finding, ...]) -> Level:
    """The gravest level among `findings`."""
    levels = {finding.level for finding in findings}
    return next((level for level in (Level.BLOCKING, Level.WARNING) if level in levels), Level.OK)


# The engine ---------------------------------------------------------------------------------------


async def _engine(here: Surroundings) -> list[Finding]:
    try:
        facts = await here.facts()
    except AppError as err:
        return [_engine_failure(here, err)]
    found = [
        Finding(
            id="engine",
            level=Level.OK,
            message=f"QEMU {facts.version} is installed.",
            detail=facts.binary,
        )
    ]
    report = await here.probe(facts)
    found.append(
        Finding(
            id="acceleration",
            level=Level.WARNING if report.notice else Level.OK,
            message=report.notice or "Hardware acceleration (KVM) works.",
            remedy=report.remedy,
            detail=f"{report.verdict}: {report.detail}" if report.detail else report.verdict.value,
        )
    )
    found.append(await asyncio.to_thread(_uefi, here, facts))
    return found


def _engine_failure(here: Surroundings, err: AppError) -> Finding:
    closed = _closed_program(here, _ENGINES)
    if closed is not None and err.message.startswith(ENGINE_MISSING):
        return _denied("engine", f"QEMU is there, but your account may not run it: {closed}.")
    if isinstance(err.__cause__, PermissionError):
        return _denied("engine", f"{err.message}", detail=err.detail)
    return _failure("engine", Level.BLOCKING, err)


def _closed_program(here: Surroundings, names: Iterable[str]) -> Path | None:
    """A program of that name that is there, but not for this account."""
    folders = [Path(name) for name in here.environment.get("PATH", "").split(os.pathsep) if name]
    found = (folder / name for name in names for folder in folders)
    return next((path for path in found if path.is_file() and not here.may(path, os.X_OK)), None)


def _uefi(here: Surroundings, facts: EngineFacts) -> Finding:
    try:
        files = find_uefi(facts.machine_type(Chipset.Q35), folders=here.firmware)
    except AppError as err:
        return _broken_firmware(here) or _failure("uefi", Level.WARNING, err)
    return Finding(
        id="uefi",
        level=Level.OK,
        message="UEFI firmware is installed.",
        detail=str(files.code),
    )


def _broken_firmware(here: Surroundings) -> Finding | None:
    """The first file that a descriptor names and that is missing, or not for this account."""
    for descriptor, file in _named_firmware(here.firmware):
        if not file.exists():
            return Finding(
                id="uefi",
                level=Level.WARNING,
                message=f"{INVALID_FILE_PATH}: the UEFI firmware {file} is missing.",
                remedy="Install the package ovmf (or edk2-ovmf) again, or use BIOS.",
                detail=f"named by {descriptor}",
            )
        if not here.may(file, os.R_OK):
            message = f"the UEFI firmware {file} may not be read by your account."
            return _denied("uefi", message, level=Level.WARNING, detail=f"named by {descriptor}")
    return None


def _named_firmware(folders: Iterable[Path]) -> Iterator[tuple[Path, Path]]:
    """Descriptors of UEFI for x86-64 with each file that they name."""
    for path in (path for folder in folders for path in sorted(folder.glob("*.json"))):
        try:
            yield from ((path, file) for file in _files_of(json.loads(path.read_bytes())))
        except (OSError, ValueError, LookupError, TypeError):
            continue  # None of the kind that we know; whoever looks for firmware logs it.


def _files_of(descriptor: Mapping[str, Any]) -> list[Path]:
    if "uefi" not in descriptor["interface-types"]:
        return []
    if all(target["architecture"] != "x86_64" for target in descriptor["targets"]):
        return []
    mapping = descriptor["mapping"]
    return [Path(mapping[part]["filename"]) for part in ("executable", "nvram-template")]


def _image_tool(here: Surroundings) -> Finding:
    found = here.find_program(_IMAGE_TOOL)
    if found is not None:
        return Finding(
            id="image-tool", level=Level.OK, message="qemu-img is installed.", detail=found
        )
    closed = _closed_program(here, [_IMAGE_TOOL])
    if closed is not None:
        message = f"qemu-img is there, but your account may not run it: {closed}."
        return _denied("image-tool", message)
    return Finding(
        id="image-tool",
        level=Level.BLOCKING,
        message=f"{ENGINE_MISSING}: qemu-img is not installed.",
        remedy="Install qemu-utils (or qemu-img) with your package manager.",
    )


# The library and the computer ---------------------------------------------------------------------


def _library(here: Surroundings) -> Finding:
    folder = here.library
    while not folder.exists():
        folder = folder.parent
    if not folder.is_dir():
        return Finding(
            id="library",
            level=Level.BLOCKING,
            message=f"{INVALID_FILE_PATH}: {folder} is in the place of a folder for machines.",
            remedy=f"Move {folder} away, or set XDG_DATA_HOME.",
        )
    for bits, what in ((os.R_OK | os.X_OK, "read"), (os.W_OK, "written")):
        if not here.may(folder, bits):
            return _denied(
                "library",
                f"the machines folder {here.library} cannot be {what}.",
                remedy=f"Give yourself the right to read and write {folder}, or set XDG_DATA_HOME.",
            )
    return Finding(
        id="library",
        level=Level.OK,
        message="The machines folder can be written.",
        detail=str(here.library),
    )


def _disk(size: limits.HostSize) -> Finding:
    free = f"{limits.in_gib(size.free_disk_mib)} are free where the machines are kept."
    try:
        limits.check_free_disk(size)
    except DiskLessError as err:
        return _failure("disk", Level.BLOCKING, err)
    if size.free_disk_mib < ROOMY_DISK_MIB:
        return Finding(
            id="disk",
            level=Level.WARNING,
            message=f"Only {free}",
            remedy="Make room before you install a large system.",
        )
    return Finding(id="disk", level=Level.OK, message=free)


def _memory(size: limits.HostSize) -> Finding:
    free = f"{limits.in_gib(size.memory_mib)} of memory are free for machines."
    if size.memory_mib < ROOMY_MEMORY_MIB:
        return Finding(
            id="memory",
            level=Level.WARNING,
            message=f"Only {free}",
            remedy="Close other programs or machines.",
        )
    return Finding(id="memory", level=Level.OK, message=free)


def _screen(here: Surroundings) -> Finding:
    for name, kind in (("WAYLAND_DISPLAY", "Wayland"), ("DISPLAY", "X11")):
        if here.environment.get(name):
            return Finding(
                id="screen",
                level=Level.OK,
                message=f"There is a screen ({kind}).",
                detail=f"{name}={here.environment[name]}",
            )
    return Finding(
        id="screen",
        level=Level.WARNING,
        message="There is no screen, so no window can be opened.",
        remedy="Machines can be used from the command line all the same.",
    )


# The manager --------------------------------------------------------------------------------------


async def _service(here: Surroundings) -> tuple[Finding, GateStatus | None]:
    """How it is with the manager, and what it says of mode and posture."""
    try:
        address = manager_socket(here.library)
    except AppError as err:
        return _failure("service", Level.BLOCKING, err), None
    try:
        async with await connect(address) as manager:
            info, gate = await manager.ping(), await manager.get_pc_mode()
    except ConnectionLostError as err:
        return await asyncio.to_thread(_silent_service, here, address, err), None
    except AppError as err:
        return _failure("service", Level.BLOCKING, err), None
    return Finding(
        id="service",
        level=Level.OK,
        message="The manager of the machines runs and answers.",
        detail=f"process {info.pid}, version {info.version}, {address}",
    ), gate


def _silent_service(here: Surroundings, address: Path, err: ConnectionLostError) -> Finding:
    reason = err.__cause__.exc if isinstance(err.__cause__, ConnectError) else err.__cause__
    held = _is_held(here.library)
    if isinstance(reason, PermissionError) or held is None:
        return _denied("service", "the manager is not for your account.", detail=err.detail)
    if not held:
        return Finding(
            id="service",
            level=Level.OK,
            message="No manager runs; the first command or window becomes it.",
            detail=str(address),
        )
    if isinstance(reason, EOFError | ConnectionResetError):
        return _denied(
            "service",
            "the manager refuses this connection.",
            remedy="Use the account that it runs under, or close other programs that talk to it.",
            detail=err.detail,
        )
    return Finding(
        id="service",
        level=Level.BLOCKING,
        message=f"{SERVICE_GONE}: a program manages the machines but does not answer.",
        remedy="Close Duplex VM and start it again; running machines go on meanwhile.",
        detail=err.detail,
    )


def _is_held(library: Path) -> bool | None:
    """Whether somebody manages the library; None when this account may not even ask."""
    try:
        return is_locked(Library(library).lock_path)
    except PermissionError:
        return None
    except OSError:  # Whatever that is in the lock's place, nobody holds it.
        return False


# PC mode and posture ------------------------------------------------------------------------------


async def _gate_without_manager(here: Surroundings) -> list[Finding]:
    """The same from what is stored and from the sensor."""
    document = gate_document(here.library / GATE_FILE)
    wrong: Finding | None = None
    try:
        settings = await asyncio.to_thread(document.peek) or GateSettings()
    except StoreError as err:
        settings, wrong = GateSettings(), _unusable_settings(err)
    sensor = here.sensor()
    await sensor.start(lambda: None)
    try:
        mode, posture = _about_gate(status_of(settings, sensor.posture, sensor.absence))
    finally:
        sensor.close()
    return [wrong or mode, posture]


def _unusable_settings(err: StoreError) -> Finding:
    if not isinstance(err, UnreadableError):
        return _failure("pc-mode", Level.WARNING, err)  # The defaults hold, and the gate is open.
    if isinstance(err.__cause__, PermissionError):
        return _denied("pc-mode", err.message, detail=err.detail)
    return _failure("pc-mode", Level.BLOCKING, err)


def _about_gate(gate: GateStatus) -> list[Finding]:
    off = next((reason for reason in gate.reasons if reason.id == ReasonId.MODE_OFF), None)
    wrong = next((reason for reason in gate.reasons if reason.id != ReasonId.MODE_OFF), None)
    words = {PcMode.AUTOMATIC: "PC mode follows the posture.", PcMode.ON: "PC mode is on."}
    mode = words.get(gate.mode, "PC mode is off.")
    return [_rule("pc-mode", mode, off), _posture(gate, wrong)]


def _posture(gate: GateStatus, wrong: Reason | None) -> Finding:
    note = gate.sensor_note
    if wrong is None and note is not None and note.id != SensorGap.NONE and not gate.simulated:
        return Finding(id="posture", level=Level.WARNING, message=note.message, remedy=note.remedy)
    return _rule("posture", f"{_POSTURES[gate.posture]} ({_SOURCES[gate.source]}).", wrong)


def _rule(check: str, sentence: str, reason: Reason | None) -> Finding:
    if reason is None:
        return Finding(id=check, level=Level.OK, message=sentence)
    return Finding(id=check, level=Level.BLOCKING, message=reason.message, remedy=reason.remedy)


# What findings look like --------------------------------------------------------------------------


def _failure(check: str, level: Level, err: AppError) -> Finding:
    return Finding(id=check, level=level, message=err.message, remedy=err.remedy, detail=err.detail)


def _denied(
    check: str,
    sentence: str,
    *,
    level: Level = Level.BLOCKING,
    remedy: str = _ASK_RIGHTS,
    detail: str = "",
) -> Finding:
    return Finding(
        id=check,
        level=level,
        message=f"{PERMISSION_DENIED}: {sentence}",
        remedy=remedy,
        detail=detail,
    )
