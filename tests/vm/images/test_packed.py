"""Packed images: unpacked whole and sparse, or refused with nothing left."""

from __future__ import annotations

import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from app.errors import DiskLessError, MediaError
from app.vm.images import packed
from app.vm.images.copying import RESERVE_BYTES
from app.vm.images.packed import unpack, unpacked_name
from tests.vm.images.makers import MIB, pattern

BOTH = pytest.mark.parametrize(("ending", "pack"), [("gz", gzip.compress), ("xz", lzma.compress)])


@BOTH
async def test_the_content_is_the_same_and_zeros_are_holes(
    tmp_path: Path, ending: str, pack: Callable[[bytes], bytes]
) -> None:
    path, target = tmp_path / f"a.img.{ending}", tmp_path / "out"
    path.write_bytes(pack(pattern() + bytes(16 * MIB)))
    told: list[float] = []
    await unpack(path, target, told.append)
    assert target.read_bytes() == pattern() + bytes(16 * MIB)
    assert target.stat().st_blocks * 512 < 12 * MIB
    assert told


@BOTH
async def test_a_cut_off_file_or_a_bomb_leaves_nothing(
    tmp_path: Path,
    ending: str,
    pack: Callable[[bytes], bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, target = tmp_path / f"a.img.{ending}", tmp_path / "out"
    whole = pack(pattern())
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(MediaError):
        await unpack(path, target, lambda _: None)
    assert not target.exists()
    path.write_bytes(whole)
    monkeypatch.setattr(packed, "free_bytes", lambda _: RESERVE_BYTES + MIB)
    with pytest.raises(DiskLessError):
        await unpack(path, target, lambda _: None)
    assert not target.exists()


def test_the_name_inside_is_the_name_without_the_ending() -> None:
    assert unpacked_name("a.img.XZ") == "a.img"
    assert unpacked_name("a.img") == ""
