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
        size_bytes: what it takes up.
        with_memory: the machine was running.
    """

    snapshot_id: str
    name: str
    note: str = ""
    parent: str = ""
    created_ms: int = 0
    size_bytes: int = 0
    with_memory: bool = False


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagerInfo:
    """Who manages a library.

    Attributes:
        version: of the program.
        pid: of its process.
        screen: it has windows.
        handover: it lets another process take its place (`handOver`).
        library: the folder of the machines.
    """

    version: str
    pid: int
    screen: bool
    handover: bool
    library: Path
