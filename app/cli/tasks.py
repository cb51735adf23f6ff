"""``tasks``: imports, exports and other long work of the manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from app.cli.output import Answer, say, table
from app.cli.verb import verb, verbs

if TYPE_CHECKING:
    from uuid import UUID

    from app.cli.work import Work
    from app.vm.records import TaskInfo


@verb("list", covers=["listTasks"])
async def list_(work: Work) -> Answer:
    """List the long work that is under way, and what ended shortly ago."""
    from app.vm.wire_types import write_value  # noqa: PLC0415 - not for --help

    found = await work.ask(lambda manager: manager.list_tasks())
    return Answer(
        data={"tasks": write_value(found)},
        show=table(
            ("ID", "WHAT", "NAME", "PHASE", "DONE"),
            [_row(task) for task in found],
            empty="There is no long work.",
        ),
    )


@verb("cancel", covers=["cancelTask"])
@click.argument("task_id", metavar="ID", type=click.UUID)
async def cancel(work: Work, *, task_id: UUID) -> Answer:
    """End long work; nothing of it is left."""
    from app.vm.wire_types import write_value  # noqa: PLC0415 - not for --help

    ended = await work.change(lambda manager: manager.cancel_task(task_id))
    return Answer(data={"task": write_value(ended)}, show=say(f"It is {ended.phase.value}."))


def _row(task: TaskInfo) -> tuple[str, ...]:
    return (
        str(task.task_id),
        task.kind.value,
        task.vm_name,
        task.error or task.phase.value,
        f"{task.progress} %",
    )


tasks = verbs("tasks", list_, cancel, about="Look at imports, exports and other long work.")
