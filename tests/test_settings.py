"""The person's choices survive damage, newer versions and other people's editors."""

from __future__ import annotations

import logging
import tomllib
from pathlib import Path

import pytest

from app.settings import Settings, SettingsFile


@pytest.fixture
def path(own_folders: Path) -> Path:
    """A settings file in a folder that does not exist yet."""
    return own_folders / "config" / "duplex-vm" / "settings.toml"


def written(path: Path, text: str) -> SettingsFile:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return SettingsFile(path)


def test_without_a_file_the_defaults_hold_and_none_is_made(path: Path) -> None:
    assert SettingsFile(path).values == Settings()
    assert not path.parent.exists()


def test_a_change_is_there_after_a_restart(path: Path) -> None:
    SettingsFile(path).change(look="dark", release_learned=True, top_edge_delay_ms=400)

    assert SettingsFile(path).values == Settings(
        look="dark", release_learned=True, top_edge_delay_ms=400
    )


@pytest.mark.parametrize(
    "damage",
    [b"look = ", b"\xff\xfe\x00", b"[[[[", b"a = " + b"[" * 5000 + b"]" * 5000],
    ids=["cut", "not text", "not TOML", "nested"],
)
def test_a_damaged_file_is_set_aside_and_the_defaults_hold(
    path: Path, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(damage)

    settings = SettingsFile(path)

    assert settings.values == Settings()
    assert path.with_name("settings.toml.bad").read_bytes() == damage
    assert "set aside" in caplog.text
    settings.change(look="dark")
    assert SettingsFile(path).values.look == "dark"


def test_a_folder_in_the_file_s_place_is_no_end(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.mkdir(parents=True)

    assert SettingsFile(path).values == Settings()


def test_unknown_keys_are_kept_when_the_file_is_written_again(path: Path) -> None:
    settings = written(path, 'look = "dark"\nfrom_the_future = [1, 2]\n[table]\nkey = "value"\n')

    settings.change(language="en")

    document = tomllib.loads(path.read_text(encoding="utf-8"))
    assert document["from_the_future"] == [1, 2]
    assert document["table"] == {"key": "value"}
    assert document["look"] == "dark"


@pytest.mark.parametrize(
    "line",
    [
        "look = 3",
        'look = "pink"',
        'language = "tlh"',
        'reduce_motion = "yes"',
        "reduce_motion = 1",
        "top_edge_delay_ms = true",
        "top_edge_delay_ms = -1",
        "top_edge_delay_ms = 1e3",
        "top_edge_delay_ms = 9999999999",
        'release_key = "space"',
    ],
)
def test_a_value_of_the_wrong_kind_is_ignored(path: Path, line: str) -> None:
    assert written(path, f"{line}\nrelease_learned = true\n").values == Settings(
        release_learned=True
    )


def test_a_value_that_only_a_newer_version_knows_is_kept_until_it_is_changed(path: Path) -> None:
    settings = written(path, 'language = "fr"\n')

    settings.change(look="dark")
    assert tomllib.loads(path.read_text())["language"] == "fr"
    settings.change(language="en")
    assert tomllib.loads(path.read_text())["language"] == "en"


def test_a_newer_file_keeps_its_version(path: Path) -> None:
    written(path, "schema_version = 7\n").change(look="dark")

    assert tomllib.loads(path.read_text())["schema_version"] == 7


def test_a_file_that_cannot_be_written_still_changes_the_values(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    path.parent.parent.mkdir(exist_ok=True)
    path.parent.write_text("a file in the folder's place")
    settings = SettingsFile(path)

    with pytest.raises(FileExistsError):
        settings.change(look="dark")

    assert settings.values.look == "dark"
