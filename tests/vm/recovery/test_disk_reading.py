"""A qcow2 disk is read as its engine would read it, and never leads to another file."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from app.errors import MediaError
from app.vm.recovery.disk_reading import Qcow2Disk
from tests.vm.disks import MIB, run
from tests.vm.recovery.guest_disks import as_qcow2
from tests.vm.recovery.images import ruin


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """Noise, text, and holes between."""
    source, path = random.Random(7), tmp_path / "raw"
    data = bytearray(9 * MIB + 512)
    data[70_000:2_000_000] = source.randbytes(1_930_000)
    data[4 * MIB : 6 * MIB] = b"words " * (2 * MIB // 6) + b"wo"
    data[-512:] = b"E" * 512
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("-c",),
        ("-o", "cluster_size=512"),
        ("-o", "cluster_size=2M"),
        ("-c", "-o", "cluster_size=4k"),
        ("-o", "compat=0.10"),
        ("-o", "preallocation=metadata"),
    ],
)
def test_every_byte_is_the_guests(tmp_path: Path, raw: Path, options: tuple[str, ...]) -> None:
    whole = raw.read_bytes()
    with Qcow2Disk(as_qcow2(raw, tmp_path / "disk", *options)) as disk:
        assert disk.size == len(whole)
        assert disk.read(0, len(whole) + 5000) == whole
        assert disk.read(len(whole), 1) == b""
        source = random.Random(9)
        for _ in range(300):
            at, size = source.randrange(len(whole)), source.randrange(200_000)
            assert disk.read(at, size) == whole[at : at + size]


def test_what_was_written_is_counted_by_the_cluster(tmp_path: Path, raw: Path) -> None:
    with Qcow2Disk(as_qcow2(raw, tmp_path / "disk")) as disk:
        assert 3 * MIB < disk.written_bytes() < 5 * MIB


def test_clusters_of_zeros_hide_what_lies_there(tmp_path: Path, raw: Path) -> None:
    image = as_qcow2(raw, tmp_path / "disk")
    run("qemu-io", "-f", "qcow2", "-c", "write -z 4M 1M", image)
    with Qcow2Disk(image) as disk:
        assert disk.read(4 * MIB, MIB) == bytes(MIB)
        assert disk.read(5 * MIB, MIB) == raw.read_bytes()[5 * MIB : 6 * MIB]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("-o", "compression_type=zstd"), "form"),
        (("-o", "extended_l2=on"), "form"),
        (("-o", "data_file=other,data_file_raw=on"), "another file"),
    ],
)
def test_a_form_that_is_not_read_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    run("qemu-img", "create", "-q", "-f", "qcow2", *options, "disk", "1M")
    with pytest.raises(MediaError, match=words):
        Qcow2Disk(tmp_path / "disk")


def test_tables_that_lead_nowhere_are_an_error_of_that_place(tmp_path: Path, raw: Path) -> None:
    image = as_qcow2(raw, tmp_path / "disk")
    ruin(image)
    with Qcow2Disk(image) as disk, pytest.raises(OSError, match="beyond the end"):
        disk.read(0, 512)
