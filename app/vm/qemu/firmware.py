"""Firmware: UEFI files, by the descriptors that distributions ship, and images that people bring.

The descriptors' format is QEMU's docs/interop/firmware.json.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.atomic import sync_folder
from app.errors import INVALID_FILE_PATH, NotSupportedError, PathError
from app.vm.store import VARIABLES_FILE

_log = logging.getLogger(__name__)

DESCRIPTOR_FOLDERS = (Path("/etc/qemu/firmware"), Path("/usr/share/qemu/firmware"))
_IMAGE_STEP, _IMAGE_LIMIT = 64 << 10, 16 << 20
_UNWANTED = frozenset({"secure-boot", "requires-smm", "enrolled-keys"})


@dataclass(frozen=True, slots=True)
class UefiFiles:
    """Code shared by all machines, and the template of a machine's own variable store."""

    code: Path
    template: Path


def find_uefi(
    machine_type: str,
    *,
    folders: Iterable[Path] = DESCRIPTOR_FOLDERS,
    store_size: int | None = None,
) -> UefiFiles:
    """Best plain UEFI for an x86-64 board.

    Args:
        machine_type: versioned board.
        folders: where descriptors lie; the first folder wins for a file name.
        store_size: size in bytes of a variable store that exists; only firmware whose template
            has this size fits it.

    Raises:
        NotSupportedError: none is installed.
    """
    for descriptor in _descriptors(folders):
        files = _usable(descriptor, machine_type)
        if files and (store_size is None or files.template.stat().st_size == store_size):
            return files
    raise NotSupportedError(
        "UEFI firmware is not installed." if store_size is None
        else "The UEFI firmware that fits this machine is not installed any more.",
        remedy="Install the package ovmf (or edk2-ovmf), or use BIOS.",
    )  # fmt: skip


def make_variable_store(files: UefiFiles, folder: Path) -> Path:
    """Give a new machine its own, empty variable store."""
    target = folder / VARIABLES_FILE
    shutil.copyfile(files.template, target)
    target.chmod(0o600)
    sync_folder(folder)
    return target


def read_image(handle: int, name: str) -> bytes:
    """A firmware image that the person brought along, from an open file.

    Raises:
        PathError: it cannot be one: QEMU takes whole pieces of 64 KiB, 16 MiB at most
            (hw/i386/x86.c).
    """
    size = os.fstat(handle).st_size
    if size % _IMAGE_STEP or not 0 < size <= _IMAGE_LIMIT:
        raise PathError(
            f"{INVALID_FILE_PATH}: {name} is no firmware image; it has {size} bytes.",
            remedy="Choose an image of 64 KiB to 16 MiB, a multiple of 64 KiB.",
        )
    data = os.pread(handle, size, 0)
    if len(data) != size:
        raise PathError(f"{INVALID_FILE_PATH}: {name} became shorter while it was read.")
    return data


def _descriptors(folders: Iterable[Path]) -> Iterator[dict[str, Any]]:
    chosen: dict[str, Path] = {}
    for folder in folders:
        if folder.is_dir():
            for path in folder.glob("*.json"):
                chosen.setdefault(path.name, path)
    for _, path in sorted(chosen.items()):
        try:
            document = json.loads(path.read_bytes())
        except (OSError, ValueError, RecursionError) as err:
            _log.info("firmware descriptor %s: %s", path, err)
            continue
        if isinstance(document, dict):
            yield document


def _usable(descriptor: dict[str, Any], machine_type: str) -> UefiFiles | None:
    try:
        mapping = descriptor["mapping"]
        if "uefi" not in descriptor["interface-types"] or mapping["device"] != "flash":
            return None
        if _UNWANTED & set(descriptor["features"]) or not _fits(
            descriptor["targets"], machine_type
        ):
            return None
        if mapping.get("mode", "split") != "split" or mapping["executable"]["format"] != "raw":
            return None
        code = Path(mapping["executable"]["filename"])
        template = Path(mapping["nvram-template"]["filename"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None  # Not a descriptor of the kind that we know.
    readable = os.access(code, os.R_OK) and os.access(template, os.R_OK)
    return UefiFiles(code, template) if readable else None


def _fits(targets: list[dict[str, Any]], machine_type: str) -> bool:
    return any(
        target["architecture"] == "x86_64"
        and any(Path(machine_type).match(pattern) for pattern in target["machines"])
        for target in targets
    )
