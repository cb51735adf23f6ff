"""Telling what a file is that was taken for an installation disc."""

from __future__ import annotations

from app.errors import MediaError
from app.vm.media.image import SECTOR, Image, Steps

_UNPACK = "Unpack it first, then choose the .iso file that comes out."
_IMPORT = "Choose “Existing disk” instead of an installation disc."
_OTHER_FILE = "Choose the .iso file of the system that you want to install."
_AGAIN = "Download it again; the publisher's page may ask you to confirm first."

# Beginning of the file, what it is, what to do.
_MAGICS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x1f\x8b", "a compressed file (gzip)", _UNPACK),
    (b"BZh", "a compressed file (bzip2)", _UNPACK),
    (b"\xfd7zXZ\x00", "a compressed file (xz)", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a compressed file (zstd)", _UNPACK),
    (b"PK\x03\x04", "a ZIP archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"QFI\xfb", "the disk of a virtual machine (QCOW)", _IMPORT),
    (b"KDMV", "the disk of a virtual machine (VMDK)", _IMPORT),
    (b"# Disk DescriptorFile", "the disk of a virtual machine (VMDK)", _IMPORT),
    (b"vhdxfile", "the disk of a virtual machine (VHDX)", _IMPORT),
    (b"conectix", "the disk of a virtual machine (VHD)", _IMPORT),
    (b"<<< ", "the disk of a virtual machine (VDI)", _IMPORT),
    (b"MSWIM\0\0\0", "a Windows image file (WIM), only a part of a disc", _OTHER_FILE),
    (b"\x7fELF", "a program", _OTHER_FILE),
    (b"MZ", "a Windows program", _OTHER_FILE),
    (b"%PDF-", "a PDF document", _OTHER_FILE),
)

_RAW_SYNC = b"\x00" + b"\xff" * 10 + b"\x00"
_TAIL_BYTES = 512
_SHORTEST_BYTES = 17 * SECTOR
_TEXT_BYTES = frozenset(range(0x20, 0x100)) | {0x09, 0x0A, 0x0C, 0x0D}


def describe_foreign(image: Image, head: bytes) -> Steps[MediaError]:
    """Error for a file, of which `head` is the beginning, that has no volume descriptor."""
    tail = yield from image.read(max(0, image.size_bytes - _TAIL_BYTES), _TAIL_BYTES)
    message, remedy = _by_magic(head, tail) or _by_content(head, image.size_bytes)
    return MediaError(message, remedy=remedy)


def _by_magic(head: bytes, tail: bytes) -> tuple[str, str] | None:
    for magic, what, remedy in _MAGICS:
        if head.startswith(magic):
            return f"This is {what}, not an installation disc.", remedy
    if head.startswith(_RAW_SYNC):
        return (
            "This is a raw copy of a CD, sector by sector (BIN), not an ISO image.",
            "Convert it to ISO first, for example with bchunk.",
        )
    if tail.startswith(b"koly"):
        return "This is a macOS disk image (DMG), not an ISO image.", _OTHER_FILE
    return None


def _by_content(head: bytes, size_bytes: int) -> tuple[str, str]:
    if size_bytes == 0:
        return "The file is empty.", "Download it again."
    if head[:512].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return "This is a web page, not an installation disc.", _AGAIN
    if _TEXT_BYTES.issuperset(head):
        return "This is a text file, not an installation disc.", _OTHER_FILE
    if head[510:512] == b"\x55\xaa":
        return "This is the image of a disk or USB stick, not of a disc.", _IMPORT
    if size_bytes < _SHORTEST_BYTES:
        return "The file is too short to be an installation disc.", "Download it again."
    return "The file is not a disc image: neither ISO 9660 nor UDF is in it.", _OTHER_FILE
