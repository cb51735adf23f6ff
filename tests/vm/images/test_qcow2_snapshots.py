"""Where the names of an image's snapshots stand; the rest is in tests/vm/recovery."""

from __future__ import annotations

import struct

from app.vm.images.qcow2_snapshots import SnapshotTable, read_table_place


def test_the_header_says_how_many_there_are_and_where() -> None:
    header = struct.pack(">4sI52xIQ", b"QFI\xfb", 3, 2, 0x50000)
    assert read_table_place(header + bytes(40)) == SnapshotTable(2, 0x50000)
