"""Long work: told as it goes on, ended by whoever may, and never lost without a word."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest

from app.errors import EngineError, ParamError, StateError
from app.vm.events import DiskMigration, EventHub, Subscription
from app.vm.records import TaskInfo, TaskKind, TaskPhase
from app.vm.tasks import KEPT, Task, Tasks
from tests.vm.managing import told

VM = uuid4()


@dataclass
class Bench:
    tasks: Tasks
    reader: Subscription
    started: asyncio.Event = field(default_factory=asyncio.Event)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    left: list[str] = field(default_factory=list)

    def infos(self) -> list[TaskInfo]:
        return [event.task for event in told(self.reader) if isinstance(event, DiskMigration)]

    async def work(self, task: Task) -> None:
        """Half done until it may end; cleans up when it is ended."""
        task.report(0.5)
        self.started.set()
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.left.append("cleaned up")
            raise


@asynccontextmanager
async def at_a_bench() -> AsyncIterator[Bench]:
    events = EventHub()
    async with asyncio.TaskGroup() as parent:
        with events.subscribe() as reader:
            yield Bench(Tasks(parent, events), reader)


async def test_work_is_told_from_its_first_step_to_its_end() -> None:
    async with at_a_bench() as bench:

        async def work(task: Task) -> None:
            task.enter(TaskPhase.COPYING)
            task.report(0.25)
            task.enter(TaskPhase.FINISHING)

        done = await bench.tasks.run(TaskKind.IMPORT, "demo", VM, work)

        steps = [(info.phase, info.progress) for info in bench.infos()]
        assert steps == [
            (TaskPhase.CHECKING, 0),
            (TaskPhase.COPYING, 0),
            (TaskPhase.COPYING, 25),
            (TaskPhase.FINISHING, 25),
            (TaskPhase.DONE, 100),
        ]
        assert bench.tasks.infos() == (done,)
        assert not bench.tasks.busy()


async def test_each_percent_is_told_once_and_none_goes_back() -> None:
    async with at_a_bench() as bench:

        async def work(task: Task) -> None:
            for step in [*range(1000), 500, 999]:
                task.report(step / 1000)

        await bench.tasks.run(TaskKind.EXPORT, "demo", VM, work)

        copying = [info.progress for info in bench.infos() if info.phase is TaskPhase.COPYING]
        assert copying == list(range(100))


async def test_a_failure_reaches_the_caller_and_stays_on_record() -> None:
    async with at_a_bench() as bench:

        async def work(_: Task) -> None:
            raise EngineError("The disk broke.")

        with pytest.raises(EngineError, match="The disk broke"):
            await bench.tasks.run(TaskKind.GROW, "demo", VM, work)

        (info,) = bench.tasks.infos()
        assert (info.phase, info.error) == (TaskPhase.FAILED, "The disk broke.")
        assert info.error_code == EngineError.default_code.value


async def test_a_bug_in_one_task_ends_that_task_alone(caplog: pytest.LogCaptureFixture) -> None:
    async with at_a_bench() as bench:

        async def work(_: Task) -> None:
            raise ZeroDivisionError

        with caplog.at_level("CRITICAL", logger="app.vm.tasks"), pytest.raises(ZeroDivisionError):
            await bench.tasks.run(TaskKind.GROW, "demo", VM, work)
        bench.may_end.set()

        done = await bench.tasks.run(TaskKind.GROW, "demo", VM, bench.work)

        assert done.phase is TaskPhase.DONE
        assert bench.tasks.infos()[0].phase is TaskPhase.FAILED


async def test_in_the_background_the_number_comes_at_once() -> None:
    async with at_a_bench() as bench:
        info = await bench.tasks.run(TaskKind.IMPORT, "demo", VM, bench.work, background=True)

        assert not info.phase.is_over
        await bench.started.wait()
        assert bench.tasks.busy()
        bench.may_end.set()
        async with asyncio.timeout(5):
            while bench.tasks.busy():
                await bench.reader.__anext__()
        assert bench.tasks.infos()[0].phase is TaskPhase.DONE


async def test_who_cancels_by_number_comes_back_when_nothing_is_left() -> None:
    async with at_a_bench() as bench:
        waiting = asyncio.create_task(bench.tasks.run(TaskKind.IMPORT, "demo", VM, bench.work))
        await bench.started.wait()
        (info,) = bench.tasks.infos()

        ended = await bench.tasks.cancel(info.task_id)

        assert bench.left == ["cleaned up"]
        assert ended.phase is TaskPhase.CANCELLED
        with pytest.raises(StateError, match="cancelled"):
            await waiting


async def test_work_ends_with_the_caller_who_waited_for_it() -> None:
    async with at_a_bench() as bench:
        waiting = asyncio.create_task(bench.tasks.run(TaskKind.IMPORT, "demo", VM, bench.work))
        await bench.started.wait()

        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

        assert bench.left == ["cleaned up"]
        assert bench.tasks.infos()[0].phase is TaskPhase.CANCELLED


async def test_a_task_that_is_over_stays_what_it_is_when_it_is_cancelled() -> None:
    async with at_a_bench() as bench:
        bench.may_end.set()
        done = await bench.tasks.run(TaskKind.IMPORT, "demo", VM, bench.work)

        assert await bench.tasks.cancel(done.task_id) == done


async def test_a_number_that_nobody_gave_out_is_refused() -> None:
    async with at_a_bench() as bench:
        with pytest.raises(ParamError, match="no such task"):
            await bench.tasks.cancel(UUID(int=0))


async def test_old_tasks_are_forgotten_but_none_that_is_under_way() -> None:
    async with at_a_bench() as bench:
        running = await bench.tasks.run(TaskKind.IMPORT, "demo", VM, bench.work, background=True)
        await bench.started.wait()

        async def nothing(_: Task) -> None:
            return

        for _ in range(2 * KEPT):
            await bench.tasks.run(TaskKind.GROW, "demo", VM, nothing)

        known = bench.tasks.infos()
        assert len(known) == KEPT + 1
        assert known[0].task_id == running.task_id
        bench.may_end.set()


async def test_the_time_that_is_left_follows_the_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_a_bench() as bench:
        now_s = 100.0
        monkeypatch.setattr("app.vm.tasks.time.monotonic", lambda: now_s)

        async def work(task: Task) -> None:
            nonlocal now_s
            task.report(0.0)
            now_s += 0.5
            task.report(0.1)
            now_s += 19.5
            task.report(0.2)

        await bench.tasks.run(TaskKind.IMPORT, "demo", VM, work)

        left = [info.left_s for info in bench.infos() if info.phase is TaskPhase.COPYING]
        assert left == [None, None, 80]


async def test_one_that_is_cancelled_before_its_first_step_is_over_too() -> None:
    async with at_a_bench() as bench:
        info = await bench.tasks.run(TaskKind.IMPORT, "demo", VM, bench.work, background=True)

        ended = await bench.tasks.cancel(info.task_id)

        assert ended.phase is TaskPhase.CANCELLED
        assert not bench.started.is_set()


async def test_all_work_ends_with_its_manager() -> None:
    async with asyncio.timeout(5), at_a_bench() as bench:
        await bench.tasks.run(TaskKind.IMPORT, "demo", VM, bench.work, background=True)
        await bench.started.wait()

        bench.tasks.let_go()

    assert bench.left == ["cleaned up"]
