"""The file systems on a disk: found by its table of partitions, and copied one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytsk3
from typing_extensions import override

from app.errors import MediaError
from app.vm.recovery.account import Account
from app.vm.recovery.disk_reading import Qcow2Disk
from app.vm.recovery.tree_copy import TreeCopy
from app.vm.recovery.volume_kinds import HEAD_BYTES, VolumeKind, kind_of

_MOST_VOLUMES = 256
_DETECT = MappingProxyType(
    {
        VolumeKind.EXT: pytsk3.TSK_FS_TYPE_EXT_DETECT,
        VolumeKind.FAT: pytsk3.TSK_FS_TYPE_FAT_DETECT,
        VolumeKind.EXFAT: pytsk3.TSK_FS_TYPE_EXFAT,
        VolumeKind.NTFS: pytsk3.TSK_FS_TYPE_NTFS,
    }
)
_NAMES = MappingProxyType(
    {
        int(pytsk3.TSK_FS_TYPE_EXT2): "ext2",
        int(pytsk3.TSK_FS_TYPE_EXT3): "ext3",
        int(pytsk3.TSK_FS_TYPE_EXT4): "ext4",
        int(pytsk3.TSK_FS_TYPE_FAT12): "fat12",
        int(pytsk3.TSK_FS_TYPE_FAT16): "fat16",
        int(pytsk3.TSK_FS_TYPE_FAT32): "fat32",
        int(pytsk3.TSK_FS_TYPE_EXFAT): "exfat",
        int(pytsk3.TSK_FS_TYPE_NTFS): "ntfs",
    }
)


class _Image(pytsk3.Img_Info):  # type: ignore[misc] # it has no types
    """A disk of ours, as the library wants to read it."""

    def __init__(self, disk: Qcow2Disk) -> None:
        self._disk = disk
        super().__init__(url="", type=pytsk3.TSK_IMG_TYPE_EXTERNAL)

    @override
    def close(self) -> None:
        """The disk is closed by whoever opened it."""

    @override
    def read(self, offset: int, size: int) -> bytes:
        """Bytes of the disk."""
        return self._disk.read(offset, size)

    @override
    def get_size(self) -> int:
        """Bytes that it has."""
        return self._disk.size


@dataclass(frozen=True, slots=True)
class _Volume:
    shown: str
    offset: int


def copy_volumes(disk: Qcow2Disk, target: Path, account: Account) -> int:
    """Copy what can be copied of every partition, each into a folder of its own.

    Returns:
        How many file systems were read.

    Raises:
        MediaError: there was none.
        OSError: the target cannot be written.
    """
    image = _Image(disk)
    copied = 0
    refused: list[tuple[_Volume, VolumeKind]] = []
    for volume in _volumes(image):
        kind = _kind_at(disk, volume.offset)
        if not kind.is_readable:
            account.say(f"{volume.shown}: {kind.value}; nothing was copied. {kind.remedy}")
            refused.append((volume, kind))
        elif (fs := _file_system(image, volume.offset, kind)) is None:
            account.say(
                f"{volume.shown}: its {kind.value} file system cannot be read: it is damaged at "
                "its beginning, or has features that are not known here."
            )
            refused.append((volume, kind))
        else:
            _copy_one(fs, volume, target, account)
            copied += 1
    if not copied:
        raise _nothing(refused)
    return copied


def _copy_one(fs: Any, volume: _Volume, target: Path, account: Account) -> None:
    name = f"{volume.shown}-{_NAMES.get(int(fs.info.ftype), 'unknown')}"
    folder = target / name
    folder.mkdir(mode=0o700)
    before = account.files
    TreeCopy(fs, account).into(folder, name)
    account.say(f"{name}: {account.files - before} files were copied.")


def _volumes(image: _Image) -> Iterator[_Volume]:
    """Partitions; the whole disk when it has no table of them."""
    try:
        table = pytsk3.Volume_Info(image)
        sector = int(table.info.block_size)
        used = [
            int(part.start) * sector
            for part in table
            if int(part.flags) == int(pytsk3.TSK_VS_PART_FLAG_ALLOC)
        ]
    except (OSError, RuntimeError):
        used = []
    if not used:
        yield _Volume("disk", 0)
    for number, offset in enumerate(used[:_MOST_VOLUMES], 1):
        yield _Volume(f"partition{number}", offset)


def _kind_at(disk: Qcow2Disk, offset: int) -> VolumeKind:
    try:
        return kind_of(disk.read(offset, HEAD_BYTES))
    except OSError:
        return VolumeKind.UNKNOWN


def _file_system(image: _Image, offset: int, kind: VolumeKind) -> Any:
    try:
        return pytsk3.FS_Info(image, offset=offset, type=_DETECT[kind])
    except (OSError, RuntimeError, OverflowError, ValueError):
        return None


def _nothing(refused: list[tuple[_Volume, VolumeKind]]) -> MediaError:
    found = [
        f"{volume.shown} is {kind.value}{' that cannot be read' if kind.is_readable else ''}"
        for volume, kind in refused[:8]
    ]
    words = f": {', '.join(found)}" if found else ""
    remedy = next((kind.remedy for _, kind in refused if not kind.is_readable), "")
    return MediaError(
        f"There is no file system on the disk that files can be copied out of{words}.",
        remedy=remedy or VolumeKind.UNKNOWN.remedy,
    )
