"""Files that the window takes, by their names: discs to install from, and images to import."""

from __future__ import annotations

from pathlib import PurePath

DISC_ENDING = ".iso"
IMAGE_ENDINGS = (
    ".qcow2",
    ".vmdk",
    ".vdi",
    ".vhdx",
    ".vhd",
    ".qed",
    ".raw",
    ".img",
    ".gz",
    ".xz",
    ".ova",
    ".ovf",
)
_PACKED = (".gz", ".xz")


def is_disc(path: PurePath) -> bool:
    """Whether a system can be installed from it."""
    return path.suffix.casefold() == DISC_ENDING


def is_image(path: PurePath) -> bool:
    """Whether it can be imported as a disk or as a whole machine."""
    return path.suffix.casefold() in IMAGE_ENDINGS


def bare_name(path: PurePath) -> str:
    """Name of an image without its endings: ``debian`` for ``debian.qcow2.xz``."""
    name = path.name
    if path.suffix.casefold() in _PACKED:
        name = path.stem
    inside = PurePath(name)
    return inside.stem if is_image(inside) else name
