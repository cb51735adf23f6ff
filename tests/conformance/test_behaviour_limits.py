"""What this computer allows: ranges, and who is told its number."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import (
    PERMISSION_DENIED,
    MemoryLessError,
    PermissionDeniedError,
    StartParamError,
)
from app.vm import limits
from app.vm.limits import HostSize
from app.vm.permissions import Answer, Choice, Permission, PermissionKind
from app.vm.state import VmState
from tests.conformance.serving import CFG, served_wire
from tests.vm.asking import Person
from tests.vm.managing import managing, small

HOST_ID = Permission(PermissionKind.HOST_ID)


# -- Ranges ----------------------------------------------------------------------------------------


async def test_processors_range_from_one_to_what_this_computer_has(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        span = await manager.get_vm_available_cpu_num_range()
        assert (span.min, span.max, span.step) == (1, manager.host_size().cpus, 1)
        assert await wire.ask("getVmAvailableCpuNumRange") == {"min": 1, "max": span.max, "step": 1}

        await manager.create_vm("most", small(cpu_num=span.max))
        assert (await manager.start_vm("most")).cpus == span.max
        with pytest.raises(StartParamError, match=f"this computer has {span.max}"):
            await manager.create_vm("more", small(cpu_num=span.max + 1))
        refused = await wire.refusal("createVm", vmName="more", cfg={**CFG, "cpuNum": 0})
        assert refused["class"] == "SA_VM_START_PARAM_INVALID"


async def test_memory_ranges_from_the_floor_to_what_is_free_without_the_engine_s_own(
    root: Path,
) -> None:
    async with served_wire(root) as (manager, wire):
        span = await wire.ask("getVmAvailableMemorySizeRange")
        host = manager.host_size()
        assert (span["min"], span["step"]) == (64, 1)
        emulated = (await manager.host_report()).accelerator != "kvm"
        own = limits.engine_overhead_mib(host.memory_mib, emulated=emulated)
        assert span["max"] == pytest.approx(host.memory_mib - own, abs=512)


async def test_both_ends_of_the_memory_range_start_and_what_is_beyond_does_not(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a computer whose free memory does not move meanwhile."""
    still = HostSize(cpus=2, memory_mib=1024, memory_total_mib=2048, free_disk_mib=10_000)
    monkeypatch.setattr(limits, "host_size", lambda _: still)
    async with served_wire(root) as (manager, wire):
        span = await manager.get_vm_available_memory_size_range()
        await manager.create_vm("least", small(memory_size=span.min))
        await manager.create_vm("most", small(memory_size=span.max))
        await manager.create_vm("more", small(memory_size=1024))
        for name in ("least", "most"):
            assert (await manager.start_vm(name)).state is VmState.RUNNING
            await manager.force_stop_vm(name)
        refused = await wire.refusal("startVm", vmName="more")
        assert refused["class"] == "SA_VM_MEMORY_LESS"
        never = {**CFG, "memorySize": 4096}
        refused = await wire.refusal("createVm", vmName="never", cfg=never)
        assert refused["class"] == "SA_VM_MEMORY_LESS"


async def test_a_computer_without_room_for_the_smallest_machine_says_so(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = HostSize(cpus=2, memory_mib=100, memory_total_mib=2048, free_disk_mib=10_000)
    monkeypatch.setattr(limits, "host_size", lambda _: full)
    async with managing(root) as manager:
        with pytest.raises(MemoryLessError) as caught:
            await manager.get_vm_available_memory_size_range()
        assert caught.value.code == "SA_VM_MEMORY_LESS"
        assert caught.value.remedy


async def test_a_disk_larger_than_the_free_space_is_refused_with_the_document_s_code(
    root: Path,
) -> None:
    async with served_wire(root) as (_, wire):
        huge = {**CFG, "diskSize": 1 << 32}
        refused = await wire.refusal("createVm", vmName="huge", cfg=huge)
        assert refused["class"] == "SA_VM_DISK_LESS"
        assert refused["data"]["remedy"]
        assert (await wire.ask("listVms"))["vms"] == []


# -- This computer's number ------------------------------------------------------------------------


async def test_the_number_is_told_after_a_person_has_said_yes_and_not_before(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        refused = await wire.refusal("getHostSN")
        assert refused["class"] == "VM_PERMISSION_DENIED"
        assert refused["desc"].startswith(PERMISSION_DENIED)
        assert HOST_ID.kind.value in refused["data"]["remedy"], "the command that allows it"

        person = Person(Choice.DENY, Choice.ONCE)
        manager.permissions.ask_person = person
        await wire.refusal("getHostSN")
        await wire.refusal("getHostSN")
        assert len(person.asked) == 1, "a no holds for this run"

        await wire.ask("setPermission", permission=str(HOST_ID), answer="ask")
        number = await wire.ask("getHostSN")
        assert number == await manager.get_host_sn(), "a yes holds for this run"
        assert len(number) == 32
        assert set(number) <= set("0123456789ABCDEF")
        assert len(person.asked) == 2


async def test_the_person_sees_who_asks_and_why_in_its_own_words(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        manager.permissions.ask_person = person = Person(Choice.ONCE)
        wish = {"name": str(HOST_ID), "reason": "It names the licence."}
        await wire.ask("introduce", clientName="Licence Tool", permissions=[wish])
        await wire.ask("getHostSN")

    (request,) = person.asked
    assert request.subject is None
    assert (request.client, request.reason) == ("Licence Tool", "It names the licence.")


async def test_always_and_never_hold_in_the_next_manager_and_the_number_stays(root: Path) -> None:
    async with managing(root) as manager:
        await manager.set_permission(HOST_ID, Answer.ALWAYS)
        number = await manager.get_host_sn()
    async with managing(root) as manager:
        assert await manager.get_host_sn() == number
        await manager.set_permission(HOST_ID, Answer.NEVER)
    async with managing(root) as manager:
        manager.permissions.ask_person = person = Person(Choice.ALWAYS)
        with pytest.raises(PermissionDeniedError, match=PERMISSION_DENIED):
            await manager.get_host_sn()
        assert not person.asked


async def test_only_what_can_be_a_program_s_is_given_to_programs(root: Path) -> None:
    async with served_wire(root) as (_, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        of_programs = await wire.ask("getPermissions")
        of_machine = await wire.ask("getPermissions", vmName="demo")
        refused = await wire.refusal(
            "setPermission", permission="ohos.permission.CAMERA", answer="always"
        )
        assert refused["class"] == "VM_ERROR_INVALID_PARAM"
        await wire.ask(
            "setPermission",
            vmName="demo",
            permission="ohos.permission.MICROPHONE",
            answer="never",
        )
        changed = await wire.ask("getPermissions", vmName="demo")

    assert of_programs == [
        {"permission": "ohos.permission.sec.ACCESS_UDID", "answer": "ask", "refused": False}
    ]
    assert [one["permission"] for one in of_machine] == [
        "ohos.permission.CAMERA",
        "ohos.permission.MICROPHONE",
        "clipboard-read",
        "file-request",
    ]
    assert [one["answer"] for one in changed] == ["ask", "never", "ask", "ask"]
