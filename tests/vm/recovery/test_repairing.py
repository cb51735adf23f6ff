"""A damaged disk never starts, and is repaired with its copy kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import StoreError
from app.vm.events import DataRecovery
from app.vm.records import RecoveryKind, RecoveryStep
from app.vm.recovery.marker import mark_unclean
from app.vm.state import VmState
from tests.vm.disks import files_in, holds, write_pattern
from tests.vm.managing import managing, small, told
from tests.vm.recovery.images import corrupt, image_of, is_whole, ruin

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


async def test_a_damaged_disk_never_starts_and_is_repaired_with_its_copy_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with managing(tmp_path) as manager:
        info = await manager.create_vm("demo", small())
        write_pattern(image_of(info), 0x5A, at_mib=1, mib=2)
        corrupt(image_of(info))
        before = image_of(info).read_bytes()
        mark_unclean(info.folder)
        with pytest.raises(StoreError, match="damaged"):
            await manager.start_vm("demo")
        assert "disk0.qcow2 is damaged" in caplog.text
        status = await manager.get_vm_status("demo")
        assert (status.state, status.started_ms) == (VmState.UNAVAILABLE, 0)
        assert "Repair it" in status.remedy
        assert [f.steps for f in await manager.list_findings()] == [(RecoveryStep.REPAIR,)]
        assert image_of(info).read_bytes() == before

        with manager.subscribe() as events:
            done = await manager.recover_user_data("demo", step=RecoveryStep.REPAIR)
            seen = told(events)
        assert is_whole(image_of(info))
        assert holds(image_of(info), "qcow2", 0x5A, at_mib=1, mib=2)
        assert (await manager.get_vm_status("demo")).state is VmState.STOPPED
        assert any(isinstance(e, DataRecovery) and e.step is RecoveryStep.REPAIR for e in seen)
        (copy,) = done.findings
        assert copy.kind is RecoveryKind.LEFTOVER
        assert (info.folder / copy.file).read_bytes() == before

        cleaned = await manager.recover_user_data("demo", step=RecoveryStep.CLEAN_UP)
        assert (cleaned.files, cleaned.findings) == (1, ())
        assert not (info.folder / copy.file).exists()
        assert image_of(info).exists()


async def test_what_cannot_be_repaired_stays_unavailable_and_the_copy_is_named(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path) as manager:
        info = await manager.create_vm("demo", small())
        write_pattern(image_of(info), 0x5A)
        ruin(image_of(info))
        before = image_of(info).read_bytes()
        with pytest.raises(StoreError) as caught:
            await manager.recover_user_data("demo", step=RecoveryStep.REPAIR)
        (copy,) = [name for name in files_in(info.folder) if "before-repair" in name]
        assert copy in caught.value.remedy
        assert (info.folder / copy).read_bytes() == before
        assert (await manager.get_vm_status("demo")).state is VmState.UNAVAILABLE
