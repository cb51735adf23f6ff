"""`checkVmCapability`: may machines run here, can they, and what to do where not.

Mode and posture decide whether they may; the engine, its firmware and the hardware acceleration
whether they can. What only makes machines slow is told and does not turn the verdict round:
software emulation is on offer, as section 2.5 of the `vm_manager` document asks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.errors import ENGINE_MISSING, AppError, NotSupportedError
from app.vm.gate import GateStatus, PcMode, Reason
from app.vm.host import HostReport, KvmVerdict
from app.vm.model import Chipset
from app.vm.posture import Posture
from app.vm.qemu.facts import EngineFacts, engine_facts
from app.vm.qemu.firmware import find_uefi


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """The verdict of `checkVmCapability`.

    Attributes:
        supported: machines may and can run now.
        accelerator: ``kvm``, ``tcg`` for software emulation, empty when there is no engine.
        pc_mode: as set.
        posture: as it counts now.
        reasons: everything that is in the way or makes machines slow, each with its remedy.
    """

    supported: bool
    accelerator: str
    pc_mode: PcMode
    posture: Posture
    reasons: tuple[Reason, ...]


_KVM_REASONS = {
    KvmVerdict.NOT_BUILT_IN: "kvm-not-built-in",
    KvmVerdict.NO_DEVICE: "kvm-missing",
    KvmVerdict.NO_PERMISSION: "kvm-no-permission",
    KvmVerdict.BROKEN: "kvm-broken",
}


async def check_capability(
    gate: GateStatus,
    host_report: Callable[[], Awaitable[HostReport]],
    *,
    facts: Callable[[], Awaitable[EngineFacts]] = engine_facts,
) -> Capability:
    """Put mode, posture, engine, firmware and acceleration together.

    Args:
        gate: as it is now.
        host_report: tries the acceleration out; may take 2 s at the first time.
        facts: asks the engine about itself.
    """
    accelerator, host = await _host_reasons(host_report, facts)
    reasons = (*gate.reasons, *host)
    return Capability(
        supported=not any(reason.blocking for reason in reasons),
        accelerator=accelerator,
        pc_mode=gate.mode,
        posture=gate.posture,
        reasons=reasons,
    )


async def _host_reasons(
    host_report: Callable[[], Awaitable[HostReport]],
    facts: Callable[[], Awaitable[EngineFacts]],
) -> tuple[str, list[Reason]]:
    try:
        engine = await facts()
        report = await host_report()
        board = engine.machine_type(Chipset.Q35)
    except NotSupportedError as err:
        is_missing = err.message.startswith(ENGINE_MISSING)
        reason = "engine-missing" if is_missing else "engine-unsuitable"  # too old, or no board
        return "", [_told(reason, err, blocking=True)]
    except AppError as err:
        return "", [_told("engine-broken", err, blocking=True)]
    reasons = []
    if report.verdict is not KvmVerdict.WORKS:
        reasons.append(
            Reason(
                id=_KVM_REASONS[report.verdict],
                message=report.notice,
                remedy=report.remedy,
                blocking=False,
            )
        )
    try:
        await asyncio.to_thread(find_uefi, board)
    except AppError as err:
        reasons.append(_told("firmware-missing", err, blocking=False))
    return report.accelerator, reasons


def _told(reason: str, err: AppError, *, blocking: bool) -> Reason:
    return Reason(id=reason, message=err.message, remedy=err.remedy, blocking=blocking)
