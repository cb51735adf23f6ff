"""After an unclean end disks are looked through before the machine starts, and only then."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from app.vm.records import RecoveryKind, RecoveryStep
from app.vm.recovery.marker import is_marked, mark_unclean
from app.vm.state import VmState
from tests.vm.disks import write_pattern
from tests.vm.managing import kill_engine, managing, reaches, running_machine, small
from tests.vm.recovery.images import image_of, is_whole, leak

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


async def test_a_machine_whose_engine_was_killed_is_looked_through_and_starts_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with managing(tmp_path) as manager:
        info = await running_machine(manager)
        kill_engine(info, signal.SIGKILL)
        await reaches(manager, "demo", VmState.ERROR)
        assert "ended unexpectedly" in caplog.text
        assert is_marked(info.folder)
        (finding,) = await manager.list_findings()
        assert (finding.kind, finding.steps) == (
            RecoveryKind.IMAGE_UNCHECKED,
            (RecoveryStep.CHECK,),
        )
        assert (await manager.start_vm("demo")).state is VmState.RUNNING
        assert not is_marked(info.folder)


async def test_a_clean_end_leaves_nothing_to_check(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        info = await running_machine(manager)
        await manager.force_stop_vm("demo")
        assert not is_marked(info.folder)
        assert await manager.list_findings() == ()


async def test_leaks_are_won_back_at_once_and_the_machine_starts(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        info = await manager.create_vm("demo", small())
        write_pattern(image_of(info), 0x5A, at_mib=1, mib=2)
        leak(image_of(info))
        assert not is_whole(image_of(info))
        mark_unclean(info.folder)
        await manager.start_vm("demo")
        await manager.force_stop_vm("demo")
        assert is_whole(image_of(info))
