"""``export``: what the person says on the command line is what the manager is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.cli.exit_codes import ExitCode
from app.vm.images.exporting import ExportFormat
from app.vm.records import MigrationOptions


@pytest.fixture
def asked(terminal: Any) -> list[MigrationOptions]:
    """What the manager was asked to export."""
    found: list[MigrationOptions] = []

    async def export(_: str, options: MigrationOptions, *, background: bool = False) -> None:
        assert not background
        found.append(options)

    terminal.manager.export_vm_disk_image = export
    return found


@pytest.mark.parametrize("words", [("export",), ("disk", "export")])
def test_format_and_compression_reach_the_manager(
    terminal: Any, asked: list[MigrationOptions], tmp_path: Path, words: tuple[str, ...]
) -> None:
    file = tmp_path / "copy"
    assert terminal.run(*words, "demo", str(file), "--format", "VMDK", "--compress") == 0
    assert asked == [
        MigrationOptions(guest_os_image_path=str(file), image_format="vmdk", compress=True)
    ]


def test_without_a_format_the_ending_decides(
    terminal: Any, asked: list[MigrationOptions], tmp_path: Path
) -> None:
    assert terminal.run("export", "demo", str(tmp_path / "copy.ova")) == 0
    (options,) = asked
    assert (options.image_format, options.compress) == ("", False)


def test_every_format_of_the_manager_can_be_named(
    terminal: Any, asked: list[MigrationOptions], tmp_path: Path
) -> None:
    for form in ExportFormat:
        assert terminal.run("export", "demo", str(tmp_path / "copy"), "--format", form) == 0
    assert [options.image_format for options in asked] == list(ExportFormat)
    unknown = terminal.run("export", "demo", str(tmp_path / "copy"), "--format", "nbd")
    assert unknown == ExitCode.USAGE
