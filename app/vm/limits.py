"""How much of the host a machine may use: processors, memory, disk space, asked now.

The numbers go into the wizard's sliders and are checked again before a machine is made or started.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from app.errors import DiskLessError, MemoryLessError, StartParamError
from app.vm.model import MIN_MEMORY_MIB

MIB = 1 << 20
TCG_BUFFER_MIN_MIB = 32
TCG_BUFFER_MAX_MIB = 256
ENGINE_OVERHEAD_MIB = 150
"""Resident memory of QEMU itself beside the guest's, with firmware and devices (measured)."""
START_FREE_DISK_MIB = 200
"""Below this a running guest would meet a full disk at once."""
MAX_CPUS = 255
"""The oldest board's limit (pc-i440fx; q35 allows 288)."""
_CGROUP = Path("/sys/fs/cgroup")


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSize:
    """What this computer has for machines.

    Attributes:
        cpus: processors that this process may use.
        memory_mib: memory that is free for guests now.
        memory_total_mib: all of it.
        free_disk_mib: free space where the machines are kept.
    """

    cpus: int
    memory_mib: int
    memory_total_mib: int
    free_disk_mib: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRange:
    """Values that can be chosen, ``{min, max, step}`` on the wire: `min`, `min + step`, … `max`."""

    min: int
    max: int
    step: int = 1


def cpu_range(host: HostSize) -> ValueRange:
    """How many processors a machine may have."""
    return ValueRange(min=1, max=host.cpus)


def memory_range(host: HostSize, *, emulated: bool) -> ValueRange:
    """How much memory a machine may have now, MiB; the engine's own is taken off.

    Raises:
        MemoryLessError: not even the smallest machine has room.
    """
    check_memory(MIN_MEMORY_MIB, host, emulated=emulated)
    # The emulator's buffer depends on the guest's size: the largest guest has the largest one.
    overhead = engine_overhead_mib(host.memory_mib, emulated=emulated)
    return ValueRange(min=MIN_MEMORY_MIB, max=max(MIN_MEMORY_MIB, host.memory_mib - overhead))


def host_size(library: Path) -> HostSize:
    """Ask the host. Quick (under a millisecond); does not wait for disks to spin up."""
    import psutil  # noqa: PLC0415 - the first paint should not wait for what a start needs

    memory = psutil.virtual_memory()
    total, available = memory.total, memory.available
    limit = _cgroup_limit()
    if limit is not None:
        total, available = min(total, limit[0]), min(available, limit[0] - limit[1])
    return HostSize(
        cpus=min(len(os.sched_getaffinity(0)), MAX_CPUS),
        memory_mib=max(0, available) // MIB,
        memory_total_mib=total // MIB,
        free_disk_mib=free_disk_mib(library),
    )


def free_disk_mib(folder: Path) -> int:
    """Free space under `folder`, or under what there is of its path.

    Raises:
        OSError: it is not to be known.
    """
    return shutil.disk_usage(_existing(folder)).free // MIB


def translation_buffer_mib(memory_mib: int) -> int:
    """Size of the software emulator's code cache for a guest of this memory."""
    return max(TCG_BUFFER_MIN_MIB, min(TCG_BUFFER_MAX_MIB, memory_mib // 4))


def engine_overhead_mib(memory_mib: int, *, emulated: bool) -> int:
    """Memory that the engine needs beside the guest's."""
    return ENGINE_OVERHEAD_MIB + (translation_buffer_mib(memory_mib) if emulated else 0)


def check_cpus(cpus: int, host: HostSize) -> None:
    """Refuse more processors than the host has.

    Raises:
        StartParamError: with how many there are.
    """
    if cpus > host.cpus:
        raise StartParamError(
            f"{cpus} processors were asked for; this computer has {host.cpus}.",
            remedy=f"Use {host.cpus} or fewer.",
        )


def check_memory(memory_mib: int, host: HostSize, *, emulated: bool) -> None:
    """Refuse a guest that does not fit into the free memory.

    Raises:
        MemoryLessError: with what is needed and what is free.
    """
    needed = memory_mib + engine_overhead_mib(memory_mib, emulated=emulated)
    if needed > host.memory_mib:
        raise MemoryLessError(
            f"Not enough free memory: needs {in_gib(needed)}, {in_gib(host.memory_mib)} are free.",
            remedy="Close other programs or machines, or give this machine less memory.",
        )


def check_memory_ever(memory_mib: int, host: HostSize) -> None:
    """Refuse a guest that this computer could not hold even with nothing else running.

    Raises:
        MemoryLessError: with what is needed and what there is.
    """
    if memory_mib > host.memory_total_mib:
        raise MemoryLessError(
            f"{in_gib(memory_mib)} of memory were asked for; this computer has "
            f"{in_gib(host.memory_total_mib)}.",
            remedy="Give the machine less memory.",
        )


def check_new_disk(disk_mib: int, host: HostSize) -> None:
    """Refuse a disk that could grow larger than the free space.

    Raises:
        DiskLessError: with both sizes.
    """
    if disk_mib > host.free_disk_mib:
        raise DiskLessError(
            f"Not enough disk space in the machines folder: the disk may grow to "
            f"{in_gib(disk_mib)}, {in_gib(host.free_disk_mib)} are free.",
            remedy="Choose a smaller disk, or make room.",
        )


def check_free_disk(host: HostSize) -> None:
    """Refuse a start that would meet a full disk at once.

    Raises:
        DiskLessError: with what is free.
    """
    if host.free_disk_mib < START_FREE_DISK_MIB:
        raise DiskLessError(
            f"Not enough disk space in the machines folder: {host.free_disk_mib} MiB are free.",
            remedy="Make room on that disk, then start again.",
        )


def in_gib(mib: int) -> str:
    """A size for people: ``512 MiB``, ``3.1 GiB``, ``64 GiB``."""
    if mib < 1024:
        return f"{mib} MiB"
    whole, tenth = divmod((mib * 10 + 512) // 1024, 10)  # no float: any number may be asked for
    return f"{whole}.{tenth} GiB" if tenth else f"{whole} GiB"


def _existing(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path


def _cgroup_limit() -> tuple[int, int] | None:
    """Limit and present use in bytes of this process's control group (cgroup v2), if limited."""
    try:
        own = next(
            line[3:]
            for line in Path("/proc/self/cgroup").read_text().splitlines()
            if line[:3] == "0::"
        )
        folder = _CGROUP / own.strip("/")
        limit = (folder / "memory.max").read_text().strip()
        used = (folder / "memory.current").read_text().strip()
        if limit == "max":
            return None
        # The kernel drops files that nobody used lately before it refuses memory.
        statistics = (folder / "memory.stat").read_text().splitlines()
        cached = next(line.split()[1] for line in statistics if line.startswith("inactive_file "))
        return int(limit), max(0, int(used) - int(cached))
    except (OSError, StopIteration, ValueError):
        return None
