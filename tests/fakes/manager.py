"""A manager in memory for the tests of the views, with machines in any state."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

from app.errors import AppError
from app.paths import fold_name
from app.vm.events import HostChanged, Resync, VmChanged, VmCreated
from app.vm.gate import GateStatus
from app.vm.model import CfgInfo, Firmware, VmInfo
from app.vm.posture import Posture
from app.vm.state import VmState, allowed
from tests.fakes.wire_manager import WireManager


class FakeManager(WireManager):
    """`ManagerApi` in memory.

    Attributes:
        refusal: raised by the next start, when set.
    """

    def __init__(self) -> None:
        super().__init__()
        self.refusal: AppError | None = None

    def add(self, name: str, state: VmState = VmState.STOPPED, **known: object) -> VmInfo:
        """Put a machine in `state` into the library, as if it had been there."""
        values: dict[str, object] = {
            "cpus": 2,
            "memory_mib": 4096,
            "disk_mib": 64 * 1024,
            "firmware": Firmware.UEFI,
            "created_ms": 1_790_000_000_000,
            "last_started_ms": 1_795_000_000_000,
            "folder": Path("/library/machines/x"),
        }
        values |= known
        vm = VmInfo(
            id=uuid.uuid5(uuid.NAMESPACE_DNS, name),
            name=name,
            state=state,
            actions=allowed(state),
            **values,  # type: ignore[arg-type]
        )
        self._machines[fold_name(name)] = vm
        self.hub.publish(VmCreated(vm_id=vm.id, vm_name=name))
        return vm

    def change(self, name: str, **known: object) -> VmInfo:
        """Let something of a machine's description be another one."""
        vm = replace(self._find(name), **known)  # type: ignore[arg-type]
        self._machines[fold_name(name)] = vm
        self.hub.publish(VmChanged(vm_id=vm.id, vm_name=vm.name))
        return vm

    def tell_host(self, accelerator: str, notice: str = "") -> None:
        """Let the host's probe have a result."""
        self.hub.publish(HostChanged(accelerator=accelerator, notice=notice))

    def gate_status(self) -> GateStatus:
        """`get_pc_mode` for callers that cannot wait."""
        return self._gate()

    async def continue_anyway(self) -> GateStatus:
        self.calls.append("continue anyway")
        return await self.set_posture(Posture.KEYBOARD_ATTACHED)

    def fall_behind(self) -> None:
        """Make every reader lose its backlog."""
        for reader in self.hub._readers:
            reader.offer(Resync())

    async def start_vm(self, vm_name: str, cfg: CfgInfo | None = None) -> VmInfo:
        if self.refusal is not None:
            refusal, self.refusal = self.refusal, None
            raise refusal
        return await super().start_vm(vm_name, cfg)
