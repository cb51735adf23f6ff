"""Can this computer run machines at full speed?

`/dev/kvm` that opens is not a KVM that works: on some hosts guests hang or die on it. So the probe
runs a machine without disks on it, whose BIOS finds nothing to start and reboots, which ends the
process (measured: 0.05 to 0.4 s where it works; a broken KVM aborts, hangs, or needs seconds).
The result is cached by QEMU version, kernel, processor and start of this computer: what is broken
may have been switched on outside.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import platform
import resource
import subprocess
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from app import paths
from app.atomic import write_atomically
from app.vm.qemu.facts import EngineFacts

_log = logging.getLogger(__name__)

PROBE_LIMIT_S = 2.0
KVM_DEVICE = Path("/dev/kvm")
_CPU_S = 5
_CACHE_VERSION = 2


class KvmVerdict(StrEnum):
    """What is with hardware acceleration."""

    WORKS = "works"
    NOT_BUILT_IN = "not-built-in"
    NO_DEVICE = "no-device"
    NO_PERMISSION = "no-permission"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class HostReport:
    """The host's verdict.

    Attributes:
        verdict: about KVM.
        detail: what was seen, for the checkup's details.
    """

    verdict: KvmVerdict
    detail: str = ""

    @property
    def accelerator(self) -> str:
        """``kvm`` or ``tcg``."""
        return "kvm" if self.verdict is KvmVerdict.WORKS else "tcg"

    @property
    def notice(self) -> str:
        """One calm sentence for people; empty when all is well."""
        return (
            ""
            if self.accelerator == "kvm"
            else "Hardware acceleration is off; machines will be slow."
        )

    @property
    def remedy(self) -> str:
        """What the person can do about it; empty when nothing is to do."""
        return _REMEDIES[self.verdict]


_REMEDIES = {
    KvmVerdict.WORKS: "",
    KvmVerdict.NOT_BUILT_IN: "Install a QEMU with KVM support.",
    KvmVerdict.NO_DEVICE: "Switch on virtualization (VT-x or AMD-V) in this computer's firmware.",
    KvmVerdict.NO_PERMISSION: (
        "Your account may not use /dev/kvm. Add it to the group “kvm”, then log out and in again."
    ),
    KvmVerdict.BROKEN: (
        "KVM is there but guests do not run on it. If this computer is itself a virtual machine, "
        "nested virtualization has to be switched on outside."
    ),
}


async def probe_host(facts: EngineFacts, *, device: Path = KVM_DEVICE) -> HostReport:
    """Find out whether KVM works; at most about 2 s, then cached."""
    if "kvm" not in facts.accelerators:
        return HostReport(KvmVerdict.NOT_BUILT_IN, f"QEMU {facts.version}")
    refused = _try_open(device)
    if refused is not None:
        return refused
    key = _cache_key(facts)
    cached = _read_cache(key)
    if cached is not None:
        return cached
    report, lasting = await asyncio.to_thread(_run_guest, facts)
    if lasting:
        _write_cache(key, report)
    return report


def _try_open(device: Path) -> HostReport | None:
    try:
        os.close(os.open(device, os.O_RDWR | os.O_CLOEXEC))
    except PermissionError as err:
        return HostReport(KvmVerdict.NO_PERMISSION, str(err))
    except OSError as err:
        return HostReport(KvmVerdict.NO_DEVICE, str(err))
    return None


def _run_guest(facts: EngineFacts) -> tuple[HostReport, bool]:
    """Run the probe; blocks for 2 s at most. Also whether the result is worth keeping.

    A guest that was too slow says more about the load of this moment than about KVM.
    """
    try:
        process = subprocess.Popen(
            [
                facts.binary, "-no-user-config", "-nodefaults", "-display", "none",
                "-machine", "q35", "-accel", "kvm", "-cpu", "host", "-m", "64",
                "-boot", "strict=on,reboot-timeout=1", "-no-reboot",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
            cwd="/",
        )  # fmt: skip
    except OSError as err:
        return HostReport(KvmVerdict.BROKEN, str(err)), False
    with process:
        try:
            # Should this program die now, a guest that spins for ever must not stay.
            with contextlib.suppress(OSError):
                resource.prlimit(process.pid, resource.RLIMIT_CPU, (_CPU_S, _CPU_S))
            _, words = process.communicate(timeout=PROBE_LIMIT_S)
        except subprocess.TimeoutExpired:
            text = f"a guest without a system did not end within {PROBE_LIMIT_S} s"
            return HostReport(KvmVerdict.BROKEN, text), False
        finally:
            process.kill()  # does nothing to one that has ended
    if process.returncode == 0:
        return HostReport(KvmVerdict.WORKS), True
    lines = words.decode(errors="replace").strip().splitlines()
    text = f"code {process.returncode}: {lines[0][:200] if lines else 'no words'}"
    return HostReport(KvmVerdict.BROKEN, text), True


def _cache_key(facts: EngineFacts) -> str:
    return f"{_CACHE_VERSION} {facts.version} {platform.release()} {_processor()} {_boot_id()}"


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), ""
    )


def _cache_path() -> Path:
    return paths.cache_dir() / "kvm.json"


def _read_cache(key: str) -> HostReport | None:
    try:
        document = json.loads(_cache_path().read_bytes())
        if document["key"] != key:
            return None
        report = document["report"]
        return HostReport(KvmVerdict(report["verdict"]), str(report["detail"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # Only a cache: probe again.


def _write_cache(key: str, report: HostReport) -> None:
    try:
        paths.cache_dir().mkdir(parents=True, exist_ok=True)
        write_atomically(_cache_path(), json.dumps({"key": key, "report": asdict(report)}).encode())
    except OSError as err:
        _log.info("the probe's result cannot be cached: %s", err)
