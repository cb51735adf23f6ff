"""What happened, as one typed stream with bounded readers.

Every reader has a queue of its own. A reader that falls behind loses its backlog and gets one
`Resync` instead: it then asks for the present state. A reader that keeps up sees no gap in `seq`.
All of this belongs to one asyncio loop; other threads come in through `call_soon_threadsafe`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from pathlib import Path
from uuid import UUID

from app.vm.gate import GateStatus
from app.vm.permissions import Answer, Permission
from app.vm.records import RecoveryKind, RecoveryStep, TaskInfo
from app.vm.state import VmState

_QUEUE_LIMIT = 256


class ViewState(IntEnum):
    """State of a machine's view, as told by `vmViewStateChange`; the numbers are ours."""

    BOUND = 0
    FOCUSED = 1
    UNFOCUSED = 2
    HIDDEN = 3
    RELEASED = 4


RESOLUTION_FAILED = "setResolutionFail"
"""Reason in `vmViewStateChange`: the guest cannot take the size that it was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _VmEvent:
    """What all events carry.

    Attributes:
        vm_id: the machine's own id, which survives a rename.
        vm_name: its name when the event happened.
        seq: counts the events of this manager, without gaps; 0 until published.
        time_ms: milliseconds since 1970, UTC.
    """

    vm_id: UUID
    vm_name: str
    seq: int = 0
    time_ms: int = field(default_factory=lambda: time.time_ns() // 1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChanged(_VmEvent):
    """`vmStateChange`. `reason` is a short stable word such as ``guest-shutdown``, or empty."""

    state: VmState
    previous: VmState
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewStateChanged(_VmEvent):
    """`vmViewStateChange`. Sizes are guest pixels."""

    window_id: int
    view_state: ViewState
    width_px: int = 0
    height_px: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VmCreated(_VmEvent):
    """A machine has come into the library (created, adopted, or taken back from the trash)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VmChanged(_VmEvent):
    """Something of the machine's description changed: disc, resources, accelerator, thumbnail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VmRemoved(_VmEvent):
    """The machine has left the library; it may be in the trash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VmRenamed(_VmEvent):
    """`vmRenamed` (ours). `vm_name` is the new name."""

    old_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusChanged(_VmEvent):
    """`focusStateChange` (ours, the document's `FocusStateChangeEvent`): who has the keyboard."""

    window_id: int
    focused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskMigration(_VmEvent):
    """`vmDiskMigration`: long work on a machine's disks goes on, at least once for each percent."""

    task: TaskInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskExported(_VmEvent):
    """`vmDiskExported`: a copy of the machine is whole and in its place."""

    task_id: UUID
    path: Path
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRecovery(_VmEvent):
    """`vmDataRecovery`: something was found, which `kind` tells, or a `step` was done.

    With neither, files were copied out of a disk, to the folder `file`, so many bytes of them.

    `sentence` says what, or what became of it, for people; `file` and `size_bytes` are those of
    the finding, or of what was removed.
    """

    sentence: str
    kind: RecoveryKind | None = None
    step: RecoveryStep | None = None
    file: str = ""
    size_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _HostEvent:
    """What events that belong to no machine carry; see `_VmEvent`."""

    seq: int = 0
    time_ms: int = field(default_factory=lambda: time.time_ns() // 1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostChanged(_HostEvent):
    """The host probe has a result: ``kvm`` or ``tcg``, and a notice when it is not KVM.

    Attributes:
        accelerator: empty when the probe has no result; then only the notice is new.
        notice: why it is not KVM, and that disk space is short: a line each, in place of all that
            was told before; empty for neither.
    """

    accelerator: str
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TabletSwitchChanged(_HostEvent):
    """`tabletSwitchStateChange`: PC mode or posture changed, or why the gate is closed."""

    gate: GateStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionChanged(_HostEvent):
    """`permissionChange` (ours). `vm_id` is None for programs on this computer."""

    vm_id: UUID | None
    permission: Permission
    answer: Answer


@dataclass(frozen=True, slots=True)
class Resync:
    """This reader fell behind; ask for the present state."""


MachineEvent = (
    StateChanged
    | ViewStateChanged
    | FocusChanged
    | VmCreated
    | VmChanged
    | VmRemoved
    | VmRenamed
    | DiskMigration
    | DiskExported
    | DataRecovery
)
HostEvent = HostChanged | TabletSwitchChanged | PermissionChanged
Published = MachineEvent | HostEvent
VmEvent = Published | Resync


class EventType(StrEnum):
    """Names of the events (`EventType`). What is never sent yet is marked in `docs/api.md`."""

    VM_STATE_CHANGE = "vmStateChange"
    VM_VIEW_STATE_CHANGE = "vmViewStateChange"
    VM_DISK_MIGRATION = "vmDiskMigration"
    VM_DISK_EXPORTED = "vmDiskExported"
    VM_DATA_RECOVERY = "vmDataRecovery"
    TABLET_SWITCH_STATE_CHANGE = "tabletSwitchStateChange"
    # Ours.
    FOCUS_STATE_CHANGE = "focusStateChange"
    PASTEBOARD_REQUEST = "pasteboardRequest"
    FILE_REQUEST = "fileRequest"
    VM_CREATED = "vmCreated"
    VM_CHANGED = "vmChanged"
    VM_REMOVED = "vmRemoved"
    VM_RENAMED = "vmRenamed"
    HOST_CHANGE = "hostChange"
    PERMISSION_CHANGE = "permissionChange"


class Subscription:
    """One reader's bounded queue, read with ``async for``."""

    def __init__(self, limit: int = _QUEUE_LIMIT) -> None:
        self._queue: asyncio.Queue[VmEvent] = asyncio.Queue(limit)

    def __aiter__(self) -> AsyncIterator[VmEvent]:
        return self

    async def __anext__(self) -> VmEvent:
        return await self._queue.get()

    def offer(self, event: VmEvent) -> None:
        """Queue `event`, never block; a reader that fell behind gets one Resync instead."""
        if self._queue.full():
            while not self._queue.empty():
                self._queue.get_nowait()
            event = Resync()
        self._queue.put_nowait(event)


class EventHub:
    """Hands every published event to all readers and counts them."""

    def __init__(self) -> None:
        self._readers: list[Subscription] = []
        self._listener: Callable[[Published], None] | None = None
        self._seq = 0

    @property
    def last_seq(self) -> int:
        """Number of the newest event; a snapshot taken now is true up to here."""
        return self._seq

    def publish(self, event: Published) -> None:
        """Number `event` and offer it to every reader."""
        self._seq += 1
        numbered = replace(event, seq=self._seq)
        for reader in self._readers:
            reader.offer(numbered)
        if self._listener is not None:
            self._listener(numbered)

    def tell_at_once(self, listener: Callable[[Published], None] | None) -> None:
        """Let the manager itself hear of every event as it is published: it never falls behind."""
        self._listener = listener

    @contextmanager
    def subscribe(self, limit: int = _QUEUE_LIMIT) -> Iterator[Subscription]:
        """Read all events published from now on, inside a ``with`` block."""
        reader = Subscription(limit)
        self._readers.append(reader)
        try:
            yield reader
        finally:
            self._readers.remove(reader)
