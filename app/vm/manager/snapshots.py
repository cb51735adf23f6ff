"""Snapshots: `SnapshotsApi`, which is not built yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from app.vm.api.snapshots import SnapshotsApi
from app.vm.manager.core import ManagerCore
from app.vm.manager.not_yet import Later, not_yet

if TYPE_CHECKING:
    from app.vm.records import Snapshot


class Snapshots(ManagerCore, SnapshotsApi):
    """Functions of `SnapshotsApi`."""

    @override
    async def create_snapshot(
        self, vm_name: str, snapshot_name: str, *, note: str = ""
    ) -> Snapshot:
        self._machine(vm_name)
        raise not_yet(Later.SNAPSHOTS)

    @override
    async def restore_snapshot(self, vm_name: str, snapshot_id: str) -> None:
        self._machine(vm_name)
        self.gate.check()
        raise not_yet(Later.SNAPSHOTS)

    @override
    async def destroy_snapshot(self, vm_name: str, snapshot_id: str) -> None:
        self._machine(vm_name)
        raise not_yet(Later.SNAPSHOTS)

    @override
    async def rename_snapshot(self, vm_name: str, snapshot_id: str, new_name: str) -> Snapshot:
        self._machine(vm_name)
        raise not_yet(Later.SNAPSHOTS)

    @override
    async def get_snapshot_list(self, vm_name: str) -> tuple[Snapshot, ...]:
        self._machine(vm_name)
        raise not_yet(Later.SNAPSHOTS)
