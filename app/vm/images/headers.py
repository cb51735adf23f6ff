"""What a file holds by its content, whatever it is called: bytes in, a kind out.

Sources: docs/interop/qcow2.txt and docs/interop/qed_spec.txt of QEMU 7.2; VMware Virtual Disk
Format 5.0; block/vdi.c; Virtual Hard Disk Image Format Specification; MS-VHDX 2.2.1; RFC 1952
2.3.1; the .xz file format 2.1.1; pax(1) (ustar); ECMA-119 8.1; UEFI 5.3.2; magic(5).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from app.vm.images.source import ImageFormat
from app.vm.images.vmdk_text import is_descriptor

HEAD_BYTES = 128 << 10
"""All that these functions look at from a file's beginning."""
TAIL_BYTES = 2048
"""The same from its end."""


class Content(StrEnum):
    """Kinds of content, in words for people."""

    QCOW2 = "a qcow2 image"
    QED = "a QED image"
    VMDK_SPARSE = "a VMDK image"
    VMDK_TEXT = "a VMDK descriptor"
    VDI = "a VDI image"
    VHD_DYNAMIC = "a VHD image"
    VHD_FIXED = "a fixed VHD image"
    VHDX = "a VHDX image"
    GZIP = "a gzip archive"
    XZ = "an xz archive"
    BZIP2 = "a bzip2 archive"
    ZSTD = "a zstd archive"
    ZIP = "a zip archive"
    SEVEN_ZIP = "a 7-Zip archive"
    TAR = "a tar archive"
    LUKS = "an encrypted LUKS volume"
    QCOW1 = "a qcow image of version 1"
    PARALLELS = "a Parallels image"
    ESX_SPARSE = "a sparse ESX image"
    ISO = "an ISO 9660 disc"
    UNKNOWN = "not an image of a kind known here"


FORMATS: Mapping[Content, ImageFormat] = MappingProxyType(
    {
        Content.QCOW2: ImageFormat.QCOW2,
        Content.QED: ImageFormat.QED,
        Content.VMDK_SPARSE: ImageFormat.VMDK,
        Content.VMDK_TEXT: ImageFormat.VMDK,
        Content.VDI: ImageFormat.VDI,
        Content.VHD_DYNAMIC: ImageFormat.VPC,
        Content.VHD_FIXED: ImageFormat.VPC,
        Content.VHDX: ImageFormat.VHDX,
    }
)
"""The formats that can be read, by content."""

_VHD = b"conectix"
_AT_START = (
    (0, b"QFI\xfb\0\0\0\1", Content.QCOW1),
    (0, b"QFI\xfb", Content.QCOW2),
    (0, b"QED\0", Content.QED),
    (0, b"KDMV", Content.VMDK_SPARSE),
    (0, b"COWD", Content.ESX_SPARSE),
    (0x40, b"\x7f\x10\xda\xbe", Content.VDI),
    (0, _VHD, Content.VHD_DYNAMIC),
    (0, b"vhdxfile", Content.VHDX),
    (0, b"WithoutFreeSpace", Content.PARALLELS),
    (0, b"WithouFreSpacExt", Content.PARALLELS),
    (0, b"LUKS\xba\xbe", Content.LUKS),
    (0, b"\x1f\x8b", Content.GZIP),
    (0, b"\xfd7zXZ\0", Content.XZ),
    (0, b"BZh", Content.BZIP2),
    (0, b"\x28\xb5\x2f\xfd", Content.ZSTD),
    (0, b"PK\3\4", Content.ZIP),
    (0, b"7z\xbc\xaf\x27\x1c", Content.SEVEN_ZIP),
    (257, b"ustar", Content.TAR),
)
_ISO_AT = 0x8001
_SIGNS_OF_A_DISK = (
    (510, b"\x55\xaa"),  # boot sector, also of FAT and NTFS
    (512, b"EFI PART"),
    (4096, b"EFI PART"),  # with sectors of 4 KiB
    (1080, b"\x53\xef"),  # ext2 to ext4
    (3, b"NTFS    "),
    (3, b"EXFAT   "),
    (54, b"FAT1"),
    (82, b"FAT32"),
    (0, b"XFSB"),
    (0x10040, b"_BHRfS_M"),  # btrfs
    (512, b"LABELONE"),  # LVM2
    (4086, b"SWAPSPACE2"),
    (_ISO_AT, b"CD001"),
)


def content_of(head: bytes, tail: bytes) -> Content:
    """What kind of file this is.

    Args:
        head: its first `HEAD_BYTES`, or all of it.
        tail: its last `TAIL_BYTES`, or all of it.
    """
    for at, magic, content in _AT_START:
        if head.startswith(magic, at):
            return content
    if is_descriptor(head):
        return Content.VMDK_TEXT
    # Old tools wrote a footer of 511 bytes.
    if tail[-512:].startswith(_VHD) or tail[-511:].startswith(_VHD):
        return Content.VHD_FIXED
    return Content.ISO if head.startswith(b"CD001", _ISO_AT) else Content.UNKNOWN


def looks_like_a_disk(head: bytes) -> bool:
    """Whether raw bytes begin like a disk: partitions, a file system, or nothing at all yet."""
    if any(head.startswith(sign, at) for at, sign in _SIGNS_OF_A_DISK):
        return True
    return bool(head) and not any(head)
