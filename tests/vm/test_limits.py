"""What the host has, and what is refused with which code."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import AppError, Code, MemoryLessError
from app.vm import limits
from app.vm.limits import HostSize, ValueRange

HOST = HostSize(cpus=4, memory_mib=2000, memory_total_mib=4000, free_disk_mib=10_000)
HUGE = 10**400


def code_of(check, *args, **kwargs) -> Code | None:
    try:
        check(*args, **kwargs)
    except AppError as err:
        return err.code if err.message and err.remedy else None
    return None


def test_the_host_is_asked_now(tmp_path: Path) -> None:
    host = limits.host_size(tmp_path / "not" / "there" / "yet")

    assert host.cpus == len(os.sched_getaffinity(0))
    assert 0 < host.memory_mib <= host.memory_total_mib
    assert host.memory_total_mib <= psutil.virtual_memory().total >> 20
    assert host.free_disk_mib > 0


@pytest.mark.parametrize("cpus", [1, 4, 5, HUGE])
def test_more_processors_than_the_host_has_are_refused(cpus: int) -> None:
    expected = Code.START_PARAM_INVALID if cpus > 4 else None
    assert code_of(limits.check_cpus, cpus, HOST) is expected


@pytest.mark.parametrize(
    ("memory_mib", "emulated", "code"),
    [
        (64, True, None),
        (1850, False, None),
        (1851, False, Code.MEMORY_LESS),
        (1594, True, None),
        (1595, True, Code.MEMORY_LESS),
        (HUGE, True, Code.MEMORY_LESS),
    ],
)
def test_memory_counts_what_the_engine_needs_itself(
    memory_mib: int, emulated: bool, code: Code | None
) -> None:
    assert code_of(limits.check_memory, memory_mib, HOST, emulated=emulated) is code


# Ranges -------------------------------------------------------------------------------------------


def test_a_machine_may_have_from_one_to_all_processors() -> None:
    assert limits.cpu_range(HOST) == ValueRange(min=1, max=4, step=1)


@pytest.mark.parametrize(("emulated", "largest"), [(False, 1850), (True, 1594)])
def test_the_largest_machine_leaves_room_for_the_engine(emulated: bool, largest: int) -> None:
    memory = limits.memory_range(HOST, emulated=emulated)

    assert memory == ValueRange(min=64, max=largest, step=1)


@pytest.mark.parametrize(("free_mib", "emulated"), [(213, False), (245, True), (0, True)])
def test_without_room_for_the_smallest_machine_there_is_no_range(
    free_mib: int, emulated: bool
) -> None:
    host = replace(HOST, memory_mib=free_mib)

    assert code_of(limits.memory_range, host, emulated=emulated) is Code.MEMORY_LESS


@given(free_mib=st.integers(0, 2**40), emulated=st.booleans())
def test_every_end_of_a_range_is_a_machine_that_could_be_started(
    free_mib: int, emulated: bool
) -> None:
    host = replace(HOST, memory_mib=free_mib)
    try:
        memory = limits.memory_range(host, emulated=emulated)
    except MemoryLessError:
        assert code_of(limits.check_memory, 64, host, emulated=emulated) is Code.MEMORY_LESS
        return

    for memory_mib in (memory.min, memory.max):
        limits.check_memory(memory_mib, host, emulated=emulated)


@pytest.mark.parametrize(
    ("memory_mib", "code"), [(4000, None), (4001, Code.MEMORY_LESS), (HUGE, Code.MEMORY_LESS)]
)
def test_memory_that_the_host_never_has_is_refused_at_once(
    memory_mib: int, code: Code | None
) -> None:
    assert code_of(limits.check_memory_ever, memory_mib, HOST) is code


@pytest.mark.parametrize(
    ("disk_mib", "code"), [(16, None), (10_000, None), (10_001, Code.DISK_LESS),
                           (HUGE, Code.DISK_LESS)]
)  # fmt: skip
def test_a_disk_that_could_not_grow_to_its_size_is_refused(
    disk_mib: int, code: Code | None
) -> None:
    assert code_of(limits.check_new_disk, disk_mib, HOST) is code


@pytest.mark.parametrize(("free_mib", "code"), [(200, None), (199, Code.DISK_LESS)])
def test_a_start_on_a_full_disk_is_refused(free_mib: int, code: Code | None) -> None:
    host = HostSize(cpus=1, memory_mib=1, memory_total_mib=1, free_disk_mib=free_mib)

    assert code_of(limits.check_free_disk, host) is code


@pytest.mark.parametrize(
    ("memory_mib", "buffer_mib"), [(64, 32), (128, 32), (512, 128), (1024, 256), (65536, 256)]
)
def test_the_emulator_s_buffer_follows_the_guest_s_size(memory_mib: int, buffer_mib: int) -> None:
    assert limits.translation_buffer_mib(memory_mib) == buffer_mib
    assert limits.engine_overhead_mib(memory_mib, emulated=True) == 150 + buffer_mib
    assert limits.engine_overhead_mib(memory_mib, emulated=False) == 150


@pytest.mark.parametrize(
    ("mib", "text"),
    [(0, "0 MiB"), (1023, "1023 MiB"), (1024, "1 GiB"), (3174, "3.1 GiB"), (65536, "64 GiB"),
     (2047, "2 GiB")],
)  # fmt: skip
def test_sizes_are_written_for_people(mib: int, text: str) -> None:
    assert limits.in_gib(mib) == text


@given(st.integers(min_value=0, max_value=10**600))
def test_any_size_can_be_written(mib: int) -> None:
    assert limits.in_gib(mib).endswith("iB")


def test_a_control_group_limits_memory_and_its_unused_files_count_as_free(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = Path("/proc/self/cgroup").read_text().partition("0::")[2].splitlines()
    group = tmp_path / (own[0].strip("/") if own else "")
    group.mkdir(parents=True, exist_ok=True)
    (group / "memory.max").write_text(f"{512 << 20}\n")
    (group / "memory.current").write_text(f"{500 << 20}\n")
    (group / "memory.stat").write_text(f"anon 7\ninactive_file {400 << 20}\nactive_file 3\n")
    monkeypatch.setattr(limits, "_CGROUP", tmp_path)

    host = limits.host_size(tmp_path)

    if own:
        assert host.memory_total_mib == 512
        assert host.memory_mib <= 412
        assert host.memory_mib >= min(412, psutil.virtual_memory().available >> 21)
