"""A machine that stands still because this computer's disk is full loses nothing, and says so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.errors import Code
from app.vm.engine import EngineStopped, RunStatus
from app.vm.state import Trigger, VmState
from tests.vm.full_disk import FILL_MIB
from tests.vm.managing import managing, running_machine

pytestmark = pytest.mark.slow  # a real engine

ROOT = Path(__file__).parents[2]
STORY_S = 120


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


@pytest.mark.timeout_s(STORY_S + 10)
def test_a_guest_that_fills_the_disk_stands_still_and_goes_on_with_every_sector_whole(
    tmp_path: Path,
) -> None:
    told = story("engine", tmp_path)
    assert told.count("The disk of this computer is full") == 3  # at first, and resumed twice


@pytest.mark.timeout_s(STORY_S + 10)
def test_the_guard_is_before_the_engine_and_the_guest_goes_on_with_every_sector_whole(
    tmp_path: Path,
) -> None:
    told = story("guard", tmp_path)
    assert told.count("The disk of this computer is full") == 2  # and still so after the refusal


def story(name: str, folder: Path) -> str:
    """What a story of `tests.vm.full_disk` tells; skips where no small disk can be mounted."""
    inside = own_mounts()
    small_disk = folder / "small-disk"
    small_disk.mkdir()
    done = subprocess.run(
        [*inside, sys.executable, "-m", "tests.vm.full_disk", name, str(small_disk)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=STORY_S,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    assert f"{FILL_MIB * 2048} sectors are right; No errors were found" in done.stdout
    assert list(small_disk.iterdir()) == []  # the mount was never here
    assert str(small_disk) not in Path("/proc/self/mounts").read_text()
    return done.stdout


def own_mounts() -> list[str]:
    """A command whose own mounts nobody else sees."""
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not installed")
    ways = [["unshare", "--user", "--map-root-user", "--mount"]]
    if os.geteuid() == 0:
        ways.append(["unshare", "--mount"])
    for way in ways:
        mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "probe", "/mnt"]
        if subprocess.run([*way, *mount], check=False, capture_output=True).returncode == 0:
            return way
    pytest.skip("nothing can be mounted here: no user namespaces, and not root")
