"""``recover``: what was found is listed, and looked after."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.cli.exit_codes import ExitCode
from app.cli.main import run_command_line
from app.cli.outside import Outside
from app.vm.model import VmInfo
from app.vm.records import MigrationOptions, TaskInfo, TaskKind
from app.vm.store import Library
from app.vm.task_journal import TaskJournal, Wish
from tests.vm.disks import run as run_tool
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


def cut_off(root: Path, kind: TaskKind, vm_name: str, vm_id: UUID, file: Path) -> None:
    """What a manager leaves that was killed before the first byte of its work."""
    is_import = kind is TaskKind.IMPORT
    options = MigrationOptions(guest_os_image_path=str(file))
    TaskJournal(Library(root).tasks).begin(
        TaskInfo(task_id=uuid4(), kind=kind, vm_name=vm_name, vm_id=vm_id),
        Wish(file=str(file), options=options, is_new=is_import),
        (file,) if is_import else (),
    ).close(keep=True)


def test_an_import_that_was_cut_off_is_continued_and_makes_its_machine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*words: str) -> tuple[int, str]:
        code = run_command_line(["recover", *words], Outside(lambda: managing(tmp_path / "lib")))
        said = capsys.readouterr()
        return code, said.out + said.err

    source = tmp_path / "old.qcow2"
    run_tool("qemu-img", "create", "-q", "-f", "qcow2", source, "16M")
    write_pattern(source, 0x5A)
    cut_off(tmp_path / "lib", TaskKind.IMPORT, "new", uuid4(), source)
    code, said = run("list")
    assert code == 0
    assert "The import of" in said
    assert "continue, clean-up" in said
    assert run("continue", "nobody")[0] == ExitCode.UNKNOWN_VM
    assert run("continue", "new") == (0, "The work that was cut off is done.\n")
    image = asyncio.run(image_of_machine(tmp_path / "lib", "new"))
    run_tool("qemu-img", "compare", "-f", "qcow2", "-F", "qcow2", image, source)
    assert run("list") == (0, "All is well.\n")
    code, said = run("continue", "new")
    assert code == ExitCode.WRONG_STATE
    assert "No work on this machine was cut off." in said


async def image_of_machine(root: Path, name: str) -> Path:
    async with managing(root) as manager:
        return await manager.get_vm_disk_image_path(name)


def test_of_several_pieces_of_work_the_one_to_continue_is_named_by_its_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def make() -> VmInfo:
        async with managing(tmp_path / "lib") as manager:
            return await manager.create_vm("demo", small())

    def run(*words: str) -> tuple[int, str]:
        code = run_command_line(["recover", *words], Outside(lambda: managing(tmp_path / "lib")))
        said = capsys.readouterr()
        return code, said.out + said.err

    machine = asyncio.run(make())
    one, other = tmp_path / "one.qcow2", tmp_path / "other.qcow2"
    for target in (one, other):
        cut_off(tmp_path / "lib", TaskKind.EXPORT, "demo", machine.id, target)
    code, said = run("continue", "demo")
    assert code == ExitCode.USAGE
    assert "Name the file of the one to continue." in said
    assert not one.exists()
    assert not other.exists()
    code, said = run("continue", "demo", str(other))
    assert (code, said.splitlines()) == (
        0,
        ["The work that was cut off is done.", f"The export to {one} was cut off."],
    )
    assert is_whole(other)
    assert not one.exists()
    assert run("clean-up", "demo", str(one))[0] == 0
    assert not one.exists()
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
