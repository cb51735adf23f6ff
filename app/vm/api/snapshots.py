"""Snapshots: a machine at an earlier moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app.vm.records import Snapshot


class SnapshotsApi(Protocol):
    """Snapshots."""

    async def create_snapshot(
        self, vm_name: str, snapshot_name: str, *, note: str = ""
    ) -> Snapshot:
        """Keep the machine as it is now, with its memory while it runs.

        A machine that is off stays off; one that runs stands still meanwhile and runs on.

        Args:
            vm_name: which machine.
            snapshot_name: for people; several may have the same.
            note: the same, longer.

        Raises:
            UnknownVmError: there is none of that name.
            ParamError: the name or the note cannot be kept.
            NotSupportedError: something that the machine has cannot be kept with its memory.
            DiskLessError: it does not fit.
            StateError: the machine is just changing its state, or its disk is busy.
            StoreError: it cannot be written down.
            EngineError: the engine or a tool refused; the machine is as it was.

        Events: vmStateChange, vmChanged.
        """

    async def restore_snapshot(
        self, vm_name: str, snapshot_id: str, *, safety: bool = True, disks_only: bool = False
    ) -> None:
        """Take the machine back to a snapshot.

        One that was taken with memory runs on from there, or stands still as it did then. Any
        other leaves the machine off, and it has to be off before.

        Args:
            vm_name: which machine.
            snapshot_id: which snapshot.
            safety: keep the machine as it is now first, as a snapshot that is marked automatic.
            disks_only: leave the memory out; the machine has to be off and stays off.

        Raises:
            UnknownVmError: there is no such machine.
            ParamError: it has no such snapshot.
            NotPcModeError: the gate is closed.
            DiskLessError: the safety snapshot does not fit.
            StateError: the machine is not off although it has to be, is just changing its state,
                or the snapshot does not fit the machine any more.
            StoreError: a file cannot be written.
            EngineError: the engine or a tool refused. The machine is as it was, or off with the
                disks of the snapshot: its state tells which.

        Events: vmStateChange, vmChanged.
        """

    async def destroy_snapshot(self, vm_name: str, snapshot_id: str) -> None:
        """Forget a snapshot; the machine stays as it is, and what followed it follows its parent.

        Raises:
            UnknownVmError: there is no such machine.
            ParamError: it has no such snapshot.
            StateError: the snapshot is locked, or the machine is just changing its state.
            StoreError: a file cannot be written.
            EngineError: the engine or a tool refused.

        Events: vmChanged.
        """

    async def rename_snapshot(self, vm_name: str, snapshot_id: str, new_name: str) -> Snapshot:
        """Give a snapshot another name.

        Raises:
            UnknownVmError: there is no such machine.
            ParamError: it has no such snapshot, or the name cannot be kept.
            StoreError: it cannot be written down.

        Events: vmChanged.
        """

    async def update_snapshot(
        self,
        vm_name: str,
        snapshot_id: str,
        *,
        note: str | None = None,
        locked: bool | None = None,
    ) -> Snapshot:
        """Change the note of a snapshot, or lock and unlock it (ours).

        A locked one cannot be deleted, and an automatic one that is locked stays for good.

        Args:
            vm_name: which machine.
            snapshot_id: which snapshot.
            note: the new one; empty for none. What is left out stays as it is.
            locked: whether it is locked from now on.

        Raises:
            UnknownVmError: there is no such machine.
            ParamError: it has no such snapshot, or the note cannot be kept.
            StoreError: it cannot be written down.

        Events: vmChanged.
        """

    async def get_snapshot_list(self, vm_name: str) -> tuple[Snapshot, ...]:
        """All snapshots of a machine, oldest first.

        The disks decide what there is: one that they hold and nobody here knows is listed too.

        Raises:
            UnknownVmError: there is none of that name.
            StateError: the machine's files are missing.
            StoreError: the disks cannot be read.
            ConnectionLostError: the engine does not answer.
        """
