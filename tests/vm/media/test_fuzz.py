"""Whatever the bytes are: facts or a MediaError, within the limits of time and reading."""

from __future__ import annotations

import random
import time
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import MediaError
from app.vm.media.catalogue import HostSize, suggest
from app.vm.media.image import MAX_TOTAL_BYTES
from app.vm.media.iso import examine
from app.vm.model import check_name
from tests.vm.media.discs import BIOS, SECTOR, UEFI, Boot, build_disc, examine_bytes, wim_header

HOST = HostSize(cpus=4, memory_mib=8192, free_disk_mib=100_000)
FILES = {
    ".disk/info": b"Debian GNU/Linux 12.5.0\n",
    ".treeinfo": b"[general]\nfamily = Fedora\nversion = 43\narch = x86_64\n",
    "EFI/BOOT/BOOTX64.EFI": b"MZ",
    "sources/install.wim": wim_header(22631),
}


@cache
def discs() -> tuple[bytes, ...]:
    boot = [Boot(BIOS), Boot(UEFI)]
    return (
        build_disc(files=FILES, boot=boot),
        build_disc(files=FILES, boot=boot, joliet=True, rock_ridge=False),
        build_disc(files=FILES, boot=boot, udf=True),
        build_disc(files=FILES, udf=True, rock_ridge=False, files_in_udf_only=True),
    )


@cache
def living_sectors(number: int) -> tuple[int, ...]:
    """Sectors that are not empty: where a change can do harm."""
    disc = discs()[number]
    return tuple(n for n in range(len(disc) // SECTOR) if any(disc[n * SECTOR : (n + 1) * SECTOR]))


def check(data: bytes) -> None:
    """Nothing but facts or a MediaError comes out, and facts can be worked with."""
    started = time.process_time()
    try:
        facts = examine_bytes(data)
    except MediaError as err:
        said = (err.message, err.remedy)
    else:
        said = ("facts", "")
        suggestion = suggest(facts, HOST)
        check_name(suggestion.machine_name)
        assert all(text.isprintable() for text in (facts.volume_id, facts.disk_info))
        assert facts.missing_bytes >= 0
    assert said[0]
    assert said == ("facts", "") or said[1]
    assert time.process_time() - started < 2


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 10_000),
        st.integers(0, SECTOR - 1),
        st.one_of(
            st.binary(min_size=1, max_size=8),
            st.sampled_from([b"\xff" * 4, b"\xff" * 8, b"\0" * 4, b"\x7f\xff\xff\xff", b"\x01"]),
        ),
    ),
    max_size=12,
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 3), CHANGES, st.one_of(st.none(), st.integers(0, 700_000)))
def test_changed_and_cut_discs_give_facts_or_a_sentence(number, changes, cut):
    data = bytearray(discs()[number])
    sectors = living_sectors(number)
    for sector, at, new in changes:
        start = sectors[sector % len(sectors)] * SECTOR + at
        data[start : start + len(new)] = new
    check(bytes(data[:cut]))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=4096))
def test_any_bytes_give_a_sentence(data):
    check(data)


def test_noise_behind_true_headers_gives_facts_or_a_sentence():
    for seed in range(60):
        dice = random.Random(seed)
        disc = discs()[seed % 4]
        noise = dice.randbytes(len(disc))
        keep = dice.choice([17, 18, 24, 30]) * SECTOR
        check(disc[:keep] + noise[keep:])


def test_every_single_cut_of_a_sector_gives_facts_or_a_sentence():
    disc = discs()[1]
    for length in range(0, len(disc), SECTOR // 2):
        check(disc[:length])


@pytest.mark.parametrize("number", [2, 3])
def test_a_udf_disc_may_be_cut_anywhere_in_its_anchor(number):
    for length in range(256 * SECTOR, 257 * SECTOR, 3):
        check(discs()[number][:length])


def test_a_hostile_disc_is_not_read_without_end():
    # Every answer looks like a directory that is as long as can be and points to itself.
    record = bytearray(b"\x2c\0" + b"\x20\0\0\0\0\0\0\x20" + b"\xff\xff\xff\x7f\x7f\xff\xff\xff")
    record += bytes(7) + b"\x02" + bytes(6) + b"\x0a" + b"EFI.......".ljust(11, b".")
    filler = bytes(record.ljust(0x2C, b"\0")) * 46
    sector = bytearray(filler.ljust(SECTOR, b"\0"))
    primary = bytearray(SECTOR)
    primary[:7] = b"\x01CD001\x01"
    primary[128:132] = b"\x00\x08\x08\x00"
    primary[156 : 156 + 34] = record[:33] + b"\0"
    primary[188] = 1
    terminator = b"\xffCD001\x01".ljust(SECTOR, b"\0")
    steps = examine(2**40)
    asked = 0
    longest = 0
    try:
        wish = next(steps)
        while True:
            asked += wish.length
            longest = max(longest, wish.length)
            data = bytes(sector) * (wish.length // SECTOR + 1)
            if wish.offset == 16 * SECTOR:
                data = bytes(primary) + terminator + data
            wish = steps.send(data[: wish.length])
    except StopIteration as done:
        facts = done.value

    assert facts.efi_architectures == ()
    assert 1_000_000 < asked <= MAX_TOTAL_BYTES
    assert longest <= 64 * 1024
