"""A manager in memory that keeps snapshots as the protocol promises."""

from __future__ import annotations

from dataclasses import replace

from app.errors import EngineError, ParamError, StateError
from app.vm.events import VmChanged
from app.vm.records import Snapshot
from tests.fakes.manager import FakeManager


class SnapshotManager(FakeManager):
    """Keeps snapshots, and what it was asked to go back to, with or without safety."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, list[Snapshot]] = {}
        self.unloadable = False
        self.restored: list[tuple[str, bool, bool]] = []

    async def create_snapshot(
        self, vm_name: str, snapshot_name: str, *, note: str = ""
    ) -> Snapshot:
        await self.get_vm_status(vm_name)
        held = self.kept.setdefault(vm_name, [])
        parent = next((one.snapshot_id for one in held if one.current), "")
        held[:] = [replace(one, current=False) for one in held]
        made = Snapshot(
            snapshot_id=f"s{len(held) + 1}", name=snapshot_name, note=note, parent=parent,
            created_ms=1_700_000_000_000 + len(held), size_bytes=1 << 30, current=True,
        )  # fmt: skip
        held.append(made)
        self._tell(vm_name)
        return made

    async def restore_snapshot(
        self, vm_name: str, snapshot_id: str, *, safety: bool = True, disks_only: bool = False
    ) -> None:
        vm = await self.get_vm_status(vm_name)
        if disks_only and vm.state.has_process:
            raise StateError("The machine is not off.")
        self._kept(vm_name, snapshot_id)
        if self.unloadable and not disks_only:
            raise EngineError("The machine has other devices now.")
        self.restored.append((snapshot_id, safety, disks_only))
        self.kept[vm_name] = [
            replace(one, current=one.snapshot_id == snapshot_id) for one in self.kept[vm_name]
        ]

    async def destroy_snapshot(self, vm_name: str, snapshot_id: str) -> None:
        await self.gate.wait()
        gone = self._kept(vm_name, snapshot_id)
        self.kept[vm_name] = [
            replace(one, parent=gone.parent) if one.parent == snapshot_id else one
            for one in self.kept[vm_name]
            if one is not gone
        ]
        self._tell(vm_name)

    async def rename_snapshot(self, vm_name: str, snapshot_id: str, new_name: str) -> Snapshot:
        old = self._kept(vm_name, snapshot_id)
        new = replace(old, name=new_name)
        self.kept[vm_name] = [new if one is old else one for one in self.kept[vm_name]]
        return new

    async def update_snapshot(
        self,
        vm_name: str,
        snapshot_id: str,
        *,
        note: str | None = None,
        locked: bool | None = None,
    ) -> Snapshot:
        old = self._kept(vm_name, snapshot_id)
        new = replace(
            old,
            note=old.note if note is None else note,
            locked=old.locked if locked is None else locked,
        )
        self.kept[vm_name] = [new if one is old else one for one in self.kept[vm_name]]
        return new

    async def get_snapshot_list(self, vm_name: str) -> tuple[Snapshot, ...]:
        await self.get_vm_status(vm_name)
        return tuple(self.kept.get(vm_name, []))

    def _tell(self, vm_name: str) -> None:
        vm = self._find(vm_name)
        self.hub.publish(VmChanged(vm_id=vm.id, vm_name=vm.name))

    def _kept(self, vm_name: str, snapshot_id: str) -> Snapshot:
        for one in self.kept.get(vm_name, []):
            if one.snapshot_id == snapshot_id:
                return one
        raise ParamError("There is no such snapshot.")
