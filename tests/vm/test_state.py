"""The one transition table: every pair of state and trigger is walked."""

from __future__ import annotations

import pytest

from app.errors import StateError
from app.vm.state import TRANSITIONS, Action, Trigger, VmState, advance, allowed

NUMBERS = {
    "AVAILABLE": 0,
    "UNAVAILABLE": 1,
    "CREATE": 2,
    "STARTING": 3,
    "RUNNING": 4,
    "PAUSING": 5,
    "PAUSED": 6,
    "RESUMING": 7,
    "STOPPING": 8,
    "STOPPED": 9,
    "DESTROY": 10,
    "SNAPSHOTTING": 11,
    "UPDATE": 12,
    "VIEWING": 13,
    "ERROR": 14,
}

# Written apart from the product's table on purpose: a change there has to be meant here.
EXPECTED = """
AVAILABLE: start>STARTING destroy>DESTROY checked>STOPPED damaged>UNAVAILABLE update>UPDATE
UNAVAILABLE: destroy>DESTROY checked>STOPPED
CREATE: created>STOPPED create_failed>DESTROY
STARTING: started>RUNNING start_failed>ERROR adopted_running>RUNNING adopted_paused>PAUSED
STARTING: paused>PAUSED exited>STOPPED failed>ERROR
RUNNING: pause>PAUSING paused>PAUSED stop>STOPPING view_bound>VIEWING exited>STOPPED failed>ERROR
PAUSING: paused>PAUSED pause_failed>RUNNING resumed>RUNNING exited>STOPPED failed>ERROR
PAUSED: resume>RESUMING resumed>RUNNING stop>STOPPING exited>STOPPED failed>ERROR
RESUMING: resumed>RUNNING resume_failed>PAUSED exited>STOPPED failed>ERROR
STOPPING: paused>PAUSED stop_refused>RUNNING exited>STOPPED failed>ERROR
STOPPED: start>STARTING found_alive>STARTING destroy>DESTROY damaged>UNAVAILABLE update>UPDATE
UPDATE: updated>STOPPED imported>AVAILABLE failed>ERROR damaged>UNAVAILABLE
DESTROY: destroy_failed>STOPPED restored>STOPPED
SNAPSHOTTING: exited>STOPPED failed>ERROR snapshot_runs>RUNNING snapshot_stands>PAUSED
RUNNING: snapshot>SNAPSHOTTING
VIEWING: snapshot>SNAPSHOTTING
PAUSED: snapshot>SNAPSHOTTING
VIEWING: pause>PAUSING paused>PAUSED stop>STOPPING view_released>RUNNING exited>STOPPED failed>ERROR
ERROR: start>STARTING destroy>DESTROY damaged>UNAVAILABLE found_alive>STARTING exited>STOPPED
ERROR: update>UPDATE
"""


def expected() -> dict[tuple[VmState, Trigger], VmState]:
    rows = {}
    for line in EXPECTED.strip().splitlines():
        state, _, steps = line.partition(": ")
        for step in steps.split():
            trigger, _, target = step.partition(">")
            rows[VmState[state], Trigger(trigger)] = VmState[target]
    return rows


def test_names_and_numbers_are_the_ones_that_were_promised() -> None:
    assert {state.name: state.value for state in VmState} == NUMBERS
    assert all(state.wire_name == f"STATE_{name}" for name, state in VmState.__members__.items())


@pytest.mark.parametrize("state", list(VmState), ids=str)
def test_every_trigger_leads_where_it_should_or_is_refused(state: VmState) -> None:
    for trigger in Trigger:
        target = expected().get((state, trigger))
        if target is not None:
            assert advance(state, trigger) is target
            continue
        with pytest.raises(StateError) as caught:
            advance(state, trigger)
        assert state.wire_name in caught.value.detail
        assert caught.value.remedy


@pytest.mark.parametrize("state", list(VmState), ids=str)
def test_what_is_allowed_follows_from_the_same_rows(state: VmState) -> None:
    actions = allowed(state)

    for action in (Action.START, Action.PAUSE, Action.RESUME, Action.STOP, Action.DESTROY):
        assert (action in actions) == ((state, Trigger(action.value)) in TRANSITIONS)
    assert (Action.FORCE_STOP in actions) == state.has_process
    assert Action.DESTROY not in actions or not state.has_process
    assert Action.CHANGE_DISC not in actions or not state.has_process
    assert not (state.is_changing and Action.RENAME in actions)


def test_a_process_can_always_end_and_end_badly() -> None:
    for state in VmState:
        if state.has_process:
            assert advance(state, Trigger.EXITED) is VmState.STOPPED
            assert advance(state, Trigger.FAILED) is VmState.ERROR


def test_a_process_comes_only_by_a_start_or_by_being_found() -> None:
    ways_in = {
        trigger
        for (state, trigger), target in TRANSITIONS.items()
        if target.has_process and not state.has_process
    }

    assert ways_in == {Trigger.START, Trigger.FOUND_ALIVE}


def test_every_state_with_work_under_way_has_a_way_out() -> None:
    for state in VmState:
        if state.is_changing:
            targets = {to for (origin, _), to in TRANSITIONS.items() if origin is state}
            assert any(not target.is_changing for target in targets)


def test_no_state_leads_to_itself() -> None:
    assert all(state is not target for (state, _), target in TRANSITIONS.items())
