"""Values that functions of the API take and give, beside the machines themselves.

Where the `vm_manager` document has a name for a field, the wire has that name. Text from a client
is bounded by the wire; what a value means is checked here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from pathlib import Path
from uuid import UUID

from app.errors import DEVICE_ID_EMPTY, IMAGE_PATH_MISSING, ParamError


class TaskKind(StrEnum):
    """What long work does."""

    IMPORT = "import"
    EXPORT = "export"
    GROW = "grow"
    DUPLICATE = "duplicate"
    CHECK = "check"
    REPAIR = "repair"
    COMPACT = "compact"
    RECOVER = "recover"


class TaskPhase(StrEnum):
    """Where long work is."""

    CHECKING = "checking"
    COPYING = "copying"
    FINISHING = "finishing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether nothing happens any more."""
        return self in {TaskPhase.DONE, TaskPhase.FAILED, TaskPhase.CANCELLED}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskInfo:
    """Long work on a machine, at one moment.

    Attributes:
        task_id: names it, in this manager.
        kind: what it does.
        vm_name: on which machine; one that is being imported need not be there yet.
        vm_id: the same, for life.
        phase: where it is.
        progress: whole percent, 0 to 100.
        left_s: seconds that it may still take; None when nobody knows.
        error_code: why it failed, empty when it did not.
        error: the same as a sentence.
        before_bytes: what a disk that is compacted took up of this computer's disk, else 0.
        after_bytes: the same when it is done; never more.
    """

    task_id: UUID
    kind: TaskKind
    vm_name: str
    vm_id: UUID
    phase: TaskPhase = TaskPhase.CHECKING
    progress: int = 0
    left_s: int | None = None
    error_code: str = ""
    error: str = ""
    before_bytes: int = 0
    after_bytes: int = 0


class StorageType(IntEnum):
    """Kinds of places for shared files (`StorageType`); `storageType` in a shared folder."""

    SYSTEM_SHARE = 0
    """The default shared folder, which every machine may be given."""
    USER_FOLDER = 1
    """A folder that the person chose (ours)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationOptions:
    """How a disk image goes in or out (`MigrationOptions`, section 5.3).

    Attributes:
        guest_os_image_path: `guestOSImagePath`, the file outside of the library; required.
        is_keep_snapshots: keep snapshots that the image holds.
        snapshot_time: take the image as it was then, milliseconds since 1970 UTC; 0 for now.
        disk_size: let the disk grow to so many MiB; 0 for as it is.
        image_format: what to write (ours): ``qcow2``, ``raw``, ``vmdk``, ``vdi``, ``vhdx``,
            ``vhd`` or ``ova``; empty for what the file's name says.
        compress: write it smaller, which takes longer (ours).
    """

    guest_os_image_path: str = ""
    is_keep_snapshots: bool = False
    snapshot_time: int = 0
    disk_size: int = 0
    image_format: str = ""
    compress: bool = False

    def __post_init__(self) -> None:
        if not self.guest_os_image_path:
            raise ParamError(
                IMAGE_PATH_MISSING, remedy="Give the path of the disk image in guestOSImagePath."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskInfo:
    """A disk of a machine, or one that was taken out of it and is kept (ours).

    Attributes:
        disk_id: names it, for as long as the machine has it; empty for one that is only kept.
        file: name of its image in the machine's folder.
        path: where that is.
        size_mib: as the guest sees it; 0 when the image cannot be read.
        file_bytes: what the image takes up on this computer's disk; 0 when it is missing.
        system: the machine starts from it.
    """

    disk_id: str
    file: str
    path: Path
    size_mib: int
    file_bytes: int
    system: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UsbDevice:
    """A USB device of this computer (`USBDevice`, section 5.4).

    Attributes:
        device_id: vendor and product as four hexadecimal digits each, such as ``046d:c52b``.
        device_info: its name, for people.
    """

    device_id: str = ""
    device_info: str = ""

    def __post_init__(self) -> None:
        if not self.device_id:
            raise ParamError(DEVICE_ID_EMPTY, remedy="Give the device's id, such as 046d:c52b.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedFolder:
    """A folder of this computer that a machine sees.

    Attributes:
        path: here.
        name: in the guest.
        read_only: the guest may not change it.
        storage_type: the default shared folder, or one that the person chose.
    """

    path: Path
    name: str
    read_only: bool = False
    storage_type: StorageType = StorageType.USER_FOLDER


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDescriptorRequest:
    """A file that the guest would like to have open.

    Attributes:
        request_id: names it in the answer.
        path: as the guest wrote it.
        write: it wants to change it.
    """

    request_id: str
    path: str
    write: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A machine at an earlier moment.

    Attributes:
        snapshot_id: for life; the name may change.
        name: for people.
        note: the same, longer.
        parent: id of the snapshot that it follows, empty for the first.
        created_ms: milliseconds since 1970, UTC.
        size_bytes: of the memory that is kept; what its disks take up cannot be told apart.
        with_memory: the machine was running, or stood still, and goes on from there.
        automatic: made by a rule, not by a person; old ones of these go by themselves.
        locked: cannot be deleted until it is unlocked.
        current: the machine, as it is now, stems from this one.
        disk_mib: size of the system disk then, MiB; 0 when nobody wrote it down.
        picture: the screen then, a PNG in the machine's folder; None without one.
        problem: why the machine cannot be taken back to it, empty when it can.
    """

    snapshot_id: str
    name: str
    note: str = ""
    parent: str = ""
    created_ms: int = 0
    size_bytes: int = 0
    with_memory: bool = False
    automatic: bool = False
    locked: bool = False
    current: bool = False
    disk_mib: int = 0
    picture: Path | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewInfo:
    """A machine's bound view.

    Attributes:
        vm_name: what it shows.
        vm_id: the same, for life.
        window_id: where.
        width_px: wished size, guest pixels.
        height_px: the same.
        visible: whether it is on the screen.
    """

    vm_name: str
    vm_id: UUID
    window_id: int
    width_px: int
    height_px: int
    visible: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrashedVm:
    """A destroyed machine in the trash (ours).

    Attributes:
        trash_id: names it there.
        vm_id: the machine's id, for life.
        vm_name: its name.
        destroyed_ms: milliseconds since 1970, UTC.
        size_bytes: what it takes up.
    """

    trash_id: str
    vm_id: UUID
    vm_name: str
    destroyed_ms: int
    size_bytes: int


class RecoveryKind(StrEnum):
    """What an unclean end, or somebody's hand, can leave of a machine."""

    LEFTOVER = "leftover"
    """A file that no machine uses: of work that was cut off, a former disk, a copy."""
    IMAGE_DAMAGED = "image_damaged"
    IMAGE_UNCHECKED = "image_unchecked"
    """The last run had no clean end, and nobody has looked through the disks since."""
    NO_SETTINGS = "no_settings"
    """There are disks, but no description that can be read."""
    NO_DISK = "no_disk"
    """There is a description, but a file that it names is missing."""
    COPY = "copy"
    """A second folder of the same machine, or of the same name."""
    UNKNOWN_SNAPSHOT = "unknown_snapshot"
    """A snapshot in the disks that nobody here has made; `file` is its name there."""
    INTERRUPTED_TASK = "interrupted_task"
    """Long work that was under way when its manager ended; its machine need not be there."""


class RecoveryStep(StrEnum):
    """What can be done about it."""

    CHECK = "check"
    """Look through the disks; space that is lost to nobody's use is won back."""
    REPAIR = "repair"
    """Copy the damaged disk, then let its structure be repaired."""
    ADOPT = "adopt"
    """Give disks without settings new settings, a second copy ids and a name of its own."""
    CLEAN_UP = "clean_up"
    """Remove what nothing uses; a machine without disks goes to the trash."""
    CONTINUE = "continue"
    """Begin work again that was cut off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something about a machine that a person should know of, and can do something about.

    Attributes:
        vm_id: of the machine as it is listed.
        vm_name: the same.
        kind: what it is.
        sentence: the same for people.
        file: name of the file that it is about, in the machine's folder; empty for all of it. Of
            work that was cut off: the image outside, the disk's file, or the second machine.
        size_bytes: what that takes up; 0 when it is about no file.
        steps: what can be done, the best first; empty when nothing can be from here.
    """

    vm_id: UUID
    vm_name: str
    kind: RecoveryKind
    sentence: str
    file: str = ""
    size_bytes: int = 0
    steps: tuple[RecoveryStep, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What became of a step.

    Attributes:
        vm_id: of the machine as it is listed now: one that was adopted has a new one.
        vm_name: the same.
        step: what was done.
        sentence: what became of it, for people.
        files: how many leftovers were removed.
        size_bytes: what is free again.
        findings: what there is still to do for this machine.
    """

    vm_id: UUID
    vm_name: str
    step: RecoveryStep
    sentence: str
    files: int = 0
    size_bytes: int = 0
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagerInfo:
    """Who manages a library.

    Attributes:
        version: of the program.
        pid: of its process.
        screen: it has windows.
        handover: it lets another process take its place, whoever asks (`handOver`).
        library: the folder of the machines.
        display: where its windows are, such as ``wayland-0`` or ``:0``; empty without windows, and
            where nobody can tell.
    """

    version: str
    pid: int
    screen: bool
    handover: bool
    library: Path
    display: str = ""
