"""How a new machine comes to be: its hardware, its disk, its firmware's store, its description."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from app.atomic import write_atomically
from app.errors import NotSupportedError, StartParamError
from app.vm.hardware import SYSTEM_DISK, lay_out, new_mac
from app.vm.model import CfgInfo, Disk, Firmware, NetMode, VmConfig
from app.vm.qemu.facts import EngineFacts
from app.vm.qemu.firmware import find_uefi, make_variable_store
from app.vm.qemu.images import create_disk
from app.vm.store import FIRMWARE_FILE, Library
from app.vm.unbroken import unbroken

_DISK_FILE = "disk0.qcow2"


def new_config(
    vm_id: UUID, name: str, cfg: CfgInfo, facts: EngineFacts, *, disc: Path | None
) -> VmConfig:
    """Resolve settings and catalogue into a machine with a fixed hardware record.

    Raises:
        NotSupportedError: the engine lacks the board, or the network mode is not built yet.
    """
    _check_net_mode(cfg)
    # Only now: the catalogue of systems is for new machines, the first paint does not need it.
    from app.vm.media.catalogue import profile_of  # noqa: PLC0415

    profile = cfg.profile or profile_of(cfg.system)
    return VmConfig(
        id=vm_id,
        name=name,
        cpus=cfg.cpu_num,
        memory_mib=cfg.memory_size,
        disks=(Disk(id=SYSTEM_DISK, file=_DISK_FILE, size_mib=cfg.disk_size),),
        hardware=lay_out(
            profile,
            firmware=cfg.firmware,
            machine_type=facts.machine_type(profile.chipset),
            mac=new_mac(),
        ),
        net_mode=cfg.net_mode,
        bridge_ip=cfg.bridge_ip,
        enhance_file_path=cfg.enhance_file_path,
        opaque=cfg.opaque,
        system=cfg.system,
        disc=disc,
        created_ms=time.time_ns() // 1_000_000,
    )


async def make_files(library: Library, config: VmConfig, *, firmware_image: bytes = b"") -> Path:
    """Make a new machine's files where nobody sees them; `Library.finish` lets it appear.

    Args:
        library: where.
        config: of the machine.
        firmware_image: for a machine with a firmware of its own.

    Returns:
        The folder. Failed or cancelled, nothing is left.
    """
    building = library.building(config.id)
    try:
        await unbroken(asyncio.to_thread(library.begin, config.id))
        for disk in config.disks:
            await create_disk(building / disk.file, disk.size_mib)
        if config.hardware.firmware is Firmware.UEFI:
            files = await asyncio.to_thread(find_uefi, config.hardware.machine_type)
            await unbroken(asyncio.to_thread(make_variable_store, files, building))
        if config.hardware.firmware is Firmware.FILE:
            image = building / FIRMWARE_FILE
            await unbroken(asyncio.to_thread(write_atomically, image, firmware_image))
    except BaseException:
        await unbroken(asyncio.to_thread(library.discard, building))
        raise
    return building


def for_this_run(config: VmConfig, cfg: CfgInfo | None) -> VmConfig:
    """The machine with the settings of one run applied.

    Raises:
        StartParamError: `cfg` asks for what a run cannot change.
    """
    if cfg is None:
        return config
    _check_net_mode(cfg)
    if cfg.disk_size != config.disks[0].size_mib:
        raise StartParamError(
            f"diskSize is {cfg.disk_size} MiB, but the disk has {config.disks[0].size_mib} MiB.",
            remedy="Change the disk's size while the machine is off, then start it.",
        )
    if cfg.firmware is not config.hardware.firmware:
        raise StartParamError(
            f"biosPath asks for {cfg.firmware}, but the machine was made with "
            f"{config.hardware.firmware}.",
            remedy="Make a new machine for the other firmware.",
        )
    return replace(
        config,
        cpus=cfg.cpu_num,
        memory_mib=cfg.memory_size,
        net_mode=cfg.net_mode,
        enhance_file_path=cfg.enhance_file_path or config.enhance_file_path,
    )


def _check_net_mode(cfg: CfgInfo) -> None:
    if cfg.net_mode is not NetMode.MODE_NAT:
        raise NotSupportedError(
            "Only MODE_NAT is available.", remedy="Use netMode MODE_NAT for this machine."
        )
