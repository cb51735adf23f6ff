"""The machine that is suggested for a disc, and the warnings that go with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.vm.media.catalogue import (
    HostSize,
    choose_firmware,
    find_system,
    mismatch,
    profile_of,
    suggest,
)
from app.vm.media.facts import (
    Architecture,
    BootEntry,
    BootMedia,
    BootPlatform,
    DiscFacts,
    DiscKind,
    NoticeId,
)
from app.vm.media.systems import Certainty, load_catalogue
from app.vm.model import Chipset, DiskBus, Firmware, NetModel, VideoModel, check_name
from tests.vm.media.discs import BIOS, UEFI, Boot, build_disc, catalogue_offset, examine_bytes
from tests.vm.media.discs import with_bytes as changed

HOST = HostSize(cpus=8, memory_mib=16384, free_disk_mib=500_000)


def entry(platform: BootPlatform, *, initial: bool) -> BootEntry:
    return BootEntry(
        platform=platform,
        media=BootMedia.NO_EMULATION,
        bootable=True,
        load_lba=20,
        sector_count=4,
        initial=initial,
    )


BIOS_ENTRY = entry(BootPlatform.BIOS, initial=True)
UEFI_ENTRY = entry(BootPlatform.UEFI, initial=False)


def disc(*boot: BootEntry, volume: str = "", **known) -> DiscFacts:
    return DiscFacts(
        kind=DiscKind.ISO9660,
        size_bytes=1,
        announced_bytes=1,
        volume_id=volume,
        boot=boot or (BIOS_ENTRY, UEFI_ENTRY),
        **known,
    )


def ids(notices):
    return [notice.id for notice in notices]


def test_an_unknown_bios_disc_gets_defaults_that_work_nearly_everywhere():
    facts = examine_bytes(build_disc(volume="HOME_MADE", boot=[Boot(BIOS)]))

    suggestion = suggest(facts, HOST)

    assert suggestion.system.id == "unknown"
    assert suggestion.certainty is Certainty.UNKNOWN
    assert suggestion.machine_name == "HOME_MADE"
    assert suggestion.firmware is Firmware.BIOS
    assert (suggestion.cpus, suggestion.memory_mib, suggestion.disk_mib) == (2, 2048, 20480)
    assert suggestion.profile.chipset is Chipset.Q35
    assert suggestion.profile.disk_bus is DiskBus.SATA
    assert suggestion.profile.net_model is NetModel.E1000E
    assert suggestion.profile.video is VideoModel.VGA
    assert suggestion.warnings == ()


def test_without_a_disc_the_same_defaults_are_suggested():
    suggestion = suggest(None, HOST)

    assert suggestion.machine_name == "New machine"
    assert suggestion.firmware is Firmware.BIOS
    assert (suggestion.cpus, suggestion.memory_mib, suggestion.disk_mib) == (2, 2048, 20480)
    assert suggestion.warnings == ()


def test_a_known_disc_gets_what_its_system_needs():
    suggestion = suggest(disc(volume="Ubuntu 24.04.1 LTS amd64"), HOST)

    assert suggestion.title == suggestion.machine_name == "Ubuntu 24.04"
    assert (suggestion.memory_mib, suggestion.disk_mib) == (4096, 25600)
    assert (suggestion.min_memory_mib, suggestion.min_disk_mib) == (3072, 20480)
    assert suggestion.profile.disk_bus is DiskBus.VIRTIO
    assert suggestion.architecture is Architecture.X86_64


def test_memtest_gets_the_board_that_it_works_on():
    assert suggest(disc(volume="MT86PLUS_64"), HOST).profile.chipset is Chipset.I440FX


@pytest.mark.parametrize(
    ("boot", "volume", "firmware"),
    [
        ((BIOS_ENTRY,), "", Firmware.BIOS),
        ((UEFI_ENTRY,), "", Firmware.UEFI),
        ((BIOS_ENTRY, UEFI_ENTRY), "", Firmware.BIOS),
        ((BIOS_ENTRY, UEFI_ENTRY), "ARCH_202601", Firmware.UEFI),
        ((BIOS_ENTRY,), "ARCH_202601", Firmware.BIOS),
        ((UEFI_ENTRY,), "Debian 12.5.0 amd64 n", Firmware.UEFI),
        ((BIOS_ENTRY, UEFI_ENTRY), "CESE_X64FREV_EN-US_DV5", Firmware.UEFI),
    ],
)
def test_firmware_is_what_the_disc_offers_and_the_system_prefers(boot, volume, firmware):
    assert suggest(disc(*boot, volume=volume), HOST).firmware is firmware


def test_a_disc_that_starts_nothing_gets_the_system_s_own_firmware():
    facts = examine_bytes(build_disc(volume="ARCH_202601"))

    assert choose_firmware(facts, find_system("arch")) is Firmware.UEFI


def test_a_32_bit_uefi_program_is_no_offer_for_a_64_bit_machine():
    facts = disc(BIOS_ENTRY, UEFI_ENTRY, efi_architectures=(Architecture.I386,))

    assert choose_firmware(facts, find_system("arch")) is Firmware.BIOS
    assert ids(mismatch(facts, Firmware.UEFI)) == [NoticeId.BIOS_DISC_ON_UEFI]


def test_memory_is_at_most_half_of_the_host_s():
    host = HostSize(cpus=1, memory_mib=3900, free_disk_mib=500_000)

    suggestion = suggest(disc(volume="Ubuntu 24.04 LTS amd64"), host)

    assert suggestion.memory_mib == 1920
    assert suggestion.cpus == 1
    (warning,) = suggestion.warnings
    assert warning.id is NoticeId.LITTLE_MEMORY
    assert warning.params == {"system": "Ubuntu 24.04", "needed_mib": 3072, "given_mib": 1920}
    assert "3 GiB" in warning.message


def test_without_a_recommendation_memory_is_enough_for_a_graphical_installer():
    assert suggest(disc(volume="VOID_LIVE"), HOST).memory_mib == 2048


def test_a_disk_is_no_larger_than_the_free_space():
    host = HostSize(cpus=2, memory_mib=16384, free_disk_mib=22_000)

    assert suggest(disc(volume="Ubuntu 24.04 LTS amd64"), host).disk_mib == 21504


def test_too_little_free_space_is_warned_about():
    host = HostSize(cpus=2, memory_mib=16384, free_disk_mib=10_000)

    suggestion = suggest(disc(volume="Ubuntu 24.04 LTS amd64"), host)

    assert suggestion.disk_mib == 20480
    assert ids(suggestion.warnings) == [NoticeId.LITTLE_DISK]


def test_windows_11_warns_about_the_tpm():
    suggestion = suggest(disc(volume="CCCOMA_X64FRE_EN-US_DV9", windows_build=22631), HOST)

    assert suggestion.firmware is Firmware.UEFI
    assert ids(suggestion.warnings) == [NoticeId.NEEDS_TPM]


def test_windows_11_on_bios_is_warned_about():
    facts = disc(volume="CCCOMA_X64FRE_EN-US_DV9", windows_build=22631)

    (warning,) = mismatch(facts, Firmware.BIOS, system=find_system("windows-11"))

    assert warning.id is NoticeId.SYSTEM_NEEDS_FIRMWARE
    assert warning.params == {"system": "Windows 11", "firmware": "UEFI"}


def test_a_bios_disc_with_uefi_chosen_would_end_in_the_shell():
    facts = examine_bytes(build_disc(boot=[Boot(BIOS)]))

    (warning,) = mismatch(facts, Firmware.UEFI)

    assert warning.id is NoticeId.BIOS_DISC_ON_UEFI
    assert "UEFI shell" in warning.message
    assert mismatch(facts, Firmware.BIOS) == []


def test_a_uefi_disc_with_bios_chosen_would_find_nothing():
    facts = examine_bytes(build_disc(boot=[Boot(UEFI)]))

    (warning,) = mismatch(facts, Firmware.BIOS)

    assert warning.id is NoticeId.UEFI_DISC_ON_BIOS
    assert mismatch(facts, Firmware.UEFI) == []


@pytest.mark.parametrize("firmware", list(Firmware))
def test_a_disc_without_a_boot_entry_is_warned_about(firmware):
    facts = examine_bytes(build_disc())

    assert ids(mismatch(facts, firmware)) == [NoticeId.NO_BOOT_ENTRY]


def test_a_damaged_boot_catalogue_is_warned_about_once():
    whole = build_disc(boot=[Boot(BIOS)])
    facts = examine_bytes(changed(whole, catalogue_offset(whole), b"\x07"))

    assert ids(mismatch(facts, Firmware.BIOS)) == [NoticeId.BOOT_DAMAGED]


def test_a_cut_disc_is_warned_about_with_its_sizes():
    whole = build_disc(boot=[Boot(BIOS)], files={"data": bytes(2**21)})
    facts = examine_bytes(whole[: -(2**20)])

    warning = next(n for n in mismatch(facts, Firmware.BIOS) if n.id is NoticeId.CUT_SHORT)
    assert "1 MiB" in warning.message


def test_an_arm_disc_is_warned_about():
    facts = disc(
        UEFI_ENTRY, volume="openEuler-24.03-LTS-aarch64", architecture=Architecture.AARCH64
    )

    (warning,) = mismatch(facts, Firmware.UEFI, Architecture.X86_64)

    assert warning.id is NoticeId.OTHER_ARCHITECTURE
    assert warning.params == {"disc": "ARM64", "host": "x86-64"}
    assert mismatch(facts, Firmware.UEFI, Architecture.AARCH64) == []
    assert ids(suggest(facts, HOST).warnings) == [NoticeId.OTHER_ARCHITECTURE]


def test_a_32_bit_disc_runs_on_a_64_bit_machine():
    facts = disc(BIOS_ENTRY, architecture=Architecture.I386)

    assert mismatch(facts, Firmware.BIOS, Architecture.X86_64) == []
    assert suggest(facts, HOST).architecture is Architecture.X86_64


@pytest.mark.parametrize("label", ["ISOIMAGE", "CDROM", "New Volume", ""])
def test_a_label_that_says_nothing_names_no_machine(label):
    assert suggest(disc(volume=label), HOST).machine_name == "New machine"


def test_the_profile_of_a_system_is_found_by_its_id():
    assert profile_of("debian").disk_bus is DiskBus.VIRTIO
    assert profile_of("never-heard-of").disk_bus is DiskBus.SATA


@given(
    st.sampled_from(sorted(load_catalogue().systems)),
    st.builds(
        HostSize,
        cpus=st.integers(1, 256),
        memory_mib=st.integers(1, 2**22),
        free_disk_mib=st.integers(0, 2**24),
    ),
)
def test_every_suggestion_is_a_machine_that_can_be_made(system_id, host):
    by_system = {
        "windows-11": {"windows_build": 22631},
        "freebsd": {"system_id": "FreeBSD"},
        "alpine": {"volume": "alpine-std 3.22.1 x86_64"},
    }

    suggestion = suggest(disc(**by_system.get(system_id, {})), host)

    assert 1 <= suggestion.cpus <= host.cpus
    assert suggestion.memory_mib >= 64
    assert suggestion.memory_mib <= max(64, host.memory_mib // 2)
    assert suggestion.disk_mib >= suggestion.min_disk_mib
    assert suggestion.disk_mib <= max(suggestion.min_disk_mib, host.free_disk_mib)
    check_name(suggestion.machine_name)
    for warning in suggestion.warnings:
        assert warning.message.endswith(".")
        assert warning.remedy.endswith(".")


def test_a_windows_machine_keeps_local_time_and_others_keep_utc():
    assert profile_of("windows-11").local_clock
    assert not profile_of("unknown").local_clock
