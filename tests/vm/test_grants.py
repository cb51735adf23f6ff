"""What the person has picked is remembered, within bounds, whatever is done to its file."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest

from app.errors import ParamError, StoreError
from app.vm.grants import FILE_NAME, Grant, Grants
from app.vm.real_path import PathKind


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now_ms = 1_700_000_000_000

    def __call__(self) -> int:
        return self.now_ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "library" / FILE_NAME


def paths_of(grants: Grants) -> list[str]:
    return [str(grant.path) for grant in grants.listed()]


def test_a_grant_lasts_longer_than_the_program(file: Path, clock: Clock) -> None:
    given = Grants(file, clock=clock).add(Path("/a/中 b.iso"), PathKind.FILE)

    again = Grants(file, clock=clock)
    assert again.listed() == (given,)
    assert again.cover(Path("/a/中 b.iso"))
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("kind", "real", "covered"),
    [
        (PathKind.FILE, "/a/b", True),
        (PathKind.FILE, "/a/b/c", False),
        (PathKind.FILE, "/a", False),
        (PathKind.FOLDER, "/a/b", True),
        (PathKind.FOLDER, "/a/b/c/d", True),
        (PathKind.FOLDER, "/a/bc", False),
        (PathKind.FOLDER, "/a", False),
    ],
)
def test_a_file_is_granted_alone_and_a_folder_with_what_is_in_it(
    file: Path, kind: PathKind, real: str, covered: bool
) -> None:
    grants = Grants(file)
    grants.add(Path("/a/b"), kind)

    assert grants.cover(Path(real)) is covered


def test_a_grant_taken_back_is_gone_for_good(file: Path) -> None:
    grants = Grants(file)
    grants.add(Path("/a"), PathKind.FOLDER)
    grants.add(Path("/a/b"), PathKind.FILE)

    assert grants.remove(Path("/a"))
    assert not grants.remove(Path("/a"))

    assert paths_of(Grants(file)) == ["/a/b"]
    assert not grants.cover(Path("/a/c"))


def test_granting_again_renews_and_does_not_double(file: Path, clock: Clock) -> None:
    grants = Grants(file, clock=clock)
    grants.add(Path("/a"), PathKind.FILE)
    clock.now_ms += 5
    again = grants.add(Path("/a"), PathKind.FOLDER)

    assert grants.listed() == (again,)
    assert again.granted_ms == clock.now_ms


def test_a_full_list_refuses_and_closes_nothing_that_is_open(file: Path) -> None:
    grants = Grants(file, limit=3)
    for name in ("/first", "/second", "/third"):
        grants.add(Path(name), PathKind.FILE)

    with pytest.raises(StoreError, match="Too many") as failure:
        grants.add(Path("/fourth"), PathKind.FILE)

    assert "duplex-vm grant" in failure.value.remedy
    assert paths_of(grants) == paths_of(Grants(file)) == ["/first", "/second", "/third"]
    assert not grants.cover(Path("/fourth"))
    grants.add(Path("/second"), PathKind.FOLDER)  # again: needs no more room
    grants.remove(Path("/first"))
    grants.add(Path("/fourth"), PathKind.FILE)
    assert paths_of(Grants(file)) == ["/fourth", "/second", "/third"]


def test_the_file_never_grows_beyond_what_can_be_read_again(file: Path) -> None:
    grants = Grants(file)

    def fill() -> None:
        for number in range(60):
            grants.add(Path(f"/{number}" + "\x01" * 4000), PathKind.FILE)

    with pytest.raises(StoreError, match="Too many"):
        fill()

    assert file.stat().st_size <= 1 << 20
    assert 60 > len(Grants(file).listed()) == len(grants.listed()) > 30


def test_a_use_is_not_written_down(file: Path) -> None:
    grants = Grants(file)
    grants.add(Path("/a"), PathKind.FILE)
    file.unlink()

    assert grants.cover(Path("/a"))
    assert not file.exists()


def test_what_an_older_version_wrote_with_its_last_uses_is_read(file: Path) -> None:
    file.parent.mkdir()
    older = {"path": "/a", "kind": "folder", "granted_ms": 5, "used_ms": 7}
    file.write_text(json.dumps({"schema_version": 1, "grants": [older]}))
    grants = Grants(file)

    assert grants.listed() == (Grant(path=Path("/a"), kind=PathKind.FOLDER, granted_ms=5),)
    grants.add(Path("/b"), PathKind.FILE)
    assert paths_of(Grants(file)) == ["/a", "/b"]


def in_the_way(file: Path) -> None:
    """Make writing fail for every user, root too: a file where the folder was."""
    file.unlink()
    file.parent.rmdir()
    file.parent.write_text("")


def test_what_cannot_be_remembered_holds_for_now_and_is_told(file: Path) -> None:
    grants = Grants(file)
    grants.add(Path("/a"), PathKind.FILE)
    in_the_way(file)

    with pytest.raises(StoreError, match="cannot be remembered"):
        grants.add(Path("/b"), PathKind.FILE)
    assert grants.cover(Path("/b"))
    with pytest.raises(StoreError, match="cannot be remembered"):
        grants.remove(Path("/a"))
    assert not grants.cover(Path("/a"))


GOOD = {"path": "/a", "kind": "file", "granted_ms": 1}
DAMAGED = {
    "nothing": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "no version": b'{"grants": []}',
    "relative": json.dumps({"schema_version": 2, "grants": [{**GOOD, "path": "a"}]}).encode(),
    "upwards": json.dumps({"schema_version": 2, "grants": [{**GOOD, "path": "/a/.."}]}).encode(),
    "zero": json.dumps({"schema_version": 2, "grants": [{**GOOD, "path": "/\0"}]}).encode(),
    "kind": json.dumps({"schema_version": 2, "grants": [{**GOOD, "kind": "device"}]}).encode(),
    "number": json.dumps({"schema_version": 2, "grants": [{**GOOD, "granted_ms": "1"}]}).encode(),
    "field": json.dumps({"schema_version": 2, "grants": [{**GOOD, "more": 1}]}).encode(),
    "older, no list": json.dumps({"schema_version": 1, "grants": 7}).encode(),
    "older, no grant": json.dumps({"schema_version": 1, "grants": [None]}).encode(),
    "older, without grants": json.dumps({"schema_version": 1}).encode(),
    "huge": b" " * ((1 << 20) + 1),
}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_file_is_set_aside_and_told(
    file: Path, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    file.parent.mkdir()
    file.write_bytes(data)
    grants = Grants(file)

    assert grants.listed() == ()
    assert "damaged" in caplog.text
    assert (file.parent / "grants.json.damaged").read_bytes() == data
    grants.add(Path("/a"), PathKind.FILE)
    assert paths_of(Grants(file)) == ["/a"]


@pytest.mark.parametrize("odd", ["pipe", "folder", "link"])
def test_what_is_no_file_in_its_place_holds_nobody_up(
    file: Path, odd: str, caplog: pytest.LogCaptureFixture
) -> None:
    file.parent.mkdir()
    match odd:
        case "pipe":
            os.mkfifo(file)
        case "folder":
            file.mkdir()
        case "link":
            file.symlink_to("/dev/zero")

    grants = Grants(file)
    assert grants.listed() == ()
    assert "set aside" in caplog.text
    grants.add(Path("/a"), PathKind.FILE)
    assert paths_of(Grants(file)) == ["/a"]


def test_what_a_newer_version_wrote_is_left_alone(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file.parent.mkdir()
    newer = json.dumps({"schema_version": 3, "rules": []}).encode()
    file.write_bytes(newer)
    grants = Grants(file)

    grants.add(Path("/a"), PathKind.FILE)

    assert grants.cover(Path("/a"))
    assert file.read_bytes() == newer
    assert list(file.parent.iterdir()) == [file]
    assert "newer version" in caplog.text


def test_a_file_that_cannot_be_read_is_left_alone_and_opens_nothing(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file.parent.mkdir()
    file.symlink_to("/proc/self/mem")  # reading it is an I/O error, proc(5)
    grants = Grants(file)

    assert grants.listed() == ()
    assert "grants.json cannot be read" in caplog.text
    grants.add(Path("/a"), PathKind.FILE)

    assert grants.cover(Path("/a"))
    assert file.readlink() == Path("/proc/self/mem")
    assert list(file.parent.iterdir()) == [file]


def test_what_cannot_be_set_aside_is_not_overwritten(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file.parent.mkdir()
    file.write_bytes(b"{")
    (file.parent / "grants.json.damaged").mkdir()
    grants = Grants(file)

    grants.add(Path("/a"), PathKind.FILE)

    assert file.read_bytes() == b"{"
    assert grants.cover(Path("/a"))
    assert "could not be set aside" in caplog.text


def test_several_threads_lose_no_grant(file: Path) -> None:
    grants = Grants(file)

    def work(number: int) -> None:
        for each in range(10):
            grants.add(Path(f"/{number}/{each}"), PathKind.FILE)
            assert grants.cover(Path(f"/{number}/{each}"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(Grants(file).listed()) == 40


@pytest.mark.parametrize("path", ["a", "/a/../b", "/\0"])
def test_a_grant_names_a_real_place(path: str) -> None:
    with pytest.raises(ParamError):
        Grant(path=Path(path), kind=PathKind.FILE, granted_ms=1)
