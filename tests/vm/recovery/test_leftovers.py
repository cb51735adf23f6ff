"""Only files of ours that nothing uses are leftovers, and they go when asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import ParamError
from app.vm.records import RecoveryKind, RecoveryStep
from app.vm.store import CONFIG_FILE
from tests.vm.disks import files_in
from tests.vm.managing import managing, small

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


async def test_only_files_of_ours_that_nothing_uses_are_leftovers(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        info = await manager.create_vm("demo", small())
        for name in ("disk0-0123abcd.qcow2", ".0123abcd.part", "my own.qcow2", "notes.part"):
            (info.folder / name).write_bytes(b"x" * 5000)
        found = {finding.file: finding.kind for finding in await manager.list_findings()}
        assert set(found) == {"disk0-0123abcd.qcow2", ".0123abcd.part"}
        assert set(found.values()) == {RecoveryKind.LEFTOVER}

        done = await manager.recover_user_data("demo", step=RecoveryStep.CLEAN_UP)
        assert done.files == 1, "a former disk goes by its name only"
        assert not (info.folder / ".0123abcd.part").exists()
        for name in ("disk0.qcow2", "my own.qcow2", "../demo", CONFIG_FILE):
            with pytest.raises(ParamError):
                await manager.recover_user_data("demo", step=RecoveryStep.CLEAN_UP, file=name)
        former = "disk0-0123abcd.qcow2"
        await manager.recover_user_data("demo", step=RecoveryStep.CLEAN_UP, file=former)
        left = files_in(info.folder)
        assert former not in left
        assert {"disk0.qcow2", "my own.qcow2", "notes.part"} <= left


async def test_a_description_that_was_cut_off_while_it_was_written_is_a_leftover(
    tmp_path: Path,
) -> None:
    cut_off = {".machine.json.up_pyz9v", ".machine.json.good.0a1b2c3d", ".snapshots.json.abcdefgh"}
    async with managing(tmp_path) as manager:
        info = await manager.create_vm("demo", small())
        for name in (*cut_off, ".machine.json.old", ".mine.json.up_pyz9v"):
            (info.folder / name).write_bytes(b"{")
        found = {finding.file: finding.kind for finding in await manager.list_findings()}
        assert found == dict.fromkeys(cut_off, RecoveryKind.LEFTOVER)

        assert (await manager.recover_user_data("demo")).findings == ()
        left = files_in(info.folder)
        assert not cut_off & left
        assert {CONFIG_FILE, ".machine.json.old", ".mine.json.up_pyz9v"} <= left
