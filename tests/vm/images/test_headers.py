"""Headers of foreign images: bytes in, values or a refusal out."""

from __future__ import annotations

import struct
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import AppError, MediaError
from app.vm.images import qcow2, qed, vdi, vhd, vhdx, vmdk, vmdk_text
from app.vm.images.bounds import MOST_BYTES, check_virtual_size
from app.vm.images.headers import (
    HEAD_BYTES,
    TAIL_BYTES,
    Content,
    content_of,
    looks_like_a_disk,
)
from app.vm.images.vmdk_text import Extent, ExtentKind, parse_descriptor
from tests.vm.images import makers
from tests.vm.images.makers import DISK_BYTES, descriptor, flat, made, patched

CONTENTS = {
    "raw": Content.UNKNOWN,
    "qcow2": Content.QCOW2,
    "qcow2 compressed": Content.QCOW2,
    "qcow2 of version 2": Content.QCOW2,
    "qed": Content.QED,
    "vmdk monolithicSparse": Content.VMDK_SPARSE,
    "vmdk streamOptimized": Content.VMDK_SPARSE,
    "vdi": Content.VDI,
    "vdi static": Content.VDI,
    "vhd dynamic": Content.VHD_DYNAMIC,
    "vhd fixed": Content.VHD_FIXED,
    "vhdx": Content.VHDX,
}


@pytest.mark.parametrize("kind", makers.IN_ONE_FILE)
def test_the_kind_of_an_image_is_told_from_its_content(kind: str) -> None:
    data = made(kind)
    assert content_of(data[:HEAD_BYTES], data[-TAIL_BYTES:]) is CONTENTS[kind]


@pytest.mark.parametrize(
    ("at", "magic", "content"),
    [
        (0, b"QFI\xfb\0\0\0\1", Content.QCOW1),
        (0, b"\x1f\x8b", Content.GZIP),
        (0, b"\xfd7zXZ\0", Content.XZ),
        (257, b"ustar\x0000", Content.TAR),
        (257, b"ustar  \0", Content.TAR),
        (0x8001, b"CD001", Content.ISO),
        (0, b"LUKS\xba\xbe", Content.LUKS),
        (0, b"COWD", Content.ESX_SPARSE),
        (0, b"# disk descriptorfile\n", Content.VMDK_TEXT),
        (0, b"# a comment\r\n\r\n  version=1\r\n", Content.VMDK_TEXT),
        (0, b"version=4\n", Content.UNKNOWN),
    ],
)
def test_other_content_is_told_by_its_magic(at: int, magic: bytes, content: Content) -> None:
    head = bytes(at) + magic + bytes(4096)
    assert content_of(head, bytes(512)) is content


@pytest.mark.parametrize(
    ("at", "sign"),
    [
        (510, b"\x55\xaa"), (512, b"EFI PART"), (4096, b"EFI PART"), (1080, b"\x53\xef"),
        (3, b"NTFS    "), (54, b"FAT16   "), (82, b"FAT32   "), (0, b"XFSB"),
        (0x10040, b"_BHRfS_M"), (512, b"LABELONE"), (0x8001, b"CD001"),
    ],
)  # fmt: skip
def test_a_raw_disk_is_known_by_its_partitions_or_file_system(at: int, sign: bytes) -> None:
    head = b"\1" * at + sign
    assert looks_like_a_disk(head.ljust(HEAD_BYTES, b"\1"))
    assert not looks_like_a_disk(b"\1" * HEAD_BYTES)


def test_zeros_are_a_disk_that_nobody_has_used_and_nothing_is_none() -> None:
    assert looks_like_a_disk(bytes(HEAD_BYTES))
    assert not looks_like_a_disk(b"")


@pytest.mark.parametrize("size", [1, MOST_BYTES])
def test_sizes_up_to_the_largest_are_taken(size: int) -> None:
    check_virtual_size(size, "disk")


@pytest.mark.parametrize("size", [0, -1, MOST_BYTES + 1])
def test_sizes_that_no_disk_has_are_refused(size: int) -> None:
    with pytest.raises(MediaError, match=r"^disk is damaged"):
        check_virtual_size(size, "disk")


@pytest.mark.parametrize("kind", ["qcow2", "qcow2 of version 2"])
def test_the_header_of_a_qcow2_image_is_read(kind: str) -> None:
    header = qcow2.parse_qcow2(made(kind)[: qcow2.HEADER_BYTES], "disk")
    assert header.virtual_bytes == DISK_BYTES
    assert header.version == (2 if "2 of" in kind else 3)
    assert (header.backing_at, header.encryption, header.features) == (0, 0, 0)
    assert header.l1[1] == 1


def test_features_of_version_three_say_nothing_in_version_two() -> None:
    data = patched(made("qcow2 of version 2"), 72, ">Q", 4)
    assert qcow2.parse_qcow2(data, "disk").features == 0


def test_the_sparse_header_of_a_vmdk_image_leads_to_its_text_and_blocks() -> None:
    data = made("vmdk monolithicSparse")
    header = vmdk.parse_sparse(data[:HEAD_BYTES], data[-TAIL_BYTES:], len(data), "disk")
    assert header.virtual_bytes == DISK_BYTES
    assert header.grain == 65536
    assert not header.compressed
    at, length = header.descriptor
    text = parse_descriptor(data[at : at + length], "disk", embedded=True)
    assert text.create_type == "monolithicSparse"
    (table,) = vmdk.tables_at(data[header.directory_at : header.directory_at + 4])
    last = vmdk.last_grain(data[table : table + 4 * header.entries], 0)
    assert last is not None
    assert last.index == DISK_BYTES // 65536 - 1


def test_a_grain_table_without_blocks_has_no_last_one() -> None:
    assert vmdk.last_grain(struct.pack("<4I", 0, 1, 1, 0), 0) is None
    assert vmdk.last_grain(b"", 0) is None


def test_a_descriptor_is_read_as_vmware_writes_it() -> None:
    text = descriptor(
        'RW 4192256 SPARSE "a disk-s001.vmdk"',
        'RW 16384   FLAT "b.vmdk" 128',
        'RW 512 VMFS "c-flat.vmdk"',
    )
    lines = text.replace("\n", "\r\n") + 'ddb.longContentID = "abc"\r\nencoding="UTF-8"\r\n'
    found = parse_descriptor(lines.encode() + bytes(300), "disk")
    assert found.extents == (
        Extent("a disk-s001.vmdk", ExtentKind.SPARSE, 4192256 * 512),
        Extent("b.vmdk", ExtentKind.FLAT, 16384 * 512, 128 * 512),
        Extent("c-flat.vmdk", ExtentKind.VMFS, 512 * 512),
    )
    assert found.virtual_bytes == (4192256 + 16384 + 512) * 512


@pytest.mark.parametrize(
    "file", ["/a", "a/b", "..", ".", "a\\b", "C:a", "nbd:a", "json:{}", "file:a", "fat:rw:a"]
)
def test_a_part_elsewhere_is_refused_and_named_in_the_details(file: str) -> None:
    with pytest.raises(MediaError, match="outside of its own folder") as caught:
        parse_descriptor(descriptor(flat(file)).encode(), "disk")
    assert repr(file) in caught.value.detail


@pytest.mark.parametrize("line", ["parentCID=0", "PARENTCID = abcdef01", "#parentfilenamehint"])
def test_a_descriptor_with_a_parent_in_any_line_is_refused(line: str) -> None:
    for embedded in (False, True):
        text = descriptor(flat("a.vmdk"), line).encode()
        with pytest.raises(MediaError, match="differencing image"):
            parse_descriptor(text, "disk", embedded=embedded)


def test_a_descriptor_without_an_end_is_refused() -> None:
    with pytest.raises(MediaError, match="longer than 1 MiB"):
        parse_descriptor(b"# Disk DescriptorFile\n" + b"#" * (1 << 20), "disk")


def test_metadata_of_a_vhdx_image_give_its_size() -> None:
    data = made("vhdx")
    at = vhdx.metadata_at(data[vhdx.REGION_TABLE_AT :][: vhdx.TABLE_BYTES], len(data), "disk")
    assert vhdx.check_metadata(data[at : at + vhdx.METADATA_BYTES], "disk") == DISK_BYTES


def test_a_dynamic_vhd_image_has_its_table_and_blocks_in_the_file() -> None:
    data = made("vhd dynamic")
    disk, at = vhd.check_dynamic(data[:HEAD_BYTES], data[-TAIL_BYTES:], "disk")
    assert disk == DISK_BYTES
    blocks = vhd.parse_dynamic(data[at : at + vhd.DYNAMIC_BYTES], len(data), "disk")
    assert (blocks.block, blocks.block_with_map) == (2 << 20, (2 << 20) + 512)
    table = data[blocks.at : blocks.at + 4 * blocks.blocks]
    vhd.check_blocks(table, blocks, len(data), "disk")
    with pytest.raises(MediaError, match="cut off"):
        vhd.check_blocks(table, blocks, len(data) - 1024, "disk")


def _qcow2(data: bytes) -> object:
    header = qcow2.parse_qcow2(data, "disk")
    qcow2.check_qcow2(header, len(data), "disk")
    return header


def _sparse(data: bytes) -> object:
    return vmdk.parse_sparse(data[:HEAD_BYTES], data[-TAIL_BYTES:], len(data), "disk")


PARSERS: dict[str, Callable[[bytes], Any]] = {
    "qcow2": _qcow2,
    "qed": lambda data: qed.check_qed(data, len(data), "disk"),
    "vdi": lambda data: vdi.check_vdi(data, len(data), "disk"),
    "vmdk monolithicSparse": _sparse,
    "vmdk streamOptimized": _sparse,
    "vhd fixed": lambda data: vhd.check_fixed(data[-TAIL_BYTES:], len(data), "disk"),
    "vhd dynamic": lambda data: vhd.check_dynamic(data, data[-TAIL_BYTES:], "disk"),
    "vhdx": lambda data: vhdx.metadata_at(data[vhdx.REGION_TABLE_AT :], len(data), "disk"),
}


@pytest.mark.parametrize("kind", PARSERS)
def test_a_whole_header_is_taken(kind: str) -> None:
    assert PARSERS[kind](made(kind))


@pytest.mark.parametrize("kind", PARSERS)
@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=2048))
def test_noise_behind_a_magic_raises_nothing_unexpected(kind: str, data: bytes) -> None:
    start = made(kind)[:8]
    with suppress(AppError):
        PARSERS[kind](start + data)
    with suppress(AppError):
        PARSERS[kind](data + made(kind)[-512:])


@pytest.mark.parametrize("kind", PARSERS)
@settings(max_examples=200, deadline=None)
@given(
    changes=st.lists(st.tuples(st.integers(0, 1023), st.integers(0, 255)), max_size=16),
    end=st.integers(0, 1 << 18),
)
def test_spoiled_headers_raise_nothing_unexpected(
    kind: str, changes: list[tuple[int, int]], end: int
) -> None:
    data = bytearray(made(kind)[:end])
    for at, value in changes:
        if data:
            data[at % len(data)] = value
    began = time.process_time()
    content_of(bytes(data), bytes(data[-TAIL_BYTES:]))
    looks_like_a_disk(bytes(data))
    with suppress(AppError):
        PARSERS[kind](bytes(data))
    assert time.process_time() - began < 1


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=60),
            st.sampled_from([flat("a"), 'RW 1 SPARSE "b"', "RW 1", "CID=x", "# c", "\0", "a=\0"]),
        )
    ),
    st.booleans(),
)
def test_texts_that_are_no_descriptors_raise_nothing_unexpected(
    lines: list[str], embedded: bool
) -> None:
    text = descriptor(*lines).encode("utf-8", "surrogatepass")
    with suppress(AppError):
        found = parse_descriptor(text, "disk", embedded=embedded)
        assert all(not set("/\\:\0\n") & set(extent.name) for extent in found.extents)


def test_a_long_line_without_a_meaning_is_refused_in_no_time() -> None:
    for line in ("RW " + "1" * 900_000, "a" * 900_000, "RW" + " \t" * 450_000, "=" * 900_000):
        began = time.process_time()
        with pytest.raises(MediaError):
            parse_descriptor(descriptor(line).encode(), "disk")
        assert time.process_time() - began < 1


def test_a_descriptor_is_told_from_other_text() -> None:
    assert not vmdk_text.is_descriptor(b"")
    assert not vmdk_text.is_descriptor(b"# Disk\nsize=1\n")
