"""The translations are whole, and built from the present sources."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from app.paths import resources_dir

ROOT = Path(__file__).parents[2]
FOLDER = resources_dir() / "translations"
TS = sorted(FOLDER.glob("*.ts"))
TOOLS = Path(sys.executable).parent


def messages(file: Path) -> dict[tuple[str, str], str]:
    """Context and source to translation; empty where it is unfinished."""
    found = {}
    root = ET.parse(file).getroot()  # noqa: S314 - our own file
    for context in root.iter("context"):
        name = context.findtext("name", "")
        for message in context.iter("message"):
            translation = message.find("translation")
            done = translation is not None and translation.get("type") is None
            text = translation.text if translation is not None and done else ""
            found[name, message.findtext("source", "")] = text or ""
    return found


@pytest.mark.parametrize("file", TS, ids=lambda file: file.stem)
def test_every_string_is_translated_with_its_places(file: Path) -> None:
    for (context, source), translation in messages(file).items():
        assert translation, f"{context}: {source}"
        places = re.findall(r"%(?:\d|[a-z]+)", source)
        assert sorted(re.findall(r"%(?:\d|[a-z]+)", translation)) == sorted(places), source


@pytest.mark.parametrize("file", TS, ids=lambda file: file.stem)
def test_the_file_has_exactly_the_strings_of_the_sources(file: Path, tmp_path: Path) -> None:
    fresh = tmp_path / file.name
    shutil.copy(file, fresh)
    sources = sorted(
        str(path)
        for folder in ("views", "exclusive", "desktop")
        for path in (ROOT / "app" / folder).rglob("*.py")
    )
    run(
        tmp_path,
        "pyside6-lupdate",
        "-no-obsolete",
        "-locations",
        "none",
        *sources,
        "-ts",
        str(fresh),
    )
    assert messages(fresh).keys() == messages(file).keys(), "run packaging/translations.sh"


@pytest.mark.parametrize("file", TS, ids=lambda file: file.stem)
def test_the_built_file_is_in_step(file: Path, tmp_path: Path) -> None:
    built = tmp_path / "built.qm"
    run(tmp_path, "pyside6-lrelease", "-silent", str(file), "-qm", str(built))
    assert built.read_bytes() == file.with_suffix(".qm").read_bytes(), (
        "run packaging/translations.sh"
    )


def run(folder: Path, tool: str, *arguments: str) -> None:
    subprocess.run([TOOLS / tool, *arguments], cwd=folder, check=True, capture_output=True)
