"""The reader of guests' file systems has limits, and ends with whoever wanted the copy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.vm.recovery.reader import MEMORY_BYTES
from tests.house.sources import ROOT
from tests.vm.disks import MIB
from tests.vm.recovery.guest_disks import as_qcow2, ext

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


@contextmanager
def reading(image: Path, target: Path, **changes: Any) -> Iterator[subprocess.Popen[bytes]]:
    """The reader at work; it is gone afterwards."""
    wanted = {"image": str(image), "target": str(target), "mostBytes": 1 << 30, "cpuSeconds": 60}
    words = [sys.executable, "-P", "-m", "app.vm.recovery.reader", json.dumps(wanted | changes)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, env=environment, cwd="/") as process:
        try:
            yield process
        finally:
            process.kill()


def last_word(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    """What it says at the end."""
    said, _ = process.communicate(timeout=60)
    word = json.loads(said.splitlines()[-1])
    assert isinstance(word, dict)
    return word


def limits_of(process: subprocess.Popen[bytes]) -> dict[str, str]:
    """The kernel's limits of a process, by their names: the hard ones."""
    lines = Path(f"/proc/{process.pid}/limits").read_text().splitlines()[1:]
    return {line[:26].strip(): line[47:68].strip() for line in lines}


def test_it_reads_under_limits_of_memory_time_and_size(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "out").mkdir()
    with reading(tmp_path / "pipe", tmp_path / "out", cpuSeconds=77) as process:
        with (tmp_path / "pipe").open("wb"):  # It waits there until somebody opens the other end.
            limits = limits_of(process)
        assert int(limits["Max address space"]) == MEMORY_BYTES
        assert int(limits["Max cpu time"]) == 77
        assert int(limits["Max file size"]) == 16 << 40
        assert int(limits["Max core file size"]) == 0
        assert last_word(process)["failed"] == "media"


def test_it_says_what_it_has_done(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "folder").mkdir(parents=True)
    (tree / "folder" / "file").write_bytes(b"x" * 5000)
    image = as_qcow2(ext(tmp_path / "raw", tree), tmp_path / "disk")
    (tmp_path / "out").mkdir()
    with reading(image, tmp_path / "out") as process:
        assert last_word(process) == {
            "done": {"files": 1, "folders": 2, "bytes": 5000, "leftOut": 0, "volumes": 1}
        }
    assert process.returncode == 0


def test_a_target_that_cannot_be_written_is_not_the_disks_fault(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    image = as_qcow2(ext(tmp_path / "raw", tree), tmp_path / "disk")
    with reading(image, tmp_path / "missing") as process:
        assert last_word(process)["failed"] == "target"


def test_it_ends_when_nobody_listens_any_more(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "large").write_bytes(os.urandom(64 * MIB))
    image = as_qcow2(ext(tmp_path / "raw", tree, mib=96), tmp_path / "disk")
    (tmp_path / "out").mkdir()
    with reading(image, tmp_path / "out") as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(60) != 0
    assert not (tmp_path / "out" / "report.txt").exists()
