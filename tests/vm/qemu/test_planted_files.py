"""A machine's folder that came from elsewhere leads no run of ours to anybody's files."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from app import paths
from app.vm.engine import LaunchPlan
from app.vm.hardware import lay_out
from app.vm.locks import lock_holder
from app.vm.model import Chipset, Firmware, Profile
from app.vm.qemu.engine import QemuEngine, RunRecord
from app.vm.qemu.facts import engine_facts
from app.vm.qemu.images import create_disk
from app.vm.store import ENGINE_LOG, PID_FILE
from tests.vm.makers import DISK_FILE, MAC, VM_ID, a_config, python

HOLD = """
import fcntl, sys
file = open(sys.argv[1], "a+")
fcntl.lockf(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def precious(tmp_path: Path) -> Path:
    file = tmp_path / "precious"
    file.write_text("keep me")
    return file


def is_kept(file: Path) -> bool:
    return file.read_text() == "keep me"


@asynccontextmanager
async def run_of(folder: Path) -> AsyncIterator[None]:
    """One whole run of a machine whose folder holds what the test has put there."""
    facts = await engine_facts()
    hardware = lay_out(
        Profile(), firmware=Firmware.BIOS, machine_type=facts.machine_type(Chipset.Q35), mac=MAC
    )
    await create_disk(folder / DISK_FILE, 16)
    plan = LaunchPlan(
        config=replace(a_config(), hardware=hardware),
        accelerator="tcg",
        folder=folder,
        sockets=paths.runtime_dir(folder) / VM_ID.hex[:8],
    )
    running = await QemuEngine().launch(plan)
    try:
        yield
    finally:
        await running.kill()
        async for _ in running.events():
            pass
        await running.detach()


async def test_a_link_in_the_place_of_the_pidfile_is_not_written_through(
    tmp_path: Path, precious: Path
) -> None:
    folder = tmp_path / "vm"
    folder.mkdir()
    (folder / PID_FILE).symlink_to(precious)

    async with run_of(folder):
        assert is_kept(precious)
    assert is_kept(precious)


async def test_a_pipe_in_the_place_of_the_pidfile_does_not_hold_the_start_up(
    tmp_path: Path,
) -> None:
    os.mkfifo(tmp_path / PID_FILE)

    async with run_of(tmp_path):
        assert lock_holder(tmp_path / PID_FILE) is not None


@pytest.mark.parametrize("there", [True, False])
async def test_a_link_in_the_place_of_the_log_is_not_written_through(
    tmp_path: Path, precious: Path, there: bool
) -> None:
    folder = tmp_path / "vm"
    folder.mkdir()
    target = precious if there else tmp_path / "new"
    (folder / ENGINE_LOG).symlink_to(target)

    async with run_of(folder):
        pass
    assert is_kept(precious)
    assert "new" not in os.listdir(tmp_path)  # noqa: PTH208 - the loop is ours alone


def test_the_lock_behind_a_link_is_somebody_else_s(tmp_path: Path) -> None:
    other, link = tmp_path / "other", tmp_path / "link"
    link.symlink_to(other)
    with python(HOLD, other) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert lock_holder(other) == holder.pid
        assert lock_holder(link) is None
        holder.communicate("\n")


def test_a_record_of_a_run_cannot_have_other_files_removed(tmp_path: Path) -> None:
    folder, foreign = tmp_path / "vm", tmp_path / "foreign"
    folder.mkdir()
    foreign.mkdir()
    for name in ("qmp", "vnc", "serial", "agent", "screen.png"):
        (foreign / name).write_text("keep me")
    record = RunRecord(
        vm_id=str(VM_ID), accelerator="tcg", started_ms=1, sockets=str(foreign), argv=()
    )
    record.write(folder)

    QemuEngine().clean_up(folder)

    assert len(list(foreign.iterdir())) == 5
    assert not list(folder.glob("run.json"))


def test_the_sockets_of_an_ended_run_are_removed(tmp_path: Path) -> None:
    folder, sockets = tmp_path / "vm", tmp_path / "sockets"
    folder.mkdir()
    sockets.mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(sockets / "qmp"))
    RunRecord(
        vm_id=str(VM_ID), accelerator="tcg", started_ms=1, sockets=str(sockets), argv=()
    ).write(folder)

    QemuEngine().clean_up(folder)

    assert not sockets.exists()
