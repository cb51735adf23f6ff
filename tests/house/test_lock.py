"""The lock holds all packages for all Pythons, and nothing about the machine that made it."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.sources import ROOT

PYTHONS = ("3.11", "3.12", "3.13")
_FIRST_IMMORTAL = (3, 12)  # PEP 683
_FIRST_LOSING_QT = (6, 12)


def locked() -> dict[str, int]:
    """Requirement lines of the lock and how many hashes follow each."""
    found: dict[str, int] = {}
    name = ""
    for line in (ROOT / "requirements.lock").read_text().splitlines():
        text = line.strip().removesuffix("\\").strip()
        if text.startswith("--hash=sha256:"):
            found[name] += 1
        elif text and not text.startswith("#"):
            name = text
            found[name] = 0
    return found


def for_python(version: str) -> dict[str, Requirement]:
    """What the lock gives to this Python on Linux, by normalised name."""
    environment = default_environment() | {
        "python_version": version,
        "python_full_version": f"{version}.0",
        "sys_platform": "linux",
    }
    requirements = [Requirement(text) for text in locked()]
    return {
        canonicalize_name(requirement.name): requirement
        for requirement in requirements
        if requirement.marker is None or requirement.marker.evaluate(environment)
    }


def test_every_entry_is_one_version_with_hashes() -> None:
    loose = [text for text, hashes in locked().items() if not hashes or "==" not in text]

    assert locked()
    assert not loose


def test_the_lock_names_no_server() -> None:
    text = (ROOT / "requirements.lock").read_text()

    assert "://" not in text
    assert not re.search(r"--(index-url|extra-index-url|find-links|trusted-host)", text)


@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_fulfils_the_project_file(python: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [
        Requirement(text)
        for text in project["dependencies"] + project["optional-dependencies"]["test"]
    ]
    environment = default_environment() | {"python_version": python}
    given = for_python(python)

    for requirement in wanted:
        if requirement.marker is None or requirement.marker.evaluate(environment):
            [pin] = given[canonicalize_name(requirement.name)].specifier
            assert requirement.specifier.contains(pin.version), f"{requirement} got {pin}"


@pytest.mark.parametrize("python", PYTHONS)
def test_no_python_gets_a_qt_that_loses_references_on_it(python: str) -> None:
    [pin] = for_python(python)["pyside6-essentials"].specifier
    qt = tuple(int(part) for part in pin.version.split(".")[:2])
    major, minor = python.split(".")

    assert qt < _FIRST_LOSING_QT or (int(major), int(minor)) >= _FIRST_IMMORTAL
