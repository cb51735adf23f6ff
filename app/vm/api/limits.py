"""What this computer allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app.vm.capability import Capability
    from app.vm.limits import ValueRange


class LimitsApi(Protocol):
    """Abilities and limits."""

    async def check_vm_capability(self) -> Capability:
        """Whether machines may and can run here now, with every reason and its remedy.

        Takes up to about 3 s the first time, because acceleration is tried out. Without working
        acceleration the verdict stays positive: software emulation is on offer.
        """

    async def get_vm_available_cpu_num_range(self) -> ValueRange:
        """How many processors a machine may have, asked now."""

    async def get_vm_available_memory_size_range(self) -> ValueRange:
        """How much memory a machine may have, MiB, asked now; the engine's own is taken off.

        Raises:
            MemoryLessError: not even the smallest machine has room.
        """

    async def get_host_sn(self) -> str:
        """This computer's identity for this library: stable, salted, 32 hexadecimal digits.

        Raises:
            PermissionDeniedError: `ohos.permission.sec.ACCESS_UDID` is not given.
        """
