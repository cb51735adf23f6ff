"""A KVM that is there but does not work is found out, quickly, and away from the loop."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from app import paths
from app.vm import host
from app.vm.host import HostReport, KvmVerdict, probe_host
from app.vm.qemu.facts import EngineFacts

FACTS = EngineFacts(
    binary="/bin/false", version="7.2.0", machines={}, accelerators=("kvm", "tcg"), commands=()
)


def an_engine(tmp_path: Path, script: str) -> EngineFacts:
    """Facts of a stand-in for QEMU whose probe ends as `script` says."""
    binary = tmp_path / "qemu"
    binary.write_text(f"#!/bin/sh\necho run >> {tmp_path}/runs\n{script}\n")
    binary.chmod(0o700)
    return replace(FACTS, binary=str(binary))


def runs(tmp_path: Path) -> int:
    return len((tmp_path / "runs").read_text().splitlines())


@pytest.fixture
def device(tmp_path: Path) -> Path:
    """A device node that opens."""
    node = tmp_path / "kvm"
    node.touch()
    return node


async def test_a_qemu_without_kvm_says_so() -> None:
    report = await probe_host(replace(FACTS, accelerators=("tcg",)))

    assert report.verdict is KvmVerdict.NOT_BUILT_IN


async def test_a_missing_device_is_told_from_a_forbidden_one(tmp_path: Path) -> None:
    report = await probe_host(FACTS, device=tmp_path / "none")
    assert report.verdict is KvmVerdict.NO_DEVICE

    # Where not even root may write: a read-only file of the kernel's.
    report = await probe_host(FACTS, device=Path("/proc/sys/kernel/osrelease"))
    assert report.verdict is KvmVerdict.NO_PERMISSION


async def test_a_guest_that_ends_well_means_that_kvm_works(tmp_path: Path, device: Path) -> None:
    report = await probe_host(an_engine(tmp_path, "exit 0"), device=device)

    assert report == HostReport(KvmVerdict.WORKS)
    assert (report.accelerator, report.notice, report.remedy) == ("kvm", "", "")


async def test_a_guest_that_aborts_means_that_kvm_is_broken(tmp_path: Path, device: Path) -> None:
    facts = an_engine(tmp_path, "echo 'failed to set MSR' >&2; kill -ABRT $$")

    report = await probe_host(facts, device=device)

    assert report.verdict is KvmVerdict.BROKEN
    assert "failed to set MSR" in report.detail
    assert report.accelerator == "tcg"


async def test_a_guest_that_hangs_is_ended_and_the_loop_stays_awake(
    tmp_path: Path, device: Path
) -> None:
    facts = an_engine(tmp_path, "exec sleep 600")
    gaps: list[float] = []

    async def heartbeat() -> None:
        last = time.monotonic()
        while True:
            await asyncio.sleep(0.005)
            now = time.monotonic()
            gaps.append(now - last)
            last = now

    beat = asyncio.ensure_future(heartbeat())
    begun = time.monotonic()
    report = await probe_host(facts, device=device)
    beat.cancel()

    assert report.verdict is KvmVerdict.BROKEN
    assert time.monotonic() - begun < 3
    assert max(gaps) < 0.5


async def test_the_result_is_kept_for_the_next_start(tmp_path: Path, device: Path) -> None:
    facts = an_engine(tmp_path, "exit 3")

    first = await probe_host(facts, device=device)

    assert await probe_host(facts, device=device) == first
    assert runs(tmp_path) == 1
    await probe_host(replace(facts, version="8.0.0"), device=device)
    assert runs(tmp_path) == 2


async def test_a_slow_moment_is_not_kept_as_a_verdict(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, device: Path
) -> None:
    monkeypatch.setattr(host, "PROBE_LIMIT_S", 0.05)
    facts = an_engine(tmp_path, "exec sleep 600")

    for _ in range(2):
        assert (await probe_host(facts, device=device)).verdict is KvmVerdict.BROKEN

    assert not (paths.cache_dir() / "kvm.json").exists()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"key": 1}', "\0", "{"])
async def test_a_damaged_cache_is_probed_again(tmp_path: Path, device: Path, content: str) -> None:
    facts = an_engine(tmp_path, "exit 0")
    await probe_host(facts, device=device)
    cache = paths.cache_dir() / "kvm.json"
    key = json.loads(cache.read_text())["key"]

    cache.write_text(content.replace("1", json.dumps(key)))

    assert (await probe_host(facts, device=device)).verdict is KvmVerdict.WORKS


async def test_a_cache_that_cannot_be_written_is_no_failure(
    own_folders: Path, tmp_path: Path, device: Path
) -> None:
    (own_folders / "cache" / "duplex-vm").touch()

    report = await probe_host(an_engine(tmp_path, "exit 0"), device=device)

    assert report.verdict is KvmVerdict.WORKS


async def test_a_binary_that_cannot_be_run_is_no_end(device: Path) -> None:
    report = await probe_host(replace(FACTS, binary="/none/qemu"), device=device)

    assert report.verdict is KvmVerdict.BROKEN


@pytest.mark.parametrize("verdict", list(KvmVerdict), ids=str)
def test_every_verdict_has_calm_words(verdict: KvmVerdict) -> None:
    report = HostReport(verdict)

    assert bool(report.notice) == (report.accelerator == "tcg")
    assert bool(report.remedy) == (verdict is not KvmVerdict.WORKS)


async def test_this_computer_gets_its_verdict_in_three_seconds() -> None:
    from app.vm.qemu.facts import engine_facts  # noqa: PLC0415 - the others need no QEMU

    facts = await engine_facts()
    begun = time.monotonic()

    report = await probe_host(facts)

    assert time.monotonic() - begun < 3
    assert report.verdict in set(KvmVerdict)
