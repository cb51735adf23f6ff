"""Which folders are open to a program without asking."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from app import paths
from app.errors import StoreError
from app.vm.user_folders import (
    UserFolders,
    is_folder_there,
    is_local_drive,
    system_share_folder,
)
from tests.vm.persons import Person, a_person

OPEN = {
    "home/ann/Desktop/x": True,
    "home/ann/Documents": True,
    "home/ann/Documents/Duplex VM/x": True,
    "home/ann/Downloads/a/b/c": True,
    "home/ann/Music/x": True,
    "home/ann/Public/x": True,
    "run/media/ann/STICK/x": True,
    "media/ann/STICK/x": True,
    "media/drive/x": True,
    "media/drive": True,
    "media": False,
    "media/plain/x": False,
    "media/x": False,
    "run/media/bob/x": False,
    "home/ann": False,
    "home/ann/x": False,
    "home/ann/Downloads2/x": False,
    "home/ann/.config/x": False,
    "home/bob/Downloads/x": False,
    "mnt/data/x": False,
    "tmp/x": False,
    "": False,
}


@pytest.fixture
def ann(tmp_path: Path) -> Person:
    return a_person(tmp_path)


@pytest.mark.parametrize(("place", "is_open"), OPEN.items())
def test_the_persons_own_folders_are_open_and_home_is_not(
    ann: Person, place: str, is_open: bool
) -> None:
    assert ann.folders.opens(ann.root / place) is is_open


@pytest.mark.parametrize("place", ["home/ann", "home", ""])
def test_a_folder_that_is_home_or_around_it_is_switched_off(ann: Person, place: str) -> None:
    folders = replace(ann.folders, documents=ann.root / place)

    assert not folders.opens(ann.home / "x")
    # Its share is open all the same, as the one folder that we make.
    assert folders.opens(folders.system_share / "x")


def test_a_folder_that_is_a_link_is_open_where_it_leads(ann: Person) -> None:
    (ann.home / "Music").symlink_to(ann.root / "mnt/data")

    assert ann.folders.opens(ann.root / "mnt/data/data.iso")
    assert not ann.folders.opens(ann.root / "mnt/other")


def test_a_link_to_home_opens_nothing(ann: Person) -> None:
    (ann.home / "Music").symlink_to(ann.home)

    assert not ann.folders.opens(ann.home / "projects/p.iso")


def test_volumes_are_looked_for_where_this_desktop_mounts_them(ann: Person) -> None:
    assert ann.folders.external == ann.root / "run/media/ann"
    (ann.root / "run/media/ann").rename(ann.root / "away")
    assert ann.folders.external == ann.root / "run/media/ann"
    (ann.root / "media/ann").mkdir()
    assert ann.folders.external == ann.root / "media/ann"


def test_the_default_share_is_made_when_it_is_wanted_and_not_before(ann: Person) -> None:
    share = ann.folders.system_share
    assert share == ann.home / "Documents/Duplex VM"
    assert not share.exists()

    assert system_share_folder(ann.folders) == share
    assert system_share_folder(ann.folders) == share
    assert share.is_dir()


def test_a_default_share_that_cannot_be_made_is_an_error_for_people(ann: Person) -> None:
    ann.folders.system_share.write_text("in the way")

    with pytest.raises(StoreError, match="shared folder"):
        system_share_folder(ann.folders)


def test_this_users_folders_follow_the_environment(
    own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = own_folders / "home"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_DOWNLOAD_DIR", raising=False)  # which would win over the file
    (own_folders / "config/user-dirs.dirs").write_text(
        'XDG_DOCUMENTS_DIR="$HOME/Dokumente"\n'
        'XDG_DOWNLOAD_DIR="/data/Downloads"\n'
        'XDG_DESKTOP_DIR="$HOME/"\n'
    )

    folders = UserFolders.of_this_user()

    assert folders.home == home
    assert folders.documents == home / "Dokumente"
    assert folders.downloads == Path("/data/Downloads")
    assert folders.system_share == home / "Dokumente/Duplex VM"
    assert not folders.opens(home / "x")  # the desktop is switched off
    assert folders.config_home == paths.config_dir().parent == own_folders / "config"
    assert folders.data_home == own_folders / "data"
    assert folders.runtime == own_folders / "run"
    assert all(folder.parent in {Path("/media"), Path("/run/media")} for folder in folders.media)
    assert not home.exists()


@pytest.mark.parametrize("value", ["", "relative"])
def test_a_login_without_a_folder_for_sockets_has_none(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", value)

    assert UserFolders.of_this_user().runtime is None


def test_a_user_without_a_name_has_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_123)

    assert Path("/media/4000000123") in UserFolders.of_this_user().media


@pytest.mark.parametrize("folder", ["/proc", "/sys", "/etc", "/none", "/dev/null/x"])
def test_what_has_no_drive_of_its_own_is_no_drive(folder: str) -> None:
    assert not is_local_drive(Path(folder))


def test_what_is_no_folder_is_not_there(tmp_path: Path) -> None:
    assert is_folder_there(tmp_path)
    assert not is_folder_there(tmp_path / "none")
    assert not is_folder_there(tmp_path / ("x" * 300))
