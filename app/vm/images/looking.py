"""A look of our own at a foreign image, before any other program opens it. Blocks: in a thread.

Whatever leads to another file, or shows that a part is missing, is found in the bytes of its
headers. All reads are bounded, whatever the headers say.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from app.errors import MediaError
from app.vm.document_paths import shown
from app.vm.images import headers, qcow2, qed, vdi, vhd, vhdx, vmdk, vmdk_text
from app.vm.images.bounds import SECTOR, check_virtual_size, cut_off, damaged
from app.vm.images.headers import Content
from app.vm.images.source import ImageFormat, ImageSource, Window

_RAW = frozenset({"", ".img", ".raw", ".bin", ".dd"})
_EXTENSIONS: Mapping[str, ImageFormat] = MappingProxyType(
    {
        ".qcow2": ImageFormat.QCOW2,
        ".qcow": ImageFormat.QCOW2,
        ".qed": ImageFormat.QED,
        ".vmdk": ImageFormat.VMDK,
        ".vdi": ImageFormat.VDI,
        ".vhd": ImageFormat.VPC,
        ".vpc": ImageFormat.VPC,
        ".vhdx": ImageFormat.VHDX,
        **dict.fromkeys(_RAW, ImageFormat.RAW),
    }
)
_CALLED: Mapping[ImageFormat, str] = MappingProxyType(
    {ImageFormat.VPC: "VHD", ImageFormat.QCOW2: "qcow2", ImageFormat.RAW: "raw"}
)
_MOST_TABLES = 1 << 16
"""Of a sparse VMDK image, that are looked through: 2 TiB, where the format's own tools end."""

Identity = tuple[int, int, int, int]
"""Device, inode, bytes, and when it was changed, in nanoseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was seen.

    Attributes:
        source: as far as its own headers tell it.
        name: of the image, for people.
        file_bytes: of the image, in its window.
        is_exact: `source.virtual_bytes` is what the engine has to find, too.
        files: all that were looked at, as they were.
    """

    source: ImageSource
    name: str
    file_bytes: int
    is_exact: bool
    files: Mapping[Path, Identity]


@dataclass(frozen=True, slots=True)
class _Part:
    """An open file, or the part of one."""

    handle: int
    start: int
    size: int
    name: str

    def read(self, at: int, length: int) -> bytes:
        if not 0 <= at < self.size:
            return b""
        return os.pread(self.handle, min(length, self.size - at), self.start + at)

    @property
    def head(self) -> bytes:
        return self.read(0, headers.HEAD_BYTES)

    @property
    def tail(self) -> bytes:
        return self.read(max(0, self.size - headers.TAIL_BYTES), headers.TAIL_BYTES)


def look_at(path: Path, window: Window | None, *, as_raw: bool) -> Look:
    """Refuse an image that leads elsewhere, is not whole, or is none.

    Args:
        path: of a plain file.
        window: where in it the image lies; None for the whole file.
        as_raw: take its bytes as they are, whatever they look like.

    Raises:
        MediaError: it is refused, or cannot be read.
    """
    name = shown(path.name)
    try:
        path = path.parent.resolve(strict=True) / path.name
        str(path).encode()
        with opened(path, name) as handle:
            files = {path: identity_in(os.fstat(handle))}
            part = _part(handle, window, name)
            return _seen(part, path, files, window, as_raw=as_raw)
    except UnicodeEncodeError as err:
        raise MediaError(f"The path of {name} is not UTF-8.", remedy="Rename it.") from err
    except OSError as err:
        raise _unreadable(name, err) from err


def check_unchanged(look: Look) -> None:
    """Refuse an image that was changed or exchanged since it was looked at.

    Raises:
        MediaError: it is refused.
    """
    for path, identity in look.files.items():
        try:
            found = identity_in(os.lstat(path))
        except OSError as err:
            raise _unreadable(look.name, err) from err
        if found != identity:
            raise MediaError(
                f"{look.name} was changed while it was looked at.",
                remedy="Close the programs that use it, then try again.",
            )


def _seen(
    part: _Part, path: Path, files: dict[Path, Identity], window: Window | None, *, as_raw: bool
) -> Look:
    head = part.head
    content = headers.content_of(head, part.tail)
    kind = ImageFormat.RAW if as_raw else headers.FORMATS.get(content, ImageFormat.RAW)
    if not as_raw:
        _check_kind(content, None if window is not None else path.suffix.lower(), part.name)
        if kind is ImageFormat.RAW and not headers.looks_like_a_disk(head):
            raise MediaError(
                f"{part.name} does not look like a disk: it has no partitions and no file system.",
                remedy="Choose another file, or import this one as a raw disk all the same.",
            )
    if kind is ImageFormat.VMDK and content is Content.VMDK_TEXT:
        virtual_bytes = _split_vmdk(part, path, files, window)
    else:
        virtual_bytes = _disk_bytes(part, kind, content)
    check_virtual_size(virtual_bytes, part.name)
    source = ImageSource(
        path=path,
        format=kind,
        virtual_bytes=virtual_bytes,
        window=window,
        extents=tuple(file for file in files if file != path),
    )
    return Look(
        source=source,
        name=part.name,
        file_bytes=part.size,
        is_exact=kind is not ImageFormat.VPC,  # whose size is counted in cylinders by some
        files=files,
    )


def _check_kind(content: Content, extension: str | None, name: str) -> None:
    """Refuse content that is not what the name promises; None for images without a name."""
    found = headers.FORMATS.get(content)
    if found is None and content not in {Content.UNKNOWN, Content.ISO}:
        raise MediaError(f"{name} is {content.value}, not a disk image.", remedy=_way_out(content))
    if extension is None:
        return
    expected = _EXTENSIONS.get(extension)
    if expected is None:
        raise MediaError(
            f"{name} is {content.value}, by a name that is not one of a disk image.",
            remedy="Rename it so that it ends in .qcow2, .vmdk, .vdi, .vhd, .vhdx or .img.",
        )
    if (found or ImageFormat.RAW) is expected:
        return
    called = _CALLED.get(expected, expected.value.upper())
    if found is None:
        raise MediaError(
            f"{name} is not a {called} image, or its beginning or end is missing.",
            remedy="Copy or download it again, or rename it to .img if it is a raw disk.",
        )
    rename = f"Rename it so that it ends in .{'vhd' if found is ImageFormat.VPC else found.value}"
    raw = expected is ImageFormat.RAW
    raise MediaError(
        f"{name} is {content.value}, not a {called} {'disk' if raw else 'one'}.",
        remedy=f"{rename}{', if that is what you were given' if raw else ''}.",
    )


def _way_out(content: Content) -> str:
    if content is Content.LUKS:
        return "Decrypt it where it came from, or import it as a raw disk all the same."
    if content in {Content.QCOW1, Content.PARALLELS, Content.ESX_SPARSE}:
        return "Convert it where it came from into a qcow2 image."
    return "Unpack it, and choose the disk image inside."


def _disk_bytes(part: _Part, kind: ImageFormat, content: Content) -> int:
    """Size of the disk, of an image in one file."""
    match kind:
        case ImageFormat.QCOW2:
            header = qcow2.parse_qcow2(part.head, part.name)
            qcow2.check_qcow2(header, part.size, part.name)
            disk = header.virtual_bytes
        case ImageFormat.QED:
            disk = qed.check_qed(part.head, part.size, part.name)
        case ImageFormat.VDI:
            disk = vdi.check_vdi(part.head, part.size, part.name)
        case ImageFormat.VPC:
            disk = _vhd(part, content)
        case ImageFormat.VHDX:
            table = part.read(vhdx.REGION_TABLE_AT, vhdx.TABLE_BYTES)
            at = vhdx.metadata_at(table, part.size, part.name)
            disk = vhdx.check_metadata(part.read(at, vhdx.METADATA_BYTES), part.name)
        case ImageFormat.VMDK:
            disk = _sparse_vmdk(part, _MOST_TABLES)
        case _:
            disk = -(-part.size // SECTOR) * SECTOR
    return disk


def _vhd(part: _Part, content: Content) -> int:
    if content is Content.VHD_FIXED:
        return vhd.check_fixed(part.tail, part.size, part.name)
    disk, at = vhd.check_dynamic(part.head, part.tail, part.name)
    blocks = vhd.parse_dynamic(part.read(at, vhd.DYNAMIC_BYTES), part.size, part.name)
    vhd.check_blocks(part.read(blocks.at, blocks.blocks * 4), blocks, part.size, part.name)
    return disk


def _sparse_vmdk(part: _Part, most_tables: int) -> int:
    header = vmdk.parse_sparse(part.head, part.tail, part.size, part.name)
    at, length = header.descriptor
    if at:
        vmdk_text.parse_descriptor(part.read(at, length), part.name, embedded=True)
        searched = part.read(at, vmdk.SEARCHED_BYTES)
        vmdk_text.check_alone(searched.split(b"\0", 1)[0], part.name)
    last = max(_grains(part, header, most_tables), key=lambda grain: grain.at, default=None)
    if last is not None:
        marker = part.read(last.at, vmdk.GRAIN_MARKER.size)
        if len(marker) < vmdk.GRAIN_MARKER.size:
            raise cut_off(part.name)
        _, stored = vmdk.GRAIN_MARKER.unpack(marker)
        vmdk.check_last_grain(header, last, stored, part.size, part.name)
    return header.virtual_bytes


def _grains(part: _Part, header: vmdk.SparseHeader, most_tables: int) -> Iterator[vmdk.Grain]:
    directory = part.read(header.directory_at, 4 * min(header.tables, most_tables))
    for number, at in enumerate(vmdk.tables_at(directory)):
        table = part.read(at, 4 * header.entries) if at else b""
        if at and len(table) < 4 * header.entries:
            raise cut_off(part.name)
        if grain := vmdk.last_grain(table, number * header.entries):
            yield grain


def _split_vmdk(part: _Part, path: Path, files: dict[Path, Identity], window: Window | None) -> int:
    """Size of the disk, of an image in several files; they come into `files`."""
    if window is not None:
        raise MediaError(
            f"{part.name} has its data in other files of the archive.",
            remedy="Unpack the archive, and import the unpacked image.",
        )
    text = part.read(0, vmdk_text.MOST_TEXT_BYTES + 1)
    found = vmdk_text.parse_descriptor(text, part.name)
    for extent in found.extents:
        file = path.with_name(extent.name)
        if file == path:
            raise damaged(part.name, "it names itself as the file with its data")
        label = shown(extent.name)
        try:
            with opened(file, label) as handle:
                files[file] = identity_in(os.fstat(handle))
                _check_extent(_part(handle, None, label), extent, len(found.extents))
        except FileNotFoundError as err:
            raise MediaError(
                f"{part.name} is not complete: the file {label} is missing.",
                remedy="Put all files of the image into one folder.",
            ) from err
    return found.virtual_bytes


def _check_extent(part: _Part, extent: vmdk_text.Extent, extents: int) -> None:
    if extent.kind is not vmdk_text.ExtentKind.SPARSE:
        if extent.offset + extent.size > part.size:
            raise cut_off(part.name)
    elif headers.content_of(part.head, b"") is not Content.VMDK_SPARSE:
        raise damaged(part.name, "it is not a part of a VMDK image")
    elif _sparse_vmdk(part, _MOST_TABLES // extents) != extent.size:
        raise damaged(part.name, "its size is not the one that the descriptor gives")


@contextmanager
def opened(path: Path, name: str) -> Iterator[int]:
    """A descriptor of a plain file for the time of the block; no link leads to it.

    Raises:
        MediaError: it is something else.
        OSError: it cannot be opened.
    """
    # A device may act when it is opened, and a pipe waits: what it is, is asked before.
    mode = os.lstat(path).st_mode
    if stat.S_ISREG(mode):
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        handle = os.open(path, flags)
        try:
            mode = os.fstat(handle).st_mode
            if stat.S_ISREG(mode):
                yield handle
                return
        finally:
            os.close(handle)
    if stat.S_ISLNK(mode):
        raise MediaError(
            f"{name} is a link to another file.", remedy="Choose the file that it leads to."
        )
    what = "a folder" if stat.S_ISDIR(mode) else "a device or a pipe"
    raise MediaError(f"{name} is {what}, not a file.", remedy="Choose a disk image.")


def _part(handle: int, window: Window | None, name: str) -> _Part:
    size = os.fstat(handle).st_size
    if window is None:
        window = Window(0, size)
    if window.offset < 0 or window.size < 0 or window.offset + window.size > size:
        raise cut_off(name)
    if window.size == 0:
        raise MediaError(f"{name} is empty.", remedy="Copy or download it again.")
    return _Part(handle, window.offset, window.size, name)


def identity_in(status: os.stat_result) -> Identity:
    """What tells a file from another one, and from itself after a change."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _unreadable(name: str, err: OSError) -> MediaError:
    return MediaError(
        f"{name} cannot be read: {err.strerror}.",
        remedy="Look whether it is still there and whether you may read it.",
    )
