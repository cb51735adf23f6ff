"""One file system is walked to its end: what is plain comes out, all else is told."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import pytsk3

from app.vm.recovery.account import Account, NoRoomError
from app.vm.recovery.tree_copy import TreeCopy
from tests.vm.disks import MIB
from tests.vm.recovery.guest_disks import debugfs, ext, sized, tool


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "file").write_text("content")
    return folder


def copied(raw: Path, target: Path, *, most_bytes: int = 1 << 30) -> Account:
    """The account of a copy of one file system."""
    target.mkdir()
    account = Account(most_bytes=most_bytes, tell=lambda _: None)
    TreeCopy(pytsk3.FS_Info(pytsk3.Img_Info(str(raw))), account).into(target, "it")
    return account


def test_a_deleted_file_does_not_come_back(tmp_path: Path, tree: Path) -> None:
    raw = ext(tmp_path / "raw", tree)
    debugfs(raw, f"write {tree / 'file'} gone", "rm gone")
    account = copied(raw, tmp_path / "out")
    assert not (tmp_path / "out" / "gone").exists()
    assert account.left_out["deleted"] == 1


def test_a_file_of_two_names_comes_out_under_both(tmp_path: Path, tree: Path) -> None:
    (tree / "other").hardlink_to(tree / "file")
    copied(ext(tmp_path / "raw", tree), tmp_path / "out")
    assert (tmp_path / "out" / "file").read_text() == "content"
    assert (tmp_path / "out" / "other").read_text() == "content"


def test_folders_that_are_too_deep_are_told_and_the_rest_comes_out(
    tmp_path: Path, tree: Path
) -> None:
    (tree / "/".join(["d"] * 140)).mkdir(parents=True)
    account = copied(ext(tmp_path / "raw", tree), tmp_path / "out")
    assert account.left_out == {"too deep": 1}
    assert (tmp_path / "out" / "/".join(["d"] * 127)).is_dir()
    assert not (tmp_path / "out" / "/".join(["d"] * 128)).exists()
    assert (tmp_path / "out" / "file").read_text() == "content"


def test_paths_that_would_be_too_long_here_are_told(tmp_path: Path, tree: Path) -> None:
    name = "n" * 250
    (tree / "/".join([name] * 12)).mkdir(parents=True)
    raw = ext(tmp_path / "raw", tree)
    deep = tmp_path / "/".join([name] * 4)
    deep.mkdir(parents=True)
    account = copied(raw, deep / "out")
    assert account.left_out == {"too deep": 1}


def test_a_file_whose_blocks_lie_outside_of_the_disk_is_left_out(
    tmp_path: Path, tree: Path
) -> None:
    (tree / "torn").write_bytes(b"x" * MIB)
    raw = ext(tmp_path / "raw", tree, "ext2")
    debugfs(raw, "set_inode_field torn block[2] 99999999")
    account = copied(raw, tmp_path / "out")
    assert account.left_out == {"cannot be read": 1}
    assert not (tmp_path / "out" / "torn").exists()
    assert (tmp_path / "out" / "file").read_text() == "content"


def test_small_files_that_lie_in_their_inodes_come_out(tmp_path: Path, tree: Path) -> None:
    raw = sized(tmp_path / "raw", 16)
    (tree / "folder").mkdir()
    for size in (59, 60, 61, 100, 150, 2000):
        (tree / "folder" / str(size)).write_bytes(random.Random(size).randbytes(size))
    tool("mke2fs", "-q", "-F", "-t", "ext4", "-O", "inline_data", "-d", tree, raw)
    copied(raw, tmp_path / "out")
    for path in (path for path in tree.rglob("*") if path.is_file()):
        assert (tmp_path / "out" / path.relative_to(tree)).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("words", [("mkfs.fat", "-n", "LABEL"), ("mkfs.exfat", "-L", "label")])
def test_what_the_file_system_keeps_for_itself_is_no_file(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    raw = sized(tmp_path / "raw", 32)
    tool(*words, raw)
    account = copied(raw, tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())
    assert not account.left_out


def test_the_copy_ends_where_there_is_no_room(tmp_path: Path, tree: Path) -> None:
    (tree / "large").write_bytes(b"x" * 3 * MIB)
    raw = ext(tmp_path / "raw", tree)
    with pytest.raises(NoRoomError):
        copied(raw, tmp_path / "out", most_bytes=2 * MIB)
