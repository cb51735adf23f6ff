"""What the gate does to machines that run, and what it leaves alone."""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.vm.gate import PcMode
from app.vm.gate_rules import _AT_ONCE, GRACE_S, GateRules
from app.vm.posture import Posture
from app.vm.state import VmState
from tests.helpers.waiting import eventually
from tests.vm.gating import Guest, JumpingLoop, Ruled, jump, ruled

RUNNING, VIEWING, PAUSED = VmState.RUNNING, VmState.VIEWING, VmState.PAUSED
PAUSING, RESUMING, STOPPED = VmState.PAUSING, VmState.RESUMING, VmState.STOPPED
TINY_S = 0.005
NEVER_S = 3600.0

Body = Callable[..., Coroutine[Any, Any, None]]


def on_a_moving_clock(body: Body) -> Callable[..., None]:
    """Run the test on a loop whose clock it moves itself."""

    @functools.wraps(body)
    def test(*args: Any, **kwargs: Any) -> None:
        with asyncio.Runner(loop_factory=JumpingLoop) as runner:
            runner.run(body(*args, **kwargs))

    del test.__wrapped__  # else it is taken for a coroutine
    test.__signature__ = inspect.signature(body)
    return test


async def clock_moves(seconds: float) -> None:
    """Time goes by, and what was due is done."""
    jump(seconds)
    for _ in range(3):  # the timer, the task that it starts, the first step of that
        await asyncio.sleep(0)


async def paused(*guests: Guest) -> None:
    await eventually(lambda: all(guest.state is PAUSED for guest in guests))


async def running(*guests: Guest) -> None:
    await eventually(lambda: all(guest.state in {RUNNING, VIEWING} for guest in guests))


def test_machines_have_five_seconds() -> None:
    assert GRACE_S == 5.0


# Loss ---------------------------------------------------------------------------------------------


async def test_a_loss_is_published_and_releases_every_view_at_once() -> None:
    one, two, hidden = Guest(), Guest(), Guest(window=False, bound=False)
    async with ruled(one, two, hidden, grace_s=NEVER_S) as world:
        world.lose()

        assert [(before.open, after.open) for before, after in world.published] == [(True, False)]
        assert [guest.state for guest in (one, two, hidden)] == [RUNNING, RUNNING, RUNNING]
        assert (one.bound, two.bound) == (False, False)
        assert not world.machines.calls


async def test_the_loss_is_published_before_the_views_are_released() -> None:
    guest = Guest()
    async with ruled(guest, grace_s=NEVER_S) as world:
        bound: list[bool] = []
        world.rules._publish = lambda _, __: bound.append(guest.bound)

        world.lose()

        assert bound == [True]


async def test_after_the_grace_machines_that_had_a_view_stand_still() -> None:
    one, two, hidden = Guest(), Guest(), Guest(window=False, bound=False)
    async with ruled(one, two, hidden, grace_s=TINY_S) as world:
        world.lose()

        await paused(one, two)
        await world.settled()
        assert (one.paused_by, two.paused_by) == ("gate", "gate")
        assert (hidden.state, hidden.paused_by) == (RUNNING, "")


@on_a_moving_clock
async def test_nothing_is_paused_before_the_grace_is_over() -> None:
    guest = Guest()
    async with ruled(guest) as world:
        world.lose()
        await clock_moves(4.9)
        assert guest.state is RUNNING

        await clock_moves(0.2)
        assert guest.state is PAUSED


async def test_pc_mode_that_is_switched_off_is_a_loss_too(tmp_path: Path) -> None:
    guest = Guest()
    async with ruled(guest, path=tmp_path / "gate.json", grace_s=TINY_S) as world:
        await world.gate.set_mode(PcMode.OFF)
        await paused(guest)

        await world.gate.set_mode(PcMode.ON)
        await running(guest)


async def test_another_posture_that_is_as_wrong_is_published_and_changes_nothing() -> None:
    guest = Guest()
    async with ruled(guest, grace_s=TINY_S) as world:
        world.lose()
        await paused(guest)
        await world.settled()

        world.sensor.turn(Posture.FOLDED)

        assert [after.posture for _, after in world.published] == ["tablet", "folded"]
        await world.settled()
        assert world.machines.calls == [("pause", guest.id)]


@on_a_moving_clock
async def test_another_wrong_posture_within_the_grace_neither_forgets_nor_prolongs_it() -> None:
    guest = Guest()
    async with ruled(guest) as world:
        world.lose()
        await clock_moves(3)
        world.sensor.turn(Posture.FOLDED)
        await clock_moves(2.1)

        assert guest.state is PAUSED


@pytest.mark.parametrize("who", ["person", "disk"])
async def test_a_machine_that_somebody_else_paused_before_is_left_alone(who: str) -> None:
    guest, other = Guest(), Guest()
    async with ruled(guest, other, grace_s=TINY_S) as world:
        if who == "person":
            world.machines.person_pauses(guest)
        else:
            world.machines.disk_fills(guest)

        world.lose()
        await paused(other)
        await world.settled()
        world.regain()
        await running(other)
        await world.settled()

        assert (guest.state, guest.paused_by) == (PAUSED, who)


@on_a_moving_clock
async def test_a_machine_that_is_stopped_during_the_grace_is_left_alone() -> None:
    guest = Guest()
    async with ruled(guest) as world:
        world.lose()
        world.machines.person_stops(guest)
        await clock_moves(6)
        assert guest.state is STOPPED

        world.regain()
        await world.settled()
        assert guest.state is STOPPED


@on_a_moving_clock
async def test_a_machine_that_is_destroyed_during_the_grace_is_passed_over() -> None:
    guest = Guest()
    async with ruled(guest) as world:
        world.lose()
        world.machines.person_stops(guest)
        world.machines.person_destroys(guest)
        await clock_moves(6)
        world.regain()
        await world.settled()

        assert not world.machines.calls


# Back again ---------------------------------------------------------------------------------------


@on_a_moving_clock
async def test_a_gate_that_is_back_within_the_grace_pauses_nothing() -> None:
    guest = Guest()
    async with ruled(guest) as world:
        world.lose()
        await clock_moves(4.9)
        world.regain()
        assert guest.state is VIEWING

        await clock_moves(60)
        assert guest.state is VIEWING
        assert not world.machines.calls


async def test_what_the_gate_paused_goes_on_in_its_window_when_the_gate_is_back() -> None:
    one, two = Guest(), Guest()
    async with ruled(one, two, grace_s=TINY_S) as world:
        world.lose()
        await paused(one, two)
        world.machines.person_closes_window(two)
        await world.settled()

        world.regain()

        await running(one, two)
        assert (one.state, one.paused_by) == (VIEWING, "")
        assert (two.state, two.paused_by) == (RUNNING, "")  # its window is gone


async def test_a_machine_that_the_person_stopped_meanwhile_stays_off() -> None:
    guest = Guest()
    async with ruled(guest, grace_s=TINY_S) as world:
        world.lose()
        await paused(guest)
        world.machines.person_stops(guest)

        world.regain()
        await world.settled()

        assert guest.state is STOPPED
        assert ("resume", guest.id) not in world.machines.calls


@pytest.mark.parametrize("changing", [PAUSING, RESUMING])
async def test_a_machine_that_is_forced_off_in_the_middle_of_a_step_stays_off(
    changing: VmState,
) -> None:
    guest = Guest()
    async with ruled(guest, grace_s=TINY_S) as world:
        if changing is RESUMING:
            world.lose()
            await paused(guest)
            world.machines.hold(guest)
            world.regain()
        else:
            world.machines.hold(guest)
            world.lose()
        await eventually(lambda: guest.state is changing)

        world.machines.person_forces_off(guest)
        world.machines.let_go(guest)
        world.regain()
        await world.settled()

        assert (guest.state, guest.paused_by) == (STOPPED, "")


async def test_a_pause_that_the_person_makes_their_own_outlasts_the_loss() -> None:
    guest = Guest()
    async with ruled(guest, grace_s=TINY_S) as world:
        world.lose()
        await paused(guest)
        world.machines.person_pauses(guest)

        world.regain()
        await world.settled()

        assert (guest.state, guest.paused_by) == (PAUSED, "person")


async def test_a_machine_that_the_person_resumed_before_its_turn_is_left_alone() -> None:
    many = [Guest() for _ in range(_AT_ONCE + 1)]
    async with ruled(*many, grace_s=TINY_S) as world:
        world.lose()
        await paused(*many)
        await world.settled()
        world.machines.hold(*many)
        world.regain()
        await eventually(lambda: world.machines.now == _AT_ONCE)
        (last,) = [guest for guest in many if guest.state is PAUSED]

        world.machines.person_resumes(last)
        world.machines.let_go(*many)
        await running(*many)
        await world.settled()

        assert ("resume", last.id) not in world.machines.calls
        assert not world.machines.wrong_resumes


async def test_continue_anyway_lets_machines_go_on(tmp_path: Path) -> None:
    guest = Guest()
    async with ruled(guest, path=tmp_path / "gate.json", grace_s=TINY_S) as world:
        world.lose()
        await paused(guest)

        await world.gate.continue_anyway()

        await running(guest)
        assert guest.state is VIEWING


# Quick changes ------------------------------------------------------------------------------------


@on_a_moving_clock
async def test_a_gate_that_flaps_faster_than_the_grace_pauses_nothing_until_it_stays_closed() -> (
    None
):
    guest = Guest()
    async with ruled(guest) as world:
        for _ in range(20):
            world.lose()
            await clock_moves(3)
            world.regain()
            await clock_moves(1)
        assert guest.state is VIEWING

        world.lose()
        await clock_moves(4.9)
        assert guest.state is RUNNING  # the last loss has a whole grace of its own
        await clock_moves(0.2)
        assert guest.state is PAUSED
        assert world.machines.calls == [("pause", guest.id)]


async def test_a_gate_that_is_back_during_a_pause_lets_the_machine_go_on_after_it() -> None:
    guest = Guest()
    async with ruled(guest, grace_s=TINY_S) as world:
        world.machines.hold(guest)
        world.lose()
        await eventually(lambda: guest.state is PAUSING)

        world.regain()
        assert guest.state is PAUSING  # no step is cut off
        world.machines.let_go(guest)

        await running(guest)
        assert world.machines.calls == [("pause", guest.id), ("resume", guest.id)]


async def test_a_second_loss_during_the_resume_pauses_the_machine_again() -> None:
    guest = Guest()
    async with ruled(guest, grace_s=TINY_S) as world:
        world.lose()
        await paused(guest)
        world.machines.hold(guest)
        world.regain()
        await eventually(lambda: guest.state is RESUMING)

        world.lose()
        world.machines.let_go(guest)

        await paused(guest)
        await world.settled()
        assert guest.paused_by == "gate"
        world.regain()
        await running(guest)


async def test_a_second_loss_and_a_grace_that_ends_during_the_resume_pause_it_after_that() -> None:
    guest, other = Guest(), Guest()
    async with ruled(guest, other, grace_s=TINY_S) as world:
        world.lose()
        await paused(guest, other)
        world.machines.hold(guest)
        world.regain()
        await running(other)

        world.lose()
        await paused(other)  # the grace is over
        assert guest.state is RESUMING
        world.machines.let_go(guest)

        await paused(guest)
        assert guest.paused_by == "gate"


async def test_a_second_loss_keeps_those_paused_whose_resume_has_not_begun() -> None:
    many = [Guest() for _ in range(_AT_ONCE + 3)]
    async with ruled(*many, grace_s=TINY_S) as world:
        world.lose()
        await paused(*many)
        await world.settled()
        world.machines.hold(*many)
        world.regain()
        await eventually(lambda: world.machines.now == _AT_ONCE)
        waiting = [guest for guest in many if guest.state is PAUSED]

        world.lose()
        world.machines.let_go(*many)
        await paused(*many)
        await world.settled()

        assert len(waiting) == 3
        assert all(("resume", guest.id) not in world.machines.calls for guest in waiting)
        assert all(guest.paused_by == "gate" for guest in many)
        world.regain()
        await running(*many)


@on_a_moving_clock
async def test_a_pause_that_waited_for_its_turn_is_forgotten_when_the_gate_is_back() -> None:
    many = [Guest() for _ in range(_AT_ONCE + 3)]
    async with ruled(*many) as world:
        world.machines.hold(*many)
        world.lose()
        await clock_moves(5.1)
        waiting = [guest for guest in many if guest.state is RUNNING]
        assert len(waiting) == 3

        world.regain()
        world.lose()
        world.machines.let_go(*many)
        await world.settled()
        assert all(guest.state is RUNNING for guest in waiting)  # a grace of their own

        await clock_moves(5.1)
        await world.settled()
        assert all(guest.state is PAUSED for guest in many)


# Failures and limits ------------------------------------------------------------------------------


async def test_pauses_run_at_the_same_time_under_a_limit() -> None:
    many = [Guest() for _ in range(3 * _AT_ONCE)]
    async with ruled(*many, grace_s=TINY_S) as world:
        world.machines.hold(*many)
        world.lose()
        await eventually(lambda: world.machines.now == _AT_ONCE)
        world.machines.let_go(*many)
        await paused(*many)

        assert world.machines.most == _AT_ONCE


async def test_a_machine_that_hangs_holds_up_only_itself() -> None:
    stuck, other = Guest(), Guest()
    async with ruled(stuck, other, grace_s=TINY_S) as world:
        world.machines.hold(stuck)
        world.lose()
        await paused(other)
        world.regain()
        await running(other)
        assert stuck.state is PAUSING

        world.machines.let_go(stuck)
        await running(stuck)


async def test_a_pause_that_fails_is_told_once_and_the_others_are_paused(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken, other = Guest(), Guest()
    async with ruled(broken, other, grace_s=TINY_S) as world:
        world.machines.fail_once(broken)
        world.lose()
        await paused(other)
        await world.settled()

        assert (broken.state, broken.paused_by) == (RUNNING, "")
        warnings = [
            record.getMessage() for record in caplog.records if record.levelname == "WARNING"
        ]
        assert warnings == [f"{broken.id}: does not follow PC mode: The engine does not answer."]
        world.regain()
        await running(other)


async def test_a_resume_that_fails_is_told_and_tried_again_at_the_next_chance(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken, other = Guest(), Guest()
    async with ruled(broken, other, grace_s=TINY_S) as world:
        world.lose()
        await paused(broken, other)
        world.machines.fail_once(broken)
        world.regain()
        await running(other)
        await world.settled()
        assert (broken.state, broken.paused_by) == (PAUSED, "gate")
        assert caplog.text.count("does not follow PC mode") == 1

        world.lose()
        world.regain()
        await running(broken)


async def test_a_bug_in_one_machine_is_told_with_its_traceback_and_ends_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken, other = Guest(), Guest()
    async with ruled(broken, other, grace_s=TINY_S) as world:
        world.machines.fail_once(broken, RuntimeError("a bug"))
        world.lose()
        await paused(other)
        await world.settled()
        world.regain()
        await running(other)

    assert "RuntimeError: a bug" in caplog.text


# Managers that come and go ------------------------------------------------------------------------


@on_a_moving_clock
async def test_a_manager_that_leaves_during_the_grace_leaves_machines_as_they_are() -> None:
    guest = Guest()
    async with ruled(guest) as world:
        world.lose()
        world.rules.close()
        await clock_moves(60)

        assert guest.state is RUNNING
        assert not world.machines.calls


async def test_a_manager_that_leaves_begins_no_pause_that_waited_for_its_turn() -> None:
    many = [Guest() for _ in range(_AT_ONCE + 2)]
    async with ruled(*many, grace_s=TINY_S) as world:
        world.machines.hold(*many)
        world.lose()
        await eventually(lambda: world.machines.now == _AT_ONCE)

        world.rules.close()
        await world.settled()

        assert len(world.machines.calls) == _AT_ONCE


async def test_after_close_the_gate_moves_nothing() -> None:
    guest = Guest()
    async with ruled(guest, grace_s=TINY_S) as world:
        world.rules.close()
        world.rules.close()

        world.lose()

        assert guest.bound
        assert not world.published
        world.rules.catch_up()
        assert not world.rules._settling


@on_a_moving_clock
async def test_a_manager_that_starts_while_the_gate_is_closed_pauses_nothing() -> None:
    guest, kept = Guest(), Guest(state=PAUSED, paused_by="gate")
    async with ruled(guest, kept, posture=Posture.TABLET) as world:
        world.rules.catch_up()
        await clock_moves(60)
        assert guest.state is VIEWING
        assert kept.state is PAUSED
        assert not world.published

        world.regain()
        await world.settled()
        assert kept.state is VIEWING
        assert world.machines.calls == [("resume", kept.id)]


async def test_what_an_earlier_manager_paused_goes_on_when_the_gate_is_open_at_the_start() -> None:
    kept = Guest(state=PAUSED, paused_by="gate")
    person, disk = Guest(state=PAUSED, paused_by="person"), Guest(state=PAUSED, paused_by="disk")
    async with ruled(kept, person, disk) as world:
        await running(kept)
        await world.settled()

        assert (person.state, disk.state) == (PAUSED, PAUSED)


async def test_a_machine_that_is_taken_over_late_goes_on_too() -> None:
    async with ruled() as world:
        late = Guest(state=PAUSED, paused_by="gate")
        world.machines.guests[late.id] = late

        world.rules.catch_up()

        await running(late)


async def test_a_machine_that_is_lost_in_the_resume_and_found_again_has_another_chance(
    caplog: pytest.LogCaptureFixture,
) -> None:
    guest = Guest(state=PAUSED, paused_by="gate")
    async with ruled(guest) as world:
        world.machines.hold(guest)
        world.machines.fail_once(guest)
        await eventually(lambda: guest.state is RESUMING)

        world.rules.catch_up()
        world.machines.let_go(guest)

        await running(guest)
        assert caplog.text.count("does not follow PC mode") == 1


async def test_before_the_start_nothing_moves() -> None:
    kept = Guest(state=PAUSED, paused_by="gate")
    async with ruled(kept, posture=Posture.TABLET) as world, asyncio.TaskGroup() as tasks:
        rules = GateRules(world.gate, world.machines, tasks, publish=lambda _, __: None)

        rules.catch_up()

        assert not rules._settling
        rules.close()


# Whatever happens ---------------------------------------------------------------------------------

EVENTS = [
    "lose",
    "regain",
    "grace goes by",
    "a little time goes by",
    "the loop turns",
    "catch up",
    "person_pauses",
    "person_resumes",
    "person_stops",
    "person_forces_off",
    "person_starts",
    "person_destroys",
    "person_opens_window",
    "person_closes_window",
    "disk_fills",
    "disk_is_freed",
]
STEPS = st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, 2)), max_size=40)


async def happen(world: Ruled, guests: list[Guest], event: str, which: int) -> None:
    match event:
        case "lose":
            world.lose()
        case "regain":
            world.regain()
        case "grace goes by":
            await clock_moves(5.1)
        case "a little time goes by":
            await clock_moves(which)
        case "the loop turns":
            for _ in range(which + 1):
                await asyncio.sleep(0)
        case "catch up":
            world.rules.catch_up()
        case _:
            getattr(world.machines, event)(guests[which])


@given(steps=STEPS, turns=st.integers(0, 6), closed_at_start=st.booleans())
@settings(max_examples=300, deadline=None)
def test_whatever_happens_an_open_gate_keeps_nothing_paused_and_a_person_s_pause_is_kept(
    steps: list[tuple[str, int]], turns: int, closed_at_start: bool
) -> None:
    async def body() -> None:
        guests = [Guest(), Guest(state=PAUSED, paused_by="gate"), Guest(window=False, bound=False)]
        posture = Posture.TABLET if closed_at_start else Posture.KEYBOARD_ATTACHED
        async with ruled(*guests, posture=posture) as world:
            world.machines.turns = turns
            for event, which in steps:
                await happen(world, guests, event, which)
                assert world.machines.now <= len(guests)  # one step a machine at most
            by_person = [guest for guest in guests if guest.paused_by == "person"]

            world.regain()
            await world.settled()
            await clock_moves(60)

            assert not world.rules._settling
            assert not world.machines.paused_by_gate()
            assert not any(guest.state.is_changing for guest in guests)
            assert not world.machines.wrong_resumes
            assert all(guest.state is PAUSED for guest in by_person)

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        runner.run(body())
