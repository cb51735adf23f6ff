"""Snapshots: `SnapshotsApi` on this computer. What is done is in `app.vm.snapshots`."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from typing_extensions import override

from app import paths
from app.vm.api.snapshots import SnapshotsApi
from app.vm.manager.core import ManagerCore

if TYPE_CHECKING:
    from app.settings import Settings
    from app.vm.machine import Machine
    from app.vm.records import Snapshot
    from app.vm.snapshots.taking import Keeping


_LOOK_S = 600.0


class Snapshots(ManagerCore, SnapshotsApi):
    """Functions of `SnapshotsApi`. The package is read at the first use: a window starts faster."""

    @override
    async def create_snapshot(
        self, vm_name: str, snapshot_name: str, *, note: str = ""
    ) -> Snapshot:
        return await self._keeping(self._whole_machine(vm_name)).take(snapshot_name, note)

    @override
    async def restore_snapshot(
        self, vm_name: str, snapshot_id: str, *, safety: bool = True, disks_only: bool = False
    ) -> None:
        from app.vm.snapshots.restoring import Restoring  # noqa: PLC0415 - see above

        machine = self._whole_machine(vm_name)
        self.gate.check()
        await self._power.look_first(machine)
        restoring = Restoring(
            machine,
            self._keeping(machine),
            self._engine.is_alive,
            self._accelerator,
            self._power.check_start,
            self._power.start_from,
        )
        await restoring.restore(snapshot_id, safety=safety, disks_only=disks_only)

    @override
    async def destroy_snapshot(self, vm_name: str, snapshot_id: str) -> None:
        from app.vm.snapshots.editing import delete  # noqa: PLC0415 - see above

        await delete(self._whole_machine(vm_name), snapshot_id, self._engine.is_alive)

    @override
    async def rename_snapshot(self, vm_name: str, snapshot_id: str, new_name: str) -> Snapshot:
        from app.vm.snapshots.editing import rename  # noqa: PLC0415 - see above

        machine = self._whole_machine(vm_name)
        return await rename(machine, snapshot_id, new_name, self._engine.is_alive)

    @override
    async def update_snapshot(
        self,
        vm_name: str,
        snapshot_id: str,
        *,
        note: str | None = None,
        locked: bool | None = None,
    ) -> Snapshot:
        from app.vm.snapshots.editing import update  # noqa: PLC0415 - see above

        machine = self._whole_machine(vm_name)
        is_alive = self._engine.is_alive
        return await update(machine, snapshot_id, is_alive, note=note, locked=locked)

    @override
    async def get_snapshot_list(self, vm_name: str) -> tuple[Snapshot, ...]:
        from app.vm.snapshots.editing import list_snapshots  # noqa: PLC0415 - see above

        return await list_snapshots(self._whole_machine(vm_name), self._engine.is_alive)

    async def keep_snapshots_coming(self) -> None:
        """Make automatic snapshots when they are due; never returns."""
        while True:
            await asyncio.sleep(_LOOK_S)
            await self.take_due_snapshots(time.time_ns() // 1_000_000)

    async def take_due_snapshots(self, now_ms: int) -> int:
        """Keep the machines that run and are due; how many.

        Args:
            now_ms: milliseconds since 1970, UTC.
        """
        hours = await asyncio.to_thread(_snapshot_hours)
        if not hours:
            return 0
        from app.vm.snapshots.schedule import take_due  # noqa: PLC0415 - see above

        return await take_due(self._registry.machines(), self._keeping, now_ms, hours)

    @override
    async def _keep_before(self, machine: Machine, name: str) -> None:
        if await asyncio.to_thread(_keeps_before_changes):
            await self._keeping(machine).before_change(name)

    async def _accelerator(self) -> str:
        return (await self.host_report()).accelerator

    def _keeping(self, machine: Machine) -> Keeping:
        from app.vm.snapshots.taking import Keeping  # noqa: PLC0415 - see above

        return Keeping(machine, self._engine.is_alive, lambda: self.host_size().free_disk_mib)


def _snapshot_hours() -> int:
    return _settings().snapshot_hours


def _keeps_before_changes() -> bool:
    return _settings().snapshot_before_changes


def _settings() -> Settings:
    """What the person wants; read each time, since the window may change it. Blocks."""
    from app.settings import SettingsFile  # noqa: PLC0415 - not for the first paint

    return SettingsFile(paths.config_dir() / "settings.toml").values
