"""What this computer allows: `LimitsApi` on this computer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from typing_extensions import override

from app.errors import AppError
from app.vm import limits
from app.vm.api.limits import LimitsApi
from app.vm.limits import ValueRange
from app.vm.manager.core import ManagerCore
from app.vm.permissions import Permission, PermissionKind

if TYPE_CHECKING:
    from app.vm.capability import Capability


class Limits(ManagerCore, LimitsApi):
    """Functions of `LimitsApi`."""

    @override
    async def check_vm_capability(self) -> Capability:
        from app.vm.capability import check_capability  # noqa: PLC0415 - not for the first paint

        return await check_capability(self.gate.status(), self.host_report)

    @override
    async def get_vm_available_cpu_num_range(self) -> ValueRange:
        return limits.cpu_range(self.host_size())

    @override
    async def get_vm_available_memory_size_range(self) -> ValueRange:
        return limits.memory_range(self.host_size(), emulated=await self._is_emulated())

    @override
    async def get_host_sn(self) -> str:
        from app.vm.host_id import host_serial  # noqa: PLC0415 - not for the first paint
        from app.vm.peer import present_peer  # noqa: PLC0415

        peer = present_peer()
        permission = Permission(PermissionKind.HOST_ID)
        await self.permissions.check(
            None, "", permission, client=peer.name, reason=peer.reason_for(permission)
        )
        return await asyncio.to_thread(host_serial, self.library.root)

    async def _is_emulated(self) -> bool:
        """Whether machines run in software; where there is no engine, the careful answer."""
        try:
            return (await self.host_report()).accelerator != "kvm"
        except AppError:
            return True
