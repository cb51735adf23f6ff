"""An image becomes a machine's own disk: the same content, and the source is left alone."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from app.errors import DiskLessError, MediaError, NotSupportedError, ParamError, StoreError
from app.vm.images import copying, exporting
from app.vm.images.copying import Way, Wish, bring_in, snapshot_before, way_of
from app.vm.images.inspection import inspect_image
from app.vm.images.placing import identity_of
from app.vm.images.source import ImageFormat, ImageSnapshot, ImageSource, Window
from tests.vm.disks import about, files_in, holds, run, write_pattern
from tests.vm.images.makers import KINDS, content, make, pattern

SNAPSHOT = ImageSnapshot(tag="one", created_ms=1000)


def source(
    form: ImageFormat = ImageFormat.QCOW2, *, window: bool = False, has: bool = False
) -> ImageSource:
    return ImageSource(
        path=Path("/x"),
        format=form,
        virtual_bytes=512,
        window=Window(512, 512) if window else None,
        snapshots=(SNAPSHOT,) if has else (),
    )


async def brought(path: Path, target: Path, wish: Wish = Wish()) -> list[float]:  # noqa: B008
    told: list[float] = []
    before = identity_of(path)
    await bring_in(await inspect_image(path), target, wish, before, told.append)
    return told


@pytest.mark.parametrize(
    ("image", "wish", "version", "way"),
    [
        (source(), Wish(), 3, Way.COPY),
        (source(), Wish(), 2, Way.CONVERT),
        (source(window=True), Wish(), 3, Way.CONVERT),
        (source(has=True), Wish(), 3, Way.CONVERT),
        (source(has=True), Wish(keep_snapshots=True), 3, Way.COPY),
        (source(has=True), Wish(snapshot_time_ms=1), 3, Way.CONVERT),
        (source(ImageFormat.VDI), Wish(keep_snapshots=True), 0, Way.CONVERT),
    ],
)
def test_only_a_whole_modern_image_is_copied(
    image: ImageSource, wish: Wish, version: int, way: Way
) -> None:
    assert way_of(image, wish, version) is way


def test_snapshots_that_cannot_be_kept_are_refused() -> None:
    with pytest.raises(NotSupportedError):
        way_of(source(has=True), Wish(keep_snapshots=True), 2)
    with pytest.raises(ParamError):
        way_of(source(has=True), Wish(keep_snapshots=True, snapshot_time_ms=5), 3)


def test_the_newest_snapshot_of_the_time_is_taken() -> None:
    later = ImageSnapshot(tag="two", created_ms=2000)
    assert snapshot_before([SNAPSHOT, later], 1999) == "one"
    assert snapshot_before([SNAPSHOT, later], 2000) == "two"
    with pytest.raises(ParamError):
        snapshot_before([SNAPSHOT], 999)


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_arrives_whole_and_its_source_is_unchanged(
    tmp_path: Path, kind: str
) -> None:
    path, target = make(tmp_path / "from", kind), tmp_path / "disk.qcow2"
    before = hashlib.sha256(path.read_bytes()).digest(), path.stat().st_mtime_ns
    await brought(path, target)
    assert content(await inspect_image(target), tmp_path) == pattern()
    assert (hashlib.sha256(path.read_bytes()).digest(), path.stat().st_mtime_ns) == before
    assert target.stat().st_mode & 0o777 == 0o600


async def test_snapshots_are_kept_dropped_or_gone_back_to(tmp_path: Path) -> None:
    path = make(tmp_path / "from", "qcow2")
    write_pattern(path, 7)
    run("qemu-img", "snapshot", "-c", "old,one", path)
    write_pattern(path, 9)
    await brought(path, tmp_path / "a.qcow2", Wish(keep_snapshots=True))
    await brought(path, tmp_path / "b.qcow2")
    await brought(path, tmp_path / "c.qcow2", Wish(snapshot_time_ms=1 << 42))
    assert about(tmp_path / "a.qcow2")["snapshots"]
    assert "snapshots" not in about(tmp_path / "b.qcow2")
    assert holds(tmp_path / "b.qcow2", "qcow2", 9)
    assert holds(tmp_path / "c.qcow2", "qcow2", 7)


async def test_an_exchanged_file_or_a_full_disk_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, target = make(tmp_path / "from", "vdi"), tmp_path / "to" / "disk.qcow2"
    target.parent.mkdir()
    image = await inspect_image(path)
    with pytest.raises(MediaError):
        await bring_in(image, target, Wish(), (0, 0), lambda _: None)
    monkeypatch.setattr(exporting, "free_bytes", lambda _: 1 << 20)
    with pytest.raises(DiskLessError):
        await bring_in(image, target, Wish(), identity_of(path), lambda _: None)
    assert files_in(target.parent) == set()


@pytest.mark.parametrize("kind", ["qcow2", "vdi"])
async def test_a_cancelled_import_leaves_nothing(tmp_path: Path, kind: str) -> None:
    path, target = make(tmp_path / "from", kind), tmp_path / "to" / "disk.qcow2"
    target.parent.mkdir()
    image, told = await inspect_image(path), asyncio.Event()

    async with asyncio.TaskGroup() as group:
        work = group.create_task(
            bring_in(image, target, Wish(), identity_of(path), lambda _: told.set())
        )
        await told.wait()
        work.cancel()
    assert work.cancelled()
    assert files_in(target.parent) == set()


async def test_a_copy_that_leads_to_another_file_is_thrown_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, backing = tmp_path / "a.qcow2", tmp_path / "b.qcow2"
    for image in (path, backing):
        run("qemu-img", "create", "-q", "-f", "qcow2", image, "1M")
    real = copying._copy

    async def exchanged(source: Path, part: Path, tell: Callable[[float], None]) -> None:
        await real(source, part, tell)
        run("qemu-img", "rebase", "-u", "-f", "qcow2", "-F", "qcow2", "-b", backing, part)

    monkeypatch.setattr(copying, "_copy", exchanged)
    before, image = identity_of(path), await inspect_image(path)
    with pytest.raises(StoreError, match="leads to another file"):
        await bring_in(image, tmp_path / "c.qcow2", Wish(), before, lambda _: None)
    assert files_in(tmp_path) == {"a.qcow2", "b.qcow2"}
