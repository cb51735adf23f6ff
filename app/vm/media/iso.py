"""What an image of an installation disc holds: bytes in, facts out.

Volume descriptors are those of ECMA-119 (ISO 9660) section 8; names of systems are found later,
by `app.vm.media.catalogue`. Nothing here opens a file: `examine` is a generator that asks for
bytes (see `app.vm.media.image`) and believes none of them.
"""

from __future__ import annotations

import configparser
import re
import struct
import unicodedata
from dataclasses import dataclass, field

from app.errors import MediaError
from app.vm.media import eltorito, udf, wim
from app.vm.media.facts import (
    Architecture,
    DiscFacts,
    DiscKind,
    Notice,
    NoticeId,
    human_bytes,
)
from app.vm.media.foreign import describe_foreign
from app.vm.media.image import SECTOR, DamagedError, Image, Steps
from app.vm.media.tree import FileTree, IsoTree

FIRST_DESCRIPTOR = 16
PROBE_BYTES = 64 * 1024

_DESCRIPTOR_SECTORS = 32

_BOOT_RECORD = 0
_PRIMARY = 1
_SUPPLEMENTARY = 2
_ISO_IDENTIFIER = b"CD001"
_UDF_IDENTIFIERS = (b"NSR02", b"NSR03")
_OTHER_IDENTIFIERS = (b"BEA01", b"TEA01", b"BOOT2", b"CDW02")
_JOLIET_ESCAPES = (b"%/@", b"%/C", b"%/E")
_BLOCK_SIZES = (512, 1024, 2048)

_EFI_PROGRAMS = {
    "EFI/BOOT/BOOTX64.EFI": Architecture.X86_64,
    "EFI/BOOT/BOOTAA64.EFI": Architecture.AARCH64,
    "EFI/BOOT/BOOTIA32.EFI": Architecture.I386,
    "EFI/BOOT/BOOTRISCV64.EFI": Architecture.RISCV64,
    "EFI/BOOT/BOOTLOONGARCH64.EFI": Architecture.LOONGARCH64,
}

_ARCHITECTURE_WORDS = (
    (Architecture.X86_64, r"x86[-_]64|amd64|x64(?:fre[a-z]?|chk)?|64bit"),
    (Architecture.AARCH64, r"aarch64|arm64|a64fre[a-z]?"),
    (Architecture.I386, r"i[3-6]86|x86(?:fre[a-z]?|chk)?|ia32"),
    (Architecture.RISCV64, r"riscv64"),
    (Architecture.LOONGARCH64, r"loong(?:arch)?64"),
    (Architecture.PPC64, r"ppc64(?:el|le)?"),
    (Architecture.S390X, r"s390x"),
    (Architecture.ARM, r"armv7l?|armhf|armhfp"),
)


@dataclass(slots=True)
class _Descriptors:
    """Sectors of the volume descriptor set that matter; empty ones are not there."""

    primary: bytes = b""
    joliet: bytes = b""
    boot_record: bytes = b""
    has_udf: bool = False


@dataclass(slots=True)
class _Probes:
    """What files on the disc say."""

    efi: list[Architecture] = field(default_factory=list)
    disk_info: str = ""
    release: dict[str, str] = field(default_factory=dict)
    suse_products: str = ""
    arch_version: str = ""
    has_grub: bool = False
    windows: wim.WindowsImage | None = None


def examine(size_bytes: int) -> Steps[DiscFacts]:
    """Examine an image of `size_bytes`; the generator returns the facts.

    Raises:
        MediaError: it is no disc image, with what it is instead where that can be told.
    """
    image = Image(size_bytes)
    try:
        return (yield from _examine(image))
    except DamagedError as err:
        raise MediaError(
            "The disc image is damaged: its description makes no sense.",
            remedy="Download it again, and compare its checksum with the publisher's.",
            detail=str(err),
        ) from err


def _examine(image: Image) -> Steps[DiscFacts]:
    head = yield from image.read(0, SECTOR)
    area = yield from image.read(FIRST_DESCRIPTOR * SECTOR, _DESCRIPTOR_SECTORS * SECTOR)
    found = _sort_descriptors(area)
    if not found.primary and not found.has_udf:
        raise (yield from describe_foreign(image, head))
    volume = (yield from _udf_volume(image)) if found.has_udf else None
    if not found.primary and volume is None:
        raise DamagedError("neither an ISO 9660 nor a UDF volume")
    boot = yield from _boot(image, found.boot_record)
    trees = _trees(found, volume)
    probes = yield from _probe(image, trees)
    announced = max(_announced(found.primary), volume.end_bytes if volume else 0)
    names = [_text(found.primary[start:end]) for start, end in _NAME_FIELDS]
    if not found.primary and volume is not None:
        names[1] = printable(volume.volume_id)
    return DiscFacts(
        kind=DiscKind.ISO9660 if found.primary and not found.has_udf else DiscKind.UDF,
        size_bytes=image.size_bytes,
        announced_bytes=announced,
        system_id=names[0],
        volume_id=names[1],
        publisher_id=names[2],
        preparer_id=names[3],
        application_id=names[4],
        joliet_volume_id=_joliet_text(found.joliet[40:72]),
        has_joliet=bool(found.joliet),
        has_udf=found.has_udf,
        is_hybrid=_is_hybrid(head),
        boot=boot.entries,
        efi_architectures=tuple(probes.efi),
        architecture=_architecture(probes, names),
        disk_info=probes.disk_info,
        release_family=probes.release.get("family", ""),
        release_version=probes.release.get("version", ""),
        suse_products=probes.suse_products,
        arch_version=probes.arch_version,
        has_grub=probes.has_grub,
        windows_build=probes.windows.build if probes.windows else None,
        problems=_problems(image.size_bytes, announced, boot.damage),
    )


# System, volume, publisher, preparer and application identifier: ECMA-119 8.4.
_NAME_FIELDS = ((8, 40), (40, 72), (318, 446), (446, 574), (574, 702))


def _sort_descriptors(area: bytes) -> _Descriptors:
    """Volume descriptor set, then the extended area that UDF adds (ECMA-167 2/8.3)."""
    found = _Descriptors()
    for start in range(0, len(area) - SECTOR + 1, SECTOR):
        sector = area[start : start + SECTOR]
        identifier = sector[1:6]
        if identifier in _UDF_IDENTIFIERS:
            found.has_udf = True
        elif identifier == _ISO_IDENTIFIER:
            _keep(found, sector)
        elif identifier not in _OTHER_IDENTIFIERS:
            break
    return found


def _keep(found: _Descriptors, sector: bytes) -> None:
    """Remember the first descriptor of each kind."""
    kind = sector[0]
    if kind == _PRIMARY and not found.primary:
        found.primary = sector
    elif kind == _SUPPLEMENTARY and sector[88:91] in _JOLIET_ESCAPES and not found.joliet:
        found.joliet = sector
    elif kind == _BOOT_RECORD and not found.boot_record and eltorito.is_boot_record(sector):
        found.boot_record = sector


def _announced(primary: bytes) -> int:
    """Bytes of the volume; both byte orders of its block size have to agree."""
    if not primary:
        return 0
    blocks, block_bytes, mirrored = struct.unpack_from("<I44xH", primary, 80) + struct.unpack_from(
        ">H", primary, 130
    )
    if block_bytes not in _BLOCK_SIZES or mirrored not in (block_bytes, 0):
        raise DamagedError(f"blocks of {block_bytes} bytes")
    return int(blocks * block_bytes)


def _udf_volume(image: Image) -> Steps[udf.UdfVolume | None]:
    try:
        return (yield from udf.read_volume(image))
    except DamagedError:
        return None


def _boot(image: Image, boot_record: bytes) -> Steps[eltorito.BootCatalogue]:
    if not boot_record:
        return eltorito.BootCatalogue()
    return (yield from eltorito.read_catalogue(image, eltorito.catalogue_lba(boot_record)))


def _trees(found: _Descriptors, volume: udf.UdfVolume | None) -> list[FileTree]:
    """Where to look for files, the tree with the most content first."""
    trees: list[FileTree] = []
    if volume is not None and volume.root is not None:
        trees.append(volume)
    for descriptor, is_joliet in ((found.primary, False), (found.joliet, True)):
        if descriptor:
            try:
                trees.append(IsoTree.from_descriptor(descriptor, is_joliet=is_joliet))
            except DamagedError:
                continue
    return trees


def _probe(image: Image, trees: list[FileTree]) -> Steps[_Probes]:
    """Look at the few files that tell what a disc is; what is damaged or missing tells nothing."""
    probes = _Probes()
    for path, architecture in _EFI_PROGRAMS.items():
        if (yield from _has_file(image, trees, path)):
            probes.efi.append(architecture)
    probes.disk_info = _first_line((yield from _content(image, trees, ".disk/info")))
    probes.release = _release((yield from _content(image, trees, ".treeinfo")))
    probes.suse_products = _first_line((yield from _content(image, trees, "media.1/products")))
    probes.arch_version = _first_line((yield from _content(image, trees, "arch/version")))
    probes.has_grub = yield from _has_file(image, trees, "boot/grub/grub.cfg")
    for name in ("install.wim", "install.esd"):
        probes.windows = probes.windows or (yield from _windows(image, trees, f"sources/{name}"))
    return probes


def _has_file(image: Image, trees: list[FileTree], path: str) -> Steps[bool]:
    for tree in trees:
        try:
            node = yield from tree.find(image, path)
        except DamagedError:
            continue
        if node is not None and not node.is_directory:
            return True
    return False


def _content(image: Image, trees: list[FileTree], path: str) -> Steps[str]:
    """Beginning of a text file, empty when there is none."""
    for tree in trees:
        try:
            node = yield from tree.find(image, path)
            if node is not None and not node.is_directory:
                data = yield from node.read(image, 0, PROBE_BYTES)
                return data.decode("utf-8", "replace")
        except DamagedError:
            continue
    return ""


def _windows(image: Image, trees: list[FileTree], path: str) -> Steps[wim.WindowsImage | None]:
    for tree in trees:
        try:
            node = yield from tree.find(image, path)
            found = (yield from wim.read_image(image, node)) if node is not None else None
        except DamagedError:
            continue
        if found is not None:
            return found
    return None


def _release(text: str) -> dict[str, str]:
    """`family`, `version` and `arch` of a productmd tree description."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return {}
    facts: dict[str, str] = {}
    for section, keys in (
        ("release", {"name": "family", "version": "version"}),
        ("tree", {"arch": "arch"}),
        ("general", {"family": "family", "version": "version", "arch": "arch"}),
    ):
        for key, name in keys.items():
            value = printable(parser.get(section, key, fallback="") or "")
            if value:
                facts.setdefault(name, value)
    return facts


def _architecture(probes: _Probes, names: list[str]) -> Architecture | None:
    """Processor of the system: what its files say, then its boot programs, then its name."""
    for text in (probes.release.get("arch", ""), probes.disk_info):
        found = architecture_in(text)
        if found:
            return found
    if probes.windows is not None and probes.windows.architecture is not None:
        return probes.windows.architecture
    named = architecture_in(" ".join((names[1], names[4])))
    if named is not None and (not probes.efi or named in probes.efi):
        return named
    return probes.efi[0] if probes.efi else None


def architecture_in(text: str) -> Architecture | None:
    """First processor family that `text` names as a word of its own."""
    for architecture, words in _ARCHITECTURE_WORDS:
        if re.search(rf"(?<![A-Za-z0-9])(?:{words})(?![A-Za-z0-9])", text, re.IGNORECASE):
            return architecture
    return None


def _is_hybrid(head: bytes) -> bool:
    """There is a master boot record with a partition in the 32 KiB that ISO 9660 leaves free."""
    return head[510:512] == b"\x55\xaa" and any(head[446 + 16 * i + 4] for i in range(4))


def _problems(
    size_bytes: int, announced: int, damage: eltorito.Damage | None
) -> tuple[Notice, ...]:
    problems: list[Notice] = []
    missing = announced - size_bytes
    if missing > 0:
        problems.append(
            Notice(
                NoticeId.CUT_SHORT,
                f"The disc image is cut short: {human_bytes(missing)} of "
                f"{human_bytes(announced)} are missing.",
                "Download or copy it again.",
                {
                    "missing_bytes": missing,
                    "announced_bytes": announced,
                    "size_bytes": size_bytes,
                },
            )
        )
    if damage is not None:
        problems.append(
            Notice(
                NoticeId.BOOT_DAMAGED,
                f"The part of the disc that starts a computer is damaged: {_DAMAGE[damage]}.",
                "Download it again, and compare its checksum with the publisher's.",
                {"reason": damage.value},
            )
        )
    return tuple(problems)


_DAMAGE = {
    eltorito.Damage.OUTSIDE: "its boot catalogue lies outside of the file",
    eltorito.Damage.CHECKSUM: "the checksum of its boot catalogue is wrong",
    eltorito.Damage.HEADER: "its boot catalogue does not begin as one",
    eltorito.Damage.SECTION: "its boot catalogue has an entry of an unknown kind",
    eltorito.Damage.MEDIA: "its boot catalogue names an unknown kind of drive",
    eltorito.Damage.IMAGE_OUTSIDE: "a boot program lies outside of the file",
}


def _text(field_bytes: bytes) -> str:
    """Identifier of the primary descriptor: plain ASCII by the standard, anything in practice."""
    field_bytes = field_bytes.partition(b"\0")[0]
    try:
        return printable(field_bytes.decode("utf-8"))
    except UnicodeDecodeError:
        return printable(field_bytes.decode("latin-1"))


def _joliet_text(field_bytes: bytes) -> str:
    return printable(field_bytes.decode("utf-16-be", "replace").partition("\0")[0])


def _first_line(text: str) -> str:
    return printable(text.strip().partition("\n")[0][:256])


def printable(text: str) -> str:
    """`text` trimmed, without control, formatting, private or unassigned characters."""
    kept = (" " if c.isspace() else c for c in text if c.isspace() or _is_printable(c))
    return "".join(kept).strip()


def _is_printable(character: str) -> bool:
    return not unicodedata.category(character).startswith("C")
