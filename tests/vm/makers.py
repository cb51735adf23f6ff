"""Makes what the tests of the control plane need: configurations and libraries, without QEMU."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.vm.hardware import lay_out
from app.vm.model import Chipset, Disk, Firmware, Profile, VmConfig
from app.vm.store import Library

ROOT = Path(__file__).parents[2]
VM_ID = uuid.UUID("12345678-1234-4678-9234-567812345678")
MAC = "52:54:00:12:34:56"
BOARDS = {Chipset.Q35: "pc-q35-7.2", Chipset.I440FX: "pc-i440fx-7.2"}
DISK_FILE = "disk0.qcow2"


def a_config(
    *, profile: Profile | None = None, firmware: Firmware = Firmware.BIOS, **changes: Any
) -> VmConfig:
    """A whole, valid machine; `changes` are fields of the configuration."""
    profile = profile or Profile()
    config = VmConfig(
        id=VM_ID,
        name="demo",
        cpus=1,
        memory_mib=64,
        disks=(Disk(id="disk0", file=DISK_FILE, size_mib=16),),
        hardware=lay_out(profile, firmware=firmware, machine_type=BOARDS[profile.chipset], mac=MAC),
        created_ms=1_700_000_000_000,
    )
    return replace(config, **changes)


def a_firmware_image() -> Path:
    """A BIOS that comes with QEMU; Debian has it in a folder of its own."""
    folders = (Path("/usr/share/seabios"), Path("/usr/share/qemu"))
    return next(image for folder in folders if (image := folder / "bios-256k.bin").exists())


def stored_machine(library: Library, name: str = "demo", **changes: Any) -> Path:
    """Put a machine with an (empty) disk file into the library; returns its folder."""
    config = a_config(name=name, **{"id": uuid.uuid4(), **changes})
    building = library.begin(config.id)
    for disk in config.disks:
        (building / disk.file).touch()
    return library.finish(building, config)


def python(source: str, *arguments: object, **options: Any) -> subprocess.Popen[str]:
    """A process of ours that runs `source` in the checkout, with pipes for its words."""
    return subprocess.Popen(
        [sys.executable, "-c", source, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **options.pop("env", {})},
        **options,
    )
