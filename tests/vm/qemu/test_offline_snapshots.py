"""Snapshots of disks at rest: all disks or none, proven by what is in them."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from app.errors import EngineError
from app.vm.qemu import offline_snapshots

TAG = "0123456789abcdef0123456789abcdef"


def qemu_io(disk: Path, command: str) -> str:
    return subprocess.check_output(["qemu-io", "-f", "qcow2", "-c", command, str(disk)], text=True)


def holds(disk: Path, pattern: int) -> bool:
    words = ["qemu-io", "-f", "qcow2", "-c", f"read -P {pattern} 0 64k", str(disk)]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ended.returncode == 0 or "verification failed" in ended.stdout, ended
    return ended.returncode == 0


@pytest.fixture
def disks(tmp_path: Path) -> list[Path]:
    made = [tmp_path / "a.qcow2", tmp_path / "b,c.qcow2"]
    for disk in made:
        subprocess.check_call(["qemu-img", "create", "-q", "-f", "qcow2", str(disk), "4M"])
        qemu_io(disk, "write -P 1 0 64k")
    return made


async def test_reverted_disks_hold_what_they_held(disks: list[Path]) -> None:
    await offline_snapshots.create(disks, TAG)
    for disk in disks:
        qemu_io(disk, "write -P 2 0 64k")
        assert not holds(disk, 1)

    await offline_snapshots.revert(disks, TAG)

    assert all(holds(disk, 1) for disk in disks)


async def test_a_tag_that_one_disk_has_already_goes_into_none(disks: list[Path]) -> None:
    await offline_snapshots.create(disks[1:], TAG)

    with pytest.raises(EngineError):
        await offline_snapshots.create(disks, TAG)

    assert await offline_snapshots.list_in(disks[0]) == ()


async def test_a_snapshot_that_fails_midway_is_in_no_disk(
    disks: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "bin" / "qemu-img"
    tool.parent.mkdir()
    real = shutil.which("qemu-img")
    tool.write_text(f'#!/bin/sh\ncase "$*" in *-c*b,c*) exit 1;; esac\nexec {real} "$@"\n')
    tool.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")

    with pytest.raises(EngineError):
        await offline_snapshots.create(disks, TAG)

    assert [await offline_snapshots.list_in(disk) for disk in disks] == [(), ()]


async def test_a_tag_missing_in_one_disk_changes_no_disk(disks: list[Path]) -> None:
    await offline_snapshots.create(disks[:1], TAG)
    qemu_io(disks[0], "write -P 2 0 64k")

    with pytest.raises(EngineError):
        await offline_snapshots.revert(disks, TAG)

    assert holds(disks[0], 2)


async def test_a_deleted_snapshot_is_gone_from_every_disk(disks: list[Path]) -> None:
    await offline_snapshots.create(disks, TAG)
    await offline_snapshots.delete(disks, TAG)

    assert [await offline_snapshots.list_in(disk) for disk in disks] == [(), ()]


@pytest.mark.parametrize("answer", [b"", b"[]", b'{"snapshots": [1]}', b'{"snapshots": 3}'])
def test_an_answer_that_is_none_is_refused(answer: bytes) -> None:
    with pytest.raises(EngineError):
        offline_snapshots.parse_snapshots(answer)


def a_tool_that_holds(disk: Path) -> subprocess.Popen[str]:
    words = ["qemu-io", "-f", "qcow2", str(disk)]
    holder = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdin is not None
    assert holder.stdout is not None
    holder.stdin.write("length\n")
    holder.stdin.flush()
    holder.stdout.readline()  # It has the disk open now.
    return holder


async def test_a_disk_that_a_dying_tool_still_holds_is_waited_for(disks: list[Path]) -> None:
    await offline_snapshots.create(disks, TAG)
    holder = a_tool_that_holds(disks[1])
    asyncio.get_running_loop().call_later(0.4, holder.kill)

    await offline_snapshots.revert(disks, TAG)

    holder.communicate(timeout=10)
    assert holder.returncode != 0, "it held the disk until it was killed"
