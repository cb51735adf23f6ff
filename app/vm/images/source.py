"""A disk image that was looked at and may be read: what it is, and how the converter opens it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any


class ImageFormat(StrEnum):
    """Formats of disk images, by the names that `qemu-img` has for them."""

    QCOW2 = "qcow2"
    RAW = "raw"
    VMDK = "vmdk"
    VDI = "vdi"
    VPC = "vpc"
    """Called VHD by everybody else."""
    VHDX = "vhdx"
    QED = "qed"


@dataclass(frozen=True, slots=True)
class Window:
    """Part of a file, in bytes: an image inside an archive, read in place."""

    offset: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSnapshot:
    """A snapshot inside a qcow2 image.

    Attributes:
        tag: its name there.
        created_ms: milliseconds since 1970, UTC.
        state_bytes: memory that it holds; 0 when it has the disk alone.
    """

    tag: str
    created_ms: int
    state_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSource:
    """An image that leads to no other file than the ones named here.

    Attributes:
        path: the file, absolute, without links.
        format: forced when it is opened: nothing is guessed from its content any more.
        virtual_bytes: size of the disk as a guest sees it.
        window: where in `path` it lies, None for the whole file.
        extents: further files of a split image, beside `path`.
        snapshots: inside the image.
    """

    path: Path
    format: ImageFormat
    virtual_bytes: int
    window: Window | None = None
    extents: tuple[Path, ...] = ()
    snapshots: tuple[ImageSnapshot, ...] = ()

    def blockdev(self) -> dict[str, Any]:
        """Description for ``json:`` names and ``-blockdev``, with the chain of backing files cut.

        Source: qemu-img(1) and `BlockdevOptions` of QEMU 7.2.
        """
        file: dict[str, Any] = {"driver": "file", "filename": str(self.path)}
        if self.window is not None:
            part = {"offset": self.window.offset, "size": self.window.size}
            file = {"driver": "raw", **part, "file": file}
        description: dict[str, Any] = {"driver": self.format.value, "file": file}
        if self.format in {ImageFormat.QCOW2, ImageFormat.QED, ImageFormat.VMDK}:
            description["backing"] = None
        return description
