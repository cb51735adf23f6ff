"""`qemu-img` as a child: bounded in time and memory, told as it goes on, ended with its caller.

It prints its progress into a pipe of ours. When this process dies, the next percent ends it too
(SIGPIPE). One that has no next percent is ended by the next manager, which knows it by the lock of
its task (`app.vm.orphans`).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import resource
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence

from app.errors import DiskLessError, EngineError, NotSupportedError
from app.vm.orphans import inherited
from app.vm.unbroken import unbroken

_PERCENT = re.compile(rb"\(\s*([0-9]+(?:\.[0-9]+)?)/100%\)")
_CHUNK = 4096
_KEPT_BYTES = 4 << 20
"""More than any answer that we ask for; a hostile image cannot make us keep more."""
MEMORY_BYTES = 2 << 30
"""Address space, not what it takes up: threads and libraries alone claim some hundred MiB."""


async def qemu_img(
    *arguments: str,
    failure: str,
    limit_s: float | None = None,
    memory_bytes: int = MEMORY_BYTES,
    on_progress: Callable[[float], None] | None = None,
    good: Sequence[int] = (0,),
) -> bytes:
    """Run `qemu-img` and return what it printed.

    Cancelled, it is ended before the caller is told.

    Args:
        arguments: its command line, options first. Pass files as ``json:`` descriptions, or with
            whole paths: nothing else is safe from names such as ``nbd:x``.
        failure: the sentence that says what could not be done.
        limit_s: longest time; None for work whose length follows the image.
        memory_bytes: most address space.
        on_progress: told fractions of 1, on the loop; needs ``-p`` among the arguments.
        good: exit codes that are no failure.

    Raises:
        NotSupportedError: there is no qemu-img.
        DiskLessError: the disk is full.
        EngineError: it refused, took too long or too much memory; `detail` ends with its words.
    """
    tool = shutil.which("qemu-img")
    if tool is None:
        raise NotSupportedError(
            "qemu-img is not installed.", remedy="Install qemu-utils with your package manager."
        )
    loop = asyncio.get_running_loop()
    child = _Child([tool, *arguments], memory_bytes)
    ending = loop.run_in_executor(None, child.follow, loop, on_progress)
    try:
        async with asyncio.timeout(limit_s):
            await asyncio.shield(ending)
    except TimeoutError:
        child.kill()
        await unbroken(_over(ending))
        raise EngineError(failure, detail=f"qemu-img took more than {limit_s} s") from None
    except asyncio.CancelledError:
        child.kill()
        await unbroken(_over(ending))
        raise
    if child.code in good:
        return child.output
    words = child.words.decode(errors="replace").strip()
    if "No space left" in words:
        raise DiskLessError(
            f"{failure} The disk is full.", remedy="Make room on that disk.", detail=words
        )
    raise EngineError(failure, detail=words or f"qemu-img ended with {child.code}")


class _Child:
    def __init__(self, argv: Sequence[str], memory_bytes: int) -> None:
        lock = inherited.get()
        # asyncio's own processes are reaped twice when a start is cancelled: it warns of that.
        try:
            self._process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd="/",
                env={**os.environ, "LC_ALL": "C"},
                pass_fds=() if lock is None else (lock,),
            )
        except OSError as err:
            raise EngineError(f"qemu-img cannot be started: {err.strerror}.") from err
        self.output = self.words = b""
        self.code = 0
        with contextlib.suppress(OSError):  # It has ended already.
            resource.prlimit(self._process.pid, resource.RLIMIT_AS, (memory_bytes, memory_bytes))

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)

    def follow(
        self, loop: asyncio.AbstractEventLoop, on_progress: Callable[[float], None] | None
    ) -> None:
        """Read it to its end; in a thread."""
        process = self._process
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        assert process.stderr is not None  # noqa: S101 - the same
        listener = threading.Thread(target=self._listen, name="qemu-img-words", daemon=True)
        listener.start()
        with process.stdout as output:
            while chunk := os.read(output.fileno(), _CHUNK):
                found = _PERCENT.findall(chunk) if on_progress is not None else []
                if found and on_progress is not None:
                    with contextlib.suppress(RuntimeError):  # The loop is closed: nobody listens.
                        loop.call_soon_threadsafe(on_progress, float(found[-1]) / 100)
                if len(self.output) < _KEPT_BYTES:
                    self.output += chunk
        listener.join()
        self.code = process.wait()

    def _listen(self) -> None:
        assert self._process.stderr is not None  # noqa: S101 - a pipe was asked for
        with self._process.stderr as stream:
            while chunk := os.read(stream.fileno(), _CHUNK):
                self.words = (self.words + chunk)[-_CHUNK:]


async def _over(ending: asyncio.Future[None]) -> None:
    await asyncio.wait([ending])
