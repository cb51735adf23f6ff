"""A machine that stands still because this computer's disk is full says where and how full."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import Code
from app.vm.engine import EngineStopped, RunStatus
from app.vm.state import Trigger, VmState
from tests.vm.managing import managing, running_machine

pytestmark = pytest.mark.slow  # a real engine


async def test_a_full_disk_is_told_with_its_place_and_goes_when_the_machine_goes_on(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path) as manager:
        info = await running_machine(manager)
        machine = manager._registry.find("demo")
        machine._on_stopped(EngineStopped(RunStatus.IO_ERROR, disk_full=True))
        shown = machine.info()
        assert (shown.state, shown.reason) == (VmState.PAUSED, "disk_full")
        assert shown.problem_code is Code.DISK_LESS
        assert str(info.folder) in shown.problem
        assert "MiB are free" in shown.problem
        assert "Make room" in shown.remedy
        machine.apply(Trigger.RESUMED)
        assert machine.info().problem == ""
