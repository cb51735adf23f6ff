"""What lies on a partition, by the marks at its beginning.

Sources: the ext4, XFS, Btrfs and F2FS on-disk formats (kernel documentation, `magic` numbers in
uapi/linux/magic.h); LUKS2 on-disk format; lvm2 `format_text`; md(4); mkswap(8); Apple File System
Reference; ZFS on-disk specification; the boot sectors of NTFS, exFAT, ReFS and BitLocker.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

HEAD_BYTES = 260 << 10
"""So much of a partition's beginning tells what it is; ZFS is the one that needs most."""
_ZFS_AT, _ZFS_STEP = 128 << 10, 1 << 10
_ZFS_MARKS = (bytes.fromhex("0cb1ba0000000000"), bytes.fromhex("0000000000bab10c"))
_BITLOCKER = b"-FVE-FS-"
_MD_MARK = bytes.fromhex("fc4e2ba9")
_PAGES = (4096, 8192, 16384, 65536)
_UNLOCK = "Attach the disk to a machine that starts, unlock it there, and copy the files there."
_MOUNT = "Attach the disk to a machine whose system knows it, and copy the files there."


class VolumeKind(Enum):
    """What can lie on a partition; the value is what people call it."""

    EXT = "ext"
    FAT = "fat"
    EXFAT = "exfat"
    NTFS = "ntfs"
    LUKS = "LUKS (encrypted)"
    LVM2 = "LVM2"
    BITLOCKER = "BitLocker (encrypted)"
    XFS = "XFS"
    BTRFS = "Btrfs"
    ZFS = "ZFS"
    APFS = "APFS"
    HFS = "HFS+"
    REFS = "ReFS"
    F2FS = "F2FS"
    RAID = "Linux RAID"
    SWAP = "swap"
    EMPTY = "nothing"
    UNKNOWN = "unknown"

    @property
    def is_readable(self) -> bool:
        """Whether files can be copied out of it."""
        return self in {VolumeKind.EXT, VolumeKind.FAT, VolumeKind.EXFAT, VolumeKind.NTFS}

    @property
    def remedy(self) -> str:
        """How else to get at the files; empty where there are none."""
        return _REMEDIES.get(self, _MOUNT)


_REMEDIES = MappingProxyType(
    {
        VolumeKind.LUKS: _UNLOCK,
        VolumeKind.BITLOCKER: _UNLOCK,
        VolumeKind.SWAP: "It holds no files.",
        VolumeKind.EMPTY: "It was never written, or its beginning was wiped.",
        VolumeKind.UNKNOWN: "Its beginning may be damaged; a repair tool in a machine that starts "
        "may find more.",
    }
)


@dataclass(frozen=True, slots=True)
class _Mark:
    kind: VolumeKind
    at: tuple[int, ...]
    words: tuple[bytes, ...]

    def is_in(self, head: bytes) -> bool:
        return any(head.startswith(word, at) for at in self.at for word in self.words)


# In this order: what holds other things comes before what these look like.
_MARKS = (
    _Mark(VolumeKind.LUKS, (0,), (b"LUKS\xba\xbe",)),
    _Mark(VolumeKind.BITLOCKER, (3,), (_BITLOCKER,)),
    _Mark(VolumeKind.LVM2, (0, 512, 1024, 1536), (b"LABELONE",)),
    _Mark(VolumeKind.RAID, (0, 4096), (_MD_MARK,)),
    _Mark(VolumeKind.NTFS, (3,), (b"NTFS    ",)),
    _Mark(VolumeKind.EXFAT, (3,), (b"EXFAT   ",)),
    _Mark(VolumeKind.REFS, (3,), (b"ReFS\0\0\0\0",)),
    _Mark(VolumeKind.XFS, (0,), (b"XFSB",)),
    _Mark(VolumeKind.BTRFS, (0x10040,), (b"_BHRfS_M",)),
    _Mark(VolumeKind.APFS, (32,), (b"NXSB",)),
    _Mark(VolumeKind.SWAP, tuple(n - 10 for n in _PAGES), (b"SWAPSPACE2", b"SWAP-SPACE")),
    _Mark(VolumeKind.F2FS, (1024,), (bytes.fromhex("1020f5f2"),)),
    _Mark(VolumeKind.EXT, (1024 + 56,), (b"\x53\xef",)),
    _Mark(VolumeKind.HFS, (1024,), (b"H+\0\x04", b"HX\0\x05")),
)


def kind_of(head: bytes) -> VolumeKind:
    """What a partition holds that begins so."""
    for mark in _MARKS:
        if mark.is_in(head):
            return mark.kind
    others: tuple[tuple[VolumeKind, Callable[[bytes], bool]], ...] = (
        (VolumeKind.ZFS, _is_zfs),
        (VolumeKind.FAT, _is_fat),
        (VolumeKind.EMPTY, lambda data: not data.strip(b"\0")),
    )
    return next((kind for kind, fits in others if fits(head)), VolumeKind.UNKNOWN)


def _is_zfs(head: bytes) -> bool:
    return any(head.startswith(_ZFS_MARKS, at) for at in range(_ZFS_AT, len(head), _ZFS_STEP))


def _is_fat(head: bytes) -> bool:
    """A BIOS parameter block that can be; its marks alone are no proof ([MS] fatgen103)."""
    if len(head) < 512 or head[510:512] != b"\x55\xaa" or head[0] not in {0xEB, 0xE9}:
        return False
    sector = int.from_bytes(head[11:13], "little")
    cluster = head[13]
    reserved = int.from_bytes(head[14:16], "little")
    return (
        sector in {512, 1024, 2048, 4096}
        and cluster.bit_count() == 1
        and reserved > 0
        and head[16] in {1, 2}
        and head[21] >= 0xF0
    )
