"""Every file system of a disk is found, whatever table it stands in."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import MediaError
from app.vm.recovery.account import Account
from app.vm.recovery.disk_reading import Qcow2Disk
from app.vm.recovery.volumes import copy_volumes
from tests.vm.disks import MIB, files_in
from tests.vm.recovery.guest_disks import (
    as_qcow2,
    ext,
    fat,
    sized,
    tool,
    with_gpt,
    with_logical,
    with_mbr,
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "file").write_text("content")
    return folder


def copied(raw: Path, target: Path) -> Account:
    """The account of a copy of all of a disk."""
    target.mkdir()
    account = Account(most_bytes=1 << 30, tell=lambda _: None)
    with Qcow2Disk(as_qcow2(raw, raw.with_suffix(".qcow2"))) as disk:
        copy_volumes(disk, target, account)
    return account


def test_logical_partitions_are_found(tmp_path: Path, tree: Path) -> None:
    volumes = [ext(tmp_path / f"v{number}", tree, mib=8) for number in range(3)]
    account = copied(with_logical(tmp_path / "raw", volumes), tmp_path / "out")
    names = {f"partition{number}-ext4" for number in (1, 2, 3)}
    assert files_in(tmp_path / "out") == names
    assert account.files == 3
    for name in names:
        assert (tmp_path / "out" / name / "file").read_text() == "content"


@pytest.mark.parametrize("make", ["ntfs", "fat", "ext"])
def test_a_file_system_on_the_whole_disk_is_no_table_of_partitions(
    tmp_path: Path, tree: Path, make: str
) -> None:
    raw = tmp_path / "raw"
    match make:
        case "ntfs":
            tool("mkntfs", "-q", "-F", sized(raw, 16))
        case "fat":
            fat(raw, tree, 16, mib=32)
        case _:
            ext(raw, tree)
    copied(raw, tmp_path / "out")
    (name,) = files_in(tmp_path / "out")
    assert name.startswith(f"disk-{make}")


def test_a_damaged_file_system_does_not_keep_the_others_back(tmp_path: Path, tree: Path) -> None:
    broken = ext(tmp_path / "broken", tree, mib=8)
    data = bytearray(broken.read_bytes())
    data[1024 : 1024 + 56] = b"\xff" * 56  # the superblock up to its mark
    broken.write_bytes(data)
    volumes = [broken, ext(tmp_path / "whole", tree, mib=8)]
    account = copied(with_gpt(tmp_path / "raw", volumes), tmp_path / "out")
    assert files_in(tmp_path / "out") == {"partition2-ext4"}
    assert (
        "partition1: its ext file system cannot be read: it is damaged at its " in account.report()
    )


def test_a_disk_with_damaged_file_systems_only_is_said_to_be_so(tmp_path: Path) -> None:
    broken = sized(tmp_path / "broken", 4)
    data = bytearray(4 * MIB)
    data[1080:1082] = b"\x53\xef"
    broken.write_bytes(data)
    with pytest.raises(MediaError, match="partition1 is ext that cannot be read") as caught:
        copied(with_mbr(tmp_path / "raw", [broken]), tmp_path / "out")
    assert caught.value.remedy
