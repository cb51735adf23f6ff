"""The files of one file system, copied into a folder of this computer.

The file system is a guest's, and may lie about everything. No name of it is used as it is, nothing
but plain files and folders is made, and every walk has an end.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytsk3

from app.vm.recovery.account import Account
from app.vm.recovery.guest_names import NamesInFolder, harmless_name

_DEPTH = 128
_LONGEST_PATH_BYTES = 3800
"""Of PATH_MAX, 4096, so that the finished folder can have a longer name than the hidden one."""
_CHUNK = 1 << 20
_ZEROS = bytes(_CHUNK)
_ENTRY_BYTES = 4096
_MOST_MTIME_S = 1 << 33
_NTFS_OWN = 24
"""So many records at the beginning are the file system's own, `$MFT` and so on."""
_EXFAT_OWN = {b"$ALLOC_BITMAP", b"$UPCASE_TABLE"}
_LABEL = b" (Volume Label Entry)"
_FAT_TYPES = {
    int(kind)
    for kind in (
        pytsk3.TSK_FS_TYPE_FAT12,
        pytsk3.TSK_FS_TYPE_FAT16,
        pytsk3.TSK_FS_TYPE_FAT32,
        pytsk3.TSK_FS_TYPE_EXFAT,
    )
}
_PLAIN_TYPES = {int(pytsk3.TSK_FS_ATTR_TYPE_DEFAULT), int(pytsk3.TSK_FS_ATTR_TYPE_NTFS_DATA)}
_HOLES = int(pytsk3.TSK_FS_ATTR_RUN_FLAG_FILLER) | int(pytsk3.TSK_FS_ATTR_RUN_FLAG_SPARSE)
_VIRTUAL = {int(pytsk3.TSK_FS_NAME_TYPE_VIRT), int(pytsk3.TSK_FS_NAME_TYPE_VIRT_DIR)}
_REFUSED_HERE = {errno.EFBIG, errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ}

LINK, SPECIAL, DELETED = "a link", "no file and no folder", "deleted"
UNREADABLE, ENCRYPTED, STREAM = "cannot be read", "encrypted", "a further stream of a file"
LOOP, TOO_DEEP, NOT_HERE = "in a circle of folders", "too deep", "cannot be stored here"


class _UnreadableError(Exception):
    """The file system contradicts itself there."""


@dataclass
class _Level:
    folder: Path
    shown: str
    entries: Iterator[Any]
    mtime_ns: int
    names: NamesInFolder = field(default_factory=NamesInFolder)


class TreeCopy:
    """One copy of one file system.

    Args:
        fs: the file system.
        account: of the whole work.
    """

    def __init__(self, fs: Any, account: Account) -> None:
        self._fs = fs
        self._account = account
        self._block_bytes = int(fs.info.block_size)
        self._is_ntfs = int(fs.info.ftype) == int(pytsk3.TSK_FS_TYPE_NTFS)
        self._is_fat = int(fs.info.ftype) in _FAT_TYPES
        self._seen: set[int] = set()

    def into(self, folder: Path, shown: str) -> None:
        """Copy all of it into a folder that is empty.

        Args:
            folder: which.
            shown: the same in the report.

        Raises:
            OSError: the folder cannot be written.
            NoRoomError: there is no room.
            TooManyError: there are too many files.
        """
        root = int(self._fs.info.root_inum)
        self._seen.add(root)
        levels = [_Level(folder, shown, self._entries_of(root, shown), 0)]
        while levels:
            level = levels[-1]
            entry = next(level.entries, None)
            if entry is None:
                levels.pop()
                _set_time(level.folder, level.mtime_ns)
            elif (below := self._copy(entry, level, len(levels))) is not None:
                levels.append(below)

    def _entries_of(self, number: int, shown: str) -> Iterator[Any]:
        try:
            yield from self._fs.open_dir(inode=number)
        except (OSError, RuntimeError, OverflowError, ValueError):
            self._account.leave_out(shown, f"{UNREADABLE} (folder)")

    def _copy(self, entry: Any, level: _Level, depth: int) -> _Level | None:
        """Copy what is plain; a folder is returned to go on with."""
        self._account.begin_entry()
        name, meta = entry.info.name, entry.info.meta
        raw = bytes(name.name or b"")
        if raw in {b".", b".."} or self._is_own(name, raw):
            return None
        shown = f"{level.shown}/{harmless_name(raw)}"
        if (why := _objection(name, meta)) is not None:
            self._account.leave_out(shown, why)
            return None
        path = level.folder / level.names.free(raw)
        shown = f"{level.shown}/{path.name}"
        if len(os.fsencode(path)) > _LONGEST_PATH_BYTES or depth >= _DEPTH:
            self._account.leave_out(shown, TOO_DEEP)
        elif int(meta.type) == int(pytsk3.TSK_FS_META_TYPE_DIR):
            return self._enter(int(meta.addr), path, shown, _mtime_ns(meta))
        else:
            self._try_file(entry, path, shown)
        return None

    def _is_own(self, name: Any, raw: bytes) -> bool:
        """Whether the file system itself, or its reader, has made this up."""
        if int(name.type) in _VIRTUAL:
            return True
        if self._is_ntfs:
            return raw.startswith(b"$") and int(name.meta_addr) < _NTFS_OWN
        return self._is_fat and (raw in _EXFAT_OWN or raw.endswith(_LABEL))

    def _enter(self, number: int, path: Path, shown: str, mtime_ns: int) -> _Level | None:
        if number in self._seen:
            self._account.leave_out(shown, LOOP)
            return None
        self._seen.add(number)
        self._account.take(_ENTRY_BYTES)
        path.mkdir(mode=0o700)
        self._account.folders += 1
        return _Level(path, shown, self._entries_of(number, shown), mtime_ns)

    def _try_file(self, entry: Any, path: Path, shown: str) -> None:
        try:
            self._copy_file(entry, path, shown)
        except _UnreadableError:
            self._account.leave_out(shown, UNREADABLE)
        except OSError as err:
            if err.errno not in _REFUSED_HERE:
                raise
            self._account.leave_out(shown, NOT_HERE)
        else:
            return
        path.unlink(missing_ok=True)

    def _copy_file(self, entry: Any, path: Path, shown: str) -> None:
        content = self._content_of(entry, shown)
        if content is not None and int(content.info.flags) & int(pytsk3.TSK_FS_ATTR_ENC):
            self._account.leave_out(shown, ENCRYPTED)
            return
        size = int(content.info.size) if content is not None else 0
        if size < 0 or (content is None and int(entry.info.meta.size)):
            raise _UnreadableError
        self._account.take(_ENTRY_BYTES)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        handle = os.open(path, flags, 0o600)
        try:
            os.ftruncate(handle, size)
            for start, end in self._stretches(content, size):
                self._copy_stretch(entry, content, handle, start, end)
            moment_ns = _mtime_ns(entry.info.meta)
            os.utime(handle, ns=(moment_ns, moment_ns))
        finally:
            os.close(handle)
        self._account.files += 1

    def _content_of(self, entry: Any, shown: str) -> Any:
        """The file's content among its attributes; None when it has none."""
        found = None
        for attribute in _attributes(entry):
            if int(attribute.info.type) not in _PLAIN_TYPES:
                continue
            # Elsewhere than in NTFS the reader gives names of its own to what a file has once.
            is_stream = self._is_ntfs and bool(attribute.info.name)
            if found is None and not is_stream:
                found = attribute
            elif is_stream:
                stream = harmless_name(bytes(attribute.info.name))
                self._account.leave_out(f"{shown}:{stream}", STREAM)
        return found

    def _stretches(self, content: Any, size: int) -> Iterator[tuple[int, int]]:
        """Where there are data: begin and end, in bytes, rising; holes are left out."""
        if content is None or not size:
            return
        flags = int(content.info.flags)
        if flags & int(pytsk3.TSK_FS_ATTR_COMP) or not flags & int(pytsk3.TSK_FS_ATTR_NONRES):
            yield 0, size
            return
        at = 0
        for run in _runs(content):
            start = max(at, int(run.offset) * self._block_bytes)
            end = min(size, (int(run.offset) + int(run.len)) * self._block_bytes)
            if not int(run.flags) & _HOLES and start < end:
                yield start, end
                at = end

    def _copy_stretch(self, entry: Any, content: Any, handle: int, start: int, end: int) -> None:
        kind, number = content.info.type, int(content.info.id)
        while start < end:
            wanted = min(_CHUNK, end - start)
            try:
                data = entry.read_random(start, wanted, kind, number)
            except (OSError, RuntimeError, OverflowError, ValueError) as err:
                raise _UnreadableError from err
            if len(data) != wanted:
                raise _UnreadableError
            if data != _ZEROS[:wanted]:
                self._account.take(wanted)
                _write(handle, data, start)
            self._account.has_read(wanted)
            start += wanted


def _objection(name: Any, meta: Any) -> str | None:
    """Why this cannot be copied; None when it can be."""
    unused = int(pytsk3.TSK_FS_NAME_FLAG_UNALLOC)
    if int(name.flags) & unused:
        return DELETED
    if meta is None:
        return UNREADABLE
    if int(meta.flags) & int(pytsk3.TSK_FS_META_FLAG_UNALLOC):
        return DELETED
    kind = int(meta.type)
    if kind == int(pytsk3.TSK_FS_META_TYPE_LNK):
        return LINK
    if kind not in {int(pytsk3.TSK_FS_META_TYPE_REG), int(pytsk3.TSK_FS_META_TYPE_DIR)}:
        return SPECIAL
    return None


def _attributes(entry: Any) -> Iterator[Any]:
    try:
        yield from entry
    except (OSError, RuntimeError, OverflowError, ValueError) as err:
        raise _UnreadableError from err


def _runs(content: Any) -> Iterator[Any]:
    try:
        yield from content
    except (OSError, RuntimeError, OverflowError, ValueError) as err:
        raise _UnreadableError from err


def _write(handle: int, data: bytes, at: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(handle, view, at)
        view, at = view[written:], at + written


def _mtime_ns(meta: Any) -> int:
    moment_s = int(meta.mtime)
    nano = int(meta.mtime_nano)
    if not 0 <= moment_s < _MOST_MTIME_S:
        return 0
    return moment_s * 1_000_000_000 + (nano if 0 <= nano < 1_000_000_000 else 0)


def _set_time(folder: Path, moment_ns: int) -> None:
    if moment_ns:
        with suppress(OSError):  # A time is not worth a file.
            os.utime(folder, ns=(moment_ns, moment_ns))
