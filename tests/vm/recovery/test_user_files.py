"""Files come out of disks that do not start, whole, under harmless names, and nothing else does."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import stat
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import uuid4

import pytest

from app.errors import DiskLessError, MediaError, PathError, StateError, StoreError
from app.vm.events import DataRecovery, DiskMigration
from app.vm.manager import VmManager
from app.vm.model import VmInfo
from app.vm.records import TaskInfo, TaskKind, TaskPhase
from app.vm.recovery import copying_out
from app.vm.state import Trigger, VmState
from app.vm.tasks import Task
from tests.vm.disks import files_in
from tests.vm.managing import managing, running_machine, small, told
from tests.vm.recovery.guest_disks import (
    MIB,
    as_qcow2,
    debugfs,
    ext,
    fat,
    sized,
    tool,
    with_gpt,
    with_mbr,
)
from tests.vm.recovery.images import image_of

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

MTIME_S = 1_500_000_000


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A person's files."""
    folder = tmp_path / "tree"
    (folder / "home" / "letters").mkdir(parents=True)
    source = random.Random(5)
    (folder / "home" / "letters" / "to you.txt").write_text("Grüße\n")
    (folder / "home" / "photo.jpg").write_bytes(source.randbytes(3 * MIB + 77))
    (folder / "empty").write_bytes(b"")
    for path in folder.rglob("*"):
        os.utime(path, (MTIME_S, MTIME_S))
    return folder


async def machine_with(manager: VmManager, raw: Path, *options: str) -> VmInfo:
    """A machine that is off and has this disk."""
    info = await manager.create_vm("demo", small())
    as_qcow2(raw, image_of(info), *options)
    return info


def content(folder: Path) -> dict[str, bytes]:
    """All files below a folder, without what every ext file system has."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "lost+found" not in path.parts
    }


def only_mine(folder: Path) -> bool:
    """Nothing but files and folders, which nobody else may read."""
    return all(
        stat.S_IMODE(info.st_mode) == (0o700 if stat.S_ISDIR(info.st_mode) else 0o600)
        and (stat.S_ISDIR(info.st_mode) or stat.S_ISREG(info.st_mode))
        for info in (path.lstat() for path in (folder, *folder.rglob("*")))
    )


def report(folder: Path) -> str:
    return (folder / "report.txt").read_text()


@pytest.mark.parametrize("kind", ["ext2", "ext3", "ext4"])
async def test_all_files_of_an_ext_disk_without_partitions_come_out(
    tmp_path: Path, tree: Path, kind: str
) -> None:
    async with managing(tmp_path / "library") as manager:
        await machine_with(manager, ext(tmp_path / "raw", tree, kind))
        with manager.subscribe() as events:
            done = await manager.copy_user_files("demo", tmp_path / "out")
            seen = told(events)
        assert (done.kind, done.phase, done.progress) == (TaskKind.RECOVER, TaskPhase.DONE, 100)
        copied = tmp_path / "out" / f"disk-{kind}"
        assert content(copied) == content(tree)
        assert only_mine(tmp_path / "out")
        assert (copied / "home" / "photo.jpg").stat().st_mtime == MTIME_S
        assert (copied / "home" / "letters").stat().st_mtime == MTIME_S
        (said,) = [event for event in seen if isinstance(event, DataRecovery)]
        assert said.file == str(tmp_path / "out")
        assert said.size_bytes == sum(map(len, content(tree).values()))
        assert (await manager.get_vm_status("demo")).state is VmState.STOPPED


@pytest.mark.parametrize(("bits", "mib"), [(12, 8), (16, 32), (32, 64)])
async def test_all_files_of_a_fat_disk_without_partitions_come_out(
    tmp_path: Path, tree: Path, bits: int, mib: int
) -> None:
    async with managing(tmp_path / "library") as manager:
        await machine_with(manager, fat(tmp_path / "raw", tree, bits, mib=mib))
        await manager.copy_user_files("demo", tmp_path / "out")
    assert content(tmp_path / "out" / f"disk-fat{bits}") == content(tree)


async def test_all_files_of_an_ntfs_disk_come_out_and_its_own_files_do_not(
    tmp_path: Path, tree: Path
) -> None:
    raw = sized(tmp_path / "raw", 32)
    tool("mkntfs", "-q", "-F", raw)
    tool("ntfscp", "-q", raw, tree / "home" / "photo.jpg", "photo.jpg")
    async with managing(tmp_path / "library") as manager:
        await machine_with(manager, raw)
        await manager.copy_user_files("demo", tmp_path / "out")
    photo = (tree / "home" / "photo.jpg").read_bytes()
    assert content(tmp_path / "out" / "disk-ntfs") == {"photo.jpg": photo}


@pytest.mark.parametrize("table", [with_mbr, with_gpt])
async def test_every_partition_gets_a_folder_and_a_refused_one_is_named(
    tmp_path: Path, tree: Path, table: Callable[[Path, Sequence[Path]], Path]
) -> None:
    locked = sized(tmp_path / "luks", 1)
    locked.write_bytes(b"LUKS\xba\xbe\0\2".ljust(MIB, b"\0"))
    volumes = [
        ext(tmp_path / "one", tree), locked, fat(tmp_path / "three", tree, 16, mib=32)
    ]  # fmt: skip
    async with managing(tmp_path / "library") as manager:
        await machine_with(manager, table(tmp_path / "raw", volumes), "-c")
        await manager.copy_user_files("demo", tmp_path / "out")
    out = tmp_path / "out"
    assert {path.name for path in out.iterdir()} == {
        "partition1-ext4", "partition3-fat16", "report.txt"
    }  # fmt: skip
    assert content(out / "partition1-ext4") == content(out / "partition3-fat16") == content(tree)
    assert "partition2: LUKS (encrypted); nothing was copied. Attach the disk" in report(out)


async def test_links_and_devices_are_told_and_never_made(tmp_path: Path, tree: Path) -> None:
    (tree / "passwd").symlink_to("/etc/passwd")
    raw = ext(tmp_path / "raw", tree)
    debugfs(raw, "mknod pipe p", "mknod disk b 8 0")
    async with managing(tmp_path / "library") as manager:
        await machine_with(manager, raw)
        await manager.copy_user_files("demo", tmp_path / "out")
    assert only_mine(tmp_path / "out")
    assert set(content(tmp_path / "out" / "disk-ext4")) == set(content(tree)) - {"passwd"}
    assert "disk-ext4/passwd: a link\n" in report(tmp_path / "out")
    assert "disk-ext4/pipe: no file and no folder\n" in report(tmp_path / "out")


async def test_a_file_with_a_hole_of_gigabytes_stays_sparse(tmp_path: Path, tree: Path) -> None:
    with (tree / "sparse").open("wb") as file:
        file.seek(5 << 30)
        file.write(b"the end")
    async with managing(tmp_path / "library") as manager:
        await machine_with(manager, ext(tmp_path / "raw", tree))
        await manager.copy_user_files("demo", tmp_path / "out")
    copied = tmp_path / "out" / "disk-ext4" / "sparse"
    assert copied.stat().st_size == (5 << 30) + 7
    assert copied.stat().st_blocks * 512 < MIB
    with copied.open("rb") as file:
        file.seek(5 << 30)
        assert file.read() == b"the end"


async def test_names_that_are_no_names_here_do_no_harm(tmp_path: Path, tree: Path) -> None:
    raw = ext(tmp_path / "raw", tree)
    odd = {
        b"up-and-out": b"../../../x",
        b"nul-inside": b"n\n\x1b[2J\x7f.xy",
        b"twin-one-1": b"TWIN.image",
        b"twin-two-2": b"twin.image",
        b"latin-one-": b"Gr\xfc\xdfe.text",
    }
    (tmp_path / "letter").write_text("Grüße\n")
    debugfs(raw, *(f"write {tmp_path / 'letter'} {name.decode()}" for name in odd))
    data = raw.read_bytes()
    for name, worse in odd.items():
        assert data.count(name) == 1
        data = data.replace(name, worse)
    raw.write_bytes(data)
    async with managing(tmp_path / "library") as manager:
        await machine_with(manager, raw)
        await manager.copy_user_files("demo", tmp_path / "out")
    copied = content(tmp_path / "out" / "disk-ext4")
    assert set(copied) - set(content(tree)) == {
        ".._.._.._x", "n__[2J_.xy", "TWIN.image", "twin (2).image", "Gr\ufffd\ufffde.text"
    }  # fmt: skip
    assert not (tmp_path / "x").exists()
    assert report(tmp_path / "out").replace("\n", "").isprintable()


async def test_a_circle_of_folders_has_an_end(tmp_path: Path, tree: Path) -> None:
    raw = ext(tmp_path / "raw", tree)
    debugfs(raw, "link home home/letters/again")
    async with managing(tmp_path / "library") as manager:
        await machine_with(manager, raw)
        await manager.copy_user_files("demo", tmp_path / "out")
    assert content(tmp_path / "out" / "disk-ext4") == content(tree)
    assert "home/letters/again: in a circle of folders" in report(tmp_path / "out")


async def test_a_machine_whose_disk_is_damaged_stays_so_and_its_files_come_out(
    tmp_path: Path, tree: Path
) -> None:
    async with managing(tmp_path / "library") as manager:
        info = await machine_with(manager, ext(tmp_path / "raw", tree))
        image = image_of(info)
        data = bytearray(image.read_bytes())
        data[79] |= 2  # incompatible features, bit 1: the engine has called it corrupt
        image.write_bytes(data)
        machine = manager._registry.find("demo")
        machine.apply(Trigger.DAMAGED, problem=StoreError("The disk is damaged."))
        await manager.copy_user_files("demo", tmp_path / "out")
        status = await manager.get_vm_status("demo")
        assert (status.state, status.problem) == (VmState.UNAVAILABLE, "The disk is damaged.")
        assert image.read_bytes() == bytes(data)
    assert content(tmp_path / "out" / "disk-ext4") == content(tree)


@pytest.mark.parametrize(
    ("at", "mark", "words"),
    [
        (0, b"LUKS\xba\xbe", "LUKS"),
        (512, b"LABELONE", "LVM2"),
        (3, b"-FVE-FS-", "BitLocker"),
        (0, b"XFSB", "XFS"),
        (0x10040, b"_BHRfS_M", "Btrfs"),
        (129 << 10, b"\x0c\xb1\xba\0\0\0\0\0", "ZFS"),
        (32, b"NXSB", "APFS"),
        (4086, b"SWAPSPACE2", "swap"),
        (0, b"", "nothing"),
    ],
)
async def test_a_disk_without_files_that_can_be_read_is_refused_by_the_name_of_what_it_has(
    tmp_path: Path, at: int, mark: bytes, words: str
) -> None:
    raw = sized(tmp_path / "raw", 4)
    raw.write_bytes((bytes(at) + mark).ljust(4 * MIB, b"\0"))
    async with managing(tmp_path / "library") as manager:
        await machine_with(manager, raw)
        with pytest.raises(MediaError, match=words) as caught:
            await manager.copy_user_files("demo", tmp_path / "out")
    assert caught.value.remedy
    assert not left_in(tmp_path)


def left_in(folder: Path, name: str = "out") -> list[str]:
    """What a copy that did not come to its end left."""
    return [
        path.name
        for path in folder.iterdir()
        if path.name == name or path.name.startswith(f".{name}.")
    ]


async def test_what_is_there_already_is_left_as_it_is(tmp_path: Path, tree: Path) -> None:
    (tmp_path / "out").mkdir()
    async with managing(tmp_path / "library") as manager:
        await machine_with(manager, ext(tmp_path / "raw", tree))
        with pytest.raises(PathError):
            await manager.copy_user_files("demo", tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())


async def test_a_disk_that_becomes_full_has_nothing_of_it_afterwards(
    tmp_path: Path, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying_out, "free_bytes", lambda _: (64 << 20) + MIB)
    async with managing(tmp_path / "library") as manager:
        await machine_with(manager, ext(tmp_path / "raw", tree))
        with pytest.raises(DiskLessError, match="do not fit"):
            await manager.copy_user_files("demo", tmp_path / "out")
        assert (await manager.get_vm_status("demo")).state is VmState.STOPPED
    assert not left_in(tmp_path)


async def test_a_copy_that_is_cancelled_leaves_nothing(tmp_path: Path, tree: Path) -> None:
    (tree / "large").write_bytes(random.Random(1).randbytes(200 * MIB))
    async with managing(tmp_path / "library") as manager:
        await machine_with(manager, ext(tmp_path / "raw", tree, mib=256))
        with manager.subscribe() as events:
            begun = await manager.copy_user_files("demo", tmp_path / "out", background=True)
            async for event in events:
                if isinstance(event, DiskMigration) and event.task.progress:
                    break
        assert left_in(tmp_path)
        ended = await manager.cancel_task(begun.task_id)
        assert ended.phase is TaskPhase.CANCELLED
        assert (await manager.get_vm_status("demo")).state is VmState.STOPPED
    assert not left_in(tmp_path)


async def test_a_machine_that_runs_keeps_its_disk_to_itself(tmp_path: Path) -> None:
    async with managing(tmp_path / "library") as manager:
        await running_machine(manager)
        with pytest.raises(StateError, match="not off"):
            await manager.copy_user_files("demo", tmp_path / "out")
    assert not left_in(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGXCPU])
async def test_the_end_of_the_reader_is_a_failure_of_the_disk_alone(
    tmp_path: Path, tree: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    killer = tmp_path / "python"
    killer.write_text(f"#!/bin/sh\nkill -{number.value} $$\n")
    killer.chmod(0o755)
    async with managing(tmp_path / "library") as manager:
        await machine_with(manager, ext(tmp_path / "raw", tree))
        monkeypatch.setattr(sys, "executable", str(killer))
        with pytest.raises(MediaError, match="gave up") as caught:
            await manager.copy_user_files("demo", tmp_path / "out")
        assert f"ended with -{number.value}" in caught.value.detail
    assert not left_in(tmp_path)


@pytest.mark.timeout_s(240)
@pytest.mark.parametrize("kind", ["ext4", "fat12", "ntfs"])
async def test_no_file_system_that_was_spoiled_holds_the_reader_or_gets_out_of_the_folder(
    tmp_path: Path, tree: Path, kind: str
) -> None:
    raw = tmp_path / "raw"
    (tree / "home" / "photo.jpg").write_bytes(bytes(range(256)) * 100)
    match kind:
        case "ext4":
            ext(raw, tree, mib=4)
        case "fat12":
            fat(raw, tree, 12, mib=4)
        case _:
            tool("mkntfs", "-q", "-F", sized(raw, 4))
            tool("ntfscp", "-q", raw, tree / "home" / "photo.jpg", "photo.jpg")
    whole = raw.read_bytes()
    places = [at for at in range(0, len(whole), 16) if any(whole[at : at + 16])]
    source = random.Random(kind)
    images = []
    for number in range(34):
        data = bytearray(whole)
        for at in source.sample(places, source.choice((1, 8, 64, 512))):
            data[at + source.randrange(16)] ^= source.randrange(1, 256)
        raw.write_bytes(data[: source.choice((len(data), len(data), len(data) // 2))])
        image = as_qcow2(raw, tmp_path / f"{number:02}.qcow2")
        images.append(image)
    outcomes = set()
    for pair in zip(images[::2], images[1::2], strict=True):
        copies = [spoiled_copy(image, image.with_suffix("")) for image in pair]
        outcomes |= set(await asyncio.gather(*copies))
    assert "copied" in outcomes
    made = {image.name for image in images} | {image.stem for image in images}
    assert files_in(tmp_path) <= made | {"raw", "tree"}


async def spoiled_copy(image: Path, target: Path) -> str:
    """What becomes of the copy of a spoiled disk."""
    task = Task(TaskInfo(task_id=uuid4(), kind=TaskKind.RECOVER, vm_name="", vm_id=uuid4()), print)
    try:
        await copying_out.copy_out(image, target, task)
    except MediaError:
        assert not left_in(target.parent, target.name)
        return "refused"
    assert only_mine(target)
    return "copied"
