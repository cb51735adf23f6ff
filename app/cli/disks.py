"""``disk``: a machine's disks."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.data_disks import DISK, add, compact, list_, remove
from app.cli.granting import Meant, granted
from app.cli.long_work import to_its_end
from app.cli.output import Answer, say
from app.cli.verb import FILE, NAME, absolute, verb, verbs
from app.cli.words import MIB
from app.errors import Code, ParamError
from app.paths import fold_name

if TYPE_CHECKING:
    from app.cli.work import Work
    from app.vm.api import ManagerApi

_KEEP = click.option("--keep-snapshots", is_flag=True, help="Keep the snapshots in the image.")
_TIME = click.option(
    "--snapshot-time",
    "snapshot_time_ms",
    type=click.IntRange(0),
    default=0,
    metavar="MS",
    help="Take the disk as it was then, in milliseconds since 1970.",
)
_FORMATS = ("qcow2", "raw", "vmdk", "vdi", "vhdx", "vhd", "ova")
_SIZE = click.option(
    "--size", "size_mib", type=MIB, metavar="MIB", help="Let the disk grow to this size."
)


@verb("path", covers=["getVmDiskImagePath"])
@NAME
@DISK
async def path(work: Work, name: str, *, disk_id: str) -> Answer:
    """Tell where the image of a disk is."""
    found = await work.ask(lambda manager: manager.get_vm_disk_image_path(name, disk_id=disk_id))
    return Answer(data={"path": str(found)}, show=say(str(found)))


@verb("file-size", covers=["getVmDiskImageFileSize"])
@NAME
@DISK
async def file_size(work: Work, name: str, *, disk_id: str) -> Answer:
    """Tell how many bytes the image takes up on this computer's disk."""
    size_bytes = await work.ask(
        lambda manager: manager.get_vm_disk_image_file_size(name, disk_id=disk_id)
    )
    return Answer(data={"fileSize": size_bytes}, show=say(f"{size_bytes} bytes"))


@verb("size", covers=["getVmDiskSize"])
@NAME
@DISK
async def size(work: Work, name: str, *, disk_id: str) -> Answer:
    """Tell the size of a disk as the machine sees it, MiB."""
    size_mib = await work.ask(lambda manager: manager.get_vm_disk_size(name, disk_id=disk_id))
    return Answer(data={"diskSize": size_mib}, show=say(f"{size_mib} MiB"))


@verb("grow", covers=["setVmDiskSize", "expandCapacity"])
@NAME
@click.argument("size_mib", type=MIB, metavar="MIB")
@DISK
async def grow(work: Work, name: str, *, size_mib: int, disk_id: str) -> Answer:
    """Let a disk grow to MIB MiB; it never shrinks. Says what is to be done in the machine then."""

    async def step(manager: ManagerApi) -> int:
        return await to_its_end(
            work, manager, name, lambda: manager.set_vm_disk_size(name, size_mib, disk_id=disk_id)
        )

    now_mib = await work.change(step)
    return Answer(
        data={"diskSize": now_mib},
        show=say(f"The disk has {now_mib} MiB now."),
        notes=await _advice(work, name, disk_id),
    )


async def _advice(work: Work, name: str, disk_id: str) -> tuple[str, ...]:
    """What the person has to do in the guest after a growth."""
    from app.vm.growth_advice import growth_advice  # noqa: PLC0415 - not for --help

    number = 0
    if disk_id:
        disks = await work.ask(lambda manager: manager.list_vm_disks(name))
        number = next((place for place, disk in enumerate(disks) if disk.disk_id == disk_id), 0)
    machine = await work.ask(lambda manager: manager.get_vm_status(name))
    return growth_advice(machine.system, number)


@verb("import", covers=["importVmDiskImage"])
@NAME
@click.argument("file", type=FILE)
@_KEEP
@_TIME
@_SIZE
async def import_(
    work: Work,
    name: str,
    *,
    file: Path,
    keep_snapshots: bool,
    snapshot_time_ms: int,
    size_mib: int | None,
) -> Answer:
    """Copy a disk image into a machine. A new NAME makes a new machine."""
    return await bring_in(
        work,
        name,
        file,
        keep_snapshots=keep_snapshots,
        snapshot_time_ms=snapshot_time_ms,
        size_mib=size_mib,
    )


@verb("import", covers=["importVmDiskImage"])
@click.argument("file", type=FILE)
@click.option(
    "--name",
    metavar="NAME",
    help="The machine's name; without it the one in an OVA or OVF, else the file's.",
)
@_KEEP
@_TIME
@_SIZE
async def import_short(
    work: Work,
    *,
    file: Path,
    name: str | None,
    keep_snapshots: bool,
    snapshot_time_ms: int,
    size_mib: int | None,
) -> Answer:
    """Make a machine from a disk image, an OVA or an OVF file.

    It is “disk import” with the file in front.
    """
    return await bring_in(
        work,
        name or await _name_for(work, file),
        file,
        new=True,
        keep_snapshots=keep_snapshots,
        snapshot_time_ms=snapshot_time_ms,
        size_mib=size_mib,
    )


async def bring_in(
    work: Work,
    name: str,
    file: Path,
    *,
    new: bool = False,
    keep_snapshots: bool,
    snapshot_time_ms: int,
    size_mib: int | None,
) -> Answer:
    """Import a disk image; with `new` no machine that is there gets it."""
    from app.vm.records import MigrationOptions  # noqa: PLC0415 - not for --help

    options = MigrationOptions(
        guest_os_image_path=str(absolute(file)),
        is_keep_snapshots=keep_snapshots,
        snapshot_time=snapshot_time_ms,
        disk_size=size_mib or 0,
    )

    async def step(manager: ManagerApi) -> None:
        async with granted(manager, absolute(file)):
            if new:
                await _refuse_taken(manager, name)
            await to_its_end(
                work, manager, name, lambda: manager.import_vm_disk_image(name, options)
            )

    await work.change(step)
    return Answer(data={"imported": name}, show=say(f"“{name}” has the disk of {file.name}."))


async def _name_for(work: Work, file: Path) -> str:
    """What the machine is called when the person does not say it."""
    from app.vm.images.archive import is_archive, proposed_name  # noqa: PLC0415 - not for --help

    if not is_archive(file):
        return file.stem
    taken = [vm.name for vm in await work.ask(lambda manager: manager.list_vms())]
    return await asyncio.to_thread(proposed_name, absolute(file), taken)


async def _refuse_taken(manager: ManagerApi, name: str) -> None:
    """The file's name alone must not decide which machine gets another disk."""
    if fold_name(name) in {fold_name(vm.name) for vm in await manager.list_vms()}:
        raise ParamError(
            f"There is already a machine called “{name}”.",
            remedy="Give another name with --name, or use “disk import” to change its disk.",
            code=Code.NAME_TAKEN,
        )


@verb("export", covers=["exportVmDiskImage"])
@NAME
@click.argument("file", type=FILE)
@click.option(
    "--format",
    "image_format",
    type=click.Choice(_FORMATS, case_sensitive=False),
    help="Format to write; what FILE's ending says without it.",
)
@click.option("--compress", is_flag=True, help="Write it smaller, which takes longer.")
@_KEEP
@_TIME
async def export(
    work: Work,
    name: str,
    *,
    file: Path,
    image_format: str | None,
    compress: bool,
    keep_snapshots: bool,
    snapshot_time_ms: int,
) -> Answer:
    """Write a copy of the system disk to FILE, which is new.

    The machine may run meanwhile. An OVA holds the whole machine.
    """
    from app.vm.records import MigrationOptions  # noqa: PLC0415 - not for --help

    target = absolute(file)
    options = MigrationOptions(
        guest_os_image_path=str(target),
        is_keep_snapshots=keep_snapshots,
        snapshot_time=snapshot_time_ms,
        image_format=image_format or "",
        compress=compress,
    )

    async def step(manager: ManagerApi) -> None:
        async with granted(manager, target, meant=Meant.FILE_TO_WRITE):
            await to_its_end(
                work, manager, name, lambda: manager.export_vm_disk_image(name, options)
            )

    await work.change(step)
    return Answer(data={"path": str(target)}, show=say(f"The disk's copy is in {target}."))


disk = verbs(
    "disk",
    path,
    file_size,
    size,
    grow,
    list_,
    add,
    remove,
    compact,
    import_,
    export,
    about="Disks of a machine: sizes, more of them, import, export.",
)
