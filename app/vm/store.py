"""The library on disk: one folder a machine, a trash, and who may write.

    <library>/machines/<slug>-<id8>/machine.json      the description, and machine.json.good
    <library>/machines/.new-<id8>/                    a machine that is being made
    <library>/trash/<milliseconds>-<folder>/          destroyed machines, until emptied

Every write is a whole new file that is renamed into place. The copy that was read last without a
fault is kept beside it. Damaged machines are listed with what is wrong, never dropped and never
overwritten. All functions block; call them in a thread when the loop must not wait.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import NAMESPACE_OID, UUID, uuid5

from app.atomic import sync_folder, write_atomically
from app.errors import StoreError, UnknownVmError
from app.paths import fold_name, slug
from app.vm.codec import from_json, to_json
from app.vm.model import (
    MAX_NAME_CHARACTERS,
    MIN_MEMORY_MIB,
    SCHEMA_VERSION,
    Chipset,
    Firmware,
    HardwareRecord,
    VmConfig,
)

_log = logging.getLogger(__name__)

CONFIG_FILE = "machine.json"
GOOD_COPY = "machine.json.good"
RUN_FILE = "run.json"
PID_FILE = "engine.pid"
ENGINE_LOG = "engine.log"
THUMBNAIL = "thumbnail.png"
_BUILDING = ".new-"


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
        self.root = root
        self.machines = root / "machines"
        self.trash = root / "trash"
        self.lock_path = root / "manager.lock"

    def scan(self) -> list[Stored]:
        """Every machine, in the order of the folders' names; second copies are marked as such."""
        if not self.machines.is_dir():
            return []
        found = [
            _read_machine(folder)
            for folder in sorted(self.machines.iterdir())
            if folder.is_dir() and not folder.name.startswith(".")
        ]
        return _mark_copies(found)

    def remove_unfinished(self) -> list[Path]:
        """Remove machines whose making was cut off; nobody has ever seen them."""
        if not self.machines.is_dir():
            return []
        left = [path for path in self.machines.iterdir() if path.name.startswith(_BUILDING)]
        for path in left:
            _log.info("removing %s, which was never finished", path.name)
            shutil.rmtree(path)
        return left

    def begin(self, vm_id: UUID) -> Path:
        """Make the folder in which a new machine is built; `finish` gives it its name."""
        self.machines.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = self.machines / f"{_BUILDING}{vm_id.hex[:8]}"
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
        folder.rename(target)
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
            if fold_name(_read_machine(folder).config.name) == wanted:
                return folder
        raise UnknownVmError(
            f"The trash has no machine called “{name}”.",
            remedy="Look for it in the list of machines.",
        )

    def take_from_trash(self, folder: Path) -> Path:
        """Bring a machine back under the folder name it had."""
        _, _, name = folder.name.partition("-")
        target = self.machines / name
        if target.exists():
            raise StoreError(
                f"There is already a folder {name} in the library.",
                remedy="Rename or move that machine first.",
            )
        folder.rename(target)
        sync_folder(self.machines)
        return target


def save_config(folder: Path, config: VmConfig) -> None:
    """Replace a machine's description; the previous one stays as the good copy.

    Raises:
        OSError: it could not be written; the previous one holds.
    """
    path = folder / CONFIG_FILE
    if path.exists():
        write_atomically(folder / GOOD_COPY, path.read_bytes())
    write_atomically(path, to_json(config, schema_version=SCHEMA_VERSION))


def load_config(folder: Path) -> VmConfig:
    """Read a machine's description; a damaged one falls back to the good copy.

    Raises:
        StoreError: neither can be read, or a newer version wrote it.
    """
    try:
        return _load(folder / CONFIG_FILE)
    except StoreError as err:
        if "newer version" in err.message:
            raise
        try:
            config = _load(folder / GOOD_COPY)
        except StoreError:
            raise err from None
        _log.warning(
            "%s: the description is damaged (%s); using the last good copy", folder.name, err
        )
        return config


def _load(path: Path) -> VmConfig:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise StoreError(f"{path.name} is missing.", remedy="Restore it from a backup.") from None
    except OSError as err:
        raise StoreError(f"{path.name} cannot be read.", detail=str(err)) from err
    return from_json(VmConfig, data, schema_version=SCHEMA_VERSION)


def _read_machine(folder: Path) -> Stored:
    try:
        config = load_config(folder)
    except StoreError as err:
        return Stored(folder, _stand_in(folder), err)
    missing = [disk.file for disk in config.disks if not (folder / disk.file).is_file()]
    if missing:
        return Stored(
            folder,
            config,
            StoreError(
                f"A disk is missing: {', '.join(missing)}.",
                remedy="Put the file back into the machine's folder.",
            ),
        )
    return Stored(folder, config)


def _mark_copies(found: list[Stored]) -> list[Stored]:
    """Of machines with the same id or name the first one counts; the others get a problem."""
    by_id: dict[UUID, Stored] = {}
    by_name: dict[str, Stored] = {}
    result = []
    for entry in found:
        marked = entry
        twin = by_id.setdefault(entry.config.id, entry)
        namesake = by_name.setdefault(fold_name(entry.config.name), entry)
        original = namesake if twin is entry else twin
        if original is not entry:
            config = replace(
                _stand_in(entry.folder), name=f"{entry.config.name} ({entry.folder.name})"[:128]
            )
            marked = Stored(entry.folder, config, _copy_problem(original))
        result.append(marked)
    return result


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
        id=uuid5(NAMESPACE_OID, os.fspath(folder)),
        name=folder.name.strip()[:MAX_NAME_CHARACTERS] or "?",
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


def _folder_name(config: VmConfig) -> str:
    return "-".join(part for part in (slug(config.name), config.id.hex[:8]) if part)
