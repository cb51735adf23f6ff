"""What the person allows: `RulesApi` on this computer."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import UUID

from typing_extensions import override

from app.errors import INVALID_FILE_PATH, PathError
from app.vm.api.rules import RulesApi
from app.vm.gate import GateStatus, PcMode
from app.vm.manager.core import ManagerCore
from app.vm.off_loop import ask
from app.vm.permissions import Answer, Permission, PermissionState
from app.vm.posture import Posture


class Rules(ManagerCore, RulesApi):
    """Functions of `RulesApi`."""

    @override
    async def get_pc_mode(self) -> GateStatus:
        return self.gate.status()

    @override
    async def set_pc_mode(self, mode: PcMode) -> GateStatus:
        await self.gate.set_mode(mode)
        return self.gate.status()

    @override
    async def set_posture(self, posture: Posture | None = None) -> GateStatus:
        await self.gate.set_posture(posture)
        return self.gate.status()

    async def continue_anyway(self) -> GateStatus:
        """Take the keyboard for attached until the sensor tells something else; for the window."""
        await self.gate.continue_anyway()
        return self.gate.status()

    @override
    async def get_permissions(self, vm_name: str | None = None) -> tuple[PermissionState, ...]:
        subject, run_ms = self._subject(vm_name)
        return self.permissions.listed(subject, run_ms=run_ms)

    @override
    async def set_permission(
        self, permission: Permission, answer: Answer, vm_name: str | None = None
    ) -> None:
        subject, run_ms = self._subject(vm_name)
        await self.permissions.set(subject, permission, answer, run_ms=run_ms)

    @override
    async def grant_path(self, path: Path) -> Path:
        return (await ask(path, self.paths.grant_picked, path)).path

    @override
    async def revoke_path(self, path: Path) -> None:
        if not await ask(path, self.paths.revoke, path):
            raise PathError(
                f"{INVALID_FILE_PATH}: {path} was not opened to machines.",
                remedy="Look at the list of what was.",
            )

    @override
    async def get_granted_paths(self) -> tuple[Path, ...]:
        return tuple(grant.path for grant in await asyncio.to_thread(self.paths.listed))

    def _subject(self, vm_name: str | None) -> tuple[UUID | None, int]:
        """Whose permissions are meant, and the start of its present run (0: none)."""
        if vm_name is None:
            return None, 0
        machine = self._machine(vm_name)
        return machine.config.id, machine.running.started_ms if machine.running else 0
