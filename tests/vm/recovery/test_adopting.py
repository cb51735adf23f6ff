"""Disks without settings and second copies become machines of their own; nothing is lost by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import StateError
from app.vm.events import VmCreated, VmRemoved
from app.vm.model import DeviceKind, VmInfo
from app.vm.records import RecoveryKind, RecoveryStep
from app.vm.state import VmState
from app.vm.store import CONFIG_FILE, DAMAGED_COPY, GOOD_COPY, load_config
from tests.vm.disks import files_in, holds, write_pattern
from tests.vm.managing import managing, small, told
from tests.vm.recovery.images import image_of

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


def spoil_settings(info: VmInfo) -> None:
    (info.folder / GOOD_COPY).unlink(missing_ok=True)
    (info.folder / CONFIG_FILE).write_text("{ no settings")


def copy_by_hand(info: VmInfo) -> Path:
    copy = info.folder.with_name("copy-by-hand")
    copy.mkdir()
    for name in files_in(info.folder):
        (copy / name).write_bytes((info.folder / name).read_bytes())
    return copy


def macs(folder: Path) -> set[str]:
    devices = load_config(folder).hardware.devices
    return {device.mac for device in devices if device.kind is DeviceKind.NETWORK}


async def test_a_disk_without_settings_becomes_a_machine_that_starts(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        info = await manager.create_vm("demo", small(disk_size=48))
        write_pattern(image_of(info), 0x5A)
    spoil_settings(info)
    async with managing(tmp_path) as manager:
        (finding,) = await manager.list_findings()
        assert (finding.kind, finding.steps) == (RecoveryKind.NO_SETTINGS, (RecoveryStep.ADOPT,))
        with manager.subscribe() as events:
            done = await manager.recover_user_data(finding.vm_name, step=RecoveryStep.ADOPT)
            kinds = {type(event) for event in told(events)}
        assert {VmCreated, VmRemoved} <= kinds
        (vm,) = await manager.list_vms()
        assert (vm.id, vm.name) == (done.vm_id, done.vm_name)
        assert (vm.state, vm.disk_mib) == (VmState.AVAILABLE, 48)
        assert (info.folder / DAMAGED_COPY).read_text() == "{ no settings"
        assert (await manager.start_vm(vm.name)).state is VmState.RUNNING
        await manager.force_stop_vm(vm.name)
        assert holds(image_of(info), "qcow2", 0x5A)
        with pytest.raises(StateError, match="already"):
            await manager.recover_user_data(vm.name, step=RecoveryStep.ADOPT)
    async with managing(tmp_path) as manager:
        assert [vm.name for vm in await manager.list_vms()] == [done.vm_name]
        assert await manager.list_findings() == ()


async def test_a_second_copy_gets_an_id_a_name_and_a_network_card_of_its_own(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path) as manager:
        info = await manager.create_vm("demo", small())
    copy = copy_by_hand(info)
    async with managing(tmp_path) as manager:
        (finding,) = await manager.list_findings()
        await manager.recover_user_data(finding.vm_name, step=RecoveryStep.ADOPT)
    async with managing(tmp_path) as manager:
        found = await manager.list_vms()
        assert len({vm.id for vm in found}) == len({vm.name for vm in found}) == 2
        assert {vm.state for vm in found} == {VmState.STOPPED}
        assert (await manager.get_vm_status("demo")).folder == info.folder
        assert not macs(copy) & macs(info.folder)
        assert await manager.list_findings() == ()


async def test_a_folder_without_a_disk_is_not_adopted(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        info = await manager.create_vm("demo", small())
    spoil_settings(info)
    image_of(info).write_bytes(b"no disk" * 100)
    async with managing(tmp_path) as manager:
        (vm,) = await manager.list_vms()
        with pytest.raises(StateError, match="no disk"):
            await manager.recover_user_data(vm.name, step=RecoveryStep.ADOPT)
        assert (info.folder / CONFIG_FILE).read_text() == "{ no settings"
