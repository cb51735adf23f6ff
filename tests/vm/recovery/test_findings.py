"""What is found in a library is told with what can be done about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import StateError, StoreError
from app.vm.records import RecoveryKind, RecoveryStep
from app.vm.store import CONFIG_FILE, GOOD_COPY
from tests.vm.disks import files_in
from tests.vm.managing import managing, running_machine, small
from tests.vm.recovery.images import image_of

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


async def test_settings_without_disks_go_to_the_trash_and_disks_without_settings_are_told(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path) as manager:
        empty = await manager.create_vm("empty", small())
        lost = await manager.create_vm("lost", small())
    image_of(empty).unlink()
    for name in (CONFIG_FILE, GOOD_COPY):
        (lost.folder / name).unlink(missing_ok=True)
    async with managing(tmp_path) as manager:
        found = {finding.kind: finding for finding in await manager.list_findings()}
        assert found.keys() == {RecoveryKind.NO_DISK, RecoveryKind.NO_SETTINGS}
        await manager.recover_user_data("empty", step=RecoveryStep.CLEAN_UP)
        assert [entry.vm_name for entry in await manager.list_trash()] == ["empty"]
        with pytest.raises(StoreError):
            await manager.recover_user_data(found[RecoveryKind.NO_SETTINGS].vm_name)
        assert image_of(lost).exists()


async def test_a_second_copy_of_a_machine_is_told_and_left_alone(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        info = await manager.create_vm("demo", small())
    copy = info.folder.with_name("copy-by-hand")
    copy.mkdir()
    for name in files_in(info.folder):
        (copy / name).write_bytes((info.folder / name).read_bytes())
    async with managing(tmp_path) as manager:
        (finding,) = await manager.list_findings()
        assert (finding.kind, finding.steps) == (RecoveryKind.COPY, (RecoveryStep.ADOPT,))
        assert info.folder.name in finding.sentence


async def test_a_machine_that_runs_is_neither_checked_nor_cleaned_up(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        info = await running_machine(manager)
        (info.folder / ".0123abcd.part").touch()
        for step in (None, *RecoveryStep):
            with pytest.raises(StateError):
                await manager.recover_user_data("demo", step=step)
        assert (info.folder / ".0123abcd.part").exists()
        assert await manager.list_findings() == ()
