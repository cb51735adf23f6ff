"""Machines come, run and go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Protocol

from app.vm.api.bounds import Bounds

if TYPE_CHECKING:
    from pathlib import Path

    from app.vm.model import CfgInfo, VmInfo
    from app.vm.records import TaskInfo

STOP_TIMEOUT_S = 60.0
LONGEST_STOP_S = 24 * 3600.0


class LifeApi(Protocol):
    """Life of a machine."""

    async def list_vms(self) -> tuple[VmInfo, ...]:
        """All machines, running ones first, then by last use."""

    async def get_vm_status(self, vm_name: str) -> VmInfo:
        """One machine: its state, its resources, its devices.

        Raises:
            UnknownVmError: there is none of that name.
        """

    async def create_vm(self, vm_name: str, cfg: CfgInfo, *, iso: Path | None = None) -> VmInfo:
        """Make a machine with an empty disk; returns when it is STOPPED and safely on disk.

        Args:
            vm_name: 1 to 128 printable characters, unlike every other machine's; case does not
                make a difference.
            cfg: processors, memory (MiB) and disk (MiB) are required.
            iso: image of the disc to put into its drive.

        Raises:
            ParamError: the name is taken (`VM_NAME_TAKEN`) or cannot be one.
            StartParamError: more than this computer has, or a value that cannot be right.
            MemoryLessError: more memory than this computer has.
            DiskLessError: the disk could grow larger than the free space.
            PathError: a file that is named is none, cannot be read, or may not be used
                (`VM_PATH_REFUSED`).
            NotPcModeError: the gate is closed.
            NotSupportedError: QEMU or the firmware is missing, or the mode is not built yet.

        Events: vmCreated, vmStateChange.
        """

    async def start_vm(self, vm_name: str, cfg: CfgInfo | None = None) -> VmInfo:
        """Start it; returns when it is RUNNING.

        A machine that runs already is a success; a paused one is not: resume it.

        Args:
            vm_name: which machine.
            cfg: settings for this run only, whole as for a new machine; another `diskSize` than the
                disk has is refused.

        Raises:
            UnknownVmError: there is none of that name.
            StateError: it is paused, being changed, or runs and cannot be reached.
            StoreError: its files are missing or damaged.
            StartParamError: `cfg` asks for what a run cannot change, or more than there is.
            PathError: the disc with tools that `cfg` names cannot be used.
            MemoryLessError: too little free memory now.
            DiskLessError: too little free disk space now.
            NotPcModeError: the gate is closed.
            NotSupportedError: there is no engine.
            EngineError: the engine did not come up.

        Events: vmStateChange.
        """

    async def stop_vm(
        self,
        vm_name: str,
        *,
        timeout_s: Annotated[float, Bounds(0, LONGEST_STOP_S)] = STOP_TIMEOUT_S,
    ) -> VmInfo:
        """Press the power button and wait until it is off; force is offered, never used.

        Args:
            vm_name: which machine.
            timeout_s: seconds to wait for the guest.

        Raises:
            UnknownVmError: there is none of that name.
            StopRefusedError: the guest did not switch itself off in time; it runs on.
            StateError: it is just starting, or cannot be reached.

        Events: vmStateChange.
        """

    async def force_stop_vm(self, vm_name: str) -> VmInfo:
        """Cut the power; what the guest had not saved is lost.

        Raises:
            UnknownVmError: there is none of that name.
            EngineError: not even force ended the engine.

        Events: vmStateChange.
        """

    async def pause_vm(self, vm_name: str) -> VmInfo:
        """Let the machine stand still.

        Raises:
            UnknownVmError: there is none of that name.
            StateError: it does not run, or went on by itself meanwhile.

        Events: vmStateChange.
        """

    async def resume_vm(self, vm_name: str) -> VmInfo:
        """Let a paused machine go on.

        Raises:
            UnknownVmError: there is none of that name.
            StateError: it is not paused.
            DiskLessError: too little disk space is free, or it was stopped again at once for that.
            NotPcModeError: the gate is closed.

        Events: vmStateChange.
        """

    async def destroy_vm(self, vm_name: str) -> None:
        """Move a stopped machine into the trash; `undo_destroy_vm` takes it back.

        Raises:
            UnknownVmError: there is none of that name.
            StateError: it runs.
            StoreError: it cannot be moved.

        Events: vmStateChange, vmRemoved.
        """

    async def undo_destroy_vm(self, vm_name: str) -> VmInfo:
        """Take the machine of that name that was destroyed last out of the trash.

        Raises:
            UnknownVmError: the trash has none.
            ParamError: another machine has the name now (`VM_NAME_TAKEN`).
            StoreError: it is damaged, or the library cannot be written.

        Events: vmCreated.
        """

    async def duplicate_vm(
        self, vm_name: str, new_name: str, *, background: bool = False
    ) -> TaskInfo:
        """Make a second machine with the same disks; returns when it is STOPPED and safely on disk.

        Its network cards have addresses of their own. Snapshots stay with the original.

        Args:
            vm_name: which machine; it has to be off.
            new_name: of the copy, as for a new machine.
            background: do not wait for the end; the task tells of it.

        Raises:
            UnknownVmError: there is none of that name.
            ParamError: the new name is taken (`VM_NAME_TAKEN`) or cannot be one.
            StateError: it is not off, or its files are missing.
            DiskLessError: the copy does not fit.
            NotPcModeError: the gate is closed.
            StoreError: a file cannot be read or written.
            EngineError: a disk could not be copied.

        Events: vmDiskMigration, vmCreated, vmStateChange.
        """

    async def rename_vm(self, vm_name: str, new_name: str) -> VmInfo:
        """Give it another name; files and folder keep theirs.

        Args:
            vm_name: which machine.
            new_name: as for a new machine; its own name in another case is allowed.

        Raises:
            UnknownVmError: there is none of that name.
            ParamError: the new name is taken (`VM_NAME_TAKEN`) or cannot be one.
            StateError: it is just changing its state.

        Events: vmRenamed.
        """
