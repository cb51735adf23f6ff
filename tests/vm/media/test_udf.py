"""UDF volumes in the variants that pycdlib does not write."""

from __future__ import annotations

import struct

import pytest

from app.vm.media import udf
from app.vm.media.image import DamagedError, Image
from tests.vm.media.discs import SECTOR

PARTITION = 300
SHORT, LONG, EXTENDED_AD, EMBEDDED = range(4)
CONTENT = bytes(range(256)) * 20


def run(steps, data: bytes):
    try:
        wish = next(steps)
        while True:
            wish = steps.send(data[wish.offset : wish.offset + wish.length])
    except StopIteration as done:
        return done.value


def tagged(identifier: int, body: bytes) -> bytes:
    """A descriptor with a right tag; `body` follows the tag."""
    tag = bytearray(struct.pack("<HHBBHHHI", identifier, 2, 0, 0, 0, 0, 0, 0))
    tag[4] = sum(tag) & 0xFF
    return bytes(tag) + body


def file_entry(kind: int, area: bytes, length: int, *, extended: bool) -> bytes:
    body = bytearray(SECTOR - 16)
    struct.pack_into("<H", body, 34 - 16, kind)
    struct.pack_into("<Q", body, 56 - 16, length)
    counts_at = (208 if extended else 168) - 16
    struct.pack_into("<II", body, counts_at, 4, len(area))
    body[counts_at + 12 : counts_at + 12 + len(area)] = area
    return tagged(266 if extended else 261, bytes(body))


def identifier(name: bytes, block: int, flags: int = 0) -> bytes:
    body = struct.pack("<HBBII8xH", 1, flags, len(name), SECTOR, block, 0) + name
    return tagged(257, body + bytes(-(len(body) + 16) % 4))


def volume(
    *,
    file: bytes,
    names: bytes,
    block_bytes: int = SECTOR,
    map_count: int = 1,
    file_set_tag: int = 256,
    volume_id: bytes = b"\x08NAME",
    without: int = 0,
) -> bytes:
    """Image with a root directory of `names` in block 2, and `file`, an entry, in block 3."""
    data = bytearray((PARTITION + 20) * SECTOR)

    def put(sector: int, descriptor: bytes) -> None:
        data[sector * SECTOR : sector * SECTOR + len(descriptor)] = descriptor

    primary = bytearray(SECTOR - 16)
    primary[24 - 16 : 24 - 16 + len(volume_id)] = volume_id
    primary[55 - 16] = len(volume_id)
    logical = bytearray(SECTOR - 16)
    struct.pack_into("<I", logical, 212 - 16, block_bytes)
    struct.pack_into("<II", logical, 248 - 16, SECTOR, 0)
    struct.pack_into("<II", logical, 264 - 16, 6, map_count)
    logical[440 - 16 : 442 - 16] = b"\x01\x06"
    partition = bytearray(SECTOR - 16)
    struct.pack_into("<II", partition, 188 - 16, PARTITION, 20)
    put(256, tagged(2, struct.pack("<II", 16 * SECTOR, 257)))
    sequence = [(1, primary), (5, partition), (6, logical), (8, bytearray(SECTOR - 16))]
    sequence = [(number, body) for number, body in sequence if number != without]
    for place, (number, body) in enumerate(sequence):
        put(257 + place, tagged(number, bytes(body)))
    file_set = bytearray(SECTOR - 16)
    struct.pack_into("<II", file_set, 400 - 16, SECTOR, 1)
    put(PARTITION, tagged(file_set_tag, bytes(file_set)))
    put(PARTITION + 1, file_entry(SHORT, struct.pack("<II", len(names), 2), len(names), extended=0))
    put(PARTITION + 2, names)
    put(PARTITION + 3, file)
    put(PARTITION + 4, CONTENT)
    return bytes(data)


NAMES = identifier(b"", 1, 0x0A) + identifier(b"\x08gone", 9, 4) + identifier(b"\x08file", 3)
PLAIN = file_entry(SHORT, struct.pack("<II", 1000, 4), 1000, extended=False)


def read_file(data: bytes, path: str = "file", offset: int = 0, length: int = 2000):
    image = Image(len(data))
    found = run(udf.read_volume(image), data)
    node = run(found.find(image, path), data)
    return None if node is None else run(node.read(image, offset, length), data)


@pytest.mark.parametrize("extended", [False, True])
@pytest.mark.parametrize(
    ("kind", "area"),
    [
        (SHORT, struct.pack("<II", 1000, 4)),
        (LONG, struct.pack("<IIH6x", 1000, 4, 0)),
        (SHORT, struct.pack("<IIII", 600, 4, 0, 0)),
        (EMBEDDED, CONTENT[:1000]),
    ],
)
def test_content_is_found_in_every_kind_of_file_entry(kind, area, extended):
    length = 600 if len(area) == 16 and kind == SHORT else 1000

    data = volume(file=file_entry(kind, area, length, extended=extended), names=NAMES)

    assert read_file(data) == CONTENT[:length]


def test_a_file_in_several_extents_is_read_across_them():
    area = struct.pack("<IIII", SECTOR, 5, 3000, 4)
    data = volume(file=file_entry(SHORT, area, SECTOR + 3000, extended=False), names=NAMES)

    joined = CONTENT[SECTOR : 2 * SECTOR] + CONTENT[:3000]
    assert read_file(data, offset=2000, length=100) == joined[2000:2100]
    assert read_file(data, offset=SECTOR + 10, length=5000) == joined[SECTOR + 10 :]


def test_names_are_compared_in_both_widths_and_without_case():
    names = identifier(b"\x10" + "安装".encode("utf-16-be"), 3) + identifier(b"\x08FILE", 3)
    data = volume(file=PLAIN, names=names)

    assert read_file(data, "安装") == CONTENT[:1000]
    assert read_file(data, "file") == CONTENT[:1000]


def test_deleted_and_missing_files_are_not_found():
    data = volume(file=PLAIN, names=NAMES)

    assert read_file(data, "gone") is None
    assert read_file(data, "none") is None
    assert read_file(data, "file/inside") is None


@pytest.mark.parametrize(
    "variant",
    [{"block_bytes": 512}, {"map_count": 2}, {"file_set_tag": 1}, {"without": 6}],
)
def test_a_volume_of_another_make_has_no_tree_but_a_size(variant):
    data = volume(file=PLAIN, names=NAMES, **variant)

    found = run(udf.read_volume(Image(len(data))), data)

    assert found.root is None
    assert found.end_bytes == (PARTITION + 20) * SECTOR
    assert found.volume_id == "NAME"


def test_a_volume_without_a_partition_is_none():
    data = volume(file=PLAIN, names=NAMES, without=5)

    assert run(udf.read_volume(Image(len(data))), data) is None


def test_a_volume_without_a_name_has_an_empty_one():
    for changes in ({"without": 1}, {"volume_id": b"\xfeodd"}):
        data = volume(file=PLAIN, names=NAMES, **changes)
        assert run(udf.read_volume(Image(len(data))), data).volume_id == ""


def test_a_root_outside_of_the_file_is_no_tree():
    data = volume(file=PLAIN, names=NAMES)[: PARTITION * SECTOR]

    assert run(udf.read_volume(Image(len(data))), data).root is None


def test_an_entry_that_is_none_is_not_found():
    assert read_file(volume(file=bytes(SECTOR), names=NAMES)) is None


def test_extents_of_an_unknown_kind_are_damage():
    data = volume(file=file_entry(EXTENDED_AD, bytes(20), 10, extended=False), names=NAMES)

    with pytest.raises(DamagedError):
        read_file(data)


def test_extents_outside_of_the_file_are_damage():
    area = struct.pack("<II", 1000, 2**31)
    data = volume(file=file_entry(SHORT, area, 1000, extended=False), names=NAMES)

    with pytest.raises(DamagedError):
        read_file(data)
