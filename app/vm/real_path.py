"""From a path to the thing that it names: opened, with its real place and its identity.

A path is only a name. Between a look at it and its use a link or a folder in it can be exchanged,
so nothing is decided about names here. The path is walked segment by segment with descriptors,
links are followed by their text, and what is judged afterwards is where the *opened* thing lies.

The kernel follows no link for us: a magic link of `/proc`, which leads to another process's files
without a path, is no more than its text. Descriptors are opened with `O_PATH`, so neither a pipe
nor a device can hold the walk up or notice it (open(2), path_resolution(7)).

Everything here blocks: call it in a thread. A network that hangs can hold it for long.
"""

from __future__ import annotations

import errno
import os
import stat
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

_LOOK = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
_MAX_LINKS = 40  # the kernel's own limit, path_resolution(7)
_LOOKS = 5  # so often the thing may move under our eyes

Identity = tuple[int, int]
"""Device and inode: what the thing is, whatever it is called."""


class PathKind(StrEnum):
    """What may be handed to a machine."""

    FILE = "file"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPath:
    """A thing that was allowed, as it was at that moment.

    Attributes:
        path: where it really lay, without links; text that is UTF-8.
        device: `st_dev` of it.
        inode: `st_ino` of it.
        kind: file or folder.
    """

    path: Path
    device: int
    inode: int
    kind: PathKind

    @property
    def identity(self) -> Identity:
        """What it is, whatever it will be called."""
        return self.device, self.inode


class Located:
    """A thing found and held by an `O_PATH` descriptor; use it as a context manager.

    Attributes:
        handle: the descriptor; it allows looking, not reading.
        path: where the thing lay when it was asked for its name.
        info: what it is.
    """

    def __init__(self, handle: int) -> None:
        """Take over `handle`, also when this raises.

        Raises:
            OSError: the thing has no name any more, or changes it all the time.
        """
        self.handle = handle
        try:
            self.info = os.fstat(handle)
            self.path = _present_name(handle, identity_of(self.info))
        except BaseException:
            os.close(handle)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    @property
    def kind(self) -> PathKind | None:
        """File or folder; None for pipes, sockets and devices, which no machine gets."""
        if stat.S_ISREG(self.info.st_mode):
            return PathKind.FILE
        return PathKind.FOLDER if stat.S_ISDIR(self.info.st_mode) else None

    @property
    def through(self) -> Path:
        """Path by which this process, and no other, reaches exactly this thing."""
        return by_descriptor(self.handle)

    def reopen(self, flags: int) -> int:
        """A descriptor to work with, of exactly this thing; the caller closes it.

        Raises:
            OSError: it may not be opened so.
        """
        return os.open(self.through, flags | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)

    def close(self) -> None:
        """Let go of it."""
        if self.handle >= 0:
            os.close(self.handle)
            self.handle = -1


def locate(path: Path) -> Located:
    """Find what an absolute path names, following links.

    Raises:
        OSError: missing, not to be entered, in a circle of links, or changing all the time.
        ValueError: the path is relative, or no path at all.
    """
    if not path.is_absolute():
        raise ValueError(f"{path} is not a whole path")
    return Located(_walk(str(path)))


def by_descriptor(handle: int) -> Path:
    """Path of an open descriptor of this process, proc(5)."""
    return Path(f"/proc/self/fd/{handle}")


def identity_of(info: os.stat_result) -> Identity:
    """Device and inode of what was looked at."""
    return info.st_dev, info.st_ino


def _walk(path: str) -> int:
    """Descriptor of what `path` names."""
    at = _root()
    try:
        todo, links = _segments(path), 0
        while todo:
            name = todo.popleft()
            found = _step(at, name)
            try:
                text = _link_text(found)
                if text is None:
                    at, found = found, at  # the folder that we leave is closed below
                    continue
                links += 1
                if links > _MAX_LINKS:
                    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
                todo.extendleft(reversed(_segments(text)))
                if text.startswith("/"):
                    left, at = at, _root()
                    os.close(left)
            finally:
                os.close(found)
    except BaseException:
        os.close(at)
        raise
    return at


def _root() -> int:
    return os.open("/", _LOOK | os.O_DIRECTORY)


def _segments(path: str) -> deque[str]:
    return deque(part for part in path.split("/") if part not in {"", "."})


def _step(at: int, name: str) -> int:
    try:
        # Only when asked for a folder does a network folder that mounts itself do so, open(2).
        return os.open(name, _LOOK | os.O_DIRECTORY, dir_fd=at)
    except NotADirectoryError:
        return os.open(name, _LOOK, dir_fd=at)


def _link_text(handle: int) -> str | None:
    if not stat.S_ISLNK(os.fstat(handle).st_mode):
        return None
    return os.readlink("", dir_fd=handle)


def _present_name(handle: int, identity: Identity) -> Path:
    """Where the thing lies now.

    The kernel tells the place of a descriptor in one piece, but as a text: a name that was removed
    ends with a word, one outside of what this process sees begins with one (proc(5)). So the name
    counts only when the thing is found under it.
    """
    for _ in range(_LOOKS):
        name = by_descriptor(handle).readlink()
        if not name.is_absolute():
            break
        try:
            if identity_of(name.lstat()) == identity:
                return name
        except (FileNotFoundError, NotADirectoryError):
            continue  # moved between the two looks, or gone
    raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
