"""Facts of real discs, and of discs that were damaged on purpose."""

from __future__ import annotations

import struct

import pytest

from app.errors import MediaError
from app.vm.media.facts import (
    Architecture,
    BootMedia,
    BootPlatform,
    DiscKind,
    NoticeId,
    human_bytes,
)
from app.vm.media.iso import architecture_in, printable
from tests.vm.media.discs import (
    BIOS,
    MAC,
    SECTOR,
    UEFI,
    Boot,
    build_disc,
    catalogue_offset,
    examine_bytes,
    udf_only,
    wim_header,
    with_bytes,
)

PRIMARY = 16 * SECTOR


def problem_ids(data):
    return [problem.id for problem in examine_bytes(data).problems]


def test_a_plain_disc_tells_its_identifiers_and_its_size():
    disc = build_disc(
        volume="MY_DISC",
        sys_ident="LINUX",
        pub_ident_str="A PUBLISHER",
        preparer_ident_str="A PREPARER",
        app_ident_str="AN APPLICATION",
    )

    facts = examine_bytes(disc)

    assert facts.kind is DiscKind.ISO9660
    assert (facts.volume_id, facts.system_id) == ("MY_DISC", "LINUX")
    assert facts.publisher_id == "A PUBLISHER"
    assert facts.preparer_id == "A PREPARER"
    assert facts.application_id == "AN APPLICATION"
    assert facts.announced_bytes == facts.size_bytes == len(disc)
    assert facts.missing_bytes == 0
    assert facts.boot == ()
    assert not facts.boots_bios
    assert not facts.boots_uefi
    assert facts.problems == ()


def test_a_disc_for_bios():
    facts = examine_bytes(build_disc(boot=[Boot(BIOS)]))

    assert facts.boots_bios
    assert not facts.boots_uefi
    (entry,) = facts.boot
    assert entry.platform is BootPlatform.BIOS
    assert entry.media is BootMedia.NO_EMULATION
    assert entry.sector_count == 4
    assert entry.initial


def test_a_disc_for_uefi():
    facts = examine_bytes(build_disc(boot=[Boot(UEFI)]))

    assert facts.boots_uefi
    assert not facts.boots_bios


def test_a_disc_for_both():
    facts = examine_bytes(build_disc(boot=[Boot(BIOS), Boot(UEFI)], joliet=True))

    assert facts.boots_bios
    assert facts.boots_uefi
    assert [entry.initial for entry in facts.boot] == [True, False]


def test_a_bios_entry_that_is_not_the_first_one_is_not_found_by_a_bios():
    facts = examine_bytes(build_disc(boot=[Boot(UEFI), Boot(BIOS)]))

    assert facts.boots_uefi
    assert not facts.boots_bios


def test_a_disc_with_an_emulated_floppy():
    facts = examine_bytes(build_disc(boot=[Boot(BIOS, media="floppy")]))

    assert facts.boots_bios
    assert facts.boot[0].media is BootMedia.FLOPPY


def test_an_entry_for_another_computer_starts_no_pc():
    facts = examine_bytes(build_disc(boot=[Boot(MAC)]))

    assert facts.boot[0].platform is BootPlatform.OTHER
    assert not facts.boots_bios
    assert not facts.boots_uefi


def test_an_entry_that_is_switched_off_does_not_count():
    facts = examine_bytes(build_disc(boot=[Boot(BIOS, bootable=False)]))

    assert not facts.boot[0].bootable
    assert not facts.boots_bios
    assert facts.problems == ()


@pytest.mark.parametrize("trees", [{}, {"joliet": True, "rock_ridge": False}, {"udf": True}])
def test_files_are_found_in_every_kind_of_tree(trees):
    disc = build_disc(
        files={
            ".disk/info": b'Debian GNU/Linux 12.5.0 "Bookworm" - Official amd64 NETINST\n',
            ".treeinfo": b"[general]\nfamily = Fedora\nversion = 43\narch = x86_64\n",
            "media.1/products": b"/ openSUSE-Leap 15.6-1\n",
            "arch/version": b"2026.01.01\n",
            "boot/grub/grub.cfg": b"set timeout=0\n",
            "EFI/BOOT/BOOTX64.EFI": b"MZ",
        },
        **trees,
    )

    facts = examine_bytes(disc)

    assert facts.disk_info == 'Debian GNU/Linux 12.5.0 "Bookworm" - Official amd64 NETINST'
    assert (facts.release_family, facts.release_version) == ("Fedora", "43")
    assert facts.suse_products == "/ openSUSE-Leap 15.6-1"
    assert facts.arch_version == "2026.01.01"
    assert facts.has_grub
    assert facts.efi_architectures == (Architecture.X86_64,)
    assert facts.architecture is Architecture.X86_64


@pytest.mark.parametrize(
    ("program", "architecture"),
    [
        ("BOOTX64.EFI", Architecture.X86_64),
        ("BOOTAA64.EFI", Architecture.AARCH64),
        ("BOOTIA32.EFI", Architecture.I386),
        ("BOOTRISCV64.EFI", Architecture.RISCV64),
        ("bootx64.efi", Architecture.X86_64),
    ],
)
def test_the_boot_program_tells_the_processor(program, architecture):
    facts = examine_bytes(build_disc(files={f"EFI/BOOT/{program}": b"MZ"}))

    assert facts.efi_architectures == (architecture,)
    assert facts.architecture is architecture


def test_a_file_behind_many_others_is_found():
    files = {f"file{number:04}": b"" for number in range(2000)}

    facts = examine_bytes(build_disc(files={**files, ".disk/info": b"found\n"}))

    assert facts.disk_info == "found"


def test_only_the_beginning_of_a_long_file_is_read():
    facts = examine_bytes(build_disc(files={".disk/info": b"x" * 500_000}))

    assert facts.disk_info == "x" * 256


def test_a_release_file_that_is_none_tells_nothing():
    for content in (b"no section\n", b"[general\n", b"[general]\nfamily\n x\n", bytes(range(256))):
        facts = examine_bytes(build_disc(files={".treeinfo": content}))
        assert facts.release_family == ""


def test_a_joliet_name_is_unicode():
    disc = build_disc(volume="LABEL", joliet=True)
    at = 17 * SECTOR
    disc = with_bytes(disc, at + 40, "系统盘".encode("utf-16-be").ljust(32, b"\0"))

    facts = examine_bytes(disc)

    assert facts.has_joliet
    assert facts.joliet_volume_id == "系统盘"
    assert facts.volume_id == "LABEL"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"A\x1b[31mB\r\nC", "A[31mB  C"),
        (b"  padded  ", "padded"),
        (b"cut\0rest", "cut"),
        ("Größe".encode(), "Größe"),
        ("Größe".encode("latin-1"), "Größe"),
        ("\u202eevil\ue000".encode(), "evil"),
    ],
)
def test_identifiers_are_cleaned(raw, text):
    disc = with_bytes(build_disc(), PRIMARY + 40, raw.ljust(32, b" "))

    assert examine_bytes(disc).volume_id == text


def test_windows_tells_its_build_and_processor_in_the_udf_tree_only():
    disc = build_disc(
        volume="CCCOMA_X64FRE_EN-US_DV9",
        udf=True,
        rock_ridge=False,
        boot=[Boot(BIOS), Boot(UEFI)],
        files={"sources/install.wim": wim_header(22631)},
        files_in_udf_only=True,
    )

    facts = examine_bytes(disc)

    assert facts.kind is DiscKind.UDF
    assert facts.windows_build == 22631
    assert facts.architecture is Architecture.X86_64
    assert facts.boots_bios
    assert facts.boots_uefi


def test_an_esd_for_arm_is_read_too():
    disc = build_disc(udf=True, files={"sources/install.esd": wim_header(26100, 12)})

    facts = examine_bytes(disc)

    assert facts.windows_build == 26100
    assert facts.architecture is Architecture.AARCH64


def test_an_image_file_that_is_none_tells_no_build():
    facts = examine_bytes(build_disc(udf=True, files={"sources/install.wim": b"nothing" * 99}))

    assert facts.windows_build is None


def test_a_disc_with_udf_alone():
    disc = udf_only(build_disc(volume="UDFDISC", udf=True, files={".disk/info": b"here"}))

    facts = examine_bytes(disc)

    assert facts.kind is DiscKind.UDF
    assert facts.volume_id == "UDFDISC"
    assert facts.disk_info == "here"
    assert facts.problems == ()


def test_a_cut_udf_disc_says_how_much_is_missing():
    disc = udf_only(build_disc(udf=True, files={"big": bytes(300_000)}))

    facts = examine_bytes(disc[:-100_000])

    assert facts.missing_bytes >= 100_000 - 2 * SECTOR
    assert NoticeId.CUT_SHORT in problem_ids(disc[:-100_000])


def test_a_hybrid_image_is_recognised():
    partition = b"\x80" + bytes(3) + b"\x17" + bytes(3) + struct.pack("<II", 0, 100)
    disc = with_bytes(build_disc(boot=[Boot(BIOS)]), 446, partition)
    assert not examine_bytes(disc).is_hybrid

    assert examine_bytes(with_bytes(disc, 510, b"\x55\xaa")).is_hybrid


def test_a_cut_disc_says_how_much_is_missing():
    disc = build_disc(boot=[Boot(BIOS)], files={"data": bytes(3 * 1024 * 1024)})
    cut = disc[: len(disc) - 1024 * 1024]

    facts = examine_bytes(cut)

    assert facts.missing_bytes == 1024 * 1024
    (problem,) = (p for p in facts.problems if p.id is NoticeId.CUT_SHORT)
    assert "1 MiB of 3.1 MiB are missing" in problem.message
    assert problem.params["missing_bytes"] == 1024 * 1024
    assert problem.remedy


def test_a_boot_program_behind_the_end_of_a_cut_disc_does_not_count():
    disc = build_disc(boot=[Boot(BIOS)], files={"data": bytes(100_000)})
    where = examine_bytes(disc).boot[0].load_lba * SECTOR

    facts = examine_bytes(disc[:where])

    assert not facts.boots_bios
    assert {p.id for p in facts.problems} == {NoticeId.CUT_SHORT, NoticeId.BOOT_DAMAGED}


@pytest.mark.parametrize(
    ("at", "new", "reason"),
    [
        (0, b"\x02", "header"),
        (30, b"\0\0", "header"),
        (4, b"X", "checksum"),
        (33, b"\x0f", "media"),
        (32, b"\x77", "section"),
        (64, b"\x55", "section"),
        (64, b"\x91\xef\xff\xff", "section"),
        (40, b"\xff\xff\xff\x7f", "image-outside"),
        (40, b"\0\0\0\0", "image-outside"),
    ],
)
def test_a_damaged_boot_catalogue_is_told(at, new, reason):
    disc = build_disc(boot=[Boot(BIOS)])
    damaged = with_bytes(disc, catalogue_offset(disc) + at, new)

    facts = examine_bytes(damaged)

    (problem,) = facts.problems
    assert problem.id is NoticeId.BOOT_DAMAGED
    assert problem.params == {"reason": reason}
    assert problem.message.endswith(".")
    assert problem.remedy


def test_a_wrong_checksum_is_told_but_does_not_keep_a_bios_from_starting_the_disc():
    disc = build_disc(boot=[Boot(BIOS)])

    facts = examine_bytes(with_bytes(disc, catalogue_offset(disc) + 4, b"X"))

    assert facts.boots_bios
    assert [p.params for p in facts.problems] == [{"reason": "checksum"}]


def test_a_boot_catalogue_outside_of_the_file_is_told():
    disc = build_disc(boot=[Boot(BIOS)])

    facts = examine_bytes(with_bytes(disc, 17 * SECTOR + 0x47, b"\xff\xff\xff\xff"))

    assert [p.params for p in facts.problems] == [{"reason": "outside"}]
    assert facts.boot == ()


def test_entries_before_the_damage_are_kept():
    disc = build_disc(boot=[Boot(BIOS), Boot(UEFI)])
    # The section's only entry gets a flag that is neither "bootable" nor "not bootable".
    facts = examine_bytes(with_bytes(disc, catalogue_offset(disc) + 96, b"\x12"))

    assert facts.boots_bios
    assert not facts.boots_uefi
    assert facts.problems[0].id is NoticeId.BOOT_DAMAGED


def test_section_entries_with_extensions_are_read():
    disc = build_disc(boot=[Boot(BIOS)])
    at = catalogue_offset(disc) + 64
    image = examine_bytes(disc).boot[0].load_lba
    entry = struct.pack("<BBHHHI20x", 0x88, 0x20, 0, 0, 4, image)
    section = (
        struct.pack("<BBH28x", 0x90, 0xEF, 1)
        + entry
        + b"\x44\x20".ljust(32, b"\0")
        + b"\x44\x00".ljust(32, b"\0")
        + struct.pack("<BBH28x", 0x91, 0x02, 1)
        + struct.pack("<BBHHHI20x", 0x88, 0, 0, 0, 4, image)
    )

    facts = examine_bytes(with_bytes(disc, at, section))

    assert [entry.platform for entry in facts.boot] == [
        BootPlatform.BIOS,
        BootPlatform.UEFI,
        BootPlatform.OTHER,
    ]
    assert facts.problems == ()


def test_an_extension_that_is_announced_but_missing_is_damage():
    disc = build_disc(boot=[Boot(BIOS)])
    at = catalogue_offset(disc) + 64
    entry = struct.pack("<BBHHHI20x", 0x88, 0x20, 0, 0, 4, 24)

    facts = examine_bytes(with_bytes(disc, at, struct.pack("<BBH28x", 0x91, 0xEF, 1) + entry))

    assert facts.problems[0].params == {"reason": "section"}


def test_a_directory_that_holds_itself_is_no_trap():
    disc = build_disc(files={"EFI/BOOT/BOOTX64.EFI": b"MZ"})
    root = struct.unpack_from("<I", disc, PRIMARY + 158)[0] * SECTOR
    # EFI now points back to the root directory, which holds EFI, and so on.
    name = disc.index(b"\x03EFI", root)
    looped = with_bytes(disc, name - 30, struct.pack("<I", root // SECTOR))

    facts = examine_bytes(looped)

    assert facts.efi_architectures == ()


def test_a_directory_outside_of_the_file_tells_nothing():
    disc = build_disc(files={".disk/info": b"text"})

    facts = examine_bytes(with_bytes(disc, PRIMARY + 158, b"\xff\xff\xff\x7f"))

    assert facts.disk_info == ""
    assert facts.volume_id == "TEST"


def test_a_root_that_is_no_directory_tells_nothing():
    facts = examine_bytes(with_bytes(build_disc(), PRIMARY + 156 + 25, b"\0"))

    assert facts.volume_id == "TEST"


def test_path_tables_are_not_looked_at():
    disc = build_disc(files={".disk/info": b"text"})

    assert examine_bytes(with_bytes(disc, PRIMARY + 132, b"\xff" * 24)).disk_info == "text"


def test_a_block_size_that_cannot_be_is_damage():
    with pytest.raises(MediaError, match="damaged") as caught:
        examine_bytes(with_bytes(build_disc(), PRIMARY + 128, b"\x07\x00\x00\x07"))
    assert caught.value.remedy


def test_a_udf_disc_without_its_anchor_is_damage():
    disc = udf_only(build_disc(udf=True))

    with pytest.raises(MediaError, match="damaged"):
        examine_bytes(with_bytes(disc, 256 * SECTOR, bytes(16)))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02", "too short"),
        (b"hello\n" * 9000, "text file"),
        (b"<!DOCTYPE html><html>" + b" " * 99_000, "web page"),
        (b"PK\x03\x04" + bytes(99_000), "ZIP"),
        (b"\xfd7zXZ\x00" + bytes(99_000), "xz"),
        (b"QFI\xfb" + bytes(99_000), "QCOW"),
        (b"\x00" + b"\xff" * 10 + b"\x00" + bytes(99_000), "BIN"),
        (bytes(510) + b"\x55\xaa" + bytes(99_000), "USB stick"),
        (bytes(99_000) + b"koly" + bytes(508), "DMG"),
        (bytes(99_000), "neither ISO 9660 nor UDF"),
        (build_disc()[: 16 * SECTOR], "too short"),
    ],
)
def test_a_file_that_is_no_disc_is_named_for_what_it_is(data, sentence):
    with pytest.raises(MediaError, match=sentence) as caught:
        examine_bytes(data)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("text", "architecture"),
    [
        ("Rocky-9-6-x86_64-dvd", Architecture.X86_64),
        ("Debian 12.5.0 amd64 n", Architecture.X86_64),
        ("CCCOMA_X64FRE_EN-US_DV9", Architecture.X86_64),
        ("CCCOMA_A64FRE_EN-US_DV9", Architecture.AARCH64),
        ("CCCOMA_X86FRE_EN-US_DV9", Architecture.I386),
        ("openEuler-24.03-LTS-aarch64", Architecture.AARCH64),
        ("Debian 12 i386", Architecture.I386),
        ("openEuler-24.03-loongarch64", Architecture.LOONGARCH64),
        ("MT86PLUS_64", None),
        ("x640", None),
    ],
)
def test_a_name_tells_the_processor(text, architecture):
    assert architecture_in(text) is architecture


def test_sizes_are_written_for_people():
    assert [human_bytes(n) for n in (1, 1023, 1024, 1536, 5 * 2**30, 3 * 2**40)] == [
        "1 byte",
        "1023 bytes",
        "1 KiB",
        "1.5 KiB",
        "5 GiB",
        "3 TiB",
    ]


def test_printable_keeps_text_of_any_script():
    assert printable(" 麒麟 é 🙂\t\u200b") == "麒麟 é 🙂"
