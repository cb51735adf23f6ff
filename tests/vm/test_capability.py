"""The verdict of `checkVmCapability` is put together from gate, engine, acceleration, firmware."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from app.errors import AppError, NotSupportedError
from app.vm import capability
from app.vm.capability import Capability, check_capability
from app.vm.gate import GateStatus, PcMode, PostureSource, judge
from app.vm.host import HostReport, KvmVerdict
from app.vm.posture import Posture
from app.vm.qemu.facts import EngineFacts

FACTS = EngineFacts(
    binary="/usr/bin/qemu",
    version="7.2",
    machines={"q35": "pc-q35-7.2"},
    accelerators=("kvm", "tcg"),
    commands=(),
)
MISSING = NotSupportedError("Load native module failed: no QEMU.", remedy="Install it.")


@pytest.fixture(autouse=True)
def firmware(monkeypatch: pytest.MonkeyPatch) -> list[AppError]:
    """What looking for UEFI firmware raises; nothing at first. It asks this computer otherwise."""
    problems: list[AppError] = []

    def find(machine_type: str) -> None:
        assert machine_type == "pc-q35-7.2"
        for problem in problems:
            raise problem

    monkeypatch.setattr(capability, "find_uefi", find)
    return problems


def gate(mode: PcMode = PcMode.ON, posture: Posture = Posture.KEYBOARD_ATTACHED) -> GateStatus:
    return GateStatus(
        mode=mode,
        posture=posture,
        source=PostureSource.SIMULATED,
        sensor=False,
        simulated=posture,
        reasons=judge(mode, posture),
    )


def giving(result: object) -> Callable[[], Awaitable[object]]:
    async def give() -> object:
        if isinstance(result, AppError):
            raise result
        return result

    return give


async def verdict(
    status: GateStatus,
    report: object = HostReport(KvmVerdict.WORKS),
    facts: object = FACTS,
) -> Capability:
    return await check_capability(status, giving(report), facts=giving(facts))  # type: ignore[arg-type]


async def test_where_all_is_well_there_is_nothing_to_say() -> None:
    assert await verdict(gate()) == Capability(
        supported=True,
        accelerator="kvm",
        pc_mode=PcMode.ON,
        posture=Posture.KEYBOARD_ATTACHED,
        reasons=(),
    )


@pytest.mark.parametrize("kvm", [kvm for kvm in KvmVerdict if kvm is not KvmVerdict.WORKS])
async def test_without_acceleration_machines_are_slow_and_possible(kvm: KvmVerdict) -> None:
    found = await verdict(gate(), HostReport(kvm))

    assert (found.supported, found.accelerator) == (True, "tcg")
    (reason,) = found.reasons
    assert reason.id.startswith("kvm-")
    assert not reason.blocking
    assert reason.message
    assert reason.remedy


async def test_each_kind_of_missing_acceleration_has_a_name_of_its_own() -> None:
    ids = {
        (await verdict(gate(), HostReport(kvm))).reasons[0].id
        for kvm in KvmVerdict
        if kvm is not KvmVerdict.WORKS
    }

    assert len(ids) == len(KvmVerdict) - 1


@pytest.mark.parametrize("where", ["facts", "report"])
async def test_without_an_engine_nothing_runs(where: str) -> None:
    found = await verdict(gate(), **{where: MISSING})

    assert (found.supported, found.accelerator) == (False, "")
    (reason,) = found.reasons
    assert (reason.id, reason.message, reason.remedy, reason.blocking) == (
        "engine-missing",
        MISSING.message,
        "Install it.",
        True,
    )


async def test_missing_firmware_is_told_and_blocks_nothing(firmware: list[AppError]) -> None:
    firmware.append(NotSupportedError("No UEFI.", remedy="Install ovmf."))

    found = await verdict(gate())

    assert found.supported
    assert [(reason.id, reason.blocking) for reason in found.reasons] == [
        ("firmware-missing", False)
    ]


async def test_a_board_that_this_engine_does_not_have_is_told_too() -> None:
    odd = EngineFacts(binary="/q", version="9", machines={}, accelerators=("tcg",), commands=())

    found = await verdict(gate(), facts=odd)

    assert not found.supported
    assert [reason.id for reason in found.reasons] == ["engine-unsuitable"]


async def test_a_closed_gate_turns_the_verdict_and_the_rest_is_told_all_the_same() -> None:
    found = await verdict(gate(PcMode.OFF, Posture.TABLET), HostReport(KvmVerdict.BROKEN))

    assert not found.supported
    assert (found.pc_mode, found.posture) == (PcMode.OFF, Posture.TABLET)
    assert [reason.id for reason in found.reasons] == ["mode-off", "posture", "kvm-broken"]
    assert all(reason.remedy for reason in found.reasons)
