"""``disk list``, ``add``, ``remove`` and ``compact``: which disks a machine has, and their room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from app.cli.long_work import to_its_end
from app.cli.output import Answer, say, table
from app.cli.verb import NAME, verb
from app.cli.words import MIB

if TYPE_CHECKING:
    from app.cli.work import Work
    from app.vm.api import ManagerApi
    from app.vm.records import DiskInfo, TaskInfo

_MIB_BYTES = 1 << 20

DISK = click.option(
    "--disk", "disk_id", default="", metavar="ID", help="Another disk than the system disk."
)


@verb("list", covers=["listVmDisks"])
@NAME
async def list_(work: Work, name: str) -> Answer:
    """List a machine's disks, and those that were taken out of it."""
    from app.vm.wire_types import write_value  # noqa: PLC0415 - not for --help

    found = await work.ask(lambda manager: manager.list_vm_disks(name))
    return Answer(
        data={"disks": write_value(found)},
        show=table(
            ("ID", "WHAT", "SIZE", "TAKES UP", "FILE"),
            [_row(disk) for disk in found],
            empty="The machine has no disk.",
        ),
    )


@verb("add", covers=["addVmDisk"])
@NAME
@click.option("--size", "size_mib", type=MIB, metavar="MIB", help="Of a new disk.")
@click.option(
    "--file",
    default="",
    metavar="FILE",
    help="Put back one that was taken out, by its file's name.",
)
async def add(work: Work, name: str, *, size_mib: int | None, file: str) -> Answer:
    """Give a machine one more disk, new or former. One that runs may have to be off for it."""
    disk_id = await work.change(lambda manager: manager.add_vm_disk(name, size_mib or 0, file=file))
    inside = () if file else ("The system in the machine has to partition and format it.",)
    return Answer(
        data={"diskId": disk_id}, show=say(f"“{name}” has the disk {disk_id} now."), notes=inside
    )


@verb("remove", covers=["removeVmDisk"])
@NAME
@click.argument("disk_id", metavar="ID")
async def remove(work: Work, name: str, *, disk_id: str) -> Answer:
    """Take a disk out of a machine that is off. Its file is kept."""
    path = await work.change(lambda manager: manager.remove_vm_disk(name, disk_id))
    return Answer(
        data={"path": str(path)},
        show=say(f"The disk {disk_id} is taken out. Its file is kept: {path}"),
        notes=(f"“disk add {name} --file {path.name}” puts it back.",),
    )


@verb("compact", covers=["compactVmDisk"])
@NAME
@DISK
async def compact(work: Work, name: str, *, disk_id: str) -> Answer:
    """Let a disk's file give back what nothing uses any more.

    The machine is off. What the system in it deleted counts as used until it has trimmed the
    disk, as “fstrim -a” does.
    """

    async def step(manager: ManagerApi) -> TaskInfo:
        return await to_its_end(
            work, manager, name, lambda: manager.compact_vm_disk(name, disk_id=disk_id)
        )

    done = await work.change(step)
    before, after = done.before_bytes, done.after_bytes
    if after < before:
        told = f"The disk takes up {_mib(after)} now; it was {_mib(before)}."
    else:
        told = f"The disk takes up {_mib(before)} as before: there is nothing to give back."
    return Answer(data={"beforeBytes": before, "afterBytes": after}, show=say(told))


def _row(disk: DiskInfo) -> tuple[str, ...]:
    what = "system" if disk.system else "data" if disk.disk_id else "taken out"
    size = f"{disk.size_mib} MiB" if disk.size_mib else "?"
    return disk.disk_id or "-", what, size, _mib(disk.file_bytes), disk.file


def _mib(size_bytes: int) -> str:
    return f"{size_bytes / _MIB_BYTES:.1f} MiB"
