"""Paths in the spelling of the `vm_manager` document, and what they mean on this computer.

Programs that were written for HarmonyOS PC name files by its folders. One table translates them
(`vm_manager` document, section 6.3). Reading a text decides nothing about permission: what comes
out is judged like every other path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from urllib.parse import unquote_to_bytes

from app.errors import INVALID_PATH, PathError
from app.vm.user_folders import UserFolders, is_folder_there

_MAX_PATH_BYTES = 4095  # PATH_MAX without its closing zero, path_resolution(7)
_SHOWN_CHARACTERS = 200
_SCHEME = re.compile(r"file:", re.IGNORECASE)
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_DOCUMENT_HOST = "docs"
_HOSTS = {"": "", "localhost": "", _DOCUMENT_HOST: _DOCUMENT_HOST}  # RFC 8089, section 2
_GIVE_A_PATH = "Give the path of a file or folder."
_LEADS_OUT = "leads out of a folder by “..”"


class Meaning(StrEnum):
    """What a prefix of the document stands for."""

    HOME = "home"
    EXTERNAL = "external"
    SHARE = "share"


PREFIXES: Mapping[str, Meaning] = MappingProxyType(
    {
        "file://docs/storage/Users/currentUser/": Meaning.HOME,
        "file://docs/storage/Users/currentUser/.VMDocs/.hwf_share/": Meaning.SHARE,
        "file://docs/storage/External/": Meaning.EXTERNAL,
        "/docs/storage/Users/currentUser/": Meaning.HOME,
        "/docs/storage/Users/currentUser/.VMDocs/.hwf_share/": Meaning.SHARE,
        "/hmdfs/account/files/Docs/": Meaning.HOME,
        "/local/files/Docs/": Meaning.HOME,
        "/mnt/data/external/": Meaning.EXTERNAL,
    }
)
"""The document's prefixes. The longest that fits counts; with or without the last slash."""


def translate(
    text: str, folders: UserFolders, *, is_folder: Callable[[Path], bool] = is_folder_there
) -> Path:
    """The absolute path that a text means on this computer.

    Understood are the document's prefixes, `file:` URLs of this computer (RFC 8089), absolute
    paths, and ``~``. Escapes (``%20``) are decoded in URLs only, and once.

    A prefix without ``file:`` can be a real folder on Linux, `/mnt/data/external/` above all. Then
    it means that folder: who mounted something there knows nothing of the document. It is the
    prefix that has to exist, not the file, so that a name means the same before a file is made.

    Args:
        text: as a program or a person wrote it.
        folders: of the person.
        is_folder: whether a folder is there; blocks shortly.

    Raises:
        PathError: `Invalid path`, it is malformed.
    """
    refuse_unusable(text)
    if _SCHEME.match(text):
        host, segments = _taken_apart(text)
        if host == _DOCUMENT_HOST:
            return _of_document(text, segments, folders)
    elif text == "~" or text.startswith("~/"):
        return folders.home.joinpath(*_segments(text[1:]))
    else:
        if not text.startswith("/"):
            raise malformed(text, "is not a whole path", "Give the path from the first slash on.")
        segments = _segments(text)
    found = _meaning("", segments)
    if found is None or _is_real(segments, is_folder):
        return Path("/", *segments)
    return _placed(text, *found, folders)


def malformed(
    text: str, what: str, remedy: str = "Give the path of a file or folder."
) -> PathError:
    """`Invalid path` for a text that can be no path here."""
    return PathError(f"{INVALID_PATH}: {shown(text)} {what}.", remedy=remedy)


def shown(text: str) -> str:
    """A path inside a sentence: nothing that a terminal would obey, and not endless."""
    plain = text if text.isprintable() else ascii(text)[1:-1]
    return plain if len(plain) <= _SHOWN_CHARACTERS else f"{plain[:_SHOWN_CHARACTERS]}…"


def refuse_unusable(text: str) -> None:
    """Refuse what can be no path that the engine could be told.

    Raises:
        PathError: `Invalid path`.
    """
    if not text:
        raise malformed("“”", "is empty")
    if "\0" in text:
        raise malformed(text, "has a zero in it")
    if not is_utf8(text):
        raise malformed(text, "is not UTF-8 text")
    if len(text.encode()) > _MAX_PATH_BYTES:
        raise malformed(text, "is longer than a path may be")


def is_utf8(text: str) -> bool:
    """Whether it can be written as UTF-8; half of a surrogate pair cannot."""
    return text.encode(errors="replace").decode() == text  # it becomes a question mark


def _taken_apart(url: str) -> tuple[str, list[str]]:
    """Host and decoded segments of a `file:` URL; no host means this computer."""
    rest = url[len("file:") :]
    host, path = "", rest
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        path = slash + path
    if not path.startswith("/"):
        raise malformed(url, "has no path in it")
    if {"?", "#"} & set(rest) or _ESCAPE.search(rest):
        raise malformed(url, "is not a URL of a file", "Write %25 for %, %3F for ? and %23 for #.")
    if (host := host.lower()) not in _HOSTS:
        raise malformed(url, "names another computer")
    segments = _segments(_decoded(url, path))
    if ".." in segments:
        raise malformed(url, _LEADS_OUT)
    return _HOSTS[host], segments


def _decoded(url: str, path: str) -> str:
    """Decode escapes once; what would change the shape of the path is refused."""
    decoded = unquote_to_bytes(path)
    if b"\0" in decoded:
        raise malformed(url, "has a zero in it")
    if decoded.count(b"/") != path.count("/"):
        raise malformed(url, "has an escaped slash in it")
    try:
        return decoded.decode()
    except UnicodeDecodeError as err:
        raise malformed(url, "is not UTF-8 text") from err


def _of_document(text: str, segments: list[str], folders: UserFolders) -> Path:
    found = _meaning(_DOCUMENT_HOST, segments)
    if found is None:
        raise malformed(text, "names a place that this computer does not have")
    return _placed(text, *found, folders)


def _segments(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in {"", "."}]


def _meaning(host: str, segments: list[str]) -> tuple[Meaning, list[str]] | None:
    """What the longest prefix stands for, and what follows it."""
    fitting = [
        (len(prefix), meaning)
        for (its_host, prefix), meaning in _TABLE.items()
        if its_host == host and tuple(segments[: len(prefix)]) == prefix
    ]
    if not fitting:
        return None
    length, meaning = max(fitting)
    return meaning, segments[length:]


def _is_real(segments: list[str], is_folder: Callable[[Path], bool]) -> bool:
    """Whether one of the prefixes that fit is a folder of this computer."""
    return any(
        not host and tuple(segments[: len(prefix)]) == prefix and is_folder(Path("/", *prefix))
        for host, prefix in _TABLE
    )


def _placed(text: str, meaning: Meaning, rest: list[str], folders: UserFolders) -> Path:
    if ".." in rest:
        raise malformed(text, _LEADS_OUT)
    match meaning:
        case Meaning.EXTERNAL:
            return folders.external.joinpath(*rest)
        case Meaning.SHARE:
            return folders.system_share.joinpath(*rest)
        case Meaning.HOME:
            return _in_home(rest, folders)


def _in_home(rest: list[str], folders: UserFolders) -> Path:
    """Below home the document's three folders are the person's, whatever they are called here."""
    known = {
        "Desktop": folders.desktop,
        "Documents": folders.documents,
        "Download": folders.downloads,
    }
    if rest and rest[0] in known:
        return known[rest[0]].joinpath(*rest[1:])
    return folders.home.joinpath(*rest)


def _row(prefix: str) -> tuple[str, tuple[str, ...]]:
    if _SCHEME.match(prefix):
        return _DOCUMENT_HOST, tuple(_segments(prefix.removeprefix(f"file://{_DOCUMENT_HOST}")))
    return "", tuple(_segments(prefix))


_TABLE = {_row(prefix): meaning for prefix, meaning in PREFIXES.items()}
