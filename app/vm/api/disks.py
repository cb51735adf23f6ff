"""Disk images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Protocol

from app.vm.api.bounds import Bounds
from app.vm.model import MIN_DISK_MIB

if TYPE_CHECKING:
    from pathlib import Path

    from app.vm.records import MigrationOptions, TaskInfo

LARGEST_DISK_MIB = 1 << 33
"""8 EiB, what a qcow2 image can hold at most."""

SizeMib = Annotated[int, Bounds(MIN_DISK_MIB, LARGEST_DISK_MIB)]


class DisksApi(Protocol):
    """Disks."""

    async def get_vm_disk_image_path(self, vm_name: str) -> Path:
        """Where the image of the system disk is.

        Raises:
            UnknownVmError: there is none of that name.
            StateError: the machine's files are missing.
        """

    async def get_vm_disk_image_file_size(self, vm_name: str) -> int:
        """Bytes that the image of the system disk takes up on this computer's disk now.

        Raises:
            UnknownVmError: there is none of that name.
            StateError: the machine's files are missing.
            StoreError: the file cannot be looked at (`GetVmDiskImageFileSize failed`).
        """

    async def get_vm_disk_size(self, vm_name: str) -> int:
        """Size of the system disk as the guest sees it, MiB.

        While the machine runs, its engine is asked, else the image.

        Raises:
            UnknownVmError: there is none of that name.
            StateError: the machine's files are missing.
            StoreError: the image cannot be read.
            ConnectionLostError: the engine does not answer.
        """

    async def set_vm_disk_size(self, vm_name: str, size: SizeMib) -> int:
        """Let the system disk grow; it never shrinks.

        A running machine sees the new size at once. Partitions in it stay as they are.

        Args:
            vm_name: which machine.
            size: MiB, at least as many as it has.

        Returns:
            The size that it has now, MiB.

        Raises:
            UnknownVmError: there is none of that name.
            ParamError: the disk is larger already.
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

        Args:
            vm_name: which machine, or the name of a new one.
            options: `guestOSImagePath` is the image, a path as everywhere else.
            background: do not wait for the end; the task tells of it.

        Raises:
            ParamError: `guestOSImagePath` is missing, `diskSize` is smaller than the image, there
                is no snapshot so old, or the name cannot be that of a machine.
            PathError: it is no readable file, or may not be used.
            MediaError: the image is damaged, leads to another file, or is none.
            NotSupportedError: it is an archive, or its snapshots cannot be kept.
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

    async def recover_user_data(self, vm_name: str) -> None:
        """Look after what an unclean end left of a machine.

        Raises:
            UnknownVmError: there is none of that name.
            NotSupportedError: not built yet.

        Events: vmDataRecovery.
        """
