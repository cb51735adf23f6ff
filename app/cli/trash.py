"""``trash``: machines that were deleted, until they are removed for good."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from app.cli.output import Answer, say, table
from app.cli.verb import verb, verbs

if TYPE_CHECKING:
    from app.cli.work import Work
    from app.vm.records import TrashedVm

_MIB = 1 << 20


@verb("list", covers=["listTrash"])
async def list_(work: Work) -> Answer:
    """List the machines in the trash, the newest first."""
    from app.vm.wire_types import write_value  # noqa: PLC0415 - not for --help

    found = await work.ask(lambda manager: manager.list_trash())
    return Answer(
        data={"trash": write_value(found)},
        show=table(
            ("ID", "NAME", "DELETED", "SIZE"),
            [_row(entry) for entry in found],
            empty="The trash is empty.",
        ),
    )


@verb("restore", covers=["restoreFromTrash"])
@click.argument("trash_id", metavar="ID")
async def restore(work: Work, *, trash_id: str) -> Answer:
    """Take a machine out of the trash."""
    from app.vm.wire_types import write_value  # noqa: PLC0415 - not for --help

    vm = await work.change(lambda manager: manager.restore_from_trash(trash_id))
    return Answer(data={"vm": write_value(vm)}, show=say(f"“{vm.name}” is back."))


@verb("empty", covers=["emptyTrash"])
@click.argument("trash_id", metavar="[ID]", default="")
async def empty(work: Work, *, trash_id: str) -> Answer:
    """Remove one machine in the trash for good, or all of them."""
    freed = await work.change(lambda manager: manager.empty_trash(trash_id))
    return Answer(data={"freedBytes": freed}, show=say(f"{freed // _MIB} MiB are free again."))


def _row(entry: TrashedVm) -> tuple[str, ...]:
    deleted = time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.destroyed_ms / 1000))
    return entry.trash_id, entry.vm_name, deleted, f"{entry.size_bytes // _MIB} MiB"


trash = verbs(
    "trash",
    list_,
    restore,
    empty,
    about="Take deleted machines back or remove them for good.",
)
