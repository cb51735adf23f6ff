"""Disk images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Protocol

from app.vm.api.bounds import Bounds
from app.vm.model import MIN_DISK_MIB

if TYPE_CHECKING:
    from pathlib import Path

    from app.vm.records import DiskInfo, MigrationOptions, TaskInfo

LARGEST_DISK_MIB = 1 << 33
"""8 EiB, what a qcow2 image can hold at most."""

SizeMib = Annotated[int, Bounds(MIN_DISK_MIB, LARGEST_DISK_MIB)]
NewSizeMib = Annotated[int, Bounds(0, LARGEST_DISK_MIB)]
"""The same, with 0 for none."""


class DisksApi(Protocol):
    """Disks."""

    async def get_vm_disk_image_path(self, vm_name: str, *, disk_id: str = "") -> Path:
        """Where the image of a disk is.

        Args:
            vm_name: which machine.
            disk_id: which of its disks; empty for the system disk.

        Raises:
            UnknownVmError: there is none of that name.
            ParamError: the machine has no such disk.
            StateError: the machine's files are missing.
        """

    async def get_vm_disk_image_file_size(self, vm_name: str, *, disk_id: str = "") -> int:
        """Bytes that the image of a disk takes up on this computer's disk now.

        Args:
            vm_name: which machine.
            disk_id: which of its disks; empty for the system disk.

        Raises:
            UnknownVmError: there is none of that name.
            ParamError: the machine has no such disk.
            StateError: the machine's files are missing.
            StoreError: the file cannot be looked at (`GetVmDiskImageFileSize failed`).
        """

    async def get_vm_disk_size(self, vm_name: str, *, disk_id: str = "") -> int:
        """Size of a disk as the guest sees it, MiB.

        While the machine runs, its engine is asked, else the image.

        Args:
            vm_name: which machine.
            disk_id: which of its disks; empty for the system disk.

        Raises:
            UnknownVmError: there is none of that name.
            ParamError: the machine has no such disk.
            StateError: the machine's files are missing.
            StoreError: the image cannot be read.
            ConnectionLostError: the engine does not answer.
        """

    async def set_vm_disk_size(self, vm_name: str, size: SizeMib, *, disk_id: str = "") -> int:
        """Let a disk grow; it never shrinks.

        A running machine sees the new size at once. Partitions in it stay as they are.

        Args:
            vm_name: which machine.
            size: MiB, at least as many as it has.
            disk_id: which of its disks; empty for the system disk.

        Returns:
            The size that it has now, MiB.

        Raises:
            UnknownVmError: there is none of that name.
            ParamError: the machine has no such disk, or it is larger already.
            DiskLessError: what is new could outgrow the free space.
            StateError: it is just changing its state, or the disk is being copied.
            StoreError: the image cannot be read, or the new size cannot be written down.
            EngineError: the image could not grow.

        Events: vmDiskMigration, vmStateChange, vmChanged.
        """

    async def expand_capacity(self, vm_name: str, size: SizeMib) -> int:
        """Another name of `set_vm_disk_size`, which some versions of the document's service have.

        Args:
            vm_name: which machine.
            size: MiB, at least as many as it has.

        Returns:
            The size that it has now, MiB.

        Raises:
            AppError: see `set_vm_disk_size`.

        Events: vmDiskMigration, vmStateChange, vmChanged.
        """

    async def import_vm_disk_image(
        self, vm_name: str, options: MigrationOptions, *, background: bool = False
    ) -> TaskInfo:
        """Copy a disk image into the machine's folder; a new name makes a new machine.

        From an OVA, or an OVF with its files beside it, a new machine takes over processors,
        memory, disks, firmware and network card, as far as this computer has them.

        Args:
            vm_name: which machine, or the name of a new one.
            options: `guestOSImagePath` is the image, a path as everywhere else.
            background: do not wait for the end; the task tells of it.

        Raises:
            ParamError: `guestOSImagePath` is missing, `diskSize` is smaller than the image, there
                is no snapshot so old, the name cannot be that of a machine, or a whole machine
                shall become the disk of one.
            PathError: it is no readable file, or may not be used.
            MediaError: the image is damaged, leads to another file, or is none; an archive is
                not what its manifest says, or describes no machine that can be here.
            NotSupportedError: its snapshots cannot be kept.
            DiskLessError: the copy does not fit.
            StateError: the machine of that name is not off, or the work was cancelled.
            StoreError: a file cannot be written.
            EngineError: a disk tool refused.
            NotPcModeError: a new machine is wanted while PC mode is off.

        Events: vmDiskMigration, vmCreated, vmStateChange.
        """

    async def export_vm_disk_image(
        self, vm_name: str, options: MigrationOptions, *, background: bool = False
    ) -> TaskInfo:
        """Write a copy of the system disk, or of the whole machine, into a new file.

        A running machine runs on: the copy is of the moment when it began. One that is off cannot
        be started meanwhile. An OVA holds all disks and the description, other formats the system
        disk.

        Args:
            vm_name: which machine.
            options: `guestOSImagePath` is the file to write; nothing may be there.
            background: do not wait for the end; the task tells of it.

        Raises:
            UnknownVmError: there is none of that name.
            ParamError: `guestOSImagePath` is missing, the format is not known, cannot be
                compressed, or there is no snapshot so old.
            PathError: it cannot be written, may not be, or is there already.
            NotSupportedError: the format cannot hold snapshots.
            DiskLessError: the copy does not fit there.
            StateError: it is just changing its state, its disk is busy, or an older state is asked
                for while it runs.
            StoreError: a file cannot be read or written.
            EngineError: the machine ended meanwhile, or a tool refused.

        Events: vmDiskMigration, vmDiskExported, vmStateChange.
        """

    async def list_vm_disks(self, vm_name: str) -> tuple[DiskInfo, ...]:
        """The machine's disks, the system disk first (ours).

        Behind them stand images in its folder that it had as disks and that are kept. They have no
        id; `add_vm_disk` puts one back.

        Raises:
            UnknownVmError: there is none of that name.
            StateError: the machine's files are missing.
            StoreError: its folder cannot be read.
        """

    async def add_vm_disk(self, vm_name: str, size: NewSizeMib = 0, *, file: str = "") -> str:
        """Give a machine one more disk (ours).

        The guest sees it on the same kind of bus as its system disk, and has to partition and
        format a new one itself. A machine that runs or is paused has it at once, and keeps it; its
        system disk has to be a virtio disk of a PCI Express board (q35). Snapshots from before do
        not have it: the machine can go back to them when it is taken out again.

        Args:
            vm_name: which machine.
            size: MiB of a new, empty disk.
            file: name of an image that is kept in the machine's folder, in place of a new one.

        Returns:
            The id of the disk.

        Raises:
            UnknownVmError: there is none of that name.
            ParamError: `size` or `file` is needed, and not both; or nothing of that
                name is kept, or the machine cannot have more disks.
            DiskLessError: the disk could outgrow the free space.
            StateError: it is just changing its state, or runs and its hardware cannot take the
                disk before it is off.
            StoreError: the image cannot be used, or the description not be written.
            EngineError: the image could not be made, or the engine refused the disk.
            ConnectionLostError: the engine does not answer; the machine has the disk at its next
                start, perhaps now.

        Events: vmStateChange, vmChanged.
        """

    async def remove_vm_disk(self, vm_name: str, disk_id: str) -> Path:
        """Take a disk out of a machine that is off; its image is kept (ours).

        Args:
            vm_name: which machine.
            disk_id: any but the system disk.

        Returns:
            Where the image is. `add_vm_disk` puts it back by the file's name.

        Raises:
            UnknownVmError: there is none of that name.
            ParamError: the machine has no such disk, or it is the system disk.
            StateError: the machine is not off, or its snapshots need the disk.
            StoreError: the description cannot be written.
            EngineError: the image cannot be read.

        Events: vmStateChange, vmChanged.
        """

    async def compact_vm_disk(
        self, vm_name: str, *, disk_id: str = "", background: bool = False
    ) -> TaskInfo:
        """Let a disk's image give back what its guest does not use any more (ours).

        The machine has to be off. The image is written anew and takes the old one's place when it
        is whole, the same and smaller; else the old one stays. The task tells both sizes. What a
        guest deleted without trimming it counts as used.

        Args:
            vm_name: which machine.
            disk_id: which of its disks; empty for the system disk.
            background: do not wait for the end; the task tells of it.

        Raises:
            UnknownVmError: there is none of that name.
            ParamError: the machine has no such disk.
            StateError: it is not off, the disk holds snapshots, somebody else changed it
                meanwhile, or the work was cancelled.
            DiskLessError: there is no room for the new image beside the old one.
            StoreError: a file cannot be read or written.
            EngineError: a disk tool refused.

        Events: vmDiskMigration, vmStateChange, vmChanged.
        """
