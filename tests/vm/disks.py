"""Machines' disks with known content, written and compared by QEMU's own tools."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

MIB = 1 << 20


def run(*words: str | Path) -> str:
    """Run one of QEMU's tools; what it printed."""
    done = subprocess.run(words, check=True, capture_output=True, text=True, timeout=60)
    return done.stdout


def write_pattern(image: Path, byte: int, *, at_mib: int = 1, mib: int = 2) -> None:
    """Fill a stretch of a qcow2 disk with one byte."""
    command = f"write -P {byte} {at_mib}M {mib}M"
    run("qemu-io", "-f", "qcow2", "-c", command, image)


def holds(image: Path, form: str, byte: int, *, at_mib: int = 1, mib: int = 2) -> bool:
    """Whether a stretch of a disk is filled with one byte."""
    read = f"read -P {byte} {at_mib}M {mib}M"
    words = ["qemu-io", "-r", "-f", form, "-c", read, str(image)]
    return subprocess.run(words, check=False, capture_output=True, timeout=60).returncode == 0


def same(one: Path, other: Path | str, form: str = "qcow2") -> bool:
    """Whether two disks have the same content, the first a qcow2 image."""
    forced = ["-f", "qcow2", "-F", form] if form else []  # a description says it itself
    words = ["qemu-img", "compare", *forced, str(one), str(other)]
    return subprocess.run(words, check=False, capture_output=True, timeout=60).returncode == 0


def about(image: Path, form: str = "qcow2") -> dict[str, Any]:
    """What `qemu-img info` says of an image."""
    found = json.loads(run("qemu-img", "info", "-U", "--output=json", "-f", form, image))
    assert isinstance(found, dict)
    return found


def files_in(folder: Path) -> set[str]:
    """Names of all files, hidden ones too."""
    return {path.name for path in folder.iterdir()}
