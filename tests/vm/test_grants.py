"""What the person has picked is remembered, within bounds, whatever is done to its file."""

from __future__ import annotations

import json
import logging
import os
import threading
from pathlib import Path

import pytest

from app.errors import ParamError, StoreError
from app.vm.grants import FILE_NAME, Grant, Grants
from app.vm.real_path import PathKind

DAY_MS = 24 * 60 * 60 * 1000


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


def test_the_oldest_that_was_not_used_goes_when_there_is_no_room(file: Path, clock: Clock) -> None:
    grants = Grants(file, limit=3, clock=clock)
    for name in ("/first", "/second", "/third"):
        clock.now_ms += 1
        grants.add(Path(name), PathKind.FILE)
    clock.now_ms += 1
    assert grants.cover(Path("/first"))

    clock.now_ms += 1
    grants.add(Path("/fourth"), PathKind.FILE)

    assert paths_of(grants) == ["/first", "/fourth", "/third"]
    assert paths_of(Grants(file)) == ["/first", "/fourth", "/third"]


def test_the_file_never_grows_beyond_what_can_be_read_again(file: Path, clock: Clock) -> None:
    grants = Grants(file, clock=clock)
    for number in range(60):
        clock.now_ms += 1
        grants.add(Path(f"/{number}" + "\x01" * 4000), PathKind.FILE)

    assert file.stat().st_size <= 1 << 20
    assert len(Grants(file).listed()) > 30
    assert grants.cover(Path("/59" + "\x01" * 4000))


def test_a_use_is_written_down_once_a_day(file: Path, clock: Clock) -> None:
    grants = Grants(file, clock=clock)
    grants.add(Path("/a"), PathKind.FILE)
    first = file.read_bytes()

    clock.now_ms += DAY_MS - 1
    grants.cover(Path("/a"))
    assert file.read_bytes() == first

    clock.now_ms += DAY_MS
    grants.cover(Path("/a"))
    assert Grants(file).listed()[0].used_ms == clock.now_ms


def test_a_use_that_cannot_be_written_down_is_no_harm(file: Path, clock: Clock) -> None:
    grants = Grants(file, clock=clock)
    grants.add(Path("/a"), PathKind.FILE)
    in_the_way(file)

    clock.now_ms += DAY_MS
    assert grants.cover(Path("/a"))


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


GOOD = {"path": "/a", "kind": "file", "granted_ms": 1, "used_ms": 1}
DAMAGED = {
    "nothing": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "no version": b'{"grants": []}',
    "relative": json.dumps({"schema_version": 1, "grants": [{**GOOD, "path": "a"}]}).encode(),
    "upwards": json.dumps({"schema_version": 1, "grants": [{**GOOD, "path": "/a/.."}]}).encode(),
    "zero": json.dumps({"schema_version": 1, "grants": [{**GOOD, "path": "/\0"}]}).encode(),
    "kind": json.dumps({"schema_version": 1, "grants": [{**GOOD, "kind": "device"}]}).encode(),
    "number": json.dumps({"schema_version": 1, "grants": [{**GOOD, "used_ms": "1"}]}).encode(),
    "field": json.dumps({"schema_version": 1, "grants": [{**GOOD, "more": 1}]}).encode(),
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
    newer = json.dumps({"schema_version": 2, "rules": []}).encode()
    file.write_bytes(newer)
    grants = Grants(file)

    grants.add(Path("/a"), PathKind.FILE)

    assert grants.cover(Path("/a"))
    assert file.read_bytes() == newer
    assert list(file.parent.iterdir()) == [file]
    assert "newer version" in caplog.text


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
        Grant(path=Path(path), kind=PathKind.FILE, granted_ms=1, used_ms=1)


def test_dropping_is_told_in_the_log(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    grants = Grants(file, limit=1)
    grants.add(Path("/a"), PathKind.FILE)
    with caplog.at_level(logging.INFO):
        grants.add(Path("/b"), PathKind.FILE)
    assert "/a is dropped" in caplog.text
