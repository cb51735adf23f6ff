"""Where things live, and that nobody else can get there."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import paths
from app.errors import StoreError

UNIX_PATH_BYTES = 107  # sun_path of unix(7) without its closing zero
LONGEST_SOCKET = "01234567/qmp-input"


def test_the_library_follows_xdg_data_home(own_folders: Path) -> None:
    assert paths.library_dir() == own_folders / "data" / "duplex-vm"
    assert not paths.library_dir().exists()


def test_the_other_folders_follow_their_variables(own_folders: Path) -> None:
    assert paths.config_dir().is_relative_to(own_folders / "config")
    assert paths.cache_dir().is_relative_to(own_folders / "cache")
    assert paths.state_dir().is_relative_to(own_folders / "state")


def test_the_folder_for_sockets_is_private_and_always_the_same(
    own_folders: Path, tmp_path: Path
) -> None:
    first = paths.runtime_dir(tmp_path)

    assert first == paths.runtime_dir(tmp_path)
    assert first.is_relative_to(own_folders / "run")
    for folder in (first, first.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_folder_for_sockets_is_private_under_any_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        folder = paths.runtime_dir(tmp_path)
    finally:
        os.umask(before)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_two_libraries_never_share_sockets(tmp_path: Path) -> None:
    assert paths.runtime_dir(tmp_path / "a") != paths.runtime_dir(tmp_path / "b")


def test_a_library_has_one_folder_for_sockets_whatever_link_leads_to_it(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")

    assert paths.runtime_dir(tmp_path / "link") == paths.runtime_dir(tmp_path / "real")


def test_a_folder_that_others_may_enter_is_refused(own_folders: Path, tmp_path: Path) -> None:
    (own_folders / "run" / "duplex-vm").mkdir(mode=0o755)

    with pytest.raises(StoreError, match="not private to you"):
        paths.runtime_dir(tmp_path)


def test_a_link_in_the_place_of_the_folder_is_refused(own_folders: Path, tmp_path: Path) -> None:
    link = own_folders / "run" / "duplex-vm"
    link.symlink_to(tmp_path)

    with pytest.raises(StoreError, match="not private to you"):
        paths.runtime_dir(tmp_path)
    link.unlink()


def test_a_file_in_the_place_of_the_folder_is_an_error_for_people(
    own_folders: Path, tmp_path: Path
) -> None:
    file = own_folders / "run" / "duplex-vm"
    file.touch()

    with pytest.raises(StoreError, match="not private to you"):
        paths.runtime_dir(tmp_path)
    file.unlink()


def test_a_folder_that_cannot_be_made_is_an_error_for_people(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/proc/self/task")  # where not even root may make folders

    with pytest.raises(StoreError, match="cannot be made") as caught:
        paths.runtime_dir(tmp_path)
    assert "XDG_RUNTIME_DIR" in caught.value.remedy


def test_a_runtime_folder_too_deep_for_sockets_is_said_clearly(
    monkeypatch: pytest.MonkeyPatch, own_folders: Path, tmp_path: Path
) -> None:
    deep = own_folders / "run" / ("d" * 90)
    deep.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))

    with pytest.raises(StoreError, match="too long") as caught:
        paths.runtime_dir(tmp_path)
    assert "XDG_RUNTIME_DIR" in caught.value.remedy


@pytest.mark.parametrize("letter", ["d", "中"])
def test_every_socket_fits_below_a_runtime_folder_that_is_accepted(
    monkeypatch: pytest.MonkeyPatch, own_folders: Path, tmp_path: Path, letter: str
) -> None:
    accepted = 0
    for length in range(1, 80 // len(letter.encode())):
        deep = own_folders / "run" / (letter * length)
        deep.mkdir()
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
        try:
            folder = paths.runtime_dir(tmp_path)
        except StoreError:
            continue
        accepted += 1
        assert len(os.fsencode(folder / LONGEST_SOCKET)) <= UNIX_PATH_BYTES
    assert accepted > 10


def test_a_relative_runtime_folder_is_ignored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "relative").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "relative")

    assert paths._runtime_base().is_absolute()


@pytest.mark.parametrize(
    ("one", "other"),
    [("Debian", "DEBIAN"), ("straße", "STRASSE"), ("é", "e\u0301"), ("Å", "Å")],
)
def test_names_that_look_alike_are_one(one: str, other: str) -> None:
    assert paths.fold_name(one) == paths.fold_name(other)


@given(st.text())
def test_folding_twice_changes_nothing_more(name: str) -> None:
    once = paths.fold_name(name)

    assert paths.fold_name(once) == once


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Debian 12", "debian-12"),
        ("  --Ü/ber..\\", "u-ber"),
        ("中文系统", ""),
        ("../../etc", "etc"),
        ("a" * 100, "a" * 32),
    ],
)
def test_a_slug_is_plain_ascii(name: str, expected: str) -> None:
    assert paths.slug(name) == expected


@given(st.text())
def test_a_slug_never_leaves_its_folder(name: str) -> None:
    assert set(paths.slug(name)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not paths.slug(name).startswith("-")
    assert not paths.slug(name).endswith("-")
