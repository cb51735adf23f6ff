"""``snapshot``: a machine at an earlier moment."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from app.cli.output import Answer, say, table
from app.cli.verb import NAME, verb, verbs

if TYPE_CHECKING:
    from app.cli.work import Work
    from app.vm.records import Snapshot

_ID = click.argument("snapshot_id", metavar="ID")


@verb("create", covers=["createSnapshot"])
@NAME
@click.argument("snapshot_name", metavar="SNAPSHOT")
@click.option("--note", default="", metavar="TEXT", help="What is worth remembering of it.")
async def create(work: Work, name: str, *, snapshot_name: str, note: str) -> Answer:
    """Keep a machine as it is now, with its memory while it runs."""
    made = await work.change(
        lambda manager: manager.create_snapshot(name, snapshot_name, note=note)
    )
    return _about(made, "is kept.")


@verb("restore", covers=["restoreSnapshot"])
@NAME
@_ID
async def restore(work: Work, name: str, *, snapshot_id: str) -> Answer:
    """Take a machine back to a snapshot."""
    await work.change(lambda manager: manager.restore_snapshot(name, snapshot_id))
    return Answer(data={"restored": snapshot_id}, show=say(f"“{name}” is as it was then."))


@verb("delete", covers=["destroySnapshot"])
@NAME
@_ID
async def delete(work: Work, name: str, *, snapshot_id: str) -> Answer:
    """Forget a snapshot; the machine stays as it is."""
    await work.change(lambda manager: manager.destroy_snapshot(name, snapshot_id))
    return Answer(data={"deleted": snapshot_id}, show=say("The snapshot is forgotten."))


@verb("rename", covers=["renameSnapshot"])
@NAME
@_ID
@click.argument("new_name", metavar="NEW")
async def rename(work: Work, name: str, *, snapshot_id: str, new_name: str) -> Answer:
    """Give a snapshot another name."""
    renamed = await work.change(
        lambda manager: manager.rename_snapshot(name, snapshot_id, new_name)
    )
    return _about(renamed, "is its name now.")


@verb("list", covers=["getSnapshotList"])
@NAME
async def list_(work: Work, name: str) -> Answer:
    """List a machine's snapshots, oldest first."""
    from app.vm.wire_types import write_value  # noqa: PLC0415 - not for --help

    found = await work.ask(lambda manager: manager.get_snapshot_list(name))
    return Answer(
        data={"snapshots": write_value(found)},
        show=table(
            ("ID", "NAME", "MADE", "MEMORY", "NOTE"),
            [_row(snapshot) for snapshot in found],
            empty=f"“{name}” has no snapshots.",
        ),
    )


def _about(snapshot: Snapshot, sentence: str) -> Answer:
    from app.vm.wire_types import write_value  # noqa: PLC0415 - not for --help

    return Answer(
        data={"snapshot": write_value(snapshot)}, show=say(f"“{snapshot.name}” {sentence}")
    )


def _row(snapshot: Snapshot) -> tuple[str, ...]:
    made = time.strftime("%Y-%m-%d %H:%M", time.localtime(snapshot.created_ms / 1000))
    with_memory = "yes" if snapshot.with_memory else "no"
    return snapshot.snapshot_id, snapshot.name, made, with_memory, snapshot.note


snapshot = verbs(
    "snapshot",
    create,
    restore,
    delete,
    rename,
    list_,
    about="Keep a machine as it is now, and take it back to that.",
)
