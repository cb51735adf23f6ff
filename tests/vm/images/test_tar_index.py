"""Archives are read by their headers alone; whatever is no plain file is refused."""

from __future__ import annotations

import io
import tarfile
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import MediaError
from app.vm.images.tar_index import MOST_HEADERS, TarMember, plain_name, read_index

FORMATS = (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)


def member(
    name: str, size: int = 0, kind: bytes = tarfile.REGTYPE, **more: object
) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    for key, value in more.items():
        setattr(info, key, value)
    return info


def archive(*members: tuple[tarfile.TarInfo, bytes], form: int = tarfile.USTAR_FORMAT) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form) as writing:
        for info, data in members:
            writing.addfile(info, io.BytesIO(data))
    return file.getvalue()


def plain(*names: str, form: int = tarfile.USTAR_FORMAT) -> bytes:
    return archive(
        *((member(name, len(name.encode())), name.encode()) for name in names), form=form
    )


def index(data: bytes) -> tuple[TarMember, ...]:
    return read_index(lambda at, length: data[at : at + length], len(data), "a.ova")


def refused(data: bytes, words: str) -> None:
    with pytest.raises(MediaError, match=words) as caught:
        index(data)
    assert caught.value.message.startswith("a.ova")
    assert caught.value.remedy


@pytest.mark.parametrize("form", FORMATS)
def test_files_are_found_where_they_are(form: int) -> None:
    names = ["machine.ovf", "Büro 1.vmdk", f"{'long' * 45}.img"]
    names = names if form != tarfile.USTAR_FORMAT else names[:2]
    data = plain(*names, form=form)
    found = index(data)
    assert [file.name for file in found] == names
    for file in found:
        start = file.window.offset
        assert data[start : start + file.window.size] == file.name.encode()


def test_the_present_folder_in_front_of_a_name_is_left_out() -> None:
    assert [file.name for file in index(plain("./machine.ovf"))] == ["machine.ovf"]


def test_a_file_larger_than_octal_digits_can_tell_is_where_it_is() -> None:
    size = 9 << 30
    for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        head = member("disk.vmdk", size).tobuf(form)
        end = len(head) + size

        def read(at: int, length: int, head: bytes = head) -> bytes:
            return head[at : at + length].ljust(length, b"\0")

        (file,) = read_index(read, end + 1024, "a.ova")
        assert (file.window.offset, file.window.size) == (len(head), size)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (tarfile.SYMTYPE, "holds a link"),
        (tarfile.LNKTYPE, "holds a hard link"),
        (tarfile.CHRTYPE, "holds a device"),
        (tarfile.BLKTYPE, "holds a device"),
        (tarfile.FIFOTYPE, "holds a pipe"),
        (tarfile.DIRTYPE, "holds a folder"),
        (tarfile.GNUTYPE_SPARSE, "sparse"),
        (b"7", "no file"),
    ],
)
def test_only_plain_files_are_taken(kind: bytes, words: str) -> None:
    refused(archive((member("disk.vmdk", 0, kind, linkname="/etc/passwd"), b"")), words)


@pytest.mark.parametrize(
    "name", ["../disk.vmdk", "/etc/passwd", "a/b.vmdk", "..", ".hidden", "a\\b", "a\nb"]
)
@pytest.mark.parametrize("form", FORMATS)
def test_a_name_that_leads_elsewhere_is_refused(name: str, form: int) -> None:
    refused(plain(name, form=form), "leads elsewhere")


def test_two_files_of_one_name_are_refused() -> None:
    refused(plain("a.vmdk", "./a.vmdk"), "two files")


def test_a_sparse_file_by_an_extended_header_is_refused() -> None:
    info = member("disk.vmdk", 3, pax_headers={"GNU.sparse.major": "1"})
    refused(archive((info, b"abc"), form=tarfile.PAX_FORMAT), "sparse")


def test_a_cut_off_archive_is_refused_wherever_it_ends() -> None:
    data = archive((member("a.ovf", 1500), bytes(1500)), (member("b.vmdk", 700), b"x" * 700))
    whole = 512 + 1536 + 512 + 1024
    for end in (0, 1, 511, 512, 600, 2047, 2048, 2100, whole - 400, whole - 1, whole, whole + 511):
        refused(data[:end], "cut off")
    assert len(index(data[: whole + 512])) == 2


def test_a_size_that_lies_is_refused() -> None:
    head = member("disk.vmdk", 1 << 40).tobuf(tarfile.GNU_FORMAT)
    refused(head + bytes(4096), "cut off")
    negative = bytearray(member("disk.vmdk", 5).tobuf(tarfile.USTAR_FORMAT))
    negative[124:136] = b"\xff" * 12
    refused(with_checksum(negative) + bytes(2048), "no size")
    negative[124:136] = b"99999999999\0"
    refused(with_checksum(negative) + bytes(2048), "no size")


def with_checksum(head: bytearray) -> bytes:
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head[:512])
    return bytes(head)


def test_a_header_that_was_changed_is_refused() -> None:
    data = bytearray(plain("a.ovf"))
    data[3] ^= 1
    refused(bytes(data), "checksum")


def test_something_else_is_no_archive() -> None:
    refused(b"<?xml version='1.0'?>".ljust(4096), "not a tar archive")


def test_no_archive_has_endless_files_or_names() -> None:
    refused(plain(*(f"{number}.img" for number in range(MOST_HEADERS + 1))), "more than")
    long_name = member("././@LongLink", 1 << 30, tarfile.GNUTYPE_LONGNAME)
    head = long_name.tobuf(tarfile.GNU_FORMAT)

    def read(at: int, length: int) -> bytes:
        return head[at : at + length].ljust(length, b"x")

    tracemalloc.start()
    try:
        with pytest.raises(MediaError, match="endless"):
            read_index(read, 2 << 30, "a.ova")
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("record", [b"5 a=b", b"999 path=x\n", b"x path=y\n", b"0 \n", b"6 abc\n"])
def test_an_extended_header_that_cannot_be_read_is_refused(record: bytes) -> None:
    head = member("pax", len(record), tarfile.XHDTYPE).tobuf(tarfile.USTAR_FORMAT)
    refused(head + record.ljust(512, b"\0") + plain("a"), "cannot be read|leads elsewhere")


def test_an_extended_header_that_names_all_files_is_refused() -> None:
    record = b"10 path=x\n"
    head = member("pax", len(record), tarfile.XGLTYPE).tobuf(tarfile.USTAR_FORMAT)
    refused(head + record.ljust(512, b"\0") + plain("a"), "all files")


def changed(data: bytes, at: int, byte: int) -> bytes:
    spoiled = bytearray(data)
    spoiled[at % len(data)] = byte
    return bytes(spoiled)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(FORMATS), st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=8)
)
def test_spoiled_archives_are_refused_or_read(form: int, changes: list[tuple[int, int]]) -> None:
    data = plain("machine.ovf", "x" * 120 if form != tarfile.USTAR_FORMAT else "d", form=form)
    for at, byte in changes:
        data = changed(data, at, byte)
    try:
        found = index(data)
    except MediaError:
        return
    assert all(plain_name(file.name) for file in found)
    assert all(file.window.offset + file.window.size <= len(data) for file in found)


def test_a_reader_is_asked_for_headers_only() -> None:
    data = archive((member("a.ovf", 100_000), bytes(100_000)))
    asked: list[int] = []

    def counted(read: Callable[[int, int], bytes]) -> Callable[[int, int], bytes]:
        def inner(at: int, length: int) -> bytes:
            asked.append(length)
            return read(at, length)

        return inner

    read_index(counted(lambda at, length: data[at : at + length]), len(data), "a.ova")
    assert sum(asked) == 2 * 512
