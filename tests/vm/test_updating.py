"""A machine whose files are being worked on is left alone, and is what it was afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import StateError
from app.vm.state import VmState
from app.vm.updating import check_off, updating
from tests.vm.managing import managing, reaches, small

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


async def test_a_machine_that_is_being_worked_on_is_left_alone(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        await manager.create_vm("demo", small())
        machine = manager._registry.find("demo")
        async with updating(machine, lambda _: False):
            for call in (
                manager.start_vm("demo"),
                manager.destroy_vm("demo"),
                manager.set_vm_disk_size("demo", 32),
                manager.rename_vm("demo", "other"),
            ):
                with pytest.raises(StateError):
                    await call
        await reaches(manager, "demo", VmState.STOPPED)
        assert await manager.get_vm_disk_size("demo") == 16


async def test_an_imported_machine_stays_one_that_nobody_has_checked(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        await manager.create_vm("demo", small())
        machine = manager._registry.find("demo")
        machine.state = VmState.AVAILABLE
        await manager.set_vm_disk_size("demo", 32)
        assert machine.state is VmState.AVAILABLE


async def test_one_that_somebody_else_runs_is_not_off(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        await manager.create_vm("demo", small())
        machine = manager._registry.find("demo")
        check_off(machine, lambda _: False)
        with pytest.raises(StateError, match="running"):
            check_off(machine, lambda _: True)
        with pytest.raises(StateError, match="running"):
            async with updating(machine, lambda _: True):
                pass
        assert machine.state is VmState.STOPPED


async def test_work_that_fails_gives_the_machine_back(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        await manager.create_vm("demo", small())
        machine = manager._registry.find("demo")
        with pytest.raises(ZeroDivisionError):
            async with updating(machine, lambda _: False):
                raise ZeroDivisionError
        assert machine.state is VmState.STOPPED
        assert not machine.editing.locked()
