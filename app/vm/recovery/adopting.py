"""A folder that no machine can be made of as it is becomes one: new settings, or new ids.

Nothing is removed: a damaged description is set aside by the store, disks are used as they are.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID, uuid4

from app.errors import NewerVersionError, StateError, StoreError
from app.reading import UnreadableError
from app.vm.duplicating import duplicate_config
from app.vm.images.boot_firmware import firmware_of
from app.vm.limits import MIB, HostSize
from app.vm.making import new_config
from app.vm.model import MIN_DISK_MIB, MIN_MEMORY_MIB, CfgInfo, Firmware, VmConfig
from app.vm.qemu.disk_header import check_disk
from app.vm.qemu.facts import engine_facts
from app.vm.qemu.firmware import find_uefi, make_variable_store
from app.vm.qemu.image_size import virtual_size
from app.vm.recovery.leftovers import disks_in
from app.vm.store import VARIABLES_FILE, load_config, save_config, storing
from app.vm.unbroken import unbroken

_CPUS, _MEMORY_MIB = 2, 2048


@dataclass(frozen=True, slots=True)
class Adoption:
    """How a folder can become a machine.

    Attributes:
        folder: which.
        original: the description that it shares with another machine; None when it has none.
        disk: name of the file that becomes the system disk, when there is no description.
    """

    folder: Path
    original: VmConfig | None = None
    disk: str = ""

    async def config(self, name: str, host: HostSize) -> VmConfig:
        """The description that it shall have, with ids of its own.

        Raises:
            AppError: the disk cannot be read, or the engine lacks the board.
        """
        vm_id: UUID = uuid4()
        if self.original is not None:
            return duplicate_config(self.original, vm_id, name)
        image = self.folder / self.disk
        size_mib = max(MIN_DISK_MIB, -(-await asyncio.to_thread(virtual_size, image) // MIB))
        has_store = await asyncio.to_thread((self.folder / VARIABLES_FILE).is_file)
        firmware = Firmware.UEFI if has_store else await firmware_of(image)
        cfg = CfgInfo(
            cpu_num=min(_CPUS, host.cpus),
            memory_size=max(MIN_MEMORY_MIB, min(_MEMORY_MIB, host.memory_total_mib // 2)),
            disk_size=size_mib,
            bios_path=firmware.value,
        )
        config = new_config(vm_id, name, cfg, await engine_facts(), disc=None)
        return replace(config, disks=(replace(config.disks[0], file=self.disk),))

    async def write(self, config: VmConfig) -> None:
        """Put the description into the folder, and what it needs beside its disks.

        Raises:
            StoreError: it cannot be written.
        """
        with storing("The machine's settings cannot be written."):
            needs_store = config.hardware.firmware is Firmware.UEFI
            if needs_store and not await asyncio.to_thread((self.folder / VARIABLES_FILE).is_file):
                files = await asyncio.to_thread(find_uefi, config.hardware.machine_type)
                await unbroken(asyncio.to_thread(make_variable_store, files, self.folder))
            await unbroken(asyncio.to_thread(save_config, self.folder, config))


def plan_adoption(folder: Path) -> Adoption:
    """How a folder that is listed as damaged can become a machine; blocks.

    Raises:
        NewerVersionError: a newer version of this program made it.
        StateError: there is nothing to adopt.
    """
    try:
        return Adoption(folder, original=load_config(folder))
    except (NewerVersionError, UnreadableError):
        raise
    except StoreError:
        for name in disks_in(folder):
            if _stands_alone(folder / name):
                return Adoption(folder, disk=name)
    raise StateError(
        "There is no disk in this folder that a machine can have.",
        remedy="Look what is in the folder.",
    )


def _stands_alone(image: Path) -> bool:
    try:
        check_disk(image)
    except StoreError:
        return False
    return True
