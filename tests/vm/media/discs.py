"""Real discs, built with pycdlib, and a way to feed them to the parser without files."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

import pycdlib

from app.vm.media.facts import DiscFacts
from app.vm.media.iso import examine

BIOS, MAC, UEFI = 0x00, 0x02, 0xEF
SECTOR = 2048


@dataclass(frozen=True)
class Boot:
    """An entry of the boot catalogue that `build_disc` writes."""

    platform: int
    media: str = "noemul"
    sectors: int = 4
    bootable: bool = True


def build_disc(
    *,
    volume: str = "TEST",
    files: Mapping[str, bytes] | None = None,
    boot: Sequence[Boot] = (),
    joliet: bool = False,
    rock_ridge: bool = True,
    udf: bool = False,
    files_in_udf_only: bool = False,
    **ids: str,
) -> bytes:
    """Image of a disc; `ids` are pycdlib's names, such as `sys_ident`."""
    iso = pycdlib.PyCdlib()
    iso.new(
        interchange_level=3,
        vol_ident=volume,
        rock_ridge="1.09" if rock_ridge else None,
        joliet=3 if joliet else None,
        udf="2.60" if udf else None,
        **ids,
    )
    places = _Places(rock_ridge=rock_ridge, joliet=joliet, udf=udf)
    made: set[str] = set()
    for path, content in (files or {}).items():
        for folder in reversed([str(p) for p in PurePosixPath(path).parents][:-1]):
            if folder not in made:
                iso.add_directory(**places.of(folder, directory=True))
                made.add(folder)
        iso.add_fp(BytesIO(content), len(content), **places.of(path))
        if files_in_udf_only:
            iso.rm_hard_link(iso_path=places.of(path)["iso_path"])
    for number, entry in enumerate(boot):
        name = f"boot{number}.img"
        size = 1_474_560 if entry.media == "floppy" else SECTOR
        iso.add_fp(BytesIO(b"\xeb\xfe" + bytes(size - 2)), size, **places.of(name))
        iso.add_eltorito(
            places.of(name)["iso_path"],
            bootcatfile="/BOOT.CAT;1",
            rr_bootcatname="boot.cat" if rock_ridge else None,
            joliet_bootcatfile="/boot.cat" if joliet else None,
            udf_bootcatfile="/boot.cat" if udf else None,
            platform_id=entry.platform,
            media_name=entry.media,
            boot_load_size=2880 if entry.media == "floppy" else entry.sectors,
            bootable=entry.bootable,
            efi=entry.platform == UEFI,
        )
    image = BytesIO()
    iso.write_fp(image)
    iso.close()
    return image.getvalue()


@dataclass(frozen=True)
class _Places:
    """The names of a file in every tree of the disc."""

    rock_ridge: bool
    joliet: bool
    udf: bool

    def of(self, path: str, *, directory: bool = False) -> dict[str, str]:
        mangled = "/".join(
            "".join(c if c.isalnum() else "_" for c in part.upper()) for part in path.split("/")
        )
        if not directory:
            stem, dot, extension = path.upper().lstrip(".").rpartition(".")
            if dot and "/" not in extension:
                mangled = "/".join(
                    "".join(c if c.isalnum() else "_" for c in part) for part in stem.split("/")
                )
                mangled += f".{extension}"
            mangled += ";1" if "." in mangled else ".;1"
        names = {"iso_path": f"/{mangled}"}
        if self.rock_ridge:
            names["rr_name"] = path.rpartition("/")[2]
        if self.joliet:
            names["joliet_path"] = f"/{path}"
        if self.udf:
            names["udf_path"] = f"/{path}"
        return names


def wim_header(build: int, architecture: int = 9) -> bytes:
    """Beginning of a Windows image file, with its XML right behind the header."""
    xml = (
        '\ufeff<WIM><IMAGE INDEX="1"><WINDOWS>'
        f"<ARCH>{architecture}</ARCH><VERSION><MAJOR>10</MAJOR><BUILD>{build}</BUILD></VERSION>"
        "</WINDOWS></IMAGE></WIM>"
    ).encode("utf-16-le")
    header = bytearray(208)
    header[:8] = b"MSWIM\0\0\0"
    struct.pack_into("<QQ", header, 72, len(xml) | 2 << 56, len(header))
    return bytes(header) + xml


def examine_bytes(data: bytes) -> DiscFacts:
    """Give the parser what it asks for; every wish has to lie inside of the data."""
    steps = examine(len(data))
    try:
        wish = next(steps)
        while True:
            assert wish.offset >= 0
            assert wish.length > 0
            assert wish.offset + wish.length <= len(data)
            wish = steps.send(data[wish.offset : wish.offset + wish.length])
    except StopIteration as done:
        return done.value


def udf_only(bridge: bytes) -> bytes:
    """The same disc without its ISO 9660 descriptors."""
    start = next(n for n in range(16, 64) if sector_of(bridge, n)[1:6] == b"BEA01")
    extended = bridge[start * SECTOR : (start + 3) * SECTOR]
    return with_bytes(bridge, 16 * SECTOR, extended + bytes((start + 3 - 19) * SECTOR))


def sector_of(data: bytes, number: int) -> bytes:
    """One block of a disc."""
    return data[number * SECTOR : (number + 1) * SECTOR]


def with_bytes(data: bytes, offset: int, new: bytes) -> bytes:
    """`data` with `new` at `offset`."""
    return data[:offset] + new + data[offset + len(new) :]


def catalogue_offset(data: bytes) -> int:
    """Where the boot catalogue is, in bytes."""
    return struct.unpack_from("<I", data, 17 * SECTOR + 0x47)[0] * SECTOR
