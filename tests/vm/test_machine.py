"""One machine's state against what its engine tells, in every order."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from app.errors import ConnectionLostError, StateError, StoreError
from app.vm.engine import (
    EngineEvent,
    EngineExited,
    EngineResumed,
    EngineShutdown,
    EngineStopped,
    RunStatus,
)
from app.vm.events import Published, StateChanged
from app.vm.machine import Machine
from app.vm.state import Action, Trigger, VmState
from tests.vm.makers import a_config

S = VmState


class Script:
    """A live machine that tells what it was given and then ends."""

    accelerator = "tcg"
    started_ms = 1_700_000_000_000
    cpus = 2
    memory_mib = 96
    paused_by = ""

    def __init__(self, *events: EngineEvent, status: RunStatus | Exception) -> None:
        self._events = events
        self._status = status
        self.detached = 0

    async def events(self):
        for event in self._events:
            yield event

    async def query_status(self) -> RunStatus:
        if isinstance(self._status, Exception):
            raise self._status
        return self._status

    async def disk_ids(self) -> frozenset[str]:
        return frozenset({"disk0"})

    async def resume(self) -> None:
        self._status = RunStatus.RUNNING

    async def detach(self) -> None:
        self.detached += 1


@pytest.fixture
def heard() -> list[Published]:
    return []


def a_machine(heard: list[Published], state: VmState = S.STOPPED, **options: Any) -> Machine:
    return Machine(a_config(), Path("/none"), heard.append, state=state, **options)


async def follow(machine: Machine, *events: EngineEvent) -> Script:
    running = Script(*events, status=RunStatus.RUNNING)
    machine.attach(running, machine.config)  # type: ignore[arg-type]
    await machine.watch()
    assert running.detached == 1
    return running


DEAD = EngineExited(-9, "last words")
ENDED = EngineExited(0)
FULL = EngineStopped(RunStatus.IO_ERROR, disk_full=True)


@pytest.mark.parametrize(
    ("state", "events", "end", "reason"),
    [
        (S.RUNNING, [EngineShutdown(True, "guest-shutdown"), ENDED], S.STOPPED, "guest-shutdown"),
        (S.RUNNING, [EngineShutdown(False, "host-signal"), ENDED], S.STOPPED, "host-signal"),
        (S.STOPPING, [EngineShutdown(True, "guest-shutdown"), ENDED], S.STOPPED, "guest-shutdown"),
        (S.RUNNING, [ENDED], S.STOPPED, "ended"),
        (S.RUNNING, [FULL], S.PAUSED, "disk_full"),
        (S.RUNNING, [EngineStopped(RunStatus.IO_ERROR)], S.PAUSED, "io-error"),
        (S.STARTING, [FULL], S.PAUSED, "disk_full"),
        (S.RUNNING, [FULL, EngineResumed()], S.RUNNING, ""),
        (S.PAUSING, [EngineStopped(RunStatus.PAUSED)], S.PAUSED, ""),
        (S.PAUSED, [EngineStopped(RunStatus.PAUSED), EngineResumed()], S.RUNNING, ""),
        (S.RUNNING, [EngineResumed(), EngineResumed()], S.RUNNING, ""),
    ],
    ids=str,
)
async def test_what_the_engine_tells_decides_the_state(
    heard: list[Published], state: VmState, events: list[EngineEvent], end: VmState, reason: str
) -> None:
    machine = a_machine(heard, state)
    await follow(machine, *events)

    assert (machine.state, machine.reason) == (end, reason)


@pytest.mark.parametrize(
    "state", [S.RUNNING, S.VIEWING, S.PAUSING, S.PAUSED, S.RESUMING, S.STOPPING], ids=str
)
async def test_a_death_in_any_state_is_an_error_with_its_words(
    heard: list[Published], state: VmState, caplog: pytest.LogCaptureFixture
) -> None:
    machine = a_machine(heard, state)
    await follow(machine, DEAD)

    info = machine.info()
    assert (info.state, info.reason) == (S.ERROR, "engine-died")
    assert "(code -9)" in info.problem
    assert machine.problem is not None
    assert machine.problem.detail == "last words"
    assert Action.START in info.actions
    assert "unexpectedly" in caplog.text


async def test_a_death_that_was_wished_is_none(heard: list[Published]) -> None:
    machine = a_machine(heard, S.RUNNING)
    machine.attach(Script(DEAD, status=RunStatus.RUNNING), machine.config)  # type: ignore[arg-type]
    machine.forced = True
    await machine.watch()

    assert (machine.state, machine.reason) == (S.STOPPED, "forced")


async def test_an_end_before_the_start_was_told_is_told_after_it(
    heard: list[Published],
) -> None:
    machine = a_machine(heard, S.STARTING)
    await follow(machine, EngineShutdown(True, "guest-shutdown"), ENDED)
    assert machine.state is S.STARTING
    assert machine.running is None

    machine.started()

    states = [event.state for event in heard if isinstance(event, StateChanged)]
    assert states == [S.RUNNING, S.STOPPED]
    assert machine.reason == "guest-shutdown"


@pytest.mark.parametrize(
    ("status", "state", "reason"),
    [
        (RunStatus.RUNNING, S.RUNNING, "adopted"),
        (RunStatus.PAUSED, S.PAUSED, "paused"),
        (RunStatus.IO_ERROR, S.PAUSED, "io-error"),
        (RunStatus.BROKEN, S.PAUSED, "guest-broken"),
        (RunStatus.STARTING, S.RUNNING, "adopted"),
        (ConnectionLostError("gone"), S.PAUSED, "guest-broken"),
    ],
    ids=str,
)
async def test_a_machine_is_taken_over_as_it_is(
    heard: list[Published], status: RunStatus | Exception, state: VmState, reason: str
) -> None:
    machine = a_machine(heard)
    machine.apply(Trigger.FOUND_ALIVE)
    await machine.adopt(Script(status=status))  # type: ignore[arg-type]

    info = machine.info()
    assert (info.state, info.reason, info.cpus, info.memory_mib) == (state, reason, 2, 96)
    assert machine.config.cpus == 1


async def test_a_machine_that_cannot_be_reached_can_only_be_ended(heard: list[Published]) -> None:
    machine = a_machine(heard, S.RUNNING)
    machine.mark_unreachable(ConnectionLostError("silent"))

    assert machine.info().actions == {Action.FORCE_STOP}
    assert machine.info().problem == "silent"
    machine.gone(reason="ended")
    assert (machine.state, machine.reason, machine.problem) == (S.STOPPED, "ended", None)
    assert Action.START in machine.info().actions


async def test_a_damaged_machine_stays_damaged_when_its_engine_ends(
    heard: list[Published],
) -> None:
    machine = a_machine(heard, S.UNAVAILABLE, problem=StoreError("damaged"))
    machine.mark_unreachable(ConnectionLostError("silent"))
    machine.gone(reason="ended")

    assert machine.state is S.UNAVAILABLE
    assert machine.info().problem == "damaged"


async def test_a_step_that_the_table_lacks_changes_and_tells_nothing(
    heard: list[Published],
) -> None:
    machine = a_machine(heard)
    with pytest.raises(StateError):
        machine.apply(Trigger.PAUSE)
    machine.apply_if_possible(Trigger.PAUSED)

    assert machine.state is S.STOPPED
    assert heard == []


async def test_everybody_who_waits_for_a_state_is_woken(heard: list[Published]) -> None:
    machine = a_machine(heard)
    waiting = [
        asyncio.ensure_future(machine.wait_for(lambda state: state is S.STARTING)) for _ in range(5)
    ]
    await asyncio.sleep(0)
    machine.apply(Trigger.START)

    assert await asyncio.gather(*waiting) == [S.STARTING] * 5


async def test_a_bound_view_comes_back_after_a_pause(heard: list[Published]) -> None:
    machine = a_machine(heard, S.RUNNING)
    machine.set_window(3)
    assert machine.state is S.VIEWING
    await follow(machine, EngineStopped(RunStatus.PAUSED), EngineResumed())
    assert machine.state is S.VIEWING
    machine.set_window(None)
    assert (machine.state, machine.info().window_id) == (S.RUNNING, None)
