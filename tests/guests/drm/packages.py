"""Debian's packages, fetched once and unpacked: kernel, modules, boot loader."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

_TOOLS = ("apt-get", "apt-cache", "dpkg-deb", "gcc")


class NotPossibleError(RuntimeError):
    """This guest cannot be built here."""


def cache() -> Path:
    """Folder for what was fetched."""
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "duplex-vm-guests"


def check_tools() -> None:
    """Look for what is needed.

    Raises:
        NotPossibleError: something is missing.
    """
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if missing:
        raise NotPossibleError(f"{', '.join(missing)} not installed")


def kernel_package() -> str:
    """Name of the newest kernel's package: linux-image-amd64 depends on it."""
    told = _run("apt-cache", "depends", "linux-image-amd64")
    for word in told.split():
        if word.startswith("linux-image-"):
            name = word
    return name


def unpacked(package: str, into: Path) -> Path:
    """Unpack a package, fetched when it is not there yet; returns `into`.

    Raises:
        NotPossibleError: it cannot be fetched.
    """
    folder = cache()
    folder.mkdir(parents=True, exist_ok=True)
    if not list(folder.glob(f"{package}_*.deb")):
        _run("apt-get", "-qq", "download", package, cwd=folder)
    newest = max(folder.glob(f"{package}_*.deb"), key=lambda path: path.stat().st_mtime)
    _run("dpkg-deb", "--extract", str(newest), str(into))
    return into


def _run(*words: str, cwd: Path | None = None) -> str:
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotPossibleError(f"{' '.join(words)}: {done.stderr.strip()[-200:]}")
    return done.stdout
