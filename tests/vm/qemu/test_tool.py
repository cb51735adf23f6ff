"""`qemu-img` as a child: its progress, its limits, its end."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.errors import DiskLessError, EngineError, NotSupportedError
from app.vm.qemu.tool import qemu_img
from tests.helpers.waiting import eventually

HANGS = "import signal; signal.pause()"
"""Never ends by itself, as `qemu-img` does at an image that is its own backing file."""


def tool_on_path(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Let `qemu-img` be a program of the test's."""
    tool = folder / "qemu-img"
    tool.write_text(f"#!{sys.executable}\n{script}")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def children() -> list[str]:
    """Our own children by their command lines."""
    listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [Path(f"/proc/{pid}/cmdline").read_bytes().decode() for pid in listed]


async def test_a_conversion_tells_its_progress_up_to_the_end(tmp_path: Path) -> None:
    source, target = tmp_path / "a.raw", tmp_path / "b.qcow2"
    source.write_bytes(os.urandom(4 << 20))
    seen: list[float] = []

    await qemu_img(
        "convert", "-p", "-f", "raw", "-O", "qcow2", str(source), str(target),
        failure="It failed.", on_progress=seen.append,
    )  # fmt: skip
    await asyncio.sleep(0)

    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert target.stat().st_size > 4 << 20


async def test_what_it_says_on_a_failure_is_kept_for_the_details(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as caught:
        await qemu_img("info", str(tmp_path / "missing"), failure="It cannot be read.")

    assert caught.value.message == "It cannot be read."
    assert "No such file" in caught.value.detail


async def test_exit_codes_that_are_no_failure_give_the_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool_on_path(tmp_path, monkeypatch, "print('leaks'); raise SystemExit(3)")

    assert await qemu_img("check", failure="-", good=(0, 3)) == b"leaks\n"


async def test_one_that_takes_too_long_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool_on_path(tmp_path, monkeypatch, HANGS)

    with pytest.raises(EngineError, match="It hangs") as caught:
        await qemu_img("info", failure="It hangs.", limit_s=0.2)

    assert "0.2 s" in caught.value.detail
    assert not any("qemu-img" in child for child in children())


async def test_one_that_wants_too_much_memory_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = """
import os, resource

while resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
    os.sched_yield()  # The limit is set from outside, just after the start.
held = bytearray(1 << 30)
"""
    tool_on_path(tmp_path, monkeypatch, script)

    with pytest.raises(EngineError, match="It is too greedy"):
        await qemu_img("info", failure="It is too greedy.", memory_bytes=512 << 20)


async def test_a_caller_who_leaves_finds_it_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool_on_path(tmp_path, monkeypatch, HANGS)
    work = asyncio.create_task(qemu_img("info", failure="-"))
    await eventually(lambda: any("qemu-img" in child for child in children()))

    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work

    assert not any("qemu-img" in child for child in children())


async def test_a_full_disk_is_said_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = "error while writing at byte 0: No space left on device"
    tool_on_path(tmp_path, monkeypatch, f"import sys; sys.exit({words!r})")

    with pytest.raises(DiskLessError, match=r"It failed\. The disk is full\."):
        await qemu_img("convert", failure="It failed.")


async def test_without_qemu_img_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(NotSupportedError, match="not installed") as caught:
        await qemu_img("info", failure="-")

    assert "qemu-utils" in caught.value.remedy


@pytest.mark.slow
async def test_a_converter_does_not_outlive_a_manager_that_was_killed(tmp_path: Path) -> None:
    source, target = tmp_path / "a.raw", tmp_path / "b.qcow2"
    with source.open("wb") as file:
        for _ in range(64):
            file.write(os.urandom(1 << 20))
    script = (
        "import asyncio, sys; from app.vm.qemu.tool import qemu_img\n"
        "asyncio.run(qemu_img('convert', '-p', '-r', '16M', '-f', 'raw', '-O', 'qcow2',"
        f" {str(source)!r}, {str(target)!r}, failure='-',"
        " on_progress=lambda part: print(part, flush=True)))"
    )
    manager = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=subprocess.PIPE
    )
    assert manager.stdout is not None
    await manager.stdout.readline()

    manager.kill()
    await manager.wait()

    await eventually(lambda: not writers_of(target), timeout_s=20)


def writers_of(path: Path) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if entry.readlink() == path:
                found.append(entry.parts[2])
        except OSError:
            continue  # It has ended meanwhile.
    return found
