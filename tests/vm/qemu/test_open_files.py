"""Nobody exchanges a disc between the check and the engine's own opening of it. Real QEMU, TCG."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO

import pytest

from app.errors import EngineError, PathRefusedError
from app.vm.engine import LaunchPlan
from app.vm.qemu.engine import QemuEngine
from app.vm.qemu.open_files import check_open_files, open_files
from app.vm.real_path import CheckedPath, PathKind
from app.vm.store import RUN_FILE
from tests.helpers.descriptors import open_descriptors
from tests.vm.makers import python
from tests.vm.qemu.test_engine import a_plan, launched, left_behind

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

EXCHANGED = "^share path is not authorized: .* was exchanged while the machine started"
HOLD = """
import sys
files = [open(path) for path in sys.argv[1:]]
print("held", flush=True)
sys.stdin.readline()
"""


def a_disc(path: Path, content: bytes = b"\0") -> Path:
    path.write_bytes(content * 65536)
    return path


def checked(path: Path, kind: PathKind = PathKind.FILE) -> CheckedPath:
    """What a check of `path` hands on, now."""
    info = path.stat()
    return CheckedPath(path=path.resolve(), device=info.st_dev, inode=info.st_ino, kind=kind)


async def a_plan_with(tmp_path: Path, disc: Path, tools: Path | None = None) -> LaunchPlan:
    """A machine with discs in its drives as they were just checked."""
    plan = await a_plan(tmp_path / "vm", disc=disc, enhance_file_path=str(tools) if tools else "")
    return replace(plan, files=tuple(checked(each) for each in (disc, tools) if each is not None))


@pytest.fixture
def discs(tmp_path: Path) -> Path:
    folder = tmp_path / "discs"
    folder.mkdir()
    a_disc(folder / "disc.iso")
    a_disc(folder / "tools.iso")
    a_disc(folder / "secret", b"s")
    return folder


async def test_a_machine_starts_with_the_discs_that_were_checked(
    tmp_path: Path, discs: Path
) -> None:
    plan = await a_plan_with(tmp_path, discs / "disc.iso", discs / "tools.iso")

    async with launched(plan) as running:
        held = {file.name for file in open_files(running._process.pid)}
        assert {discs / "disc.iso", discs / "tools.iso"} <= held


async def test_one_disc_may_be_in_both_drives(tmp_path: Path, discs: Path) -> None:
    async with launched(await a_plan_with(tmp_path, discs / "disc.iso", discs / "disc.iso")):
        pass


def by_rename(disc: Path) -> None:
    (disc.parent / "secret").replace(disc)


def by_link(disc: Path) -> None:
    disc.unlink()
    disc.symlink_to("secret")


def by_hard_link(disc: Path) -> None:
    disc.unlink()
    disc.hardlink_to(disc.parent / "secret")


def by_folder(disc: Path) -> None:
    other = disc.parent.with_name("other")
    disc.parent.rename(other)
    disc.parent.mkdir()
    a_disc(disc)
    a_disc(disc.parent / "tools.iso")


@pytest.mark.parametrize(
    "exchange", [by_rename, by_link, by_hard_link, by_folder], ids=lambda each: each.__name__
)
async def test_a_disc_exchanged_after_its_check_is_never_read_by_a_machine(
    tmp_path: Path, discs: Path, exchange: Callable[[Path], None]
) -> None:
    plan = await a_plan_with(tmp_path, discs / "disc.iso", discs / "tools.iso")
    exchange(discs / "disc.iso")
    before = open_descriptors()

    with pytest.raises(PathRefusedError, match=EXCHANGED) as caught:
        await QemuEngine().launch(plan)

    assert "disc.iso" in caught.value.message
    assert caught.value.remedy
    assert not QemuEngine().is_alive(plan.folder)
    assert left_behind(plan) == []
    assert open_descriptors() <= before


async def test_who_takes_over_an_unfinished_start_looks_at_the_files_too(
    tmp_path: Path, discs: Path, caplog: pytest.LogCaptureFixture
) -> None:
    plan = await a_plan_with(tmp_path, discs / "disc.iso")
    running = await QemuEngine().launch(plan)
    await running.detach()  # as if who launched it had died right then
    record = plan.folder / RUN_FILE

    found = await QemuEngine().adopt(plan.config.id, plan.folder)
    assert found is not None
    await found.detach()
    document = json.loads(record.read_bytes())
    document["files"][0][1:] = [1, 1]
    record.write_text(json.dumps(document))
    assert await QemuEngine().adopt(plan.config.id, plan.folder) is None

    assert "must not start" in caplog.text
    assert not QemuEngine().is_alive(plan.folder)
    assert left_behind(plan) == []


async def test_of_two_drives_each_is_looked_at(tmp_path: Path, discs: Path) -> None:
    plan = await a_plan_with(tmp_path, discs / "disc.iso", discs / "disc.iso")
    # As if the second drive had been opened after an exchange.
    plan = replace(plan, config=replace(plan.config, enhance_file_path=str(discs / "secret")))

    with pytest.raises(PathRefusedError, match=EXCHANGED):
        await QemuEngine().launch(plan)
    assert left_behind(plan) == []


async def test_after_a_refusal_the_machine_starts_with_what_is_checked_anew(
    tmp_path: Path, discs: Path
) -> None:
    plan = await a_plan_with(tmp_path, discs / "disc.iso")
    by_rename(discs / "disc.iso")
    with pytest.raises(PathRefusedError):
        await QemuEngine().launch(plan)

    async with launched(replace(plan, files=(checked(discs / "disc.iso"),))):
        pass


async def test_a_disc_that_is_moved_meanwhile_is_a_refusal_too(tmp_path: Path, discs: Path) -> None:
    plan = await a_plan_with(tmp_path, discs / "disc.iso")
    (discs / "disc.iso").rename(discs / "moved.iso")
    (discs / "disc.iso").symlink_to("moved.iso")

    with pytest.raises(PathRefusedError, match=EXCHANGED):
        await QemuEngine().launch(plan)


async def test_a_file_that_was_checked_and_is_in_no_drive_is_a_refusal(
    tmp_path: Path, discs: Path
) -> None:
    plan = replace(await a_plan(tmp_path / "vm"), files=(checked(discs / "disc.iso"),))

    with pytest.raises(PathRefusedError, match=EXCHANGED):
        await QemuEngine().launch(plan)


# -- Without an engine ----------------------------------------------------------------------------


@pytest.fixture
def holding(discs: Path):
    """Start a process that holds files open, called with their paths."""
    children = []

    def start(*files: Path) -> int:
        child = python(HOLD, *files)
        children.append(child)
        output: IO[str] | None = child.stdout
        assert output is not None
        assert output.readline() == "held\n"
        return child.pid

    yield start
    for child in children:
        with child:
            child.communicate("\n")


def test_another_file_under_a_checked_name_is_a_refusal(
    discs: Path, holding: Callable[..., int]
) -> None:
    disc, was = discs / "disc.iso", checked(discs / "disc.iso")
    disc.rename(discs / "aside")
    a_disc(disc)
    pid = holding(discs / "aside", disc)

    with pytest.raises(PathRefusedError, match=EXCHANGED):
        check_open_files(pid, [was])
    check_open_files(pid, [checked(disc)])
    with pytest.raises(PathRefusedError, match=EXCHANGED):
        check_open_files(pid, [checked(disc), checked(disc)])


def test_what_was_replaced_after_it_was_opened_is_a_refusal(
    discs: Path, holding: Callable[..., int]
) -> None:
    was = checked(discs / "disc.iso")
    pid = holding(discs / "disc.iso")
    check_open_files(pid, [was])
    by_rename(discs / "disc.iso")

    for which in (was, checked(discs / "disc.iso")):
        with pytest.raises(PathRefusedError, match=EXCHANGED):
            check_open_files(pid, [which])


def test_the_number_of_a_removed_file_on_another_one_deceives_nobody(
    discs: Path, holding: Callable[..., int]
) -> None:
    disc, was = discs / "disc.iso", checked(discs / "disc.iso")
    # As if the log that the engine holds open had been given the number of the disc.
    disc.rename(discs / "engine.log")
    disc.symlink_to("secret")

    with pytest.raises(PathRefusedError, match=EXCHANGED):
        check_open_files(holding(discs / "engine.log", disc), [was])


def test_folders_are_not_the_engines(discs: Path, holding: Callable[..., int]) -> None:
    check_open_files(holding(), [checked(discs, PathKind.FOLDER)])


def test_pipes_and_devices_that_a_process_has_open_are_passed_over(
    discs: Path, holding: Callable[..., int]
) -> None:
    pid = holding(discs / "disc.iso", Path("/dev/null"))

    held = {file.name for file in open_files(pid)}

    assert discs / "disc.iso" in held
    assert Path("/dev/null") not in held
    assert not any("pipe:" in str(name) for name in held)


def test_without_files_nothing_is_asked() -> None:
    check_open_files(-1, [])


@pytest.mark.parametrize("noted", [True, False])
def test_an_engine_that_has_ended_is_said(discs: Path, noted: bool) -> None:
    with python("") as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | (0 if noted else os.WNOWAIT))
        with pytest.raises(EngineError, match="ended while") as caught:
            check_open_files(child.pid, [checked(discs / "disc.iso")])

    assert caught.value.remedy


FOREIGN = """
import os, sys
from pathlib import Path
from app.errors import EngineError
from app.vm.qemu.open_files import check_open_files
from app.vm.real_path import CheckedPath, PathKind
from app.vm.store import RUN_FILE
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
wanted = CheckedPath(path=Path("/x"), device=1, inode=1, kind=PathKind.FILE)
try:
    check_open_files(int(sys.argv[1]), [wanted])
except EngineError as err:
    print(err.message)
    print(err.remedy)
"""


HIDDEN = """
import ctypes, sys
ctypes.CDLL(None).prctl(4, 0)  # PR_SET_DUMPABLE: only root may look now, as with another user's
print("held", flush=True)
sys.stdin.readline()
"""


def test_an_engine_that_may_not_be_looked_at_does_not_run() -> None:
    with python(HIDDEN) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with python(FOREIGN, other.pid) as child:
            said, _ = child.communicate(timeout=30)
        other.communicate("\n")

    message, remedy = said.splitlines()
    assert message == "It cannot be seen which files the machine's engine has opened."
    assert "same user" in remedy
