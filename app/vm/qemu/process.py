"""The QEMU process: started apart from us, found again by its pidfile, watched by a pidfd.

It runs in a session of its own with its output in a file, so that neither a closed terminal nor our
own end touches it. The lock that QEMU keeps on its pidfile is the truth about whether it lives.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from app.vm.locks import lock_holder
from app.vm.store import ENGINE_LOG, PID_FILE

_log = logging.getLogger(__name__)

_LAST_WORDS_BYTES = 2000


def holder(folder: Path) -> int | None:
    """Process number of the engine that runs the machine in `folder`; None when none does."""
    return lock_holder(folder / PID_FILE)


def last_words(folder: Path) -> str:
    """End of the engine's log of the present run, for a person who wants details."""
    try:
        with (folder / ENGINE_LOG).open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - _LAST_WORDS_BYTES))
            return file.read().decode(errors="replace").strip()
    except OSError:
        return ""


class EngineProcess:
    """One QEMU, ours or adopted. `exited` resolves when the kernel says that it has gone."""

    def __init__(self, pid: int, popen: subprocess.Popen[bytes] | None) -> None:
        self.pid = pid
        self._popen = popen
        self._pidfd = os.pidfd_open(pid)
        self._loop = asyncio.get_running_loop()
        self._exited: asyncio.Future[None] = self._loop.create_future()
        self._loop.add_reader(self._pidfd, self._on_exit)

    @classmethod
    def spawn(
        cls, argv: Sequence[str], folder: Path, *, inherits: Sequence[int] = ()
    ) -> EngineProcess:
        """Start QEMU. Returns at once; the caller finds out whether it came up.

        Args:
            argv: the command line, binary first.
            folder: the machine's, for the log.
            inherits: descriptors that it keeps open, under their numbers, as long as it lives.

        Raises:
            OSError: the binary cannot be executed.
        """
        log_path = folder / ENGINE_LOG
        _set_aside(log_path)
        with os.fdopen(_private(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), "ab") as log:
            popen = subprocess.Popen(
                list(argv),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd="/",
                close_fds=True,
                pass_fds=inherits,
            )
        try:
            return cls(popen.pid, popen)
        except BaseException:  # No descriptor left to watch it by: nobody would know of it.
            popen.kill()
            popen.wait()
            raise

    @property
    def alive(self) -> bool:
        """Whether it has not been seen to end."""
        return not self._exited.done()

    @property
    def exit_code(self) -> int | None:
        """Exit status, negative for a signal; None while it runs or when it is not our child."""
        return self._popen.poll() if self._popen is not None and not self.alive else None

    def work_done(self) -> int:
        """A number that grows while it computes, reads or writes; 0 when it cannot be seen."""
        try:
            clock = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
            lines = Path(f"/proc/{self.pid}/io").read_text().splitlines()
        except OSError:
            return 0
        moved = sum(int(line.partition(": ")[2]) for line in lines[:2])  # rchar, wchar
        return int(clock[11]) + int(clock[12]) + moved

    async def exited(self) -> None:
        """Wait for its end."""
        await asyncio.shield(self._exited)

    async def ended_within(self, limit_s: float) -> bool:
        """Wait for its end, so long at most."""
        await asyncio.wait([self._exited], timeout=limit_s)
        return self._exited.done()

    def send(self, number: signal.Signals) -> None:
        """Signal exactly this process; one that is gone already, or let go, is left alone."""
        if self.alive and self._pidfd >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, number)

    def detach(self) -> None:
        """Stop watching; the process runs on."""
        if self._pidfd >= 0:
            self._loop.remove_reader(self._pidfd)
            os.close(self._pidfd)
            self._pidfd = -1
        if self._popen is not None and self._popen.returncode is None:
            # Not our child to wait for any more: init reaps it when we are gone.
            self._popen.returncode = 0

    def _on_exit(self) -> None:
        self._loop.remove_reader(self._pidfd)
        if self._popen is not None:
            self._popen.wait()  # The pidfd is readable, so the status is there at once.
        else:
            _reap(self.pid)
        os.close(self._pidfd)
        self._pidfd = -1
        if not self._exited.done():
            self._exited.set_result(None)


def shared_mib(pid: int) -> int:
    """Memory that a process shares with others and that is really there, MiB; 0 when in doubt.

    Source: proc(5), "RssShmem" of /proc/pid/status, in KiB.
    """
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssShmem:"):
                return int(line.split()[1]) >> 10
    return 0


def _set_aside(log_path: Path) -> None:
    """Keep the last run's words; a link goes too, since nothing may be written through it."""
    if not os.path.lexists(log_path):
        return
    try:
        log_path.replace(log_path.with_name(log_path.name + ".1"))
    except OSError as err:  # Something odd lies there: old words are not worth a start.
        _log.info("%s: the old log is dropped: %s", log_path.parent.name, err)
        log_path.unlink()


def _private(path: Path, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC, 0o600)


def _reap(pid: int) -> None:
    """An adopted engine may be a child of this process, let go by a manager that was here before.

    Somebody else's child is not ours to wait for, which the kernel says.
    """
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
