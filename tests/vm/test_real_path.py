"""What a path names is found by descriptors: no link, pipe or exchange leads the finder astray."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

import pytest

from app.vm import real_path
from app.vm.real_path import PathKind, identity_of, locate
from tests.helpers.descriptors import open_descriptors


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path.resolve()
    (root / "a/b").mkdir(parents=True)
    (root / "a/b/file").write_text("here")
    (root / "a/to-b").symlink_to("b")
    (root / "whole").symlink_to(root / "a")
    (root / "up").symlink_to("a/b/../../a/b")
    (root / "circle").symlink_to("circle")
    (root / "dangling").symlink_to("none")
    return root


@pytest.mark.parametrize(
    "way",
    [
        "a/b/file",
        "a//./b/file",
        "a/to-b/file",
        "whole/b/file",
        "whole/to-b/../b/file",
        "up/file",
        "a/b/../../up/../../whole/to-b/file",
    ],
)
def test_every_way_to_a_thing_finds_its_real_place(tree: Path, way: str) -> None:
    with locate(Path(f"{tree}/{way}")) as found:
        assert found.path == tree / "a/b/file"
        assert found.kind is PathKind.FILE
        assert identity_of(found.info) == identity_of((tree / "a/b/file").stat())


@pytest.mark.parametrize(
    ("way", "number"),
    [
        ("none", errno.ENOENT),
        ("dangling", errno.ENOENT),
        ("a/b/file/", None),
        ("a/b/file/x", errno.ENOTDIR),
        ("a/b/file/..", errno.ENOTDIR),
        ("circle", errno.ELOOP),
        ("x" * 300, errno.ENAMETOOLONG),
    ],
)
def test_what_is_not_there_is_said_as_the_system_says_it(
    tree: Path, way: str, number: int | None
) -> None:
    before = open_descriptors()
    if number is None:
        locate(Path(f"{tree}/{way}")).close()
    else:
        with pytest.raises(OSError) as caught:  # noqa: PT011 - the number is looked at
            locate(Path(f"{tree}/{way}"))
        assert caught.value.errno == number
    assert open_descriptors() <= before


def test_a_chain_of_links_ends_at_the_kernels_limit(tree: Path) -> None:
    (tree / "l0").symlink_to("a")
    for number in range(1, 41):
        (tree / f"l{number}").symlink_to(f"l{number - 1}")

    locate(tree / "l39").close()
    with pytest.raises(OSError, match="Too many levels"):
        locate(tree / "l40")


def test_the_root_has_no_folder_above_it() -> None:
    with locate(Path("/../../..")) as found:
        assert found.path == Path("/")


def test_a_relative_path_is_refused() -> None:
    with pytest.raises(ValueError, match="whole"):
        locate(Path("a/b"))


def test_pipes_sockets_and_devices_are_found_without_being_opened(tree: Path) -> None:
    os.mkfifo(tree / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tree / "socket"))
    for odd in (tree / "pipe", tree / "socket", Path("/dev/null"), Path("/dev/zero")):
        with locate(odd) as found:
            assert found.kind is None


def test_a_magic_link_is_no_more_than_its_text(tree: Path) -> None:
    with (tree / "a/b/file").open() as known, (tree / "gone").open("w") as gone:
        (tree / "gone").unlink()
        with locate(Path(f"/proc/self/fd/{known.fileno()}")) as found:
            assert found.path == tree / "a/b/file"
        with pytest.raises(FileNotFoundError):  # the kernel would have led there
            locate(Path(f"/proc/self/fd/{gone.fileno()}"))
    reader, writer = os.pipe()
    with pytest.raises(FileNotFoundError):
        locate(Path(f"/proc/self/fd/{reader}"))
    os.close(reader)
    os.close(writer)


def test_a_thing_without_a_name_is_not_handed_on(tree: Path) -> None:
    handle = os.open(tree / "a/b/file", os.O_PATH)
    (tree / "a/b/file").unlink()
    # A namesake of what the kernel calls it now is another thing.
    (tree / "a/b/file (deleted)").write_text("somebody else's")

    with pytest.raises(OSError) as caught:  # noqa: PT011 - the number is looked at
        real_path.Located(handle)

    assert caught.value.errno == errno.ESTALE
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(handle)


def test_a_file_that_is_called_as_if_it_were_removed_is_found(tree: Path) -> None:
    (tree / "x (deleted)").write_text("")

    with locate(tree / "x (deleted)") as found:
        assert found.path == tree / "x (deleted)"


def test_a_thing_that_moves_keeps_its_identity_and_has_its_new_name(tree: Path) -> None:
    handle = os.open(tree / "a/b/file", os.O_PATH)
    (tree / "a").rename(tree / "moved")

    with real_path.Located(handle) as found:
        assert found.path == tree / "moved/b/file"


def test_what_is_opened_is_what_was_found_whatever_has_its_name_by_now(tree: Path) -> None:
    with locate(tree / "a/b/file") as found:
        (tree / "a").rename(tree / "moved")
        (tree / "a/b").mkdir(parents=True)
        (tree / "a/b/file").write_text("exchanged")
        with os.fdopen(found.reopen(os.O_RDONLY)) as file:
            assert file.read() == "here"
        assert (tree / "moved/b/file").samefile(found.through)


def test_nothing_is_held_afterwards(tree: Path) -> None:
    before = open_descriptors()
    for _ in range(3):
        with locate(tree / "whole/to-b/file") as found:
            found.close()
        found.close()
    assert open_descriptors() <= before


def test_nothing_is_closed_twice_when_no_more_can_be_opened(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A number that is closed twice may be another thread's file by then.
    closed: list[int] = []
    real_open, real_close = os.open, os.close
    roots = 0

    def open_one_root(name, flags, *args, **more):
        nonlocal roots
        roots += name == "/"
        if roots > 1:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return real_open(name, flags, *args, **more)

    def close(handle):
        closed.append(handle)
        real_close(handle)

    before = open_descriptors()
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", open_one_root)
        patch.setattr(os, "close", close)
        with pytest.raises(OSError, match="Too many open files") as caught:
            locate(tree / "whole/b/file")

    assert caught.value.errno == errno.EMFILE
    assert open_descriptors() <= before
