"""Which files and folders of the person may be handed to a machine.

Everything that names a path to the manager goes through `PathPolicy`: installation discs, tools
discs, firmware, shared folders, targets of screenshots. Three things decide, in this order:

1. what lies in a closed place is refused, whoever asks (`closed_places`);
2. what lies in the person's own folders is open to every program (`user_folders`), and so is what
   the person picked, in a dialog or on the command line (`grants`);
3. it has to be there, of the right kind, and this user's to read or write.

What is judged is the real place of the thing that was opened, never its name (`real_path`). A check
hands on what it saw, device and inode with the path, so that who opens the path later, the engine
above all, can be held to it (`app.vm.qemu.open_files`). Who opens it here works with the very
descriptor that was judged.

This guards against mistakes, hostile discs and guests; not against programs of the same user, which
can do all of this without asking us.
"""

from __future__ import annotations

import errno
import os
import shlex
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from app import APP_NAME
from app.errors import (
    INVALID_FILE_PATH,
    PATH_NOT_AUTHORIZED,
    PathError,
    PathRefusedError,
)
from app.vm.closed_places import ClosedPlaces
from app.vm.document_paths import malformed, refuse_unusable, shown, translate
from app.vm.grants import FILE_NAME, Grant, Grants
from app.vm.real_path import CheckedPath, Located, PathKind, by_descriptor, locate
from app.vm.user_folders import UserFolders, system_share_folder

_CHOOSE = "Choose another file."
_TROUBLE = {
    errno.ENOENT: "cannot be found",
    errno.ENOTDIR: "cannot be found",
    errno.ESTALE: "is being moved or removed",
    errno.ELOOP: "leads in a circle of links",
    errno.EACCES: "may not be opened by you",
    errno.ENAMETOOLONG: "has a name that is too long",
}


class OpenedPath:
    """Something that was allowed, open; use it as a context manager.

    Attributes:
        checked: what it is.
        descriptor: for reading, or reading and writing, of exactly that; closed at the end.
    """

    def __init__(self, checked: CheckedPath, descriptor: int) -> None:
        self.checked = checked
        self.descriptor = descriptor

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    def fileno(self) -> int:
        """The descriptor, as `os` and `open` want it."""
        return self.descriptor

    def close(self) -> None:
        """Close it."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


class OpenedTarget:
    """A place for a file that was allowed; use it as a context manager.

    Attributes:
        path: where the file will really be, for people.
        through: the same place by way of the open folder: nothing that is exchanged on the way
            leads a write elsewhere. Good in this process until the end of the block. Replace what
            is there (`app.atomic`) rather than write into it: it may be a link.
    """

    def __init__(self, path: Path, folder: int) -> None:
        self.path = path
        self.through = by_descriptor(folder) / path.name
        self._folder = folder

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the folder."""
        if self._folder >= 0:
            os.close(self._folder)
            self._folder = -1


@dataclass(frozen=True, slots=True)
class Picked:
    """What a person has picked, and machines may have now.

    Attributes:
        path: where it really lies, or will lie.
        kind: a file alone, or a folder with what is in it.
    """

    path: Path
    kind: PathKind


class PathPolicy:
    """The rules of one library and one person; belongs to the library's manager.

    Every method looks at the file system and blocks: call it by `app.vm.off_loop.ask`. Several
    threads may call at once.

    A `Path` is taken as it is. Text is in the spelling of the `vm_manager` document, of a URL, or
    of this computer, see `document_paths.translate`.

    Args:
        library: folder of the machines; the grants are kept in it.
        folders: of the person.
        closed: where nothing is handed out.
    """

    def __init__(self, library: Path, folders: UserFolders, closed: ClosedPlaces) -> None:
        self._library = library.absolute()
        self._folders = folders
        self._closed = closed
        self._grants = Grants(library / FILE_NAME)

    @classmethod
    def for_user(cls, library: Path) -> PathPolicy:
        """The rules for who runs this program; blocks shortly."""
        folders = UserFolders.of_this_user()
        return cls(library, folders, ClosedPlaces.for_user(folders, library))

    # -- What is asked before something is used ---------------------------------------------------

    def check_file(
        self, path: Path | str, *, write: bool = False, not_empty: bool = False
    ) -> CheckedPath:
        """A file that a machine may have.

        Args:
            path: of the file.
            write: the machine may change it too.
            not_empty: an empty one is no use, such as a disc.

        Raises:
            PathError: `Invalid path` (malformed), or `Invalid file path` (missing, no file, not
                readable by this user).
            PathRefusedError: `share path is private sandbox path` or `share path is not
                authorized`.
        """
        with self._allowed(path, PathKind.FILE, write=write) as found:
            if not_empty and found.info.st_size == 0:
                raise _unusable(found.path, "is empty")
            return _checked(found, PathKind.FILE)

    def check_folder(self, path: Path | str, *, write: bool = False) -> CheckedPath:
        """A folder that a machine may have with everything in it.

        The default share is made when it is asked for and missing.

        Raises:
            PathError: see `check_file`.
            PathRefusedError: see `check_file`; also for a folder with a closed place in it.
        """
        with self._allowed(path, PathKind.FOLDER, write=write) as found:
            return _checked(found, PathKind.FOLDER)

    def check_target(self, path: Path | str) -> Path:
        """Real path of a file that this program may make or replace, such as a screenshot.

        Raises:
            PathError: see `check_file`; the folder has to be there.
            PathRefusedError: see `check_file`.
        """
        with self.open_target(path) as target:
            return target.path

    def open_file(self, path: Path | str, *, write: bool = False) -> OpenedPath:
        """`check_file`, and the file itself, open for reading or for both.

        Raises:
            PathError: see `check_file`.
            PathRefusedError: see `check_file`.
        """
        with self._allowed(path, PathKind.FILE, write=write) as found:
            checked = _checked(found, PathKind.FILE)
            with _opening(found.path):
                return OpenedPath(checked, found.reopen(os.O_RDWR if write else os.O_RDONLY))

    def open_folder(self, path: Path | str, *, write: bool = False) -> OpenedPath:
        """`check_folder`, and the folder itself, open, for a server that works below it.

        Raises:
            PathError: see `check_folder`.
            PathRefusedError: see `check_folder`.
        """
        with self._allowed(path, PathKind.FOLDER, write=write) as found:
            checked = _checked(found, PathKind.FOLDER)
            with _opening(found.path):
                return OpenedPath(checked, found.reopen(os.O_RDONLY | os.O_DIRECTORY))

    def open_target(self, path: Path | str) -> OpenedTarget:
        """`check_target`, with the folder held open until the file is written.

        Raises:
            PathError: see `check_target`.
            PathRefusedError: see `check_target`.
        """
        wanted = self._understood(path)
        with self._target_folder(wanted) as folder:
            real = folder.path / wanted.name
            self._refuse_closed(wanted, real, None, PathKind.FILE, write=True)
            self._refuse_unauthorised(wanted, real)
            _refuse_as_target(folder, real)
            with _opening(folder.path):
                handle = folder.reopen(os.O_RDONLY | os.O_DIRECTORY)
            return OpenedTarget(real, handle)

    # -- What the person has picked ---------------------------------------------------------------

    def grant_picked(self, path: Path | str) -> Picked:
        """`grant` what is there, or `grant_target` where nothing is yet.

        Raises:
            PathError: see `grant` and `grant_target`.
            PathRefusedError: see `grant` and `grant_target`.
            StoreError: it cannot be remembered; it holds until this program ends.
            DiskLessError: the same, for lack of room.
        """
        wanted = self._understood(path)
        # No look before: what is there is what could be found, at the one moment that counts.
        with _opening(wanted):
            try:
                found = locate(wanted)
            except FileNotFoundError:
                found = None
        if found is None:
            return self.grant_target(wanted)
        with found:
            return self._grant_found(wanted, found)

    def grant(self, path: Path | str) -> Picked:
        """Open a file, or a folder with what is in it: the person has picked it.

        For what a person did, in a dialog or on the command line. Every client of the same user may
        ask for it all the same, as that client could read the file without us: this guards against
        mistakes. Through a link it is the link's present target that is opened. Where a place can
        be written, what was picked may be replaced too, as it may in the person's own folders.

        Nothing is remembered where the place is open without it.

        Raises:
            PathError: see `check_file`.
            PathRefusedError: it lies in a place, or is a folder around one, that no grant opens.
            StoreError: it cannot be remembered; it holds until this program ends.
            DiskLessError: the same, for lack of room.
        """
        wanted = self._understood(path)
        with _located(wanted) as found:
            return self._grant_found(wanted, found)

    def grant_file(self, path: Path | str) -> Picked:
        """`grant` for what has to be a file, such as a disc.

        Raises:
            PathError: see `grant`; it is no file.
            PathRefusedError: see `grant`.
            StoreError: it cannot be remembered; it holds until this program ends.
            DiskLessError: the same, for lack of room.
        """
        wanted = self._understood(path)
        with _located(wanted) as found:
            if found.kind is PathKind.FOLDER:
                raise _unusable(found.path, "is not a file")
            return self._grant_found(wanted, found)

    def grant_target(self, path: Path | str) -> Picked:
        """Open the place of a file that is still to be made: the person has named it in a dialog.

        Nothing is remembered where the place is open without it.

        Raises:
            PathError: see `check_target`.
            PathRefusedError: it lies in a place that no grant opens.
            StoreError: it cannot be remembered; it holds until this program ends.
            DiskLessError: the same, for lack of room.
        """
        wanted = self._understood(path)
        with self._target_folder(wanted) as folder:
            real = folder.path / wanted.name
            self._refuse_closed(wanted, real, None, PathKind.FILE, write=True)
            _refuse_as_target(folder, real)
            return self._remember(Picked(_utf8(real), PathKind.FILE))

    def revoke(self, path: Path | str) -> bool:
        """Take a grant back; whether there was one of that place, which may be gone by now.

        What was handed out already stays with its machine until it is switched off.

        Raises:
            PathError: `Invalid path`.
            StoreError: it cannot be remembered; it is gone until this program ends.
            DiskLessError: the same, for lack of room.
        """
        wanted = self._understood(path)
        return self._grants.remove(wanted) or self._grants.remove(Path(os.path.realpath(wanted)))

    def listed(self) -> tuple[Grant, ...]:
        """Every grant, by path."""
        return self._grants.listed()

    def note_no_more(self) -> None:
        """See to it that the file of the grants is there, also with nothing in it.

        Raises:
            StoreError: it cannot be written.
            DiskLessError: the same, for lack of room.
        """
        if self.listed():
            return
        # The library is closed: the grant would open nothing if we ended between the two.
        self._grants.add(self._library, PathKind.FOLDER)
        self._grants.remove(self._library)

    # -- Words and folders ------------------------------------------------------------------------

    def translate(self, path: Path | str) -> Path:
        """What a text means on this computer; nothing is said about permission.

        Raises:
            PathError: `Invalid path`.
        """
        return self._understood(path)

    def system_share_folder(self) -> Path:
        """The default shared folder (`SYSTEM_SHARE`), made when it is missing.

        Raises:
            StoreError: it cannot be made.
            DiskLessError: for lack of room.
        """
        return system_share_folder(self._folders)

    # -- How --------------------------------------------------------------------------------------

    def _understood(self, path: Path | str) -> Path:
        if isinstance(path, str):
            return translate(path, self._folders)
        if path.parts[:1] == ("~",):
            path = self._folders.home.joinpath(*path.parts[1:])
        if not path.is_absolute():
            raise malformed(str(path), "is not a whole path")
        refuse_unusable(str(path))
        return path

    def _grant_found(self, wanted: Path, found: Located) -> Picked:
        kind = found.kind
        asked = kind or PathKind.FILE
        self._refuse_closed(wanted, found.path, found.info, asked, write=False)
        if kind is None:
            raise _unusable(found.path, "is neither a file nor a folder")
        return self._remember(Picked(_utf8(found.path), kind))

    def _remember(self, picked: Picked) -> Picked:
        if not (self._folders.opens(picked.path) or self._is_covered(picked)):
            self._grants.add(picked.path, picked.kind)
        return picked

    def _is_covered(self, picked: Picked) -> bool:
        """Whether a grant opens all of it; one of a file that was here opens no folder."""
        return any(
            grant.covers(picked.path)
            and (picked.kind is PathKind.FILE or grant.kind is PathKind.FOLDER)
            for grant in self._grants.listed()
        )

    @contextmanager
    def _allowed(self, path: Path | str, kind: PathKind, *, write: bool) -> Iterator[Located]:
        wanted = self._understood(path)
        if kind is PathKind.FOLDER and wanted == self._folders.system_share:
            self.system_share_folder()
        with _located(wanted) as found:
            asked = kind if found.kind is kind else PathKind.FILE
            self._refuse_closed(wanted, found.path, found.info, asked, write=write)
            if found.kind is not kind:
                raise _unusable(found.path, f"is not a {kind}")
            self._refuse_unauthorised(wanted, found.path)
            _refuse_unreachable(found, write=write)
            yield found

    @contextmanager
    def _target_folder(self, wanted: Path) -> Iterator[Located]:
        if wanted.name in {"", ".."}:
            raise _unusable(wanted, "is no name for a file")
        if wanted.parent == self._folders.system_share:
            self.system_share_folder()
        with _located(wanted.parent) as folder:
            if folder.kind is not PathKind.FOLDER:
                raise _unusable(folder.path, "is not a folder")
            yield folder

    def _refuse_closed(
        self,
        wanted: Path,
        real: Path,
        info: os.stat_result | None,
        kind: PathKind,
        *,
        write: bool,
    ) -> None:
        objection = self._closed.objection(real, info, kind=kind, write=write)
        if objection is not None:
            raise PathRefusedError(
                f"{objection.text}: {_way(wanted, real)} {objection.reason}.",
                remedy=objection.remedy,
            )

    def _refuse_unauthorised(self, wanted: Path, real: Path) -> None:
        if self._folders.opens(real) or self._grants.cover(real):
            return
        raise PathRefusedError(
            f"{PATH_NOT_AUTHORIZED}: {_way(wanted, real)} is in none of the folders that are open "
            "to machines.",
            remedy=_how_to_grant(real),
        )


def _checked(found: Located, kind: PathKind) -> CheckedPath:
    return CheckedPath(
        path=_utf8(found.path),
        device=found.info.st_dev,
        inode=found.info.st_ino,
        kind=kind,
    )


@contextmanager
def _opening(path: Path) -> Iterator[None]:
    """Turn what the file system says about a path into an error for people."""
    try:
        yield
    except OSError as err:
        what = _TROUBLE.get(err.errno or 0, f"cannot be looked at: {err.strerror}")
        if err.errno == errno.ENAMETOOLONG:
            raise malformed(str(path), what) from err
        raise _unusable(path, what) from err


@contextmanager
def _located(path: Path) -> Iterator[Located]:
    with _opening(path):
        found = locate(path)
    with found:
        yield found


def _refuse_unreachable(found: Located, *, write: bool) -> None:
    """Whether this user may read, write, enter it; asked of the very thing."""
    wanted = os.R_OK | (os.W_OK if write else 0)
    if found.kind is PathKind.FOLDER:
        wanted |= os.X_OK
    if not os.access(found.through, wanted):
        verb = "changed" if write and os.access(found.through, wanted & ~os.W_OK) else "read"
        raise _unusable(found.path, f"may not be {verb} by you")


def _refuse_as_target(folder: Located, real: Path) -> None:
    if not os.access(folder.through, os.W_OK | os.X_OK):
        raise _unusable(folder.path, "may not be changed by you")
    try:
        there = os.stat(real.name, dir_fd=folder.handle, follow_symlinks=False)
    except FileNotFoundError:
        return
    # A link is replaced itself, never what it leads to.
    if not (stat.S_ISREG(there.st_mode) or stat.S_ISLNK(there.st_mode)):
        raise _unusable(real, "is there already and is no file")


def _utf8(path: Path) -> Path:
    """The engine takes names as text, and so does what we store."""
    try:
        str(path).encode()
    except UnicodeEncodeError as err:
        raise _unusable(path, "has a name that is not UTF-8") from err
    return path


def _way(wanted: Path, real: Path) -> str:
    """What was asked for, and where that really leads."""
    if wanted == real:
        return shown(str(real))
    return f"{shown(str(wanted))} leads to {shown(str(real))}, which"


def _how_to_grant(real: Path) -> str:
    words = str(real)
    if not words.isprintable():
        return "Choose it in a file dialog."
    return f"Choose it in a file dialog, or run: {APP_NAME} grant add {shlex.quote(words)}"


def _unusable(path: Path, what: str, remedy: str = _CHOOSE) -> PathError:
    return PathError(f"{INVALID_FILE_PATH}: {shown(str(path))} {what}.", remedy=remedy)
