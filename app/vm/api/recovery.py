"""Recovery: what an unclean end, or somebody's hand, left of machines, and what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from app.vm.records import Finding, Recovered, RecoveryStep, TaskInfo


class RecoveryApi(Protocol):
    """Recovery."""

    async def list_findings(self) -> tuple[Finding, ...]:
        """What there is to do about machines that are off; the look changes nothing.

        It finds files that nothing uses, disks that are damaged or unchecked, folders without
        settings or without disks, second copies, and long work that was cut off by the end of its
        manager. Of the latter `vm_name` may be that of a machine that was to be made.
        """

    async def recover_user_data(
        self, vm_name: str, *, step: RecoveryStep | None = None, file: str = ""
    ) -> Recovered:
        """Do something about what was found in a machine that is off.

        Without a step it does what cannot hurt: its disks are looked through, space that is lost
        is won back, unfinished files are removed.

        Args:
            vm_name: which machine, by the name under which it is listed.
            step: what to do.
            file: for `CLEAN_UP`, the one file to remove. Without it unfinished files go, copies
                from before a repair, and what is left of work that was cut off; a former disk goes
                only by its name. For `CONTINUE`, the file of the finding, where there are several.

        Returns:
            What became of it, when it is done.

        Raises:
            UnknownVmError: there is none of that name.
            ParamError: no leftover has that name.
            StateError: the machine is not off, has nothing to adopt, another program uses its
                disk, the work was cancelled, or what was cut off cannot go on: a source changed.
            PathError: a source is gone, or something is where a copy should be.
            NotSupportedError: there is no qemu-img.
            DiskLessError: there is no room for the copy before a repair.
            StoreError: a file cannot be read or written, or the disk is, or stays, damaged.
            EngineError: a tool refused.

        Events: vmDataRecovery, vmDiskMigration, vmStateChange, vmCreated, vmRemoved.
        """

    async def copy_user_files(
        self, vm_name: str, target: Path, *, disk_id: str = "", background: bool = False
    ) -> TaskInfo:
        """Copy the files out of a disk that does not start, into a new folder (ours).

        The disk is only read, by a process with limits of its own; the machine cannot be started
        meanwhile. Every ext2, ext3, ext4, FAT, exFAT and NTFS file system on it gets a folder, such
        as ``partition1-ext4``. Names are made harmless and unique. Links, devices, deleted and
        encrypted files are left out, and so are partitions of other kinds, such as LUKS, LVM2,
        BitLocker, XFS, Btrfs, ZFS and APFS; ``report.txt`` in the folder tells which, and what to
        do about them.

        Args:
            vm_name: which machine; it may be one whose disk is damaged.
            target: the folder to make; nothing may be there. Failed or cancelled, there is none.
            disk_id: which of its disks; empty for the system disk.
            background: do not wait for the end; the task tells of it.

        Raises:
            UnknownVmError: there is none of that name.
            ParamError: the machine has no such disk.
            PathError: the folder cannot be made, may not be, or is there already.
            MediaError: there is no file system on the disk that can be read.
            DiskLessError: the files do not fit there.
            StateError: the machine is not off, or the work was cancelled.
            StoreError: its disk is missing or none of ours, or the folder cannot be written.

        Events: vmDiskMigration, vmDataRecovery, vmStateChange.
        """
