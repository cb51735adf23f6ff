"""Can this computer run machines at full speed?

`/dev/kvm` that opens is not a KVM that works: on some hosts guests hang or die on it. So the probe
runs a machine without disks on it, whose BIOS finds nothing to start and reboots, which ends the
process (measured: 0.05 to 0.4 s where it works; a broken KVM aborts, hangs, or needs seconds).
The result is cached by QEMU version, kernel and processor.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import platform
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
_CACHE_VERSION = 1


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
    report = await _run_guest(facts)
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


async def _run_guest(facts: EngineFacts) -> HostReport:
    process = subprocess.Popen(  # noqa: ASYNC220 - returns at once; the wait is in a thread
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
    try:
        _, words = await asyncio.to_thread(process.communicate, None, PROBE_LIMIT_S)
    except subprocess.TimeoutExpired:
        return HostReport(
            KvmVerdict.BROKEN, f"a guest without a system did not end within {PROBE_LIMIT_S} s"
        )
    finally:
        if process.poll() is None:
            process.kill()
        await asyncio.to_thread(process.communicate)
    if process.returncode == 0:
        return HostReport(KvmVerdict.WORKS)
    text = words.decode(errors="replace").strip().splitlines()
    return HostReport(
        KvmVerdict.BROKEN, f"code {process.returncode}: {text[0][:200] if text else 'no words'}"
    )


def _cache_key(facts: EngineFacts) -> str:
    return f"{_CACHE_VERSION} {facts.version} {platform.release()} {_processor()}"


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
