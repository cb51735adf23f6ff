"""One value in one file: what is there and cannot be used is never lost, and never replaced."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.errors import NewerVersionError, StoreError
from app.reading import UnreadableError
from app.vm.kept_document import KeptDocument


@dataclass(frozen=True)
class Note:
    """What is kept."""

    text: str


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "note.json"


def document(path: Path, *, make_folder: bool = False, max_bytes: int = 200) -> KeptDocument[Note]:
    return KeptDocument(
        path,
        Note,
        schema_version=2,
        migrations={1: lambda old: {"text": old["words"]}},
        max_bytes=max_bytes,
        what="the note",
        without_it="there is no note",
        cannot_write="The note cannot be written.",
        make_folder=make_folder,
    )


def test_what_is_written_comes_back_and_is_for_its_owner_only(path: Path) -> None:
    document(path).write(Note("a"))

    assert document(path).read() == Note("a")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_a_file_there_is_nothing_and_nothing_in_the_way(path: Path) -> None:
    kept = document(path)

    assert kept.read() is None
    assert kept.obstacle() is None
    assert not path.exists()


def test_an_older_file_is_read(path: Path) -> None:
    path.write_text('{"schema_version": 1, "words": "old"}')

    assert document(path).read() == Note("old")


def test_the_folder_is_made_only_where_that_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "note.json"

    with pytest.raises(StoreError, match="cannot be written"):
        document(path).write(Note("a"))
    document(path, make_folder=True).write(Note("a"))

    assert document(path).read() == Note("a")
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_damaged_file_is_set_aside(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.write_text("damaged")
    kept = document(path)

    assert kept.read() is None
    assert "note.json is damaged, there is no note" in caplog.text
    assert path.with_name("note.json.damaged").read_text() == "damaged"
    assert kept.obstacle() is None
    kept.write(Note("a"))
    assert document(path).read() == Note("a")


@pytest.mark.parametrize("taken_by", ["file", "folder", "link"])
def test_nothing_is_overwritten_by_setting_aside(
    path: Path, taken_by: str, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_text("damaged")
    aside = path.with_name("note.json.damaged")
    match taken_by:
        case "file":
            aside.write_text("earlier")
        case "folder":
            aside.mkdir()
        case "link":
            aside.symlink_to("nowhere")
    before = aside.lstat()
    kept = document(path)

    with pytest.raises(StoreError, match="could not be set aside") as caught:
        kept.read()
    assert "note.json.damaged" in caught.value.remedy
    with pytest.raises(StoreError, match="could not be set aside"):
        kept.write(Note("a"))
    assert path.read_text() == "damaged"
    assert aside.lstat().st_ino == before.st_ino

    aside.rename(path.with_name("elsewhere"))
    kept.write(Note("a"))
    assert aside.read_text() == "damaged"
    assert document(path).read() == Note("a")


def test_a_damaged_file_that_somebody_took_away_is_in_nobody_s_way(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_text("damaged")
    path.with_name("note.json.damaged").touch()
    kept = document(path)
    with pytest.raises(StoreError):
        kept.read()
    path.unlink()

    assert kept.obstacle() is None
    kept.write(Note("a"))
    assert path.with_name("note.json.damaged").read_bytes() == b""


def test_a_file_of_a_newer_version_is_left_alone(path: Path) -> None:
    newer = '{"schema_version": 3}'
    path.write_text(newer)
    kept = document(path)

    for action in (kept.read, lambda: kept.write(Note("a"))):
        with pytest.raises(NewerVersionError, match="newer version of Duplex VM wrote the note"):
            action()
    assert isinstance(kept.obstacle(), NewerVersionError)
    assert path.read_text() == newer
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_cannot_be_read_is_left_alone(path: Path) -> None:
    path.symlink_to("/proc/self/mem")  # reading it is an I/O error, proc(5)
    kept = document(path)

    for action in (kept.read, lambda: kept.write(Note("a"))):
        with pytest.raises(UnreadableError, match="cannot be read") as caught:
            action()
        assert caught.value.remedy
    assert isinstance(kept.obstacle(), UnreadableError)
    assert path.readlink() == Path("/proc/self/mem")
    assert list(path.parent.iterdir()) == [path]


def test_what_was_in_the_way_is_looked_at_again_by_the_next_read(path: Path) -> None:
    path.symlink_to("/proc/self/mem")
    kept = document(path)
    with pytest.raises(UnreadableError):
        kept.read()
    path.unlink()
    document(path).write(Note("a"))

    assert kept.read() == Note("a")
    assert kept.obstacle() is None


def test_more_than_could_be_read_again_is_not_written(path: Path) -> None:
    kept = document(path, max_bytes=60)

    assert kept.fits(Note("a"))
    assert not kept.fits(Note("a" * 60))
    with pytest.raises(StoreError, match="cannot be written"):
        kept.write(Note("a" * 60))
    assert not path.exists()
