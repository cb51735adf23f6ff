"""A reader that lies, is silent or dies is a failure of the disk, and leaves nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from uuid import uuid4

import pytest

from app.errors import DiskLessError, MediaError, PathError, StoreError
from app.vm.records import TaskInfo, TaskKind
from app.vm.recovery import copying_out
from app.vm.recovery.copying_out import copy_out
from app.vm.tasks import Task
from tests.vm.disks import files_in, run

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


@pytest.fixture
def image(tmp_path: Path) -> Path:
    run("qemu-img", "create", "-q", "-f", "qcow2", tmp_path / "disk", "1M")
    return tmp_path / "disk"


def a_task() -> Task:
    info = TaskInfo(task_id=uuid4(), kind=TaskKind.RECOVER, vm_name="", vm_id=uuid4())
    return Task(info, lambda _: None)


def a_reader(tmp_path: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program reads the disk."""
    path = tmp_path / "reader"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(path))


@pytest.mark.parametrize(
    "script",
    [
        "exit 0",
        "kill -SEGV $$",
        "kill -XCPU $$",
        "echo '[1]'",
        "echo '{\"done\": 5}'",
        'echo \'{"done": {"files": "many", "bytes": 0, "leftOut": 0, "volumes": 1}}\'',
        "head -c 300000 /dev/zero",
        'yes \'{"at": "nowhere"}\' | head -n 1000',
        "exec 1>&-; exec sleep 1000",
    ],
)
async def test_a_reader_that_says_nothing_of_use_has_given_up(
    tmp_path: Path, image: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    monkeypatch.setattr(copying_out, "_END_S", 0.2)
    a_reader(tmp_path, script, monkeypatch)
    with pytest.raises(MediaError, match="gave up") as caught:
        await copy_out(image, tmp_path / "out", a_task())
    assert "ended with" in caught.value.detail
    assert files_in(tmp_path) == {"disk", "reader"}


async def test_a_reader_that_falls_silent_is_ended(
    tmp_path: Path, image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying_out, "_SILENT_S", 0.3)
    monkeypatch.setattr(copying_out, "_END_S", 0.2)
    a_reader(tmp_path, "echo '{\"at\": 0.5}'; exec sleep 1000", monkeypatch)
    task = a_task()
    with pytest.raises(MediaError, match="gave up"):
        await copy_out(image, tmp_path / "out", task)
    assert task.info.progress == 50
    assert files_in(tmp_path) == {"disk", "reader"}


@pytest.mark.parametrize(("kind", "error"), [("full", DiskLessError), ("target", StoreError)])
async def test_what_the_target_refuses_is_no_fault_of_the_disk(
    tmp_path: Path,
    image: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    error: type[Exception],
) -> None:
    a_reader(tmp_path, f'echo \'{{"failed": "{kind}", "sentence": "why"}}\'', monkeypatch)
    with pytest.raises(error):
        await copy_out(image, tmp_path / "out", a_task())
    assert files_in(tmp_path) == {"disk", "reader"}


async def test_what_has_appeared_meanwhile_is_not_replaced(
    tmp_path: Path, image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = '{"done": {"files": 0, "bytes": 0, "leftOut": 0, "volumes": 1}}'
    a_reader(tmp_path, f"mkdir {tmp_path}/out; echo '{done}'", monkeypatch)
    with pytest.raises(PathError, match="there already"):
        await copy_out(image, tmp_path / "out", a_task())
    assert files_in(tmp_path) == {"disk", "reader", "out"}
    assert not files_in(tmp_path / "out")
