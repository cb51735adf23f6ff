"""The text that describes a VMDK image: whose child it is, and the files that its data lies in.

The engine reads such texts loosely, over the ends of lines too. Here every line has to be one of
the few that there are, so that it cannot find a file in the text that we have not seen.

Sources: VMware Virtual Disk Format 5.0, "The Descriptor File"; block/vmdk.c of QEMU 7.2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from app.errors import MediaError
from app.vm.images.bounds import MOST_BYTES, SECTOR, check_virtual_size, damaged

MOST_TEXT_BYTES = 1 << 20
"""The engine reads no more of a descriptor."""
MOST_EXTENTS = 1024
_FIRST_LINE = b"# Disk DescriptorFile"
_PARENT_HINT = b"parentfilenamehint"
_NO_PARENT = "ffffffff"
_ALONE_REMEDY = "Export the machine where it came from as one whole disk, and take that."
_COMMENT = re.compile(r"#.*")
_SETTING = re.compile(r"([A-Za-z_][\w.:-]*)[ \t]*=[ \t]*(.*)", re.ASCII)
_EXTENT = re.compile(
    r"(RW|RDONLY|NOACCESS)[ \t]+([0-9]{1,16})[ \t]+([A-Z]+)"
    r'(?:[ \t]+"([^"]*)"(?:[ \t]+([0-9]{1,16}))?)?',
    re.ASCII,
)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class ExtentKind(StrEnum):
    """Parts of a disk that can be read."""

    FLAT = "FLAT"
    SPARSE = "SPARSE"
    VMFS = "VMFS"


@dataclass(frozen=True, slots=True)
class Extent:
    """A part of a disk: a plain file beside the descriptor.

    Attributes:
        name: of the file; no folder, no protocol.
        kind: how the data lies in it.
        size: bytes of the disk.
        offset: of the data in the file, in bytes; 0 when it is sparse.
    """

    name: str
    kind: ExtentKind
    size: int
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A description of an image that stands alone.

    Attributes:
        create_type: of the whole image, such as ``monolithicFlat``.
        extents: in the order of the disk.
    """

    create_type: str
    extents: tuple[Extent, ...]

    @property
    def virtual_bytes(self) -> int:
        """Size of the disk as a guest sees it."""
        return sum(extent.size for extent in self.extents)


def is_descriptor(head: bytes) -> bool:
    """Whether a file begins as a descriptor does; the engine takes comments before ``version``."""
    if head[: len(_FIRST_LINE)].lower() == _FIRST_LINE.lower():
        return True
    for line in head[:4096].split(b"\n"):
        text = line.strip()
        if text and not text.startswith(b"#"):
            return text in {b"version=1", b"version=2", b"version=3"}
    return False


def parse_descriptor(data: bytes, name: str, *, embedded: bool = False) -> Descriptor:
    """Read a descriptor and refuse one that leads elsewhere.

    Args:
        data: the text; it ends with the first zero byte.
        name: of the image, for people.
        embedded: it lies inside a sparse image, whose parts the engine does not look for.

    Raises:
        MediaError: it is a differencing image, encrypted, names files elsewhere, or is no
            descriptor.
    """
    if len(data.rstrip(b"\0")) > MOST_TEXT_BYTES:
        raise damaged(name, "its descriptor is longer than 1 MiB")
    settings: dict[str, str] = {}
    extents: list[Extent] = []
    text = data.split(b"\0", 1)[0]
    check_alone(text, name)
    for line in text.decode("utf-8", "surrogateescape").split("\n"):
        _read_line(line.strip(" \t\r"), settings, extents, name, embedded)
    _check_settings(settings, name)
    found = Descriptor(settings.get("createtype", ""), tuple(extents))
    if not embedded:
        if not extents:
            raise damaged(name, "its descriptor names no file with the disk's data")
        check_virtual_size(found.virtual_bytes, name)
    return found


def check_alone(text: bytes, name: str) -> None:
    """Refuse a text that names a parent anywhere; the engine finds it in comments, too.

    Raises:
        MediaError: it is a differencing image's.
    """
    if _PARENT_HINT in text.lower():
        raise _differencing(name)


def _read_line(
    line: str, settings: dict[str, str], extents: list[Extent], name: str, embedded: bool
) -> None:
    if not embedded and _CONTROL.search(line):
        raise damaged(name, "its descriptor holds control characters")
    if not line or _COMMENT.fullmatch(line):
        return
    if extent := _EXTENT.fullmatch(line):
        if not embedded:
            if len(extents) == MOST_EXTENTS:
                raise damaged(name, f"its descriptor names more than {MOST_EXTENTS} files")
            extents.append(_extent(extent, name))
    elif setting := _SETTING.fullmatch(line):
        key, value = setting[1].lower(), setting[2].strip().strip('"')
        # Each line counts, not the first or the last of its kind.
        if key == "parentcid" and value.lower() != _NO_PARENT:
            raise _differencing(name)
        settings.setdefault(key, value)
    elif not embedded:
        raise damaged(name, "its descriptor has a line that means nothing")


def _differencing(name: str) -> MediaError:
    return MediaError(
        f"{name} is a differencing image: it needs another image beneath it.",
        remedy=_ALONE_REMEDY,
    )


def _check_settings(settings: dict[str, str], name: str) -> None:
    if any(key.startswith("encryption") for key in settings):
        raise MediaError(
            f"{name} is encrypted.", remedy="Take the encryption away where it came from."
        )


def _extent(found: re.Match[str], name: str) -> Extent:
    access, sectors, kind, file, offset = found.groups()
    if kind not in ExtentKind.__members__:
        raise MediaError(
            f"{name} has a part of the kind {kind[:16]}, which cannot be read.",
            remedy=_ALONE_REMEDY,
        )
    if access != "RW":
        raise MediaError(
            f"{name} has a part that may not be written, which cannot be read here.",
            remedy=_ALONE_REMEDY,
        )
    size, start = int(sectors) * SECTOR, int(offset or 0) * SECTOR
    if size == 0 or size > MOST_BYTES or start > MOST_BYTES:
        raise damaged(name, "a part of it has a size that cannot be")
    if kind == ExtentKind.FLAT and offset is None:
        raise damaged(name, "its descriptor does not say where the data of a part begins")
    return Extent(_plain(file, name), ExtentKind(kind), size, start)


def _plain(file: str | None, name: str) -> str:
    if not file:
        raise damaged(name, "its descriptor does not name the file of a part")
    if file in {".", ".."} or any(mark in file for mark in "/\\:"):
        raise MediaError(
            f"{name} leads to a file outside of its own folder.",
            remedy="Do not use this image, unless you know why it does so.",
            detail=f"It names {file[:200]!r}.",
        )
    return file
