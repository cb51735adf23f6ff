"""A whole machine from elsewhere: an OVA, or an OVF with its files beside it; read where it lies.

Everything here blocks: call it in a thread.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.errors import MediaError
from app.paths import fold_name
from app.vm.document_paths import shown
from app.vm.images import ova_manifest, ovf_xml
from app.vm.images.bounds import damaged
from app.vm.images.looking import Identity, identity_in, opened
from app.vm.images.ova_manifest import FileDigest, Readable, check_digests, parse_manifest
from app.vm.images.ovf import OvfFile, OvfMachine, parse_ovf
from app.vm.images.source import Window
from app.vm.images.tar_index import Read, read_index
from app.vm.model import MAX_NAME_CHARACTERS, showable_name

_OVA, _OVF, _MANIFEST = ".ova", ".ovf", ".mf"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file of the machine is.

    Attributes:
        path: of it, or of the archive that it is in.
        window: its bytes there.
    """

    path: Path
    window: Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A machine that can be read.

    Attributes:
        path: of the archive or the description.
        machine: what the description says.
        places: of the files that are there, by name.
        digests: of the manifest; empty without one.
        files: all that were looked at, as they were.
    """

    path: Path
    machine: OvfMachine
    places: Mapping[str, Place]
    digests: tuple[FileDigest, ...]
    files: Mapping[Path, Identity]


def is_archive(path: Path) -> bool:
    """Whether it holds a machine, by its name."""
    return path.suffix.casefold() in {_OVA, _OVF}


def open_archive(path: Path) -> Archive:
    """Look at a machine; blocks.

    Args:
        path: its name ends with .ova or .ovf.

    Raises:
        MediaError: it is damaged, hostile, not complete, or cannot be read.
    """
    name = shown(path.name)
    try:
        path = path.parent.resolve(strict=True) / path.name
        str(path).encode()
        if path.suffix.casefold() == _OVA:
            return _from_tar(path, name)
        return _from_folder(path, name)
    except UnicodeEncodeError as err:
        raise MediaError(f"The path of {name} is not UTF-8.", remedy="Rename it.") from err
    except OSError as err:
        raise MediaError(
            f"{name} cannot be read: {err.strerror}.",
            remedy="Look whether it is still there and whether you may read it.",
        ) from err


def proposed_name(path: Path, taken: Iterable[str]) -> str:
    """A name for the machine in an archive: its own, with a number when that is taken; blocks.

    Args:
        path: of the archive or the description.
        taken: names of other machines.

    Raises:
        MediaError: see `open_archive`.
    """
    folded = {fold_name(name) for name in taken}
    name = showable_name(open_archive(path).machine.name or path.stem)
    candidate, number = name, 2
    while fold_name(candidate) in folded:
        ending = f" {number}"
        candidate = name[: MAX_NAME_CHARACTERS - len(ending)].rstrip() + ending
        number += 1
    return candidate


def place_of(archive: Archive, file: OvfFile) -> Place:
    """Where a file of the description is.

    Raises:
        MediaError: it is missing, or has another size than the description says.
    """
    for name in file.names:
        if name in archive.places:
            place = archive.places[name]
            break
    else:
        raise MediaError(
            f"{shown(archive.path.name)} is not complete: {shown(file.names[0])} is missing.",
            remedy="Copy or download all of its files again.",
        )
    if file.size not in {None, place.window.size}:
        raise damaged(
            shown(archive.path.name),
            f"it says that {shown(file.names[0])} has {file.size} bytes, "
            f"but there are {place.window.size}",
        )
    return place


def check_manifest(archive: Archive, tell: Callable[[float], None], stop: threading.Event) -> None:
    """Compare the files with their digests, where there are any; blocks as long as reading takes.

    Raises:
        MediaError: a file is damaged, cannot be read, or has no digest.
        StoppedError: `stop` was set.
    """
    if not archive.digests:
        return
    name = shown(archive.path.name)
    ova_manifest.check_complete(archive.digests, archive.places, name)
    try:
        with ExitStack() as stack:
            files = {
                file: stack.enter_context(reading(place.path, place.window))
                for file, place in archive.places.items()
            }
            wanted = [
                (line, Readable(shown(line.name), archive.places[line.name].window.size, read))
                for line in dict.fromkeys(archive.digests)
                if (read := files.get(line.name)) is not None
            ]
            check_digests(wanted, tell, stop)
    except OSError as err:
        raise MediaError(f"{name} cannot be read: {err.strerror}.", detail=str(err)) from err


def check_same(archive: Archive) -> None:
    """Refuse a machine whose files were changed or exchanged since it was looked at.

    Raises:
        MediaError: it is refused.
    """
    for path, identity in archive.files.items():
        try:
            found = identity_in(path.lstat())
        except OSError as err:
            raise MediaError(
                f"{shown(path.name)} went away while it was imported.", remedy="Import it again."
            ) from err
        if found != identity:
            raise MediaError(
                f"{shown(path.name)} was changed while it was imported.",
                remedy="Close the programs that use it, then import it again.",
            )


@contextmanager
def reading(path: Path, window: Window) -> Iterator[Read]:
    """Gives bytes of a part of a plain file, for the time of the block.

    Raises:
        MediaError: it is a link, or no file.
        OSError: it cannot be opened.
    """
    with opened(path, shown(path.name)) as handle:

        def read(at: int, length: int) -> bytes:
            return os.pread(handle, max(0, min(length, window.size - at)), window.offset + at)

        yield read


def _from_tar(path: Path, name: str) -> Archive:
    with opened(path, name) as handle:
        status = os.fstat(handle)
        members = read_index(lambda at, length: os.pread(handle, length, at), status.st_size, name)
        places = {member.name: Place(path, member.window) for member in members}
        descriptions = [file for file in places if file.casefold().endswith(_OVF)]
        if len(descriptions) != 1:
            raise damaged(name, f"it holds {len(descriptions)} descriptions of a machine, not one")
        description = descriptions[0]

        def small(file: str, most: int) -> bytes:
            window = places[file].window
            if window.size > most:
                raise damaged(name, f"{shown(file)} in it is too large")
            return os.pread(handle, window.size, window.offset)

        machine = parse_ovf(small(description, ovf_xml.MOST_BYTES), shown(description))
        digests: tuple[FileDigest, ...] = ()
        manifests = [file for file in places if file.casefold().endswith(_MANIFEST)]
        if len(manifests) > 1:
            raise damaged(name, f"it holds {len(manifests)} lists of digests")
        for manifest in manifests:
            digests = parse_manifest(small(manifest, ova_manifest.MOST_BYTES), shown(manifest))
    used = {description, *(file for one in machine.files for file in one.names)}
    return Archive(
        path=path,
        machine=machine,
        places={file: place for file, place in places.items() if file in used},
        digests=digests,
        files={path: identity_in(status)},
    )


def _from_folder(path: Path, name: str) -> Archive:
    files: dict[Path, Identity] = {}
    machine = parse_ovf(_small(path, ovf_xml.MOST_BYTES, files), name)
    places = {path.name: Place(path, Window(0, files[path][2]))}
    for file in (beside for one in machine.files for beside in one.names):
        place = path.with_name(file)
        try:
            with opened(place, shown(file)) as handle:
                files[place] = identity_in(os.fstat(handle))
        except FileNotFoundError:
            continue  # Whether it is needed is known to those who ask for its place.
        places[file] = Place(place, Window(0, files[place][2]))
    digests: tuple[FileDigest, ...] = ()
    manifest = path.with_suffix(_MANIFEST)
    if os.path.lexists(manifest):
        data = _small(manifest, ova_manifest.MOST_BYTES, files)
        digests = parse_manifest(data, shown(manifest.name))
    return Archive(path=path, machine=machine, places=places, digests=digests, files=files)


def _small(path: Path, most: int, files: dict[Path, Identity]) -> bytes:
    name = shown(path.name)
    with opened(path, name) as handle:
        status = os.fstat(handle)
        if status.st_size > most:
            raise damaged(name, "it is too large for what it should be")
        files[path] = identity_in(status)
        return os.pread(handle, most, 0)
