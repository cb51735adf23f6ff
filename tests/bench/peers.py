"""Other viewers, over the same pictures: what ours is compared with."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

TIGERVNC = "xtigervncviewer"
GVNCVIEWER = "gvncviewer"
REMOTE_VIEWER = "remote-viewer"
_FIRST_PORT = 5900


def is_installed(name: str) -> bool:
    """Whether that viewer is on this machine."""
    return shutil.which(name) is not None


def open_tigervnc(
    server: Path, environment: Mapping[str, str], *, full_screen: bool = False
) -> subprocess.Popen[bytes]:
    """TigerVNC over a unix socket, set to do as little as it can: raw, full colour, shared."""
    options = ["-Shared", "-AutoSelect=0", "-FullColor=1", "-PreferredEncoding=raw"]
    if full_screen:
        options.append("-FullScreen=1")
    return _open([TIGERVNC, *options, str(server)], environment)


def open_gvncviewer(port: int, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Gvncviewer over TCP, the only way it knows."""
    return _open([GVNCVIEWER, f"127.0.0.1:{port - _FIRST_PORT}"], environment)


def open_remote_viewer(port: int, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Remote-viewer over TCP, on the whole screen."""
    return _open([REMOTE_VIEWER, "--full-screen", f"vnc://127.0.0.1:{port}"], environment)


def _open(words: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        words,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
