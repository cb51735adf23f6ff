"""`checkVmCapability` on the real manager: the verdict, and each thing that can be in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import ENGINE_MISSING
from app.vm import host
from app.vm.gate import PcMode
from app.vm.posture import Posture
from app.vm.qemu.facts import find_binary
from tests.conformance.serving import CFG, a_qemu, served_wire
from tests.vm.managing import managing, small

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

GOOD_KVM = f"""#!/bin/sh
# A QEMU on whose KVM a guest without a system ends as it should.
for word; do [ "$word" = kvm ] && exit 0; done
exec {find_binary()} "$@"
"""
BROKEN_KVM = GOOD_KVM.replace("exit 0", "{ echo 'KVM internal error' >&2; exit 134; }")


def stands_in(device: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another file is tried in the place of /dev/kvm."""
    monkeypatch.setitem(host.probe_host.__kwdefaults__, "device", device)


@pytest.fixture
def device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a device, and whether it works is seen in what QEMU does with it."""
    path = tmp_path / "kvm"
    path.touch()
    stands_in(path, monkeypatch)


@pytest.fixture
def no_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stands_in(tmp_path / "none", monkeypatch)


@pytest.fixture
def forbidden_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """A read-only file of the kernel's: not even root may write there."""
    stands_in(Path("/proc/sys/kernel/osrelease"), monkeypatch)


async def test_this_computer_gets_a_verdict_with_every_reason_and_its_remedy(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        verdict = await manager.check_vm_capability()
        assert verdict.supported, "software emulation is always on offer"
        assert verdict.accelerator in {"kvm", "tcg"}
        assert (verdict.pc_mode, verdict.posture) == (PcMode.AUTOMATIC, Posture.KEYBOARD_ATTACHED)
        assert all(reason.message and reason.remedy for reason in verdict.reasons)
        assert (verdict.accelerator == "tcg") is any(
            reason.id.startswith("kvm-") for reason in verdict.reasons
        )
        assert await wire.ask("checkVmCapability") == {
            "supported": True,
            "accelerator": verdict.accelerator,
            "pcMode": "automatic",
            "posture": "keyboard-attached",
            "reasons": [
                {
                    "id": reason.id,
                    "message": reason.message,
                    "remedy": reason.remedy,
                    "blocking": False,
                }
                for reason in verdict.reasons
            ],
        }


async def test_without_an_engine_nothing_runs_and_the_document_s_text_says_why(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served_wire(root) as (_, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        (tmp_path / "empty").mkdir()
        with monkeypatch.context() as path:
            path.setenv("PATH", str(tmp_path / "empty"))
            verdict = await wire.ask("checkVmCapability")
            refused = await wire.refusal("createVm", vmName="new", cfg=CFG)
        assert verdict["supported"] is False
        assert verdict["accelerator"] == ""
        (reason,) = [reason for reason in verdict["reasons"] if reason["blocking"]]
        assert reason["id"] == "engine-missing"
        assert reason["message"].startswith(ENGINE_MISSING)
        assert "qemu-system-x86" in reason["remedy"]
        assert refused["class"] == "NOT_SUPPORT"
        assert refused["desc"].startswith("Load native module failed")
        assert (await wire.ask("checkVmCapability"))["supported"] is True, "it is there again"


async def test_acceleration_that_works_is_used_and_nothing_is_said_of_it(
    root: Path, tmp_path: Path, device: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_qemu(tmp_path / "bin", GOOD_KVM, monkeypatch)
    async with managing(root) as manager:
        verdict = await manager.check_vm_capability()
        assert verdict.supported
        assert verdict.accelerator == "kvm"
        assert not [reason for reason in verdict.reasons if reason.id.startswith("kvm-")]


async def test_acceleration_is_what_a_guest_says_and_not_what_the_device_looks_like(
    root: Path, tmp_path: Path, device: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_qemu(tmp_path / "bin", BROKEN_KVM, monkeypatch)
    async with managing(root) as manager:
        verdict = await manager.check_vm_capability()
        (reason,) = [reason for reason in verdict.reasons if reason.id.startswith("kvm-")]
        assert verdict.supported
        assert verdict.accelerator == "tcg"
        assert (reason.id, reason.blocking) == ("kvm-broken", False)
        assert "nested virtualization" in reason.remedy


async def test_on_a_broken_kvm_machines_run_in_software(
    root: Path, tmp_path: Path, device: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_qemu(tmp_path / "bin", BROKEN_KVM, monkeypatch)
    async with managing(root) as manager:
        await manager.create_vm("demo", small())
        assert (await manager.start_vm("demo")).accelerator == "tcg"


async def test_a_missing_device_is_told_with_what_to_switch_on(root: Path, no_device: None) -> None:
    async with managing(root) as manager:
        verdict = await manager.check_vm_capability()
        (reason,) = [reason for reason in verdict.reasons if reason.id == "kvm-missing"]
        assert verdict.supported
        assert "VT-x" in reason.remedy


async def test_a_device_that_may_not_be_opened_is_told_with_the_group(
    root: Path, forbidden_device: None
) -> None:
    async with managing(root) as manager:
        verdict = await manager.check_vm_capability()
        (reason,) = [reason for reason in verdict.reasons if reason.id == "kvm-no-permission"]
        assert verdict.supported
        assert "group" in reason.remedy


async def test_a_closed_gate_is_a_reason_beside_the_others(root: Path, no_device: None) -> None:
    async with managing(root) as manager:
        await manager.set_pc_mode(PcMode.ON)
        await manager.set_posture(Posture.FOLDED)
        verdict = await manager.check_vm_capability()
        assert not verdict.supported
        assert [(reason.id, reason.blocking) for reason in verdict.reasons][:2] == [
            ("posture", True),
            ("kvm-missing", False),
        ]
