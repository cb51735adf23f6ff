"""The trash gives machines back, and emptying it removes nothing that is not ours."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import pytest

from app import paths
from app.errors import StateError, StoreError, UnknownVmError
from app.settings import SettingsFile
from app.vm.manager import VmManager
from app.vm.store import Library
from app.vm.trash import EMPTYING
from tests.vm.disks import files_in
from tests.vm.managing import managing, small

pytestmark = pytest.mark.slow  # qemu-img makes the disks

_DAY_MS = 24 * 3600 * 1000


async def destroyed(manager: VmManager, name: str = "demo") -> Path:
    """Make and destroy a machine; its folder in the trash."""
    await manager.create_vm(name, small())
    await manager.destroy_vm(name)
    return manager.library.trash / (await manager.list_trash())[0].trash_id


async def test_a_destroyed_machine_is_listed_and_comes_back_by_its_id(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        made = await manager.create_vm("demo", small())
        await manager.destroy_vm("demo")
        (entry,) = await manager.list_trash()
        assert (entry.vm_id, entry.vm_name) == (made.id, "demo")
        assert abs(entry.destroyed_ms - time.time_ns() // 1_000_000) < 60_000
        assert entry.size_bytes > 0

        back = await manager.restore_from_trash(entry.trash_id)
        assert (back.id, back.name, back.folder) == (made.id, "demo", made.folder)
        assert await manager.list_trash() == ()
        with pytest.raises(UnknownVmError):
            await manager.restore_from_trash(entry.trash_id)


async def test_emptying_removes_all_that_a_machine_has_and_tells_the_bytes(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        entry = await destroyed(manager)
        (entry / "snapshots").mkdir()
        (entry / "snapshots" / "0123456789abcdef.png").write_bytes(b"x" * 9000)
        await destroyed(manager, "other")
        listed = sum(one.size_bytes for one in await manager.list_trash())
        assert await manager.empty_trash() == listed
        assert list(manager.library.trash.iterdir()) == []
        assert await manager.empty_trash() == 0


async def test_one_entry_can_be_emptied_and_the_others_stay(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        await destroyed(manager, "one")
        other = await destroyed(manager, "other")
        assert await manager.empty_trash(other.name) > 0
        assert [entry.vm_name for entry in await manager.list_trash()] == ["one"]


async def test_files_that_we_did_not_make_stay_and_the_entry_is_listed(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        entry = await destroyed(manager)
        (entry / "diary.txt").write_text("mine")
        (entry / "snapshots").mkdir()
        (entry / "snapshots" / "holiday.png").write_text("mine")
        (entry / "engine.log").mkdir()
        assert await manager.empty_trash() > 0
        (kept,) = await manager.list_trash()
        assert (kept.trash_id, kept.vm_name) == (entry.name, "demo")
        assert (entry / "diary.txt").read_text() == "mine"
        assert (entry / "snapshots" / "holiday.png").read_text() == "mine"
        assert not (entry / "disk0.qcow2").exists()
        assert (entry / "engine.log").is_dir()


async def test_links_in_a_trashed_folder_never_reach_what_they_point_to(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "0123456789abcdef.png").write_text("mine")
    async with managing(tmp_path / "library") as manager:
        entry = await destroyed(manager)
        (entry / "vars.fd").symlink_to(precious / "0123456789abcdef.png")
        (entry / "snapshots").symlink_to(precious)
        (entry / "own link").symlink_to(precious)
        await manager.empty_trash()
        assert (precious / "0123456789abcdef.png").read_text() == "mine"
        assert "vars.fd" not in files_in(entry)
        assert (entry / "snapshots").is_symlink()
        assert (entry / "own link").is_symlink()


async def test_an_entry_that_is_a_link_goes_and_its_target_stays(tmp_path: Path) -> None:
    async with managing(tmp_path / "library") as manager:
        entry = await destroyed(manager)
        entry.rename(tmp_path / "elsewhere")
        entry.symlink_to(tmp_path / "elsewhere")
        assert await manager.empty_trash() == 0
        assert files_in(entry.parent) == set()
        assert (tmp_path / "elsewhere" / "disk0.qcow2").exists()


async def test_an_emptying_that_was_cut_off_is_finished_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = os.unlink, 0

    def cut(*args: object, **named: object) -> None:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise OSError(errno.EIO, "the power fails")
        real(*args, **named)  # type: ignore[arg-type]

    async with managing(tmp_path) as manager:
        entry = await destroyed(manager)
        with monkeypatch.context() as broken:
            broken.setattr("app.vm.trash.os.unlink", cut)
            with pytest.raises(StoreError):
                await manager.empty_trash()
        assert (entry.parent / (EMPTYING + entry.name)).is_dir()
        assert await manager.list_trash() == ()
        with pytest.raises(UnknownVmError):
            await manager.undo_destroy_vm("demo")
    async with managing(tmp_path) as manager:
        await manager.empty_old_trash()
        assert list(manager.library.trash.iterdir()) == []


@pytest.mark.parametrize(("days", "stays"), [(0, True), (5, False), (50, True)])
async def test_what_is_older_than_the_person_keeps_it_is_emptied_by_itself(
    tmp_path: Path, days: int, *, stays: bool
) -> None:
    SettingsFile(paths.config_dir() / "settings.toml").change(trash_days=days)
    async with managing(tmp_path) as manager:
        entry = await destroyed(manager)
        old_ms = time.time_ns() // 1_000_000 - 31 * _DAY_MS
        old = entry.with_name(f"{old_ms}-{entry.name.partition('-')[2]}")
        entry.rename(old)
        fresh = await destroyed(manager, "fresh")
        await manager.empty_old_trash()
        assert old.exists() is stays
        assert fresh.exists()


async def test_settings_that_cannot_be_read_empty_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings_file = paths.config_dir() / "settings.toml"
    settings_file.parent.mkdir(parents=True)
    settings_file.write_text("trash_days = [")
    async with managing(tmp_path) as manager:
        entry = await destroyed(manager)
        ancient = entry.with_name(f"1-{entry.name.partition('-')[2]}")
        entry.rename(ancient)
        await manager.empty_old_trash()
        assert ancient.exists()
    assert "was set aside" in caplog.text
    caplog.clear()


async def test_only_disks_count_as_ours_by_their_description(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        entry = await destroyed(manager)
        described = (entry / "machine.json").read_text()
        (entry / "machine.json").write_text(described.replace("disk0.qcow2", "thesis.odt"))
        (entry / "thesis.odt").write_text("years of work")
        await manager.empty_trash()
        assert (entry / "thesis.odt").read_text() == "years of work"


async def test_what_a_machine_was_allowed_is_forgotten_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten = []

    async with managing(tmp_path) as manager:
        real = manager.permissions.forget

        async def forget(subject: object) -> None:
            forgotten.append(subject)
            await real(subject)  # type: ignore[arg-type]

        monkeypatch.setattr(manager.permissions, "forget", forget)
        made = await manager.create_vm("demo", small())
        await manager.destroy_vm("demo")
        assert forgotten == []
        await manager.empty_trash()
        assert forgotten == [made.id]


async def test_names_with_newlines_are_listed_restored_and_emptied(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        entry = await destroyed(manager)
        entry.rename(entry.with_name(entry.name + "\nrest"))
        (listed,) = await manager.list_trash()
        assert listed.trash_id.endswith("\nrest")
        back = await manager.restore_from_trash(listed.trash_id)
        assert back.folder.name.endswith("\nrest")
        await manager.destroy_vm("demo")
        (listed,) = await manager.list_trash()
        assert await manager.empty_trash(listed.trash_id) > 0
        assert await manager.list_trash() == ()


@pytest.mark.parametrize("name", ["../machines", "1-../../x", "1-a/../..", "", ".", "1-\0"])
async def test_an_id_never_leads_out_of_the_trash(tmp_path: Path, name: str) -> None:
    async with managing(tmp_path) as manager:
        kept = await manager.create_vm("kept", small())
        with pytest.raises(UnknownVmError):
            await manager.restore_from_trash(name)
        if name:
            with pytest.raises(UnknownVmError):
                await manager.empty_trash(name)
        assert (kept.folder / "disk0.qcow2").exists()


async def test_a_machine_that_is_in_the_library_again_is_not_restored_twice(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        entry = await destroyed(manager)
        await manager.undo_destroy_vm("demo")
        folder = manager.snapshot()[0].folder
        entry.mkdir()
        (entry / "machine.json").write_bytes((folder / "machine.json").read_bytes())
        with pytest.raises(StateError):
            await manager.restore_from_trash(entry.name)


def test_a_trash_on_another_disk_says_so(tmp_path: Path) -> None:
    other = Path("/dev/shm")  # noqa: S108 - a file system of its own
    if not os.access(other, os.W_OK) or other.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system to write to")
    library = Library(tmp_path)
    folder = library.machines / "demo"
    folder.mkdir(parents=True)
    elsewhere = other / f"trash-{os.getpid()}"
    elsewhere.mkdir()
    try:
        library.trash.symlink_to(elsewhere)
        with pytest.raises(StoreError, match="lies on another disk"):
            library.move_to_trash(folder)
        assert folder.is_dir()
        assert list(elsewhere.iterdir()) == []
    finally:
        elsewhere.rmdir()
