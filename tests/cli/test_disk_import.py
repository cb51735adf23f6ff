"""``import`` of a whole machine: it has the name that stands in the archive, unless it is taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.cli.exit_codes import ExitCode
from tests.vm.images.descriptions import described


@pytest.fixture
def asked(demo: Any) -> list[str]:
    """Names under which the manager was asked to import."""
    found: list[str] = []

    async def take(vm_name: str, _: object) -> None:
        found.append(vm_name)

    demo.manager.import_vm_disk_image = take
    return found


def an_ovf(folder: Path, name: str) -> Path:
    """A description of a machine of that name."""
    file = folder / "export.ovf"
    file.write_bytes(described(name=name))
    return file


def test_the_machine_has_the_name_in_its_description(demo, asked, tmp_path) -> None:
    file = an_ovf(tmp_path, "Büro 1")
    assert demo.run_json("import", str(file)) == (0, {"imported": "Büro 1"})
    assert demo.run_json("import", str(file), "--name", "other") == (0, {"imported": "other"})
    assert asked == ["Büro 1", "other"]


def test_a_name_that_is_taken_gets_a_number(demo, asked, tmp_path) -> None:
    assert demo.run_json("import", str(an_ovf(tmp_path, "DEMO"))) == (0, {"imported": "DEMO 2"})
    assert asked == ["DEMO 2"]


def test_a_damaged_description_is_told_before_anything_is_imported(demo, asked, tmp_path) -> None:
    file = tmp_path / "a.ova"
    file.write_bytes(b"no archive" * 100)
    code, answer = demo.run_json("import", str(file))
    assert code != ExitCode.OK
    assert answer["error"]["code"] == "VM_MEDIA"
    assert asked == []
