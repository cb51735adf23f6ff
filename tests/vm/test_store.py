"""The library on disk: nothing is lost, nothing damaged is overwritten, nothing odd gets in."""

from __future__ import annotations

import json
import logging
import os
import random
import shutil
import stat
import subprocess
import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import DiskLessError, NewerVersionError, StoreError, UnknownVmError
from app.vm.model import Firmware, check_name
from app.vm.store import (
    CONFIG_FILE,
    DAMAGED_COPY,
    GOOD_COPY,
    VARIABLES_FILE,
    Library,
    load_config,
    save_config,
    storing,
)
from tests.vm.makers import DISK_FILE, VM_ID, a_config, python, stored_machine

SAVER = """
import sys
from dataclasses import replace
from pathlib import Path
from app.vm.store import load_config, save_config
folder = Path(sys.argv[1])
config = load_config(folder)
print("ready", flush=True)
while True:
    config = replace(config, last_started_ms=config.last_started_ms + 1)
    save_config(folder, config)
"""

FULL_DISK = """
import resource, signal, sys
from dataclasses import replace
from pathlib import Path
from app.vm.store import load_config, save_config, storing
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder = Path(sys.argv[1])
config = load_config(folder)
resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))
try:
    with storing("It cannot be written."):
        save_config(folder, replace(config, name="new"))
except Exception as err:
    print(type(err).__name__)
"""


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


def only(library: Library):
    found = library.scan()
    assert len(found) == 1
    return found[0]


def test_an_empty_place_is_an_empty_library(library: Library) -> None:
    assert library.scan() == []
    assert library.remove_unfinished() == []
    assert not library.root.exists()


def test_a_library_has_one_place_wherever_we_go(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    library = Library(Path("relative"))

    assert library.root == tmp_path / "relative"


def test_a_finished_machine_is_there_and_private(library: Library) -> None:
    before = os.umask(0)
    try:
        folder = stored_machine(library, "Debian 12", id=VM_ID)
    finally:
        os.umask(before)

    found = only(library)
    assert (found.folder, found.config.name, found.problem) == (folder, "Debian 12", None)
    assert folder.name == "debian-12-12345678"
    assert stat.S_IMODE(library.machines.stat().st_mode) == 0o700
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / CONFIG_FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["../x", "中文", "-rf", ".hidden", "a/b", "con,ma=x"])
def test_a_machine_s_folder_never_leaves_the_library(library: Library, name: str) -> None:
    folder = stored_machine(library, name)

    assert folder.resolve().parent == library.machines.resolve()
    assert only(library).config.name == name


def test_a_machine_that_is_being_made_is_not_listed(library: Library) -> None:
    library.begin(uuid.uuid4())

    assert library.scan() == []


def test_half_made_machines_are_removed(library: Library) -> None:
    building = library.begin(uuid.uuid4())
    (building / "disk0.qcow2.part").touch()

    assert library.remove_unfinished() == [building]
    assert list(library.machines.iterdir()) == []


def test_what_only_looks_half_made_is_left_alone(library: Library, tmp_path: Path) -> None:
    library.begin(uuid.uuid4())
    library.remove_unfinished()
    (tmp_path / "precious").mkdir()
    (library.machines / ".new-12345678").symlink_to(tmp_path / "precious")
    (library.machines / ".new-notes").mkdir()
    (library.machines / ".new-87654321").touch()

    assert library.remove_unfinished() == []
    assert len(list(library.machines.iterdir())) == 3
    assert (tmp_path / "precious").is_dir()


def test_the_description_before_the_last_change_stays_as_the_good_copy(library: Library) -> None:
    folder = stored_machine(library, "one")

    save_config(folder, replace(load_config(folder), name="two"))

    assert load_config(folder).name == "two"
    assert json.loads((folder / GOOD_COPY).read_bytes())["name"] == "one"


def test_a_damaged_description_falls_back_to_the_good_copy(
    library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    folder = stored_machine(library, "one")
    save_config(folder, replace(load_config(folder), name="two"))
    (folder / CONFIG_FILE).write_bytes(b'{"schema_version": 1, "na')

    found = only(library)

    assert (found.config.name, found.problem) == ("one", None)
    assert "last good copy" in caplog.text


def test_a_change_to_a_machine_that_stands_on_its_good_copy_loses_neither_file(
    library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    folder = stored_machine(library, "one")
    save_config(folder, replace(load_config(folder), name="two"))
    good = (folder / GOOD_COPY).read_bytes()
    (folder / CONFIG_FILE).write_bytes(b"damaged")

    save_config(folder, replace(load_config(folder), name="three"))

    assert load_config(folder).name == "three"
    assert (folder / DAMAGED_COPY).read_bytes() == b"damaged"
    assert (folder / GOOD_COPY).read_bytes() == good


@pytest.mark.parametrize("with_copy", [False, True])
def test_a_newer_description_is_shown_as_such_and_never_overwritten(
    library: Library, with_copy: bool
) -> None:
    folder = stored_machine(library, "one")
    if with_copy:
        save_config(folder, load_config(folder))
    newer = b'{"schema_version": 4, "all": "different"}'
    (folder / CONFIG_FILE).write_bytes(newer)

    assert isinstance(only(library).problem, NewerVersionError)
    with pytest.raises(NewerVersionError):
        save_config(folder, a_config())
    assert (folder / CONFIG_FILE).read_bytes() == newer


@pytest.mark.parametrize("damage", [b"", b"\0" * 4096, b"{}", b"[]", b"\xff", b'{"schema_version'])
def test_a_damaged_machine_is_listed_under_its_folder_s_name_and_left_as_it_is(
    library: Library, damage: bytes
) -> None:
    folder = stored_machine(library, "one")
    (folder / CONFIG_FILE).write_bytes(damage)

    found = only(library)

    assert isinstance(found.problem, StoreError)
    assert found.config.name == folder.name
    assert (folder / CONFIG_FILE).read_bytes() == damage


def test_a_description_killed_at_any_moment_of_its_writing_is_the_old_or_the_new_one(
    library: Library,
) -> None:
    folder = stored_machine(library, "one")
    dice, last = random.Random(2), 0
    for _ in range(5):
        with python(SAVER, folder) as saver:
            assert saver.stdout is not None
            saver.stdout.readline()
            with pytest.raises(subprocess.TimeoutExpired):
                saver.wait(dice.uniform(0.0, 0.05))
            saver.kill()
        config = load_config(folder)  # without the fall-back, which would warn
        assert config.last_started_ms >= last
        last = config.last_started_ms
        assert only(library).problem is None


def test_a_full_disk_while_saving_keeps_the_old_description(library: Library) -> None:
    folder = stored_machine(library, "one")
    before = sorted(path.name for path in folder.iterdir())

    with python(FULL_DISK, folder) as saver:
        words, _ = saver.communicate(timeout=20)

    assert words.strip() == "StoreError"
    assert load_config(folder).name == "one"
    assert sorted(path.name for path in folder.iterdir()) == before


def test_what_the_file_system_refuses_becomes_an_error_for_people() -> None:
    with pytest.raises(DiskLessError, match="full"), storing("It failed."):
        raise OSError(28, "No space left on device")
    with pytest.raises(StoreError, match="It failed") as caught, storing("It failed."):
        Path("/proc/nowhere").mkdir()
    assert caught.value.remedy
    assert caught.value.detail


def test_a_missing_disk_is_named(library: Library) -> None:
    folder = stored_machine(library)
    (folder / DISK_FILE).unlink()

    problem = only(library).problem

    assert problem is not None
    assert DISK_FILE in problem.message
    assert problem.remedy


def test_missing_firmware_settings_are_named(library: Library) -> None:
    folder = stored_machine(library, hardware=a_config(firmware=Firmware.UEFI).hardware)

    problem = only(library).problem
    assert problem is not None
    assert VARIABLES_FILE in problem.message
    (folder / VARIABLES_FILE).touch()
    assert only(library).problem is None


@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "device"])
def test_a_disk_that_is_no_plain_file_is_refused(
    library: Library, tmp_path: Path, kind: str
) -> None:
    disk = stored_machine(library) / DISK_FILE
    disk.unlink()
    match kind:
        case "link":
            (tmp_path / "precious").touch()
            disk.symlink_to(tmp_path / "precious")
        case "pipe":
            os.mkfifo(disk)
        case "folder":
            disk.mkdir()
        case "device":
            disk.symlink_to("/dev/zero")

    problem = only(library).problem

    assert problem is not None
    assert "not a file" in problem.message


@pytest.mark.parametrize("kind", ["pipe", "folder", "huge", "device", "loop", "dangling"])
def test_anything_in_the_place_of_a_description_is_answered_at_once(
    library: Library, kind: str
) -> None:
    file = stored_machine(library) / CONFIG_FILE
    file.unlink()
    match kind:
        case "pipe":
            os.mkfifo(file)
        case "folder":
            file.mkdir()
        case "huge":
            with file.open("wb") as huge:
                huge.truncate(1 << 40)
        case "device":
            file.symlink_to("/dev/zero")
        case "loop":
            file.symlink_to(file)
        case "dangling":
            file.symlink_to("nowhere")

    assert isinstance(only(library).problem, StoreError)


def test_a_machine_may_be_a_link_to_another_disk(library: Library, tmp_path: Path) -> None:
    folder = stored_machine(library, "moved")
    shutil.move(folder, tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")

    assert only(library).problem is None


def test_a_link_to_a_disk_that_is_not_there_is_shown(library: Library, tmp_path: Path) -> None:
    stored_machine(library).rename(tmp_path / "gone")
    (library.machines / "demo").symlink_to("/nowhere/at/all")

    assert isinstance(only(library).problem, StoreError)


@pytest.mark.parametrize(
    "name",
    [b"a\nb", b" lead", b"trail ", b"\xff\xfe", b"\x1b[31mred", "é\u202e".encode(), b"x" * 250,
     b"-rf", b"a,b=c", b"'\"", "中".encode() * 80],
    ids=ascii,
)  # fmt: skip
def test_a_folder_with_an_odd_name_harms_nobody(library: Library, name: bytes) -> None:
    stored_machine(library, "good")
    (library.machines / os.fsdecode(name)).mkdir()

    found = library.scan()

    assert len(found) == 2
    for entry in found:
        assert check_name(entry.config.name) == entry.config.name
    assert [entry.config.name for entry in found if entry.problem is None] == ["good"]


def test_files_beside_the_machines_are_left_alone(library: Library) -> None:
    stored_machine(library)
    (library.machines / "notes.txt").touch()
    (library.machines / ".trash-1000").mkdir()

    assert only(library).problem is None


@pytest.mark.parametrize(
    "copy_name", ["{}-copy", "a copy of {}", "Z {}", "a-copy-of-{}", "x" * 120 + " {}"]
)
def test_a_copy_made_by_hand_is_told_apart_from_the_original(
    library: Library, copy_name: str
) -> None:
    folder = stored_machine(library, "one")
    copy = folder.with_name(copy_name.format(folder.name)[:200])
    shutil.copytree(folder, copy)

    found = {entry.folder: entry for entry in library.scan()}

    assert found[folder].problem is None
    problem = found[copy].problem
    assert problem is not None
    assert "copy" in problem.message
    assert folder.name in problem.message
    assert len({entry.config.id for entry in found.values()}) == 2
    assert len({entry.config.name for entry in found.values()}) == 2


def test_many_copies_all_have_names_of_their_own(library: Library) -> None:
    folder = stored_machine(library, "n" * 128)
    for number in range(4):
        shutil.copytree(folder, folder.with_name("c" * 100 + f" {number}"))

    names = [entry.config.name for entry in library.scan()]

    assert len(set(names)) == 5
    assert [check_name(name) for name in names] == names


def test_another_machine_of_the_same_name_is_no_copy(library: Library) -> None:
    first, second = stored_machine(library, "same"), stored_machine(library, "SAME")

    problems = [entry.problem for entry in library.scan()]

    assert problems.count(None) == 1
    message = next(problem.message for problem in problems if problem is not None)
    assert "same name" in message
    assert first.name in message or second.name in message


def test_a_damaged_folder_never_takes_a_good_machine_s_name(library: Library) -> None:
    (library.machines / "aaa").mkdir(parents=True)
    stored_machine(library, "aaa")

    problems = {entry.config.name: entry.problem for entry in library.scan()}

    assert problems["aaa"] is None
    assert sum(problem is not None for problem in problems.values()) == 1
    assert "missing" in str(next(p for p in problems.values() if p))


def test_a_destroyed_machine_comes_back_with_every_file(library: Library) -> None:
    folder = stored_machine(library, "one")
    (folder / "notes").write_text("mine")

    trashed = library.move_to_trash(folder)
    assert library.scan() == []
    assert stat.S_IMODE(library.trash.stat().st_mode) == 0o700
    assert library.newest_in_trash("ONE") == trashed

    assert library.take_from_trash(trashed) == folder
    assert (folder / "notes").read_text() == "mine"
    assert only(library).problem is None


def test_the_machine_that_was_destroyed_last_is_the_one_that_comes_back(library: Library) -> None:
    first = library.move_to_trash(stored_machine(library, "one"))
    second = first.with_name(f"{int(first.name.partition('-')[0]) + 5}-later")
    shutil.copytree(first, second)

    assert library.newest_in_trash("one") == second


def test_an_unknown_name_is_not_in_the_trash(library: Library) -> None:
    with pytest.raises(UnknownVmError):
        library.newest_in_trash("nobody")
    library.trash.mkdir(parents=True)
    (library.trash / "readme").touch()
    (library.trash / "123-").mkdir()
    with pytest.raises(UnknownVmError):
        library.newest_in_trash("nobody")


def test_a_folder_in_the_way_stops_the_way_back(library: Library) -> None:
    folder = stored_machine(library, "one")
    trashed = library.move_to_trash(folder)
    folder.mkdir()

    with pytest.raises(StoreError, match="already"):
        library.take_from_trash(trashed)
    assert trashed.is_dir()


def test_saving_never_brings_a_folder_back(library: Library) -> None:
    folder = stored_machine(library)
    config = load_config(folder)
    shutil.rmtree(folder)

    with pytest.raises(FileNotFoundError):
        save_config(folder, config)
    assert not folder.exists()
