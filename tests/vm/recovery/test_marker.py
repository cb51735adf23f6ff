"""An unclean end is noted in the folder, whoever saw it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.vm.records import RecoveryStep
from app.vm.recovery.marker import is_marked, mark_unclean, unmark
from tests.vm.managing import managing, running_machine

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


async def test_an_engine_that_died_with_its_manager_is_noted_by_the_next_one(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path) as manager:
        info = await running_machine(manager)
        record = (info.folder / "run.json").read_bytes()
        await manager.force_stop_vm("demo")
    (info.folder / "run.json").write_bytes(record)
    async with managing(tmp_path) as manager:
        assert is_marked(info.folder)
        assert not (info.folder / "run.json").exists()
        done = await manager.recover_user_data("demo")
        assert (done.step, done.findings) == (RecoveryStep.CHECK, ())
        assert not is_marked(info.folder)


def test_the_note_is_made_once_and_goes_and_is_never_written_through_a_link(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    mark_unclean(folder)
    mark_unclean(folder)
    assert is_marked(folder)
    unmark(folder)
    unmark(folder)
    assert not is_marked(folder)

    (folder / "unclean").symlink_to(tmp_path / "elsewhere")
    mark_unclean(folder)
    assert not (tmp_path / "elsewhere").exists()
    assert is_marked(folder), "in doubt the disks are looked through"
    mark_unclean(tmp_path / "nosuch")
    assert "cannot be noted" in caplog.text
