"""The table of systems is valid, and discs are recognised by what is known about them."""

from __future__ import annotations

import re

import pytest

from app.vm.media.facts import Architecture, DiscFacts, DiscKind
from app.vm.media.systems import (
    UNKNOWN,
    Certainty,
    architecture_of_machine,
    load_catalogue,
)
from app.vm.model import Firmware


def facts(**known) -> DiscFacts:
    return DiscFacts(kind=DiscKind.ISO9660, size_bytes=1, announced_bytes=1, **known)


# Facts of well-known discs, the system, and its title.
DISCS = [
    ({"volume_id": "CCCOMA_X64FRE_EN-US_DV9"}, "windows-10-11", "Windows 10 or 11"),
    ({"volume_id": "CPBA_X64FRE_DE-DE_DV9"}, "windows-10-11", "Windows 10 or 11"),
    (
        {"volume_id": "CCCOMA_X64FRE_EN-US_DV9", "windows_build": 22631},
        "windows-11",
        "Windows 11",
    ),
    ({"volume_id": "CCCOMA_A64FRE_EN-US_DV9", "windows_build": 26100}, "windows-11", "Windows 11"),
    ({"volume_id": "MY_OWN_DISC", "windows_build": 26100}, "windows-11", "Windows 11"),
    ({"volume_id": "CCSA_X64FRE_EN-US_DV9", "windows_build": 19045}, "windows-10", "Windows 10"),
    ({"volume_id": "CESE_X64FREV_EN-US_DV5"}, "windows-10", "Windows 10"),
    (
        {"volume_id": "SSS_X64FREE_EN-US_DV9", "windows_build": 26100},
        "windows-server-2025",
        "Windows Server 2025",
    ),
    (
        {"volume_id": "SSS_X64FREE_EN-US_DV9", "windows_build": 20348},
        "windows-server-2022",
        "Windows Server 2022",
    ),
    (
        {"volume_id": "SSS_X64FREE_EN-US_DV9", "windows_build": 17763},
        "windows-server",
        "Windows Server",
    ),
    ({"volume_id": "SSS_X64FREE_EN-US_DV9"}, "windows-server", "Windows Server"),
    ({"volume_id": "GRMCULXFRER_EN_DVD"}, "windows-7", "Windows 7"),
    ({"volume_id": "GSP1RMCPRXFRER_EN_DVD"}, "windows-7", "Windows 7"),
    ({"volume_id": "ARMPXFPP_EN"}, "windows-xp", "Windows XP"),
    ({"volume_id": "Ubuntu 24.04.1 LTS amd64"}, "ubuntu-desktop", "Ubuntu 24.04"),
    ({"volume_id": "Ubuntu-Server 24.04 LTS amd64"}, "ubuntu-server", "Ubuntu Server 24.04"),
    ({"disk_info": 'Ubuntu 26.04 LTS "X" - Release amd64'}, "ubuntu-desktop", "Ubuntu 26.04"),
    ({"volume_id": "Debian 12.5.0 amd64 n"}, "debian", "Debian 12"),
    ({"volume_id": "Debian 13.1.0 amd64 1"}, "debian", "Debian 13"),
    ({"volume_id": "d-live 12.5.0 gn amd64"}, "debian", "Debian 12"),
    ({"volume_id": "Fedora-WS-Live-43"}, "fedora", "Fedora 43"),
    ({"volume_id": "Fedora-WS-Live-40-1-14"}, "fedora", "Fedora 40"),
    ({"volume_id": "Fedora-S-dvd-x86_64-43"}, "fedora", "Fedora 43"),
    ({"volume_id": "Fedora-E-dvd-x86_64-43"}, "fedora", "Fedora 43"),
    ({"application_id": "FEDORA-WORKSTATION-LIVE-43"}, "fedora", "Fedora 43"),
    ({"release_family": "Fedora", "release_version": "44"}, "fedora", "Fedora 44"),
    ({"release_family": "Fedora", "release_version": "{0}\n"}, "fedora", "Fedora"),
    ({"volume_id": "RHEL-9-6-0-BaseOS-x86_64"}, "rhel", "Red Hat Enterprise Linux 9.6"),
    ({"volume_id": "RHEL-10-0-0-BaseOS-x86_64"}, "rhel", "Red Hat Enterprise Linux 10.0"),
    ({"volume_id": "CentOS-Stream-9-BaseOS-x86_64"}, "centos-stream", "CentOS Stream 9"),
    ({"volume_id": "Rocky-9-6-x86_64-dvd"}, "rocky", "Rocky Linux 9.6"),
    ({"volume_id": "AlmaLinux-9-6-x86_64-dvd"}, "almalinux", "AlmaLinux 9.6"),
    ({"volume_id": "AlmaLinux-10-0-x86_64-dvd"}, "almalinux", "AlmaLinux 10.0"),
    ({"volume_id": "openEuler-24.03-LTS-x86_64"}, "openeuler", "openEuler 24.03 LTS"),
    ({"volume_id": "openEuler-24.03-LTS-SP1-x86_64"}, "openeuler", "openEuler 24.03 LTS SP1"),
    ({"volume_id": "openEuler-25.03-x86_64"}, "openeuler", "openEuler 25.03"),
    ({"volume_id": "Kylin-Server-10"}, "kylin-server", "Kylin Server V10"),
    (
        {"volume_id": "openSUSE-Leap-15.6-DVD-x86_64-710"},
        "opensuse-leap",
        "openSUSE Leap 15.6",
    ),
    ({"volume_id": "Install-Leap-16.0-x86_64"}, "opensuse-leap", "openSUSE Leap 16.0"),
    (
        {"volume_id": "openSUSE-Tumbleweed-DVD-x86_64-2026"},
        "opensuse-tumbleweed",
        "openSUSE Tumbleweed",
    ),
    ({"volume_id": "ARCH_202601"}, "arch", "Arch Linux"),
    ({"volume_id": "alpine-std 3.22.1 x86_64"}, "alpine", "Alpine Linux 3.22"),
    ({"volume_id": "alpine-virt 3.22.1 x86_64"}, "alpine", "Alpine Linux 3.22"),
    ({"volume_id": "nixos-minimal-25.11-x86_64"}, "nixos", "NixOS 25.11"),
    ({"volume_id": "MANJARO_KDE_2510"}, "manjaro", "Manjaro"),
    ({"volume_id": "Gentoo amd64 20260101T000000Z"}, "gentoo", "Gentoo"),
    ({"volume_id": "VOID_LIVE"}, "void", "Void Linux"),
    ({"volume_id": "14_3_RELEASE_AMD64_DVD"}, "freebsd", "FreeBSD 14.3"),
    ({"system_id": "FreeBSD"}, "freebsd", "FreeBSD"),
    ({"volume_id": "OpenBSD/amd64   7.8 Install CD"}, "openbsd", "OpenBSD 7.8"),
    ({"volume_id": "NETBSD_90"}, "netbsd", "NetBSD 9.0"),
    ({"system_id": "NetBSD"}, "netbsd", "NetBSD"),
    ({"volume_id": "FD-SETUP"}, "freedos", "FreeDOS"),
    ({"volume_id": "haiku-r1~beta5-x86_64"}, "haiku", "Haiku"),
    ({"volume_id": "MT86PLUS_64"}, "memtest86plus", "Memtest86+"),
    (
        {
            "volume_id": "ISOIMAGE",
            "publisher_id": "HTTP://IPXE.ORG/",
            "application_id": "IPXE  - OPEN SOURCE NETWORK BOOT FIRMWARE",
        },
        "ipxe",
        "iPXE network boot",
    ),
    (
        {"volume_id": "ISOIMAGE", "preparer_id": "XORRISO-1.5.4 2021.01.30", "has_grub": True},
        "grub-rescue",
        "GRUB rescue disc",
    ),
    ({"volume_id": "ISOIMAGE", "preparer_id": "XORRISO-1.5.4"}, UNKNOWN, "Unknown system"),
    ({"volume_id": "SOMETHING_ELSE"}, UNKNOWN, "Unknown system"),
    ({"volume_id": "NOT Ubuntu 24.04"}, UNKNOWN, "Unknown system"),
    ({}, UNKNOWN, "Unknown system"),
]


@pytest.mark.parametrize(("known", "system", "title"), DISCS)
def test_a_disc_is_recognised_by_what_is_known_about_it(known, system, title):
    found = load_catalogue().recognise(facts(**known))

    assert (found.system.id, found.title) == (system, title)
    assert (found.certainty is Certainty.UNKNOWN) == (system == UNKNOWN)


def test_every_system_of_the_table_is_recognised_by_some_disc():
    assert set(load_catalogue().systems) == {system for _, system, _ in DISCS}


@pytest.mark.parametrize(
    ("known", "certainty"),
    [
        ({"volume_id": "Ubuntu 24.04.1 LTS amd64"}, Certainty.LIKELY),
        ({"disk_info": "Ubuntu 24.04.1 LTS"}, Certainty.CERTAIN),
        (
            {"volume_id": "ARCH_202601", "application_id": "ARCH LINUX LIVE/RESCUE DVD"},
            Certainty.CERTAIN,
        ),
        ({"volume_id": "ARCH_202601", "arch_version": "2026.01.01"}, Certainty.CERTAIN),
        ({"arch_version": "2026.01.01"}, Certainty.UNKNOWN),
        ({"volume_id": "CCCOMA_X64FRE_EN-US_DV9"}, Certainty.LIKELY),
        (
            {"volume_id": "ISOIMAGE", "preparer_id": "XORRISO-1.5", "has_grub": True},
            Certainty.LIKELY,
        ),
    ],
)
def test_a_label_alone_is_never_certain(known, certainty):
    assert load_catalogue().recognise(facts(**known)).certainty is certainty


def test_an_id_that_the_table_does_not_have_is_the_unknown_system():
    catalogue = load_catalogue()

    assert catalogue.get("from-a-newer-version") is catalogue.systems[UNKNOWN]
    assert catalogue.get("debian").id == "debian"


def test_windows_11_asks_for_uefi_and_a_tpm():
    system = load_catalogue().get("windows-11")

    assert system.firmware == (Firmware.UEFI,)
    assert system.needs_tpm
    assert system.memory_mib.least == 4096
    assert system.disk_mib.least == 65536


def test_every_group_in_a_name_is_given_by_some_pattern():
    for system in load_catalogue().systems.values():
        patterns = "".join(p for mark in system.disc for p in mark.patterns().values())
        for group in re.findall(r"\{(\w+)\}", system.name):
            assert f"(?P<{group}>" in patterns, system.id


def test_32_bit_x86_runs_on_a_64_bit_machine():
    assert architecture_of_machine(Architecture.I386) is Architecture.X86_64
    assert architecture_of_machine(Architecture.AARCH64) is Architecture.AARCH64
    assert architecture_of_machine(None) is None


SMALL = """
schema_version = 1
[profile.plain]
chipset = "q35"
[[system]]
id = "unknown"
name = "Unknown"
family = "other"
profile = "plain"
firmware = ["bios"]
cpus = 2
memory_mib = { least = 64, good = 128 }
disk_mib = { least = 16, good = 16 }
"""
SECOND = SMALL[SMALL.index("[[system]]") :].replace("unknown", "second")


def test_a_small_table_is_loaded(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(SMALL + SECOND + '[[system.disc]]\nvolume = "x"\n')

    assert set(load_catalogue(path).systems) == {"unknown", "second"}


@pytest.mark.parametrize(
    "table",
    [
        SMALL.replace("schema_version = 1", "schema_version = 2"),
        SMALL.replace('"unknown"', '"other"') + '[[system.disc]]\nvolume = "x"\n',
        SMALL + SMALL[SMALL.index("[[system]]") :],
        SMALL.replace('profile = "plain"', 'profile = "none"'),
        SMALL.replace('chipset = "q35"', 'chipset = "x"'),
        SMALL.replace('chipset = "q35"', 'colour = "x"'),
        SMALL.replace('firmware = ["bios"]', "firmware = []"),
        SMALL.replace('firmware = ["bios"]', 'firmware = ["bios", "bios"]'),
        SMALL.replace("least = 64", "least = 63"),
        SMALL.replace("good = 128", "good = 63"),
        SMALL.replace("cpus = 2", "cpus = 0"),
        SMALL.replace("cpus = 2", "cpus = 2\nspeed = 1"),
        SMALL.replace('family = "other"', 'family = "none"'),
        SMALL + SECOND,
        SMALL + SECOND + "[[system.disc]]\ngrub = true\n",
        SMALL + SECOND + '[[system.disc]]\nvolume = "("\n',
        SMALL + SECOND + '[[system.disc]]\ncolour = "x"\n',
    ],
)
def test_a_wrong_table_is_found_when_it_is_loaded(table, tmp_path):
    path = tmp_path / "wrong.toml"
    path.write_text(table)

    with pytest.raises(Exception):  # noqa: B017, PT011 - cattrs has its own groups; any will do
        load_catalogue(path)
