"""The guard looks at the free space while machines run, and pauses them before it is used up."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.errors import Code, DiskLessError
from app.vm import limits
from app.vm.space_guard import SpaceGuard, SpaceLimits
from tests.helpers.waiting import eventually
from tests.vm.gating import JumpingLoop, jump

PLENTY_MIB, SHORT_MIB, TOO_LITTLE_MIB = 50_000, 2047, 199
FOLDER = Path("/library")

Body = Callable[..., Coroutine[Any, Any, None]]


def on_a_moving_clock(body: Body) -> Callable[..., None]:
    """Run the test on a loop whose clock it moves itself."""

    def test(*args: Any, **kwargs: Any) -> None:
        with asyncio.Runner(loop_factory=JumpingLoop) as runner:
            runner.run(body(*args, **kwargs))

    test.__doc__, test.__name__ = body.__doc__, body.__name__
    test.__signature__ = inspect.signature(body)  # type: ignore[attr-defined]
    return test


@dataclass(eq=False)
class Scene:
    """Machines, the disk under them, and what the guard made of both."""

    free_mib: int | OSError = PLENTY_MIB
    running: int = 0
    stubborn: bool = False
    looks: list[Path] = field(default_factory=list)
    pauses: int = 0
    told: list[str] = field(default_factory=list)
    guard: SpaceGuard = field(init=False)

    def any_runs(self) -> bool:
        return self.running > 0

    async def pause_for_space(self) -> None:
        self.pauses += 1
        if not self.stubborn:
            self.run(0)

    async def tell(self, notice: str) -> None:
        self.told.append(notice)

    def look(self, folder: Path) -> int:
        self.looks.append(folder)
        if isinstance(self.free_mib, OSError):
            raise self.free_mib
        return self.free_mib

    def run(self, machines: int) -> None:
        """So many machines run from now on, and the guard is told."""
        self.running = machines
        self.guard.follow()

    async def looks_again(self) -> None:
        """The next look is due, and taken."""
        before = len(self.looks)
        jump(10.001)
        await eventually(lambda: len(self.looks) > before, what="another look")
        await settled()


async def settled() -> None:
    """What a look has led to is done."""
    for _ in range(10):
        await asyncio.sleep(0)


@asynccontextmanager
async def guarded(**given: Any) -> AsyncIterator[Scene]:
    scene = Scene(**given)
    async with asyncio.TaskGroup() as tasks:
        space = SpaceLimits(free_mib=scene.look)
        scene.guard = SpaceGuard(FOLDER, scene, tasks, tell=scene.tell, space=space)
        yield scene
        scene.guard.close()


@on_a_moving_clock
async def test_nobody_looks_while_no_machine_runs() -> None:
    async with guarded(free_mib=0) as scene:
        scene.run(0)
        jump(3600)
        await settled()
        assert not scene.guard.is_watching
        assert (scene.looks, scene.pauses, scene.told) == ([], 0, [])


@on_a_moving_clock
async def test_the_first_look_is_at_once_and_the_others_every_ten_seconds() -> None:
    async with guarded() as scene:
        scene.run(1)
        await eventually(lambda: scene.looks == [FOLDER])
        await settled()
        jump(9.5)
        await settled()
        assert len(scene.looks) == 1
        jump(0.501)
        await eventually(lambda: len(scene.looks) == 2)
        scene.run(2)  # another one is no reason to look twice
        await settled()
        assert len(scene.looks) == 2


@on_a_moving_clock
async def test_the_looks_end_with_the_last_machine_and_begin_again_with_the_next() -> None:
    async with guarded() as scene:
        scene.run(1)
        await eventually(lambda: len(scene.looks) == 1)
        await settled()
        scene.run(0)
        await eventually(lambda: not scene.guard.is_watching)
        jump(3600)
        await settled()
        assert len(scene.looks) == 1
        scene.run(1)
        await eventually(lambda: len(scene.looks) == 2)


@on_a_moving_clock
async def test_short_space_is_told_once_with_its_place_and_its_end_is_told() -> None:
    async with guarded(free_mib=SHORT_MIB) as scene:
        scene.run(1)
        await eventually(lambda: len(scene.told) == 1)
        assert str(FOLDER) in scene.told[0]
        assert "2 GiB are free" in scene.told[0]
        assert "below 200 MiB" in scene.told[0]
        for free_mib in (1000, 2100, 2303):  # more, but not so much that it is over
            scene.free_mib = free_mib
            await scene.looks_again()
        assert len(scene.told) == 1
        scene.free_mib = 2304
        await scene.looks_again()
        assert scene.told[1:] == [""]
        assert scene.pauses == 0


@on_a_moving_clock
async def test_a_notice_goes_when_the_last_machine_stands_still() -> None:
    async with guarded(free_mib=SHORT_MIB) as scene:
        scene.run(1)
        await eventually(lambda: len(scene.told) == 1)
        scene.run(0)
        await eventually(lambda: len(scene.told) == 2)
        assert scene.told[1] == ""


@on_a_moving_clock
async def test_two_hundred_mib_are_enough_and_one_less_pauses_the_machines() -> None:
    async with guarded(free_mib=200) as scene:
        scene.run(3)
        await eventually(lambda: len(scene.told) == 1)
        assert scene.pauses == 0
        scene.free_mib = TOO_LITTLE_MIB
        await scene.looks_again()
        await eventually(lambda: not scene.guard.is_watching)
        assert scene.pauses == 1


@on_a_moving_clock
async def test_space_that_comes_back_lets_no_machine_go_on() -> None:
    async with guarded(free_mib=TOO_LITTLE_MIB) as scene:
        scene.run(1)
        await eventually(lambda: scene.pauses == 1 and not scene.guard.is_watching)
        scene.free_mib = PLENTY_MIB
        jump(3600)
        await settled()
        assert scene.running == 0
        assert len(scene.looks) == 1


@on_a_moving_clock
async def test_a_machine_that_could_not_be_paused_is_tried_again_at_the_next_look() -> None:
    async with guarded(free_mib=TOO_LITTLE_MIB, stubborn=True) as scene:
        scene.run(1)
        await eventually(lambda: scene.pauses == 1)
        await settled()
        await scene.looks_again()
        assert scene.pauses == 2


@on_a_moving_clock
async def test_space_that_cannot_be_read_pauses_nobody_and_is_looked_at_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with guarded(free_mib=OSError(5, "Input/output error")) as scene:
        scene.run(1)
        await eventually(lambda: len(scene.looks) == 1)
        await settled()
        scene.free_mib = TOO_LITTLE_MIB
        await scene.looks_again()
        await eventually(lambda: scene.pauses == 1)
    said = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert [record.getMessage() for record in said] == [
        "the free space of /library is not known: [Errno 5] Input/output error"
    ]
    caplog.clear()


@on_a_moving_clock
async def test_a_guard_that_is_closed_looks_no_more_and_can_be_closed_twice() -> None:
    async with guarded(free_mib=SHORT_MIB) as scene:
        scene.run(1)
        await eventually(lambda: len(scene.told) == 1)
        scene.guard.close()
        scene.guard.close()
        await eventually(lambda: not scene.guard.is_watching)
        jump(3600)
        await settled()
        assert len(scene.looks) == 1
        assert len(scene.told) == 1  # the machines run on, and so does the shortage


async def test_a_resume_is_refused_with_what_is_free_and_what_is_needed(tmp_path: Path) -> None:
    space = SpaceLimits(free_mib=lambda _: TOO_LITTLE_MIB)
    with pytest.raises(DiskLessError) as caught:
        await space.check_resume(tmp_path)
    assert caught.value.code is Code.DISK_LESS
    assert caught.value.message == (
        f"Not enough disk space to go on: 199 MiB are free in {tmp_path}, 200 MiB are needed."
    )
    assert caught.value.remedy == "Make room there, then resume the machine."


async def test_a_resume_with_room_or_with_nobody_knowing_is_not_refused(tmp_path: Path) -> None:
    await SpaceLimits(free_mib=lambda _: 200).check_resume(tmp_path)

    def unknown(folder: Path) -> int:
        raise OSError(5, "Input/output error", str(folder))

    await SpaceLimits(free_mib=unknown).check_resume(tmp_path)


def test_free_space_is_that_of_what_there_is_of_the_path(tmp_path: Path) -> None:
    free_mib = limits.free_disk_mib(tmp_path)
    assert free_mib > 0
    assert abs(limits.free_disk_mib(tmp_path / "not" / "there") - free_mib) < 1024
