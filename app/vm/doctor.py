"""The checkup: is everything here that machines need, and what to do about what is not.

It changes nothing and starts no manager. Each check gives one finding, in a fixed order.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from app import paths
from app.errors import ENGINE_MISSING, AppError, ConnectionLostError, DiskLessError
from app.vm import limits
from app.vm.client import connect
from app.vm.host import HostReport, probe_host
from app.vm.locks import FileLock
from app.vm.model import Chipset
from app.vm.qemu.facts import EngineFacts, engine_facts
from app.vm.qemu.firmware import find_uefi
from app.vm.session import manager_socket
from app.vm.store import Library

ROOMY_DISK_MIB = 16 * 1024
"""Less free space than this holds no usual system."""
ROOMY_MEMORY_MIB = 2048
"""The same for memory; the installers of desktop systems want this much."""


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
    """

    library: Path = field(default_factory=paths.library_dir)
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    facts: Callable[[], Awaitable[EngineFacts]] = engine_facts
    probe: Callable[[EngineFacts], Awaitable[HostReport]] = probe_host
    find_program: Callable[[str], str | None] = shutil.which
    size: Callable[[Path], limits.HostSize] = limits.host_size


async def examine(around: Surroundings | None = None) -> tuple[Finding, ...]:
    """Run all checks; takes up to about 3 s the first time, because acceleration is tried out."""
    here = around or Surroundings()
    async with asyncio.TaskGroup() as tasks:
        engine = tasks.create_task(_engine(here), name="doctor-engine")
        service = tasks.create_task(_service(here), name="doctor-service")
    size = here.size(here.library)
    return (
        *engine.result(),
        _image_tool(here),
        _library(here),
        _disk(size),
        _memory(size),
        _screen(here),
        service.result(),
    )


def worst(findings: tuple[Finding, ...]) -> Level:
    """The gravest level among `findings`."""
    levels = {finding.level for finding in findings}
    return next((level for level in (Level.BLOCKING, Level.WARNING) if level in levels), Level.OK)


async def _engine(here: Surroundings) -> list[Finding]:
    try:
        facts = await here.facts()
    except AppError as err:
        return [_failure("engine", Level.BLOCKING, err)]
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
    found.append(await asyncio.to_thread(_uefi, facts))
    return found


def _uefi(facts: EngineFacts) -> Finding:
    try:
        files = find_uefi(facts.machine_type(Chipset.Q35))
    except AppError as err:
        return _failure("uefi", Level.WARNING, err)
    return Finding(
        id="uefi",
        level=Level.OK,
        message="UEFI firmware is installed.",
        detail=str(files.code),
    )


def _image_tool(here: Surroundings) -> Finding:
    found = here.find_program("qemu-img")
    if found is None:
        return Finding(
            id="image-tool",
            level=Level.BLOCKING,
            message=f"{ENGINE_MISSING}: qemu-img is not installed.",
            remedy="Install qemu-utils (or qemu-img) with your package manager.",
        )
    return Finding(id="image-tool", level=Level.OK, message="qemu-img is installed.", detail=found)


def _library(here: Surroundings) -> Finding:
    folder = here.library
    while not folder.exists():
        folder = folder.parent
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return Finding(
            id="library",
            level=Level.BLOCKING,
            message=f"The machines folder {here.library} cannot be written.",
            remedy=f"Give yourself the right to write in {folder}, or set XDG_DATA_HOME.",
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


async def _service(here: Surroundings) -> Finding:
    try:
        address = manager_socket(here.library)
    except AppError as err:
        return _failure("service", Level.BLOCKING, err)
    try:
        async with await connect(address):
            return Finding(
                id="service",
                level=Level.OK,
                message="The manager of the machines runs and answers.",
                detail=str(address),
            )
    except ConnectionLostError as err:
        if await asyncio.to_thread(_is_held, here.library):
            return Finding(
                id="service",
                level=Level.BLOCKING,
                message="A program manages the machines but does not answer.",
                remedy="Close Duplex VM and start it again; running machines go on meanwhile.",
                detail=err.detail,
            )
    return Finding(
        id="service",
        level=Level.OK,
        message="No manager runs; the first command or window becomes it.",
        detail=str(address),
    )


def _is_held(library: Path) -> bool:
    path = Library(library).lock_path
    if not path.exists():
        return False
    with FileLock(path) as lock:
        try:
            return not lock.try_acquire()
        except OSError:  # Whoever cannot write here cannot be the manager either.
            return False


def _failure(check: str, level: Level, err: AppError) -> Finding:
    return Finding(id=check, level=level, message=err.message, remedy=err.remedy, detail=err.detail)
