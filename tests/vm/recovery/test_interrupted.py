"""Work that a killed manager had under way is found, continued to the same end, or cleaned up."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.errors import AppError, ParamError, StateError, UnknownVmError
from app.vm.manager import VmManager
from app.vm.records import Finding, MigrationOptions, RecoveryKind, RecoveryStep
from app.vm.store import GOOD_COPY, THUMBNAIL
from app.vm.task_journal import stamp_of
from tests.vm.disks import MIB, files_in, run, same, write_pattern
from tests.vm.killing import EXPORT, NAME, NEW, QCOW2, RAW, VMDK, Worker, tools_at_work, working
from tests.vm.managing import managing, small

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

DATA_MIB = 96
SIZE_MIB = 144


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A machine with a disk of random data, and images outside."""
    return asyncio.run(made(tmp_path))


async def made(tmp_path: Path) -> Path:
    outside = tmp_path / "outside"
    outside.mkdir()
    with (outside / RAW).open("wb") as file:
        file.seek(MIB)
        file.write(os.urandom(DATA_MIB * MIB))
        file.truncate(SIZE_MIB * MIB)
    run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", outside / RAW, outside / QCOW2)
    run("qemu-img", "convert", "-f", "raw", "-O", "vmdk", outside / RAW, outside / VMDK)
    root = tmp_path / "library"
    async with managing(root) as manager:
        info = await manager.create_vm(NAME, small(disk_size=SIZE_MIB))
        image = info.folder / "disk0.qcow2"
    run("qemu-img", "convert", "-n", "-f", "raw", "-O", "qcow2", outside / RAW, image)
    write_pattern(image, 0xA5, at_mib=132, mib=8)
    run("qemu-io", "-f", "qcow2", "-c", "write -z 132M 8M", image)
    return root


def everything(root: Path) -> set[str]:
    """All files of the library and of the person, but for the engine's and manager's own."""
    places = [*root.rglob("*"), *(root.parent / "outside").iterdir()]
    passing = {
        "engine.log",
        "run.json",
        "engine.pid",
        "tasks",
        ".launch.lock",
        GOOD_COPY,
        THUMBNAIL,
    }
    return {str(path) for path in places if path.name not in passing}


def records(root: Path) -> list[Path]:
    return sorted((root / "tasks").glob("*.json"))


def cut_off(root: Path, operation: str) -> None:
    """Kill a manager as soon as its work is at its files."""
    outside = root.parent / "outside"
    before = everything(root)
    with working(root, operation, outside, root.parent / "complaints") as worker:
        worker.wait_until_ready()
        _wait_until_at_work(root, worker, before)
        worker.kill()
    assert len(records(root)) == 1, f"{operation} was over already: {worker.said}"


def _wait_until_at_work(root: Path, worker: Worker, before: set[str]) -> None:
    pause = threading.Event()
    began = time.monotonic()
    while time.monotonic() - began < 20 and not worker.is_over():
        made = [path for path in everything(root) - before if path.endswith(".part")]
        if any(Path(path).exists() and Path(path).stat().st_size for path in made):
            return
        pause.wait(0.001)
    raise AssertionError(f"never at work: {worker.said}")


@asynccontextmanager
async def next_manager(root: Path) -> AsyncIterator[tuple[VmManager, Finding]]:
    """The next manager, and what it finds of the work."""
    async with managing(root) as manager:
        found = [
            one for one in await manager.list_findings()
            if one.kind is RecoveryKind.INTERRUPTED_TASK
        ]  # fmt: skip
        assert len(found) == 1, found
        yield manager, found[0]


@pytest.mark.parametrize(
    "operation", ["import", "import-copy", "import-replace", "export", "export-live", "compact"]
)
async def test_work_of_a_killed_manager_is_cleaned_up_to_the_last_file(
    library: Path, operation: str
) -> None:
    before = everything(library)
    cut_off(library, operation)
    async with next_manager(library) as (manager, finding):
        assert finding.vm_name == (NEW if operation in {"import", "import-copy"} else NAME)
        assert RecoveryStep.CLEAN_UP in finding.steps
        await manager.force_stop_vm(NAME)
        done = await manager.recover_user_data(
            finding.vm_name, step=RecoveryStep.CLEAN_UP, file=finding.file
        )
        assert done.step is RecoveryStep.CLEAN_UP
        assert not any(one.kind is RecoveryKind.INTERRUPTED_TASK for one in done.findings)
    assert everything(library) == before
    assert list((library / "tasks").iterdir()) == []


@pytest.mark.parametrize(
    ("operation", "target"),
    [("import", ""), ("import-copy", ""), ("export", EXPORT), ("compact", "")],
)
async def test_work_of_a_killed_manager_is_continued_to_the_same_end(
    library: Path, operation: str, target: str
) -> None:
    outside = library.parent / "outside"
    cut_off(library, operation)
    async with next_manager(library) as (manager, finding):
        assert finding.steps == (RecoveryStep.CONTINUE, RecoveryStep.CLEAN_UP)
        done = await manager.recover_user_data(finding.vm_name, step=RecoveryStep.CONTINUE)
        assert (done.step, done.findings) == (RecoveryStep.CONTINUE, ())
        name = NEW if operation.startswith("import") else NAME
        image = await manager.get_vm_disk_image_path(name)
    assert same(image, outside / RAW, "raw") or operation == "compact"
    run("qemu-img", "compare", "-f", "qcow2", "-F", "raw", image, outside / RAW)
    if target:
        run("qemu-img", "compare", "-f", "vmdk", "-F", "raw", outside / target, outside / RAW)
    assert list((library / "tasks").iterdir()) == []
    assert files_in(outside) == {RAW, QCOW2, VMDK} | ({target} if target else set())


async def test_a_source_that_changed_is_refused_with_the_reason(library: Path) -> None:
    cut_off(library, "import-copy")
    source = library.parent / "outside" / QCOW2
    os.utime(source, (1, 1))
    async with next_manager(library) as (manager, finding):
        assert finding.steps == (RecoveryStep.CLEAN_UP,)
        assert f"{QCOW2} is another than it was" in finding.sentence
        with pytest.raises(StateError, match="another than it was"):
            await manager.recover_user_data(NEW, step=RecoveryStep.CONTINUE)
        assert records(library), "a refusal takes nothing back"


async def test_a_taken_target_and_a_missing_source_are_refused(library: Path) -> None:
    outside = library.parent / "outside"
    cut_off(library, "export")
    (outside / EXPORT).write_text("mine")
    async with next_manager(library) as (manager, finding):
        assert finding.steps == (RecoveryStep.CLEAN_UP,)
        with pytest.raises(AppError, match="there already"):
            await manager.recover_user_data(NAME, step=RecoveryStep.CONTINUE)
        await manager.recover_user_data(NAME, step=RecoveryStep.CLEAN_UP)
        assert (outside / EXPORT).read_text() == "mine"
        assert files_in(outside) == {RAW, QCOW2, VMDK, EXPORT}
    cut_off(library, "import-copy")
    (outside / QCOW2).rename(outside / "moved.qcow2")
    async with next_manager(library) as (manager, finding):
        assert finding.steps == (RecoveryStep.CLEAN_UP,)


async def test_a_file_that_took_the_place_of_a_part_is_left_alone(library: Path) -> None:
    outside = library.parent / "outside"
    cut_off(library, "export")
    (part,) = outside.glob(".*.part")
    mine = outside / "mine"
    mine.write_text("mine")
    mine.replace(part)
    async with next_manager(library) as (manager, _):
        await manager.recover_user_data(NAME, step=RecoveryStep.CLEAN_UP)
    assert part.read_text() == "mine"


async def test_a_record_cannot_have_other_files_removed_than_parts_of_its_own(
    library: Path,
) -> None:
    cut_off(library, "export")
    (path,) = records(library)
    victim = library.parent / "outside" / RAW
    info = victim.stat()
    record = json.loads(path.read_bytes())
    record["parts"] = [{"path": str(victim), "identity": f"{info.st_dev}:{info.st_ino}"}]
    path.write_text(json.dumps(record))
    async with next_manager(library) as (manager, _):
        await manager.recover_user_data(NAME, step=RecoveryStep.CLEAN_UP)
    assert victim.exists()


async def test_a_record_that_asks_for_a_forbidden_file_is_not_continued(library: Path) -> None:
    cut_off(library, "import-copy")
    (path,) = records(library)
    record = json.loads(path.read_bytes())
    stamp = stamp_of(Path("/etc/passwd"))
    record["sources"] = [{"path": "/etc/passwd", "stamp": stamp}]
    record["wish"]["options"]["guest_os_image_path"] = "/etc/passwd"
    path.write_text(json.dumps(record))
    async with next_manager(library) as (manager, finding):
        assert finding.steps == (RecoveryStep.CLEAN_UP,)
        with pytest.raises(AppError, match="share path"):
            await manager.recover_user_data(NEW, step=RecoveryStep.CONTINUE)


async def test_an_orphaned_converter_is_ended_by_the_next_manager(library: Path) -> None:
    """It is held up, so that no broken pipe ends it before."""
    outside = library.parent / "outside"
    before = everything(library)
    with working(library, "export", outside, library.parent / "complaints") as worker:
        worker.wait_until_ready()
        _wait_until_at_work(library, worker, before)
        (converter,) = tools_at_work(library, outside)
        os.kill(converter, signal.SIGSTOP)
        handle = os.pidfd_open(converter)
        worker.kill()
    try:
        async with next_manager(library) as (manager, _):
            await manager.recover_user_data(NAME, step=RecoveryStep.CLEAN_UP)
            has_ended = select.poll()
            has_ended.register(handle, select.POLLIN)
            assert has_ended.poll(0), "it is gone before anything is removed"
    finally:
        os.close(handle)
    assert everything(library) == before


async def test_what_the_manager_lets_go_is_offered_again_and_what_a_person_cancels_is_not(
    library: Path,
) -> None:
    outside = library.parent / "outside"
    options = MigrationOptions(guest_os_image_path=str(outside / EXPORT))
    async with managing(library) as manager:
        info = await manager.export_vm_disk_image(NAME, options, background=True)
        await manager.cancel_task(info.task_id)
        assert records(library) == []
        with manager.subscribe() as reader:
            await manager.export_vm_disk_image(NAME, options, background=True)
            while not list(outside.glob(".*.part")):
                await reader.__anext__()
    assert files_in(outside) == {RAW, QCOW2, VMDK}
    async with next_manager(library) as (manager, finding):
        assert finding.steps[0] is RecoveryStep.CONTINUE
        await manager.recover_user_data(NAME, step=RecoveryStep.CONTINUE)
        assert (outside / EXPORT).exists()
    assert records(library) == []


async def test_who_has_nothing_to_continue_is_told_so(library: Path) -> None:
    async with managing(library) as manager:
        with pytest.raises(StateError, match="No work"):
            await manager.recover_user_data(NAME, step=RecoveryStep.CONTINUE)
        with pytest.raises(UnknownVmError):
            await manager.recover_user_data("nobody", step=RecoveryStep.CONTINUE)
        with pytest.raises(ParamError):
            await manager.recover_user_data(NAME, step=RecoveryStep.REPAIR, file="disk0.qcow2")
