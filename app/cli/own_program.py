"""This program once more, as a process of its own that outlives us and our terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import app


def start_apart(*arguments: str, words: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    """Start the program in a session of its own.

    Args:
        arguments: of the program.
        words: gets what it says on standard error; nobody does without it.

    Returns:
        The process; call `let_go` when nobody looks after it any more.

    Raises:
        OSError: it cannot be started.
    """
    # -P and the absolute path: a folder called `app` at hand must not be taken for ours.
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "app", *arguments],
        env=_environment(),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=words or subprocess.DEVNULL,
        start_new_session=True,
    )


def let_go(process: subprocess.Popen[bytes]) -> None:
    """It is not ours to wait for any more: init reaps it when we are gone."""
    if process.poll() is None:
        process.returncode = 0


def _environment() -> dict[str, str]:
    root = str(Path(app.__file__).parent.parent)
    before = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": f"{root}:{before}" if before else root}
