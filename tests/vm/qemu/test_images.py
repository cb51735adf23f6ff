"""Disks are made whole or not at all, and nothing that exists is touched."""

from __future__ import annotations

import asyncio
import json
import subprocess
from pathlib import Path

import pytest

from app.errors import DiskLessError, EngineError, NotSupportedError
from app.vm.qemu.images import create_disk


def image_info(image: Path) -> dict[str, object]:
    words = subprocess.check_output(["qemu-img", "info", "--output=json", str(image)])
    return json.loads(words)


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Puts a stand-in for qemu-img first on the path; takes its script."""

    def put(script: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir()
        (folder / "qemu-img").write_text(f"#!/bin/sh\n{script}\n")
        (folder / "qemu-img").chmod(0o700)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    return put


@pytest.mark.parametrize("name", ["disk.qcow2", "a,b = 'c\" 中.qcow2", "-rf.qcow2"])
async def test_a_disk_has_its_size_and_is_private(tmp_path: Path, name: str) -> None:
    await create_disk(tmp_path / name, 16)

    info = image_info(tmp_path / name)
    assert info["virtual-size"] == 16 << 20
    assert info["format"] == "qcow2"
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    assert names(tmp_path) == [name]


async def test_a_file_that_exists_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "disk.qcow2").write_bytes(b"precious")

    with pytest.raises(FileExistsError):
        await create_disk(tmp_path / "disk.qcow2", 16)

    assert (tmp_path / "disk.qcow2").read_bytes() == b"precious"
    assert names(tmp_path) == ["disk.qcow2"]


async def test_a_size_beyond_the_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="could not be made"):
        await create_disk(tmp_path / "disk.qcow2", 1 << 60)


async def test_a_full_disk_is_named(tool, tmp_path: Path) -> None:
    tool("echo 'qemu-img: disk: No space left on device' >&2; exit 1")

    with pytest.raises(DiskLessError):
        await create_disk(tmp_path / "disk.qcow2", 16)


async def test_without_the_tool_its_package_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(NotSupportedError) as caught:
        await create_disk(tmp_path / "disk.qcow2", 16)
    assert "qemu-utils" in caught.value.remedy


async def test_a_tool_that_hangs_ends_when_its_caller_leaves(tool, tmp_path: Path) -> None:
    tool("exec sleep 600")

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await create_disk(tmp_path / "disk.qcow2", 16)
