"""The desktop entry is what desktops expect, and lands in a person's own menu."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from app import APP_ID

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "packaging" / "desktop"


def entry(path: Path) -> configparser.SectionProxy:
    parser = configparser.RawConfigParser(delimiters=("=",), strict=True)
    parser.optionxform = str
    parser.read(path, encoding="utf-8")
    return parser["Desktop Entry"]


def install(data: Path, program: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "packaging" / "install-desktop-entry.sh", *options],
        env={**os.environ, "XDG_DATA_HOME": str(data), "DUPLEX_VM_VENV": str(program.parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / 'a "b" $c %d' / "bin" / "duplex-vm"
    path.parent.mkdir(parents=True)
    path.touch(mode=0o755)
    return path


def test_one_id_names_entry_icon_and_description():
    assert entry(FOLDER / f"{APP_ID}.desktop")["Icon"] == APP_ID
    assert entry(FOLDER / f"{APP_ID}.desktop")["StartupWMClass"] == APP_ID
    assert (ROOT / "resources" / "icons" / f"{APP_ID}.svg").is_file()
    description = ET.parse(FOLDER / f"{APP_ID}.metainfo.xml").getroot()  # noqa: S314 - our own
    assert description.findtext("id") == APP_ID
    assert description.findtext("launchable") == f"{APP_ID}.desktop"


def test_an_iso_file_is_offered_but_no_default_is_taken():
    assert "application/x-cd-image" in entry(FOLDER / f"{APP_ID}.desktop")["MimeType"]
    assert not list(FOLDER.glob("*mimeapps*"))


def test_the_entry_lands_in_the_persons_own_menu_and_leaves_it(tmp_path: Path, program: Path):
    data = tmp_path / "data"
    assert install(data, program).returncode == 0
    installed = data / "applications" / f"{APP_ID}.desktop"

    quoted = str(program).replace('"', r"\\"[0] + '\\"').replace("$", "\\\\$").replace("%", "%%")
    assert entry(installed)["Exec"] == f'"{quoted}" %u'
    assert install(data, program, "--remove").returncode == 0
    assert not [path for path in data.rglob("*") if path.is_file() and APP_ID in path.name]


def test_without_a_set_up_it_says_what_to_do_first(tmp_path: Path):
    done = install(tmp_path / "data", tmp_path / "venv" / "bin" / "duplex-vm")

    assert done.returncode == 3
    assert "./run.sh" in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["desktop-file-validate", f"{APP_ID}.desktop"],
        ["appstreamcli", "validate", "--no-net", "--pedantic", f"{APP_ID}.metainfo.xml"],
    ],
)
def test_the_desktops_own_validators_agree_where_they_are_installed(command: list[str]):
    if shutil.which(command[0]) is None:
        return  # nothing to ask; the tests above hold what matters
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
    assert "error" not in (done.stdout + done.stderr).lower() or done.returncode == 0, done.stdout
