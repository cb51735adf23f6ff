"""``show``: a machine's window, in the application that is open, or in one started for it."""

from __future__ import annotations

import asyncio
import os
import tempfile
from typing import IO, TYPE_CHECKING

from app.cli.output import Answer, say
from app.cli.own_program import let_go, start_apart
from app.cli.verb import NAME, verb
from app.errors import ConnectionLostError, EngineError, NotSupportedError

if TYPE_CHECKING:
    from app.cli.work import Work

WINDOW_OPENS_S = 30.0
_RETRY_S = 0.1


@verb("show", covers=["showVm"])
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
        process = start_apart(f"--show={name}", words=words)
        try:
            async with asyncio.timeout(WINDOW_OPENS_S):
                while not await _shown(name):
                    if process.poll():  # It may also end well, having told another window.
                        raise _failed("ended", words)
                    await asyncio.sleep(_RETRY_S)
        except TimeoutError as err:
            raise _failed(f"did not show the machine within {WINDOW_OPENS_S:g} s", words) from err
        finally:
            let_go(process)


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
