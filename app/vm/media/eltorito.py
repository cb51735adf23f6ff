"""The boot catalogue of a disc: "El Torito" Bootable CD-ROM Format Specification 1.0, section 2."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from app.vm.media.facts import BootEntry, BootMedia, BootPlatform
from app.vm.media.image import SECTOR, DamagedError, Image, Steps

BOOT_SYSTEM_ID = b"EL TORITO SPECIFICATION"

_RECORD_BYTES = 32
_MAX_ENTRIES = 64
_BOOTABLE = 0x88
_NOT_BOOTABLE = 0x00
_SECTION = 0x90
_LAST_SECTION = 0x91
_EXTENSION = 0x44
_EXTENSION_FOLLOWS = 0x20

_PLATFORMS = {0x00: BootPlatform.BIOS, 0xEF: BootPlatform.UEFI}

_MEDIA = {
    0: BootMedia.NO_EMULATION,
    1: BootMedia.FLOPPY,
    2: BootMedia.FLOPPY,
    3: BootMedia.FLOPPY,
    4: BootMedia.HARD_DISK,
}


class Damage(StrEnum):
    """Why a boot catalogue cannot be trusted."""

    OUTSIDE = "outside"
    CHECKSUM = "checksum"
    HEADER = "header"
    SECTION = "section"
    MEDIA = "media"
    IMAGE_OUTSIDE = "image-outside"


@dataclass(frozen=True, slots=True)
class BootCatalogue:
    """Entries that could be read, and the first thing that was wrong."""

    entries: tuple[BootEntry, ...] = ()
    damage: Damage | None = None


def is_boot_record(sector: bytes) -> bool:
    """A boot record volume descriptor is El Torito's, not another system's."""
    return sector[7:39].startswith(BOOT_SYSTEM_ID)


def catalogue_lba(boot_record: bytes) -> int:
    """Block of the catalogue that a boot record volume descriptor names."""
    lba: int = struct.unpack_from("<I", boot_record, 0x47)[0]
    return lba


def read_catalogue(image: Image, lba: int) -> Steps[BootCatalogue]:
    """Read and check the catalogue at block `lba`."""
    try:
        data = yield from image.read_exactly(lba * SECTOR, SECTOR)
    except DamagedError:
        return BootCatalogue(damage=Damage.OUTSIDE)
    return parse_catalogue(data, image.size_bytes)


def parse_catalogue(data: bytes, size_bytes: int) -> BootCatalogue:
    """Read the catalogue in `data`, one block, of a file of `size_bytes`.

    A firmware takes the entries in their order and stops at what it does not understand; so
    entries in front of a damage are kept.
    """
    header, platform, _, _, _, key = struct.unpack_from("<BBH24sHH", data)
    if header != 1 or key != 0xAA55:
        return BootCatalogue(damage=Damage.HEADER)
    entries: list[BootEntry] = []
    damage: Damage | None = None
    if sum(struct.unpack_from("<16H", data)) & 0xFFFF:
        # Entries are read all the same: SeaBIOS does not look at the checksum and starts them.
        damage = Damage.CHECKSUM
    try:
        for entry in _entries(data, platform):
            if _is_outside(entry, size_bytes):
                damage = damage or Damage.IMAGE_OUTSIDE
                entry = replace(entry, bootable=False)  # noqa: PLW2901 - nothing there to start
            entries.append(entry)
    except _DamagedCatalogueError as err:
        damage = damage or err.damage
    return BootCatalogue(tuple(entries), damage)


class _DamagedCatalogueError(Exception):
    def __init__(self, damage: Damage) -> None:
        super().__init__(damage)
        self.damage = damage


def _entries(data: bytes, platform: int) -> Iterator[BootEntry]:
    """Initial entry, then those of every section."""
    records = [
        data[start : start + _RECORD_BYTES]
        for start in range(_RECORD_BYTES, _RECORD_BYTES * _MAX_ENTRIES, _RECORD_BYTES)
    ]
    initial = records.pop(0)
    yield replace(_entry(initial, platform), initial=True)
    last = False
    while not last and records:
        head = records.pop(0)
        if head[0] not in (_SECTION, _LAST_SECTION):
            if any(head):
                raise _DamagedCatalogueError(Damage.SECTION)
            return
        last = head[0] == _LAST_SECTION
        count: int = struct.unpack_from("<H", head, 2)[0]
        for _ in range(count):
            record = _next(records)
            yield _entry(record, head[1])
            follows = bool(record[1] & _EXTENSION_FOLLOWS)
            while follows:
                extension = _next(records)
                if extension[0] != _EXTENSION:
                    raise _DamagedCatalogueError(Damage.SECTION)
                follows = bool(extension[1] & _EXTENSION_FOLLOWS)


def _next(records: list[bytes]) -> bytes:
    if not records:
        raise _DamagedCatalogueError(Damage.SECTION)
    return records.pop(0)


def _entry(record: bytes, platform: int) -> BootEntry:
    flag, media, _, _, count, lba = struct.unpack_from("<BBHHHI", record)
    if flag not in (_BOOTABLE, _NOT_BOOTABLE):
        raise _DamagedCatalogueError(Damage.SECTION)
    if media & 0x0F not in _MEDIA:
        raise _DamagedCatalogueError(Damage.MEDIA)
    return BootEntry(
        platform=_PLATFORMS.get(platform, BootPlatform.OTHER),
        media=_MEDIA[media & 0x0F],
        bootable=flag == _BOOTABLE,
        load_lba=lba,
        sector_count=count,
    )


def _is_outside(entry: BootEntry, size_bytes: int) -> bool:
    """The image starts or ends behind the file; block 0 holds no image either."""
    end = entry.load_lba * SECTOR + max(1, entry.sector_count) * 512
    return entry.bootable and (entry.load_lba == 0 or end > size_bytes)
