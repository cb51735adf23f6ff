"""The manifest beside a machine's description: a digest of every file, which is read in place.

It tells damage, not deceit: who changes a file can change the manifest. A certificate beside it is
not looked at, and nothing is trusted for its sake.

Source: DMTF DSP0243 2.1.1, chapter "Distribution", manifest file; FIPS 180-4.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.errors import MediaError
from app.vm.images.bounds import cut_off, damaged
from app.vm.images.file_copy import StoppedError
from app.vm.images.tar_index import Read

MOST_BYTES = 256 << 10
_LINE = re.compile(r"(SHA\d*|MD5)\s*\(([^\r\n]{1,255})\)\s*=\s*([0-9A-Fa-f]+)", re.ASCII)
_ALGORITHMS = {"SHA1": 40, "SHA256": 64, "SHA384": 96, "SHA512": 128}
"""By how many hexadecimal digits they have."""
_MOST_LINES = 1024
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class FileDigest:
    """A line of the manifest.

    Attributes:
        name: of the file.
        algorithm: for `hashlib`.
        digest: hexadecimal, in small letters.
    """

    name: str
    algorithm: str
    digest: str


@dataclass(frozen=True, slots=True)
class Readable:
    """A file, or the part of an archive that one is.

    Attributes:
        name: for people.
        size: bytes.
        read: gives some of them.
    """

    name: str
    size: int
    read: Read


def parse_manifest(data: bytes, name: str) -> tuple[FileDigest, ...]:
    """The digests that a manifest lists.

    Args:
        data: the whole file.
        name: of it, for people.

    Raises:
        MediaError: it cannot be read, or has digests of an unknown kind.
    """
    if len(data) > MOST_BYTES:
        raise damaged(name, "it is too large for a list of digests")
    try:
        lines = [line.strip() for line in data.decode().splitlines()]
    except UnicodeDecodeError as err:
        raise damaged(name, "it is not a text") from err
    lines = [line for line in lines if line]
    if len(lines) > _MOST_LINES:
        raise damaged(name, "it lists too many files")
    return tuple(_digest(line, name) for line in lines)


def check_complete(listed: Iterable[FileDigest], needed: Iterable[str], name: str) -> None:
    """Refuse a manifest that leaves out a file that the machine is made from.

    Raises:
        MediaError: with the file's name.
    """
    known = {line.name for line in listed}
    for missing in sorted(set(needed) - known):
        raise MediaError(
            f"{name} has no digest of {missing}.",
            remedy="Use another copy, or remove the manifest to import without a check.",
        )


def check_digests(
    wanted: Sequence[tuple[FileDigest, Readable]],
    tell: Callable[[float], None],
    stop: threading.Event,
) -> None:
    """Read all files and compare; blocks.

    Args:
        wanted: what each file has to have.
        tell: told fractions of 1.
        stop: set to end it.

    Raises:
        MediaError: a file is not the one that the manifest means, or is cut off.
        StoppedError: `stop` was set.
        OSError: a file cannot be read.
    """
    total = max(1, sum(file.size for _, file in wanted))
    done = 0
    for line, file in wanted:
        found = hashlib.new(line.algorithm, usedforsecurity=False)
        at = 0
        while at < file.size:
            if stop.is_set():
                raise StoppedError
            data = file.read(at, min(_CHUNK, file.size - at))
            if not data:
                raise cut_off(file.name)
            found.update(data)
            at += len(data)
            tell((done + at) / total)
        done += file.size
        if found.hexdigest() != line.digest:
            raise MediaError(
                f"{file.name} is damaged: it is not what its manifest says.",
                remedy="Copy or download it again.",
                detail=f"{line.algorithm}: {found.hexdigest()}, expected {line.digest}",
            )


def _digest(line: str, name: str) -> FileDigest:
    found = _LINE.fullmatch(line)
    if found is None:
        raise damaged(name, "a line in it is no digest of a file")
    algorithm, file, digest = found.groups()
    if algorithm not in _ALGORITHMS:
        raise MediaError(
            f"{name} has digests of a kind that is not known here: {algorithm}.",
            remedy="Export the machine again where it came from, with SHA256.",
        )
    if len(digest) != _ALGORITHMS[algorithm]:
        raise damaged(name, "a digest in it is too short or too long")
    return FileDigest(file.strip().removeprefix("./"), algorithm.lower(), digest.lower())
