"""The seam to the execution plane: what the manager knows of a hypervisor.

`Engine` launches and finds; `Running` is one live machine. Policy (states, time-outs, what is
offered to the person) lives above the seam, mechanism below. Neither exposes a process number or a
path to a socket, so that an engine on another computer fits.
"""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from app.vm.model import VmConfig

if TYPE_CHECKING:
    from app.vm.real_path import CheckedPath


class RunStatus(StrEnum):
    """What the engine says of a live machine (QEMU's run states, grouped)."""

    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    IO_ERROR = "io-error"
    BROKEN = "broken"
    SHUTDOWN = "shutdown"


@dataclass(frozen=True, slots=True)
class EngineStopped:
    """The processors stand still; `status` says why, asked after the event."""

    status: RunStatus
    disk_full: bool = False


@dataclass(frozen=True, slots=True)
class EngineResumed:
    """The processors run again."""


@dataclass(frozen=True, slots=True)
class EngineShutdown:
    """The machine is switching off; `reason` is the engine's word, such as ``guest-shutdown``."""

    by_guest: bool
    reason: str


@dataclass(frozen=True, slots=True)
class EngineExited:
    """The engine is gone. `code` is None for a machine that we did not start ourselves."""

    code: int | None
    last_words: str = ""


EngineEvent = EngineStopped | EngineResumed | EngineShutdown | EngineExited


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchPlan:
    """One run of a machine.

    Attributes:
        config: with the settings of this run already applied.
        accelerator: ``kvm`` or ``tcg``; which one is the manager's decision.
        folder: the machine's folder.
        sockets: a private folder for the run's sockets, short enough for unix addresses.
        files: what the engine may have open of the person's files, with device and inode as they
            were checked; one entry for each drive.
    """

    config: VmConfig
    accelerator: str
    folder: Path
    sockets: Path
    files: tuple[CheckedPath, ...] = ()


@dataclass(frozen=True, slots=True)
class DiskSnapshot:
    """A snapshot as one disk tells of it.

    Attributes:
        tag: its name in the disk; ours are uuids.
        memory_bytes: size of the machine's memory kept with it, 0 for none.
        created_ms: milliseconds since 1970, UTC.
    """

    tag: str
    memory_bytes: int = 0
    created_ms: int = 0


class Running(Protocol):
    """One live machine."""

    @property
    def accelerator(self) -> str:
        """``kvm`` or ``tcg``."""

    @property
    def started_ms(self) -> int:
        """When it was launched, milliseconds since 1970, UTC."""

    @property
    def cpus(self) -> int:
        """Processors of this run; 0 when nobody wrote it down."""

    @property
    def memory_mib(self) -> int:
        """Memory of this run; 0 when nobody wrote it down."""

    @property
    def paused_by(self) -> str:
        """Which rule of ours paused it, such as ``gate``; empty when a person did, or nobody."""

    async def note_paused_by(self, rule: str) -> None:
        """Write down, for a later manager too, which rule pauses it; empty for none.

        Raises:
            StoreError: it cannot be written down; `paused_by` tells it all the same.
        """

    def events(self) -> AsyncIterator[EngineEvent]:
        """Events in order; ends after `EngineExited`. One reader only."""

    async def query_status(self) -> RunStatus:
        """Ask for the present status.

        Raises:
            ConnectionLostError: the engine does not answer any more.
        """

    async def resume(self) -> None:
        """Let the processors run; a machine that runs already is left alone.

        Raises:
            StateError: a snapshot is under way, or a load that failed has left memory and disks
                that do not belong together (`RunStatus.BROKEN`).
        """

    async def pause(self) -> None:
        """Stop the processors; a machine that stands already is left alone.

        Raises:
            StateError: a snapshot is under way.
        """

    async def press_power_button(self) -> None:
        """Ask the guest to switch itself off; it may take long or ignore it."""

    async def kill(self) -> None:
        """End the engine: politely, then by force; returns when it has gone.

        Raises:
            EngineError: not even force ended it.
        """

    async def screenshot(self, target: Path) -> None:
        """Write the present picture as PNG; `target` is replaced whole or not at all."""

    async def disk_bytes(self, disk_id: str) -> int:
        """Present size of a disk as the guest sees it, bytes."""

    async def grow_disk(self, disk_id: str, size_bytes: int) -> None:
        """Let a disk grow under the guest.

        Raises:
            ParamError: it is larger already.
            StateError: it is being copied or changed already.
            EngineError: the engine refused.
        """

    async def disk_ids(self) -> frozenset[str]:
        """Disks that the guest has now, by their ids.

        Raises:
            ConnectionLostError: the engine does not answer.
        """

    async def plug_disk(self, config: VmConfig, disk_id: str) -> None:
        """Give the guest a disk that it did not begin with; refused, it has none of it.

        Args:
            config: the machine with the disk, whose place is one that is free and can be plugged
                into while it runs.
            disk_id: which disk.

        Raises:
            StateError: a snapshot is under way.
            StoreError: the image cannot be used.
            EngineError: the engine refused.
            ConnectionLostError: it does not answer; the guest may have the disk.
        """

    async def copy_disk(
        self, disk_id: str, target: Path, on_progress: Callable[[float], None]
    ) -> None:
        """Copy a disk, as it is now, into a new qcow2 image while the guest runs on.

        Failed or cancelled, nothing is left of it.

        Args:
            disk_id: which disk.
            target: in the machine's folder, of a name that nothing has yet.
            on_progress: told fractions of 1.

        Raises:
            StateError: it is being copied or changed already.
            DiskLessError: the disk of this computer is full.
            EngineError: the machine ended meanwhile, or the engine refused.
        """

    @property
    def resident_mib(self) -> int:
        """Memory of the guest that this computer really gives it now, MiB; all when in doubt."""

    async def snapshots(self) -> Mapping[str, tuple[DiskSnapshot, ...]]:
        """Snapshots that each disk holds, by the disk's id.

        Raises:
            ConnectionLostError: the engine does not answer.
        """

    async def snapshot_blocker(self) -> str:
        """Why the machine's memory cannot be kept now, one sentence; empty when it can."""

    async def save_snapshot(self, tag: str, disk_ids: Sequence[str]) -> None:
        """Keep memory and disks under a tag; the guest stands still meanwhile.

        Afterwards it is as before, running or not. The memory goes into the first disk. However
        long it takes, it is waited for: an engine that writes answers nothing else.

        Args:
            tag: a name that no disk has yet.
            disk_ids: all disks that can be written, the system disk first.

        Raises:
            StateError: a disk is being copied or changed.
            NotSupportedError: a device cannot be kept, see `snapshot_blocker`.
            DiskLessError: the disk of this computer is full; nothing is kept.
            EngineError: the engine refused, or the machine ended meanwhile.
        """

    async def load_snapshot(self, tag: str, disk_ids: Sequence[str]) -> None:
        """Go back to memory and disks of a tag; afterwards the processors stand still.

        Raises:
            StateError: nothing was touched: there is no such snapshot, or it has no memory, or a
                disk is being copied or changed. The processors run again when they ran.
            EngineError: the load failed, or the machine ended meanwhile. Its disks may be those of
                the snapshot while its memory is not: it has to be killed, never resumed.
        """

    async def delete_snapshot(self, tag: str, disk_ids: Sequence[str]) -> None:
        """Forget a tag in every disk that has it; none may have it.

        Raises:
            StateError: a disk is being copied or changed.
            EngineError: the engine refused.
        """

    @property
    def screens(self) -> int:
        """How many screens can be plugged into the machine; the first one always is."""

    async def open_display(self, head: int = 0, *, plain: bool = False) -> DisplayLink:
        """Connect to the picture in the best way that this engine has.

        Args:
            head: which of the machine's screens, from 0.
            plain: by VNC, which every engine has, because the best way has failed.

        Raises:
            NotSupportedError: the machine has no such screen.
            ConnectionLostError: the engine does not answer.
        """

    def open_input(self) -> socket.socket:
        """A connected socket that speaks QMP, for the bound view alone."""

    async def detach(self) -> None:
        """Let go of the machine and leave it running."""


class DisplayKind(StrEnum):
    """What is spoken over a display's connection."""

    DBUS = "dbus"
    VNC = "vnc"


@dataclass(frozen=True, slots=True)
class DisplayLink:
    """A connection to a machine's picture.

    Attributes:
        kind: what is spoken.
        sock: connected; whoever gets it closes it.
        head: which of the machine's screens, from 0.
    """

    kind: DisplayKind
    sock: socket.socket
    head: int = 0


class Engine(Protocol):
    """One kind of hypervisor. Knows its command line and processes; knows no library and no Qt."""

    async def launch(self, plan: LaunchPlan) -> Running:
        """Start the machine, standing before its first instruction; `resume` lets it go.

        Cancelled before it is up, it leaves no process behind.

        Raises:
            EngineError: it did not come up; the message ends with its last words.
            StateError: the machine is already running.
            PathRefusedError: it opened another file than the plan's; it is ended again.
        """

    def is_alive(self, folder: Path) -> bool:
        """Whether a process runs the machine in `folder`; quick, and never wrong."""

    async def adopt(self, vm_id: UUID, folder: Path) -> Running | None:
        """Take over a machine that runs; None when none does.

        Raises:
            ConnectionLostError: it runs, but cannot be reached.
        """

    async def ended(self, folder: Path, within_s: float) -> bool:
        """Wait for the end of an engine that `adopt` could not reach, so long at most."""

    async def end_unreachable(self, folder: Path) -> None:
        """End an engine that `adopt` could not reach.

        Raises:
            EngineError: it cannot be ended from here.
        """

    def clean_up(self, folder: Path) -> None:
        """Remove what the last run left behind when nobody watched its end. Blocks shortly."""
