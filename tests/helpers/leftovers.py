"""What a test may not leave behind: processes, listening sockets, socket files, mounts.

Everything is read from /proc. Only what this run started counts, because other people use the
machine too. A process is ours when one of three is true: it inherited the run's mark in its
environment (an engine starts in a session of its own and outlives its parent, but keeps that),
its command line names one of our folders (an engine whose environment was replaced), or it
descends from us.
"""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.helpers.waiting import NotInTimeError, eventually_sync

MARK = "DUPLEX_VM_TEST_RUN"

_PROC = Path("/proc")
_LISTENING_TCP = "0A"  # TCP_LISTEN, include/net/tcp_states.h
_ACCEPTS = 0x10000  # __SO_ACCEPTCON, include/uapi/linux/net.h; the "Flags" of /proc/net/unix

# How long what is on its way out may take; DUPLEX_VM_TEST_GRACE_S overrides it.
GRACE_S = float(os.environ.get("DUPLEX_VM_TEST_GRACE_S", "2"))


@dataclass(frozen=True, slots=True)
class Process:
    """A live process: its number and its command line, for the message."""

    pid: int
    command: str

    def __str__(self) -> str:
        return f"process {self.pid}: {self.command}"


@dataclass(frozen=True, slots=True)
class Before:
    """What was there already."""

    pids: frozenset[int]
    sockets: frozenset[str]
    mounts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Guard:
    """Compares before and after for one run.

    Attributes:
        mark: the value of the variable `MARK` in this run.
        roots: folders that belong to this run: a command line, a socket or a mount that names
            one of them is ours.
        runtime: the folder for sockets, which must be empty again; None when nobody uses one.
    """

    mark: str
    roots: tuple[Path, ...]
    runtime: Path | None = None
    _own: int = field(default_factory=os.getpid)

    def look(self) -> Before:
        """Note what is there before the test."""
        return Before(
            pids=frozenset(_pids()),
            sockets=frozenset(self._sockets()),
            mounts=frozenset(self._mounts()),
        )

    def leftovers(self, before: Before, *, grace_s: float = GRACE_S) -> list[str]:
        """Name everything that came since `before` and is still there.

        What is on its way out gets `grace_s` seconds. Processes that remain are killed, each by
        its own number, after they were named.
        """
        if not self._now(before):
            return []
        try:
            eventually_sync(lambda: not self._now(before), timeout_s=grace_s)
        except NotInTimeError:
            found = self._now(before)
            names = [str(item) for item in found]
            for item in found:
                if isinstance(item, Process):
                    _kill(item.pid)
            return names
        return []

    def _now(self, before: Before) -> list[Process | str]:
        found: list[Process | str] = list(self._processes(before.pids))
        found += [f"listening socket {s}" for s in self._sockets() if s not in before.sockets]
        found += [f"mount on {m}" for m in self._mounts() if m not in before.mounts]
        if self.runtime is not None:
            found += [f"in the runtime folder: {name}" for name in _files(self.runtime)]
        return found

    def _processes(self, known: frozenset[int]) -> Iterable[Process]:
        ours = {self._own}
        for pid in sorted(_pids() - known - ours):
            if self._is_ours(pid) and not _is_zombie(pid):
                command = _read(pid, "cmdline").replace(b"\0", b" ").decode(errors="replace")
                yield Process(pid, command.strip() or _comm(pid))

    def _is_ours(self, pid: int) -> bool:
        if f"{MARK}={self.mark}".encode() in _read(pid, "environ").split(b"\0"):
            return True
        command = _read(pid, "cmdline")
        if any(os.fsencode(root) in command for root in self.roots):
            return True
        return self._own in _ancestors(pid)

    def _sockets(self) -> list[str]:
        held = _own_socket_inodes()
        # Going through the kernel's table of TCP sockets takes milliseconds, before each test.
        ports = _listening_tcp() if held else ()
        found = [f"tcp port {port}" for inode, port in ports if inode in held]
        for inode, path in _listening_unix():
            if inode in held or any(path.startswith(f"{root}/") for root in self.roots):
                found.append(f"unix {path or '(unnamed)'}")
        return found

    def _mounts(self) -> list[str]:
        """Mount points inside our folders; proc(5), mountinfo, field 5 with octal escapes."""
        lines = (_PROC / "self/mountinfo").read_text(errors="surrogateescape").splitlines()
        points = [line.split(" ")[4].replace("\\040", " ") for line in lines]
        return [p for p in points if any(p.startswith(f"{root}/") for root in self.roots)]


def _pids() -> set[int]:
    return {int(name) for name in os.listdir(_PROC) if name.isdigit()}  # noqa: PTH208 - hot path


def _read(pid: int, name: str) -> bytes:
    """A file of a process; empty when the process is gone, or not ours to read."""
    try:
        return (_PROC / str(pid) / name).read_bytes()
    except OSError:
        return b""


def _stat(pid: int) -> list[str]:
    """proc(5), stat: the fields after the name, which may hold spaces and parentheses."""
    return _read(pid, "stat").decode(errors="replace").rpartition(")")[2].split()


def _comm(pid: int) -> str:
    return _read(pid, "comm").decode(errors="replace").strip()


def _is_zombie(pid: int) -> bool:
    fields = _stat(pid)
    return not fields or fields[0] in {"Z", "X"}


def _ancestors(pid: int) -> set[int]:
    found: set[int] = set()
    while pid > 1 and pid not in found:
        fields = _stat(pid)
        if not fields:
            break
        pid = int(fields[1])
        found.add(pid)
    return found


def _own_socket_inodes() -> frozenset[str]:
    found = set()
    for name in os.listdir(_PROC / "self/fd"):  # noqa: PTH208 - hot path
        try:
            target = os.readlink(_PROC / "self/fd" / name)  # noqa: PTH115 - not a path at all
        except OSError:
            continue
        if target.startswith("socket:["):
            found.add(target[len("socket:[") : -1])
    return frozenset(found)


def _listening_unix() -> Iterable[tuple[str, str]]:
    """Inode and path of every listening unix socket; proc(5), /proc/net/unix."""
    for line in (_PROC / "net/unix").read_text(errors="surrogateescape").splitlines()[1:]:
        fields = line.split(maxsplit=7)
        if int(fields[3], 16) & _ACCEPTS:
            yield fields[6], fields[7] if len(fields) > 7 else ""


def _listening_tcp() -> Iterable[tuple[str, int]]:
    """Inode and port of every listening TCP socket; proc(5), /proc/net/tcp."""
    for table in ("net/tcp", "net/tcp6"):
        try:
            lines = (_PROC / table).read_text().splitlines()[1:]
        except OSError:  # a kernel without IPv6
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == _LISTENING_TCP:
                yield fields[9], int(fields[1].rpartition(":")[2], 16)


def _files(folder: Path) -> list[str]:
    """Everything below `folder` but folders, with its kind where that tells something."""
    found = []
    for path in sorted(folder.rglob("*")):
        try:
            mode = path.lstat().st_mode
        except FileNotFoundError:
            continue
        if not stat.S_ISDIR(mode):
            kind = "socket" if stat.S_ISSOCK(mode) else "file"
            found.append(f"{kind} {path.relative_to(folder)}")
    return found


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
