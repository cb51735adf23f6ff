"""States of a machine, and the one table that says what may follow what.

Names are the `vm_manager` document's (section 9.2); the numbers are ours and stable. Nobody but
`advance` decides a next state; `allowed` answers from the same rows which buttons are enabled.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from types import MappingProxyType

from app.errors import StateError


class VmState(IntEnum):
    """State of one machine; `wire_name` is its name in the `vm_manager` API."""

    AVAILABLE = 0
    UNAVAILABLE = 1
    CREATE = 2
    STARTING = 3
    RUNNING = 4
    PAUSING = 5
    PAUSED = 6
    RESUMING = 7
    STOPPING = 8
    STOPPED = 9
    DESTROY = 10
    SNAPSHOTTING = 11
    UPDATE = 12
    VIEWING = 13
    ERROR = 14

    @property
    def wire_name(self) -> str:
        """The document's spelling, such as ``STATE_RUNNING``."""
        return f"STATE_{self.name}"

    @property
    def has_process(self) -> bool:
        """Whether an engine process belongs to a machine in this state."""
        return self in _WITH_PROCESS

    @property
    def is_changing(self) -> bool:
        """Whether a step is under way, so that a spinner stands in place of the dot."""
        return self in _CHANGING


_WITH_PROCESS = frozenset(
    {
        VmState.STARTING,
        VmState.RUNNING,
        VmState.PAUSING,
        VmState.PAUSED,
        VmState.RESUMING,
        VmState.STOPPING,
        VmState.SNAPSHOTTING,
        VmState.VIEWING,
    }
)
_CHANGING = frozenset(
    {
        VmState.CREATE,
        VmState.STARTING,
        VmState.PAUSING,
        VmState.RESUMING,
        VmState.STOPPING,
        VmState.SNAPSHOTTING,
        VmState.UPDATE,
        VmState.DESTROY,
    }
)


class Trigger(StrEnum):
    """What moves a machine from one state to the next."""

    CREATED = "created"
    CREATE_FAILED = "create_failed"
    START = "start"
    STARTED = "started"
    START_FAILED = "start_failed"
    FOUND_ALIVE = "found_alive"
    ADOPTED_RUNNING = "adopted_running"
    ADOPTED_PAUSED = "adopted_paused"
    PAUSE = "pause"
    PAUSED = "paused"
    PAUSE_FAILED = "pause_failed"
    RESUME = "resume"
    RESUMED = "resumed"
    RESUME_FAILED = "resume_failed"
    STOP = "stop"
    STOP_REFUSED = "stop_refused"
    EXITED = "exited"
    FAILED = "failed"
    VIEW_BOUND = "view_bound"
    VIEW_RELEASED = "view_released"
    DESTROY = "destroy"
    DESTROY_FAILED = "destroy_failed"
    RESTORED = "restored"
    DAMAGED = "damaged"
    CHECKED = "checked"
    UPDATE = "update"
    UPDATED = "updated"
    IMPORTED = "imported"
    SNAPSHOT = "snapshot"
    SNAPSHOT_RUNS = "snapshot_runs"
    SNAPSHOT_STANDS = "snapshot_stands"


class Action(StrEnum):
    """What a person can ask of a machine; the views enable buttons by these."""

    OPEN = "open"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    FORCE_STOP = "force_stop"
    DESTROY = "destroy"
    RENAME = "rename"
    CHANGE_DISC = "change_disc"
    SCREENSHOT = "screenshot"
    UPDATE = "update"
    SNAPSHOT = "snapshot"


S, T = VmState, Trigger
_LIVE = (
    S.STARTING,
    S.RUNNING,
    S.VIEWING,
    S.PAUSING,
    S.PAUSED,
    S.RESUMING,
    S.STOPPING,
    S.SNAPSHOTTING,
)

TRANSITIONS: Mapping[tuple[VmState, Trigger], VmState] = MappingProxyType(
    {
        (S.CREATE, T.CREATED): S.STOPPED,
        (S.CREATE, T.CREATE_FAILED): S.DESTROY,
        (S.STOPPED, T.START): S.STARTING,
        (S.ERROR, T.START): S.STARTING,
        (S.AVAILABLE, T.START): S.STARTING,
        (S.STARTING, T.STARTED): S.RUNNING,
        (S.STARTING, T.START_FAILED): S.ERROR,
        # A machine that runs when the manager comes is STARTING until it has answered.
        (S.STOPPED, T.FOUND_ALIVE): S.STARTING,
        (S.STARTING, T.ADOPTED_RUNNING): S.RUNNING,
        (S.STARTING, T.ADOPTED_PAUSED): S.PAUSED,
        # One that could not be reached may answer later, or end.
        (S.ERROR, T.FOUND_ALIVE): S.STARTING,
        (S.ERROR, T.EXITED): S.STOPPED,
        (S.RUNNING, T.PAUSE): S.PAUSING,
        (S.VIEWING, T.PAUSE): S.PAUSING,
        (S.PAUSING, T.PAUSED): S.PAUSED,
        (S.PAUSING, T.PAUSE_FAILED): S.RUNNING,
        # The guest or the engine paused by itself: full disk, panic, another client.
        (S.STARTING, T.PAUSED): S.PAUSED,
        (S.RUNNING, T.PAUSED): S.PAUSED,
        (S.VIEWING, T.PAUSED): S.PAUSED,
        (S.STOPPING, T.PAUSED): S.PAUSED,
        (S.PAUSED, T.RESUME): S.RESUMING,
        (S.RESUMING, T.RESUMED): S.RUNNING,
        (S.RESUMING, T.RESUME_FAILED): S.PAUSED,
        (S.PAUSED, T.RESUMED): S.RUNNING,
        (S.PAUSING, T.RESUMED): S.RUNNING,
        (S.RUNNING, T.STOP): S.STOPPING,
        (S.VIEWING, T.STOP): S.STOPPING,
        (S.PAUSED, T.STOP): S.STOPPING,
        (S.STOPPING, T.STOP_REFUSED): S.RUNNING,
        (S.RUNNING, T.VIEW_BOUND): S.VIEWING,
        (S.VIEWING, T.VIEW_RELEASED): S.RUNNING,
        (S.STOPPED, T.DESTROY): S.DESTROY,
        (S.ERROR, T.DESTROY): S.DESTROY,
        (S.AVAILABLE, T.DESTROY): S.DESTROY,
        (S.UNAVAILABLE, T.DESTROY): S.DESTROY,
        (S.DESTROY, T.DESTROY_FAILED): S.STOPPED,
        (S.DESTROY, T.RESTORED): S.STOPPED,
        (S.UNAVAILABLE, T.CHECKED): S.STOPPED,
        (S.AVAILABLE, T.CHECKED): S.STOPPED,
        (S.STOPPED, T.DAMAGED): S.UNAVAILABLE,
        (S.ERROR, T.DAMAGED): S.UNAVAILABLE,
        (S.AVAILABLE, T.DAMAGED): S.UNAVAILABLE,
        # Long work on the disks of a machine that is off; a running one stays what it is.
        (S.STOPPED, T.UPDATE): S.UPDATE,
        (S.ERROR, T.UPDATE): S.UPDATE,
        (S.AVAILABLE, T.UPDATE): S.UPDATE,
        (S.UPDATE, T.UPDATED): S.STOPPED,
        (S.UPDATE, T.IMPORTED): S.AVAILABLE,
        (S.UPDATE, T.FAILED): S.ERROR,
        (S.UPDATE, T.DAMAGED): S.UNAVAILABLE,
        # A live machine is kept with its memory, or goes back to such a snapshot. The engine
        # stops and resumes it meanwhile by itself, which is no change of this state.
        (S.RUNNING, T.SNAPSHOT): S.SNAPSHOTTING,
        (S.VIEWING, T.SNAPSHOT): S.SNAPSHOTTING,
        (S.PAUSED, T.SNAPSHOT): S.SNAPSHOTTING,
        (S.SNAPSHOTTING, T.SNAPSHOT_RUNS): S.RUNNING,
        (S.SNAPSHOTTING, T.SNAPSHOT_STANDS): S.PAUSED,
        **{(state, T.EXITED): S.STOPPED for state in _LIVE},
        **{(state, T.FAILED): S.ERROR for state in _LIVE},
    }
)

_ACTION_TRIGGERS: Mapping[Action, Trigger] = MappingProxyType(
    {
        Action.START: T.START,
        Action.PAUSE: T.PAUSE,
        Action.RESUME: T.RESUME,
        Action.STOP: T.STOP,
        Action.DESTROY: T.DESTROY,
        Action.UPDATE: T.UPDATE,
    }
)
_VIEWABLE = frozenset({S.RUNNING, S.VIEWING, S.PAUSED})
_AT_REST = frozenset({S.STOPPED, S.ERROR, S.AVAILABLE})


def advance(state: VmState, trigger: Trigger) -> VmState:
    """State after `trigger`.

    Raises:
        StateError: the table has no such row.
    """
    try:
        return TRANSITIONS[state, trigger]
    except KeyError:
        raise StateError(
            f"This is not possible while the machine is {state.name.lower()}.",
            remedy="Wait until the machine has reached another state.",
            detail=f"{state.wire_name}, {trigger}",
        ) from None


def allowed(state: VmState) -> frozenset[Action]:
    """Actions that make sense in `state`, from the transition table."""
    actions = {
        action for action, trigger in _ACTION_TRIGGERS.items() if (state, trigger) in TRANSITIONS
    }
    if state in _VIEWABLE or state in _AT_REST:
        actions.add(Action.OPEN)
    if state in _VIEWABLE:
        actions.add(Action.SCREENSHOT)
    if state.has_process:
        actions.add(Action.FORCE_STOP)
    if state in _AT_REST:
        actions.add(Action.CHANGE_DISC)
    if state in _AT_REST or state in _VIEWABLE:
        actions.add(Action.SNAPSHOT)
    if state in _AT_REST or state in _VIEWABLE:
        actions.add(Action.RENAME)
    return frozenset(actions)
