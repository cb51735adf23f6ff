"""More disks for a machine, and fewer: nothing that was written is ever lost."""

from __future__ import annotations

import asyncio
import os
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from qemu.qmp import QMPClient

from app.errors import DiskLessError, ParamError, StateError, StoreError
from app.vm.disks import disk_of, list_disks
from app.vm.events import StateChanged, VmChanged
from app.vm.limits import HostSize
from app.vm.manager import VmManager
from app.vm.model import DeviceKind, DiskBus, Profile, VmInfo
from app.vm.records import DiskInfo, MigrationOptions
from app.vm.state import VmState
from app.vm.store import CONFIG_FILE, load_config
from tests.conformance.serving import engine_of
from tests.helpers.waiting import eventually
from tests.vm.disks import MIB, about, files_in, holds, run, same, write_pattern
from tests.vm.makers import a_config
from tests.vm.managing import managing, running_machine, small, told

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

WRITES_ON_THE_SECOND_DISK = bytes.fromhex(
    "31c0 8ed8 8ec0"  # segments 0
    "b80103 b90200 ba8100 bb007c cd13"  # by the BIOS: this sector to sector 1 of drive 0x81
    "f4 ebfd"  # stand still
).ljust(510, b"\0") + bytes.fromhex("55aa")
"""A boot sector."""


async def two_disks(manager: VmManager, **changes: Any) -> tuple[VmInfo, str]:
    """A machine with a second disk of 24 MiB, and the id of that."""
    info = await manager.create_vm("demo", small(**changes))
    return info, await manager.add_vm_disk("demo", 24)


async def blocks(engine: QMPClient, command: str = "query-block") -> list[dict[str, Any]]:
    """What the engine tells of each of its drives."""
    answer = await engine.execute(command)
    assert isinstance(answer, list)
    return answer


async def the_disks(manager: VmManager) -> tuple[list[DiskInfo], list[DiskInfo]]:
    """Disks that the machine has, and images that are only kept."""
    found = await manager.list_vm_disks("demo")
    return [disk for disk in found if disk.disk_id], [disk for disk in found if not disk.disk_id]


async def test_a_new_disk_is_empty_has_a_name_of_its_own_and_is_listed(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        info = await manager.create_vm("demo", small())
        with manager.subscribe() as events:
            disk_id = await manager.add_vm_disk("demo", 24)
            seen = told(events)
        (system, added), kept = await the_disks(manager)

        assert kept == []
        assert (system.disk_id, system.system, system.size_mib) == ("disk0", True, 16)
        assert (added.disk_id, added.system, added.size_mib) == (disk_id, False, 24)
        assert added.path == info.folder / added.file
        assert added.file_bytes == added.path.stat().st_blocks * 512 > 0
        assert about(added.path)["virtual-size"] == 24 * MIB
        assert added.path.stat().st_mode & 0o777 == 0o600
        assert added.file.startswith(f"{disk_id}-")
        assert [disk.id for disk in load_config(info.folder).disks] == ["disk0", disk_id]
        states = [event.state for event in seen if isinstance(event, StateChanged)]
        assert states == [VmState.UPDATE, VmState.STOPPED]
        assert any(isinstance(event, VmChanged) for event in seen)
        assert (await manager.get_vm_status("demo")).disk_mib == 16, "that of the system disk"
        assert files_in(info.folder) >= {system.file, added.file}


@pytest.mark.parametrize("bus", [DiskBus.VIRTIO, DiskBus.SATA])
async def test_a_machine_with_two_disks_starts_and_its_engine_has_both(
    tmp_path: Path, bus: DiskBus
) -> None:
    async with managing(tmp_path) as manager:
        info, disk_id = await two_disks(manager, profile=Profile(disk_bus=bus))
        await manager.start_vm("demo")
        async with engine_of(tmp_path, info) as engine:
            found = {
                block["qdev"].removesuffix("/virtio-backend"): block["inserted"]["image"]
                for block in await blocks(engine)
                if block.get("inserted", {}).get("drv") == "qcow2"
            }
            assert {Path(place).name for place in found} == {"disk0", disk_id}
            sizes = sorted(image["virtual-size"] for image in found.values())
            assert sizes == [16 * MIB, 24 * MIB]
        assert await manager.get_vm_disk_size("demo", disk_id=disk_id) == 24


async def test_a_machine_that_runs_keeps_the_disks_it_has(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        info, disk_id = await two_disks(manager)
        await manager.start_vm("demo")
        before, names = load_config(info.folder), files_in(info.folder)
        for change in (
            manager.add_vm_disk("demo", 24),
            manager.remove_vm_disk("demo", disk_id),
        ):
            with pytest.raises(StateError, match=r"running|while it runs"):
                await change
        assert load_config(info.folder) == before
        assert files_in(info.folder) == names
        assert len(await manager.list_vm_disks("demo")) == 2


async def test_a_disk_that_is_taken_out_is_kept_and_can_be_put_back(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        info, disk_id = await two_disks(manager)
        _, added = await manager.list_vm_disks("demo")
        write_pattern(added.path, 0x42)
        before = load_config(info.folder)

        assert await manager.remove_vm_disk("demo", disk_id) == added.path
        (system,), (kept,) = await the_disks(manager)
        assert system.system
        assert kept == replace(added, disk_id="", file_bytes=kept.file_bytes)
        assert holds(added.path, "qcow2", 0x42)
        config = load_config(info.folder)
        assert [disk.id for disk in config.disks] == ["disk0"]
        assert [d.id for d in config.hardware.devices if d.kind is DeviceKind.DISK] == ["disk0"]
        await manager.start_vm("demo")
        await manager.force_stop_vm("demo")

        new_id = await manager.add_vm_disk("demo", 32)
        assert new_id == disk_id, "an id is free again"
        back = await manager.add_vm_disk("demo", file=kept.file)
        assert back != new_id
        mine, kept_now = await the_disks(manager)
        assert [disk.size_mib for disk in mine] == [16, 32, 24]
        assert kept_now == []
        assert holds(await manager.get_vm_disk_image_path("demo", disk_id=back), "qcow2", 0x42)
        await manager.start_vm("demo")
        await manager.force_stop_vm("demo")

        await manager.remove_vm_disk("demo", new_id)
        await manager.remove_vm_disk("demo", back)
        assert await manager.add_vm_disk("demo", file=kept.file) == disk_id
        assert load_config(info.folder).hardware == before.hardware, "in its slot as before"


async def test_what_cannot_be_added_or_taken_out_is_refused_and_changes_nothing(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path) as manager:
        info, disk_id = await two_disks(manager)
        other = info.folder / "notes.qcow2"
        run("qemu-img", "create", "-q", "-f", "qcow2", other, "20M")
        (info.folder / "disk9.qcow2").symlink_to(other)
        leading = info.folder / "disk7-0123abcd.qcow2"
        run(
            "qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", other, leading
        )  # fmt: skip
        tiny = info.folder / "disk6.qcow2"
        run("qemu-img", "create", "-q", "-f", "qcow2", tiny, "1M")
        before, names = (info.folder / CONFIG_FILE).read_bytes(), files_in(info.folder)
        _, added = (await the_disks(manager))[0]

        for wrong in (
            {},
            {"size": 24, "file": added.file},
            {"size": 15},
            {"file": added.file},
            {"file": "notes.qcow2"},
            {"file": "disk9.qcow2"},
            {"file": "../disk0.qcow2"},
            {"file": str(added.path)},
            {"file": tiny.name},
        ):
            with pytest.raises(ParamError):
                await manager.add_vm_disk("demo", **wrong)
        with pytest.raises(StoreError, match="does not stand alone"):
            await manager.add_vm_disk("demo", file=leading.name)
        for nothing in ("", "disk0", "disk5"):
            with pytest.raises(ParamError):
                await manager.remove_vm_disk("demo", nothing)
        run("qemu-img", "snapshot", "-c", "one", added.path)
        with pytest.raises(StateError, match="snapshots need this disk"):
            await manager.remove_vm_disk("demo", disk_id)

        assert (info.folder / CONFIG_FILE).read_bytes() == before
        assert files_in(info.folder) == names
        assert (await manager.get_vm_status("demo")).state is VmState.STOPPED


async def test_a_disk_that_could_fill_this_computer_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with managing(tmp_path) as manager:
        await manager.create_vm("demo", small())
        host = HostSize(cpus=1, memory_mib=1024, memory_total_mib=1024, free_disk_mib=100)
        monkeypatch.setattr(manager, "host_size", lambda: host)
        with pytest.raises(DiskLessError, match="may grow to 101 MiB, 100 MiB are free"):
            await manager.add_vm_disk("demo", 101)
        await manager.add_vm_disk("demo", 100)


async def test_a_machine_has_room_for_so_many_disks_and_starts_with_them_all(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path) as manager:
        info = await manager.create_vm("demo", small())
        for number in range(1, 8):
            assert await manager.add_vm_disk("demo", 16) == f"disk{number}"
        names = files_in(info.folder)
        with pytest.raises(ParamError, match="8 disks at most"):
            await manager.add_vm_disk("demo", 16)
        assert files_in(info.folder) == names
        await manager.start_vm("demo")
        assert len(await manager.list_vm_disks("demo")) == 8


@pytest.mark.parametrize("cut", ["failed", "cancelled"])
async def test_an_addition_that_is_cut_off_leaves_no_disk_and_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    begun = asyncio.Event()

    def refuse(*_: object) -> None:
        raise OSError(5, "broken")

    async def stuck(path: Path, _: int) -> None:
        path.with_name(path.name + ".part").touch()
        begun.set()
        await asyncio.Event().wait()

    async with managing(tmp_path) as manager:
        info = await manager.create_vm("demo", small())
        before, names = load_config(info.folder), files_in(info.folder)
        if cut == "failed":
            monkeypatch.setattr("app.vm.machine.save_config", refuse)
            with pytest.raises(StoreError):
                await manager.add_vm_disk("demo", 24)
        else:
            monkeypatch.setattr("app.vm.disks.create_disk", stuck)
            adding = asyncio.ensure_future(manager.add_vm_disk("demo", 24))
            await begun.wait()
            adding.cancel()
            with pytest.raises(asyncio.CancelledError):
                await adding
        assert load_config(info.folder) == before
        assert files_in(info.folder) == names
        assert (await manager.get_vm_status("demo")).state is VmState.STOPPED
        assert len(await manager.list_vm_disks("demo")) == 1


async def test_each_disk_grows_by_itself_off_and_under_a_running_guest(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        info, disk_id = await two_disks(manager)
        assert await manager.set_vm_disk_size("demo", 32, disk_id=disk_id) == 32
        await manager.start_vm("demo")
        assert await manager.set_vm_disk_size("demo", 40, disk_id=disk_id) == 40
        assert await manager.get_vm_disk_size("demo", disk_id=disk_id) == 40
        assert await manager.get_vm_disk_size("demo") == 16
        assert (await manager.get_vm_status("demo")).disk_mib == 16
        with pytest.raises(ParamError, match="only grow"):
            await manager.set_vm_disk_size("demo", 39, disk_id=disk_id)
        await manager.set_vm_disk_size("demo", 20)
        await manager.force_stop_vm("demo")
        assert [disk.size_mib for disk in load_config(info.folder).disks] == [20, 40]
        assert [disk.size_mib for disk in await manager.list_vm_disks("demo")] == [20, 40]


async def test_each_disk_is_asked_about_by_itself(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        _, disk_id = await two_disks(manager)
        path = await manager.get_vm_disk_image_path("demo", disk_id=disk_id)
        write_pattern(path, 0x11, mib=4)
        size = await manager.get_vm_disk_image_file_size("demo", disk_id=disk_id)
        assert size == path.stat().st_blocks * 512 > 4 * MIB
        assert await manager.get_vm_disk_image_file_size("demo") < 4 * MIB
        assert await manager.get_vm_disk_image_path("demo") != path
        for ask in (
            manager.get_vm_disk_image_path,
            manager.get_vm_disk_image_file_size,
            manager.get_vm_disk_size,
        ):
            with pytest.raises(ParamError, match="no disk called “disk5”"):
                await ask("demo", disk_id="disk5")
        with pytest.raises(ParamError, match="no disk called “disk5”"):
            await manager.set_vm_disk_size("demo", 64, disk_id="disk5")


async def test_one_disk_of_several_is_compacted(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        _, disk_id = await two_disks(manager)
        system, added = (disk.path for disk in await manager.list_vm_disks("demo"))
        for image in (system, added):
            write_pattern(image, 0x11, mib=8)
            write_pattern(image, 0, mib=8)
        untouched = system.read_bytes()
        done = await manager.compact_vm_disk("demo", disk_id=disk_id)
        assert done.after_bytes <= done.before_bytes - 8 * MIB
        assert done.after_bytes == added.stat().st_blocks * 512
        assert system.read_bytes() == untouched


async def test_a_copy_of_the_machine_has_all_its_disks_and_no_kept_one(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        info, disk_id = await two_disks(manager)
        third = await manager.add_vm_disk("demo", 16)
        kept = await manager.remove_vm_disk("demo", third)
        image = await manager.get_vm_disk_image_path("demo", disk_id=disk_id)
        write_pattern(image, 0x42)
        await manager.duplicate_vm("demo", "twin")
        twin = await manager.get_vm_status("twin")
        copy = await manager.get_vm_disk_image_path("twin", disk_id=disk_id)
        assert copy.parent == twin.folder != info.folder
        assert same(image, copy)
        assert holds(copy, "qcow2", 0x42)
        assert kept.name not in files_in(twin.folder)
        await manager.start_vm("twin")


async def test_an_ova_holds_all_disks_and_a_new_system_disk_leaves_the_others(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path / "library") as manager:
        info, disk_id = await two_disks(manager)
        image = await manager.get_vm_disk_image_path("demo", disk_id=disk_id)
        write_pattern(image, 0x42)
        ova = tmp_path / "demo.ova"
        await manager.export_vm_disk_image("demo", MigrationOptions(guest_os_image_path=str(ova)))
        with tarfile.open(ova) as archive:
            names = [name for name in archive.getnames() if name.endswith(".vmdk")]
            assert len(names) == 2
            archive.extract(names[1], tmp_path, filter="data")
        vmdk = tmp_path / names[1]
        vmdk_source = f'json:{{"driver":"vmdk","file":{{"driver":"file","filename":"{vmdk}"}}}}'
        raw = tmp_path / "second.raw"
        run("qemu-img", "convert", "-O", "raw", vmdk_source, raw)
        assert raw.stat().st_size == 24 * MIB
        assert holds(raw, "raw", 0x42)

        source = tmp_path / "other.qcow2"
        run("qemu-img", "create", "-q", "-f", "qcow2", source, "18M")
        await manager.import_vm_disk_image(
            "demo", MigrationOptions(guest_os_image_path=str(source))
        )
        mine, kept = await the_disks(manager)
        assert [(disk.disk_id, disk.size_mib) for disk in mine] == [("disk0", 18), (disk_id, 24)]
        assert [disk.file for disk in kept] == ["disk0.qcow2"], "the former system disk"
        assert load_config(info.folder).disks[1].file == image.name


async def test_without_one_of_its_disks_a_machine_says_which_is_missing(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        info, _ = await two_disks(manager)
    image = info.folder / load_config(info.folder).disks[1].file
    run("qemu-img", "resize", "-q", "-f", "qcow2", image, "48M")
    async with managing(tmp_path) as manager:
        assert [disk.size_mib for disk in manager._registry.find("demo").config.disks] == [16, 48]
    image.rename(info.folder / "elsewhere")
    async with managing(tmp_path) as manager:
        (shown,) = await manager.list_vms()
        assert shown.state is VmState.UNAVAILABLE
        assert image.name in shown.problem
        with pytest.raises(StateError):
            await manager.list_vm_disks("demo")


async def test_emptying_the_trash_takes_all_disks_and_the_kept_ones(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        info, disk_id = await two_disks(manager)
        await manager.add_vm_disk("demo", 16)
        await manager.remove_vm_disk("demo", disk_id)
        names = files_in(info.folder)
        await manager.destroy_vm("demo")
        await manager.undo_destroy_vm("demo")
        assert files_in(info.folder) == names
        assert len(await manager.list_vm_disks("demo")) == 3
        await manager.destroy_vm("demo")
        await manager.empty_trash()
        assert await manager.list_trash() == ()
        assert list((tmp_path / "trash").iterdir()) == []


async def test_a_damaged_disk_hides_no_other_one(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        info, _ = await two_disks(manager)
        (info.folder / "disk0.qcow2").write_bytes(b"no image")
        system, added = await manager.list_vm_disks("demo")
        assert (system.size_mib, added.size_mib) == (0, 24)
        added.path.unlink()
        assert [disk.file_bytes for disk in await manager.list_vm_disks("demo")] == [0, 0]


async def test_a_damaged_disk_can_be_taken_out_and_the_machine_starts_again(
    tmp_path: Path,
) -> None:
    async with managing(tmp_path) as manager:
        _, disk_id = await two_disks(manager)
        image = await manager.get_vm_disk_image_path("demo", disk_id=disk_id)
        image.write_bytes(b"no image")
        with pytest.raises(StoreError):
            await manager.start_vm("demo")
        assert await manager.remove_vm_disk("demo", disk_id) == image
        assert image.read_bytes() == b"no image"
        await manager.start_vm("demo")


def test_the_system_disk_is_meant_where_none_is_named() -> None:
    config = a_config()
    assert disk_of(config, "") == disk_of(config, "disk0") == config.disks[0]
    with pytest.raises(ParamError, match="no disk called “disk1”"):
        disk_of(config, "disk1")


def test_only_images_of_our_names_count_as_kept(tmp_path: Path) -> None:
    for name in ("disk0", "disk2-0123abcd", "x", "disk", "disk3.qcow2.part"):
        (tmp_path / f"{name}.qcow2").touch()
    (tmp_path / "disk4.qcow2").mkdir()
    os.mkfifo(tmp_path / "disk5.qcow2")
    found = list_disks(a_config(), tmp_path)
    assert [(disk.disk_id, disk.file) for disk in found] == [
        ("disk0", "disk0.qcow2"),
        ("", "disk2-0123abcd.qcow2"),
    ]


@pytest.mark.parametrize("bus", [DiskBus.VIRTIO, DiskBus.SATA])
async def test_a_guest_writes_on_its_second_disk(tmp_path: Path, bus: DiskBus) -> None:
    async with managing(tmp_path) as manager:
        info, disk_id = await two_disks(manager, profile=Profile(disk_bus=bus))
        system, added = (disk.path for disk in await manager.list_vm_disks("demo"))
        raw = tmp_path / "boot.raw"
        raw.write_bytes(WRITES_ON_THE_SECOND_DISK.ljust(16 * MIB, b"\0"))
        run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, system)
        await manager.start_vm("demo")
        async with engine_of(tmp_path, info) as engine:

            async def has_written() -> bool:
                written = {
                    Path(block["qdev"].removesuffix("/virtio-backend")).name: block["stats"]
                    for block in await blocks(engine, "query-blockstats")
                    if block.get("qdev")
                }
                return bool(written[disk_id]["wr_operations"] == 1)

            await eventually(has_written, timeout_s=15)
            line = f'qemu-io -d {disk_id} "flush"'
            await engine.execute("human-monitor-command", {"command-line": line})
        await manager.force_stop_vm("demo")
        copy = tmp_path / "second.raw"
        run("qemu-img", "convert", "-f", "qcow2", "-O", "raw", added, copy)
        assert copy.read_bytes()[512:1024] == WRITES_ON_THE_SECOND_DISK


async def test_a_running_machine_can_be_asked_about_its_disks(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        await running_machine(manager)
        (system,) = await manager.list_vm_disks("demo")
        assert (system.size_mib, system.system) == (16, True)
