"""``recover``: what was found is listed, and looked after."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.exit_codes import ExitCode
from app.cli.main import run_command_line
from app.cli.outside import Outside
from tests.vm.disks import write_pattern
from tests.vm.managing import managing, small
from tests.vm.recovery.images import corrupt, image_of, is_whole

pytestmark = pytest.mark.slow  # a real manager and real disk tools


def test_a_damaged_disk_is_listed_checked_repaired_and_cleaned_up_after(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    async def make() -> Path:
        async with managing(tmp_path) as manager:
            return image_of(await manager.create_vm("demo", small()))

    def run(*words: str) -> tuple[int, str]:
        code = run_command_line(["recover", *words], Outside(lambda: managing(tmp_path)))
        return code, capsys.readouterr().out

    image = asyncio.run(make())
    assert run() == (0, "All is well.\n")
    assert run("check", "demo") == (0, "Its disks are whole.\n")
    write_pattern(image, 0x5A)
    corrupt(image)
    assert run("check", "demo")[0] != 0
    assert "is damaged" in caplog.text
    assert not is_whole(image)

    code, said = run("repair", "demo")
    assert (code, said.startswith("It was repaired.")) == (0, True)
    assert is_whole(image)
    code, said = run("list", "--json")
    (finding,) = json.loads(said)["findings"]
    assert (finding["kind"], finding["vmName"]) == ("leftover", "demo")
    assert finding["file"] in run("list")[1]
    assert run("clean-up", "demo", image.name)[0] == ExitCode.USAGE
    assert run("clean-up", "demo", finding["file"])[0] == 0
    assert image.exists()
    assert run("list") == (0, "All is well.\n")


def test_a_folder_for_a_disks_files_reaches_the_manager_as_a_whole_path(
    terminal: Any, tmp_path: Path
) -> None:
    asked: list[tuple[str, Path, str]] = []

    async def copy(vm_name: str, target: Path, *, disk_id: str = "") -> None:
        asked.append((vm_name, target, disk_id))

    terminal.manager.copy_user_files = copy
    target = tmp_path / "out"
    assert terminal.run("recover", "files", "demo", str(target), "--disk", "disk1") == 0
    assert asked == [("demo", target, "disk1")]
    assert terminal.run("recover", "files", "demo", str(tmp_path)) != 0
    assert len(asked) == 1, "a folder that is there is refused"
