"""Which files a tar archive holds, and where: only its headers are read, and nothing is unpacked.

Files by plain names are all that an OVA has; whatever else an archive can hold is refused. What
the headers say is bounded before it is believed.

Sources: POSIX.1-2017 pax(1), "ustar Interchange Format" and "pax Extended Header"; the GNU tar
manual, "Basic Tar Format", for long names and for sizes in base 256.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from app.errors import MediaError
from app.vm.images.bounds import CUT_OFF_REMEDY, cut_off, damaged
from app.vm.images.source import Window

Read = Callable[[int, int], bytes]
"""Gives the bytes at an offset, fewer than asked for at the end."""

BLOCK = 512
MOST_HEADERS = 512
MOST_NAME_BYTES = 255
_MOST_EXTENSION_BYTES = 64 << 10
_HEADER = struct.Struct("100s8x8x8x12s12x8sc100x8s64x16x155s12x")
_SUM_AT = slice(148, 156)
_FILES = frozenset({b"0", b"\0"})
_LONG_NAME, _LONG_LINK, _PAX, _PAX_FOR_ALL = b"L", b"K", b"x", b"g"
_OTHERS = {
    b"1": "a hard link",
    b"2": "a link",
    b"3": "a device",
    b"4": "a device",
    b"5": "a folder",
    b"6": "a pipe",
    b"S": "a sparse file",
}
_REMEDY = "Export the machine again where it came from."
_BASE_256 = 0x80


@dataclass(frozen=True, slots=True)
class TarMember:
    """A file of the archive.

    Attributes:
        name: a plain one, without folders.
        window: where its bytes are.
    """

    name: str
    window: Window


@dataclass(frozen=True, slots=True)
class _Header:
    name: bytes
    size: int
    kind: bytes


@dataclass
class _Extension:
    """What a header says about the one that follows it."""

    name: bytes | None = None
    size: int | None = None


def read_index(read: Read, file_bytes: int, archive: str) -> tuple[TarMember, ...]:
    """The files of an archive, in their order there.

    Args:
        read: gives its bytes.
        file_bytes: how many it has.
        archive: its name, for people.

    Raises:
        MediaError: it is no archive, is cut off or damaged, or holds something else than files.
    """
    members: dict[str, TarMember] = {}
    extension = _Extension()
    at = 0
    for _ in range(MOST_HEADERS):
        block = read(at, BLOCK)
        if len(block) < BLOCK:
            raise cut_off(archive)
        if not any(block):
            return tuple(members.values())
        header = _parsed(block, archive)
        start = at + BLOCK
        size = header.size if extension.size is None else extension.size
        if header.kind in {_LONG_NAME, _LONG_LINK, _PAX, _PAX_FOR_ALL}:
            size = header.size
            _extend(extension, header, _read_extension(read, start, size, archive), archive)
        else:
            member = _member(header, extension, Window(start, size), archive)
            if member.name in members:
                raise damaged(archive, f"two files in it are called {member.name}")
            members[member.name] = member
            extension = _Extension()
        if start + size > file_bytes:
            raise cut_off(archive)
        at = start + -(-size // BLOCK) * BLOCK
    raise damaged(archive, f"it holds more than {MOST_HEADERS} files")


def plain_name(text: str) -> bool:
    """Whether it names a file in the same folder, and no hidden one."""
    return (
        text.isprintable()
        and not text.startswith((".", " "))
        and not text.endswith(" ")
        and {"/", "\\"}.isdisjoint(text)
        and 0 < len(text.encode(errors="replace")) <= MOST_NAME_BYTES
    )


def _parsed(block: bytes, archive: str) -> _Header:
    name, size, checksum, kind, magic, prefix = _HEADER.unpack(block)
    if not magic.startswith(b"ustar"):
        raise MediaError(
            f"{archive} is not a tar archive, or is damaged inside.", remedy=CUT_OFF_REMEDY
        )
    blanked = bytearray(block)
    blanked[_SUM_AT] = b" " * 8
    if _octal(checksum) != sum(blanked):
        raise damaged(archive, "a header in it has another checksum")
    number = _number(size)
    if number is None:
        raise damaged(archive, "a header in it has no size")
    name, prefix = (field.split(b"\0", 1)[0] for field in (name, prefix))
    if prefix and magic.startswith(b"ustar\0"):  # GNU has other fields there.
        name = prefix + b"/" + name
    return _Header(name, number, kind)


def _number(field: bytes) -> int | None:
    if not field[0] & _BASE_256:
        return _octal(field)
    value = int.from_bytes(bytes([field[0] & ~_BASE_256]) + field[1:])
    return value if value < 1 << 63 else None


def _octal(field: bytes) -> int | None:
    digits = field.split(b"\0", 1)[0].strip()
    if not digits or digits.strip(b"01234567"):
        return None
    return int(digits, 8)


def _read_extension(read: Read, at: int, size: int, archive: str) -> bytes:
    if size > _MOST_EXTENSION_BYTES:
        raise damaged(archive, "a file in it has an endless name")
    data = read(at, size)
    if len(data) < size:
        raise cut_off(archive)
    return data


def _extend(extension: _Extension, header: _Header, data: bytes, archive: str) -> None:
    if header.kind == _LONG_NAME:
        extension.name = data.split(b"\0", 1)[0]
    if header.kind not in {_PAX, _PAX_FOR_ALL}:
        return
    for key, value in _records(data, archive):
        if key.startswith(b"GNU.sparse."):
            raise _refused(archive, "a sparse file")
        if header.kind == _PAX_FOR_ALL and key in {b"path", b"size"}:
            raise damaged(archive, "a header in it gives all files one name or size")
        if key == b"path":
            extension.name = value
        elif key == b"size":
            if not value.isdigit() or len(value) > 19:
                raise damaged(archive, "a header in it has no size")
            extension.size = int(value)


def _records(data: bytes, archive: str) -> list[tuple[bytes, bytes]]:
    """The ``length key=value`` lines of a pax header."""
    found, at = [], 0
    while at < len(data):
        digits, _, _ = data[at : at + 8].partition(b" ")
        length = int(digits) if digits.isdigit() else 0
        record = data[at : at + length]
        key, mark, value = record[len(digits) + 1 : -1].partition(b"=")
        if not record.endswith(b"\n") or len(record) != length or not mark:
            raise damaged(archive, "an extended header in it cannot be read")
        found.append((key, value))
        at += length
    return found


def _member(header: _Header, extension: _Extension, window: Window, archive: str) -> TarMember:
    if header.kind not in _FILES:
        raise _refused(archive, _OTHERS.get(header.kind, "something that is no file"))
    raw = header.name if extension.name is None else extension.name
    try:
        name = raw.decode().removeprefix("./")
    except UnicodeDecodeError as err:
        raise damaged(archive, "a file in it has a name that is not UTF-8") from err
    if not plain_name(name):
        shown = ascii(name)[1:-1][:80]
        raise MediaError(
            f"{archive} holds a file with a name that leads elsewhere: {shown}", remedy=_REMEDY
        )
    return TarMember(name, window)


def _refused(archive: str, what: str) -> MediaError:
    return MediaError(f"{archive} holds {what}; only plain files belong into it.", remedy=_REMEDY)
