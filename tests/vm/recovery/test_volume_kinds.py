"""What a partition holds is told by its beginning, as the usual tools write it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from app.vm.recovery.volume_kinds import HEAD_BYTES, VolumeKind, kind_of
from tests.vm.recovery.guest_disks import sized, tool


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("mke2fs", "-q", "-F", "-t", "ext4"), VolumeKind.EXT),
        (("mke2fs", "-q", "-F", "-t", "ext2"), VolumeKind.EXT),
        (("mkfs.fat", "-F", "16"), VolumeKind.FAT),
        (("mkfs.fat", "-F", "32"), VolumeKind.FAT),
        (("mkfs.exfat",), VolumeKind.EXFAT),
        (("mkntfs", "-q", "-F"), VolumeKind.NTFS),
        (("mkswap",), VolumeKind.SWAP),
        (("mkfs.xfs", "-q"), VolumeKind.XFS),
        (("mkfs.btrfs", "-q"), VolumeKind.BTRFS),
        (("mkfs.f2fs", "-q"), VolumeKind.F2FS),
        (("cryptsetup", "-q", "luksFormat", "--pbkdf-force-iterations=4"), VolumeKind.LUKS),
    ],
)
def test_what_a_tool_has_made_is_told(
    tmp_path: Path, words: tuple[str, ...], kind: VolumeKind
) -> None:
    raw = sized(tmp_path / "raw", 400)
    tool(*words, raw, data=b"a pass phrase")
    with raw.open("rb") as file:
        assert kind_of(file.read(HEAD_BYTES)) is kind


def test_noise_and_too_little_are_nothing_that_could_be_read() -> None:
    source = random.Random(3)
    for size in (0, 1, 511, 512, 1100, HEAD_BYTES):
        assert kind_of(bytes(size)) is VolumeKind.EMPTY
        if size:
            assert not kind_of(source.randbytes(size)).is_readable


def test_every_kind_that_is_refused_has_a_remedy() -> None:
    assert all(kind.remedy for kind in VolumeKind)
