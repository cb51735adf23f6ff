"""``tasks``: long work can be seen and ended."""

from __future__ import annotations

import uuid

from app.cli.exit_codes import ExitCode
from app.vm.records import TaskInfo, TaskKind, TaskPhase

_ID = uuid.UUID("6f1d7a52-9c7e-4a55-8e0c-3a2d7f0c9b11")


def test_work_under_way_is_listed_with_its_percentage_and_can_be_ended(demo) -> None:
    assert demo.run("tasks", "list") == 0
    assert demo.out == "There is no long work.\n"
    demo.manager.tasks.append(
        TaskInfo(
            task_id=_ID,
            kind=TaskKind.EXPORT,
            vm_name="demo",
            vm_id=uuid.uuid4(),
            phase=TaskPhase.COPYING,
            progress=42,
        )
    )

    assert demo.run("tasks", "list") == 0
    assert "42 %" in demo.out
    code, answer = demo.run_json("tasks", "cancel", str(_ID))
    assert (code, answer["task"]["phase"]) == (0, "cancelled")
    assert demo.run("tasks", "cancel", str(_ID)) == 0
    assert demo.out == "It is cancelled.\n"


def test_a_number_of_no_task_is_refused(demo) -> None:
    assert demo.run("tasks", "cancel", str(uuid.UUID(int=7))) == ExitCode.USAGE
    assert "no such task" in demo.err
    assert demo.run("tasks", "cancel", "seven") == ExitCode.USAGE
