"""What may be allowed, the answers that people give, and the file that keeps them.

One file for the whole library, `<library>/permissions.json`, and nothing in a machine's folder: a
folder that is copied in from elsewhere must not bring its own consent along.
"""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from uuid import UUID

from typing_extensions import override

from app.errors import DEVICE_ID_EMPTY, ParamError, StoreError
from app.vm.kept_document import KeptDocument

_log = logging.getLogger(__name__)

PERMISSIONS_FILE = "permissions.json"
SCHEMA_VERSION = 1
MAX_ITEM_BYTES = 4096  # PATH_MAX, linux/limits.h
MAX_DECISIONS = 4096
MAX_CLIENT_CHARACTERS = 64
MAX_REASON_CHARACTERS = 200

FOR_GOOD = 0
"""In the place of a run: the decision holds for every run. Of a caller: there is no run."""
THIS_PROCESS = -1
"""In the place of a run: what is no machine's lasts as long as this manager's process."""

_JOINERS = {"\u200c", "\u200d"}  # Zero-width joiners are part of emoji and of several scripts.
_UNSHOWABLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


class PermissionKind(StrEnum):
    """What can be allowed; the first three names are the `vm_manager` document's (section 2.2)."""

    CAMERA = "ohos.permission.CAMERA"
    MICROPHONE = "ohos.permission.MICROPHONE"
    HOST_ID = "ohos.permission.sec.ACCESS_UDID"
    CLIPBOARD_READ = "clipboard-read"
    SHARED_FOLDER = "shared-folder"
    USB_DEVICE = "usb-device"
    FILE_REQUEST = "file-request"

    @property
    def has_item(self) -> bool:
        """Whether it is given for one folder or device at a time."""
        return self in {PermissionKind.SHARED_FOLDER, PermissionKind.USB_DEVICE}


_ACTIONS = {
    PermissionKind.CAMERA: "use the camera",
    PermissionKind.MICROPHONE: "use the microphone",
    PermissionKind.HOST_ID: "learn this computer's number",
    PermissionKind.CLIPBOARD_READ: "read this computer's clipboard",
    PermissionKind.SHARED_FOLDER: "use the folder",
    PermissionKind.USB_DEVICE: "use the USB device",
    PermissionKind.FILE_REQUEST: "ask for files of this computer",
}


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing that can be allowed; as text ``kind`` or ``kind:item``.

    Attributes:
        kind: what it is about.
        item: of a shared folder its absolute path without ``..`` and without a slash at the end,
            so that one folder has one spelling; of a USB device its id. Empty for all others.
            At most 4096 bytes, all of it can be shown.
    """

    kind: PermissionKind
    item: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.kind, PermissionKind):
            raise ParamError("This is no kind of permission.")
        if self.kind.has_item:
            _check_item(self.kind, self.item)
        elif self.item:
            raise ParamError(
                f"The permission {self.kind} is not about single things.",
                remedy=f"Write {self.kind} alone.",
            )

    @override
    def __str__(self) -> str:
        return f"{self.kind}:{self.item}" if self.item else self.kind.value

    @classmethod
    def parse(cls, text: str) -> Permission:
        """Read the text form; a folder may be spelled with superfluous slashes.

        Raises:
            ParamError: there is no such permission.
        """
        if not isinstance(text, str):
            raise ParamError("A permission has to be text.")
        name, colon, item = text.partition(":")
        try:
            kind = PermissionKind(name)
        except ValueError:
            raise ParamError(
                f"There is no permission “{showable(name, 64)}”.",
                remedy=f"Use one of: {', '.join(PermissionKind)}.",
            ) from None
        if colon and not kind.has_item:
            raise ParamError(
                f"The permission {kind} is not about single things.", remedy=f"Write {kind} alone."
            )
        if kind is PermissionKind.SHARED_FOLDER and item:
            item = str(PurePosixPath(item))
        return cls(kind, item)

    @property
    def action(self) -> str:
        """What it lets somebody do, in the words that follow “may” or “Let … …?”."""
        words = _ACTIONS[self.kind]
        return f"{words} “{self.item}”" if self.item else words


class Answer(StrEnum):
    """What holds for a permission: ask at the next use, or one of three decisions."""

    ASK = "ask"
    ONCE = "once"
    ALWAYS = "always"
    NEVER = "never"


class Choice(StrEnum):
    """The buttons of the dialog: “Don't allow”, “This time”, “Always”.

    DENY is a no for this run, ONCE a yes for this run, ALWAYS a yes until it is taken back.
    """

    DENY = "deny"
    ONCE = "once"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the dialog shows.

    Attributes:
        subject: the machine's id; None when a program on this computer asks for itself.
        vm_name: the machine's name; empty without one.
        permission: what is asked for.
        client: how the asking program calls itself, empty when the machine asks. Never proof.
        reason: why, in the client's words; may be empty. Both are cut and made showable here.
    """

    subject: UUID | None
    vm_name: str
    permission: Permission
    client: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "client", showable(self.client, MAX_CLIENT_CHARACTERS))
        object.__setattr__(self, "reason", showable(self.reason, MAX_REASON_CHARACTERS))


AskPerson = Callable[[Request], Awaitable[Choice]]
"""Shows the dialog and returns what was chosen; when it is cancelled the dialog has to go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionState:
    """How things stand with one permission.

    Attributes:
        permission: which.
        answer: what holds now.
        refused: with ASK: somebody said no for the present run, so that it is not asked in it.
    """

    permission: Permission
    answer: Answer
    refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One answer as it is kept.

    Attributes:
        subject: the machine's id, None for programs on this computer.
        permission: what it is about.
        answer: ALWAYS, ONCE or NEVER.
        run_ms: start of the only run for which it holds, milliseconds since 1970, UTC, or one of
            `FOR_GOOD` and `THIS_PROCESS`. NEVER with a run is the dialog's “Don't allow”.
    """

    subject: UUID | None
    permission: Permission
    answer: Answer
    run_ms: int = FOR_GOOD

    def __post_init__(self) -> None:
        check_subject(self.subject, self.permission)
        bound = self.run_ms != FOR_GOOD
        right_answer = {Answer.ONCE: bound, Answer.ALWAYS: not bound, Answer.NEVER: True}
        right_run = self.run_ms >= THIS_PROCESS and (
            not bound or (self.run_ms == THIS_PROCESS) == (self.subject is None)
        )
        if not right_run or not right_answer.get(self.answer, False):
            raise ParamError("This is no answer about a permission that could be kept.")

    @property
    def key(self) -> Key:
        """The question that it answers."""
        return self.subject, self.permission

    @property
    def allows(self) -> bool:
        """Whether it is a yes."""
        return self.answer is not Answer.NEVER

    def holds_in(self, run_ms: int) -> bool:
        """Whether it says anything about that run."""
        return self.run_ms in {FOR_GOOD, run_ms}


Key = tuple[UUID | None, Permission]
"""Who, and what: one question."""


def check_subject(subject: UUID | None, permission: Permission) -> None:
    """Refuse a permission that only a machine can have, where there is no machine.

    Raises:
        ParamError: it is one.
    """
    if subject is None and permission.kind is not PermissionKind.HOST_ID:
        raise ParamError(
            f"The permission {permission.kind} is given to a machine.", remedy="Name the machine."
        )


def showable(text: str, limit: int) -> str:
    """The first `limit` characters, with what cannot be shown replaced."""
    shown = (char if _is_showable(char) else "\ufffd" for char in text[:limit])
    return "".join(shown).strip()


def _is_showable(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character) not in _UNSHOWABLE


def _check_item(kind: PermissionKind, item: str) -> None:
    if not isinstance(item, str) or not item.strip():
        if kind is PermissionKind.USB_DEVICE:
            raise ParamError(DEVICE_ID_EMPTY, remedy="Name the device.")
        raise ParamError(f"The permission {kind} needs a folder.", remedy=f"Write {kind}:/folder.")
    if not all(map(_is_showable, item)):
        raise ParamError("The name of a folder or device has characters that cannot be shown.")
    if len(item.encode()) > MAX_ITEM_BYTES:
        raise ParamError(
            f"The name of a folder or device is too long; {MAX_ITEM_BYTES} bytes are allowed."
        )
    if kind is PermissionKind.SHARED_FOLDER:
        _check_folder(item)


def _check_folder(item: str) -> None:
    path = PurePosixPath(item)
    # Two slashes at the beginning are a root of their own to POSIX, and to pathlib.
    if path.root != "/" or ".." in path.parts or str(path) != item:
        raise ParamError(
            "A shared folder is named by its whole path.",
            remedy="Give the path from / on, without “..”.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    decisions: tuple[Decision, ...]

    def __post_init__(self) -> None:
        if any(decision.run_ms == THIS_PROCESS for decision in self.decisions):
            raise ParamError("An answer of another process.")
        if len({decision.key for decision in self.decisions}) != len(self.decisions):
            raise ParamError("Two answers to one question.")


class ConsentFile:
    """`permissions.json` of one library. Only its manager may write; everything here blocks."""

    def __init__(self, library: Path) -> None:
        self._kept = KeptDocument(
            library / PERMISSIONS_FILE,
            _Document,
            schema_version=SCHEMA_VERSION,
            what="the permissions of this library",
            without_it="everything will be asked again",
            cannot_write="The permissions cannot be written.",
        )
        self._on_disk: frozenset[Decision] = frozenset()

    def read(self) -> tuple[Decision, ...]:
        """What was decided; never raises for what it finds.

        A damaged file is set aside; one of a newer version, or that cannot be read, is left alone.
        Either way everything is asked.
        """
        try:
            found = self._kept.read()
        except StoreError as err:
            _log.warning("everything will be asked: %s", err)
            return ()
        if found is None:
            return ()
        self._on_disk = frozenset(found.decisions)
        return found.decisions

    def write(self, decisions: Collection[Decision]) -> None:
        """Make `decisions` all that is kept; returns when they are safely on disk.

        Raises:
            StoreError: they cannot be written, or are too many; the file is as it was.
            DiskLessError: the disk is full.
            NewerVersionError, UnreadableError: the file is left alone, see `KeptDocument`.
        """
        obstacle = self._kept.obstacle()
        if obstacle is not None:
            raise obstacle
        wanted = frozenset(decisions)
        if wanted == self._on_disk:
            return
        document = _Document(decisions=tuple(decisions))
        # What could not be read again would take every other answer along.
        if len(decisions) > MAX_DECISIONS or not self._kept.fits(document):
            raise StoreError(
                "There are too many permissions in this library.",
                remedy="Set some that are not needed any more to “ask”.",
            )
        self._kept.write(document)
        self._on_disk = wanted
