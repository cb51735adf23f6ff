"""What is known about an installation disc, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class DiscKind(StrEnum):
    """File system that describes the whole disc."""

    ISO9660 = "iso9660"
    UDF = "udf"


class BootPlatform(StrEnum):
    """Firmware that a boot entry is meant for."""

    BIOS = "bios"
    UEFI = "uefi"
    OTHER = "other"


class BootMedia(StrEnum):
    """How the firmware presents a boot image."""

    NO_EMULATION = "no-emulation"
    FLOPPY = "floppy"
    HARD_DISK = "hard-disk"


class Architecture(StrEnum):
    """Processor family; the values are QEMU's names of its targets."""

    X86_64 = "x86_64"
    I386 = "i386"
    AARCH64 = "aarch64"
    ARM = "arm"
    RISCV64 = "riscv64"
    LOONGARCH64 = "loongarch64"
    PPC64 = "ppc64"
    S390X = "s390x"


class NoticeId(StrEnum):
    """Stable name of a notice; with its parameters enough to write the sentence in any language.

    The comment names the parameters.
    """

    CUT_SHORT = "cut-short"  # missing_bytes, announced_bytes, size_bytes
    BOOT_DAMAGED = "boot-damaged"  # reason: word from `eltorito.Damage`
    NO_BOOT_ENTRY = "no-boot-entry"
    BIOS_DISC_ON_UEFI = "bios-disc-on-uefi"
    UEFI_DISC_ON_BIOS = "uefi-disc-on-bios"
    OTHER_ARCHITECTURE = "other-architecture"  # disc, host
    SYSTEM_NEEDS_FIRMWARE = "system-needs-firmware"  # system, firmware
    LITTLE_MEMORY = "little-memory"  # system, needed_mib, given_mib
    LITTLE_DISK = "little-disk"  # system, needed_mib, free_mib
    NEEDS_TPM = "needs-tpm"  # system


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know before going on.

    Attributes:
        id: which notice it is.
        message: one sentence in English.
        remedy: what to do about it, a sentence.
        params: the values in the sentence; byte counts and MiB as integers.
    """

    id: NoticeId
    message: str
    remedy: str
    params: Mapping[str, str | int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BootEntry:
    """One entry of the El Torito boot catalogue.

    Attributes:
        bootable: the entry's own flag.
        load_lba: first block of the image, in blocks of 2048 bytes.
        sector_count: what the firmware loads, in sectors of 512 bytes; UEFI images often say 0 or 1
            and mean "to the end".
        initial: it is the catalogue's first entry, the only one that a PC BIOS looks at.
    """

    platform: BootPlatform
    media: BootMedia
    bootable: bool
    load_lba: int
    sector_count: int
    initial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscFacts:
    """What the bytes of a disc image say; every text is cleaned of control characters.

    Attributes:
        kind: the file system that holds the whole content.
        size_bytes: of the file.
        announced_bytes: size that the disc's own descriptors give.
        volume_id: name of the disc; of the ISO 9660 primary descriptor when there is one.
        system_id: system that may use the disc's boot area, by ISO 9660.
        publisher_id: who published it.
        preparer_id: who, or which program, wrote it.
        application_id: what it is for.
        joliet_volume_id: the name in Unicode, empty without a Joliet descriptor.
        has_joliet: there is a Joliet descriptor.
        has_udf: there is a UDF file system, alone or beside ISO 9660.
        is_hybrid: the image is also a partitioned disk, for USB sticks.
        boot: entries of the boot catalogue, in its order.
        efi_architectures: processors for which EFI/BOOT holds a boot program.
        architecture: processor family of the system, None when the disc does not tell.
        disk_info: line of ``.disk/info`` (Debian and its kin), else empty.
        release_family: of ``.treeinfo`` (Fedora and its kin), else empty.
        release_version: the same.
        suse_products: ``media.1/products`` (SUSE), first line, else empty.
        arch_version: of ``arch/version`` (Arch Linux), else empty.
        has_grub: GRUB's menu is on the disc.
        windows_build: build number of the Windows in ``sources/install.wim``, else None.
        problems: damage that does not keep the disc from being shown.
    """

    kind: DiscKind
    size_bytes: int
    announced_bytes: int
    volume_id: str = ""
    system_id: str = ""
    publisher_id: str = ""
    preparer_id: str = ""
    application_id: str = ""
    joliet_volume_id: str = ""
    has_joliet: bool = False
    has_udf: bool = False
    is_hybrid: bool = False
    boot: tuple[BootEntry, ...] = ()
    efi_architectures: tuple[Architecture, ...] = ()
    architecture: Architecture | None = None
    disk_info: str = ""
    release_family: str = ""
    release_version: str = ""
    suse_products: str = ""
    arch_version: str = ""
    has_grub: bool = False
    windows_build: int | None = None
    problems: tuple[Notice, ...] = ()

    @property
    def missing_bytes(self) -> int:
        """How much the file lacks of what the disc announces; 0 when it is whole."""
        return max(0, self.announced_bytes - self.size_bytes)

    @property
    def boots_bios(self) -> bool:
        """A PC BIOS finds something to start: it looks at the catalogue's first entry only."""
        return any(
            entry.initial and entry.bootable and entry.platform is BootPlatform.BIOS
            for entry in self.boot
        )

    @property
    def boots_uefi(self) -> bool:
        """A UEFI firmware finds something to start."""
        return any(entry.bootable and entry.platform is BootPlatform.UEFI for entry in self.boot)


def human_bytes(count: int) -> str:
    """Size for people, in binary units: ``3.2 GiB``, ``1 byte``."""
    if count < 1024:
        return f"{count} byte" if count == 1 else f"{count} bytes"
    size = float(count)
    for unit in ("KiB", "MiB", "GiB"):
        size /= 1024
        if size < 1023.95:
            return f"{size:.1f} {unit}".replace(".0 ", " ")
    return f"{size / 1024:.1f} TiB".replace(".0 ", " ")
