"""Machines that run are kept as often as the person wants, and no others."""

from __future__ import annotations

import time
from pathlib import Path
from uuid import uuid4

import pytest

from app import paths
from app.settings import SettingsFile
from app.vm.snapshots.manifest import Entry, Manifest
from app.vm.snapshots.schedule import is_due
from tests.vm.makers import a_config
from tests.vm.managing import managing, running_machine, small

HOUR_MS = 3_600_000
NOW_MS = 1_000 * HOUR_MS


def kept(*hours_ago: int) -> Manifest:
    return Manifest(
        entries=tuple(
            Entry(id=uuid4(), name="x", config=a_config(), created_ms=NOW_MS - ago * HOUR_MS)
            for ago in hours_ago
        )
    )


@pytest.mark.parametrize(
    ("manifest", "ran_h", "hours", "due"),
    [
        (kept(), 5, 4, True),
        (kept(), 3, 4, False),
        (kept(5, 9), 20, 4, True),
        (kept(9, 3), 20, 4, False),
        (kept(9), 1, 4, False),
        (kept(9), 20, 0, False),
        (kept(-2), 20, 4, False),
    ],
)
def test_a_machine_is_due_when_its_last_snapshot_and_its_start_are_long_ago(
    manifest: Manifest, ran_h: int, hours: int, *, due: bool
) -> None:
    assert is_due(manifest, NOW_MS - ran_h * HOUR_MS, NOW_MS, hours) is due


@pytest.mark.slow
async def test_running_machines_are_kept_when_it_is_time_and_no_others(tmp_path: Path) -> None:
    SettingsFile(paths.config_dir() / "settings.toml").change(snapshot_hours=2)
    async with managing(tmp_path) as manager:
        await running_machine(manager)
        await manager.create_vm("off", small())
        now_ms = time.time_ns() // 1_000_000
        assert await manager.take_due_snapshots(now_ms + HOUR_MS) == 0
        assert await manager.take_due_snapshots(now_ms + 2 * HOUR_MS) == 1
        (made,) = await manager.get_snapshot_list("demo")
        assert made.automatic
        assert made.with_memory
        assert await manager.get_snapshot_list("off") == ()
        assert await manager.take_due_snapshots(now_ms + 2 * HOUR_MS) == 0


@pytest.mark.slow
async def test_without_a_wish_nothing_is_kept(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        await running_machine(manager)
        far_ms = time.time_ns() // 1_000_000 + 10_000 * HOUR_MS
        assert await manager.take_due_snapshots(far_ms) == 0
