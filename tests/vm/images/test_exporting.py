"""A machine's disk for other programs: every format, whole, in its place, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.errors import DiskLessError, EngineError, NotSupportedError, ParamError
from app.vm.images import exporting
from app.vm.images.exporting import (
    ExportFormat,
    check_room,
    needed_bytes,
    plan_export,
    rename_extent,
    snapshot_at,
    snapshots_in,
    source_of,
    write_image,
)
from app.vm.images.placing import place_new
from app.vm.images.source import ImageSnapshot
from app.vm.qemu.images import create_disk
from app.vm.records import MigrationOptions
from tests.vm.disks import MIB, about, holds, run, same, write_pattern

QEMU_NAMES = {ExportFormat.VHD: "vpc", ExportFormat.OVA: "vmdk"}


def options(path: str = "/x/disk.qcow2", **changes: object) -> MigrationOptions:
    return MigrationOptions(guest_os_image_path=path, **changes)  # type: ignore[arg-type]


async def a_disk(folder: Path) -> Path:
    """A disk of 16 MiB with 2 MiB of content."""
    image = folder / "disk0.qcow2"
    await create_disk(image, 16)
    write_pattern(image, 0xA5)
    return image


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.qcow2", "qcow2"),
        ("a.IMG", "raw"),
        ("a.raw", "raw"),
        ("a.vmdk", "vmdk"),
        ("a.vdi", "vdi"),
        ("a.vhdx", "vhdx"),
        ("a.vhd", "vhd"),
        ("a.b.ova", "ova"),
    ],
)
def test_the_file_s_ending_says_the_format(name: str, form: str) -> None:
    assert plan_export(options(), Path("/x") / name).format == form


def test_a_named_format_goes_before_the_ending() -> None:
    assert plan_export(options(image_format="RAW"), Path("/x/a.qcow2")).format is ExportFormat.RAW


@pytest.mark.parametrize(("name", "form"), [("a", ""), ("a.iso", ""), ("a.qcow2", "vpc")])
def test_an_unknown_format_is_refused_with_the_ones_there_are(name: str, form: str) -> None:
    with pytest.raises(ParamError) as caught:
        plan_export(options(image_format=form), Path("/x") / name)
    assert all(known in caught.value.remedy for known in ExportFormat)


@pytest.mark.parametrize("form", ["raw", "vdi", "vhdx", "vhd"])
def test_formats_that_cannot_be_compressed_say_so(form: str) -> None:
    with pytest.raises(ParamError, match=f"format {form} cannot be compressed"):
        plan_export(options(image_format=form, compress=True), Path("/x/a"))


@pytest.mark.parametrize(
    ("wished", "error"),
    [
        ({"is_keep_snapshots": True, "image_format": "vmdk"}, NotSupportedError),
        ({"is_keep_snapshots": True, "compress": True}, ParamError),
        ({"is_keep_snapshots": True, "snapshot_time": 5}, ParamError),
        ({"snapshot_time": -1}, ParamError),
        ({"disk_size": 64}, ParamError),
    ],
)
def test_what_does_not_go_together_is_refused(
    wished: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        plan_export(options(**wished), Path("/x/a.qcow2"))


@pytest.mark.parametrize("form", list(ExportFormat))
@pytest.mark.parametrize("compress", [False, True])
async def test_every_format_has_the_same_content(
    tmp_path: Path, form: ExportFormat, *, compress: bool
) -> None:
    if compress and form not in {ExportFormat.QCOW2, ExportFormat.VMDK, ExportFormat.OVA}:
        return
    image = await a_disk(tmp_path)
    target = tmp_path / f"a.{form}"
    plan = plan_export(options(compress=compress), target)
    seen: list[float] = []

    await write_image(source_of(image), target, plan, seen.append)

    name = QEMU_NAMES.get(form, form.value)
    assert same(image, target, name)
    assert about(target, name)["virtual-size"] == 16 * MIB
    assert target.stat().st_blocks * 512 < 6 * MIB, "it stays sparse"
    assert seen[-1] == 1.0
    if compress:
        assert target.stat().st_size < MIB


async def test_a_file_system_without_direct_access_is_written_through_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = await a_disk(tmp_path)
    real, tried = exporting._convert, []

    async def refuse_direct(words: list[str], tell: Callable[[float], None], said: str) -> None:
        tried.append("none" in words)
        if tried[-1]:
            raise EngineError("-", detail="file system may not support O_DIRECT")
        await real(words, tell, said)

    monkeypatch.setattr(exporting, "_convert", refuse_direct)
    target = tmp_path / "a.raw"
    await write_image(source_of(image), target, plan_export(options(), target), lambda _: None)
    assert tried == [True, False]
    assert same(image, target, "raw")


async def test_a_snapshot_is_found_by_its_time_and_written_as_it_was(tmp_path: Path) -> None:
    image = await a_disk(tmp_path)
    run("qemu-img", "snapshot", "-c", "twice", image)
    write_pattern(image, 0x11)
    source = source_of(image)
    (found,) = await snapshots_in(source)
    assert abs(found.created_ms - image.stat().st_mtime * 1000) < 60_000
    chosen = snapshot_at((found,), found.created_ms)
    plan = plan_export(options(snapshot_time=found.created_ms), tmp_path / "a.qcow2")

    await write_image(source, plan.target, plan, lambda _: None, snapshot_id=chosen)

    assert holds(plan.target, "qcow2", 0xA5)
    assert holds(image, "qcow2", 0x11)
    assert "snapshots" not in about(plan.target)


def test_the_newest_snapshot_that_is_old_enough_counts() -> None:
    made = tuple(
        ImageSnapshot(tag=tag, created_ms=time) for tag, time in (("1", 10), ("3", 30), ("2", 20))
    )
    assert [snapshot_at(made, time) for time in (10, 29, 30, 99)] == ["1", "2", "3", "3"]
    for known, time in ((made, 9), ((), 9)):
        with pytest.raises(ParamError, match="no snapshot"):
            snapshot_at(known, time)


async def test_room_is_asked_for_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = await needed_bytes(source_of(await a_disk(tmp_path)))
    assert 2 * MIB < needed < 4 * MIB
    monkeypatch.setattr(exporting, "free_bytes", lambda _: needed - 3 * MIB // 2)
    with pytest.raises(DiskLessError, match="needs 3 MiB, 2 MiB more than are free"):
        check_room(tmp_path, needed)
    monkeypatch.setattr(exporting, "free_bytes", lambda _: needed)
    check_room(tmp_path, needed)


async def test_a_vmdk_names_itself_as_it_will_be_called(tmp_path: Path) -> None:
    image = await a_disk(tmp_path)
    part = tmp_path / ".a.vmdk.12345678.part"
    plan = plan_export(options(), tmp_path / "мой диск.vmdk")
    await write_image(source_of(image), part, plan, lambda _: None)
    head = part.read_bytes()[:65536]
    assert b'"' + "мой диск.vmdk".encode() + b'"' in head
    assert part.name.encode() not in head
    place_new(part, plan.target)
    assert same(image, plan.target, "vmdk")
    rename_extent(plan.target, 'quo"te.vmdk')
    assert b"quo" not in plan.target.read_bytes()[:65536], (
        "what would break the descriptor stays out"
    )
    assert same(image, plan.target, "vmdk")
