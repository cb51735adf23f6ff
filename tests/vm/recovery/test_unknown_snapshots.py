"""Snapshots in the disks that nobody here has made."""

from __future__ import annotations

import random
import struct
import subprocess
from pathlib import Path

import pytest

from app.vm.images.qcow2_snapshots import HEADER_BYTES, read_names, read_table_place
from app.vm.records import RecoveryKind, RecoveryStep
from app.vm.recovery.unknown_snapshots import unknown_snapshots
from tests.vm.managing import managing, small
from tests.vm.recovery.images import image_of


def snapshot(image: Path, *words: str) -> None:
    subprocess.run(["qemu-img", "snapshot", *words, str(image)], check=True)


def in_table(image: Path) -> tuple[str, ...]:
    data = image.read_bytes()
    place = read_table_place(data[:HEADER_BYTES])
    assert place is not None
    return read_names(data[place.offset :], place.count)


def test_the_names_are_those_that_the_disk_tool_gave(tmp_path: Path) -> None:
    image = tmp_path / "a.qcow2"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", str(image), "16M"], check=True)
    assert in_table(image) == ()
    for name in ("one", "zwei Wörter", "三"):
        snapshot(image, "-c", name)
    assert in_table(image) == ("one", "zwei Wörter", "三")


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"QFI\xfb",
        bytes(HEADER_BYTES),
        struct.pack(">4sI52xIQ", b"QFI\xfb", 9, 1, 0),
        struct.pack(">4sI52xIQ", b"QFI\xfb", 3, 0xFFFFFFFF, 0),
    ],
)
def test_what_cannot_be_right_has_no_table(header: bytes) -> None:
    assert read_table_place(header) is None


def test_a_spoiled_table_ends_the_list_and_does_no_harm() -> None:
    chance = random.Random(3)
    entry = struct.pack(">QIHHIIQII", 0, 0, 1, 3, 0, 0, 0, 0, 16) + bytes(16) + b"1abc"
    whole = (entry + bytes(-len(entry) % 8)) * 4
    assert read_names(whole, 4) == ("abc",) * 4
    for _ in range(5000):
        data = bytearray(whole[: chance.randint(0, len(whole))])
        for _ in range(min(len(data), 3)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        assert len(read_names(bytes(data), 1024)) <= 1024


@pytest.mark.slow
async def test_one_that_was_made_elsewhere_is_told_and_can_be_removed(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        info = await manager.create_vm("demo", small())
        kept = await manager.create_snapshot("demo", "mine")
        assert await manager.list_findings() == ()
        snapshot(image_of(info), "-c", "by hand")
        (finding,) = await manager.list_findings()
        assert finding.kind is RecoveryKind.UNKNOWN_SNAPSHOT
        assert (finding.file, finding.steps) == ("by hand", (RecoveryStep.CLEAN_UP,))
        assert "made elsewhere: by hand." in finding.sentence

        done = await manager.recover_user_data("demo", step=RecoveryStep.CLEAN_UP, file="by hand")
        assert done.sentence == "The snapshot is gone from the machine's disks."
        assert await manager.list_findings() == ()
        assert [one.snapshot_id for one in await manager.get_snapshot_list("demo")] == [
            kept.snapshot_id
        ]


@pytest.mark.slow
async def test_a_list_that_cannot_be_read_makes_nothing_unknown(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        info = await manager.create_vm("demo", small())
        await manager.create_snapshot("demo", "mine")
        (info.folder / "snapshots.json").write_text('{"schema_version": 99}')
        config = manager._machine("demo").config
        assert unknown_snapshots(info.folder, config) == ()
