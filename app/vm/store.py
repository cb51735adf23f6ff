"""The library on disk: one folder a machine, a trash, and who may write.

    <library>/machines/<slug>-<id8>/machine.json      the description, and machine.json.good
    <library>/machines/.new-<id8>/                    a machine that is being made
    <library>/trash/<milliseconds>-<folder>/          destroyed machines, until emptied
    <library>/tasks/                                  long work under way (`app.vm.task_journal`)

Every write is a whole new file that is renamed into place. The copy that was read last without a
fault is kept beside it. Damaged machines are listed with what is wrong, never dropped and never
overwritten. All functions block; call them in a thread when the loop must not wait.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import NAMESPACE_OID, UUID, uuid5

from app.atomic import sync_folder, write_atomically
from app.errors import DiskLessError, NewerVersionError, StoreError, UnknownVmError
from app.paths import fold_name, slug
from app.reading import UnreadableError, read_small_file
from app.vm.codec import MAX_DOCUMENT_BYTES, from_json, to_json
from app.vm.model import (
    MIN_MEMORY_MIB,
    SCHEMA_VERSION,
    Chipset,
    Firmware,
    HardwareRecord,
    VmConfig,
    showable_name,
)

_log = logging.getLogger(__name__)

CONFIG_FILE = "machine.json"
GOOD_COPY = "machine.json.good"
RUN_FILE = "run.json"
PID_FILE = "engine.pid"
ENGINE_LOG = "engine.log"
THUMBNAIL = "thumbnail.png"
VARIABLES_FILE = "vars.fd"
FIRMWARE_FILE = "firmware.bin"
SNAPSHOTS_FILE = "snapshots.json"
SNAPSHOTS_FOLDER = "snapshots"
RESTORE_FILE = "restore.json"
"""Journal of a way back to a snapshot that is not at its end."""
DAMAGED_COPY = "machine.json.damaged"
# Version 2 added `opaque`, version 3 `outputs` of a device; both may be missing.
_MIGRATIONS = {1: lambda document: document, 2: lambda document: document}
_BUILDING = ".new-"
_BUILDING_NAME = re.compile(r"\.new-[0-9a-f]{8}")
_OUR_NAME = re.compile("[a-z0-9-]*")
_TRASHED_NAME = re.compile(r"[0-9]+-.+", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Stored:
    """One machine's folder as it was found.

    Attributes:
        folder: where its files are.
        config: its description; a stand-in named after the folder when it cannot be read.
        problem: what is wrong, None when all is well.
    """

    folder: Path
    config: VmConfig
    problem: StoreError | None = None


class Library:
    """All machines of one library. Only the process that holds the manager lock may write."""

    def __init__(self, root: Path) -> None:
        root = root.absolute()  # The engine works in another folder than we do.
        self.root = root
        self.machines = root / "machines"
        self.trash = root / "trash"
        self.tasks = root / "tasks"
        self.lock_path = root / "manager.lock"

    def scan(self) -> list[Stored]:
        """Every machine, in the order of the folders' names; second copies are marked as such.

        Raises:
            StoreError: the library cannot be read.
        """
        with storing("The machines folder cannot be read."):
            if not self.machines.is_dir():
                return []
            folders = sorted(
                Path(entry.path)
                for entry in os.scandir(self.machines)
                if not entry.name.startswith(".") and (entry.is_dir() or entry.is_symlink())
            )
        return _mark_copies([look(folder) for folder in folders])

    def remove_unfinished(self) -> list[Path]:
        """Remove machines whose making was cut off; nobody has ever seen them."""
        if not self.machines.is_dir():
            return []
        removed = []
        for path in self.machines.iterdir():
            if _BUILDING_NAME.fullmatch(path.name) and path.is_dir() and not path.is_symlink():
                _log.info("removing %s, which was never finished", path.name)
                try:
                    shutil.rmtree(path)
                except OSError as err:
                    _log.warning("%s cannot be removed: %s", path.name, err)
                else:
                    removed.append(path)
        return removed

    def building(self, vm_id: UUID) -> Path:
        """Folder in which a new machine is built."""
        return self.machines / f"{_BUILDING}{vm_id.hex[:8]}"

    def begin(self, vm_id: UUID) -> Path:
        """Make the folder in which a new machine is built; `finish` gives it its name."""
        self.machines.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = self.building(vm_id)
        folder.mkdir(mode=0o700)
        return folder

    def finish(self, building: Path, config: VmConfig) -> Path:
        """Write the description and let the machine appear in the library."""
        save_config(building, config)
        sync_folder(building)
        folder = self.machines / _folder_name(config)
        building.rename(folder)
        sync_folder(self.machines)
        return folder

    def discard(self, building: Path) -> None:
        """Forget a machine that could not be made."""
        if building.parent == self.machines and building.name.startswith(_BUILDING):
            shutil.rmtree(building, ignore_errors=True)

    def move_to_trash(self, folder: Path) -> Path:
        """Take a machine out of the library; every file is kept."""
        self.trash.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = self.trash / f"{time.time_ns() // 1_000_000}-{folder.name}"
        try:
            folder.rename(target)
        except OSError as err:
            if err.errno != errno.EXDEV:
                raise
            raise StoreError(
                "The machine could not be moved to the trash, which lies on another disk.",
                remedy=f"Put {self.trash} on the disk of the machines, then delete it again.",
            ) from err
        sync_folder(self.trash)
        sync_folder(self.machines)
        return target

    def newest_in_trash(self, name: str) -> Path:
        """Folder of the machine called `name` that was destroyed last.

        Raises:
            UnknownVmError: the trash has none.
        """
        wanted = fold_name(name)
        folders = sorted(self.trash.iterdir(), reverse=True) if self.trash.is_dir() else []
        for folder in folders:
            if _TRASHED_NAME.fullmatch(folder.name) and (
                fold_name(look(folder).config.name) == wanted
            ):
                return folder
        raise UnknownVmError(
            f"The trash has no machine called “{name}”.",
            remedy="Look for it in the list of machines.",
        )

    def take_from_trash(self, folder: Path) -> Path:
        """Bring a machine back under the folder name it had."""
        _, _, name = folder.name.partition("-")
        self.machines.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = self.machines / name
        if target.exists() or target.is_symlink():
            raise StoreError(
                f"There is already a folder {name} in the library.",
                remedy="Rename or move that machine first.",
            )
        folder.rename(target)
        sync_folder(self.machines)
        sync_folder(self.trash)
        return target


@contextmanager
def storing(failure: str) -> Iterator[None]:
    """Turn what the file system refuses inside the block into an error for people.

    Raises:
        DiskLessError: the disk is full.
        StoreError: with the sentence `failure`.
    """
    try:
        yield
    except OSError as err:
        if err.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskLessError(
                f"{failure} The disk is full.", remedy="Make room on that disk.", detail=str(err)
            ) from err
        raise StoreError(
            failure,
            remedy="Look whether the folder is there and whether you may write to it.",
            detail=str(err),
        ) from err


def save_config(folder: Path, config: VmConfig) -> None:
    """Replace a machine's description; the previous one stays as the good copy.

    A description that is damaged is set aside first, never overwritten, and neither is the good
    copy that stands in for it.

    Raises:
        OSError: it could not be written; the previous one holds.
        NewerVersionError: what is there was written by a newer version, and is left alone.
    """
    path = folder / CONFIG_FILE
    try:
        _load(path)
    except (NewerVersionError, UnreadableError):  # what it holds is not known to be worthless
        raise
    except StoreError:
        if path.exists() or path.is_symlink():
            path.replace(folder / DAMAGED_COPY)
    else:
        write_atomically(folder / GOOD_COPY, path.read_bytes())
    write_atomically(path, to_json(config, schema_version=SCHEMA_VERSION))


def read_config(path: Path) -> VmConfig:
    """Read one description, with nothing to fall back on.

    Raises:
        StoreError: it cannot be read.
    """
    return _load(path)


def load_config(folder: Path) -> VmConfig:
    """Read a machine's description; a damaged one falls back to the good copy.

    Raises:
        StoreError: neither can be read.
        NewerVersionError: a newer version wrote it.
    """
    try:
        return _load(folder / CONFIG_FILE)
    except NewerVersionError:
        raise
    except StoreError as err:
        try:
            config = _load(folder / GOOD_COPY)
        except StoreError:
            raise err from None
        _log.warning(
            "%s: the description is damaged (%s); using the last good copy", folder.name, err
        )
        return config


def look(folder: Path) -> Stored:
    """What a machine's folder holds, with what is wrong; never raises for what it finds."""
    try:
        config = load_config(folder)
    except StoreError as err:
        return Stored(folder, _stand_in(folder), err)
    return Stored(folder, config, _problem_of_files(folder, config))


def _load(path: Path) -> VmConfig:
    try:
        data = read_small_file(path, MAX_DOCUMENT_BYTES)
    except FileNotFoundError:
        raise StoreError(f"{path.name} is missing.", remedy="Restore it from a backup.") from None
    return from_json(VmConfig, data, schema_version=SCHEMA_VERSION, migrations=_MIGRATIONS)


def _problem_of_files(folder: Path, config: VmConfig) -> StoreError | None:
    needed = {disk.file: "disk" for disk in config.disks}
    if not needed:
        return StoreError("The description names no disk.")
    if config.hardware.firmware is Firmware.UEFI:
        needed[VARIABLES_FILE] = "file with the firmware's settings"
    if config.hardware.firmware is Firmware.FILE:
        needed[FIRMWARE_FILE] = "firmware image"
    for name, what in needed.items():
        try:
            kind = (folder / name).lstat().st_mode
        except OSError as err:
            return StoreError(
                f"A {what} is missing: {name}.",
                remedy="Put the file back into the machine's folder.",
                detail=str(err),
            )
        if not stat.S_ISREG(kind):  # A link could lead the guest's writes to any file.
            return StoreError(
                f"A {what} is not a file: {name}.",
                remedy="Put the file itself into the machine's folder, no link to it.",
            )
    return None


def _mark_copies(found: list[Stored]) -> list[Stored]:
    """Of machines with the same id or name one counts; the others get a problem.

    The one whose folder looks most like the name that we give counts: a copy made by hand is
    called "Copy of ..." or "...-2".
    """
    owners: dict[UUID, Stored] = {}
    names: dict[str, Stored] = {}
    for entry in sorted(found, key=_strangeness):
        owner = owners.setdefault(entry.config.id, entry)
        if owner is entry:
            names.setdefault(fold_name(entry.config.name), entry)
    shown = set(names)
    return [_marked(entry, owners, names, shown) for entry in found]


def _strangeness(entry: Stored) -> tuple[bool, bool, int, str]:
    name = entry.folder.name
    ours = name.endswith(entry.config.id.hex[:8]) and _OUR_NAME.fullmatch(name) is not None
    return entry.problem is not None, not ours, len(name), name


def _marked(
    entry: Stored, owners: dict[UUID, Stored], names: dict[str, Stored], shown: set[str]
) -> Stored:
    owner = owners[entry.config.id]
    namesake = names[fold_name(entry.config.name)]
    if owner is entry and namesake is entry:
        return entry
    if owner is not entry:
        problem = _copy_problem(owner)
    else:
        problem = entry.problem or _namesake_problem(namesake)
    name = showable_name(f"{entry.config.name[:60]} ({entry.folder.name})")
    number = 1
    while fold_name(name) in shown:
        number += 1
        name = showable_name(f"{entry.config.name[:60]} ({entry.folder.name[:50]} {number})")
    shown.add(fold_name(name))
    return Stored(entry.folder, replace(_stand_in(entry.folder), name=name), problem)


def _stand_in(folder: Path) -> VmConfig:
    """What to show of a machine whose description cannot be used; it is never written."""
    hardware = HardwareRecord(
        layout_version=0,
        arch="",
        machine_type="",
        chipset=Chipset.Q35,
        firmware=Firmware.BIOS,
        clock="utc",
        devices=(),
    )
    return VmConfig(
        id=uuid5(NAMESPACE_OID, os.fsencode(folder).hex()),
        name=showable_name(folder.name),
        cpus=1,
        memory_mib=MIN_MEMORY_MIB,
        disks=(),
        hardware=hardware,
    )


def _copy_problem(other: Stored) -> StoreError:
    return StoreError(
        f"This is a copy of the machine in {other.folder.name}.",
        remedy="Move one of the two folders out of the library.",
    )


def _namesake_problem(other: Stored) -> StoreError:
    return StoreError(
        f"The machine in {other.folder.name} has the same name.",
        remedy="Move one of the two folders out of the library.",
    )


def _folder_name(config: VmConfig) -> str:
    return "-".join(part for part in (slug(config.name), config.id.hex[:8]) if part)
