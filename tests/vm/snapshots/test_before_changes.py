"""A machine that is off is kept before something about it changes for good, where it helps."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from app import paths
from app.settings import SettingsFile
from app.vm.model import SCHEMA_VERSION
from app.vm.snapshots.manifest import MANIFEST_VERSION, Entry, EntryPhase, Manifest
from app.vm.snapshots.taking import MOST_AUTOMATIC, surplus
from tests.vm.makers import a_config
from tests.vm.managing import managing, running_machine, small


def entries(count: int, **changes: Any) -> tuple[Entry, ...]:
    return tuple(
        Entry(id=uuid4(), name=str(number), config=a_config(), automatic=True, **changes)
        for number in range(count)
    )


def test_what_is_locked_or_not_whole_is_not_counted_among_the_automatic_ones() -> None:
    whole = entries(MOST_AUTOMATIC)
    more = (*entries(3, locked=True), *entries(2, phase=EntryPhase.CREATING))
    assert surplus(Manifest(entries=(*more, *whole)), None) == ()
    oldest, *_ = whole
    assert surplus(Manifest(entries=(*more, *whole, *entries(1))), None) == (oldest,)


def test_the_manifest_has_a_new_version_for_each_of_the_machines_descriptions() -> None:
    """It holds them: write the pair anew when one rises, with a step from the version before."""
    assert (SCHEMA_VERSION, MANIFEST_VERSION) == (3, 3)


@pytest.mark.slow
async def test_a_disk_that_grows_is_kept_as_it_was_and_goes_back_to_its_size(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path) as manager:
        await running_machine(manager)
        await manager.force_stop_vm("demo")
        before_mib = await manager.get_vm_disk_size("demo")
        await manager.set_vm_disk_size("demo", before_mib + 16)
        (kept,) = await manager.get_snapshot_list("demo")
        assert kept.automatic
        assert kept.name == "Before a disk grew"
        assert kept.disk_mib == before_mib

        await manager.set_vm_disk_size("demo", before_mib + 32)
        assert await manager.get_snapshot_list("demo") == (kept,), "it has not run since"

        await manager.restore_snapshot("demo", kept.snapshot_id, safety=False)
        assert await manager.get_vm_disk_size("demo") == before_mib
        assert (await manager.get_vm_status("demo")).disk_mib == before_mib
        (disk,) = await manager.list_vm_disks("demo")
        assert disk.size_mib == before_mib


@pytest.mark.slow
async def test_machines_that_never_ran_or_run_now_grow_without_and_so_does_who_wants_it(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path) as manager:
        await manager.create_vm("new", small())
        size_mib = await manager.get_vm_disk_size("new")
        await manager.set_vm_disk_size("new", size_mib + 16)
        assert await manager.get_snapshot_list("new") == ()

        await running_machine(manager)
        size_mib = await manager.get_vm_disk_size("demo")
        await manager.set_vm_disk_size("demo", size_mib + 16)
        assert await manager.get_snapshot_list("demo") == ()

        await manager.force_stop_vm("demo")
        SettingsFile(paths.config_dir() / "settings.toml").change(snapshot_before_changes=False)
        await manager.set_vm_disk_size("demo", size_mib + 32)
        assert await manager.get_snapshot_list("demo") == ()


@pytest.mark.slow
async def test_one_that_cannot_be_kept_grows_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with managing(tmp_path) as manager:
        await running_machine(manager)
        await manager.force_stop_vm("demo")
        machine = manager._machine("demo")
        (machine.folder / "snapshots.json").write_text('{"schema_version": 99}')
        size_mib = await manager.get_vm_disk_size("demo")
        assert await manager.set_vm_disk_size("demo", size_mib + 16) == size_mib + 16
        assert "not kept before a change" in caplog.text
