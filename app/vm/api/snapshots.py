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

        Args:
            vm_name: which machine.
            snapshot_name: for people.
            note: the same, longer.

        Raises:
            UnknownVmError: there is none of that name.
            NotSupportedError: not built yet.

        Events: vmStateChange.
        """

    async def restore_snapshot(self, vm_name: str, snapshot_id: str) -> None:
        """Take the machine back to a snapshot.

        Raises:
            UnknownVmError: there is none of that name.
            NotPcModeError: the gate is closed.
            NotSupportedError: not built yet.

        Events: vmStateChange.
        """

    async def destroy_snapshot(self, vm_name: str, snapshot_id: str) -> None:
        """Forget a snapshot; the machine stays as it is.

        Raises:
            UnknownVmError: there is none of that name.
            NotSupportedError: not built yet.
        """

    async def rename_snapshot(self, vm_name: str, snapshot_id: str, new_name: str) -> Snapshot:
        """Give a snapshot another name.

        Raises:
            UnknownVmError: there is none of that name.
            NotSupportedError: not built yet.
        """

    async def get_snapshot_list(self, vm_name: str) -> tuple[Snapshot, ...]:
        """All snapshots of a machine, oldest first.

        Raises:
            UnknownVmError: there is none of that name.
            NotSupportedError: not built yet.
        """
