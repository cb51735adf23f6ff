"""``show``: a machine's window, in the application that is open, or in one started for it."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

import app
from app.cli.output import Answer, say
from app.cli.verb import NAME, verb
from app.errors import ConnectionLostError, EngineError, NotSupportedError

if TYPE_CHECKING:
    from app.cli.work import Work

WINDOW_OPENS_S = 30.0
_RETRY_S = 0.1


@verb("show")
@NAME
async def show(work: Work, name: str) -> Answer:
    """Open, or raise, the window of a machine."""
    try:
        await work.ask(lambda manager: manager.show_vm(name))
    except NotSupportedError:
        await open_application(name)
    return Answer(data={"shown": name}, show=say(f"The window of “{name}” is open."))


async def open_application(name: str) -> None:
    """Start the window application for a machine and wait until it shows it.

    Raises:
        NotSupportedError: there is no screen.
        EngineError: the application ended, or did not show the machine in time.
    """
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise NotSupportedError(
            "There is no screen to show the machine on.",
            remedy="Run this on a desktop, or look at it with “screenshot”.",
        )
    with tempfile.TemporaryFile() as words:
        pid = _start_application(name, words)
        try:
            async with asyncio.timeout(WINDOW_OPENS_S):
                while not await _shown(name):
                    if _has_failed(pid):
                        raise _failed("ended", words)
                    await asyncio.sleep(_RETRY_S)
        except TimeoutError as err:
            raise _failed(f"did not show the machine within {WINDOW_OPENS_S:g} s", words) from err


def _start_application(name: str, words: IO[bytes]) -> int:
    """Start it in a session of its own, so that it outlives us and our terminal."""
    root = str(Path(app.__file__).parent.parent)
    before = os.environ.get("PYTHONPATH")
    return os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "app", f"--show={name}"],
        {**os.environ, "PYTHONPATH": f"{root}:{before}" if before else root},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_DUP2, words.fileno(), 2),
        ],
        setsid=True,
    )


def _has_failed(pid: int) -> bool:
    """Whether it has ended with a failure; it may also end well, having told another window."""
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return False
    return ended != 0 and os.waitstatus_to_exitcode(status) != 0


async def _shown(name: str) -> bool:
    from app.paths import library_dir  # noqa: PLC0415 - not for --help
    from app.vm.client import connect  # noqa: PLC0415
    from app.vm.session import manager_socket  # noqa: PLC0415

    try:
        async with await connect(manager_socket(library_dir())) as manager:
            await manager.show_vm(name)
    except (ConnectionLostError, NotSupportedError):
        return False  # It is not there yet, or another process is the manager for a moment.
    return True


def _failed(what: str, words: IO[bytes]) -> EngineError:
    words.seek(0)
    text = words.read(64 * 1024).decode(errors="replace").strip()
    return EngineError(
        f"The window application {what}.",
        remedy="Start “duplex-vm” without a command and look at what it says.",
        detail=text[-2000:],
    )
