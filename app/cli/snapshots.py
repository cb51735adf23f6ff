"""``snapshot``: a machine at an earlier moment."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from app.cli.output import Answer, say, table
from app.cli.verb import NAME, verb, verbs
from app.errors import ParamError

if TYPE_CHECKING:
    from app.cli.work import Work
    from app.vm.records import Snapshot

_REFERENCE = click.argument("snapshot", metavar="SNAPSHOT")
_SHOWN_ID = 8
"""So many characters of an id are shown; fewer can be enough to name one."""


@verb("create", covers=["createSnapshot"])
@NAME
@click.argument("snapshot_name", metavar="[SNAPSHOT]", default="")
@click.option("--note", default="", metavar="TEXT", help="What is worth remembering of it.")
async def create(work: Work, name: str, *, snapshot_name: str, note: str) -> Answer:
    """Keep a machine as it is now, with its memory while it runs.

    Without a name it is called after the time.
    """
    called = snapshot_name or time.strftime("%Y-%m-%d %H:%M")
    made = await work.change(lambda manager: manager.create_snapshot(name, called, note=note))
    return _about(made, "is kept.")


@verb("restore", covers=["restoreSnapshot"])
@NAME
@_REFERENCE
@click.option("--no-safety", is_flag=True, help="Do not keep the machine as it is now first.")
@click.option("--disks-only", is_flag=True, help="Leave the memory out; the machine stays off.")
async def restore(
    work: Work, name: str, *, snapshot: str, no_safety: bool, disks_only: bool
) -> Answer:
    """Take a machine back to a snapshot.

    SNAPSHOT is its id, the beginning of that, or its name. The machine is kept as it is now first.
    """
    wanted = await _find(work, name, snapshot)
    await work.change(
        lambda manager: manager.restore_snapshot(
            name, wanted.snapshot_id, safety=not no_safety, disks_only=disks_only
        )
    )
    return Answer(
        data={"restored": wanted.snapshot_id},
        show=say(f"“{name}” is as it was at “{wanted.name}”."),
    )


@verb("delete", covers=["destroySnapshot"])
@NAME
@_REFERENCE
async def delete(work: Work, name: str, *, snapshot: str) -> Answer:
    """Forget a snapshot; the machine stays as it is.

    SNAPSHOT is its id, the beginning of that, or its name.
    """
    wanted = await _find(work, name, snapshot)
    await work.change(lambda manager: manager.destroy_snapshot(name, wanted.snapshot_id))
    return Answer(data={"deleted": wanted.snapshot_id}, show=say(f"“{wanted.name}” is forgotten."))


@verb("rename", covers=["renameSnapshot"])
@NAME
@_REFERENCE
@click.argument("new_name", metavar="NEW")
async def rename(work: Work, name: str, *, snapshot: str, new_name: str) -> Answer:
    """Give a snapshot another name."""
    wanted = await _find(work, name, snapshot)
    renamed = await work.change(
        lambda manager: manager.rename_snapshot(name, wanted.snapshot_id, new_name)
    )
    return _about(renamed, "is its name now.")


@verb("note", covers=["updateSnapshot"])
@NAME
@_REFERENCE
@click.argument("text")
async def note(work: Work, name: str, *, snapshot: str, text: str) -> Answer:
    """Write down what is worth remembering of a snapshot.

    An empty TEXT takes the note away.
    """
    wanted = await _find(work, name, snapshot)
    noted = await work.change(
        lambda manager: manager.update_snapshot(name, wanted.snapshot_id, note=text)
    )
    return _about(noted, "has another note now.")


@verb("lock", covers=["updateSnapshot"])
@NAME
@_REFERENCE
async def lock(work: Work, name: str, *, snapshot: str) -> Answer:
    """Keep a snapshot from being deleted."""
    return _about(await _set_locked(work, name, snapshot, locked=True), "is locked.")


@verb("unlock", covers=["updateSnapshot"])
@NAME
@_REFERENCE
async def unlock(work: Work, name: str, *, snapshot: str) -> Answer:
    """Let a snapshot be deleted again."""
    return _about(await _set_locked(work, name, snapshot, locked=False), "can be deleted again.")


async def _set_locked(work: Work, name: str, reference: str, *, locked: bool) -> Snapshot:
    wanted = await _find(work, name, reference)
    return await work.change(
        lambda manager: manager.update_snapshot(name, wanted.snapshot_id, locked=locked)
    )


@verb("list", covers=["getSnapshotList"])
@NAME
async def list_(work: Work, name: str) -> Answer:
    """List a machine's snapshots as a tree.

    A star marks the one that the machine stems from.
    """
    from app.vm.wire_types import write_value  # noqa: PLC0415 - not for --help

    found = await work.ask(lambda manager: manager.get_snapshot_list(name))
    return Answer(
        data={"snapshots": write_value(found)},
        show=table(
            ("ID", "NAME", "MADE", "MEMORY", "NOTE"),
            [_row(depth, snapshot) for depth, snapshot in _as_tree(found)],
            empty=f"“{name}” has no snapshots.",
        ),
    )


async def _find(work: Work, name: str, reference: str) -> Snapshot:
    """The snapshot that a person means.

    Raises:
        ParamError: there is none, or there are several.
    """
    found = await work.ask(lambda manager: manager.get_snapshot_list(name))
    exact = [one for one in found if one.snapshot_id == reference]
    begun = [one for one in found if one.snapshot_id.startswith(reference)]
    named = [one for one in found if one.name == reference]
    fitting = exact or named or begun
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        raise ParamError(
            f"“{name}” has no snapshot “{reference}”.",
            remedy=f"Look at “duplex-vm snapshot list {name}”.",
        )
    raise ParamError(
        f"“{name}” has {len(fitting)} snapshots that “{reference}” could be.",
        remedy="Give more of the id: "
        + ", ".join(one.snapshot_id[: 2 * _SHOWN_ID] for one in fitting[:4]),
    )


def _as_tree(found: Sequence[Snapshot]) -> Iterator[tuple[int, Snapshot]]:
    """Each snapshot with its depth, what follows one right below it; the oldest branch first."""
    known = {one.snapshot_id for one in found}
    waiting = [(0, one) for one in reversed(found) if one.parent not in known]
    while waiting:
        depth, snapshot = waiting.pop()
        yield depth, snapshot
        waiting += [
            (depth + 1, one) for one in reversed(found) if one.parent == snapshot.snapshot_id
        ]


def _about(snapshot: Snapshot, sentence: str) -> Answer:
    from app.vm.wire_types import write_value  # noqa: PLC0415 - not for --help

    return Answer(
        data={"snapshot": write_value(snapshot)}, show=say(f"“{snapshot.name}” {sentence}")
    )


def _row(depth: int, snapshot: Snapshot) -> tuple[str, ...]:
    made = time.strftime("%Y-%m-%d %H:%M", time.localtime(snapshot.created_ms / 1000))
    size = f"{snapshot.size_bytes >> 20} MiB" if snapshot.with_memory else "no"
    star = "* " if snapshot.current else "  "
    remark = " ".join(filter(None, ("(locked)" * snapshot.locked, snapshot.note, snapshot.problem)))
    shown = snapshot.snapshot_id[:_SHOWN_ID]
    return shown, "  " * depth + star + snapshot.name, made, size, remark


snapshot = verbs(
    "snapshot",
    create,
    restore,
    delete,
    rename,
    note,
    lock,
    unlock,
    list_,
    about="Keep a machine as it is now, and take it back to that.",
)
